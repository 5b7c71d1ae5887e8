package host

import (
	"context"
	"fmt"
	"net/http"
	"strings"

	"github.com/edgelint/edgelint/host/abi"
	"github.com/edgelint/edgelint/host/wasi/wasihttp"
)

// Handler serves HTTP requests by the wasi:http/incoming-handler that a component
// exports.
type Handler struct {
	component *Component
	handle    *Func
}

// NewHandler makes a handler of a component that exports
// wasi:http/incoming-handler and was linked with packages wasi and wasihttp.
func NewHandler(c *Component) (*Handler, error) {
	for _, name := range c.plan.Exports.Names {
		if !strings.HasPrefix(name, "wasi:http/incoming-handler@0.2.") {
			continue
		}
		f, err := c.Func(name + "#handle")
		if err != nil {
			return nil, err
		}
		return &Handler{component: c, handle: f}, nil
	}
	return nil, fmt.Errorf("the component exports no HTTP handler that this host serves; it exports %s",
		strings.Join(c.plan.Exports.Names, ", "))
}

// ServeHTTP implements [http.Handler].
func (h *Handler) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	x := wasihttp.NewExchange(w, r)
	err := h.call(r.Context(), x)
	if ferr := x.Finish(); err == nil {
		err = ferr
	}
	switch {
	case err == nil:
	case x.Sent():
		panic(http.ErrAbortHandler) // net/http's way to break the connection
	default:
		w.Header().Set("Content-Length", "0")
		w.WriteHeader(http.StatusInternalServerError)
	}
}

func (h *Handler) call(ctx context.Context, x *wasihttp.Exchange) error {
	in, err := h.component.Instantiate(ctx)
	if err != nil {
		return err
	}
	defer in.Close(ctx)
	_, err = in.CallFunc(ctx, h.handle,
		abi.Handle(abi.Rep{Obj: x.Request}), abi.Handle(abi.Rep{Obj: x.Outparam}))
	return err
}
