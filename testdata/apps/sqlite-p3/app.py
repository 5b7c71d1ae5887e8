"""Answers with rows of the default SQLite database, after making and filling its table."""

from spin_sdk import http
from spin_sdk.http import Request, Response
from spin_sdk.sqlite import Connection, Value_Integer, Value_Text
from spin_sdk.util import collect

CREATE = "CREATE TABLE IF NOT EXISTS example (id INTEGER NOT NULL PRIMARY KEY, value TEXT NOT NULL)"
INSERT = (
    "INSERT INTO example (id, value) VALUES (?, ?)"
    " ON CONFLICT (id) DO UPDATE SET value=excluded.value"
)
SELECT = "SELECT * FROM example WHERE id > (?);"


async def run(db: Connection, statement: str, *params):
    """The columns and all rows of one statement."""
    columns, rows, result = await db.execute(statement, list(params))
    return columns, await collect((rows, result))


class HttpHandler(http.Handler):
    async def handle_request(self, request: Request) -> Response:
        with await Connection.open_default() as db:
            await run(db, CREATE)
            await run(db, INSERT, Value_Integer(1), Value_Text("foo"))
            await run(db, INSERT, Value_Integer(2), Value_Text("bar"))
            columns, rows = await run(db, SELECT, Value_Integer(1))
        assert columns == ["id", "value"]
        assert rows[0].values == [Value_Integer(2), Value_Text("bar")]
        return Response(200, {"content-type": "text/plain"}, str(rows).encode())
