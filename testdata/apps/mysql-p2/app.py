"""Prints the rows of the MySQL table `test`. MYSQL_ADDRESS moves the server."""

import os

from spin_sdk import http, mysql
from spin_sdk.http import Request, Response


class IncomingHandler(http.IncomingHandler):
    def handle_request(self, request: Request) -> Response:
        with mysql.open(os.environ.get("MYSQL_ADDRESS", "mysql://root:@127.0.0.1/spin_dev")) as db:
            print(db.query("SELECT * FROM test", []))
        return Response(200, {"content-type": "text/plain"}, b"Hello from Python!")
