//go:build unix

package runcmd

import (
	"context"
	"os/exec"
	"syscall"
)

// shell is a command line as the system's shell runs it. When ctx ends, all that
// it started is interrupted.
func shell(ctx context.Context, line string) *exec.Cmd {
	cmd := exec.CommandContext(ctx, "sh", "-c", line)
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	cmd.Cancel = func() error { return syscall.Kill(-cmd.Process.Pid, syscall.SIGTERM) }
	return cmd
}
