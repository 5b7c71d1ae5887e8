package rules

import (
	"fmt"
	"math"
	"path"
	"regexp"
	"slices"
	"strings"

	"github.com/edgelint/edgelint/lint"
	"github.com/edgelint/edgelint/python"
	"github.com/edgelint/edgelint/python/heap"
)

var secretConstant = pythonRule(lint.Rule{
	ID: "EL0601", Name: "secret-in-component", Severity: lint.Error,
	Doc: lint.Doc{
		Title: "A constant in the component looks like a secret",
		Text: "Whoever has the component can read every string in it: it is no place for keys, tokens and " +
			"passwords. Known forms of credentials are recognized, and strings under names such as " +
			"password or api_key. The finding shows the first characters only.",
		Bad:  "API_KEY = \"AKIA...\"",
		Good: "key = await spin_sdk.variables.get(\"api_key\")    # secret = true in spin.toml",
	},
}, func(j *pyJudge) {
	j.private = true
	for fn := range j.appFunctions {
		for lit := range fn.Literals {
			if kind := secretKind("", text(lit.Object)); kind != "" {
				j.report(fn, lit.Position, false, secretFinding(kind, "", text(lit.Object)))
			}
		}
	}
	for m := range j.appModules {
		for k, v := range m.Globals().Items() {
			j.secretsIn(m, k.Text(), k.Text(), v, 0)
		}
	}
})

func secretFinding(kind, name, value string) lint.Finding {
	const shown = 4
	start := value[:min(shown, len(value))]
	if strings.HasPrefix(value, "-----") {
		start = "-----BEGIN"
	}
	subject := "a constant"
	if name != "" {
		subject = name
	}
	return lint.Finding{
		Message: fmt.Sprintf("%s looks like %s: %q and %d more characters", subject, kind, start, len(value)-len(start)),
		Help: "take it from spin_sdk.variables, with a variable marked secret in spin.toml; replace it, " +
			"since it has been in a file",
		Key: name + ":" + kind,
	}
}

// secretsIn looks through the value of a global variable: a str or bytes, a
// container of them, a class of the module.
func (j *pyJudge) secretsIn(m *python.Module, global, name string, v heap.Object, depth int) {
	const deepest = 3
	if depth > deepest || strings.HasPrefix(global, "__") {
		return
	}
	switch {
	case v.IsStr(), v.IsBytes():
		if kind := secretKind(lastName(name), text(v)); kind != "" {
			j.atImport(m, j.bindingLine(m, global), secretFinding(kind, name, text(v)))
		}
	case v.IsDict():
		for k, item := range v.Items() {
			j.secretsIn(m, global, name+"."+k.Text(), item, depth+1)
		}
	case v.IsList(), v.IsTuple(), v.IsSet():
		for item := range v.Elems() {
			j.secretsIn(m, global, name, item, depth+1)
		}
	case v.IsClass() && v.ModuleName() == m.Name:
		for k, item := range v.Attrs() {
			if item.IsStr() || item.IsDict() {
				j.secretsIn(m, global+"."+k.Text(), name+"."+k.Text(), item, depth+1)
			}
		}
	}
}

func text(o heap.Object) string {
	if o.IsBytes() {
		return string(o.Bytes())
	}
	return o.Text()
}

// secretForms are the forms of credentials that issuers made recognizable.
var secretForms = []struct {
	kind string
	form *regexp.Regexp
}{
	{"a private key", regexp.MustCompile(`-----BEGIN (?:[A-Z0-9]+ )*PRIVATE KEY-----`)},
	{"an AWS access key", regexp.MustCompile(`\b(?:AKIA|ASIA)[A-Z0-9]{16}\b`)},
	{"a GitHub token", regexp.MustCompile(`\b(?:gh[pousr]_[A-Za-z0-9]{36,}|github_pat_[A-Za-z0-9_]{60,})`)},
	{"a GitLab token", regexp.MustCompile(`\bglpat-[A-Za-z0-9_-]{20,}`)},
	{"a Slack token", regexp.MustCompile(`\bxox[abprs]-[A-Za-z0-9-]{10,}`)},
	{"a Stripe key", regexp.MustCompile(`\b[sr]k_(?:live|test)_[A-Za-z0-9]{16,}`)},
	{"an API key", regexp.MustCompile(`\bsk-(?:ant-|proj-)?[A-Za-z0-9_-]{32,}`)},
	{"a Google API key", regexp.MustCompile(`\bAIza[A-Za-z0-9_-]{35}\b`)},
	{"a PyPI token", regexp.MustCompile(`\bpypi-[A-Za-z0-9_-]{50,}`)},
	{"an npm token", regexp.MustCompile(`\bnpm_[A-Za-z0-9]{36}\b`)},
	{"a SendGrid key", regexp.MustCompile(`\bSG\.[A-Za-z0-9_-]{22}\.[A-Za-z0-9_-]{43}`)},
	{"a JSON web token", regexp.MustCompile(`\beyJ[A-Za-z0-9_-]{10,}\.eyJ[A-Za-z0-9_-]{10,}\.[A-Za-z0-9_-]{10,}`)},
	{"a URL with a password", regexp.MustCompile(`^[a-z][a-z0-9+.-]*://[^/\s:@{}<>$]*:[^/\s:@{}<>$]{3,}@[^/\s]`)},
}

// secretNames are parts of names whose values are secrets.
var secretNames = regexp.MustCompile(`(?i)(?:^|_|\.)(?:password|passwd|pwd|secret|api_?key|access_?key|secret_?key|` +
	`private_?key|auth_?token|access_?token|refresh_?token|client_?secret|credentials?|signing_?key)s?$|(?i)_(?:token|pass)$`)

// placeholder tells values that stand in for a secret.
var placeholder = regexp.MustCompile(`(?i)^(?:x+|\*+|\.+|<.*>|\$\{.*\}|\{\{.*\}\}|%.*%|your[-_ ].*|change[-_]?me.*|todo.*|` +
	`none|null|test|example|dummy|placeholder|secret|password|token)$`)

// secretKind says what kind of secret a value looks like, "" for none.
func secretKind(name, value string) string {
	const most = 1 << 16
	if len(value) < 8 || len(value) > most {
		return ""
	}
	for _, s := range secretForms {
		if s.form.MatchString(value) {
			return s.kind
		}
	}
	if name != "" && secretNames.MatchString(name) && !placeholder.MatchString(value) && !strings.ContainsAny(value, " \n") &&
		!isIdentifierOf(name, value) && entropy(value) > 2.5 {
		return "a secret"
	}
	return ""
}

// isIdentifierOf reports whether the value is a name rather than a secret: of
// a variable, header or field, as in TOKEN_HEADER = "x-api-token".
func isIdentifierOf(name, value string) bool {
	flat := func(s string) string {
		return strings.Map(func(r rune) rune {
			if r == '_' || r == '-' || r == '.' || r == ' ' {
				return -1
			}
			return r
		}, strings.ToLower(s))
	}
	n, v := flat(name), flat(value)
	return strings.Contains(v, n) || strings.Contains(n, v) || secretNames.MatchString(strings.ReplaceAll(value, "-", "_"))
}

// entropy is the number of bits per character.
func entropy(s string) float64 {
	counts := map[rune]float64{}
	n := 0.0
	for _, c := range s {
		counts[c]++
		n++
	}
	e := 0.0
	for _, k := range counts {
		e -= k / n * math.Log2(k/n)
	}
	return e
}

var strayFile = pythonRule(lint.Rule{
	ID: "EL0602", Name: "file-name-in-component", Severity: lint.Note,
	Doc: lint.Doc{
		Title: "The component names files of the build that look private",
		Text: "The importer keeps the names of all files in the folders that it looked into, and the " +
			"snapshot keeps the importer. The content of the files is not in the component.",
		Bad:  ".env and id_ed25519 beside app.py",
		Good: "the app in a folder of its own",
	},
}, func(j *pyJudge) {
	for _, dir := range j.snap.Directories() {
		if d, isEntry := strings.CutPrefix(dir, "/"); !isEntry || strings.Trim(d, "0123456789") != "" {
			continue
		}
		names, _ := j.snap.Listing(dir)
		for _, name := range names {
			if isPrivateName(name) {
				j.pass.Report(lint.Finding{
					Message: fmt.Sprintf("the component has the name of the file %s in it, from the folder of the build", name),
					Help:    "build in a folder that holds the app only", Key: name,
				})
			}
		}
	}
})

func isPrivateName(name string) bool {
	if slices.Contains([]string{".env.example", ".env.sample", ".env.template"}, name) {
		return false
	}
	return name == ".env" || strings.HasPrefix(name, ".env.") || strings.HasPrefix(name, "id_") && !strings.Contains(name, ".") ||
		slices.Contains([]string{".pem", ".key", ".p12", ".pfx", ".kdbx", ".sqlite", ".db"}, path.Ext(name)) ||
		slices.Contains([]string{".netrc", ".npmrc", ".pypirc", "credentials.json", "secrets.toml", "secrets.json"}, name)
}
