"""Prints the rows of the MySQL table `test`. MYSQL_ADDRESS moves the server."""

import os

from spin_sdk import http, mysql, util
from spin_sdk.http import Request, Response


class HttpHandler(http.Handler):
    async def handle_request(self, request: Request) -> Response:
        address = os.environ.get("MYSQL_ADDRESS", "mysql://root:@127.0.0.1/spin_dev")
        with await mysql.open(address) as db:
            columns, rows, result = await db.query("SELECT * FROM test", [])
            print(columns, await util.collect((rows, result)))
        return Response(200, {"content-type": "text/plain"}, b"Hello from Python!")
