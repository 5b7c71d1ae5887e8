"""Runs event loops, servers and streams of asyncio, which rest on sockets."""

import asyncio

from spin_sdk import http
from spin_sdk.http import Request, Response


async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    writer.write(await reader.readline())
    writer.close()


async def listen() -> None:
    server = await asyncio.start_server(answer, "127.0.0.1", 8888)  # want: socket
    await server.serve_forever()


async def fetch() -> bytes:
    reader, writer = await asyncio.open_connection("127.0.0.1", 80)  # want: socket
    writer.write(b"GET / HTTP/1.0\r\n\r\n")
    return await reader.read()


async def shell() -> bytes:
    ls = await asyncio.create_subprocess_exec("ls")  # want: process (unreached)
    return (await ls.communicate())[0]


def own_loop() -> bytes:
    loop = asyncio.new_event_loop()  # want: asyncio
    return loop.run_until_complete(fetch())


class IncomingHandler(http.IncomingHandler):
    def handle_request(self, request: Request) -> Response:
        if request.uri == "/listen":
            asyncio.run(listen())  # want: asyncio
        return Response(200, {}, own_loop())
