package runcmd

import (
	"io"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"github.com/spf13/pflag"

	"github.com/edgelint/edgelint/host"
)

func TestFlagsReachTheHandler(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		args []string
		want host.HandlerOptions
	}{
		{nil, host.HandlerOptions{
			Timeout: host.DefaultTimeout, MaxBody: host.DefaultMaxBody, MaxConcurrent: host.DefaultMaxConcurrent,
			Sharing: host.DefaultSharing, IdleTimeout: host.DefaultIdleTimeout,
		}},
		{[]string{
			"--timeout=2", "--max-body=3", "--max-concurrent=4", "--reuse=5", "--fresh", "--error-page",
			"--max-instance-concurrent-reuse-count=6", "--idle-instance-timeout=7m",
		}, host.HandlerOptions{
			Timeout: 2 * time.Second, MaxBody: 3 << 20, MaxConcurrent: 4, ErrorPage: true,
			Pool: host.PoolOptions{Reuse: 5, Fresh: true}, Sharing: 6, IdleTimeout: 7 * time.Minute,
		}},
		{[]string{"--timeout=0", "--max-body=0", "--idle-instance-timeout=0"}, host.HandlerOptions{
			Timeout: -1, MaxBody: -1, MaxConcurrent: host.DefaultMaxConcurrent, Sharing: host.DefaultSharing, IdleTimeout: -1,
		}},
	} {
		var f serveFlags
		fs := pflag.NewFlagSet("edgerun", pflag.ContinueOnError)
		f.add(fs)
		if err := fs.Parse(c.args); err != nil {
			t.Fatal(err)
		}
		got := new(Command).handlerOptions(&f, io.Discard)
		if diff := cmp.Diff(c.want, got, cmpopts.IgnoreFields(host.HandlerOptions{}, "Done")); diff != "" {
			t.Errorf("%v (-want +got):\n%s", c.args, diff)
		}
	}
}
