"""Answers with the PostgreSQL table `test`. POSTGRES_ADDRESS moves the server."""

import os

from spin_sdk import http, postgres
from spin_sdk.http import Request, Response

ADDRESS = "user=postgres dbname=spin_dev host=127.0.0.1"


def table(columns, rows) -> str:
    """The rows under a ruled line of column names."""
    head = " | ".join(column.name for column in columns)
    lines = [" | ".join(str(getattr(value, "value", "NULL")) for value in row) for row in rows]
    return "\n".join([head, "-" * len(head), *lines])


class IncomingHandler(http.IncomingHandler):
    def handle_request(self, request: Request) -> Response:
        with postgres.open(os.environ.get("POSTGRES_ADDRESS", ADDRESS)) as db:
            found = db.query("SELECT * FROM test", [])
            body = table(found.columns, found.rows)
        return Response(200, {"content-type": "text/plain"}, body.encode())
