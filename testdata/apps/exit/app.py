"""Ends the process, which ends the instance: the request is answered 500."""

import os
import sys

from spin_sdk import http
from spin_sdk.http import Request, Response


def check(token: str | None) -> None:
    if token is None:
        sys.exit("no token")  # want: exit


def leave() -> None:
    os._exit(0)  # want: exit


def crash() -> None:
    os.abort()  # want: exit (unreached)


class IncomingHandler(http.IncomingHandler):
    def handle_request(self, request: Request) -> Response:
        check(request.headers.get("authorization"))
        if request.uri == "/leave":
            leave()
        return Response(200, {}, b"welcome")
