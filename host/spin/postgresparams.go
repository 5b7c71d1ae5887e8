package spin

import (
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"math/big"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/jackc/pgx/v5/pgtype"

	"github.com/edgelint/edgelint/host/bind"
)

// pgParameter is the variant parameter-value of spin:postgres@4.
type pgParameter struct {
	Case         uint8 // one of pgBoolean … pgNull
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
}

// Formats of parameters.
const (
	textFormat   = int16(pgtype.TextFormatCode)
	binaryFormat = int16(pgtype.BinaryFormatCode)
)

// pgEncoding is how a case of parameters is sent: in which format, and as which
// types. PostgreSQL does not convert parameters, and neither does Spin.
type pgEncoding struct {
	name   string
	format int16
	oids   []uint32
	encode func(p *pgParameter) ([]byte, error)
}

// pgEncodings are those of the cases pgBoolean … pgIntervalCase.
var pgEncodings = [...]pgEncoding{
	pgBoolean: {"boolean", binaryFormat, oids(pgtype.BoolOID), func(p *pgParameter) ([]byte, error) {
		if p.Boolean {
			return []byte{1}, nil
		}
		return []byte{0}, nil
	}},
	pgInt8: {"int8", binaryFormat, oids(pgtype.QCharOID), func(p *pgParameter) ([]byte, error) {
		return []byte{byte(p.Int8)}, nil
	}},
	pgInt16: {"int16", binaryFormat, oids(pgtype.Int2OID), func(p *pgParameter) ([]byte, error) {
		return binary.BigEndian.AppendUint16(nil, uint16(p.Int16)), nil
	}},
	pgInt32: {"int32", binaryFormat, oids(pgtype.Int4OID), func(p *pgParameter) ([]byte, error) {
		return binary.BigEndian.AppendUint32(nil, uint32(p.Int32)), nil
	}},
	pgInt64: {"int64", binaryFormat, oids(pgtype.Int8OID), func(p *pgParameter) ([]byte, error) {
		return binary.BigEndian.AppendUint64(nil, uint64(p.Int64)), nil
	}},
	pgFloating32: {"floating32", binaryFormat, oids(pgtype.Float4OID), func(p *pgParameter) ([]byte, error) {
		return binary.BigEndian.AppendUint32(nil, math.Float32bits(p.Floating32)), nil
	}},
	pgFloating64: {"floating64", binaryFormat, oids(pgtype.Float8OID), func(p *pgParameter) ([]byte, error) {
		return binary.BigEndian.AppendUint64(nil, math.Float64bits(p.Floating64)), nil
	}},
	pgStr: {
		"str", textFormat, oids(pgtype.TextOID, pgtype.VarcharOID, pgtype.BPCharOID, pgtype.NameOID, pgtype.UnknownOID),
		func(p *pgParameter) ([]byte, error) { return []byte(p.Str), nil },
	},
	pgBinary: {"binary", binaryFormat, oids(pgtype.ByteaOID), func(p *pgParameter) ([]byte, error) {
		return append([]byte{}, p.Binary...), nil
	}},
	pgDateCase: {"date", binaryFormat, oids(pgtype.DateOID), func(p *pgParameter) ([]byte, error) {
		return encodeDate(p.Date)
	}},
	pgTimeCase: {"time", binaryFormat, oids(pgtype.TimeOID), func(p *pgParameter) ([]byte, error) {
		return encodeTime(p.Time)
	}},
	pgDatetimeCase: {"datetime", binaryFormat, oids(pgtype.TimestampOID), func(p *pgParameter) ([]byte, error) {
		return encodeDatetime(p.Datetime)
	}},
	pgTimestamp: {"timestamp", binaryFormat, oids(pgtype.TimestamptzOID), func(p *pgParameter) ([]byte, error) {
		return encodeSeconds(p.Timestamp, 0)
	}},
	pgUUID: {"uuid", binaryFormat, oids(pgtype.UUIDOID), func(p *pgParameter) ([]byte, error) {
		var id pgtype.UUID
		if err := id.Scan(p.UUID); err != nil {
			return nil, fmt.Errorf("invalid UUID %s", p.UUID)
		}
		return id.Bytes[:], nil
	}},
	pgJsonb: {"jsonb", textFormat, oids(pgtype.JSONBOID, pgtype.JSONOID), func(p *pgParameter) ([]byte, error) {
		if !json.Valid(p.Jsonb) {
			return nil, fmt.Errorf("invalid JSON %s", strings.ToValidUTF8(string(p.Jsonb), "\uFFFD"))
		}
		return p.Jsonb, nil
	}},
	pgDecimal: {"decimal", textFormat, oids(pgtype.NumericOID), func(p *pgParameter) ([]byte, error) {
		s, err := decimalText(p.Decimal)
		return []byte(s), err
	}},
	pgRangeInt32: {"range-int32", textFormat, oids(pgtype.Int4rangeOID), func(p *pgParameter) ([]byte, error) {
		return encodeRange(p.RangeInt32, func(n int32) (string, error) { return strconv.FormatInt(int64(n), 10), nil })
	}},
	pgRangeInt64: {"range-int64", textFormat, oids(pgtype.Int8rangeOID), func(p *pgParameter) ([]byte, error) {
		return encodeRange(p.RangeInt64, func(n int64) (string, error) { return strconv.FormatInt(n, 10), nil })
	}},
	pgRangeDecimal: {"range-decimal", textFormat, oids(pgtype.NumrangeOID), func(p *pgParameter) ([]byte, error) {
		return encodeRange(p.RangeDecimal, decimalText)
	}},
	pgArrayInt32: {"array-int32", textFormat, oids(pgtype.Int4ArrayOID), func(p *pgParameter) ([]byte, error) {
		return encodeArray(p.ArrayInt32, func(n int32) (string, error) { return strconv.FormatInt(int64(n), 10), nil })
	}},
	pgArrayInt64: {"array-int64", textFormat, oids(pgtype.Int8ArrayOID), func(p *pgParameter) ([]byte, error) {
		return encodeArray(p.ArrayInt64, func(n int64) (string, error) { return strconv.FormatInt(n, 10), nil })
	}},
	pgArrayDecimal: {"array-decimal", textFormat, oids(pgtype.NumericArrayOID), func(p *pgParameter) ([]byte, error) {
		return encodeArray(p.ArrayDecimal, decimalText)
	}},
	pgArrayStr: {
		"array-str", textFormat, oids(pgtype.TextArrayOID, pgtype.VarcharArrayOID, pgtype.BPCharArrayOID, pgtype.NameArrayOID),
		func(p *pgParameter) ([]byte, error) {
			return encodeArray(p.ArrayStr, func(s string) (string, error) { return quoteElement(s), nil })
		},
	},
	pgIntervalCase: {"interval", binaryFormat, oids(pgtype.IntervalOID), func(p *pgParameter) ([]byte, error) {
		b := binary.BigEndian.AppendUint64(nil, uint64(p.Interval.Micros))
		b = binary.BigEndian.AppendUint32(b, uint32(p.Interval.Days))
		return binary.BigEndian.AppendUint32(b, uint32(p.Interval.Months)), nil
	}},
}

func oids(list ...uint32) []uint32 { return list }

// textTypes are the types of extensions that a str is sent as.
var textTypes = []string{"citext", "ltree", "lquery", "ltxtquery"}

// errType is the error of a parameter that is not of the type that the statement
// has there.
var errType = errors.New("types differ")

// encode is the parameter as PostgreSQL takes it for a type, and in which format;
// nil is NULL. name gives the type's name when it is asked for.
func (p *pgParameter) encode(oid uint32, name func() (string, error)) (raw []byte, format int16, err error) {
	if p.Case >= pgNull {
		return nil, binaryFormat, nil
	}
	e := pgEncodings[p.Case]
	if !slices.Contains(e.oids, oid) {
		text, err := name()
		if err != nil {
			return nil, 0, err
		}
		if p.Case != pgStr || !slices.Contains(textTypes, text) {
			return nil, 0, fmt.Errorf("%w: cannot convert between the type %s and the Postgres type `%s`", errType, e.name, text)
		}
	}
	raw, err = e.encode(p)
	return raw, e.format, err
}

// date is a date as time, if there is such a date.
func date(year int32, month, day uint8) (time.Time, error) {
	t := time.Date(int(year), time.Month(month), int(day), 0, 0, 0, 0, time.UTC)
	if t.Month() != time.Month(month) || t.Day() != int(day) || t.Year() != int(year) {
		return t, fmt.Errorf("invalid date y=%d, m=%d, d=%d", year, month, day)
	}
	return t, nil
}

func encodeDate(d pgDate) ([]byte, error) {
	t, err := date(d.Year, d.Month, d.Day)
	if err != nil {
		return nil, err
	}
	days := (t.Unix() - postgresEpoch.Unix()) / secondsPerDay
	if days >= math.MaxInt32 || days <= math.MinInt32 {
		return nil, fmt.Errorf("date out of range: year %d", d.Year)
	}
	return binary.BigEndian.AppendUint32(nil, uint32(days)), nil
}

// micros is a time of day in microseconds.
func (t pgTime) micros() (int64, error) {
	if t.Hour > 23 || t.Minute > 59 || t.Second > 59 || t.Nanosecond >= 1_000_000_000 {
		return 0, fmt.Errorf("invalid time %d:%d:%d:%d", t.Hour, t.Minute, t.Second, t.Nanosecond)
	}
	seconds := int64(t.Hour)*3600 + int64(t.Minute)*60 + int64(t.Second)
	return seconds*microsPerSecond + int64(t.Nanosecond/1000), nil
}

func encodeTime(t pgTime) ([]byte, error) {
	micros, err := t.micros()
	return binary.BigEndian.AppendUint64(nil, uint64(micros)), err
}

func encodeDatetime(d pgDatetime) ([]byte, error) {
	day, err := date(d.Year, d.Month, d.Day)
	if err != nil {
		return nil, err
	}
	micros, err := pgTime{d.Hour, d.Minute, d.Second, d.Nanosecond}.micros()
	if err != nil {
		return nil, err
	}
	return encodeSeconds(day.Unix(), micros)
}

// encodeSeconds is a timestamp: seconds since 1970, and microseconds after that.
func encodeSeconds(seconds, micros int64) ([]byte, error) {
	const most = math.MaxInt64/microsPerSecond - 2*secondsPerDay
	if seconds -= postgresEpoch.Unix(); seconds > most || seconds < -most {
		return nil, errors.New("timestamp out of range")
	}
	return binary.BigEndian.AppendUint64(nil, uint64(seconds*microsPerSecond+micros)), nil
}

var decimalPattern = regexp.MustCompile(`^[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)$`)

// decimalText is a decimal number if it is one.
func decimalText(s string) (string, error) {
	if !decimalPattern.MatchString(s) {
		return "", fmt.Errorf("invalid decimal %s", s)
	}
	return s, nil
}

// encodeRange writes a range as text; one whose bounds are the wrong way round is
// empty.
func encodeRange[T any](r pgRange[T], text func(T) (string, error)) ([]byte, error) {
	var lower, upper string
	var err error
	if r.Lower.Some {
		lower, err = text(r.Lower.Value.Value)
	}
	if err == nil && r.Upper.Some {
		upper, err = text(r.Upper.Value.Value)
	}
	if err != nil {
		return nil, err
	}
	if r.Lower.Some && r.Upper.Some && compareDecimals(lower, upper) > 0 {
		return []byte("empty"), nil
	}
	open, closing := "[", ")"
	if r.Lower.Value.Kind == pgExclusive {
		open = "("
	}
	if r.Upper.Some && r.Upper.Value.Kind == pgInclusive {
		closing = "]"
	}
	return []byte(open + lower + "," + upper + closing), nil
}

func compareDecimals(a, b string) int {
	x, okX := new(big.Rat).SetString(a)
	y, okY := new(big.Rat).SetString(b)
	if !okX || !okY {
		return 0
	}
	return x.Cmp(y)
}

// encodeArray writes an array as text.
func encodeArray[T any](list []bind.Option[T], text func(T) (string, error)) ([]byte, error) {
	out := []byte{'{'}
	for i, v := range list {
		if i > 0 {
			out = append(out, ',')
		}
		s := "NULL"
		if v.Some {
			var err error
			if s, err = text(v.Value); err != nil {
				return nil, err
			}
		}
		out = append(out, s...)
	}
	return append(out, '}'), nil
}

var elementQuoter = strings.NewReplacer(`\`, `\\`, `"`, `\"`)

func quoteElement(s string) string { return `"` + elementQuoter.Replace(s) + `"` }
