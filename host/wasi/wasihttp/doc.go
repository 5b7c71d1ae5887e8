// Package wasihttp is wasi:http 0.2 for components that package host runs: the
// types, the handler of outgoing requests, and the exchange that a server hands
// to a component's incoming-handler.
//
//	wasihttp.Add(imports, wasihttp.Config{Allow: func(r *http.Request) error { return nil }})
//
//	x := wasihttp.NewExchange(w, r)
//	// call wasi:http/incoming-handler#handle with x.Request and x.Outparam
//	err := x.Finish()
//
// Bodies stream both ways with bounded buffers. Outgoing requests are refused
// unless Config.Allow permits them.
package wasihttp
