// Package kube writes the Kubernetes documents that run a packed application on
// SpinKube: a SpinApp for the operator, or a plain Deployment and Service for a
// cluster that has only the containerd shim.
//
//	app := kube.App{Name: "hello", Image: "registry.example.com/hello@sha256:..."}
//	text, notes, err := kube.Documents(app, kube.Options{})
//
// What the shim cannot run is refused here rather than found on the cluster.
package kube

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/edgelint/edgelint/pack"
)

// App is an application in a registry.
type App struct {
	// Name names the documents; it is made a DNS label.
	Name string
	// Image is HOST/REPOSITORY@DIGEST.
	Image string
	// Tag is the tag the digest was resolved from, for a comment.
	Tag string
	// Locked is the application; nil for a bare component.
	Locked *pack.LockedApp
	// WasmSize is the size of all its components, in bytes.
	WasmSize int64
	// Exports are what its components export, as far as known.
	Exports []string
}

// Kinds of documents.
const (
	KindSpinApp    = "spinapp"
	KindDeployment = "deployment"
)

// Autoscalers.
const (
	HPA  = "hpa"
	KEDA = "keda"
)

// Options configure Documents.
type Options struct {
	// Kind is KindSpinApp, the default, or KindDeployment.
	Kind string
	// Name and Namespace are those of the documents; default: the application's
	// name, and none.
	Name, Namespace string
	// Replicas is the number of pods. Default 1.
	Replicas int
	// Executor is the SpinAppExecutor. Default containerd-shim-spin.
	Executor string
	// RuntimeClass is for Deployments and WithExecutor. Default wasmtime-spin-v2.
	RuntimeClass string
	// WithExecutor adds the SpinAppExecutor and the RuntimeClass, which a
	// cluster needs once.
	WithExecutor bool
	// Autoscaler is "", HPA or KEDA.
	Autoscaler string
	// Components are the components to run; none is all.
	Components []string
	// Variables are values for the application's variables.
	Variables map[string]string
	// PullSecrets are the Secrets to pull the image with.
	PullSecrets []string
	// Memory limits the pod, such as "512Mi"; "" sizes it by the components.
	Memory string
	// Probes adds a readiness probe at Spin's health route.
	Probes bool
}

const (
	defaultExecutor     = "containerd-shim-spin"
	defaultRuntimeClass = "wasmtime-spin-v2"
	runtimeHandler      = "spin"
	healthRoute         = "/.well-known/spin/health"
	portName            = "http-app"
	port                = 80
)

func (o Options) withDefaults(a App) Options {
	if o.Kind == "" {
		o.Kind = KindSpinApp
	}
	if o.Name == "" {
		o.Name = a.Name
	}
	o.Name = label(o.Name)
	if o.Replicas <= 0 {
		o.Replicas = 1
	}
	if o.Executor == "" {
		o.Executor = defaultExecutor
	}
	if o.RuntimeClass == "" {
		o.RuntimeClass = defaultRuntimeClass
	}
	if o.Memory == "" {
		o.Memory = memory(a.WasmSize)
	}
	return o
}

// label makes a DNS label of a name.
func label(name string) string {
	const limit = 63
	words := strings.FieldsFunc(
		strings.ToLower(name), func(r rune) bool { return (r < 'a' || r > 'z') && (r < '0' || r > '9') },
	)
	s := strings.Join(words, "-")
	if s == "" || s[0] >= '0' && s[0] <= '9' {
		s = "app-" + s
	}
	return strings.Trim(s[:min(limit, len(s))], "-")
}

// memory is the limit for a pod. The shim compiles the components when it starts
// the first of a node, and that is what takes most: it was measured at 381 MB
// for a Python component of 37 MB.
func memory(wasmSize int64) string {
	const mib = 1 << 20
	need := 64 + 12*wasmSize/mib
	if wasmSize > 8*mib {
		need = max(need, 512)
	}
	const step = 128
	return fmt.Sprintf("%dMi", (need+step-1)/step*step)
}

// Documents are the YAML documents for an application, and notes on what has to
// be done besides applying them.
func Documents(a App, o Options) (text string, notes []string, err error) {
	o = o.withDefaults(a)
	if err := o.check(a); err != nil {
		return "", nil, err
	}
	w := &writer{app: a, o: o}
	var docs []object
	if o.WithExecutor {
		docs = append(docs, w.runtimeClass())
		if o.Kind == KindSpinApp {
			docs = append(docs, w.executor())
		}
	}
	if o.Kind == KindSpinApp {
		docs = append(docs, w.spinApp())
	} else {
		docs = append(docs, w.deployment(), w.service())
	}
	if scaler := w.scaler(); scaler != nil {
		docs = append(docs, scaler)
	}
	if w.err != nil {
		return "", nil, w.err
	}
	var out strings.Builder
	if a.Tag != "" {
		fmt.Fprintf(&out, "# %s when this was written\n", strings.Join(strings.Fields(a.Tag), " "))
	}
	for i, d := range docs {
		if i > 0 {
			out.WriteString("---\n")
		}
		out.WriteString(d.document())
	}
	if len(w.secrets) > 0 {
		w.notef("create the Secret %s with the keys %s", w.secretOf(), strings.Join(w.secrets, ", "))
	}
	return out.String(), w.notes, nil
}

// check refuses what would fail on the cluster.
func (o Options) check(a App) error {
	switch {
	case !strings.Contains(a.Image, "@sha256:"):
		return fmt.Errorf("image %s is not named by digest", a.Image)
	case o.Kind != KindSpinApp && o.Kind != KindDeployment:
		return fmt.Errorf("kind %q: want %s or %s", o.Kind, KindSpinApp, KindDeployment)
	case o.Autoscaler != "" && o.Autoscaler != HPA && o.Autoscaler != KEDA:
		return fmt.Errorf("autoscaler %q: want %s or %s", o.Autoscaler, HPA, KEDA)
	}
	if err := checkExports(a.Exports); err != nil {
		return err
	}
	if a.Locked == nil {
		if len(o.Components) > 0 || len(o.Variables) > 0 {
			return errors.New(
				"a bare component has neither components nor variables; pack it with a spin.toml",
			)
		}
		return nil
	}
	return o.checkApp(a.Locked)
}

// checkExports refuses handlers that the shim does not serve: the newest
// release embeds Spin 3.6.
func checkExports(exports []string) error {
	for _, name := range exports {
		iface, version, _ := strings.Cut(name, "@")
		if iface == "wasi:http/handler" && version != "0.3.0-rc-2026-01-06" {
			return fmt.Errorf(
				"it exports %s, which the containerd shim (Spin 3.6) does not serve; build it for WASI 0.2",
				name,
			)
		}
	}
	return nil
}

func (o Options) checkApp(app *pack.LockedApp) error {
	for _, t := range app.Triggers {
		if known := []string{"http", "redis", "sqs", "mqtt", "command"}; !slices.Contains(known, t.Type) {
			return fmt.Errorf(
				"trigger %s is of type %q, which the shim does not run; it runs %s", t.ID, t.Type,
				strings.Join(known, ", "),
			)
		}
	}
	var ids []string
	chained := false
	for _, c := range app.Components {
		ids = append(ids, c.ID)
		chained = chained || c.HostRequirements["local_service_chaining"] != nil
	}
	for _, id := range o.Components {
		if !slices.Contains(ids, id) {
			return fmt.Errorf("there is no component %q; there are %s", id, strings.Join(ids, ", "))
		}
	}
	if chained && len(o.Components) > 0 {
		return errors.New("components of this application call each other, so that none can be left out")
	}
	for name := range o.Variables {
		if _, ok := app.Variables[name]; !ok {
			return fmt.Errorf(
				"there is no variable %q; there are %s", name,
				strings.Join(slices.Sorted(maps.Keys(app.Variables)), ", "),
			)
		}
	}
	return nil
}
