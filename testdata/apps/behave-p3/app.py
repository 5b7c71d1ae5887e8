"""Behaviours that a host must live with, one a path, on the plain WASI 0.3 service world.

The handler uses the generated bindings alone, no SDK, so that bodies can be streamed.
"""

import json
import os
import random
import sys
import time

import wit_world
from componentize_py_async_support import spawn
from componentize_py_types import Ok
from wit_world import exports
from wit_world.imports import wasi_http_types as types
from wit_world.imports.monotonic_clock import wait_for

PAUSE = 300_000_000  # nanoseconds between two chunks of /slow
FROZEN = random.Random()  # seeded at build: the same sequence in every instance

requests = 0


def no_error():
    return wit_world.result_unit_wasi_http_types_error_code_future(lambda: Ok(None))[1]


def trailing(fields=None):
    """The future of a body's trailers, already decided."""
    return wit_world.result_option_wasi_http_types_fields_wasi_http_types_error_code_future(
        lambda: Ok(fields)
    )[1]


def reply(write, status=200, headers=(), trailers=None):
    """A response whose body the coroutine function write sends after the headers."""
    writer, reader = wit_world.byte_stream()

    async def send():
        with writer:
            await write(writer)

    spawn(send())
    fields = types.Fields.from_list(list(headers))
    response = types.Response.new(fields, reader, trailing(trailers))[0]
    response.set_status_code(status)
    return response


def text(body: str, status=200, headers=()):
    async def write(writer):
        await writer.write_all(body.encode())

    return reply(write, status, [("content-type", b"text/plain"), *headers])


def method_name(method) -> str:
    if isinstance(method, types.Method_Other):
        return method.value
    return type(method).__name__.removeprefix("Method_").upper()


def scheme_name(scheme) -> str | None:
    if isinstance(scheme, types.Scheme_Other):
        return scheme.value
    return scheme and type(scheme).__name__.removeprefix("Scheme_").lower()


def echo(request):
    kept = [pair for pair in request.get_headers().copy_all() if pair[0] == "content-type"]
    body, trailers = types.Request.consume_body(request, no_error())
    return types.Response.new(types.Fields.from_list(kept), body, trailers)[0]


async def reflect(request):
    seen = {
        "method": method_name(request.get_method()),
        "scheme": scheme_name(request.get_scheme()),
        "authority": request.get_authority(),
        "path": request.get_path_with_query(),
        "headers": [[name, value.decode()] for name, value in request.get_headers().copy_all()],
        "body": 0,
    }
    body, _ = types.Request.consume_body(request, no_error())
    with body:
        while not body.writer_dropped:
            seen["body"] += len(await body.read(16 * 1024))
    return text(json.dumps(seen))


async def write_slowly(writer):
    for number in range(3):
        if number:
            await wait_for(PAUSE)
        await writer.write_all(f"chunk {number}\n".encode())


async def write_body(writer):
    await writer.write_all(b"body\n")


async def write_half(writer):
    await writer.write_all(b"half an answer\n")
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


class Handler(exports.Handler):
    async def handle(self, request):
        global requests
        requests += 1
        path, _, argument = request.get_path_with_query().partition("?")
        match path:
            case "/echo":
                return echo(request)
            case "/reflect":
                return await reflect(request)
            case "/slow":
                return reply(write_slowly)
            case "/trailers":
                return reply(
                    write_body,
                    trailers=types.Fields.from_list([("x-trailer", b"after the body")]),
                )
            case "/bytes":
                return text("x" * int(argument))
            case "/status":
                return text("", int(argument))
            case "/cookies":
                return text("", headers=[("set-cookie", b"a=1"), ("set-cookie", b"b=2")])
            case "/counter":
                return text(str(requests))
            case "/random":
                return text(json.dumps({"fresh": random.random(), "frozen": FROZEN.random()}))
            case "/environment":
                return text(environment())
            case "/print":
                print("on stdout")
                print("on stderr", file=sys.stderr)
                return text("printed")
            case "/sleep":
                time.sleep(float(argument))
                return text("slept")
            case "/wait":
                await wait_for(int(float(argument) * 1e9))
                return text("waited")
            case "/raise":
                raise ValueError("before the response")
            case "/raise-late":
                return reply(write_half)
            case "/loop":
                while True:
                    pass
            case "/recurse":
                return text(str(recurse(0)))
            case "/nest":
                return text(nest(100_000))
            case "/allocate":
                return text(str(allocate(int(argument))))
            case "/exit":
                sys.exit(int(argument or 1))
            case _:
                return text("no such behaviour", 404)
