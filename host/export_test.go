package host

// KillIdle ends the instances of an async handler once they wait for requests, as traps
// of what components do between requests end them.
func (h *Handler) KillIdle(cause error) {
	w := h.workers
	w.mu.Lock()
	for w.busy > 0 {
		w.ended.Wait()
	}
	idle := w.list
	w.mu.Unlock()
	for _, k := range idle {
		_ = k.in.kill(cause)
	}
}
