package runcmd

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"time"

	"github.com/fsnotify/fsnotify"

	"github.com/edgelint/edgelint/spin"
)

// watcher starts an application anew when what it is made of changes.
type watcher struct {
	*spinServer
	notify *fsnotify.Watcher
	poke   chan struct{} // something in a watched folder has changed
	set    *watchSet
	// last is what the files were like when the application was built and
	// started last.
	last snapshot
	full bool            // the limit of folders was reported
	told map[string]bool // of the components that do not say what to watch
}

// watch serves the application, and starts it anew when files change.
func (s *spinServer) watch(ctx context.Context) error {
	notify, err := fsnotify.NewWatcher()
	if err != nil {
		return err
	}
	w := &watcher{spinServer: s, notify: notify, poke: make(chan struct{}, 1), told: map[string]bool{}}
	defer notify.Close()
	go w.listen()
	w.reload()
	w.last = w.set.scan()
	a, err := s.prepare(ctx, s.builds)
	w.last.artifacts = w.set.artifacts.scan(w.set)
	if err != nil && ctx.Err() != nil {
		return err
	}
	l, lerr := s.open(ctx)
	if lerr != nil {
		if a != nil {
			a.end(ctx)
		}
		return lerr
	}
	defer l.Close()
	if err == nil {
		err = s.publish(ctx, a)
	}
	if err != nil {
		w.failed(err)
	}
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		w.loop(ctx)
	}()
	err = s.serveOn(ctx, s.flags, l, &s.rotation)
	if ctx.Err() != nil {
		<-ended
	}
	return err
}

// listen turns the events of the system into pokes.
func (w *watcher) listen() {
	poke := func() {
		select {
		case w.poke <- struct{}{}:
		default:
		}
	}
	for {
		select {
		case e, ok := <-w.notify.Events:
			if !ok {
				return
			}
			if e.Op != fsnotify.Chmod {
				poke()
			}
		case _, ok := <-w.notify.Errors: // such as an overflow: look at everything
			if !ok {
				return
			}
			poke()
		}
	}
}

func (w *watcher) loop(ctx context.Context) {
	for {
		select {
		case <-ctx.Done():
			return
		case <-w.poke:
		}
		w.follow()
		now, ok := w.settle(ctx)
		if !ok {
			return
		}
		if what := w.last.difference(now); what.any() {
			w.update(ctx, now, what)
		}
	}
}

// settle waits until the files have not changed for a while, if they have at all.
// It is false if ctx ended.
func (w *watcher) settle(ctx context.Context) (now snapshot, ok bool) {
	now = w.set.scan()
	for before := w.last; before.difference(now).any(); {
		select {
		case <-ctx.Done():
			return now, false
		case <-time.After(w.flags.spin.debounce):
		}
		w.follow()
		before, now = now, w.set.scan()
	}
	return now, true
}

// update builds what has changed and starts the application anew. If that fails,
// the one before goes on.
func (w *watcher) update(ctx context.Context, now snapshot, what difference) {
	w.last = now
	if what.manifest {
		w.reload()
		w.last = w.set.scan()
	}
	w.report(fmt.Errorf("%s changed", what.file))
	a, err := w.prepare(ctx, func(c *spin.Component) bool {
		return !w.flags.spin.skipBuild && (what.manifest || what.inputs[c.ID])
	})
	// What a build wrote is no change.
	w.last.artifacts = w.set.artifacts.scan(w.set)
	if err == nil {
		err = w.publish(ctx, a)
	}
	switch {
	case ctx.Err() != nil:
	case err != nil:
		w.failed(err)
	default:
		w.progress(&w.flags.appFlags, "started anew")
	}
}

// failed says why the application was not started, and what is served now.
func (w *watcher) failed(err error) {
	w.report(err)
	if w.current != nil {
		w.report(errors.New("not started anew: what was served before goes on"))
		return
	}
	w.report(errors.New("nothing is served until this is mended; watching"))
}

// reload reads from the manifest what is to be watched. If it cannot be read, what
// was watched before is, and the manifest.
func (w *watcher) reload() {
	m, err := w.flags.manifest(w.src.manifest)
	switch {
	case err == nil:
		w.set = newWatchSet(w.src.manifest, m, !w.flags.spin.skipBuild, w.ignored())
	case w.set == nil:
		w.set = newWatchSet(w.src.manifest, &spin.Manifest{}, false, w.ignored())
	}
	for _, id := range w.set.blind {
		if !w.told[id] {
			w.told[id] = true
			w.progress(&w.flags.appFlags, "component %s: without build.watch, changes of its source code are not seen", id)
		}
	}
	w.follow()
}

// ignored are folders that the application itself writes to.
func (w *watcher) ignored() []string {
	set, err := w.spinSettings(&w.flags.spin, w.src)
	if err != nil {
		return nil // an error when the application starts
	}
	var dirs []string
	for _, dir := range []string{set.stateDir, set.logDir} {
		if abs, err := filepath.Abs(dir); err == nil && dir != "" {
			dirs = append(dirs, abs)
		}
	}
	return dirs
}

// follow asks the system for the events of all folders that matter.
func (w *watcher) follow() {
	for dir := range w.set.folders() {
		if err := w.notify.Add(dir); err != nil && !w.full {
			w.full = true
			w.report(fmt.Errorf("cannot watch %s: %w: changes may go unnoticed", dir, err))
		}
	}
	if w.set.truncated && !w.full {
		w.full = true
		w.report(fmt.Errorf("more than %d folders to watch: narrow build.watch or files; changes may go unnoticed",
			maxWatchedFolders))
	}
}
