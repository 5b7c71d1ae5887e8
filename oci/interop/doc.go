// Package interop tests what edgepack makes and moves against what other people
// run: the distribution project's registry, in process, and crane, oras and
// cosign as programs, which run.sh installs. It is a module of its own, so that
// their dependencies are not this project's.
package interop
