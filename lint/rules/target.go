package rules

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/edgelint/edgelint/component/platform"
	"github.com/edgelint/edgelint/lint"
	"github.com/edgelint/edgelint/wit"
)

var importNotOffered = &lint.Rule{
	ID: "EL0304", Name: "import-not-offered", Severity: lint.Error,
	Doc: lint.Doc{
		Title: "The platform does not offer what the component imports",
		Text: "A host refuses to start a component if it lacks one of the interfaces that the component " +
			"imports, called or not. Interfaces match by name and version: exactly, or, where the " +
			"host links by semver track, any version of the track (0.2.9 and 0.2.0; never a release " +
			"candidate). A Python component imports the whole world that it was built for, so the " +
			"cause is most often an SDK newer than the host. Without --target the platform is any " +
			"release of Spin. What a dependency that spin.toml names supplies is not asked of the platform.",
		Bad:  "edgelint --target spin@3.3 app.wasm # built with spin-sdk 3.4: imports spin:postgres@4.0.0",
		Good: "edgelint --target spin@3.4 app.wasm",
	},
	Run: eachVerdict(func(pass *lint.Pass, p *lint.Platforms, v *platform.Verdict) {
		for _, gap := range v.Gaps() {
			first := gap.Package.ID(gap.Interfaces[0])
			f := lint.Finding{
				Path: fmt.Sprintf("root/import %q", first), Span: importSpan(pass, first),
				Key:     v.Profile.Name + " " + gap.Package.String(),
				Message: fmt.Sprintf("%s does not offer %s", v.Profile.Title, gap),
				Help:    whereItRuns(p, v),
			}
			if gap.Nearest != "" {
				f.Details = append(f.Details, fmt.Sprintf("it has version %s", gap.Nearest))
			}
			f.Details = append(f.Details, neededBy(pass, gap)...)
			pass.Report(f)
		}
		for _, m := range v.Mismatches {
			_, isInterface := wit.ParseInterfaceName(m.Name)
			if m.Kind == wit.NotInWIT || m.Kind == wit.MissingImport && !isInterface {
				pass.Report(mismatchFinding(pass, p, v, m))
			}
		}
	}),
}

var interfaceDiffers = &lint.Rule{
	ID: "EL0305", Name: "interface-differs", Severity: lint.Error,
	Doc: lint.Doc{
		Title: "An interface of the platform lacks functions that the component uses, or has others",
		Text: "The platform has the interface, on the same track of versions or even in the same " +
			"version, but a function that the component imports is missing there or has another type. " +
			"The host refuses to start the component. Functions are added within a track, so a host " +
			"may be too old; types may differ between drafts.",
		Bad:  "(import \"wasi:http/types@0.2.9\" (instance ... (export \"new-function\" ...)))",
		Good: "use an SDK as old as the host, or a host as new as the SDK",
	},
	Run: eachVerdict(func(pass *lint.Pass, p *lint.Platforms, v *platform.Verdict) {
		bySubject := map[string]*lint.Finding{}
		var order []string
		for _, m := range v.Mismatches {
			switch m.Kind {
			case wit.MissingImport, wit.MissingExport, wit.NotInWIT:
				continue
			}
			f := bySubject[m.Name]
			if f == nil {
				made := mismatchFinding(pass, p, v, m)
				made.Message = fmt.Sprintf("%s has another %s", v.Profile.Title, m.Name)
				if m.Counterpart != "" {
					made.Message = fmt.Sprintf("%s has %s, which does not fit %s", v.Profile.Title, m.Counterpart, m.Name)
				}
				f = &made
				bySubject[m.Name] = f
				order = append(order, m.Name)
			}
			f.Details = append(f.Details, m.Problem())
		}
		for _, name := range order {
			pass.Report(*bySubject[name])
		}
	}),
}

var handlerNotCalled = &lint.Rule{
	ID: "EL0306", Name: "handler-not-called", Severity: lint.Error,
	Doc: lint.Doc{
		Title: "The platform calls none of the component's exports",
		Text: "A host calls the handlers that it knows, by interface and version. Release candidates " +
			"match nothing but themselves: Spin 4.0 calls wasi:http/handler@0.3.0-rc-2026-03-15, and " +
			"not 0.3.0, which spin-sdk 5 builds. Some hosts also refuse a component that exports " +
			"several handlers of one kind.",
		Bad:  "edgelint --target spin@4.0 app.wasm # built with spin-sdk 5",
		Good: "edgelint --target spin@4.0 app.wasm # built with spin-sdk 4, or with spin-sdk 3 for WASI 0.2",
	},
	Run: eachVerdict(func(pass *lint.Pass, p *lint.Platforms, v *platform.Verdict) {
		if !p.Demanded {
			return // no-http-handler and handler-version tell
		}
		if len(v.Rivals) > 0 {
			pass.Report(lint.Finding{
				Path: "root", Key: v.Profile.Name + " rivals",
				Message: v.Profile.Title + " refuses a component that exports several handlers",
				Details: []string{"it exports " + strings.Join(v.Rivals, ", ")}, Help: "export one of them",
			})
		}
		for _, m := range v.Mismatches {
			if m.Kind != wit.MissingExport {
				continue
			}
			f := lint.Finding{
				Path: "root", Key: v.Profile.Name + " " + m.Name,
				Message: fmt.Sprintf("%s calls none of the component's exports", v.Profile.Title),
				Details: []string{"it calls " + handlerNames(v.Profile)},
				Help:    whereItRuns(p, v),
			}
			if m.Counterpart != "" {
				f.Path = fmt.Sprintf("root/export %q", m.Counterpart)
				f.Message = fmt.Sprintf("%s calls %s, but the component exports %s",
					v.Profile.Title, m.Name, m.Counterpart)
			} else {
				exports := exportList(pass.Artifact.Component())
				f.Details = append(f.Details, "the component exports "+exports)
			}
			pass.Report(f)
		}
	}),
}

var targetCondition = &lint.Rule{
	ID: "EL0307", Name: "target-condition", Severity: lint.Note,
	Doc: lint.Doc{
		Title: "The platform runs the component on a condition",
		Text: "What the component needs is behind a switch on this platform: a flag of the command line " +
			"or a key of spin.toml. The note also names what was matched by name alone, since its " +
			"types are not known to edgelint.",
		Bad:  "edgelint --target spin@3.6 app.wasm # exports wasi:http/handler@0.3.0-rc-2026-01-06",
		Good: "edgelint --target spin@3.6 app.wasm # exports wasi:http/incoming-handler@0.2.0",
	},
	Run: eachVerdict(func(pass *lint.Pass, p *lint.Platforms, v *platform.Verdict) {
		if !p.Demanded || !v.Runs() || len(v.Conditions)+len(v.Unchecked) == 0 {
			return
		}
		f := lint.Finding{
			Path: "root", Key: v.Profile.Name,
			Message: v.Profile.Title + " runs the component on conditions",
		}
		for _, c := range v.Conditions {
			f.Details = append(f.Details, "only if "+c)
		}
		if len(v.Unchecked) > 0 {
			f.Details = append(f.Details, "matched by name alone: "+strings.Join(v.Unchecked, ", "))
		}
		pass.Report(f)
	}),
}

var refusedCall = &lint.Rule{
	ID: "EL0308", Name: "refused-at-run-time", Severity: lint.Note,
	Doc: lint.Doc{
		Title: "The platform offers an interface that the component imports, but refuses calls of it",
		Text: "The component starts, and calls of the interface fail, always or without a permission. " +
			"An import does not mean that the interface is used: libc and the SDK bring in sockets, " +
			"files and stores whether a program needs them or not. The note tells what to think of if " +
			"it does.",
		Bad:  "socket.create_connection((\"example.com\", 443)) # Spin looks up no names",
		Good: "spin_sdk.http.send(Request(\"GET\", \"https://example.com/\", {}, None))",
	},
	Run: eachVerdict(func(pass *lint.Pass, p *lint.Platforms, v *platform.Verdict) {
		if !p.Demanded || !v.Runs() {
			return
		}
		for _, r := range v.Refusals {
			pass.Report(lint.Finding{
				Path: "root", Key: v.Profile.Name + " " + r.Interfaces[0],
				Message: fmt.Sprintf("%s: %s", v.Profile.Title, r.What),
				Details: []string{"of " + strings.Join(r.Interfaces, ", ")}, Help: r.Remedy,
			})
		}
	}),
}

var notReleased = &lint.Rule{
	ID: "EL0309", Name: "not-released", Severity: lint.Note,
	Doc: lint.Doc{
		Title: "Only a Spin that is not released runs the component",
		Text: "The component is built for interfaces that no released Spin has, so it cannot be " +
			"deployed with one. edgerun runs it today. With --target the finding is an error of the " +
			"target.",
		Bad:  "a component that exports wasi:http/handler@0.3.0, while Spin 4.0 is the newest release",
		Good: "a component built with spin-sdk 3, which runs from Spin 3.4 on",
	},
	Run: func(_ context.Context, pass *lint.Pass) error {
		p, err := pass.Artifact.Platforms()
		if err != nil || p == nil || p.Demanded || len(p.RunsOn) == 0 {
			return err
		}
		if slices.ContainsFunc(p.RunsOn, func(p *platform.Profile) bool { return !p.Preview }) {
			return nil
		}
		pass.Reportf("wait for the release, or build with an older SDK; see `edgelint --target all`",
			"no released Spin runs the component: only %s does", p.RunsOn[0].Title)
		return nil
	},
}

// eachVerdict makes a rule of what there is to say about a verdict.
func eachVerdict(
	report func(*lint.Pass, *lint.Platforms, *platform.Verdict),
) func(context.Context, *lint.Pass) error {
	return func(_ context.Context, pass *lint.Pass) error {
		p, err := pass.Artifact.Platforms()
		if err != nil || p == nil {
			return err
		}
		for _, v := range p.Verdicts {
			report(pass, p, v)
		}
		return nil
	}
}

func mismatchFinding(pass *lint.Pass, p *lint.Platforms, v *platform.Verdict, m wit.Mismatch) lint.Finding {
	f := lint.Finding{
		Path: fmt.Sprintf("root/import %q", m.Name), Span: importSpan(pass, m.Name),
		Key:     v.Profile.Name + " " + m.Name,
		Message: fmt.Sprintf("%s: %s", v.Profile.Title, m), Help: whereItRuns(p, v),
	}
	if m.Export {
		f.Path, f.Span = fmt.Sprintf("root/export %q", m.Name), nil
	}
	return f
}

func importSpan(pass *lint.Pass, name string) *lint.Span {
	for _, im := range pass.Artifact.Component().Imports {
		if im.Name.Name == name {
			return &lint.Span{Off: im.Off}
		}
	}
	return nil
}

// neededBy tells which core modules import a package.
func neededBy(pass *lint.Pass, gap platform.Gap) []string {
	imports := make([]string, len(gap.Interfaces))
	for i, iface := range gap.Interfaces {
		imports[i] = gap.Package.ID(iface)
	}
	by := modulesThatNeed(pass, imports...)
	if len(by) == 0 {
		return nil
	}
	return []string{"needed by " + strings.Join(by, ", ")}
}

// modulesThatNeed names the core modules that ask for one of the imports.
func modulesThatNeed(pass *lint.Pass, imports ...string) []string {
	c := pass.Artifact.Component()
	names := pass.Artifact.File.ModuleNames(c)
	var by []string
	seen := map[int]bool{}
	for _, name := range imports {
		for _, need := range c.Needs(name) {
			if seen[need.Index] {
				continue
			}
			seen[need.Index] = true
			module := names[need.Index]
			switch role := moduleRoles[module]; {
			case module == "":
				module = need.Module.Path
			case role != "":
				module += " (" + role + ")"
			}
			by = append(by, module)
		}
	}
	return by
}

// moduleRoles says what the modules are that every Python component has.
var moduleRoles = map[string]string{
	"libc.so":                        "the C library",
	"libcomponentize_py_bindings.so": "the bindings of the world that the app was built for",
}

func handlerNames(p *platform.Profile) string {
	names := make([]string, len(p.Handlers))
	for i, h := range p.Handlers {
		names[i] = h.Name
	}
	return strings.Join(names, ", ")
}

// whereItRuns is the help of findings about a platform.
func whereItRuns(p *lint.Platforms, v *platform.Verdict) string {
	if len(p.RunsOn) == 0 {
		return "build it for " + v.Profile.Title + "; as it is, no known Spin runs it"
	}
	return "it runs on " + platform.Summary(p.RunsOn) + "; or build it for " + v.Profile.Title
}
