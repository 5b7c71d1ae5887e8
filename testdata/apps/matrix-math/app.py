"""Multiplies the two matrices of a JSON body, in pure Python."""

import json

from spin_sdk import http
from spin_sdk.http import Request, Response


def multiply(a: list[list], b: list[list]) -> list[list]:
    columns = list(zip(*b, strict=True))
    return [[sum(x * y for x, y in zip(row, col, strict=True)) for col in columns] for row in a]


class IncomingHandler(http.IncomingHandler):
    def handle_request(self, request: Request) -> Response:
        if (
            request.method == "POST"
            and request.uri == "/multiply"
            and request.headers["content-type"] == "application/json"
            and request.body is not None
        ):
            a, b = json.loads(request.body)
            product = json.dumps(multiply(a, b)).encode()
            return Response(200, {"content-type": "application/json"}, product)
        return Response(400, {"content-type": "text/plain"}, b"Bad Request")
