package host

import (
	"context"
	"errors"
	"net/http"
	"sync"
	"time"

	"github.com/edgelint/edgelint/host/abi"
	"github.com/edgelint/edgelint/host/wasi/wasihttp"
)

// asyncRequest is a request that an async handler serves. The component may go on
// with it when the client has the response.
type asyncRequest struct {
	workers *workers
	worker  *worker
	call    *rootCall
	end     context.CancelCauseFunc // of the context of all that the request started

	responded chan struct{} // closed when response or refused is set

	mu       sync.Mutex
	response *wasihttp.Response
	refused  error       // why there is no response
	dropped  bool        // nobody waits for a response any more
	parts    int         // that have not ended: the exchange and the task
	ended    bool        // the task
	late     *time.Timer // ends a task that goes on after the exchange
	err      error       // why the worker cannot be used any more
}

// errServed is the cause of the end of what a request started.
var errServed = errors.New("the request has been served")

// done ends one part of the request.
func (x *asyncRequest) done() {
	x.mu.Lock()
	defer x.mu.Unlock()
	if x.parts--; x.parts > 0 {
		return
	}
	if x.late != nil {
		x.late.Stop()
	}
	x.end(errServed)
	x.workers.put(x.worker, x.err)
}

// answer takes the component's answer, which may compute for long before its call is
// done.
func (x *asyncRequest) answer(v abi.Value) {
	x.mu.Lock()
	defer x.mu.Unlock()
	x.response, x.refused = wasihttp.ResponseOf(v)
	if x.dropped {
		x.closeResponse()
	}
	close(x.responded)
}

// drop gives up the response, which may still come: a component that writes to it
// must not wait for ever.
func (x *asyncRequest) drop() {
	x.mu.Lock()
	defer x.mu.Unlock()
	x.dropped = true
	x.closeResponse()
}

func (x *asyncRequest) closeResponse() {
	if x.response != nil {
		_ = x.response.Close() // nobody is left to be told
	}
}

// taskEnded is told that the component has nothing more to do for the request.
func (x *asyncRequest) taskEnded(dead error) {
	if dead != nil {
		x.workers.exclude(x.worker)
	}
	x.mu.Lock()
	x.ended, x.err = true, dead
	x.mu.Unlock()
	x.done()
}

// interrupt ends the instance, unless the request's task has ended.
func (x *asyncRequest) interrupt(cause error) {
	x.mu.Lock()
	defer x.mu.Unlock()
	if !x.ended {
		x.worker.in.interrupt(cause)
	}
}

// exchangeAsync handles a request by wasi:http/handler.
func (h *Handler) exchangeAsync(ctx context.Context, w http.ResponseWriter, r *http.Request) error {
	request := wasihttp.NewRequest(r, !h.opts.HideHost)
	k, err := h.workers.get(ctx)
	if err != nil {
		return err
	}
	if begun, err := h.serveBy(ctx, k, w, r, request); begun {
		return err
	}
	if k, err = h.workers.fresh(ctx); err != nil {
		return err
	}
	_, err = h.serveBy(ctx, k, w, r, request)
	return err
}

// serveBy has a worker serve a request. If the instance has died before it began to, the
// request is as it was.
func (h *Handler) serveBy(ctx context.Context, k *worker, w http.ResponseWriter, r *http.Request,
	request *wasihttp.Request,
) (begun bool, err error) {
	whole, end := context.WithCancelCause(context.WithoutCancel(ctx))
	x := &asyncRequest{workers: h.workers, worker: k, end: end, responded: make(chan struct{}), parts: 2}
	defer h.endExchange(x)
	x.call = k.in.startCall(whole, h.handle, []abi.Value{abi.Handle(abi.Rep{Obj: request})}, x.answer, x.taskEnded)
	select {
	case <-x.responded:
	case <-x.call.done:
	case <-ctx.Done():
		x.drop()
		return true, x.giveUp(ctx)
	}
	select {
	case <-x.responded:
	default:
		return x.call.begun, x.call.err
	}
	if x.refused != nil {
		return true, x.refused
	}
	if err := tooLarge(r.Body); err != nil {
		// The component sees this behind the contents, where few look.
		return true, errors.Join(err, x.response.Close())
	}
	return true, x.response.WriteTo(ctx, w, r.Method == http.MethodHead)
}

// giveUp ends a request whose client has gone, or which takes too long. An instance
// that has no other request is asked to cancel the task; many components, those of
// componentize-py among them, trap when they are. Otherwise the component goes on,
// and what it answers is dropped.
func (x *asyncRequest) giveUp(ctx context.Context) error {
	cause := context.Cause(ctx)
	switch {
	case errors.Is(cause, ErrTimeout):
		x.interrupt(cause)
		<-x.call.done
	case x.workers.isolate(x.worker):
		x.call.cancel(x.worker.in)
		late := time.AfterFunc(cancelTime, func() { x.interrupt(cause) })
		<-x.call.done
		late.Stop()
	}
	return cause
}

// endExchange lets the component go on with the request for as long as a request may
// take.
func (h *Handler) endExchange(x *asyncRequest) {
	if h.opts.Timeout > 0 {
		x.mu.Lock()
		if !x.ended {
			x.late = time.AfterFunc(h.opts.Timeout, func() { x.interrupt(ErrTimeout) })
		}
		x.mu.Unlock()
	}
	x.done()
}
