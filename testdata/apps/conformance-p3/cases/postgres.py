"""Values of every type of PostgreSQL that spin:postgres@4.2.0 has, there and back."""

import json
import struct
from decimal import Decimal

from spin_sdk.postgres import Connection
from spin_sdk.util import collect
from spin_sdk.wit.imports import spin_postgres_postgres_4_2_0 as pg
from spin_sdk.wit.imports.spin_postgres_postgres_4_2_0 import RangeBoundKind

from cases import header, same

INCLUSIVE, EXCLUSIVE = RangeBoundKind.INCLUSIVE, RangeBoundKind.EXCLUSIVE
MICROSECONDS = 1_000_000

# For each table its columns and their types, the values of the row that is there (id 1), those
# that are inserted (id 2), and what is read of these where that is not the same.
TABLES = {
    "numbers": (
        {
            "rsmallint": "Int16",
            "rint2": "Int16",
            "rint": "Int32",
            "rint4": "Int32",
            "rbigint": "Int64",
            "rint8": "Int64",
            "rreal": "Floating32",
            "rdouble": "Floating64",
            "rnumeric": "Decimal",
        },
        [1, 2, 3, 4, 5, 6, 7.8, 9.1, "0.123456789"],
        [13, 14, 15, 16, 17, 18, 19.2, 20.3, "123456789.123456789"],
        {},
    ),
    "serials": (
        {"rsmallserial": "Int16", "rserial": "Int32", "rbigserial": "Int64"},
        [1, 1, 1],
        [7, 8, 9],
        {},
    ),
    "flags": ({"rbool": "Boolean", "rblob": "Binary"}, [True, b"abcdef"], [False, b"\x00\xff"], {}),
    "texts": (
        {"rvarchar": "Str", "rtext": "Str", "rchar": "Str"},
        ["rvarchar", "rtext", "rchar     "],
        ["varchar2", "text2", "char2"],
        {"rchar": "char2     "},
    ),
    "times": (
        {"rdate": "Date", "rtime": "Time", "rtimestamp": "Datetime", "rinterval": "Interval"},
        [
            (2525, 12, 25),
            (4, 5, 6, 789_000_000),
            (1989, 11, 24, 1, 2, 3, 0),
            pg.Interval(micros=(4 * 3600 + 5 * 60) * MICROSECONDS + 6_700_000, days=3, months=14),
        ],
        [
            (1901, 1, 2),
            (14, 15, 16, 17_000_000),
            (1999, 7, 12, 4, 3, 2, 1_000_000),
            pg.Interval(micros=123456, days=10, months=200),
        ],
        {},
    ),
    "documents": (
        {"j": "Jsonb"},
        [b'{"s": "hello", "n": 123, "b": true, "x": null}'],
        [b'{ "s": "world", "n": 234, "b": false, "x": null }'],
        {},
    ),
    "ids": (
        {"u": "Uuid"},
        ["12345678-1234-1234-1234-123456789abc"],
        ["fedcba98-fedc-fedc-fedc-fedcba987654"],
        {},
    ),
    "nullable": ({"rvarchar": "Str"}, [None], [None], {}),
    "ranges": (
        {"r4": "RangeInt32", "r8": "RangeInt64", "rnum": "RangeDecimal"},
        [
            ((2, INCLUSIVE), (41, EXCLUSIVE)),
            ((123456789012, INCLUSIVE), (234567890123, EXCLUSIVE)),
            (None, ("100", EXCLUSIVE)),
        ],
        [
            ((30, EXCLUSIVE), (12341234, EXCLUSIVE)),
            ((123123123123, INCLUSIVE), None),
            (("1234.56", EXCLUSIVE), ("456789012345.789123", INCLUSIVE)),
        ],
        # PostgreSQL writes ranges of whole numbers in one form.
        {"r4": ((31, INCLUSIVE), (12341234, EXCLUSIVE))},
    ),
    "arrays": (
        {"i4": "ArrayInt32", "i8": "ArrayInt64", "num": "ArrayDecimal", "str": "ArrayStr"},
        [[1, 2, 3], [101, 102, 103, 104], ["1.234", "2.345"], ["hello", "mum"]],
        [
            [1, 123, None, 384753],
            list(range(40_000_000_000_000, 40_000_000_001_000)),
            ["100", "200.123456789"],
            ["alice", None, "carol"],
        ],
        {},
    ),
}


def comparable(kind: str, value):
    """A value in the form in which equal ones are equal."""
    match kind:
        case "Floating32":
            return struct.pack("f", value)
        case "Decimal":
            return Decimal(value)
        case "Jsonb":
            return json.loads(value)
        case "RangeInt32" | "RangeInt64" | "RangeDecimal":
            return tuple(value)
    return value


def check(table: str, columns: dict[str, str], row, want) -> None:
    for (name, kind), value, wanted in zip(columns.items(), row, want, strict=True):
        where = f"{table}.{name}"
        if wanted is None:
            same(where, value, pg.DbValue_DbNull())
            continue
        same(f"the type of {where}", type(value).__name__, f"DbValue_{kind}")
        same(where, comparable(kind, value.value), comparable(kind, wanted))


def parameter(kind: str, value):
    if value is None:
        return pg.ParameterValue_DbNull()
    return getattr(pg, f"ParameterValue_{kind}")(value)


async def query(db: Connection, statement: str, *parameters):
    """The columns and all rows of one statement."""
    columns, rows, result = await db.query(statement, list(parameters))
    return columns, await collect((rows, result))


async def there_and_back(db: Connection, table: str) -> None:
    columns, present, new, changed = TABLES[table]
    names = ", ".join(columns)
    places = ", ".join(f"${n}" for n in range(1, len(columns) + 1))
    parameters = [parameter(kind, v) for kind, v in zip(columns.values(), new, strict=True)]
    await db.execute(f"DELETE FROM {table} WHERE id = 2", [])
    insert = f"INSERT INTO {table} (id, {names}) VALUES (2, {places})"
    same(f"the rows inserted into {table}", await db.execute(insert, parameters), 1)
    found, rows = await query(db, f"SELECT {names} FROM {table} ORDER BY id")
    same(f"the columns of {table}", [column.name for column in found], list(columns))
    same(f"the number of rows in {table}", len(rows), 2)
    check(table, columns, rows[0], present)
    check(table, columns, rows[1], [changed.get(n, v) for n, v in zip(columns, new)])


async def ids(db: Connection, condition: str, value: int) -> list:
    statement = f"SELECT id FROM {condition} ORDER BY id"
    return (await query(db, statement, pg.ParameterValue_Int32(value)))[1]


async def postgres(request) -> None:
    """Expects the tables of the suite's postgres.sql."""
    db = await Connection.open(header(request, "pg-connection-string"))
    for table in TABLES:
        await there_and_back(db, table)
    one, two = [pg.DbValue_Int32(1)], [pg.DbValue_Int32(2)]
    same("the ranges with 30", await ids(db, "ranges WHERE $1::int4 <@ r4", 30), [one])
    same("the ranges with 40", await ids(db, "ranges WHERE $1::int4 <@ r4", 40), [one, two])
    position = "arrays WHERE array_position(i4, $1) IS NOT NULL"
    same("the arrays with 1", await ids(db, position, 1), [one, two])
    same("the arrays with 2", await ids(db, position, 2), [one])
    session = [(await query(db, "SELECT pg_backend_pid()"))[1] for _ in range(2)]
    same("the session of the second query", session[1], session[0])
