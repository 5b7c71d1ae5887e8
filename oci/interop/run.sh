#!/usr/bin/env bash
# Tests our artifacts against the tools people use: installs them, pinned, into
# .tools/bin unless they are there, and runs the tests of this module.
#
#   oci/interop/run.sh           install and test
#   oci/interop/run.sh install   install only
#   oci/interop/run.sh wkg       install wkg too, with cargo, and test
#
# The first build of cosign takes minutes, that of wkg longer.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
bin=$here/../../.tools/bin
mkdir -p "$bin"
bin=$(cd "$bin" && pwd)

install() { # COMMAND PACKAGE VERSION
	local stamp="$bin/.$1@$3"
	[ -e "$stamp" ] && [ -x "$bin/$1" ] && return
	echo "installing $1 $3"
	GOBIN=$bin GOFLAGS=-trimpath CGO_ENABLED=0 nice go install -ldflags "-s -w" "$2@$3"
	rm -f "$bin/.$1@"*
	: >"$stamp"
}

install crane github.com/google/go-containerregistry/cmd/crane v0.22.1
install oras oras.land/oras/cmd/oras v1.3.1
install cosign github.com/sigstore/cosign/v3/cmd/cosign v3.1.3

if [ "${1:-}" = wkg ]; then
	shift
	[ -x "$bin/wkg" ] || nice cargo install wkg --version 0.16.1 --locked --root "$bin/.." --no-track
fi
[ "${1:-}" = install ] && exit
cd "$here"
PATH=$bin:$PATH go test "$@" ./...
