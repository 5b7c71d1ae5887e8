package rules

import (
	"fmt"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"github.com/edgelint/edgelint/lint"
	"github.com/edgelint/edgelint/python/flow"
	"github.com/edgelint/edgelint/spin"
)

var nothingMounted = componentRule(lint.Rule{
	ID: "EL0860", Name: "nothing-mounted", Severity: lint.Warning,
	Doc: lint.Doc{
		Title: "An entry of files mounts nothing, or in another place",
		Text: "The pattern matches no file below the manifest's folder, or exclude_files leaves all of them out; the " +
			"component finds nothing there. If a path without * is not there, Spin does not start. The files of a folder " +
			"without a pattern are below its path twice: assets/a.txt is at /assets/assets/a.txt.",
		Bad:  "files = [\"asets/*\"]",
		Good: "files = [\"assets/*\"]",
	},
}, func(j *appJudge, c *lint.AppComponent) {
	for _, m := range c.Mounts() {
		switch {
		case m.Err != nil:
			j.report(m.Entry.Pos, lint.Finding{
				Severity: lint.Error, Message: fmt.Sprintf("component %s: %v", c.ID, m.Err),
				Help: "paths are relative to the manifest", Key: c.ID + ":" + entryName(m.Entry),
			})
		case len(m.Seen) == 0:
			f := lint.Finding{
				Message: fmt.Sprintf("%q mounts no file for component %s", entryName(m.Entry), c.ID),
				Help:    "paths are relative to the manifest, and * does not match /: write **/* for all levels",
				Key:     c.ID + ":" + entryName(m.Entry),
			}
			if len(c.ExcludeFiles) > 0 {
				f.Details = []string{"what " + listText("exclude_files", values(c.ExcludeFiles)) + " names is left out"}
			}
			j.report(m.Entry.Pos, f)
		case isTwice(m):
			name := path.Clean(m.Entry.Pattern)
			j.report(m.Entry.Pos, lint.Finding{
				Message: fmt.Sprintf("component %s sees the files of the folder %s below /%s/%s", c.ID, name, name, name),
				Help:    fmt.Sprintf("write %q, or { source = %q, destination = %q }", name+"/**/*", name, "/"+name),
				Key:     c.ID + ":" + name,
			})
		}
	}
})

// isTwice reports whether an entry is a folder without a pattern, whose path the
// component sees twice.
func isTwice(m lint.Mounted) bool {
	name := path.Clean(m.Entry.Pattern)
	return m.Entry.Pattern != "" && strings.HasPrefix(m.Seen[0], path.Join(name, name)+"/") && !strings.HasPrefix(m.Names[0], path.Join(name, name)+"/")
}

func entryName(f *spin.Files) string {
	if f.Pattern != "" {
		return f.Pattern
	}
	return f.Source
}

// privateFolders are parts of paths that no component should see, with what they
// hold.
var privateFolders = map[string]string{
	".git": "the repository with its history", ".venv": "a virtual environment", "venv": "a virtual environment",
	"node_modules": "packages of the build", "__pycache__": "compiled code of the build",
	".spin": "the state of the application", ".env": "secrets, as a rule",
}

var privateMounted = componentRule(lint.Rule{
	ID: "EL0861", Name: "private-files-mounted", Severity: lint.Warning,
	Doc: lint.Doc{
		Title: "An entry of files mounts what is not for the component",
		Text: "A wide pattern such as **/* takes the virtual environment, the repository and files with secrets along. " +
			"They are pushed with the application, and whoever reaches the component's files can read them.",
		Bad:  "files = [\"**/*\"]",
		Good: "files = [\"assets/**/*\"]",
	},
}, func(j *appJudge, c *lint.AppComponent) {
	for _, m := range c.Mounts() {
		counts := map[string]int{}
		var order []string
		for _, name := range m.Names {
			part := privatePart(name)
			if part != "" && counts[part] == 0 {
				order = append(order, part)
			}
			counts[part]++
		}
		slices.Sort(order)
		for _, part := range order {
			what := privateFolders[path.Base(part)]
			if what == "" {
				what = "a file that looks private"
			}
			j.report(m.Entry.Pos, lint.Finding{
				Message: fmt.Sprintf("%q mounts %s for component %s: %s", entryName(m.Entry), part, c.ID, what),
				Details: fileCount(counts[part]),
				Help:    "name the folders that the component needs, or leave it out with exclude_files",
				Key:     c.ID + ":" + part,
			})
		}
	}
})

func fileCount(n int) []string {
	if n < 2 {
		return nil
	}
	return []string{fmt.Sprintf("%d files", n)}
}

// privatePart is the path up to the part of it that is private, "" if none is.
func privatePart(name string) string {
	parts := strings.Split(name, "/")
	for i, p := range parts {
		if privateFolders[p] != "" {
			return strings.Join(parts[:i+1], "/")
		}
	}
	if isPrivateName(parts[len(parts)-1]) && path.Ext(name) != ".db" && path.Ext(name) != ".sqlite" {
		return name
	}
	return ""
}

// openers are the functions whose first argument is the path of a file to read or
// a folder to list.
var openers = []string{
	"builtins.open", "_io.open", "io.open", "os.open", "posix.open", "os.listdir", "posix.listdir", "os.scandir",
	"posix.scandir", "os.stat", "posix.stat",
}

// literalPath is the path that a use opens, if it is known.
func literalPath(u *flow.Use) (name string, writes, ok bool) {
	if u.Role != flow.RoleCalled || !u.Is(openers...) {
		return "", false, false
	}
	name, ok = knownText(u.Arg(0, "file"))
	if !ok {
		name, ok = knownText(u.Arg(0, "path"))
	}
	mode, _ := knownText(u.Arg(1, "mode"))
	return name, strings.ContainsAny(mode, "wax+"), ok
}

// mountText is the entry of files that mounts a path, which is a file or folder
// beside the manifest, or any from elsewhere.
func mountText(c *lint.AppComponent, name string) string {
	name = path.Clean(name)
	info, err := os.Stat(filepath.Join(c.App.Dir, filepath.FromSlash(name)))
	switch {
	case err == nil && info.IsDir():
		return fmt.Sprintf("%q", path.Join(strings.TrimPrefix(name, "/"), "**/*"))
	case err != nil && path.IsAbs(name):
		return fmt.Sprintf("{ source = ..., destination = %q } with its place beside spin.toml", name)
	}
	return fmt.Sprintf("%q", strings.TrimPrefix(name, "/"))
}

var pathNotMounted = componentRule(lint.Rule{
	ID: "EL0862", Name: "path-not-mounted", Severity: lint.Error,
	Doc: lint.Doc{
		Title: "The code opens a path that the manifest does not mount",
		Text: "A component sees the files that its entry files mounts, under /, and no others: opening another path " +
			"raises FileNotFoundError (errno 44). What is mounted can be read and not be written. The rule looks at " +
			"paths that stand in the code as they are, in functions that a request reaches.",
		Bad:  "open(\"data/words.txt\")    # and files = [\"assets/*\"]",
		Good: "files = [\"assets/*\", \"data/words.txt\"]",
	},
}, func(j *appJudge, c *lint.AppComponent) {
	py := j.python(c)
	if py == nil {
		return
	}
	for _, fn := range py.py.Program.Functions() {
		if !fn.Reached() {
			continue // it may have run at build
		}
		for _, u := range fn.Uses {
			name, writes, ok := literalPath(u)
			if !ok {
				continue
			}
			f := lint.Finding{Related: []lint.Related{j.related(c.Pos, "component "+c.ID)}, Key: name}
			switch mounted := c.Sees(name); {
			case writes && mounted:
				f.Message = fmt.Sprintf("%s opens %q to write it, and component %s can only read its files", written(u), name, c.ID)
				f.Help = "keep data that changes in spin_sdk.key_value or spin_sdk.sqlite"
			case writes || mounted:
				continue // what writes is about other files: file-access tells
			default:
				f.Message = fmt.Sprintf("%s opens %q, which component %s does not see", written(u), name, c.ID)
				f.Help = fmt.Sprintf("add %s to files of %s, or read it at top level, so that it is in the snapshot",
					mountText(c, name), c.Table(""))
			}
			py.report(fn, u.Position, u.Guard.Caught("OSError", "IOError", "FileNotFoundError"), f)
		}
	}
})
