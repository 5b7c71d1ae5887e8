"""Computes at import what should be computed at each request: the build freezes it."""

import os
import random
import time
import uuid
from datetime import datetime, timezone
from http.client import HTTPConnection

from spin_sdk import http
from spin_sdk.http import Request, Response

LEVEL = os.environ.get("LOG_LEVEL", "info")  # want: frozen-env (build)
TOKEN = os.getenv("API_TOKEN")  # want: frozen-env (build)
STARTED = time.time()  # want: frozen-time (build)
RELEASED = datetime.now(timezone.utc)  # want: frozen-time (build)
NODE = uuid.uuid4()  # want: frozen-random (build)
SALT = os.urandom(16)  # want: frozen-random (build)
PORT = random.randrange(1024, 65536)  # want: frozen-random (build)
GENERATOR = random.Random()  # want: frozen-random (build)
SOURCE = open(__file__)  # want: frozen-handle (build)
BACKEND = HTTPConnection("127.0.0.1", 8080)  # want: frozen-handle (build)


class IncomingHandler(http.IncomingHandler):
    def handle_request(self, request: Request) -> Response:
        facts = [LEVEL, TOKEN, STARTED, RELEASED, NODE, SALT, PORT, GENERATOR.random(), BACKEND.host]
        if request.uri == "/source":
            return Response(200, {}, SOURCE.read().encode())
        return Response(200, {}, "\n".join(map(str, facts)).encode())
