"""Has the interpreter itself write down, at build, what the static reader must find."""

import functools
from dataclasses import dataclass

import record
from spin_sdk import http
from spin_sdk.http import Request, Response

GREETING = "hello"
NUMBERS = [1, 2.5, 3 + 4j, 10**30, -7]
MIXED = {"a": (None, True, b"bytes"), "b": {"set"}, "c": frozenset({1})}
UNICODE = ["ascii", "latin \u00e9", "bmp \u4e16", "astral \U0001f30d"]


@dataclass
class Point:
    x: int
    y: int = 0

    def __add__(self, other: "Point") -> "Point":
        return Point(self.x + other.x, self.y + other.y)


@functools.lru_cache(maxsize=8)
def cached(number: int) -> int:
    try:
        return sum(n * n for n in range(number) if n % 2)
    except (TypeError, ValueError):
        return 0


def outer():
    count = 0

    def inner():
        nonlocal count
        count += 1
        return count

    return inner


counter = outer()
origin = Point(1, 2)


class IncomingHandler(http.IncomingHandler):
    def handle_request(self, request: Request) -> Response:
        import colorsys  # never loaded at build

        body = f"{GREETING} {origin + Point(3)} {cached(9)} {counter()} {colorsys.__name__}"
        return Response(200, {"content-type": "text/plain"}, body.encode())


record.write()
