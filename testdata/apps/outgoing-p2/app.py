"""Fetches what the `url` header of the request names and passes it on."""

from spin_sdk import http
from spin_sdk.http import Request, Response, send


class IncomingHandler(http.IncomingHandler):
    def handle_request(self, request: Request) -> Response:
        url = request.headers.get("url")
        if url is None:
            return Response(400, {"content-type": "text/plain"}, b"Please specify `url` header")
        return send(Request("GET", url, {}, None))
