"""Starts threads, of which WebAssembly has none."""

import threading
from concurrent.futures import ThreadPoolExecutor

from spin_sdk import http
from spin_sdk.http import Request, Response


def record(uri: str) -> None:
    print("seen", uri)


def in_background(uri: str) -> None:
    threading.Thread(target=record, args=(uri,), daemon=True).start()  # want: thread


def in_pool(uris: list[str]) -> list:
    with ThreadPoolExecutor(max_workers=4) as pool:  # want: thread
        return list(pool.map(len, uris))


class Sweeper:
    def schedule(self) -> None:
        self.timer = threading.Timer(60, record, ["late"])  # want: thread (unreached)
        self.timer.start()


class IncomingHandler(http.IncomingHandler):
    def handle_request(self, request: Request) -> Response:
        if request.uri == "/pool":
            return Response(200, {}, str(in_pool([request.uri])).encode())
        in_background(request.uri)
        return Response(202, {}, None)
