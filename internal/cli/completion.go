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
		return fmt.Errorf("unknown shell %q; want one of %s", shell, strings.Join(Shells(), ", "))
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
	for _, v := range p.Verbs {
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

func (p Program) bash() string {
	var b strings.Builder
	fmt.Fprintf(&b, "_%s() {\n  local cur=${COMP_WORDS[COMP_CWORD]} words=\n", p.Name)
	fmt.Fprintf(
		&b, "  if [ \"$COMP_CWORD\" -eq 1 ]; then words=%s\n  else case ${COMP_WORDS[1]} in\n",
		quote(p.verbNames()),
	)
	for _, v := range p.Verbs {
		fmt.Fprintf(&b, "    %s) words=%s ;;\n", v.Name, quote(v.flagNames()))
	}
	b.WriteString("  esac; fi\n")
	b.WriteString("  case $cur in -*) ;; *) [ \"$COMP_CWORD\" -gt 1 ] && words= ;; esac\n")
	b.WriteString("  mapfile -t COMPREPLY < <(compgen -W \"$words\" -- \"$cur\")\n}\n")
	fmt.Fprintf(&b, "complete -o default -F _%s %s\n", p.Name, p.Name)
	return b.String()
}

func (p Program) zsh() string {
	var b strings.Builder
	fmt.Fprintf(
		&b, "#compdef %s\n_%s() {\n  if (( CURRENT == 2 )); then\n    local -a verbs=(\n", p.Name, p.Name,
	)
	for _, v := range p.Verbs {
		fmt.Fprintf(&b, "      %s\n", quote(v.Name+":"+v.Summary))
	}
	b.WriteString("    )\n    _describe command verbs\n    return\n  fi\n  case ${words[2]} in\n")
	for _, v := range p.Verbs {
		fmt.Fprintf(&b, "    %s) _arguments", v.Name)
		for _, f := range v.flags() {
			spec := "--" + f.Name
			text := "[" + zshText(f.Usage) + "]"
			if f.NoOptDefVal == "" {
				spec, text = spec+"=", text+":value:_files"
			}
			fmt.Fprintf(&b, " \\\n      %s", quote(spec+text))
		}
		b.WriteString(" \\\n      '*:argument:_files' ;;\n")
	}
	fmt.Fprintf(&b, "  esac\n}\n_%s \"$@\"\n", p.Name)
	return b.String()
}

// zshText takes out what would end a description.
func zshText(s string) string {
	return strings.NewReplacer("[", "(", "]", ")", ":", " ", "`", "").Replace(s)
}

func (p Program) fish() string {
	var b strings.Builder
	for _, v := range p.Verbs {
		fmt.Fprintf(
			&b, "complete -c %s -n __fish_use_subcommand -f -a %s -d %s\n",
			p.Name, v.Name, fishQuote(v.Summary),
		)
		for _, f := range v.flags() {
			fmt.Fprintf(&b, "complete -c %s -n '__fish_seen_subcommand_from %s' -l %s", p.Name, v.Name, f.Name)
			if f.Shorthand != "" {
				b.WriteString(" -s " + f.Shorthand)
			}
			if f.NoOptDefVal == "" {
				b.WriteString(" -r")
			}
			fmt.Fprintf(&b, " -d %s\n", fishQuote(strings.ReplaceAll(f.Usage, "`", "")))
		}
	}
	return b.String()
}

func (p Program) powershell() string {
	var b strings.Builder
	fmt.Fprintf(&b, "Register-ArgumentCompleter -Native -CommandName %s -ScriptBlock {\n", p.Name)
	b.WriteString("  param($word, $ast, $position)\n  $flags = @{\n")
	for _, v := range p.Verbs {
		fmt.Fprintf(&b, "    '%s' = '%s'\n", v.Name, v.flagNames())
	}
	b.WriteString("  }\n  $elements = $ast.CommandElements\n")
	b.WriteString(
		"  $list = if ($elements.Count -lt 2 -or ($elements.Count -eq 2 -and $word)) { $flags.Keys | Sort-Object }\n",
	)
	b.WriteString("    elseif ($word -like '-*') { $flags[$elements[1].ToString()] -split ' ' }\n")
	b.WriteString("  $list | Where-Object { $_ -like \"$word*\" } |\n")
	b.WriteString(
		"    ForEach-Object { [System.Management.Automation.CompletionResult]::new($_, $_, 'ParameterValue', $_) }\n}\n",
	)
	return b.String()
}

// quote is s in single quotes, as shells read it.
func quote(s string) string { return "'" + strings.ReplaceAll(s, "'", `'\''`) + "'" }

func fishQuote(s string) string {
	return "'" + strings.NewReplacer(`\`, `\\`, "'", `\'`).Replace(s) + "'"
}
