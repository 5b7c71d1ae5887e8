"""Has a native extension linked into the component, built for WebAssembly as it must be."""

import _answer
from spin_sdk import http
from spin_sdk.http import Request, Response


class IncomingHandler(http.IncomingHandler):
    def handle_request(self, request: Request) -> Response:
        return Response(200, {}, str(_answer.answer()).encode())
