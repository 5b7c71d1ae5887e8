package host

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/edgelint/edgelint/host/abi"
)

// messageHandlers are the exports that take the messages of Redis channels.
var messageHandlers = []string{"fermyon:spin/inbound-redis", "spin:redis/inbound-redis@3.0.0"}

// MessageHandler handles messages by the fermyon:spin/inbound-redis or the
// spin:redis/inbound-redis that a component exports. Each message has an instance
// of the component for itself, in its first state.
type MessageHandler struct {
	pool   *Pool
	handle *Func
	opts   HandlerOptions
	turns  chan struct{}
}

// NewMessageHandler makes a handler of a component that exports one of those. Of
// opts it heeds Timeout, MaxConcurrent, Pool.Fresh and Pool.Idle.
func NewMessageHandler(c *Component, opts HandlerOptions) (*MessageHandler, error) {
	if opts.Timeout == 0 {
		opts.Timeout = DefaultTimeout
	}
	if opts.MaxConcurrent <= 0 {
		opts.MaxConcurrent = DefaultMaxConcurrent
	}
	var found []string
	for _, name := range messageHandlers {
		if slices.Contains(c.plan.Exports.Names, name) {
			found = append(found, name)
		}
	}
	switch len(found) {
	case 0:
		return nil, fmt.Errorf("the component exports no handler of Redis messages that this host serves (%s); it exports %s",
			strings.Join(messageHandlers, ", "), cmp.Or(strings.Join(c.plan.Exports.Names, ", "), "nothing"))
	case 2:
		return nil, fmt.Errorf("the component exports several handlers of Redis messages: %s", strings.Join(found, ", "))
	}
	f, err := c.Func(found[0] + "#handle-message")
	if err != nil {
		return nil, err
	}
	return &MessageHandler{
		pool:   NewPool(c, PoolOptions{Reuse: 1, Fresh: opts.Pool.Fresh, Idle: opts.Pool.Idle}),
		handle: f, opts: opts, turns: make(chan struct{}, opts.MaxConcurrent),
	}, nil
}

// errMessage is the error of messages whose handler says that it has failed.
var errMessage = errors.New("the handler returned an error")

// Handle lets the component handle a message.
func (h *MessageHandler) Handle(ctx context.Context, message []byte) error {
	if h.opts.Timeout > 0 {
		var cancel context.CancelFunc
		ctx, cancel = context.WithTimeoutCause(ctx, h.opts.Timeout, ErrTimeout)
		defer cancel()
	}
	// What the component has started ends with the message.
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	select {
	case h.turns <- struct{}{}:
		defer func() { <-h.turns }()
	case <-ctx.Done():
		return errBusy
	}
	in, err := h.pool.Get(ctx)
	if err != nil {
		return err
	}
	result, err := in.CallFunc(ctx, h.handle, abi.Bytes(message))
	h.pool.Put(ctx, in, err)
	switch {
	case err != nil && errors.Is(context.Cause(ctx), ErrTimeout):
		return fmt.Errorf("%w: %w", ErrTimeout, err)
	case err == nil && result.Uint() != 0:
		return failedMessage(result)
	}
	return err
}

// failedMessage is the error of a result that is one. The interface of version 3 has
// a text for it.
func failedMessage(v abi.Value) error {
	for len(v.Elems()) > 0 {
		v = v.Elems()[0]
	}
	if v.Kind() == abi.KindString {
		return fmt.Errorf("%w: %s", errMessage, v.Text())
	}
	return errMessage
}

// Close closes the instances that the handler keeps. No message may be in progress.
func (h *MessageHandler) Close(ctx context.Context) error { return h.pool.Close(ctx) }
