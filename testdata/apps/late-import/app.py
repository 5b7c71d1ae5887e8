"""Imports inside functions: the build's files are gone when a request comes."""

import importlib

from spin_sdk import http
from spin_sdk.http import Request, Response


def as_csv(rows) -> str:
    import csv  # want: late-import
    import io

    out = io.StringIO()
    csv.writer(out).writerows(rows)
    return out.getvalue()


def greet() -> str:
    from greetings.polite import greeting  # want: late-import

    return greeting()


def by_name() -> object:
    return importlib.import_module("statistics")  # want: late-import


def total(prices: list[str]) -> str:
    decimal = __import__("decimal")  # want: late-import (unreached)
    return str(sum(map(decimal.Decimal, prices)))


def dumps(value) -> bytes:
    try:
        import orjson  # want: late-import (caught)
    except ImportError:
        import json  # want: late-import

        return json.dumps(value).encode()
    return orjson.dumps(value)


class IncomingHandler(http.IncomingHandler):
    def handle_request(self, request: Request) -> Response:
        match request.uri:
            case "/csv":
                return Response(200, {}, as_csv([(1, 2)]).encode())
            case "/greet":
                return Response(200, {}, greet().encode())
            case "/mean":
                return Response(200, {}, str(by_name().mean([1, 2])).encode())
        return Response(200, {"content-type": "application/json"}, dumps({"ok": True}))
