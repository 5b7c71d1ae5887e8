"""Starts other programs; WASI has no processes."""

import os
import subprocess

from spin_sdk import http
from spin_sdk.http import Request, Response


def version() -> bytes:
    return subprocess.run(["git", "rev-parse", "HEAD"], capture_output=True).stdout  # want: process


def listing() -> str:
    return os.popen("ls").read()  # want: process


def clean() -> int:
    return os.system("rm -rf /tmp/cache")  # want: process


def split() -> int:
    fork = getattr(os, "fork")  # want: process
    return fork()


def replace() -> None:
    os.execv("/bin/true", ["true"])  # want: process (unreached)


class IncomingHandler(http.IncomingHandler):
    def handle_request(self, request: Request) -> Response:
        match request.uri:
            case "/listing":
                return Response(200, {}, listing().encode())
            case "/clean":
                return Response(200, {}, str(clean()).encode())
            case "/split":
                return Response(200, {}, str(split()).encode())
        return Response(200, {}, version())
