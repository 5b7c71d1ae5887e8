package rules

import (
	"fmt"
	"slices"
	"strings"

	"github.com/edgelint/edgelint/internal/spelling"
	"github.com/edgelint/edgelint/lint"
	"github.com/edgelint/edgelint/spin"
)

// grant is a list of names in a component's table, which open a service.
type grant struct {
	service service
	key     string // of the list
	noun    string // what a name stands for
	list    func(c *lint.AppComponent) []spin.String
}

var (
	storeGrant = grant{
		keyValueService, "key_value_stores", "key-value store",
		func(c *lint.AppComponent) []spin.String { return c.KeyValueStores },
	}
	databaseGrant = grant{
		sqliteService, "sqlite_databases", "SQLite database",
		func(c *lint.AppComponent) []spin.String { return c.SQLiteDatabases },
	}
	modelGrant = grant{
		llmService, "ai_models", "model",
		func(c *lint.AppComponent) []spin.String { return c.AIModels },
	}
)

// grantRule is a rule about names that the code uses and a list does not have.
func grantRule(r lint.Rule, g grant) *lint.Rule {
	r.Severity = lint.Error
	return componentRule(r, func(j *appJudge, c *lint.AppComponent) {
		py := j.python(c)
		if py == nil {
			return
		}
		granted := values(g.list(c))
		for _, a := range py.asks() {
			if a.service != g.service || !a.known || holdsText(granted, a.name) {
				continue
			}
			f := lint.Finding{
				Message: fmt.Sprintf("component %s uses the %s %q, which the manifest does not grant it", c.ID, g.noun, a.name),
				Related: []lint.Related{j.related(listPlace(c, g.list(c)), listText(g.key, granted))},
				Help:    fmt.Sprintf("in %s: %s", c.Table(""), listText(g.key, append(granted, a.name))),
				Key:     a.name,
			}
			if near := spelling.Nearest(a.name, granted); near != "" {
				f.Details = []string{fmt.Sprintf("it is granted %q: is that what was meant?", near)}
				if !py.asksFor(g.service, near) {
					f.Help = fmt.Sprintf("in %s: %s", c.Table(""), listText(g.key, replaced(granted, near, a.name)))
				}
			}
			py.report(a.fn, a.use.Position, a.use.Guard.Caught("Err"), f)
		}
	})
}

// replaced is a list with another text in the place of one.
func replaced(list []string, old, text string) []string {
	out := slices.Clone(list)
	out[slices.Index(out, old)] = text
	return out
}

func values(list []spin.String) []string {
	out := make([]string, 0, len(list))
	for _, s := range list {
		out = append(out, s.Value)
	}
	return out
}

func holdsText(list []string, text string) bool {
	for _, s := range list {
		if s == text {
			return true
		}
	}
	return false
}

// listPlace is the place of a list of a component, or of the component if the
// list is empty.
func listPlace(c *lint.AppComponent, list []spin.String) spin.Position {
	if len(list) > 0 {
		return list[0].Pos
	}
	return c.Pos
}

// listText is a list as a line of the manifest.
func listText(key string, list []string) string {
	if len(list) == 0 {
		return "there is no " + key
	}
	var quoted []string
	for _, s := range list {
		quoted = append(quoted, fmt.Sprintf("%q", s))
	}
	return key + " = [" + strings.Join(quoted, ", ") + "]"
}

var storeNotGranted = grantRule(lint.Rule{
	ID: "EL0840", Name: "store-not-granted",
	Doc: lint.Doc{
		Title: "The code opens a key-value store that the component is not granted",
		Text: "A component opens the stores whose labels are in its key_value_stores, and gets the error access-denied " +
			"for others, whatever stores there are. The rule looks at labels that stand in the code as they are; " +
			"open_default opens \"default\".",
		Bad:  "key_value.open(\"cache\")    # and key_value_stores = [\"default\"]",
		Good: "key_value_stores = [\"default\", \"cache\"]",
	},
}, storeGrant)

var databaseNotGranted = grantRule(lint.Rule{
	ID: "EL0841", Name: "database-not-granted",
	Doc: lint.Doc{
		Title: "The code opens an SQLite database that the component is not granted",
		Text: "A component opens the databases whose labels are in its sqlite_databases, and gets the error " +
			"access-denied for others. The rule looks at labels that stand in the code as they are; open_default opens " +
			"\"default\".",
		Bad:  "Connection.open(\"orders\")    # and no sqlite_databases",
		Good: "sqlite_databases = [\"orders\"]",
	},
}, databaseGrant)

var modelNotGranted = grantRule(lint.Rule{
	ID: "EL0842", Name: "model-not-granted",
	Doc: lint.Doc{
		Title: "The code asks for a language model that the component is not granted",
		Text: "A component uses the models in its ai_models, and gets an error for others, whatever models the host " +
			"has. The rule looks at names that stand in the code as they are.",
		Bad:  "llm.infer(\"llama2-chat\", prompt)    # and no ai_models",
		Good: "ai_models = [\"llama2-chat\"]",
	},
}, modelGrant)

var variableNotDeclared = componentRule(lint.Rule{
	ID: "EL0843", Name: "variable-not-declared", Severity: lint.Error,
	Doc: lint.Doc{
		Title: "The code reads a variable that its component does not have",
		Text: "Components see the variables of their own table alone, not those of the application: reading another " +
			"raises an error. The value there is a template that takes the application's variable.",
		Bad:  "variables.get(\"api_key\")    # and [variables] api_key, but no [component.hello.variables]",
		Good: "[component.hello.variables]\napi_key = \"{{ api_key }}\"",
	},
}, func(j *appJudge, c *lint.AppComponent) {
	py := j.python(c)
	if py == nil {
		return
	}
	declared := entryNames(c.Variables)
	for _, a := range py.asks() {
		if a.service != variablesService || !a.known || holdsText(declared, a.name) {
			continue
		}
		f := lint.Finding{
			Message: fmt.Sprintf("component %s reads the variable %q, which the manifest does not give it", c.ID, a.name),
			Related: []lint.Related{j.related(c.Pos, "component "+c.ID)},
			Help:    j.variableHelp(c, a.name), Key: a.name,
		}
		if near := spelling.Nearest(a.name, declared); near != "" {
			f.Details = []string{fmt.Sprintf("it has %q: is that what was meant?", near)}
			if spin.IsVariableName(a.name) && !py.asksFor(variablesService, near) {
				f.Help = fmt.Sprintf("in %s: rename %s to %s", c.Table("variables"), near, a.name)
			}
		}
		py.report(a.fn, a.use.Position, a.harmless || a.use.Guard.Caught("Err"), f)
	}
})

func (j *appJudge) variableHelp(c *lint.AppComponent, name string) string {
	if !spin.IsVariableName(name) {
		return "names of variables are lower-case words joined by _, as in api_key: rename it"
	}
	help := fmt.Sprintf("in %s: %s = \"{{ %s }}\"", c.Table("variables"), name, name)
	for _, v := range j.app.Manifest.Variables {
		if v.Name == name {
			return help
		}
	}
	return help + fmt.Sprintf(", and in [variables]: %s = { required = true }", name)
}

func entryNames(list []spin.Entry) []string {
	var out []string
	for _, e := range list {
		out = append(out, e.Name)
	}
	return out
}

// usedNames are the names that the code of a component asks a service for. It is
// not ok if there may be others: in code that computes them, that is not Python,
// or in a component that this one is composed with.
func (j *appJudge) usedNames(c *lint.AppComponent, s service) (names []string, ok bool) {
	py := j.python(c)
	if py == nil || len(c.Dependencies) > 0 || len(c.Profiles) > 0 || !py.seesAll() {
		return nil, false
	}
	for _, t := range c.Triggers() {
		if len(t.Dependencies) > 0 {
			return nil, false
		}
	}
	for _, a := range py.asks() {
		if a.service == s && !a.known {
			return nil, false
		}
		if a.service == s {
			names = append(names, a.name)
		}
	}
	return names, true
}

var unusedGrant = componentRule(lint.Rule{
	ID: "EL0844", Name: "unused-grant", Severity: lint.Note,
	Doc: lint.Doc{
		Title: "The component is granted a store, database or model that it does not use",
		Text: "The code of the component never asks for the name. A grant that nothing needs is one that an attacker " +
			"may use. Nothing is reported if the code computes a name, runs text as code, or cannot be read in full.",
		Bad:  "key_value_stores = [\"default\", \"cache\"]    # and the code opens the default store alone",
		Good: "key_value_stores = [\"default\"]",
	},
}, func(j *appJudge, c *lint.AppComponent) {
	for _, g := range []grant{storeGrant, databaseGrant, modelGrant} {
		list := g.list(c)
		if len(list) == 0 {
			continue
		}
		used, ok := j.usedNames(c, g.service)
		if !ok {
			continue
		}
		for _, s := range list {
			if !holdsText(used, s.Value) {
				j.report(s.Pos, lint.Finding{
					Message: fmt.Sprintf("the code of component %s does not use the %s %q", c.ID, g.noun, s.Value),
					Help:    "delete the grant if nothing needs it", Key: c.ID + ":" + g.key + ":" + s.Value,
				})
			}
		}
	}
})

var unusedComponentVariable = componentRule(lint.Rule{
	ID: "EL0845", Name: "unused-component-variable", Severity: lint.Note,
	Doc: lint.Doc{
		Title: "The code of a component does not read one of its variables",
		Text: "The variable is in the component's table and nothing reads it. Nothing is reported if the code computes " +
			"a name, runs text as code, or cannot be read in full.",
		Bad:  "[component.hello.variables]\ntoken = \"{{ token }}\"    # and no variables.get(\"token\")",
		Good: "variables.get(\"token\")",
	},
}, func(j *appJudge, c *lint.AppComponent) {
	if len(c.Variables) == 0 {
		return
	}
	used, ok := j.usedNames(c, variablesService)
	if !ok {
		return
	}
	for _, v := range c.Variables {
		if !holdsText(used, v.Name) {
			j.report(v.Value.Pos, lint.Finding{
				Message: fmt.Sprintf("the code of component %s does not read the variable %q", c.ID, v.Name),
				Help:    "delete it if nothing needs it", Key: c.ID + ":" + v.Name,
			})
		}
	}
})

var labelWithoutBackend = componentRule(lint.Rule{
	ID: "EL0846", Name: "label-without-backend", Severity: lint.Error,
	Doc: lint.Doc{
		Title: "A store or database has no backend in the runtime configuration",
		Text: "Spin knows the store and the database \"default\" by itself. Other labels need an entry in the runtime " +
			"configuration, or Spin does not start. The rule looks at a runtime-config.toml beside spin.toml; without one " +
			"it is a note, for the file may lie where the application runs.",
		Bad:  "key_value_stores = [\"cache\"]    # and no [key_value_store.cache]",
		Good: "[key_value_store.cache]\ntype = \"redis\"\nurl = \"redis://localhost:6379\"",
	},
}, func(j *appJudge, c *lint.AppComponent) {
	if len(j.app.RuntimeFaults) > 0 {
		return
	}
	config := j.app.Runtime
	f := lint.Finding{Severity: lint.Error}
	if config == nil {
		config = &spin.RuntimeConfig{}
		f.Severity = lint.Note
	}
	check := func(list []spin.String, table, noun string, known func(string) bool) {
		for _, s := range list {
			if s.Value == "default" || known(s.Value) {
				continue
			}
			f.Message = fmt.Sprintf("the %s %q of component %s has no backend in %s", noun, s.Value, c.ID, config.File)
			f.Help = fmt.Sprintf("add a table [%s.%s] with its type", table, s.Value)
			if config.File == "" {
				f.Message = fmt.Sprintf("the %s %q of component %s needs a backend where the application runs", noun, s.Value, c.ID)
				f.Help += " to a runtime-config.toml"
			}
			f.Details = nil
			if near := spelling.Nearest(s.Value, []string{"default"}); near != "" {
				f.Details = []string{"there is \"default\" without one: is that what was meant?"}
			}
			f.Key = c.ID + ":" + table + ":" + s.Value
			j.report(s.Pos, f)
		}
	}
	check(c.KeyValueStores, "key_value_store", "key-value store", func(label string) bool {
		_, ok := config.KeyValueStore(label)
		return ok
	})
	check(c.SQLiteDatabases, "sqlite_database", "SQLite database", func(label string) bool {
		_, ok := config.SQLiteDatabase(label)
		return ok
	})
})
