package lint

import (
	"path"
	"strings"

	"github.com/edgelint/edgelint/spin"
)

// Componentize is a call of componentize-py in a build command.
type Componentize struct {
	// Pos is the place of the command.
	Pos spin.Position
	// World is what -w says, "" without it.
	World string
	// Paths are the folders of the sources that -p names.
	Paths []string
}

// Componentize is the call of componentize-py that the component is built by. It
// is not ok if there is none, several, or one whose arguments the shell computes.
func (c *AppComponent) Componentize() (call Componentize, ok bool) {
	if c.Build == nil {
		return call, false
	}
	calls := 0
	for _, command := range c.Build.Commands {
		if strings.ContainsAny(command.Value, "$`") {
			return call, false
		}
		for _, words := range splitCommands(command.Value) {
			if i := indexProgram(words, "componentize-py"); i >= 0 {
				call = readComponentize(words[i+1:])
				call.Pos = command.Pos
				calls++
			}
		}
	}
	return call, calls == 1
}

// indexProgram finds the word that names a program, or the module of `python -m`.
func indexProgram(words []string, program string) int {
	for i, w := range words {
		name := strings.TrimSuffix(path.Base(strings.ReplaceAll(w, `\`, "/")), ".exe")
		if name == program || strings.ReplaceAll(name, "_", "-") == program {
			return i
		}
	}
	return -1
}

func readComponentize(words []string) Componentize {
	var call Componentize
	for len(words) > 0 {
		name, value, joined := strings.Cut(words[0], "=")
		words = words[1:]
		if !joined && len(words) > 0 {
			value = words[0]
		}
		switch name {
		case "-w", "--world":
			call.World = value
		case "-p", "--python-path":
			call.Paths = append(call.Paths, value)
		}
	}
	return call
}

// splitCommands splits a line of shell into its commands and their words. Quotes
// are read, expansions are not.
func splitCommands(line string) [][]string {
	var commands [][]string
	var words []string
	var word strings.Builder
	inWord, quote := false, rune(0)
	endWord := func() {
		if inWord {
			words = append(words, word.String())
		}
		word.Reset()
		inWord = false
	}
	for _, r := range line {
		switch {
		case quote != 0 && r == quote:
			quote = 0
		case quote != 0:
			word.WriteRune(r)
		case r == '"' || r == '\'':
			quote, inWord = r, true
		case r == ' ' || r == '\t' || r == '\n':
			endWord()
		case strings.ContainsRune("&;|", r):
			endWord()
			commands, words = append(commands, words), nil
		default:
			word.WriteRune(r)
			inWord = true
		}
	}
	endWord()
	return append(commands, words)
}
