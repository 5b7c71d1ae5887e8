"""Moves blocking work to an executor of the event loop, which is threads again."""

import asyncio
import time

from spin_sdk import http
from spin_sdk.http import Request, Response


def compute() -> int:
    time.sleep(0.1)  # want: blocking
    return 42


async def by_thread() -> int:
    return await asyncio.to_thread(compute)  # want: thread


async def by_loop() -> int:
    loop = asyncio.get_running_loop()
    return await loop.run_in_executor(None, compute)  # want: thread (unreached)


class IncomingHandler(http.IncomingHandler):
    def handle_request(self, request: Request) -> Response:
        return Response(200, {}, str(asyncio.run(by_thread())).encode())  # want: asyncio
