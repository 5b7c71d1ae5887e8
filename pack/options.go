package pack

import (
	"fmt"
	"strconv"
	"time"

	"github.com/edgelint/edgelint/pack/artifact"
)

// Options configure Spin and CNCF.
type Options struct {
	// Annotations go into the manifest, before those inferred.
	Annotations map[string]string
	// NoInferred leaves out the annotations inferred from the application:
	// title, version, description, authors.
	NoInferred bool
	// Created is the time the artifact says it was made. The zero value says
	// nothing where the format allows it, and 1970 where it does not; the
	// clock is never asked.
	Created time.Time
	// Archive puts the files of each component into one layer. It happens
	// anyway when there would be 500 layers or more.
	Archive bool
	// KeepBuild leaves the build commands, which name local paths, in the
	// locked application.
	KeepBuild bool
	// Rewrite, if set, replaces each Wasm binary before it is packed; name is
	// the component's ID. Stripping is done by it.
	Rewrite func(name string, w Wasm) (Wasm, error)
}

func (o Options) rewrite(name string, w Wasm) (Wasm, error) {
	if o.Rewrite == nil {
		return w, nil
	}
	out, err := o.Rewrite(name, w)
	if err != nil {
		return Wasm{}, fmt.Errorf("component %q: %w", name, err)
	}
	return out, nil
}

// annotations are the explicit annotations and then the inferred ones that are
// not empty.
func (o Options) annotations(inferred map[string]string) map[string]string {
	all := map[string]string{}
	if !o.NoInferred {
		for k, v := range inferred {
			if v != "" {
				all[k] = v
			}
		}
		if !o.Created.IsZero() {
			all[artifact.AnnotationCreated] = timestamp(o.Created)
		}
	}
	for k, v := range o.Annotations {
		all[k] = v
	}
	return all
}

func timestamp(t time.Time) string { return t.UTC().Format(time.RFC3339) }

// ParseEpoch reads the value of SOURCE_DATE_EPOCH, seconds since 1970. "" is the
// zero time.
func ParseEpoch(s string) (time.Time, error) {
	if s == "" {
		return time.Time{}, nil
	}
	const lastSecond = 253402300799 // of the year 9999, the last RFC 3339 can say
	n, err := strconv.ParseInt(s, 10, 64)
	if err != nil || n < 0 || n > lastSecond {
		return time.Time{}, fmt.Errorf("SOURCE_DATE_EPOCH=%q: want a number of seconds since 1970", s)
	}
	return time.Unix(n, 0).UTC(), nil
}
