"""Runs code and imports modules that are chosen by the request."""

import importlib

from spin_sdk import http
from spin_sdk.http import Request, Response


def calculate(expression: str) -> str:
    return str(eval(expression, {"__builtins__": {}}))  # want: dynamic-code


def execute(source: bytes) -> dict:
    scope: dict = {}
    exec(compile(source, "<request>", "exec"), scope)  # want: dynamic-code
    return scope


def plugin(name: str):
    return importlib.import_module(f"plugins.{name}")  # want: dynamic-import


def optional(name: str):
    return __import__(name)  # want: dynamic-import (unreached)


class IncomingHandler(http.IncomingHandler):
    def handle_request(self, request: Request) -> Response:
        match request.method:
            case "POST":
                return Response(200, {}, str(execute(request.body)).encode())
            case "PUT":
                return Response(200, {}, plugin(request.uri[1:]).__name__.encode())
        return Response(200, {}, calculate("6 * 7").encode())
