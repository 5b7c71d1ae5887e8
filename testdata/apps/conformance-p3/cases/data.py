"""Variables and the stores that the host keeps."""

import json

from spin_sdk import key_value
from spin_sdk.sqlite import Connection, Value_Text
from spin_sdk.util import collect
from spin_sdk.wit.imports import spin_key_value_key_value_3_0_0 as kv
from spin_sdk.wit.imports import spin_sqlite_sqlite_3_1_0 as sqlite_3
from spin_sdk.wit.imports import spin_variables_variables_3_0_0 as config
from spin_sdk.wit.imports import wasi_keyvalue_atomics_0_2_0_draft2 as atomics
from spin_sdk.wit.imports import wasi_keyvalue_store_0_2_0_draft2 as wasi_store
from spin_sdk.wit.imports.wasi_http_types_0_3_0 import Method_Post

from cases import Reply, fails, same


async def all_keys(store) -> list[str]:
    return sorted(await collect(await store.get_keys()))


async def keys(request) -> None:
    """Grants: the store `default`, which is empty."""
    await fails("a forbidden store", kv.Error_AccessDenied, key_value.open("forbidden"))
    store = await key_value.open_default()
    await store.delete("bar")
    same("whether bar exists at first", await store.exists("bar"), False)
    same("bar at first", await store.get("bar"), None)
    same("the keys at first", await all_keys(store), [])
    for value in (b"baz", b"wow"):
        await store.set("bar", value)
        same("whether bar exists", await store.exists("bar"), True)
        same("bar", await store.get("bar"), value)
        same("the keys", await all_keys(store), ["bar"])
    await store.set("qux", b"yay")
    same("two keys", await all_keys(store), ["bar", "qux"])
    for key in ("bar", "bar", "qux"):
        await store.delete(key)
    same("whether bar exists at last", await store.exists("bar"), False)
    same("qux at last", await store.get("qux"), None)
    same("the keys at last", await all_keys(store), [])


async def run(db: Connection, statement: str, *parameters):
    """The columns and all rows of one statement, or its error."""
    columns, rows, result = await db.execute(statement, list(parameters))
    return columns, [row.values for row in await collect((rows, result))]


async def sqlite(request) -> None:
    """Grants: the database `default`, which is empty."""
    denied = sqlite_3.Error_AccessDenied
    await fails("a forbidden database", denied, Connection.open("forbidden"))
    db = await Connection.open_default()
    await run(db, "CREATE TABLE IF NOT EXISTS pairs (key TEXT NOT NULL, value TEXT NOT NULL)")
    await run(db, "INSERT INTO pairs (key, value) VALUES ('my_key', 'my_value')")
    columns, rows = await run(db, "SELECT * FROM pairs WHERE key = ?", Value_Text("my_key"))
    found = [dict(zip(columns, row, strict=True)) for row in rows]
    same("the rows", found, [{"key": Value_Text("my_key"), "value": Value_Text("my_value")}])
    await fails("no table", sqlite_3.Error_Io, run(db, "SELECT * FROM missing"))


async def variables(request) -> None:
    """Grants: the variable `variable` with the value `value`."""
    same("the variable", await config.get("variable"), "value")
    await fails("an unknown name", config.Error_Undefined, config.get("non_existent"))
    for name in ("invalid-name", "invalid!name", "4invalidname"):
        await fails(name, config.Error_InvalidName, config.get(name))


async def count(request) -> Reply:
    """Not a case but for tests of load: POST /STORE/KEY stores a new key, GET /STORE lists all.

    In the key-value store a counter goes up with each key; the answer to POST is its value.
    """
    store, _, key = request.get_path_with_query().removeprefix("/").partition("/")
    post = isinstance(request.get_method(), Method_Post)
    answer = await {"kv": count_keys, "sqlite": count_rows}[store](key if post else None)
    return Reply(body=json.dumps(answer).encode())


async def count_keys(new: str | None):
    store = await key_value.open_default()
    bucket = wasi_store.open("default")
    if new is not None:
        await store.set(new, new.encode())
        return atomics.increment(bucket, "counter", 1)
    stored = set(await all_keys(store)) - {"counter"}
    return {
        "keys": sorted(stored),
        "counter": atomics.increment(bucket, "counter", 0),
        "broken": [key for key in stored if bucket.get(key) != key.encode()],
    }


async def count_rows(new: str | None):
    db = await Connection.open_default()
    if new is not None:
        await run(db, "INSERT INTO pairs (key, value) VALUES (?1, ?1)", Value_Text(new))
        return 0
    _, found = await run(db, "SELECT key, value FROM pairs")
    rows = [[value.value for value in row] for row in found]
    _, [[check]] = await run(db, "PRAGMA integrity_check")
    return {
        "keys": [key for key, _ in rows],
        "counter": len(rows),
        "broken": [key for key, value in rows if key != value]
        + ([] if check.value == "ok" else [check.value]),
    }
