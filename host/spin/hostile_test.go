package spin

import (
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"net"
	"runtime"
	"slices"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgtype"

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

func TestServersOfPostgresMayEndAmidAResult(t *testing.T) {
	t.Parallel()
	column := "\x00\x01a\x00" + strings.Repeat("\x00", 6) + "\x00\x00\x00\x19" + "\xff\xff\xff\xff\xff\xff\x00\x01" // of type text
	row := postgresMessage('D', "\x00\x01\x00\x00\x00\x01x")
	err := hostilePostgres(t, func(w io.Writer) {
		_, _ = io.WriteString(w, postgresMessage('1', "")+postgresMessage('t', "\x00\x00")+postgresMessage('T', column)+postgresMessage('Z', "I")+
			postgresMessage('2', "")+row+row)
	})
	if err == nil || !strings.Contains(err.Error(), "EOF") {
		t.Errorf("half a result: %v", err)
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

func TestFewBytesOfPostgresMakeNoLargeRow(t *testing.T) {
	t.Parallel()
	digits := []byte("\x00\x01\x7f\xff\x00\x00\xff\xff\x00\x01") // nearly 200 000 of them
	bound := append([]byte{0, 0, 0, byte(len(digits))}, digits...)
	for oid, value := range map[uint32][]byte{
		pgtype.NumericOID:      digits,
		pgtype.NumrangeOID:     slices.Concat([]byte{0}, bound, bound),
		pgtype.NumericArrayOID: slices.Concat([]byte("\x00\x00\x00\x01\x00\x00\x00\x00\x00\x00\x06\xa4\x00\x00\x00\x01\x00\x00\x00\x01"), bound),
	} {
		st, values := &pgStatement{}, [][]byte{}
		for range 1000 {
			st.fields, values = append(st.fields, pgconn.FieldDescription{DataTypeOID: oid}), append(values, value)
		}
		if _, _, err := st.row(values); !errors.Is(err, errTooLarge) {
			t.Errorf("%d: %v", oid, err)
		}
		if v, err := decodePostgres(oid, value); err != nil || v.size() < 190_000 {
			t.Errorf("%d: %d bytes, %v", oid, v.size(), err)
		}
	}
}

// mysqlPacket is a packet of a server of MySQL.
func mysqlPacket(number byte, body string) string {
	n := len(body)
	return string([]byte{byte(n), byte(n >> 8), byte(n >> 16), number}) + body
}

// mysqlPackets are n packets that follow the first one of an answer.
func mysqlPackets(n int, body string) string {
	var b strings.Builder
	for i := range n {
		b.WriteString(mysqlPacket(byte(i+2), body))
	}
	return b.String()
}

// mysqlHello is the first packet of a server, which offers what is usual.
func mysqlHello() string {
	return mysqlPacket(0, "\x0a8.0.0\x00"+"\x01\x00\x00\x00"+"12345678\x00"+"\xff\xf7"+"\x2d\x02\x00"+"\xff\x81"+
		"\x15"+strings.Repeat("\x00", 10)+"123456789012\x00"+"mysql_native_password\x00")
}

// hostileMySQL sends packets in answer to the client: the first ones after the
// server's first one, the last one again and again, and says what the client makes of it.
func hostileMySQL(t *testing.T, hello string, answers ...string) error {
	t.Helper()
	address := "mysql://u:p@" + servicetest.Listen(t, func(conn net.Conn) {
		_, _ = io.WriteString(conn, hello)
		buf := make([]byte, 1<<16)
		for _, answer := range answers {
			if _, err := conn.Read(buf); err != nil {
				return
			}
			if _, err := io.WriteString(conn, answer); err != nil {
				return
			}
		}
	}) + "/db"
	s, _ := servicesOf(t, &denials{}, "mysql://*:*")
	ctx, gate := inInstance(t)
	c, err := s.openMySQL(ctx, gate, address)
	if err != nil {
		return err
	}
	defer c.close()
	_, err = c.queryAll(ctx, "SELECT 1", nil)
	return err
}

const (
	mysqlOKPacket = "\x00\x00\x00\x02\x00\x00\x00"
	mysqlPrepared = "\x00\x01\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00" // a statement without columns and parameters
)

func TestHostileServersOfMySQLAreRefused(t *testing.T) {
	t.Parallel()
	packet := errMySQLMessage.Error()
	hello, ok, prepared := mysqlHello(), mysqlPacket(2, mysqlOKPacket), mysqlPacket(1, mysqlPrepared)
	column := mysqlPacket(1, "\x01")
	name := "\x03def\x00\x00\x00\xfd\x00\x00\x10" + strings.Repeat("n", 1<<20) + "\x00\x0c\x21\x00\x00\x00\x00\x00\xfd\x00\x00\x00\x00\x00"
	for what, c := range map[string]struct {
		packets []string
		want    string
	}{
		"an empty greeting":       {[]string{mysqlPacket(0, "\x0a")}, packet},
		"a large greeting":        {[]string{"\xff\xff\xff\x00"}, packet},
		"an odd greeting":         {[]string{mysqlPacket(0, "\x0a8\x00")}, packet},
		"an error without number": {[]string{mysqlPacket(0, "\xff")}, packet},
		"an empty answer":         {[]string{hello, mysqlPacket(2, "\x00")}, packet},
		"statements unprepared":   {[]string{hello, ok, mysqlPacket(1, "\x00\x01")}, packet},
		"many columns":            {[]string{hello, ok, prepared, mysqlPacket(1, "\xfe\x00\x00\x00\x00\x00\x00\x00\x10")}, packet},
		"more columns than there may be": {
			[]string{hello, ok, prepared, mysqlPacket(1, "\xfc\x01\x10")}, packet,
		},
		"half a number of columns": {[]string{hello, ok, prepared, mysqlPacket(1, "\xfd\x01")}, packet},
		"half a column":            {[]string{hello, ok, prepared, column + mysqlPacket(2, "\x03def")}, packet},
		"large columns": {
			[]string{hello, ok, prepared, mysqlPacket(1, "\xfc\x00\x10") + mysqlPackets(maxStep>>20+1, name)}, errTooLarge.Error(),
		},
		"a packet without end": {
			[]string{hello, ok, prepared, mysqlPacket(1, strings.Repeat("x", 1<<24-1)) + mysqlPackets(maxStep>>24+1, strings.Repeat("x", 1<<24-1))},
			errTooLarge.Error(),
		},
	} {
		if err := hostileMySQL(t, c.packets[0], c.packets[1:]...); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v", what, err)
		}
	}
}

func TestLengthsThatMySQLPromisesAreNotAllocated(t *testing.T) {
	n := allocated(func() {
		for range promised >> 24 {
			err := hostileMySQL(t, mysqlHello(), mysqlPacket(2, mysqlOKPacket), mysqlPacket(1, mysqlPrepared), "\xff\xff\xff\x01")
			if err == nil {
				t.Error("a packet was taken that never came")
			}
		}
	})
	if n > maxPromised {
		t.Errorf("%d bytes were allocated", n)
	}
}

// hostileMQTT sends packets to a client that publishes.
func hostileMQTT(t *testing.T, packets string) *mqttError {
	t.Helper()
	address := "mqtt://" + servicetest.Listen(t, func(conn net.Conn) {
		if _, err := conn.Read(make([]byte, 4096)); err != nil {
			return
		}
		packets, end := strings.CutSuffix(packets, "end")
		if _, err := io.WriteString(conn, packets); err == nil && packets != "" && !end {
			_, _ = io.Copy(io.Discard, conn)
		}
	}) + "?client_id=x"
	s, _ := servicesOf(t, &denials{}, "mqtt://*:*")
	return openMQTT(t, s, address, "p").publish(t.Context(), "x", []byte("y"), 1)
}

func TestHostileBrokersAreRefused(t *testing.T) {
	t.Parallel()
	const accepted = "\x20\x02\x00\x00"
	var messages strings.Builder
	for i := range maxMQTTMessages>>16 + 1 {
		messages.WriteString("\x34\x85\x80\x04" + "\x00\x01x" + string([]byte{byte(i >> 8), byte(i + 1)}) + strings.Repeat("m", 1<<16))
	}
	for name, packets := range map[string]string{
		"a large answer":            "\x20\xff\xff\xff\x7f",
		"a length without end":      "\x20\xff\xff\xff\xff\x00",
		"a large message":           accepted + "\x30\x81\x80\x40",
		"messages without end":      accepted + messages.String(),
		"an answer that is cut":     "\x20\x00",
		"the end before the answer": "",
		"the end after the answer":  accepted + "end",
		"a packet of no such type":  accepted + "\x00\x00",
	} {
		if err := hostileMQTT(t, packets); err == nil || err.Case != mqttConnectionFailed {
			t.Errorf("%s: %+v", name, err)
		}
	}
}

func TestLengthsThatBrokersPromiseAreNotAllocated(t *testing.T) {
	n := allocated(func() {
		if err := hostileMQTT(t, "\x20\x80\x9c\x9c\x39"); err == nil || !strings.Contains(err.ConnectionFailed, errMQTTPacket.Error()) {
			t.Errorf("%+v", err)
		}
	})
	if n > maxPromised {
		t.Errorf("%d bytes were allocated", n)
	}
}
