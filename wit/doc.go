// Package wit holds the WIT language: its text, its model and the questions
// asked of worlds. It imports the standard library alone.
package wit
