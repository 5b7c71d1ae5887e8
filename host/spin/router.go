package spin

import (
	"bytes"
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/edgelint/edgelint/host/wasi/wasihttp"
	"github.com/edgelint/edgelint/spin"
)

// Router answers the HTTP requests to an application by the routes of its
// manifest: the most specific one, whose component gets Spin's request headers.
type Router struct {
	app        *App
	routes     []Route
	duplicates []Duplicate
	handlers   map[string]http.Handler // by component
}

// Route is a route that an application answers.
type Route struct {
	Pattern spin.Pattern
	Trigger spin.Trigger
}

// Duplicate is a route that two triggers have: the later one has it.
type Duplicate struct{ Replaced, Effective Route }

// ID is the component of the route, or its trigger if it has none.
func (r Route) ID() string {
	return cmp.Or(r.Trigger.Component.Value, r.Trigger.ID, "static-response")
}

// Path is the route without its wildcard and its last slash, "" for all paths.
func (r Route) Path() string {
	path := matchedRoute(r.Trigger.Route.Pattern)
	if r.Pattern.IsWildcard() {
		path = path[:strings.LastIndexByte(path, '/')]
	}
	if path == "" && !r.Pattern.IsWildcard() {
		return "/"
	}
	return path
}

// NewRouter routes to handlers, which are given by component for each that
// [App.Components] lists. Requests that components send to each other go through
// the router that was made last; it must be made before the first request.
func (a *App) NewRouter(handlers map[string]http.Handler) (*Router, error) {
	r := &Router{app: a, handlers: handlers}
	for _, t := range a.manifest.Triggers {
		if t.Type != "http" {
			continue
		}
		if t.Component.Value != "" && handlers[t.Component.Value] == nil {
			return nil, fmt.Errorf("%s: the component %s has no handler", t.Pos, t.Component.Value)
		}
		if t.Route.Private {
			continue
		}
		pattern, err := spin.ParseRoute(t.Route.Pattern)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", t.Pos, err)
		}
		r.add(Route{pattern, t})
	}
	slices.SortStableFunc(r.routes, func(x, y Route) int { return x.Pattern.Compare(y.Pattern) })
	a.router = r
	return r, nil
}

// add adds a route; the later one of two triggers with one route replaces the other.
func (r *Router) add(route Route) {
	for i, old := range r.routes {
		if old.Trigger.Route.Pattern == route.Trigger.Route.Pattern {
			r.duplicates = append(r.duplicates, Duplicate{old, route})
			r.routes[i] = route
			return
		}
	}
	r.routes = append(r.routes, route)
}

// Duplicates are the routes that another trigger has taken.
func (r *Router) Duplicates() []Duplicate { return slices.Clone(r.duplicates) }

// Components are the ids of the components that HTTP and Redis triggers call, in
// the order of the manifest. It is an error if there is a part of the application
// that this host cannot serve.
func (a *App) Components() ([]string, error) {
	if types := a.manifest.TriggerTypes(); !a.Serves("http") && !a.Serves("redis") {
		return nil, fmt.Errorf("%s: only HTTP and Redis triggers are served, and the application has none: it has %s",
			a.manifest.Pos.File, cmp.Or(strings.Join(types, ", "), "no trigger"))
	}
	var ids []string
	errs := a.unservedTriggers()
	for _, c := range a.manifest.Components {
		if a.Triggered(c.ID, "http") || a.Triggered(c.ID, "redis") {
			ids = append(ids, c.ID)
		}
	}
	return ids, errors.Join(errs...)
}

// Serves reports whether the application has a trigger of a type, "http" or
// "redis".
func (a *App) Serves(trigger string) bool { return slices.Contains(a.manifest.TriggerTypes(), trigger) }

// Triggered reports whether a component has a trigger of a type.
func (a *App) Triggered(id, trigger string) bool {
	return slices.ContainsFunc(a.manifest.Triggers, func(t spin.Trigger) bool {
		return t.Type == trigger && t.Component.Value == id
	})
}

// unservedTriggers reports what HTTP triggers ask for that this host does not have.
func (a *App) unservedTriggers() (errs []error) {
	for _, t := range a.manifest.Triggers {
		if t.Type != "http" {
			continue
		}
		if executor, ok := t.Config["executor"].(map[string]any); ok && executor["type"] == "wagi" {
			errs = append(errs, fmt.Errorf("%s: trigger.http.executor: WAGI is not served", t.Pos))
		}
	}
	return errs
}

// Routes are the routes, the most specific ones first.
func (r *Router) Routes() []Route { return slices.Clone(r.routes) }

// ServeHTTP implements [http.Handler]. A request that a route has, but whose Host is
// missing, malformed or a component's, gets status 400; Spin breaks the connection.
func (r *Router) ServeHTTP(w http.ResponseWriter, req *http.Request) {
	wasihttp.KeepTrailers(req)
	w, req, end := r.app.traceRequest(w, req)
	defer end()
	r.serve(w, req)
}

func (r *Router) serve(w http.ResponseWriter, req *http.Request) {
	target := wasihttp.RequestTarget(req)
	path, _, _ := strings.Cut(target, "?")
	if name, ok := strings.CutPrefix(path, spin.ReservedRoutes); ok {
		r.serveWellKnown(w, name)
		return
	}
	for _, route := range r.routes {
		params, rest, ok := route.Pattern.Match(path)
		if !ok {
			continue
		}
		written := route.Trigger.Route.Pattern
		matched(w, req.Method, written)
		if !validHost(req.Host) {
			w.WriteHeader(http.StatusBadRequest)
			return
		}
		if s := route.Trigger.StaticResponse; s != nil {
			serveStatic(w, s)
			return
		}
		scheme := "http"
		if req.TLS != nil {
			scheme = "https"
		}
		r.serveComponent(w, req, match{
			id: route.Trigger.Component.Value, route: written, params: params, rest: rest,
			url: scheme + "://" + req.Host + target, client: req.RemoteAddr,
		})
		return
	}
	w.WriteHeader(http.StatusNotFound)
}

// validHost reports whether a Host header is a host with an optional port, and not
// that of a component: nobody outside can pretend to be one.
func validHost(host string) bool {
	u, err := url.Parse("http://" + host + "/")
	if err != nil || u.Host != host || u.User != nil || u.Hostname() == "" {
		return false
	}
	_, chained := chainedID(u.Hostname())
	return !chained
}

// match is what a component is told of how a request came to it.
type match struct {
	id, route, rest, url, client string
	params                       map[string]string
}

func (r *Router) serveComponent(w http.ResponseWriter, req *http.Request, m match) {
	ctx, span := r.app.traceExecution(req.Context(), m.id)
	defer span.End()
	req = cloned(ctx, req)
	req.Header.Del("Connection") // it is about the connection, which is not the component's
	add := func(name, value string) { req.Header.Add(name, value) }
	add("Spin-Full-Url", m.url)
	add("Spin-Path-Info", m.rest)
	add("Spin-Matched-Route", matchedRoute(m.route))
	add("Spin-Raw-Component-Route", m.route)
	add("Spin-Component-Route", strings.TrimSuffix(m.route, "/..."))
	add("Spin-Base-Path", "/")
	add("Spin-Client-Addr", m.client)
	for name, value := range m.params {
		add("Spin-Path-Match-"+strings.ReplaceAll(name, "_", "-"), value)
	}
	r.handlers[m.id].ServeHTTP(w, req)
}

// matchedRoute is a route as Spin writes it: with its first slash and without its
// last.
func matchedRoute(route string) string {
	return strings.TrimSuffix("/"+strings.TrimPrefix(route, "/"), "/")
}

func serveStatic(w http.ResponseWriter, s *spin.StaticResponse) {
	for _, h := range s.Headers {
		w.Header().Set(h.Name, h.Value.Value)
	}
	serveBytes(w, s.StatusCode, []byte(s.Body))
}

func (r *Router) serveWellKnown(w http.ResponseWriter, name string) {
	switch name {
	case "health":
		serveBytes(w, http.StatusOK, []byte("OK"))
	case "info":
		info := struct {
			Name    string `json:"name"`
			Version string `json:"version,omitempty"`
			Digest  string `json:"oci_image_digest,omitempty"`
		}{r.app.manifest.Name.Value, r.app.manifest.AppVersion.Value, r.app.config.Digest}
		var b bytes.Buffer
		enc := json.NewEncoder(&b)
		enc.SetEscapeHTML(false)
		enc.SetIndent("", "  ")
		_ = enc.Encode(info) // strings have a text in JSON
		w.Header().Set("Content-Type", "application/json")
		serveBytes(w, http.StatusOK, bytes.TrimSpace(b.Bytes()))
	default:
		w.WriteHeader(http.StatusNotFound)
	}
}

// serveBytes answers with a body whose type nobody guesses.
func serveBytes(w http.ResponseWriter, status int, body []byte) {
	header := w.Header()
	if header["Content-Type"] == nil {
		header["Content-Type"] = nil // net/http guesses one otherwise
	}
	if status < 200 || status == http.StatusNoContent || status == http.StatusNotModified {
		body = nil
	} else {
		header.Set("Content-Length", strconv.Itoa(len(body)))
	}
	w.WriteHeader(status)
	_, _ = w.Write(body) // the client is gone
}
