package cli

import (
	"fmt"
	"io"
	"strings"

	"github.com/spf13/pflag"
)

// Shells are the shells Completion knows.
func Shells() []string { return []string{"bash", "fish", "powershell", "zsh"} }

// Completion writes the script that teaches a shell the program's commands and
// flags.
func (p Program) Completion(w io.Writer, shell string) error {
	var script string
	switch shell {
	case "bash":
		script = p.bash()
	case "zsh":
		script = p.zsh()
	case "fish":
		script = p.fish()
	case "powershell":
		script = p.powershell()
	default:
		return Usagef("unknown shell %q: known are %s", shell, strings.Join(Shells(), ", "))
	}
	_, err := io.WriteString(w, script)
	return err
}

func (v Verb) flags() []*pflag.Flag {
	var all []*pflag.Flag
	v.flagSet().VisitAll(func(f *pflag.Flag) { all = append(all, f) })
	return all
}

func (p Program) verbNames() string {
	var names []string
	for _, v := range p.verbs() {
		names = append(names, v.Name)
	}
	return strings.Join(names, " ")
}

func (v Verb) flagNames() string {
	var names []string
	for _, f := range v.flags() {
		names = append(names, "--"+f.Name)
	}
	return strings.Join(append(names, "--help"), " ")
}

// cases are the arms of a shell's case over the first word: one for each verb, and
// one for all other words, which the default verb takes.
func (p Program) cases(arm func(Verb) string) string {
	var b strings.Builder
	for _, v := range p.verbs() {
		if v.Name != p.Default.Name {
			fmt.Fprintf(&b, "    %s) %s ;;\n", v.Name, arm(v))
		}
	}
	if p.Default.Name != "" {
		fmt.Fprintf(&b, "    *) %s ;;\n", arm(p.Default))
	}
	return b.String()
}

func (p Program) bash() string {
	var b strings.Builder
	fmt.Fprintf(&b, "_%s() {\n  local cur=${COMP_WORDS[COMP_CWORD]} words=\n", p.Name)
	b.WriteString("  if [[ $cur == -* ]]; then case ${COMP_WORDS[1]} in\n")
	b.WriteString(p.cases(func(v Verb) string { return "words=" + quote(v.flagNames()) }))
	fmt.Fprintf(&b, "  esac\n  elif [ \"$COMP_CWORD\" -eq 1 ]; then words=%s\n  fi\n", quote(p.verbNames()))
	b.WriteString("  mapfile -t COMPREPLY < <(compgen -W \"$words\" -- \"$cur\")\n}\n")
	fmt.Fprintf(&b, "complete -o default -F _%s %s\n", p.Name, p.Name)
	return b.String()
}

func (p Program) zsh() string {
	var b strings.Builder
	fmt.Fprintf(&b, "#compdef %s\n_%s() {\n", p.Name, p.Name)
	b.WriteString("  if (( CURRENT == 2 )) && [[ ${words[2]} != -* ]]; then\n    local -a verbs=(\n")
	for _, v := range p.verbs() {
		fmt.Fprintf(&b, "      %s\n", quote(v.Name+":"+v.Summary))
	}
	b.WriteString("    )\n    _describe command verbs\n")
	if p.Default.Name != "" {
		b.WriteString("    _files\n")
	}
	b.WriteString("    return\n  fi\n  case ${words[2]} in\n")
	b.WriteString(p.cases(zshArguments))
	fmt.Fprintf(&b, "  esac\n}\n_%s \"$@\"\n", p.Name)
	return b.String()
}

func zshArguments(v Verb) string {
	var b strings.Builder
	b.WriteString("_arguments")
	for _, f := range v.flags() {
		spec := "--" + f.Name
		text := "[" + zshText(f.Usage) + "]"
		if f.NoOptDefVal == "" {
			spec, text = spec+"=", text+":value:_files"
		}
		fmt.Fprintf(&b, " \\\n      %s", quote(spec+text))
	}
	b.WriteString(" \\\n      '*:argument:_files'")
	return b.String()
}

// zshText takes out what would end a description.
func zshText(s string) string {
	return strings.NewReplacer("[", "(", "]", ")", ":", " ", "`", "").Replace(s)
}

func (p Program) fish() string {
	var others []string
	for _, v := range p.verbs() {
		if v.Name != p.Default.Name {
			others = append(others, v.Name)
		}
	}
	var b strings.Builder
	for _, v := range p.verbs() {
		condition, noFiles := "__fish_seen_subcommand_from "+v.Name, " -f"
		if v.Name == p.Default.Name {
			condition = "not __fish_seen_subcommand_from " + strings.Join(others, " ")
		}
		if p.Default.Name != "" {
			noFiles = ""
		}
		fmt.Fprintf(&b, "complete -c %s -n __fish_use_subcommand%s -a %s -d %s\n",
			p.Name, noFiles, v.Name, fishQuote(v.Summary))
		for _, f := range v.flags() {
			fmt.Fprintf(&b, "complete -c %s -n '%s' %s\n", p.Name, condition, fishFlag(f))
		}
	}
	return b.String()
}

func fishFlag(f *pflag.Flag) string {
	text := "-l " + f.Name
	if f.Shorthand != "" {
		text += " -s " + f.Shorthand
	}
	if f.NoOptDefVal == "" {
		text += " -r"
	}
	return text + " -d " + fishQuote(strings.ReplaceAll(f.Usage, "`", ""))
}

func (p Program) powershell() string {
	var b strings.Builder
	fmt.Fprintf(&b, "Register-ArgumentCompleter -Native -CommandName %s -ScriptBlock {\n", p.Name)
	b.WriteString("  param($word, $ast, $position)\n  $flags = @{\n")
	for _, v := range p.verbs() {
		fmt.Fprintf(&b, "    '%s' = '%s'\n", v.Name, v.flagNames())
	}
	b.WriteString("  }\n  $elements = $ast.CommandElements\n")
	b.WriteString("  $verb = if ($elements.Count -gt 1) { $elements[1].ToString() } else { '' }\n")
	fmt.Fprintf(&b, "  if (-not $flags.ContainsKey($verb)) { $verb = %s }\n", quote(p.Default.Name))
	b.WriteString("  $list = if ($word -like '-*') { $flags[$verb] -split ' ' }\n" +
		"    elseif ($elements.Count -lt 2 -or ($elements.Count -eq 2 -and $word)) { $flags.Keys | Sort-Object }\n" +
		"  $list | Where-Object { $_ -like \"$word*\" } |\n" +
		"    ForEach-Object { [System.Management.Automation.CompletionResult]::new($_, $_, 'ParameterValue', $_) }\n}\n")
	return b.String()
}

// quote is s in single quotes, as shells read it.
func quote(s string) string { return "'" + strings.ReplaceAll(s, "'", `'\''`) + "'" }

func fishQuote(s string) string {
	return "'" + strings.NewReplacer(`\`, `\\`, "'", `\'`).Replace(s) + "'"
}
