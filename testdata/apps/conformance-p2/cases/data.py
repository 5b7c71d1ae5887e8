"""Variables and the stores that the host keeps."""

import json

from spin_sdk.wit.imports import atomics, fermyon_spin_sqlite, key_value, wasi_keyvalue_store
from spin_sdk.wit.imports import variables as config
from spin_sdk.wit.imports.fermyon_spin_sqlite import Value_Text
from spin_sdk.wit.imports.types import Method_Post

from cases import Reply, fails, same


def keys(request) -> None:
    """Grants: the store `default`, which is empty."""
    fails("a forbidden store", key_value.Error_AccessDenied, key_value.Store.open, "forbidden")
    store = key_value.Store.open("default")
    store.delete("bar")
    same("whether bar exists at first", store.exists("bar"), False)
    same("bar at first", store.get("bar"), None)
    same("the keys at first", sorted(store.get_keys()), [])
    for value in (b"baz", b"wow"):
        store.set("bar", value)
        same("whether bar exists", store.exists("bar"), True)
        same("bar", store.get("bar"), value)
        same("the keys", sorted(store.get_keys()), ["bar"])
    store.set("qux", b"yay")
    same("two keys", sorted(store.get_keys()), ["bar", "qux"])
    for key in ("bar", "bar", "qux"):
        store.delete(key)
    same("whether bar exists at last", store.exists("bar"), False)
    same("qux at last", store.get("qux"), None)
    same("the keys at last", sorted(store.get_keys()), [])


def sqlite(request) -> None:
    """Grants: the database `default`, which is empty."""
    connect = fermyon_spin_sqlite.Connection.open
    fails("a forbidden database", fermyon_spin_sqlite.Error_AccessDenied, connect, "forbidden")
    db = connect("default")
    db.execute("CREATE TABLE IF NOT EXISTS pairs (key TEXT NOT NULL, value TEXT NOT NULL)", [])
    db.execute("INSERT INTO pairs (key, value) VALUES ('my_key', 'my_value')", [])
    found = db.execute("SELECT * FROM pairs WHERE key = ?", [Value_Text("my_key")])
    rows = [dict(zip(found.columns, row.values, strict=True)) for row in found.rows]
    same("the rows", rows, [{"key": Value_Text("my_key"), "value": Value_Text("my_value")}])


def variables(request) -> None:
    """Grants: the variable `variable` with the value `value`."""
    same("the variable", config.get("variable"), "value")
    fails("an unknown name", config.Error_Undefined, config.get, "non_existent")
    for name in ("invalid-name", "invalid!name", "4invalidname"):
        fails(name, config.Error_InvalidName, config.get, name)


def count(request) -> Reply:
    """Not a case but for tests of load: POST /STORE/KEY stores a new key, GET /STORE lists all.

    In the key-value store a counter goes up with each key; the answer to POST is its value.
    """
    store, _, key = request.path_with_query().removeprefix("/").partition("/")
    post = isinstance(request.method(), Method_Post)
    answer = {"kv": count_keys, "sqlite": count_rows}[store](key if post else None)
    return Reply(body=json.dumps(answer).encode())


def count_keys(new: str | None):
    bucket = wasi_keyvalue_store.open("default")
    if new is not None:
        bucket.set(new, new.encode())
        return atomics.increment(bucket, "counter", 1)
    stored = set(bucket.list_keys(None).keys) - {"counter"}
    return {
        "keys": sorted(stored),
        "counter": atomics.increment(bucket, "counter", 0),
        "broken": [key for key in stored if bucket.get(key) != key.encode()],
    }


def count_rows(new: str | None):
    db = fermyon_spin_sqlite.Connection.open("default")
    if new is not None:
        db.execute("INSERT INTO pairs (key, value) VALUES (?1, ?1)", [Value_Text(new)])
        return 0
    found = db.execute("SELECT key, value FROM pairs", []).rows
    rows = [[value.value for value in row.values] for row in found]
    check = db.execute("PRAGMA integrity_check", []).rows[0].values[0].value
    return {
        "keys": [key for key, _ in rows],
        "counter": len(rows),
        "broken": [key for key, value in rows if key != value] + ([] if check == "ok" else [check]),
    }
