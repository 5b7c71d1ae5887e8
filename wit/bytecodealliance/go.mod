module github.com/edgelint/edgelint/wit/bytecodealliance

go 1.26.0

require (
	github.com/coreos/go-semver v0.3.1
	github.com/edgelint/edgelint v0.0.0
	go.bytecodealliance.org v0.7.0
)

require (
	github.com/google/go-cmp v0.7.0 // indirect
	github.com/tetratelabs/wazero v1.12.0 // indirect
	golang.org/x/sys v0.49.0 // indirect
	golang.org/x/tools v0.52.0 // indirect
)

replace github.com/edgelint/edgelint => ../..
