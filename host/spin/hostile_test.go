package spin

import (
	"encoding/binary"
	"fmt"
	"io"
	"net"
	"runtime"
	"strings"
	"testing"

	"github.com/edgelint/edgelint/internal/servicetest"
)

// allocated is how many bytes do allocates, in this process.
func allocated(do func()) uint64 {
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	do()
	runtime.ReadMemStats(&after)
	return after.TotalAlloc - before.TotalAlloc
}

// maxPromised is what a client may allocate of 120 MB that a server promises.
const (
	promised    = 120_000_000
	maxPromised = 50_000_000
)

// postgresMessage is a message of a server of PostgreSQL.
func postgresMessage(kind byte, body string) string {
	return string(kind) + string(binary.BigEndian.AppendUint32(nil, uint32(len(body)+4))) + body
}

// hostilePostgres answers the first statement with what reply writes, and returns
// what the client makes of it.
func hostilePostgres(t *testing.T, reply func(w io.Writer)) error {
	t.Helper()
	address := "postgres://u@" + servicetest.Listen(t, func(conn net.Conn) {
		buf := make([]byte, 4096)
		_, _ = conn.Read(buf)
		_, _ = io.WriteString(conn, postgresMessage('R', "\x00\x00\x00\x00")+postgresMessage('Z', "I"))
		_, _ = conn.Read(buf)
		reply(conn)
	}) + "?sslmode=disable"
	s, _ := servicesOf(t, &denials{}, "postgres://*:*")
	ctx, gate := inInstance(t)
	c, err := s.openPostgres(ctx, gate, address, nil)
	if err != nil {
		t.Fatal(err)
	}
	defer c.close()
	_, err = c.query(ctx, "SELECT 1", nil)
	return err
}

func TestHostileServersOfPostgresAreRefused(t *testing.T) {
	t.Parallel()
	message, large := errPostgresMessage.Error(), errTooLarge.Error()
	var parameters strings.Builder
	for i := range 2 * maxPostgresStatus {
		parameters.WriteString(postgresMessage('S', fmt.Sprintf("name%d\x00value\x00", i)))
	}
	notice := postgresMessage('N', "M"+strings.Repeat("n", 1<<20)+"\x00\x00")
	for name, c := range map[string]struct {
		reply string
		times int
		want  string
	}{
		"a message without end":          {"D\x7f\xff\xff\xff", 1, large},
		"a message of less than nothing": {"D\x00\x00\x00\x03", 1, message},
		"many parameters":                {parameters.String(), 1, message},
		"a large parameter":              {postgresMessage('S', "n\x00"+strings.Repeat("v", maxPostgresStatusSize)+"\x00"), 1, message},
		"a parameter with a long name":   {postgresMessage('S', strings.Repeat("n", 100)+"\x00v\x00"), 1, message},
		"notices without end":            {notice, maxStep>>20 + 1, large},
	} {
		err := hostilePostgres(t, func(w io.Writer) {
			for range c.times {
				if _, err := io.WriteString(w, c.reply); err != nil {
					return
				}
			}
		})
		if err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestLengthsThatPostgresPromisesAreNotAllocated(t *testing.T) {
	n := allocated(func() {
		if err := hostilePostgres(t, func(w io.Writer) {
			_, _ = w.Write(binary.BigEndian.AppendUint32([]byte("T"), promised))
		}); err == nil {
			t.Error("a message was taken that never came")
		}
	})
	if n > maxPromised {
		t.Errorf("%d bytes were allocated", n)
	}
}
