"""Answers with the PostgreSQL table `test`. POSTGRES_ADDRESS moves the server."""

import os

from spin_sdk import http, postgres, util
from spin_sdk.http import Request, Response

ADDRESS = "user=postgres dbname=spin_dev host=localhost sslmode=disable password=password"


def table(columns, rows) -> str:
    """The rows under a ruled line of column names."""
    head = " | ".join(column.name for column in columns)
    lines = [" | ".join(str(getattr(value, "value", "NULL")) for value in row) for row in rows]
    return "\n".join([head, "-" * len(head), *lines])


class HttpHandler(http.Handler):
    async def handle_request(self, request: Request) -> Response:
        with await postgres.Connection.open(os.environ.get("POSTGRES_ADDRESS", ADDRESS)) as db:
            columns, rows, result = await db.query("SELECT * FROM test", [])
            body = table(columns, await util.collect((rows, result)))
        return Response(200, {"content-type": "text/plain"}, body.encode())
