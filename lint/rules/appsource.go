package rules

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/edgelint/edgelint/component/platform"
	"github.com/edgelint/edgelint/internal/appfiles"
	"github.com/edgelint/edgelint/lint"
	"github.com/edgelint/edgelint/wit"
)

var sourceMissing = componentRule(lint.Rule{
	ID: "EL0810", Name: "source-missing", Severity: lint.Error,
	Doc: lint.Doc{
		Title: "The binary of a component is not there",
		Text: "source names the component's binary, relative to the manifest. Without it the application does not " +
			"start. Most often it is yet to be built.",
		Bad:  "source = \"ap.wasm\"",
		Good: "source = \"app.wasm\"    # what build.command writes",
	},
}, func(j *appJudge, c *lint.AppComponent) {
	if c.SourceErr == nil || strings.Contains(c.Source.Path, "://") {
		return // a URL without its digest is another fault
	}
	f := lint.Finding{
		Message: fmt.Sprintf("the binary of component %s cannot be read: %v", c.ID, c.SourceErr),
		Help:    "write the path from the manifest's folder to the binary", Key: c.ID,
	}
	if c.Source.Path == "" {
		f.Message = fmt.Sprintf("the binary of component %s cannot be fetched: %v", c.ID, c.SourceErr)
		f.Help = "leave it out with --no-fetch"
	} else if errors.Is(c.SourceErr, fs.ErrNotExist) {
		f.Message = fmt.Sprintf("the binary of component %s does not exist: %s", c.ID, c.Path)
		if c.Build != nil {
			f.Help = "run `spin build`, or name the file that build.command writes"
		}
	}
	j.report(c.Source.Pos, f)
})

// clockTolerance is how much newer than the binary an input may be: builds write
// several files, and file systems round.
const clockTolerance = 2 * time.Second

var sourceOutdated = componentRule(lint.Rule{
	ID: "EL0811", Name: "source-outdated", Severity: lint.Warning,
	Doc: lint.Doc{
		Title: "Files that a component is built from are newer than its binary",
		Text: "build.watch names the files that a build depends on. One of them was changed after the binary was " +
			"written, so that what is deployed is not what stands in the source. Python files that are in the binary " +
			"as they are on disk do not count.",
		Bad:  "edit app.py; spin up",
		Good: "edit app.py; spin up --build",
	},
}, func(j *appJudge, c *lint.AppComponent) {
	if c.Source.Path == "" || c.Build == nil || c.Artifact == nil || len(c.Build.Watch) == 0 {
		return
	}
	info, err := os.Stat(c.Path)
	if err != nil {
		return
	}
	newer := newerInputs(c, info.ModTime().Add(clockTolerance))
	if len(newer) == 0 {
		return
	}
	f := lint.Finding{
		Message: fmt.Sprintf("%s is newer than the binary of component %s", newer[0], c.ID),
		Help:    "build the component again: `spin build`, or `spin up --build`", Key: c.ID,
	}
	if more := len(newer) - 1; more > 0 {
		f.Details = []string{fmt.Sprintf("and so are %d more of the files that build.watch names", more)}
	}
	j.report(c.Source.Pos, f)
})

// newerInputs are the watched files that changed after a time, sorted.
func newerInputs(c *lint.AppComponent, after time.Time) []string {
	dir := filepath.Join(c.App.Dir, filepath.FromSlash(c.Build.Workdir))
	built := builtSources(c)
	var newer []string
	for _, pattern := range c.Build.Watch {
		found, err := appfiles.New(os.DirFS(dir), nil)
		if err != nil || found.Add(appfiles.Mount{Pattern: pattern.Value}) != nil {
			continue // a pattern that finds nothing, or leads out of the folder
		}
		for _, f := range found.Files() {
			name := filepath.Join(dir, filepath.FromSlash(f.Name))
			info, err := os.Stat(name)
			if err == nil && info.ModTime().After(after) && name != c.Path && !built[name] {
				newer = append(newer, name)
			}
		}
	}
	slices.Sort(newer)
	return slices.Compact(newer)
}

// builtSources are the Python files that are in the binary as they are on disk.
func builtSources(c *lint.AppComponent) map[string]bool {
	out := map[string]bool{}
	py, err := c.Artifact.Python()
	if err != nil || py == nil || len(py.Stale) > 0 {
		return out
	}
	for _, m := range py.Snapshot.Modules {
		if f := py.Source(m.File); f != nil {
			out[filepath.Join(py.Dir, filepath.FromSlash(f.Name))] = true
		}
	}
	return out
}

// handlerWorlds are the worlds whose handler is known, by name and the beginning
// of their version, with the handler and the beginning of its version.
var handlerWorlds = []struct{ world, version, handler, handlerVersion string }{
	{"spin-http", "", "wasi:http/incoming-handler", "0.2."},
	{"wasi:http/proxy", "0.2.", "wasi:http/incoming-handler", "0.2."},
	{"wasi:http/service", "0.3.0-rc", "wasi:http/handler", "0.3.0-rc"},
	{"wasi:http/service", "0.3.", "wasi:http/handler", "0.3."},
	{"spin:up/http-trigger", "3.", "wasi:http/incoming-handler", "0.2."},
	{"spin:up/http-trigger", "4.0.", "wasi:http/handler", "0.3.0-rc-2026-03-15"},
	{"spin:up/http-trigger", "4.", "wasi:http/handler", "0.3."},
	{"spin-redis", "", "fermyon:spin/inbound-redis", ""},
	{"spin:up/redis-trigger", "3.", "fermyon:spin/inbound-redis", ""},
	{"spin:up/redis-trigger", "4.", "spin:redis/inbound-redis", "3."},
	{"wasi:cli/command", "0.2.", "wasi:cli/run", "0.2."},
	{"wasi:cli/command", "0.3.", "wasi:cli/run", "0.3."},
}

var buildWorld = componentRule(lint.Rule{
	ID: "EL0812", Name: "build-world", Severity: lint.Warning,
	Doc: lint.Doc{
		Title: "The binary is not of the world that build.command builds for",
		Text: "The option -w of componentize-py names the world, and with it the handler that the component exports. " +
			"The binary exports another: it was built by another command, and the next build gives another component " +
			"than the one at hand.",
		Bad:  "command = \"componentize-py -w spin-http ...\"    # app.wasm exports wasi:http/handler@0.3.0",
		Good: "command = \"componentize-py -w spin:up/http-trigger@4.1.0 ...\"",
	},
}, func(j *appJudge, c *lint.AppComponent) {
	call, ok := c.Componentize()
	if !ok || call.World == "" || c.Artifact == nil || c.Artifact.Component() == nil {
		return
	}
	name, version, _ := strings.Cut(call.World, "@")
	for _, w := range handlerWorlds {
		if w.world != name || version != "" && !strings.HasPrefix(version, w.version) {
			continue
		}
		exports := knownHandlers(c.Artifact)
		fits := func(e wit.InterfaceName) bool {
			v := e.Package.Version
			return e.Unversioned() == w.handler && (version == "" || strings.HasPrefix(string(v), w.handlerVersion) &&
				(v.Parts().Pre != "") == strings.Contains(w.handlerVersion, "-"))
		}
		if len(exports) == 0 || slices.ContainsFunc(exports, fits) {
			return
		}
		j.report(call.Pos, lint.Finding{
			Message: fmt.Sprintf("build.command builds for world %s, whose handler is %s, but the binary exports %s",
				call.World, strings.TrimRight(w.handler+"@"+w.handlerVersion, "@."), exports[0]),
			Help: "build the component again, or name the world that it is built for", Key: c.ID,
		})
		return
	}
})

// knownHandlers are the exports of a binary that are the handler of some trigger,
// or what a command exports.
func knownHandlers(a *lint.Artifact) []wit.InterfaceName {
	var out []wit.InterfaceName
	for _, e := range a.Component().Exports {
		if name, ok := wit.ParseInterfaceName(e.Name.Name); ok {
			if _, known := handlerTriggers[name.Unversioned()]; known {
				out = append(out, name)
			}
		}
	}
	return out
}

// handlerTriggers are the triggers that call the known handlers; "" is none.
var handlerTriggers = map[string]string{
	"wasi:http/incoming-handler": "http", "wasi:http/handler": "http", "fermyon:spin/inbound-http": "http",
	"fermyon:spin/inbound-redis": "redis", "spin:redis/inbound-redis": "redis", "wasi:cli/run": "",
}

var triggerMismatch = appRule(lint.Rule{
	ID: "EL0813", Name: "trigger-mismatch", Severity: lint.Error,
	Doc: lint.Doc{
		Title: "A trigger calls a component that has no handler for it",
		Text: "An HTTP trigger calls wasi:http/incoming-handler or wasi:http/handler, a Redis trigger inbound-redis. The " +
			"component exports none of these, so Spin does not start the application. Most often the world (-w) of the " +
			"build is that of another trigger.",
		Bad:  "[[trigger.redis]]\ncomponent = \"web\"    # built with -w spin-http",
		Good: "[[trigger.redis]]\ncomponent = \"jobs\"    # built with -w spin-redis",
	},
}, func(j *appJudge) {
	for _, c := range j.app.Components {
		if c.Artifact == nil || c.Artifact.Component() == nil {
			continue
		}
		exports := knownHandlers(c.Artifact)
		for _, t := range c.Triggers() {
			serves := func(e wit.InterfaceName) bool { return handlerTriggers[e.Unversioned()] == t.Type }
			if t.Type != "http" && t.Type != "redis" || isWagi(t.Config) || slices.ContainsFunc(exports, serves) {
				continue
			}
			f := lint.Finding{
				Message: fmt.Sprintf("the %s trigger calls component %s, which exports no handler for it", t.Type, c.ID),
				Details: []string{"it exports " + exportList(c.Artifact.Component())},
				Help:    "build the component for a world of that trigger, or call it by the trigger it is built for",
				Key:     c.ID + ":" + t.Type,
			}
			if near := nearestExport(c.Artifact.Component()); near != "" {
				f.Details = append(f.Details, near)
			}
			j.report(t.Component.Pos, f)
		}
	}
})

// isWagi reports whether a trigger runs its component as a CGI program.
func isWagi(config map[string]any) bool {
	executor, _ := config["executor"].(map[string]any)
	return executor["type"] == "wagi"
}

var declaredTarget = componentRule(lint.Rule{
	ID: "EL0814", Name: "declared-target", Severity: lint.Error,
	Doc: lint.Doc{
		Title: "A component does not run on a target that the manifest declares",
		Text: "targets names the environments that the application is meant for, such as spin-up:3.6. Spin " +
			"checks them when it builds. The rule knows the releases of Spin; other environments are not looked at.",
		Bad:  "targets = [\"spin-up:3.6\"]    # the component exports wasi:http/handler@0.3.0",
		Good: "targets = [\"spin-up:3.6\"]    # the component exports wasi:http/incoming-handler@0.2.0",
	},
}, func(j *appJudge, c *lint.AppComponent) {
	a := c.Artifact
	if a == nil || a.Component() == nil || len(a.Faults()) > 0 {
		return
	}
	for _, t := range append(slices.Clone(j.app.Manifest.Targets), c.Targets...) {
		profile := targetProfile(t.Name)
		if profile == nil {
			continue
		}
		v, err := a.JudgeOn(profile)
		if err != nil || v.Runs() {
			continue
		}
		j.report(t.Pos, lint.Finding{
			Message: fmt.Sprintf("component %s does not run on %s: %s", c.ID, t.Name, v.Reason()),
			Help:    fmt.Sprintf("`edgelint --target %s %s` tells more", profile.Name, path.Clean(filepath.ToSlash(c.Path))),
			Key:     c.ID + ":" + t.Name,
		})
	}
})

// targetProfile is the platform of an environment's id, nil if it is not known.
func targetProfile(id string) *platform.Profile {
	env, version, ok := strings.Cut(strings.Replace(id, "@", ":", 1), ":")
	if !ok || env != "spin-up" {
		return nil
	}
	profile, err := platform.Lookup("spin@" + version)
	if err != nil {
		return nil
	}
	return profile
}
