"""Uses key-value stores and SQLite in the ways that are particular to async: the path says how."""

import asyncio

from componentize_py_types import Err
from spin_sdk import http, key_value
from spin_sdk.http import Request, Response
from spin_sdk.sqlite import Connection
from spin_sdk.util import collect

COUNT = (
    "WITH RECURSIVE c(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM c WHERE n < 1000)"
    " SELECT n, 'row ' || n AS text FROM c"
)


def total(rows) -> str:
    """How many rows there are, and the sum of their numbers."""
    return f"{len(rows)} rows, {sum(row.values[0].value for row in rows)}"


async def many_rows() -> str:
    with await Connection.open_default() as db:
        columns, rows, result = await db.execute(COUNT, [])
        return f"{columns} {total(await collect((rows, result)))}"


async def connection_first() -> str:
    """Reads the rows when the connection is gone."""
    with await Connection.open_default() as db:
        _, rows, result = await db.execute(COUNT, [])
    return total(await collect((rows, result)))


async def rows_dropped() -> str:
    """Reads only some rows, and asks how it ended."""
    with await Connection.open_default() as db:
        _, rows, result = await db.execute(COUNT, [])
        with rows:
            some = await rows.read(3)
        with result:
            end = await result.read()
        _, again, result = await db.execute(COUNT, [])
        return f"{len(some)} {end.value.value}; {total(await collect((again, result)))}"


async def side_by_side() -> str:
    """Reads the rows of two statements of one connection in turns."""
    with await Connection.open_default() as db:
        queries = [await db.execute(COUNT, []), await db.execute(COUNT, [])]
        results = await asyncio.gather(*(collect((q[1], q[2])) for q in queries))
        return "; ".join(total(rows) for rows in results)


async def bad_statement() -> str:
    with await Connection.open_default() as db:
        columns, rows, result = await db.execute("SELEC 1", [])
        try:
            await collect((rows, result))
        except Err as e:
            return f"{columns} {e.value.value}"
    return "no error"


async def counters() -> str:
    with await Connection.open_default() as db:
        for statement in ("CREATE TABLE IF NOT EXISTS t(a)", "DELETE FROM t", "INSERT INTO t VALUES (1), (2), (3)"):
            _, rows, result = await db.execute(statement, [])
            await collect((rows, result))
        return f"{await db.changes()} changes, row {await db.last_insert_rowid()}"


async def many_keys() -> str:
    """Sets keys all at once, and lists them."""
    with await key_value.open_default() as store:
        names = [f"key {n:03}" for n in range(300)]
        await asyncio.gather(*(store.set(name, name.encode()) for name in names))
        keys = await collect(await store.get_keys())
        values = await asyncio.gather(*(store.get(key) for key in names))
        return f"{sorted(keys) == names} {[v.decode() for v in values] == names}"


async def keys_dropped() -> str:
    with await key_value.open_default() as store:
        await asyncio.gather(*(store.set(f"key {n:03}", b"") for n in range(300)))
        keys, end = await store.get_keys()
        with keys:
            some = await keys.read(2)
        with end:
            return f"{some} {type(await end.read()).__name__}"


CASES = {
    f.__name__: f
    for f in (
        many_rows, connection_first, rows_dropped, side_by_side, bad_statement, counters, many_keys, keys_dropped,
    )
}


class HttpHandler(http.Handler):
    async def handle_request(self, request: Request) -> Response:
        case = CASES[request.uri.rsplit("/", 1)[-1]]
        return Response(200, {"content-type": "text/plain"}, (await case()).encode())
