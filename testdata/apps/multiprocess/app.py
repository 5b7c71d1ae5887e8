"""Spreads work over processes, which do not exist here."""

import multiprocessing

from spin_sdk import http
from spin_sdk.http import Request, Response


def square(number: int) -> int:
    return number * number


def in_pool() -> list[int]:
    with multiprocessing.Pool(4) as pool:  # want: multiprocessing
        return pool.map(square, range(10))


def in_process() -> None:
    multiprocessing.Process(target=square, args=(3,)).start()  # want: multiprocessing


def in_executor() -> int:
    from concurrent.futures import ProcessPoolExecutor

    with ProcessPoolExecutor() as pool:  # want: multiprocessing (unreached)
        return pool.submit(square, 4).result()


class IncomingHandler(http.IncomingHandler):
    def handle_request(self, request: Request) -> Response:
        if request.uri == "/process":
            in_process()
            return Response(202, {}, None)
        return Response(200, {}, str(in_pool()).encode())
