"""Waits for the clock and for a terminal, holding the whole instance."""

import threading
import time

from spin_sdk import http
from spin_sdk.http import Request, Response

lock = threading.Lock()


def pause() -> None:
    time.sleep(0.5)  # want: blocking


def ask() -> str:
    return input("name? ")  # want: blocking


def inspect() -> None:
    breakpoint()  # want: debugger


class IncomingHandler(http.IncomingHandler):
    def handle_request(self, request: Request) -> Response:
        with lock:
            pause()
        if request.uri == "/inspect":
            inspect()
        if request.uri == "/ask":
            return Response(200, {}, ask().encode())
        return Response(200, {}, b"done")
