"""Keeps state in module globals: lost after each request on WASI 0.2, shared on 0.3."""

from collections import defaultdict

from spin_sdk import http
from spin_sdk.http import Request, Response

hits = 0
cache: dict[str, bytes] = {}
log: list[str] = []
per_method = defaultdict(int)
LIMITS = {"GET": 100}


def remember(uri: str, body: bytes) -> None:
    cache[uri] = body  # want: state


class Metrics:
    last = ""


class IncomingHandler(http.IncomingHandler):
    def handle_request(self, request: Request) -> Response:
        global hits
        hits += 1  # want: state
        log.append(request.uri)  # want: state
        per_method[request.method] += 1  # want: state
        Metrics.last = request.uri  # want: state
        limit = LIMITS.get(request.method, 0)
        body = cache.get(request.uri, f"{hits} of {limit}".encode())
        remember(request.uri, body)
        return Response(200, {"x-last": Metrics.last}, body)
