"""Asks for addresses of names, which no host answers."""

import socket

from spin_sdk import http
from spin_sdk.http import Request, Response


def addresses(name: str) -> list[str]:
    found = socket.getaddrinfo(name, 443, proto=socket.IPPROTO_TCP)  # want: name-lookup
    return [address[0] for *_, address in found]


def self_name() -> str:
    return socket.gethostname()  # want: name-lookup [p2]


class IncomingHandler(http.IncomingHandler):
    def handle_request(self, request: Request) -> Response:
        if request.uri == "/self":
            return Response(200, {}, self_name().encode())
        if request.uri == "/v4":
            return Response(200, {}, socket.gethostbyname("localhost").encode())  # want: name-lookup
        return Response(200, {}, "\n".join(addresses("example.com")).encode())
