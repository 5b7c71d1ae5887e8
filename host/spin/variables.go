package spin

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/edgelint/edgelint/host/bind"
	"github.com/edgelint/edgelint/spin"
)

// variables resolves the variables of an application.
type variables struct {
	declared  map[string]spin.Variable
	order     []string
	providers []Provider
}

func newVariables(m *spin.Manifest, cfg Config) (*variables, error) {
	v := &variables{declared: map[string]spin.Variable{}}
	for _, x := range m.Variables {
		v.declared[x.Name] = x
		v.order = append(v.order, x.Name)
	}
	configured, err := providers(cfg.Runtime, cfg.LookupEnv)
	v.providers = slices.Concat([]Provider{Static(cfg.Variables)}, configured, cfg.Providers)
	return v, err
}

// application is the value of an application variable.
func (v *variables) application(ctx context.Context, name string) (string, error) {
	decl, ok := v.declared[name]
	if !ok {
		return "", fmt.Errorf("no value for %q: the application declares no such variable", name)
	}
	for _, p := range v.providers {
		value, ok, err := p.Variable(ctx, name)
		if err != nil || ok {
			return value, err
		}
	}
	if decl.Default == nil {
		return "", fmt.Errorf("no value for the required variable %q: set SPIN_VARIABLE_%s, or --variable %s=VALUE",
			name, strings.ToUpper(name), name)
	}
	return decl.Default.Value, nil
}

// expand is a template with the values of its variables.
func (v *variables) expand(ctx context.Context, template string) (string, error) {
	t, err := spin.ParseTemplate(template)
	if err != nil {
		return "", err
	}
	return t.Expand(func(name string) (string, error) { return v.application(ctx, name) })
}

// checkRequired fails if a variable has no value, whether it is used or not. As in
// Spin nothing is asked of a Vault for that: with one, any variable may have a value.
func (v *variables) checkRequired(ctx context.Context) error {
	if slices.ContainsFunc(v.providers, func(p Provider) bool { _, remote := p.(Vault); return remote }) {
		return nil
	}
	var errs []error
	for _, name := range v.order {
		if _, err := v.application(ctx, name); err != nil {
			errs = append(errs, fmt.Errorf("%s: %w", v.declared[name].Pos, err))
		}
	}
	return errors.Join(errs...)
}

// variableError is the variant error of the variables interface.
type variableError struct {
	Case        uint8 // 0 invalid-name, 1 undefined, 2 provider, 3 other
	InvalidName string
	Undefined   string
	Provider    string
	Other       string
}

const variableUndefined = 1

// get is the value of one of the component's own variables.
func (g *grants) get(ctx context.Context, name string) (string, *variableError) {
	if !spin.IsVariableName(name) {
		return "", &variableError{Case: 0, InvalidName: fmt.Sprintf("%q is no variable's name", name)}
	}
	for _, e := range g.component.Variables {
		if e.Name != name {
			continue
		}
		value, err := g.app.values.expand(ctx, e.Value.Value)
		if err == nil {
			return value, nil
		}
		return "", &variableError{Case: 2, Provider: err.Error()}
	}
	return "", &variableError{Case: variableUndefined, Undefined: fmt.Sprintf("no variable for %q.%q", g.component.ID, name)}
}

// configError is the variant error of wasi:config/store.
type configError struct {
	Case         uint8 // 0 upstream, 1 io
	Upstream, Io string
}

func (g *grants) addVariables(imports *bind.Imports) {
	get := bind.Func1(func(ctx context.Context, name string) (bind.Result[string, variableError], error) {
		v, verr := g.get(ctx, name)
		if verr != nil {
			if verr.Case == variableUndefined {
				g.deny(Denial{
					What:  fmt.Sprintf("variable %q", name),
					Grant: fmt.Sprintf("variables = { %s = \"{{ %[1]s }}\" }", name),
				})
			}
			return bind.Err[string](*verr), nil
		}
		return bind.Ok[variableError](v), nil
	})
	imports.Interface("fermyon:spin/variables@2.0.0").Func("get", get)
	imports.Interface("spin:variables/variables@3.0.0").Func("get", get)
	config := imports.Interface("wasi:config/store@0.2.0-draft-2024-09-27")
	config.Func("get", bind.Func1(func(ctx context.Context, name string) (
		bind.Result[bind.Option[string], configError], error,
	) {
		v, verr := g.get(ctx, name)
		switch {
		case verr == nil:
			return bind.Ok[configError](bind.Some(v)), nil
		case verr.Case < 2: // invalid names and undefined variables are no values here
			return bind.Ok[configError](bind.None[string]()), nil
		}
		return bind.Err[bind.Option[string]](configError{Upstream: verr.Provider}), nil
	}))
	config.Func("get-all", bind.Func0(func(ctx context.Context) (
		bind.Result[[]bind.Tuple2[string, string], configError], error,
	) {
		all := []bind.Tuple2[string, string]{}
		for _, e := range g.component.Variables {
			v, verr := g.get(ctx, e.Name)
			if verr != nil {
				return bind.Err[[]bind.Tuple2[string, string]](configError{Upstream: verr.Provider}), nil
			}
			all = append(all, bind.Tuple2[string, string]{V0: e.Name, V1: v})
		}
		return bind.Ok[configError](all), nil
	}))
}
