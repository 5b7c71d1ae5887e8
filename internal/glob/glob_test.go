package glob

import "testing"

func TestPatternsMatchAsSpinMeansThem(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		pattern, path string
		find, exclude bool
	}{
		{"a.txt", "a.txt", true, true},
		{"a.txt", "aXtxt", false, false},
		{"*", "a", true, true},
		{"*", ".hidden", true, true},
		{"*", "a/b", false, true},
		{"*.txt", "static/a.txt", false, true},
		{"static/*", "static/a", true, true},
		{"static/*", "static/a/b", false, true},
		{"**/*", "a", true, true},
		{"**/*", "a/b/c", true, true},
		{"static/**/*.html", "static/x.html", true, true},
		{"static/**/*.html", "static/a/b/x.html", true, true},
		{"static/**/*.html", "other/x.html", false, false},
		{"a/**", "a/b/c", true, true},
		{"a/**", "ab", false, false},
		{"a?c", "abc", true, true},
		{"a?c", "a/c", false, true},
		{"[a-c]x", "bx", true, true},
		{"[a-c]x", "dx", false, false},
		{"[!a-c]x", "dx", true, true},
		{"[!a-c]x", "ax", false, false},
		{"[]]x", "]x", true, true},
		{"[-a]", "-", true, true},
		{"[é]", "é", true, true},
		{"a+b(c)", "a+b(c)", true, true},
	} {
		p, err := Compile(c.pattern)
		if err != nil {
			t.Errorf("%s: %v", c.pattern, err)
			continue
		}
		if p.Match(c.path) != c.find || p.MatchText(c.path) != c.exclude {
			t.Errorf("%s on %s: find %v, exclude %v", c.pattern, c.path, p.Match(c.path), p.MatchText(c.path))
		}
	}
}

func TestBadPatternsAreRefused(t *testing.T) {
	t.Parallel()
	for _, pattern := range []string{"a**", "**a", "a/**b", "[", "[a", "[!", "[!]", "[z-a]"} {
		if p, err := Compile(pattern); err == nil {
			t.Errorf("%s is taken as %v", pattern, p.strict)
		}
	}
}

func FuzzCompile(f *testing.F) {
	f.Add("static/**/*.[!a-c]?", "static/x")
	f.Fuzz(func(t *testing.T, pattern, path string) {
		p, err := Compile(pattern)
		if err != nil {
			return
		}
		if p.Match(path) && !p.MatchText(path) {
			t.Errorf("%q finds %q but does not exclude it", pattern, path)
		}
	})
}
