"""Opens sockets of its own, which a component may not do under Spin."""

import socket
from socket import create_server as listen

from spin_sdk import http
from spin_sdk.http import Request, Response


def ping(host: str) -> bytes:
    with socket.create_connection((host, 6379), timeout=2) as conn:  # want: socket
        conn.sendall(b"PING\r\n")
        return conn.recv(64)


def report(host: str) -> None:
    sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)  # want: socket
    sock.sendto(b"up:1|c", (host, 8125))


def serve() -> None:
    listen(("", 9000)).accept()  # want: socket (unreached)


class IncomingHandler(http.IncomingHandler):
    def handle_request(self, request: Request) -> Response:
        if request.uri == "/report":
            report("127.0.0.1")
            return Response(204, {}, None)
        return Response(200, {"content-type": "text/plain"}, ping("127.0.0.1"))
