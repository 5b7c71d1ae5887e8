// Command gendocs writes docs/rules: a page for each rule and an index.
package main

import (
	"fmt"
	"log"
	"os"
	"path/filepath"
	"strings"

	"github.com/edgelint/edgelint/lint"
	"github.com/edgelint/edgelint/lint/rules"
)

func main() {
	if len(os.Args) != 2 {
		log.Fatal("usage: gendocs FOLDER")
	}
	if err := write(os.Args[1], rules.All()); err != nil {
		log.Fatal(err)
	}
}

func write(dir string, all []*lint.Rule) error {
	if err := os.RemoveAll(dir); err != nil {
		return err
	}
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return err
	}
	var index strings.Builder
	index.WriteString("# Rules\n\n| rule | name | severity | what |\n| --- | --- | --- | --- |\n")
	for _, r := range all {
		fmt.Fprintf(&index, "| [%s](%s.md) | %s | %s | %s |\n", r.ID, r.ID, r.Name, r.Severity, r.Doc.Title)
		if err := os.WriteFile(filepath.Join(dir, r.ID+".md"), []byte(page(r)), 0o644); err != nil {
			return err
		}
	}
	return os.WriteFile(filepath.Join(dir, "README.md"), []byte(index.String()), 0o644)
}

func page(r *lint.Rule) string {
	return fmt.Sprintf("# %s: %s (%s)\n\n%s.\n\n%s\n\nReported:\n\n%s\nNot reported:\n\n%s",
		r.ID, r.Name, r.Severity, r.Doc.Title, r.Doc.Text, code(r.Doc.Bad), code(r.Doc.Good))
}

func code(s string) string {
	return "    " + strings.ReplaceAll(strings.TrimRight(s, "\n"), "\n", "\n    ") + "\n"
}
