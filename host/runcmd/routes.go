package runcmd

import (
	"cmp"
	"encoding/json"
	"fmt"
	"io"
	"slices"
	"strings"

	spinhost "github.com/edgelint/edgelint/host/spin"
)

// routeEntry is a route as it is announced.
type routeEntry struct {
	ID string `json:"id"`
	// Route is the path of the route without its wildcard.
	Route       string `json:"route"`
	Wildcard    bool   `json:"wildcard"`
	Description string `json:"description,omitempty"`
}

// routesOf are the routes of an application in the order of its manifest.
func routesOf(state *spinhost.App, router *spinhost.Router) []routeEntry {
	routes := router.Routes()
	slices.SortStableFunc(routes, func(x, y spinhost.Route) int { return x.Trigger.Pos.Line - y.Trigger.Pos.Line })
	entries := make([]routeEntry, 0, len(routes))
	for _, r := range routes {
		entries = append(entries, routeEntry{
			ID: r.ID(), Wildcard: r.Pattern.IsWildcard(),
			Route:       r.Path(),
			Description: state.Description(r.Trigger.Component.Value),
		})
	}
	return entries
}

// reportDuplicates says which routes have replaced others.
func (c *Command) reportDuplicates(router *spinhost.Router) {
	for _, d := range router.Duplicates() {
		fmt.Fprintf(c.Stderr, "edgerun: %s: the route %s of %s has replaced that of %s\n",
			d.Effective.Trigger.Pos, d.Effective.Trigger.Route.Pattern, d.Effective.ID(), d.Replaced.ID())
	}
}

// announce prints where routes are served, as Spin does.
func (c *Command) announce(f *serveFlags, url string, routes []routeEntry) error {
	if f.spin.format.value == "json" {
		for i := range routes {
			routes[i].Route = cmp.Or(routes[i].Route, "/")
		}
		enc := json.NewEncoder(c.Stdout)
		enc.SetIndent("", "  ")
		enc.SetEscapeHTML(false)
		return enc.Encode(struct {
			BaseURL string       `json:"base_url"`
			Routes  []routeEntry `json:"routes"`
		}{url, routes})
	}
	var b strings.Builder
	fmt.Fprintf(&b, "Serving %s\nAvailable Routes:\n", url)
	for _, r := range routes {
		wildcard := ""
		if r.Wildcard {
			wildcard = " (wildcard)"
		}
		fmt.Fprintf(&b, "  %s: %s%s%s\n", r.ID, url, r.Route, wildcard)
		if r.Description != "" {
			fmt.Fprintf(&b, "    %s\n", r.Description)
		}
	}
	_, err := io.WriteString(c.Stdout, b.String())
	return err
}
