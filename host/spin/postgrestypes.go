package spin

import (
	"bytes"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"strconv"
	"strings"
	"time"
	"unsafe"

	"github.com/jackc/pgx/v5/pgtype"

	"github.com/edgelint/edgelint/host/bind"
)

// pgValue is the variant db-value of spin:postgres@4.
type pgValue struct {
	Case         uint8 // one of pgBoolean … pgUnsupported
	Boolean      bool
	Int8         int8
	Int16        int16
	Int32        int32
	Int64        int64
	Floating32   float32
	Floating64   float64
	Str          string
	Binary       []byte
	Date         pgDate
	Time         pgTime
	Datetime     pgDatetime
	Timestamp    int64
	UUID         string
	Jsonb        []byte
	Decimal      string
	RangeInt32   pgRange[int32]
	RangeInt64   pgRange[int64]
	RangeDecimal pgRange[string]
	ArrayInt32   []bind.Option[int32]
	ArrayInt64   []bind.Option[int64]
	ArrayDecimal []bind.Option[string]
	ArrayStr     []bind.Option[string]
	Interval     pgInterval
	Unsupported  []byte
}

// The cases of pgValue, which are those of pgParameter and pgDataType as well,
// except for the last ones.
const (
	pgBoolean = iota
	pgInt8
	pgInt16
	pgInt32
	pgInt64
	pgFloating32
	pgFloating64
	pgStr
	pgBinary
	pgDateCase
	pgTimeCase
	pgDatetimeCase
	pgTimestamp
	pgUUID
	pgJsonb
	pgDecimal
	pgRangeInt32
	pgRangeInt64
	pgRangeDecimal
	pgArrayInt32
	pgArrayInt64
	pgArrayDecimal
	pgArrayStr
	pgIntervalCase
	pgNull
	pgUnsupported

	pgOther = pgNull // of pgDataType
)

// pgDate is a date; years before 1 are 0 and less.
type pgDate struct {
	Year       int32
	Month, Day uint8
}

// pgTime is a time of day.
type pgTime struct {
	Hour, Minute, Second uint8
	Nanosecond           uint32
}

// pgDatetime is a date and a time of day in UTC.
type pgDatetime struct {
	Year                             int32
	Month, Day, Hour, Minute, Second uint8
	Nanosecond                       uint32
}

// pgInterval is the record interval.
type pgInterval struct {
	Micros       int64
	Days, Months int32
}

// pgRange is a range with its bounds, if it has any; an empty one has none.
type pgRange[T any] struct {
	Lower, Upper bind.Option[pgBound[T]]
}

// pgBound is a bound of a range.
type pgBound[T any] struct {
	Value T
	Kind  uint8 // pgInclusive or pgExclusive
}

const (
	pgInclusive = iota
	pgExclusive
)

// pgType is a type of PostgreSQL that the interface can express.
type pgType struct {
	data   uint8 // the case of pgValue
	decode func(raw []byte, v *pgValue) error
}

// pgTypes are those types by OID.
var pgTypes = map[uint32]pgType{
	pgtype.BoolOID: {pgBoolean, func(raw []byte, v *pgValue) error {
		n, err := fixed(raw, 1)
		v.Boolean = n != 0
		return err
	}},
	pgtype.Int2OID: {pgInt16, func(raw []byte, v *pgValue) error {
		n, err := fixed(raw, 2)
		v.Int16 = int16(n)
		return err
	}},
	pgtype.Int4OID: {pgInt32, into(readInt32, func(v *pgValue) *int32 { return &v.Int32 })},
	pgtype.Int8OID: {pgInt64, into(readInt64, func(v *pgValue) *int64 { return &v.Int64 })},
	pgtype.Float4OID: {pgFloating32, func(raw []byte, v *pgValue) error {
		n, err := fixed(raw, 4)
		v.Floating32 = math.Float32frombits(uint32(n))
		return err
	}},
	pgtype.Float8OID: {pgFloating64, func(raw []byte, v *pgValue) error {
		n, err := fixed(raw, 8)
		v.Floating64 = math.Float64frombits(n)
		return err
	}},
	pgtype.TextOID:    {pgStr, into(readText, func(v *pgValue) *string { return &v.Str })},
	pgtype.VarcharOID: {pgStr, into(readText, func(v *pgValue) *string { return &v.Str })},
	pgtype.BPCharOID:  {pgStr, into(readText, func(v *pgValue) *string { return &v.Str })},
	pgtype.ByteaOID:   {pgBinary, into(readBytes, func(v *pgValue) *[]byte { return &v.Binary })},

	pgtype.DateOID:        {pgDateCase, into(readDate, func(v *pgValue) *pgDate { return &v.Date })},
	pgtype.TimeOID:        {pgTimeCase, into(readTime, func(v *pgValue) *pgTime { return &v.Time })},
	pgtype.TimestampOID:   {pgDatetimeCase, into(readDatetime, func(v *pgValue) *pgDatetime { return &v.Datetime })},
	pgtype.TimestamptzOID: {pgDatetimeCase, into(readDatetime, func(v *pgValue) *pgDatetime { return &v.Datetime })},
	pgtype.IntervalOID:    {pgIntervalCase, into(readInterval, func(v *pgValue) *pgInterval { return &v.Interval })},

	pgtype.UUIDOID:    {pgUUID, into(readUUID, func(v *pgValue) *string { return &v.UUID })},
	pgtype.JSONBOID:   {pgJsonb, into(readJSONB, func(v *pgValue) *[]byte { return &v.Jsonb })},
	pgtype.NumericOID: {pgDecimal, into(readNumeric, func(v *pgValue) *string { return &v.Decimal })},

	pgtype.Int4rangeOID: {pgRangeInt32, into(rangeOf(readInt32), func(v *pgValue) *pgRange[int32] { return &v.RangeInt32 })},
	pgtype.Int8rangeOID: {pgRangeInt64, into(rangeOf(readInt64), func(v *pgValue) *pgRange[int64] { return &v.RangeInt64 })},
	pgtype.NumrangeOID: {
		pgRangeDecimal, into(rangeOf(readNumeric), func(v *pgValue) *pgRange[string] { return &v.RangeDecimal }),
	},
	pgtype.Int4ArrayOID: {
		pgArrayInt32, into(arrayOf(readInt32), func(v *pgValue) *[]bind.Option[int32] { return &v.ArrayInt32 }),
	},
	pgtype.Int8ArrayOID: {
		pgArrayInt64, into(arrayOf(readInt64), func(v *pgValue) *[]bind.Option[int64] { return &v.ArrayInt64 }),
	},
	pgtype.NumericArrayOID: {
		pgArrayDecimal, into(arrayOf(readNumeric), func(v *pgValue) *[]bind.Option[string] { return &v.ArrayDecimal }),
	},
	pgtype.TextArrayOID:    {pgArrayStr, into(arrayOf(readText), func(v *pgValue) *[]bind.Option[string] { return &v.ArrayStr })},
	pgtype.VarcharArrayOID: {pgArrayStr, into(arrayOf(readText), func(v *pgValue) *[]bind.Option[string] { return &v.ArrayStr })},
	pgtype.BPCharArrayOID:  {pgArrayStr, into(arrayOf(readText), func(v *pgValue) *[]bind.Option[string] { return &v.ArrayStr })},
}

// into makes a decoder of a function that reads a value and the place for it.
func into[T any](read func([]byte) (T, error), place func(*pgValue) *T) func([]byte, *pgValue) error {
	return func(raw []byte, v *pgValue) (err error) {
		*place(v), err = read(raw)
		return err
	}
}

// decodePostgres reads a value in PostgreSQL's binary format; nil is NULL.
func decodePostgres(oid uint32, raw []byte) (pgValue, error) {
	t, ok := pgTypes[oid]
	switch {
	case raw == nil:
		return pgValue{Case: pgNull}, nil
	case !ok:
		return pgValue{Case: pgUnsupported, Unsupported: bytes.Clone(raw)}, nil
	}
	v := pgValue{Case: t.data}
	return v, t.decode(raw, &v)
}

// size is about what a value takes in memory.
func (v *pgValue) size() int {
	n := int(unsafe.Sizeof(*v)) + len(v.Str) + len(v.Binary) + len(v.UUID) + len(v.Jsonb) + len(v.Decimal) +
		len(v.Unsupported) + len(v.RangeDecimal.Lower.Value.Value) + len(v.RangeDecimal.Upper.Value.Value) +
		len(v.ArrayInt32)*int(unsafe.Sizeof(bind.Option[int32]{})) +
		len(v.ArrayInt64)*int(unsafe.Sizeof(bind.Option[int64]{}))
	for _, texts := range [][]bind.Option[string]{v.ArrayDecimal, v.ArrayStr} {
		for _, s := range texts {
			n += int(unsafe.Sizeof(s)) + len(s.Value)
		}
	}
	return n
}

var errMalformed = errors.New("the server sent a value that is malformed")

// fixed reads an unsigned number of a size.
func fixed(raw []byte, size int) (n uint64, err error) {
	if len(raw) != size {
		return 0, errMalformed
	}
	for _, b := range raw {
		n = n<<8 | uint64(b)
	}
	return n, nil
}

func readInt32(raw []byte) (int32, error) {
	n, err := fixed(raw, 4)
	return int32(n), err
}

func readInt64(raw []byte) (int64, error) {
	n, err := fixed(raw, 8)
	return int64(n), err
}

func readText(raw []byte) (string, error) { return strings.ToValidUTF8(string(raw), "\uFFFD"), nil }

func readBytes(raw []byte) ([]byte, error) { return bytes.Clone(raw), nil }

func readUUID(raw []byte) (string, error) {
	if len(raw) != 16 {
		return "", errMalformed
	}
	return pgtype.UUID{Bytes: [16]byte(raw), Valid: true}.String(), nil
}

// readJSONB reads a document, which a version precedes, without its spaces.
func readJSONB(raw []byte) ([]byte, error) {
	if len(raw) == 0 || raw[0] != 1 {
		return nil, errMalformed
	}
	var b bytes.Buffer
	err := json.Compact(&b, raw[1:])
	return b.Bytes(), err
}

// postgresEpoch is what PostgreSQL counts from.
var postgresEpoch = time.Date(2000, 1, 1, 0, 0, 0, 0, time.UTC)

const (
	microsPerSecond = 1_000_000
	secondsPerDay   = 86_400
)

var errInfinite = errors.New("a date of infinity has no counterpart in the interface")

func readDate(raw []byte) (pgDate, error) {
	days, err := readInt32(raw)
	if err == nil && (days == math.MaxInt32 || days == math.MinInt32) {
		err = errInfinite
	}
	t := time.Unix(postgresEpoch.Unix()+int64(days)*secondsPerDay, 0).UTC()
	return pgDate{int32(t.Year()), uint8(t.Month()), uint8(t.Day())}, err
}

func readTime(raw []byte) (pgTime, error) {
	micros, err := readInt64(raw)
	if err == nil && (micros < 0 || micros > secondsPerDay*microsPerSecond) {
		err = errMalformed
	}
	seconds := micros / microsPerSecond
	return pgTime{
		uint8(seconds / 3600), uint8(seconds / 60 % 60), uint8(seconds % 60), uint32(micros % microsPerSecond * 1000),
	}, err
}

func readDatetime(raw []byte) (pgDatetime, error) {
	micros, err := readInt64(raw)
	if err == nil && (micros == math.MaxInt64 || micros == math.MinInt64) {
		err = errInfinite
	}
	t := time.Unix(postgresEpoch.Unix()+micros/microsPerSecond, micros%microsPerSecond*1000).UTC()
	return pgDatetime{
		int32(t.Year()), uint8(t.Month()), uint8(t.Day()), uint8(t.Hour()), uint8(t.Minute()), uint8(t.Second()),
		uint32(t.Nanosecond()),
	}, err
}

func readInterval(raw []byte) (pgInterval, error) {
	if len(raw) != 16 {
		return pgInterval{}, errMalformed
	}
	return pgInterval{
		int64(binary.BigEndian.Uint64(raw)), int32(binary.BigEndian.Uint32(raw[8:])), int32(binary.BigEndian.Uint32(raw[12:])),
	}, nil
}

// Signs of numerics.
const (
	numericNegative = 0x4000
	numericNaN      = 0xC000
	numericInfinite = 0xD000
	numericMinusInf = 0xF000
)

// readNumeric reads a numeric, which has digits of base 10000, as decimal text.
func readNumeric(raw []byte) (string, error) {
	if len(raw) < 8 || len(raw) != 8+2*int(binary.BigEndian.Uint16(raw)) {
		return "", errMalformed
	}
	weight, sign := int(int16(binary.BigEndian.Uint16(raw[2:]))), binary.BigEndian.Uint16(raw[4:])
	scale, digits := int(binary.BigEndian.Uint16(raw[6:])), raw[8:]
	switch sign {
	case numericNaN:
		return "NaN", nil
	case numericInfinite:
		return "Infinity", nil
	case numericMinusInf:
		return "-Infinity", nil
	}
	group := func(i int) int { // of weight i
		if at := 2 * (weight - i); at >= 0 && at < len(digits) {
			return int(binary.BigEndian.Uint16(digits[at:]))
		}
		return 0
	}
	var b strings.Builder
	if sign == numericNegative {
		b.WriteByte('-')
	}
	b.WriteString(strconv.Itoa(group(max(weight, 0))))
	for i := weight - 1; i >= 0; i-- {
		fmt.Fprintf(&b, "%04d", group(i))
	}
	if scale == 0 {
		return b.String(), nil
	}
	b.WriteByte('.')
	end := b.Len() + scale
	for i := -1; b.Len() < end; i-- {
		fmt.Fprintf(&b, "%04d", group(i))
	}
	return b.String()[:end], nil
}

// Flags of ranges.
const (
	rangeEmpty = 1 << iota
	rangeLowerInclusive
	rangeUpperInclusive
	rangeLowerInfinite
	rangeUpperInfinite
)

// rangeOf reads ranges of what read reads.
func rangeOf[T any](read func([]byte) (T, error)) func([]byte) (pgRange[T], error) {
	return func(raw []byte) (r pgRange[T], err error) {
		if len(raw) == 0 {
			return r, errMalformed
		}
		flags := raw[0]
		raw = raw[1:]
		if flags&rangeEmpty != 0 {
			return r, nil
		}
		bound := func(inclusive byte) (b pgBound[T]) {
			var item []byte
			if item, raw, err = cutItem(raw); err != nil || item == nil {
				err = errors.Join(err, errMalformed)
				return b
			}
			b.Kind = pgExclusive
			if flags&inclusive != 0 {
				b.Kind = pgInclusive
			}
			b.Value, err = read(item)
			return b
		}
		if flags&rangeLowerInfinite == 0 {
			r.Lower = bind.Some(bound(rangeLowerInclusive))
		}
		if err == nil && flags&rangeUpperInfinite == 0 {
			r.Upper = bind.Some(bound(rangeUpperInclusive))
		}
		return r, err
	}
}

// cutItem cuts off a value with its length before it; nil is NULL.
func cutItem(raw []byte) (item, rest []byte, err error) {
	if len(raw) < 4 {
		return nil, nil, errMalformed
	}
	n := int32(binary.BigEndian.Uint32(raw))
	raw = raw[4:]
	switch {
	case n == -1:
		return nil, raw, nil
	case n < 0 || int(n) > len(raw):
		return nil, nil, errMalformed
	}
	return raw[:n:n], raw[n:], nil
}

// arrayOf reads arrays of what read reads.
func arrayOf[T any](read func([]byte) (T, error)) func([]byte) ([]bind.Option[T], error) {
	return func(raw []byte) ([]bind.Option[T], error) {
		const header = 12 // dimensions, whether there are NULLs, the element's type
		if len(raw) < header {
			return nil, errMalformed
		}
		list := []bind.Option[T]{}
		switch dimensions := binary.BigEndian.Uint32(raw); {
		case dimensions == 0:
			return list, nil
		case dimensions > 1:
			return nil, errors.New("array contains too many dimensions")
		case len(raw) < header+8:
			return nil, errMalformed
		}
		count := binary.BigEndian.Uint32(raw[header:])
		raw = raw[header+8:]
		size := 0 // a numeric of few bytes may have many digits
		for range count {
			item, rest, err := cutItem(raw)
			if err != nil {
				return nil, err
			}
			raw = rest
			if size += int(unsafe.Sizeof(bind.Option[T]{})); size > MaxResultBytes {
				return nil, errTooLarge
			}
			if item == nil {
				list = append(list, bind.None[T]())
				continue
			}
			v, err := read(item)
			if err != nil {
				return nil, err
			}
			if text, ok := any(v).(string); ok {
				size += len(text)
			}
			list = append(list, bind.Some(v))
		}
		return list, nil
	}
}
