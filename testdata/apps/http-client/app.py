"""Fetches with clients that open sockets, instead of with the SDK's `send`."""

import urllib.request
from http.client import HTTPConnection

from spin_sdk import http
from spin_sdk.http import Request, Response


def fetch(url: str) -> bytes:
    with urllib.request.urlopen(url, timeout=5) as response:  # want: http-client
        return response.read()


def status(host: str) -> int:
    conn = HTTPConnection(host, timeout=5)  # want: http-client
    conn.request("HEAD", "/")
    return conn.getresponse().status


def download(url: str) -> str:
    return urllib.request.urlretrieve(url)[0]  # want: http-client (unreached)


class IncomingHandler(http.IncomingHandler):
    def handle_request(self, request: Request) -> Response:
        if request.uri == "/status":
            return Response(200, {}, str(status("example.com")).encode())
        return Response(200, {}, fetch("http://example.com/"))
