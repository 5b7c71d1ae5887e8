"""Relies on signals, which nobody outside can send."""

import os
import signal as sig

from spin_sdk import http
from spin_sdk.http import Request, Response


class Timeout(Exception):
    pass


def expire(number, frame) -> None:
    raise Timeout


def limited(seconds: int) -> bytes:
    sig.signal(sig.SIGTERM, expire)  # want: signal
    sig.alarm(seconds)  # want: signal
    return b"done"


def terminate() -> None:
    os.kill(os.getpid(), sig.SIGTERM)  # want: signal


def interrupt() -> None:
    sig.raise_signal(sig.SIGTERM)  # want: signal (unreached)


class IncomingHandler(http.IncomingHandler):
    def handle_request(self, request: Request) -> Response:
        if request.uri == "/terminate":
            terminate()
        return Response(200, {}, limited(5))
