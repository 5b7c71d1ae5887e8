// Package platform knows what hosts offer to components: the releases of Spin
// and of its Kubernetes shim, and the worlds that WASI names. It judges whether
// a component runs there, and if not, why.
//
//	p, err := platform.Lookup("spin@4.0")
//	if err != nil {
//		return err // names the nearest profile, and all
//	}
//	v, err := platform.Judge(file, info, p)
//	if err != nil {
//		return err
//	}
//	for _, m := range v.Mismatches {
//		fmt.Println(m)
//	}
//
// A profile says what a host links, call by call, not what it lets a component
// do: what it refuses at run time is listed as [Refusal]s. Interfaces are
// matched as hosts match them: the exact name first, else the highest version
// that the host has on the same semver track; then types must agree.
//
// The interface definitions are data of others, see NOTICE.md.
package platform
