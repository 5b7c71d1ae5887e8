"""Answers with rows of the default SQLite database, from a table `todos` made beforehand."""

from spin_sdk import http
from spin_sdk.http import Request, Response

# The module spin_sdk.sqlite of 3.4.1 cannot be imported: it asks for these as `sqlite`.
from spin_sdk.wit.imports.fermyon_spin_sqlite import Connection, Value_Integer


class IncomingHandler(http.IncomingHandler):
    def handle_request(self, request: Request) -> Response:
        with Connection.open("default") as db:
            rows = db.execute("SELECT * FROM todos WHERE id > (?);", [Value_Integer(1)]).rows
        return Response(200, {"content-type": "text/plain"}, str(rows).encode())
