package platform

import (
	"fmt"
	"strings"
)

// The worlds that WASI names, as hosts that offer just these. Version 0.2.4 of
// wasi:http does not exist: that release kept 0.2.3.

const (
	wasi02Releases = 13 // 0.2.0 to 0.2.12
	httpMissing    = 4  // 0.2.4
)

var wasi03Releases = []string{rc2026March, "0.3.0", "0.3.2"}

// proxyImports are the imports of world wasi:http/proxy, by package.
var proxyImports = []string{
	"wasi:io/error", "wasi:io/poll", "wasi:io/streams", "wasi:cli/stdin", "wasi:cli/stdout", "wasi:cli/stderr",
	"wasi:clocks/monotonic-clock", "wasi:clocks/wall-clock", "wasi:random/random", "wasi:http/types",
	"wasi:http/outgoing-handler",
}

// serviceImports are the imports of world wasi:http/service.
var serviceImports = []string{
	"wasi:cli/types", "wasi:cli/stdin", "wasi:cli/stdout", "wasi:cli/stderr", "wasi:clocks/types",
	"wasi:clocks/monotonic-clock", "wasi:clocks/system-clock", "wasi:random/random", "wasi:random/insecure",
	"wasi:random/insecure-seed", "wasi:http/types", "wasi:http/client",
}

func wasiProfiles() []*Profile {
	var profiles []*Profile
	for patch := range wasi02Releases {
		if patch != httpMissing {
			v := fmt.Sprintf("0.2.%d", patch)
			profiles = append(profiles, wasiProfile("wasi:http/proxy", v, http(handlerP2+"@"+v), proxyImports))
		}
	}
	for _, v := range wasi03Releases {
		profiles = append(profiles, wasiProfile("wasi:http/service", v, http(handlerP3+"@"+v), serviceImports))
	}
	for patch := range wasi02Releases {
		profiles = append(profiles, commandProfile(fmt.Sprintf("0.2.%d", patch)))
	}
	for _, v := range wasi03Releases {
		profiles = append(profiles, commandProfile(v))
	}
	return profiles
}

// wasiProfile is a host for one world, which may call any version on its track.
func wasiProfile(world, version string, h Handler, imports []string) *Profile {
	h.Track = true
	p := &Profile{
		Name: world + "@" + version, Title: world + "@" + version, Handlers: []Handler{h},
	}
	for _, name := range imports {
		p.offers = append(p.offers, offer{pattern: name + "@" + version})
	}
	return p
}

// commandProfile is a host for command-line programs, which have all of WASI
// but HTTP.
func commandProfile(version string) *Profile {
	h := Handler{Name: "wasi:cli/run@" + version, Trigger: "command"}
	packages := []string{"wasi:cli", "wasi:clocks", "wasi:filesystem", "wasi:random", "wasi:sockets"}
	if strings.HasPrefix(version, "0.2.") {
		packages = append(packages, "wasi:io")
	}
	return wasiProfile("wasi:cli/command", version, h, packages)
}
