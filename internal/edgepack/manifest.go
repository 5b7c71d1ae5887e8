package edgepack

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"

	"github.com/spf13/pflag"

	"github.com/edgelint/edgelint/component"
	"github.com/edgelint/edgelint/internal/cli"
	"github.com/edgelint/edgelint/internal/kube"
	"github.com/edgelint/edgelint/internal/pull"
	"github.com/edgelint/edgelint/oci"
	"github.com/edgelint/edgelint/pack"
	"github.com/edgelint/edgelint/pack/artifact"
)

const manifestText = `The documents name the image by the digest that REF has now. What has to be done
besides applying them, such as creating Secrets, is noted on standard error.

Refused is what the containerd shim cannot run: triggers and HTTP handlers it
does not know. To learn of handlers, the components of a Spin application are
fetched; --no-check leaves that out.`

type manifestFlags struct {
	registryFlags
	kube      kube.Options
	variables []string
	noCheck   bool
}

func (c *Command) manifestVerb() cli.Verb {
	var f manifestFlags
	return cli.Verb{
		Name: "manifest", Args: "REF",
		Summary: "print the Kubernetes documents that run an artifact on SpinKube", MinArgs: 1, MaxArgs: 1,
		Text: manifestText,
		Flags: func(fs *pflag.FlagSet) {
			o := &f.kube
			fs.StringVar(
				&o.Kind, "kind", kube.KindSpinApp,
				"make a `KIND`: spinapp, or deployment for a cluster without the operator",
			)
			fs.StringVar(&o.Name, "name", "", "the `NAME` of the documents (default the application's)")
			fs.StringVar(&o.Namespace, "namespace", "", "the `NAMESPACE` of the documents")
			fs.IntVar(&o.Replicas, "replicas", 1, "run `N` pods")
			fs.StringVar(
				&o.Executor, "executor", "", "the SpinAppExecutor to use (default containerd-shim-spin)",
			)
			fs.StringVar(
				&o.RuntimeClass, "runtime-class", "",
				"the RuntimeClass of the shim (default wasmtime-spin-v2)",
			)
			fs.BoolVar(
				&o.WithExecutor, "with-executor", false,
				"print the executor and the RuntimeClass too, which a cluster needs once",
			)
			fs.StringVar(&o.Autoscaler, "autoscaler", "", "scale by `KIND`: hpa or keda")
			fs.StringSliceVar(&o.Components, "component", nil, "run only the component `ID`; repeatable")
			fs.StringArrayVar(&f.variables, "variable", nil, "give the variable `NAME=VALUE`; repeatable")
			fs.StringSliceVar(
				&o.PullSecrets, "pull-secret", nil, "pull the image with the Secret `NAME`; repeatable",
			)
			fs.StringVar(
				&o.Memory, "memory", "", "limit memory to `QUANTITY` (default by the size of the components)",
			)
			fs.BoolVar(&o.Probes, "probes", false, "add a readiness probe")
			fs.BoolVar(
				&f.noCheck, "no-check", false,
				"do not fetch the components to see whether the shim can run them",
			)
			f.define(fs)
		},
		Run: func(ctx context.Context, args []string) error { return c.manifest(ctx, &f, args[0]) },
	}
}

func (c *Command) manifest(ctx context.Context, f *manifestFlags, written string) error {
	f.kube.Variables = map[string]string{}
	for _, v := range f.variables {
		name, value, ok := strings.Cut(v, "=")
		if !ok {
			return cli.Usagef("--variable %q is not NAME=VALUE", v)
		}
		f.kube.Variables[name] = value
	}
	at, err := c.open(&f.registryFlags, written, nil)
	if err != nil {
		return err
	}
	defer at.close()
	if at.Scheme != "" {
		return fmt.Errorf(
			"%s is not in a registry, where a cluster could pull it; push or copy it first", written,
		)
	}
	app, err := kubeApp(ctx, at, f.noCheck)
	if err != nil {
		return err
	}
	text, notes, err := kube.Documents(app, f.kube)
	if err != nil {
		return err
	}
	for _, note := range notes {
		if !f.quiet {
			c.notef("%s", note)
		}
	}
	_, err = io.WriteString(c.Stdout, text)
	return err
}

// kubeApp is what is deployed.
func kubeApp(ctx context.Context, at *artifactAt, noCheck bool) (kube.App, error) {
	d, data, err := at.source.Manifest(ctx, at.Wanted())
	if err != nil {
		return kube.App{}, err
	}
	m, err := artifact.ParseManifest(d.MediaType, data)
	if err != nil {
		return kube.App{}, err
	}
	app := kube.App{Image: at.Pinned(d.Digest.String()), Name: pathEnd(at.Ref.Repository)}
	if at.Ref.Digest == "" {
		app.Tag = at.Ref.Name() + ":" + at.Wanted()
	}
	for _, l := range m.Layers {
		if artifact.IsWasmType(l.MediaType) {
			app.WasmSize += l.Size
		}
	}
	switch pull.FormatOf(m) {
	case pull.Spin:
		if app.Locked, err = pull.LockedApp(ctx, at.source, m); err != nil {
			return app, err
		}
		app.Name = cmp.Or(app.Locked.Meta("name"), app.Name)
	case pull.Wasm:
		if m.Layers[0].MediaType != artifact.TypeWasm {
			return app, fmt.Errorf(
				"%s has a layer of type %s, which the shim does not take alone; push it with edgepack",
				at.Written, m.Layers[0].MediaType,
			)
		}
	default:
		return app, fmt.Errorf("%s is neither a wasm artifact nor a Spin application", at.Written)
	}
	if !noCheck {
		app.Exports, err = exports(ctx, at.source, m)
	}
	return app, err
}

func pathEnd(repository string) string {
	return repository[strings.LastIndexByte(repository, '/')+1:]
}

// exports are the names the components of an artifact export: from its config,
// or else from the components.
func exports(ctx context.Context, src oci.Source, m artifact.Manifest) ([]string, error) {
	if m.Config.MediaType == artifact.TypeWasmConfig {
		data, err := oci.ReadBlob(ctx, src, m.Config, artifact.MaxConfigSize)
		if err != nil {
			return nil, err
		}
		names, err := pack.ParseCNCF(data)
		if err != nil || names == nil {
			return nil, err
		}
		return names.Exports, nil
	}
	var all []string
	for _, l := range m.Layers {
		if !artifact.IsWasmType(l.MediaType) {
			continue
		}
		names, err := exportsOf(ctx, src, l)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", l.Digest, err)
		}
		all = append(all, names...)
	}
	return all, nil
}

func exportsOf(ctx context.Context, src oci.Source, d artifact.Descriptor) (names []string, err error) {
	r, err := src.Blob(ctx, d)
	if err != nil {
		return nil, err
	}
	defer r.Close()
	f, err := os.CreateTemp("", "edgepack-*.wasm")
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, f.Close(), os.Remove(f.Name())) }()
	if _, err := io.Copy(f, r); err != nil {
		return nil, err
	}
	file, err := component.NewFile(f, d.Size)
	if err != nil {
		return nil, err
	}
	if file.Root == nil {
		return nil, nil // a core module exports no interfaces
	}
	for _, e := range file.Root.Exports {
		names = append(names, e.Name.String())
	}
	return names, nil
}
