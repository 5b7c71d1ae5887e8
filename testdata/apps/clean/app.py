"""Imports much that would fail if it were used, and uses much that only looks as if it would."""

import asyncio
import concurrent.futures
import encodings.cp1252
import hashlib
import http.client as http_client
import json
import logging
import multiprocessing
import os
import signal
import socket
import subprocess
import threading
import time
import urllib.request
from datetime import datetime
from http import HTTPStatus

import _strptime
from spin_sdk import http
from spin_sdk.http import Request, Response

log = logging.getLogger(__name__)

STATUS = {name: code.value for name, code in HTTPStatus.__members__.items()}
REASONS = http_client.responses
STOPPERS = (signal.SIGINT, signal.SIGTERM)
ERRORS = (socket.gaierror, subprocess.CalledProcessError, urllib.request.HTTPError)
TIMEOUTS = (asyncio.TimeoutError, concurrent.futures.TimeoutError, multiprocessing.TimeoutError)
LOADED = (encodings.cp1252.__name__, _strptime.__name__)
HELP = "subprocess.run, os.system and socket.create_connection are only words here"


class Thread:
    """Not a thread of the interpreter: a thread of messages."""

    def __init__(self, title: str) -> None:
        self.title = title
        self.messages: list[str] = []

    def start(self) -> None:
        self.messages.append(self.title)

    def run(self) -> int:
        return len(self.messages)


def system(name: str) -> str:
    return f"system {name}"


def loaded() -> int:
    import array
    import json as again

    return len(again.dumps(list(array.array("i", [1, 2]))))


def facts(request: Request) -> dict:
    thread = Thread(request.uri)
    thread.start()
    return {
        "home": os.environ.get("HOME"),
        "path": os.path.join("a", request.uri),
        "system": system("clean"),
        "thread": thread.run(),
        "current": threading.current_thread().name,
        "day": datetime.strptime("2026-11-23", "%Y-%m-%d").isoformat(),
        "now": time.time(),
        "western": "na\u00efve".encode("cp1252").hex(),
        "digest": hashlib.sha256(request.body or b"").hexdigest(),
        "loaded": loaded(),
    }


class IncomingHandler(http.IncomingHandler):
    def handle_request(self, request: Request) -> Response:
        log.info("request for %s", request.uri)
        try:
            body = json.dumps(facts(request)).encode()
        except (*ERRORS, *TIMEOUTS) as error:
            return Response(STATUS["BAD_GATEWAY"], {}, str(error).encode())
        return Response(STATUS["OK"], {"content-type": "application/json"}, body)
