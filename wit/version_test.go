package wit

import (
	"slices"
	"testing"
)

func TestVersionTrackIsTheCanonicalVersion(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		version       Version
		track, suffix string
	}{
		{"1.2.3", "1", ".2.3"},
		{"101.201.301", "101", ".201.301"},
		{"0.2.6-rc.1", "0.2.6-rc.1", ""},
		{"0.10.0+build.1", "0.10", ".0+build.1"},
		{"0.0.1-alpha+build.1", "0.0.1-alpha", "+build.1"},
		{"0.0.0", "0.0.0", ""},
		{"1.0.0-beta.1", "1.0.0-beta.1", ""},
		{"0.0.100+build.1", "0.0.100", "+build.1"},
		{"0.2.0-rc-2023-11-10", "0.2.0-rc-2023-11-10", ""},
		{"", "", ""},
	} {
		track, suffix := c.version.Track()
		if track != c.track || suffix != c.suffix {
			t.Errorf("Version(%q).Track() = %q, %q; want %q, %q", c.version, track, suffix, c.track, c.suffix)
		}
	}
}

func TestVersionCompareFollowsSemverPrecedence(t *testing.T) {
	t.Parallel()
	want := []Version{
		"", "0.2.0-draft", "0.2.0-rc-2023-10-18", "0.2.0", "0.2.12", "0.10.0", "1.0.0-alpha", "1.0.0-alpha.1",
		"1.0.0-alpha.beta", "1.0.0-beta", "1.0.0-beta.2", "1.0.0-beta.11", "1.0.0-rc.1", "1.0.0", "1.0.0+1",
		"1.0.0+01", "1.0.0+a", "2.0.0",
	}
	for i, a := range want {
		for j, b := range want {
			if got := a.Compare(b); got != cmpInt(i, j) {
				t.Errorf("Version(%q).Compare(%q) = %d, want %d", a, b, got, cmpInt(i, j))
			}
		}
	}
	if !slices.IsSortedFunc(want, Version.Compare) {
		t.Error("the list above is not in order")
	}
}

func cmpInt(a, b int) int {
	switch {
	case a < b:
		return -1
	case a > b:
		return 1
	}
	return 0
}

func TestParseVersionRefusesWhatSemverRefuses(t *testing.T) {
	t.Parallel()
	for _, bad := range []string{
		"", "1", "1.2", "1.2.3.4", "01.2.3", "1.02.3", "1.2.x", "1.2.3-", "1.2.3-a..b", "1.2.3-01", "1.2.3+",
		"1.2.3+a_b", "99999999999999999999.0.0", "1..3", " 1.2.3",
	} {
		if v, err := ParseVersion(bad); err == nil {
			t.Errorf("ParseVersion(%q) = %q, want an error", bad, v)
		}
	}
	for _, good := range []string{"1.2.3", "0.0.0", "1.2.3-01a", "1.2.3+01", "1.0.0-rc.1+b.2", "1.2.3--"} {
		if _, err := ParseVersion(good); err != nil {
			t.Errorf("ParseVersion(%q): %v", good, err)
		}
	}
}
