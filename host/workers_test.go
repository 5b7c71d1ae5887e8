package host

import "testing"

// servingWorker is a worker with one request, of an instance that cannot be used again.
func servingWorker() (*workers, *worker) {
	w := newWorkers(nil, HandlerOptions{Spread: 1})
	k := &worker{in: &Instance{dead: ErrDead}, served: 1, active: 1}
	w.list, w.busy, w.active = []*worker{k}, 1, map[*worker]struct{}{k: {}}
	return w, k
}

func TestIdleWorkersGoOnce(t *testing.T) {
	w, k := servingWorker()
	w.put(k, nil)
	k.idle.Stop()
	w.timeout(k) // of a timer that ran out while the worker got its last request
	w.timeout(k)
	if k.in.uses != 1 {
		t.Errorf("the instance was given back %d times", k.in.uses)
	}
}

func TestDeadInstancesGetNoRequestsThoughAResponseGoesOn(t *testing.T) {
	w, k := servingWorker()
	x := &asyncRequest{workers: w, worker: k, parts: 2}
	x.taskEnded(ErrDead)
	if w.best() != nil {
		t.Error("the next request goes to a dead instance")
	}
}
