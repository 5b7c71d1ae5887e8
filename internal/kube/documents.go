package kube

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/edgelint/edgelint/pack"
)

// writer makes the documents of one application.
type writer struct {
	app     App
	o       Options
	notes   []string
	secrets []string // keys of the Secret
	err     error
}

func (w *writer) notef(format string, args ...any) {
	note := fmt.Sprintf(format, args...)
	if !slices.Contains(w.notes, note) {
		w.notes = append(w.notes, note)
	}
}

func (w *writer) metadata() object {
	return object{{"name", w.o.Name}, {"namespace", w.o.Namespace}}
}

func (w *writer) runtimeClass() object {
	return object{
		{"apiVersion", "node.k8s.io/v1"},
		{"kind", "RuntimeClass"},
		{"metadata", object{{"name", w.o.RuntimeClass}}},
		{"handler", runtimeHandler},
	}
}

func (w *writer) executor() object {
	return object{
		{"apiVersion", "core.spinkube.dev/v1alpha1"},
		{"kind", "SpinAppExecutor"},
		{"metadata", object{{"name", w.o.Executor}, {"namespace", w.o.Namespace}}},
		{"spec", object{
			{"createDeployment", true},
			{"deploymentConfig", object{
				{"runtimeClassName", w.o.RuntimeClass},
				{"installDefaultCACerts", true},
			}},
		}},
	}
}

func (w *writer) spinApp() object {
	spec := object{
		{"image", w.app.Image},
		{"executor", w.o.Executor},
	}
	if w.o.Autoscaler != "" {
		spec = append(spec, field{"enableAutoscaling", true})
	} else {
		spec = append(spec, field{"replicas", w.o.Replicas})
	}
	spec = append(spec,
		field{"imagePullSecrets", w.pullSecrets()},
		field{"components", w.o.Components},
		field{"variables", w.variables(func(name string) string { return name })},
		field{"runtimeConfig", w.runtimeConfig()},
		field{"resources", w.resources()},
	)
	if w.o.Probes {
		spec = append(
			spec, field{"checks", object{{"readiness", object{{"httpGet", object{{"path", healthRoute}}}}}}},
		)
	}
	return object{
		{"apiVersion", "core.spinkube.dev/v1alpha1"},
		{"kind", "SpinApp"},
		{"metadata", w.metadata()},
		{"spec", spec},
	}
}

func (w *writer) pullSecrets() []object {
	var out []object
	for _, name := range w.o.PullSecrets {
		out = append(out, object{{"name", name}})
	}
	return out
}

// resources are requests and limits. A processor limit is needed by the
// autoscalers and slows the first start, so it is set for them alone.
func (w *writer) resources() object {
	limits := object{{"memory", w.o.Memory}}
	if w.o.Autoscaler != "" {
		limits = append(object{{"cpu", "1"}}, limits...)
	}
	return object{
		{"limits", limits},
		{"requests", object{{"cpu", "100m"}, {"memory", w.o.Memory}}},
	}
}

// secretOf is the Secret that holds the application's secret variables and the
// addresses of its stores.
func (w *writer) secretOf() string { return w.o.Name + "-secrets" }

func (w *writer) secretRef(key string) object {
	if !slices.Contains(w.secrets, key) {
		w.secrets = append(w.secrets, key)
	}
	return object{{"secretKeyRef", object{{"name", w.secretOf()}, {"key", key}}}}
}

// variables are values for the application's variables: those given, defaults,
// and for secrets a reference.
func (w *writer) variables(rename func(string) string) []object {
	if w.app.Locked == nil {
		return nil
	}
	var out []object
	for _, name := range slices.Sorted(maps.Keys(w.app.Locked.Variables)) {
		v := w.app.Locked.Variables[name]
		entry := object{{"name", rename(name)}}
		given, ok := w.o.Variables[name]
		switch {
		case ok:
			entry = append(entry, field{"value", literal(given)})
		case v.Secret:
			entry = append(entry, field{"valueFrom", w.secretRef("variable-" + name)})
		case v.Default != nil:
			entry = append(entry, field{"value", literal(*v.Default)})
		default:
			w.err = fmt.Errorf(
				"variable %q is required and has no value; pass --variable %s=VALUE", name, name,
			)
		}
		out = append(out, entry)
	}
	return out
}

// runtimeConfig has an entry for each store and database that Spin does not
// provide by itself.
func (w *writer) runtimeConfig() object {
	var config object
	if dbs := w.stores("databases"); len(dbs) > 0 {
		var list []object
		for _, name := range dbs {
			list = append(list, object{{"name", name}, {"type", "libsql"}, {"options", []object{
				{{"name", "url"}, {"valueFrom", w.secretRef("sqlite-" + name + "-url")}},
				{{"name", "token"}, {"valueFrom", w.secretRef("sqlite-" + name + "-token")}},
			}}})
		}
		config = append(config, field{"sqliteDatabases", list})
	}
	if stores := w.stores("key_value_stores"); len(stores) > 0 {
		var list []object
		for _, name := range stores {
			list = append(list, object{{"name", name}, {"type", "redis"}, {"options", []object{
				{{"name", "url"}, {"valueFrom", w.secretRef("kv-" + name + "-url")}},
			}}})
		}
		config = append(config, field{"keyValueStores", list})
	}
	if len(w.lists("ai_models")) > 0 {
		config = append(config, field{"llmCompute", object{{"type", "remote_http"}, {"options", []object{
			{{"name", "url"}, {"valueFrom", w.secretRef("llm-url")}},
			{{"name", "auth_token"}, {"valueFrom", w.secretRef("llm-token")}},
		}}}})
	}
	return config
}

// stores are the labels in a list of the components that need a backend.
func (w *writer) stores(key string) []string {
	const predefined = "default"
	labels := w.lists(key)
	if slices.Contains(labels, predefined) {
		w.notef(
			"what is kept in the %s %q is lost when a pod ends", strings.ReplaceAll(key, "_", " "),
			predefined,
		)
	}
	return slices.DeleteFunc(labels, func(s string) bool { return s == predefined })
}

// lists are the strings in a list of the running components, sorted, each once.
func (w *writer) lists(key string) []string {
	var out []string
	for _, c := range w.running() {
		out = append(out, c.Strings(key)...)
	}
	slices.Sort(out)
	return slices.Compact(out)
}

func (w *writer) running() []pack.LockedComponent {
	if w.app.Locked == nil {
		return nil
	}
	var out []pack.LockedComponent
	for _, c := range w.app.Locked.Components {
		if len(w.o.Components) == 0 || slices.Contains(w.o.Components, c.ID) {
			out = append(out, c)
		}
	}
	return out
}

func (w *writer) labels() object { return object{{"app", w.o.Name}} }

func (w *writer) deployment() object {
	container := object{
		{"name", w.o.Name},
		{"image", w.app.Image},
		{"command", []string{"/"}},
		{"ports", []object{{{"name", portName}, {"containerPort", port}}}},
		{"env", w.environment()},
		{"resources", w.resources()},
	}
	if w.o.Probes {
		container = append(
			container,
			field{"readinessProbe", object{{"httpGet", object{{"path", healthRoute}, {"port", portName}}}}},
		)
	}
	if len(w.stores("databases"))+len(w.stores("key_value_stores"))+len(w.lists("ai_models")) > 0 {
		w.notef(
			"mount a runtime-config.toml at /runtime-config.toml for the stores and models it uses",
		)
	}
	pod := object{
		{"runtimeClassName", w.o.RuntimeClass},
		{"imagePullSecrets", w.pullSecrets()},
		{"containers", []object{container}},
	}
	spec := object{}
	if w.o.Autoscaler == "" {
		spec = append(spec, field{"replicas", w.o.Replicas})
	}
	spec = append(spec,
		field{"selector", object{{"matchLabels", w.labels()}}},
		field{"template", object{{"metadata", object{{"labels", w.labels()}}}, {"spec", pod}}},
	)
	return object{
		{"apiVersion", "apps/v1"},
		{"kind", "Deployment"},
		{"metadata", w.metadata()},
		{"spec", spec},
	}
}

// environment is what the operator would tell the shim.
func (w *writer) environment() []object {
	env := []object{{{"name", "SPIN_HTTP_LISTEN_ADDR"}, {"value", fmt.Sprintf("0.0.0.0:%d", port)}}}
	if len(w.o.Components) > 0 {
		env = append(
			env, object{{"name", "SPIN_COMPONENTS_TO_RETAIN"}, {"value", strings.Join(w.o.Components, ",")}},
		)
	}
	return append(
		env, w.variables(func(name string) string { return "SPIN_VARIABLE_" + strings.ToUpper(name) })...,
	)
}

func (w *writer) service() object {
	return object{
		{"apiVersion", "v1"},
		{"kind", "Service"},
		{"metadata", w.metadata()},
		{"spec", object{
			{"selector", w.labels()},
			{"ports", []object{{{"name", portName}, {"port", port}, {"targetPort", portName}}}},
		}},
	}
}

// scaler scales between one pod and ten on half of the processor limit.
func (w *writer) scaler() object {
	const least, most, percent = 1, 10, 50
	target := object{{"apiVersion", "apps/v1"}, {"kind", "Deployment"}, {"name", w.o.Name}}
	switch w.o.Autoscaler {
	case HPA:
		return object{
			{"apiVersion", "autoscaling/v2"},
			{"kind", "HorizontalPodAutoscaler"},
			{"metadata", w.metadata()},
			{"spec", object{
				{"scaleTargetRef", target},
				{"minReplicas", least},
				{"maxReplicas", most},
				{"metrics", []object{{
					{"type", "Resource"},
					{"resource", object{
						{"name", "cpu"},
						{"target", object{{"type", "Utilization"}, {"averageUtilization", percent}}},
					}},
				}}},
			}},
		}
	case KEDA:
		w.notef("KEDA must be installed in the cluster")
		return object{
			{"apiVersion", "keda.sh/v1alpha1"},
			{"kind", "ScaledObject"},
			{"metadata", w.metadata()},
			{"spec", object{
				{"scaleTargetRef", target},
				{"minReplicaCount", least},
				{"maxReplicaCount", most},
				{"triggers", []object{{
					{"type", "cpu"},
					{"metricType", "Utilization"},
					{"metadata", object{{"value", fmt.Sprint(percent)}}},
				}}},
			}},
		}
	}
	return nil
}
