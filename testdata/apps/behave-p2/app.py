"""Behaviours that a host must live with, one a path, on the plain WASI 0.2 proxy world.

The handler uses the generated bindings alone, no SDK, so that bodies can be streamed.
"""

import json
import os
import random
import sys
import time

from wit_world import exports
from wit_world.imports import types
from wit_world.imports.monotonic_clock import subscribe_duration
from wit_world.imports.streams import StreamError_Closed
from wit_world.types import Err, Ok

CHUNK = 4096  # the most that blocking_write_and_flush takes at once
PAUSE = 300_000_000  # nanoseconds between two chunks of /slow
FROZEN = random.Random()  # seeded at build: the same sequence in every instance

requests = 0


class Reply:
    """A response whose body is written piece by piece."""

    def __init__(self, outparam, status=200, headers=()):
        response = types.OutgoingResponse(types.Fields.from_list(list(headers)))
        response.set_status_code(status)
        self.body = response.body()
        types.ResponseOutparam.set(outparam, Ok(response))
        self.stream = self.body.write()

    def write(self, data: bytes) -> None:
        for start in range(0, len(data), CHUNK):
            self.stream.blocking_write_and_flush(data[start : start + CHUNK])

    def finish(self, trailers=None) -> None:
        self.stream.__exit__(None, None, None)
        types.OutgoingBody.finish(self.body, trailers)


def text(outparam, body: str, status=200, headers=()) -> None:
    reply = Reply(outparam, status, [("content-type", b"text/plain"), *headers])
    reply.write(body.encode())
    reply.finish()


def chunks(request):
    """The pieces of the request's body, as they arrive."""
    body = request.consume()
    with body.stream() as stream:
        while True:
            try:
                yield stream.blocking_read(16 * 1024)
            except Err as err:
                if isinstance(err.value, StreamError_Closed):
                    break
                raise
    types.IncomingBody.finish(body)


def method_name(method) -> str:
    if isinstance(method, types.Method_Other):
        return method.value
    return type(method).__name__.removeprefix("Method_").upper()


def scheme_name(scheme) -> str | None:
    if isinstance(scheme, types.Scheme_Other):
        return scheme.value
    return scheme and type(scheme).__name__.removeprefix("Scheme_").lower()


def echo(request, outparam) -> None:
    kept = [pair for pair in request.headers().entries() if pair[0] == "content-type"]
    reply = Reply(outparam, headers=kept)
    for chunk in chunks(request):
        reply.write(chunk)
    reply.finish()


def reflect(request, outparam) -> None:
    seen = {
        "method": method_name(request.method()),
        "scheme": scheme_name(request.scheme()),
        "authority": request.authority(),
        "path": request.path_with_query(),
        "headers": [[name, value.decode()] for name, value in request.headers().entries()],
        "body": sum(len(chunk) for chunk in chunks(request)),
    }
    text(outparam, json.dumps(seen))


def slow(outparam) -> None:
    reply = Reply(outparam)
    for number in range(3):
        if number:
            with subscribe_duration(PAUSE) as timer:
                timer.block()
        reply.write(f"chunk {number}\n".encode())
    reply.finish()


def trailers(outparam) -> None:
    reply = Reply(outparam)
    reply.write(b"body\n")
    reply.finish(types.Fields.from_list([("x-trailer", b"after the body")]))


def raise_late(outparam) -> None:
    reply = Reply(outparam)
    reply.write(b"half an answer\n")
    raise ValueError("after the response has started")


def recurse(depth: int) -> int:
    return recurse(depth + 1)


def nest(depth: int) -> str:
    nested: list = []
    for _ in range(depth):
        nested = [nested]
    return repr(nested)


def allocate(mebibytes: int) -> int:
    blocks = [bytearray(1 << 20) for _ in range(mebibytes)]
    return sum(len(block) for block in blocks)


def environment() -> str:
    return json.dumps({"argv": sys.argv, "cwd": os.getcwd(), "env": dict(os.environ)})


class IncomingHandler(exports.IncomingHandler):
    def handle(self, request, response_out) -> None:
        global requests
        requests += 1
        path, _, argument = request.path_with_query().partition("?")
        match path:
            case "/echo":
                echo(request, response_out)
            case "/reflect":
                reflect(request, response_out)
            case "/slow":
                slow(response_out)
            case "/trailers":
                trailers(response_out)
            case "/bytes":
                text(response_out, "x" * int(argument))
            case "/status":
                text(response_out, "", int(argument))
            case "/cookies":
                text(response_out, "", headers=[("set-cookie", b"a=1"), ("set-cookie", b"b=2")])
            case "/counter":
                text(response_out, str(requests))
            case "/random":
                text(response_out, json.dumps({"fresh": random.random(), "frozen": FROZEN.random()}))
            case "/environment":
                text(response_out, environment())
            case "/print":
                print("on stdout")
                print("on stderr", file=sys.stderr)
                text(response_out, "printed")
            case "/sleep":
                time.sleep(float(argument))
                text(response_out, "slept")
            case "/raise":
                raise ValueError("before the response")
            case "/raise-late":
                raise_late(response_out)
            case "/nothing":
                pass
            case "/loop":
                while True:
                    pass
            case "/recurse":
                text(response_out, str(recurse(0)))
            case "/nest":
                text(response_out, nest(100_000))
            case "/allocate":
                text(response_out, str(allocate(int(argument))))
            case "/exit":
                sys.exit(int(argument or 1))
            case _:
                text(response_out, "no such behaviour", 404)
