"""Opens files, none of which a component sees unless the host mounts them."""

import os
import tempfile
from pathlib import Path

from spin_sdk import http
from spin_sdk.http import Request, Response

TEMPLATE = Path(__file__).with_name("page.html").read_text()


def settings() -> str:
    with open("/etc/app/settings.json") as file:  # want: fs
        return file.read()


def page() -> str:
    return Path("page.html").read_text()  # want: fs


def entries() -> list[str]:
    return os.listdir("assets")  # want: fs


def spool(body: bytes) -> str:
    with tempfile.NamedTemporaryFile(delete=False) as file:  # want: fs
        file.write(body)
        return file.name


def log(line: str) -> None:
    with open("app.log", "a") as file:  # want: fs (unreached)
        file.write(line)


class IncomingHandler(http.IncomingHandler):
    def handle_request(self, request: Request) -> Response:
        match request.uri:
            case "/settings":
                body = settings()
            case "/page":
                body = page()
            case "/entries":
                body = "\n".join(entries())
            case "/spool":
                body = spool(request.body)
            case _:
                body = TEMPLATE
        return Response(200, {"content-type": "text/html"}, body.encode())
