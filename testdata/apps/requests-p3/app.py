"""Fetches with requests, which opens sockets, instead of with the SDK's `send`."""

import requests
from spin_sdk import http
from spin_sdk.http import Request, Response


def fetch(url: str) -> bytes:
    return requests.get(url, timeout=5).content  # want: http-client


def post(url: str, body: bytes) -> int:
    with requests.Session() as session:  # want: http-client
        return session.post(url, data=body, timeout=5).status_code


class HttpHandler(http.Handler):
    async def handle_request(self, request: Request) -> Response:
        if request.method == "POST":
            return Response(post("http://example.com/", request.body), {}, None)
        return Response(200, {}, fetch("http://example.com/"))
