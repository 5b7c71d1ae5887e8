// Package spelling finds the name that a mistyped one was meant to be.
package spelling

import "strings"

// maxDistance is how many letters may differ.
const maxDistance = 2

// Nearest is the candidate closest to name, or "" if none is near enough: at most
// two letters inserted, dropped or changed, and less than half of the name. Case
// does not count. Of equally close candidates the first wins.
func Nearest(name string, candidates []string) string {
	best, bestDistance := "", maxDistance+1
	for _, c := range candidates {
		d := distance(strings.ToLower(name), strings.ToLower(c))
		if d < bestDistance && 2*d < max(len(name), 2) {
			best, bestDistance = c, d
		}
	}
	return best
}

// distance is the Levenshtein distance in bytes, or more than maxDistance if the
// lengths alone are too far apart.
func distance(a, b string) int {
	if d := len(a) - len(b); d > maxDistance || -d > maxDistance {
		return maxDistance + 1
	}
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range len(a) {
		diagonal := row[0]
		row[0] = i + 1
		for j := range len(b) {
			cost := diagonal
			if a[i] != b[j] {
				cost++
			}
			diagonal = row[j+1]
			row[j+1] = min(cost, row[j]+1, row[j+1]+1)
		}
	}
	return row[len(b)]
}
