package spinsuite

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"testing"

	"golang.org/x/sync/errgroup"

	"github.com/edgelint/edgelint/internal/conformance"
)

// generations are the components that the cases run with.
var generations = []struct{ name, component string }{
	{"p2", "conformance-p2"},
	{"p3", "conformance-p3"},
}

func TestConformance(t *testing.T) {
	t.Parallel()
	dirs, err := filepath.Glob(filepath.Join("testdata", "cases", "*"))
	if err != nil || len(dirs) == 0 {
		t.Fatalf("%d cases, %v", len(dirs), err)
	}
	components := make([]string, len(generations))
	for i, g := range generations {
		components[i] = conformance.Built(t, g.component)
	}
	services := newServices(t)
	verdicts := make([]error, len(generations)*len(dirs))
	var group errgroup.Group
	group.SetLimit(runtime.GOMAXPROCS(0))
	for i, dir := range dirs {
		group.Go(func() error {
			for j, component := range components {
				verdicts[j*len(dirs)+i] = runCase(t, dir, component, services)
			}
			return nil
		})
	}
	_ = group.Wait()
	suite := conformance.Start(t, "spin-conformance",
		"The cases of Spin's conformance suite, with components in Python, answered by `edgerun spin.toml`.")
	for i, verdict := range verdicts {
		suite.Check(generations[i/len(dirs)].name+"/"+filepath.Base(dirs[i%len(dirs)]), verdict)
	}
	suite.Finish()
}

// runCase serves the application of a case and sends its requests.
func runCase(t *testing.T, dir, component string, s *services) (err error) {
	used := map[string]bool{}
	manifest, c, err := readCase(dir, func(name string) (string, error) {
		if name == "component" {
			return filepath.ToSlash(component), nil
		}
		used[name] = true
		return s.port(name)
	})
	if err != nil {
		return err
	}
	defer s.reserve(used)()
	path := filepath.Join(t.TempDir(), "spin.toml")
	if err := os.WriteFile(path, []byte(manifest), 0o644); err != nil {
		return err
	}
	p, err := start(t.Context(), path)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, p.stop()) }()
	for _, i := range c.Invocations {
		if err := i.judge(p.url); err != nil {
			return fmt.Errorf("%w\n%s", err, p.output)
		}
	}
	return nil
}
