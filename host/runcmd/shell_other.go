//go:build !unix

package runcmd

import (
	"context"
	"os/exec"
)

// shell is a command line as the system's shell runs it.
func shell(ctx context.Context, line string) *exec.Cmd {
	return exec.CommandContext(ctx, "cmd", "/C", line)
}
