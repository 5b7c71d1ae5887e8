// Package servicetest starts real servers for tests: Redis, PostgreSQL, MariaDB
// and Mosquitto, as Debian packages them, each empty, on a free port of the
// loopback interface, until the test ends.
//
// Where a server is not installed the test is skipped with a message that names
// the package; with CI=true it fails.
package servicetest

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"slices"
	"strconv"
	"syscall"
	"testing"
	"time"
)

// User and Password are what [Postgres] and [Mosquitto] ask for; the user of
// PostgreSQL is "postgres".
const (
	User     = "user"
	Password = "password"
)

// Database is the empty database of [Postgres] and [MariaDB].
const Database = "spin_dev"

const (
	startTimeout = time.Minute
	startTries   = 3 // another process may take the port first
)

// Redis starts a Redis server, which asks for no password, and returns its URL,
// such as "redis://127.0.0.1:6379".
func Redis(tb testing.TB) string {
	tb.Helper()
	program := find(tb, "redis-server", "redis-server")
	dir := tb.TempDir()
	return "redis://" + start(tb, func(host, port string) *server {
		return &server{cmd: exec.Command(program, "--bind", host, "--port", port, "--dir", dir,
			"--save", "", "--appendonly", "no"), ready: accepts}
	})
}

// Postgres starts a PostgreSQL server and returns the URL of its database, such
// as "postgres://postgres:password@127.0.0.1:5432/spin_dev".
func Postgres(tb testing.TB) string {
	tb.Helper()
	program := find(tb, "postgres", "postgresql")
	isReady := filepath.Join(filepath.Dir(program), "pg_isready")
	dir, as := postgresFolder(tb)
	secret := filepath.Join(dir, "password")
	if err := os.WriteFile(secret, []byte(Password), 0o644); err != nil {
		tb.Fatal(err)
	}
	data := filepath.Join(dir, "data")
	run(tb, "", append(slices.Clone(as), filepath.Join(filepath.Dir(program), "initdb"), "--no-sync", "-D", data,
		"-U", "postgres", "--pwfile", secret, "--auth", "scram-sha-256", "--encoding", "UTF8", "--locale", "C")...)
	run(tb, "CREATE DATABASE "+Database+"\n",
		append(slices.Clone(as), program, "--single", "-D", data, "-F", "postgres")...)
	addr := start(tb, func(host, port string) *server {
		args := append(slices.Clone(as), program, "-D", data, "-h", host, "-p", port, "-k", "", "-F")
		// Users of it wait until the server answers, which is after it listens.
		ready := func(ctx context.Context, _ string) error {
			return exec.CommandContext(ctx, isReady, "-q", "-h", host, "-p", port).Run()
		}
		return &server{cmd: exec.Command(args[0], args[1:]...), ready: ready, stop: syscall.SIGQUIT}
	})
	return "postgres://postgres:" + Password + "@" + addr + "/" + Database
}

// postgresFolder is a folder for PostgreSQL's files, and the words before a
// command that run it as their owner: the server refuses to run as root.
func postgresFolder(tb testing.TB) (dir string, as []string) {
	tb.Helper()
	if os.Getuid() != 0 {
		return tb.TempDir(), nil
	}
	owner, err := user.Lookup("postgres")
	if err != nil {
		missing(tb, err.Error())
	}
	// Not tb.TempDir, whose parent only root can enter.
	if dir, err = os.MkdirTemp("", "servicetest-"); err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() { _ = os.RemoveAll(dir) })
	uid, _ := strconv.Atoi(owner.Uid)
	gid, _ := strconv.Atoi(owner.Gid)
	if err := os.Chown(dir, uid, gid); err != nil {
		tb.Fatal(err)
	}
	return dir, []string{"setpriv", "--reuid", owner.Uid, "--regid", owner.Gid, "--clear-groups", "--"}
}

// MariaDB starts a MariaDB server, whose user root has no password, and returns
// the URL of its database, such as "mysql://root:@127.0.0.1:3306/spin_dev".
func MariaDB(tb testing.TB) string {
	tb.Helper()
	return mariaDB(tb)
}

// MariaDBTLS is [MariaDB] with TLS: cert and key are files in PEM. Connections
// without TLS are refused.
func MariaDBTLS(tb testing.TB, cert, key string) string {
	tb.Helper()
	return mariaDB(tb, "--ssl-cert", cert, "--ssl-key", key, "--require-secure-transport=ON")
}

func mariaDB(tb testing.TB, options ...string) string {
	tb.Helper()
	program := find(tb, "mariadbd", "mariadb-server")
	install := find(tb, "mariadb-install-db", "mariadb-server")
	dir := tb.TempDir()
	data := filepath.Join(dir, "data")
	args := []string{"--no-defaults", "--datadir=" + data}
	if os.Getuid() == 0 {
		args = append(args, "--user=root")
	}
	run(tb, "", slices.Concat([]string{install}, args,
		[]string{"--auth-root-authentication-method=normal", "--skip-test-db"})...)
	initial := filepath.Join(dir, "initial.sql")
	if err := os.WriteFile(initial, []byte("CREATE DATABASE IF NOT EXISTS "+Database+";\n"), 0o644); err != nil {
		tb.Fatal(err)
	}
	addr := start(tb, func(host, port string) *server {
		return &server{cmd: exec.Command(program, slices.Concat(args, []string{
			"--bind-address", host, "--port", port, "--socket", filepath.Join(dir, "s"), "--init-file", initial,
			"--skip-name-resolve", "--innodb-flush-log-at-trx-commit=0", "--pid-file", filepath.Join(dir, "pid"),
		}, options)...), ready: greets}
	})
	return "mysql://root:@" + addr + "/" + Database
}

// Mosquitto starts an MQTT broker, which asks for [User] and [Password], and
// returns its URL, such as "mqtt://127.0.0.1:1883".
func Mosquitto(tb testing.TB) string {
	tb.Helper()
	program := find(tb, "mosquitto", "mosquitto")
	dir := tb.TempDir()
	users := filepath.Join(dir, "users")
	run(tb, "", find(tb, "mosquitto_passwd", "mosquitto"), "-b", "-c", users, User, Password)
	return "mqtt://" + start(tb, func(host, port string) *server {
		file := filepath.Join(dir, "conf")
		conf := fmt.Sprintf("listener %s %s\npassword_file %s\nallow_anonymous false\n", port, host, users)
		if os.Getuid() == 0 {
			conf = "user root\n" + conf // another user could not read the file
		}
		if err := os.WriteFile(file, []byte(conf), 0o600); err != nil {
			tb.Fatal(err)
		}
		return &server{cmd: exec.Command(program, "-c", file), ready: accepts}
	})
}

// server is a server process.
type server struct {
	cmd    *exec.Cmd
	ready  func(ctx context.Context, addr string) error
	stop   os.Signal // os.Kill if nil
	output Output
	exited chan struct{}
}

// start starts a server on a free port and waits until it is ready.
func start(tb testing.TB, command func(host, port string) *server) (addr string) {
	tb.Helper()
	ctx, cancel := context.WithTimeout(tb.Context(), startTimeout)
	defer cancel()
	for range startTries {
		l, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			tb.Fatal(err)
		}
		addr = l.Addr().String()
		l.Close()
		host, port, _ := net.SplitHostPort(addr)
		s := command(host, port)
		if err = s.run(ctx, addr); err == nil {
			tb.Cleanup(s.end)
			return addr
		}
		tb.Logf("%s: %v\n%s", s.cmd.Path, err, &s.output)
	}
	tb.Fatalf("the server did not start in %d tries", startTries)
	return ""
}

func (s *server) run(ctx context.Context, addr string) error {
	s.cmd.Stdout, s.cmd.Stderr = &s.output, &s.output
	if err := s.cmd.Start(); err != nil {
		return err
	}
	s.exited = make(chan struct{})
	go func() {
		_ = s.cmd.Wait() // its output says what was wrong
		close(s.exited)
	}()
	for {
		err := s.ready(ctx, addr)
		if err == nil {
			return nil
		}
		select {
		case <-s.exited:
			return errors.New("the server ended")
		case <-ctx.Done():
			s.end()
			return fmt.Errorf("the server is not ready: %w", err)
		case <-time.After(20 * time.Millisecond):
		}
	}
}

func (s *server) end() {
	if s.stop == nil || s.cmd.Process.Signal(s.stop) != nil {
		_ = s.cmd.Process.Kill()
	}
	select {
	case <-s.exited:
	case <-time.After(10 * time.Second):
		_ = s.cmd.Process.Kill()
		<-s.exited
	}
}

// accepts reports whether a server accepts connections.
func accepts(ctx context.Context, addr string) error {
	conn, err := new(net.Dialer).DialContext(ctx, "tcp", addr)
	if err != nil {
		return err
	}
	return conn.Close()
}

// greets reports whether a server speaks first, as MySQL's protocol wants it.
func greets(ctx context.Context, addr string) error {
	conn, err := new(net.Dialer).DialContext(ctx, "tcp", addr)
	if err != nil {
		return err
	}
	defer conn.Close()
	_ = conn.SetReadDeadline(time.Now().Add(5 * time.Second))
	_, err = conn.Read(make([]byte, 1))
	return err
}

// run runs a command to its end.
func run(tb testing.TB, stdin string, args ...string) {
	tb.Helper()
	cmd := exec.CommandContext(tb.Context(), args[0], args[1:]...)
	cmd.Stdin = bytes.NewBufferString(stdin)
	if out, err := cmd.CombinedOutput(); err != nil {
		tb.Fatalf("%s: %v\n%s", cmd, err, out)
	}
}

// find is the path of a server's program, which Debian may have outside of PATH.
func find(tb testing.TB, program, debian string) string {
	tb.Helper()
	for _, folder := range []string{"/usr/lib/postgresql/*/bin", "/usr/sbin"} {
		if paths, _ := filepath.Glob(filepath.Join(folder, program)); len(paths) > 0 {
			return paths[len(paths)-1]
		}
	}
	if path, err := exec.LookPath(program); err == nil {
		return path
	}
	missing(tb, fmt.Sprintf("there is no %s: install the Debian package %s to run this test", program, debian))
	return ""
}

func missing(tb testing.TB, message string) {
	tb.Helper()
	if os.Getenv("CI") == "true" {
		tb.Fatal(message)
	}
	tb.Skip(message)
}
