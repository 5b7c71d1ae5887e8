"""Prints the value of the Redis key `test`. REDIS_ADDRESS moves the server."""

import os

from spin_sdk import http, redis
from spin_sdk.http import Request, Response


class IncomingHandler(http.IncomingHandler):
    def handle_request(self, request: Request) -> Response:
        with redis.open(os.environ.get("REDIS_ADDRESS", "redis://localhost:6379")) as db:
            print(db.get("test"))
        return Response(200, {"content-type": "text/plain"}, b"Hello from Python!")
