"""Needs modules that C code or the codec registry import behind the app's back."""

import time
from datetime import datetime

from spin_sdk import http
from spin_sdk.http import Request, Response


def day(text: str) -> datetime:
    return datetime.strptime(text, "%Y-%m-%d")  # want: hidden-import


def clock(text: str) -> time.struct_time:
    return time.strptime(text, "%H:%M")  # want: hidden-import


def western(text: str) -> bytes:
    return text.encode("cp1252")  # want: codec


def eastern(data: bytes) -> str:
    return data.decode("shift_jis")  # want: codec (unreached)


def latin(text: str) -> bytes:
    return text.encode("latin-1")


class IncomingHandler(http.IncomingHandler):
    def handle_request(self, request: Request) -> Response:
        match request.uri:
            case "/western":
                return Response(200, {}, western("na\u00efve"))
            case "/latin":
                return Response(200, {}, latin("na\u00efve"))
            case "/clock":
                return Response(200, {}, str(clock("12:30")).encode())
        return Response(200, {}, str(day("2026-11-23")).encode())
