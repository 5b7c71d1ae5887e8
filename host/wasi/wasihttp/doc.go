// Package wasihttp is wasi:http 0.2 and 0.3 for components that package host runs: the
// types, outgoing requests, and what a server hands to a component's handler.
//
//	wasihttp.Add(imports, wasihttp.Config{Allow: func(r *http.Request) error { return nil }})
//
// For incoming-handler of WASI 0.2:
//
//	x := wasihttp.NewExchange(w, r)
//	// call wasi:http/incoming-handler#handle with x.Request and x.Outparam
//	err := x.Finish()
//
// For the handler of WASI 0.3, of which the release and the candidate that published
// SDKs were made with are the same code (files async*.go):
//
//	request := wasihttp.NewRequest(r, true)
//	// call wasi:http/handler#handle with request, while other calls may be in progress
//	response, err := wasihttp.ResponseOf(result)
//	err = response.WriteTo(ctx, w, false)
//
// Bodies stream both ways with bounded buffers. Outgoing requests are refused
// unless Config.Allow permits them.
package wasihttp
