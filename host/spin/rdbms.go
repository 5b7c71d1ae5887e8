package spin

import (
	"errors"
	"unsafe"
)

// dbError is the variant error of fermyon:spin/rdbms-types, and of the interfaces
// of PostgreSQL before version 4 and of MySQL.
type dbError struct {
	Case                                                                      uint8 // one of dbConnectionFailed … dbOther
	ConnectionFailed, BadParameter, QueryFailed, ValueConversionFailed, Other string
}

const (
	dbConnectionFailed = iota
	dbBadParameter
	dbQueryFailed
	dbValueConversionFailed
	dbOther
)

// dbFailure is an error of which it is known which case it is. Others are
// dbQueryFailed.
type dbFailure struct {
	kind uint8
	err  error
}

func (f *dbFailure) Error() string { return f.err.Error() }

func (f *dbFailure) Unwrap() error { return f.err }

// failure makes a case of an error; nil stays nil.
func failure(kind uint8, err error) error {
	if err == nil {
		return nil
	}
	return &dbFailure{kind, err}
}

// failureKind is the case of an error.
func failureKind(err error) uint8 {
	if f, ok := errors.AsType[*dbFailure](err); ok {
		return f.kind
	}
	return dbQueryFailed
}

func dbErrorOf(err error) dbError {
	e := dbError{Case: failureKind(err)}
	*[]*string{&e.ConnectionFailed, &e.BadParameter, &e.QueryFailed, &e.ValueConversionFailed, &e.Other}[e.Case] = err.Error()
	return e
}

// dbValue is the variants db-value and parameter-value of fermyon:spin/rdbms-types
// and spin:mysql.
type dbValue struct {
	Case       uint8 // one of dbBoolean … dbUnsupported
	Boolean    bool
	Int8       int8
	Int16      int16
	Int32      int32
	Int64      int64
	Uint8      uint8
	Uint16     uint16
	Uint32     uint32
	Uint64     uint64
	Floating32 float32
	Floating64 float64
	Str        string
	Binary     []byte
}

// The cases of dbValue, which are those of db-data-type as well, except for the
// last ones.
const (
	dbBoolean = iota
	dbInt8
	dbInt16
	dbInt32
	dbInt64
	dbUint8
	dbUint16
	dbUint32
	dbUint64
	dbFloating32
	dbFloating64
	dbStr
	dbBinary
	dbNull
	dbUnsupported

	dbOtherType = dbNull // of db-data-type
)

// size is about what a value takes in memory.
func (v *dbValue) size() int { return int(unsafe.Sizeof(*v)) + len(v.Str) + len(v.Binary) }

// dbColumn is the record column.
type dbColumn struct {
	Name     string
	DataType uint8
}

// dbRowSet is the record row-set.
type dbRowSet struct {
	Columns []dbColumn
	Rows    [][]dbValue
}
