"""Streams bodies: /echo sends the request's back, /hash-all hashes many URLs at once."""

import asyncio
import hashlib
from urllib.parse import urlparse

from spin_sdk.http import poll_loop
from spin_sdk.http.poll_loop import PollLoop, Sink, Stream
from spin_sdk.wit import exports
from spin_sdk.wit.imports import types
from spin_sdk.wit.types import Ok


def scheme_of(name: str) -> types.Scheme:
    match name:
        case "http":
            return types.Scheme_Http()
        case "https":
            return types.Scheme_Https()
    return types.Scheme_Other(name)


async def sha256(url: str) -> str:
    """The line of /hash-all about one URL; its body is hashed as it arrives."""
    parts = urlparse(url)
    request = types.OutgoingRequest(types.Fields.from_list([]))
    request.set_scheme(scheme_of(parts.scheme))
    request.set_authority(parts.netloc)
    request.set_path_with_query(parts.path)
    response = await poll_loop.send(request)
    if not 200 <= response.status() <= 299:
        return f"{url}: unexpected status: {response.status()}"
    body, hasher = Stream(response.consume()), hashlib.sha256()
    while (chunk := await body.next()) is not None:
        hasher.update(chunk)
    return f"{url}: {hasher.hexdigest()}"


def respond(outparam, headers, status: int = 200) -> Sink:
    response = types.OutgoingResponse(types.Fields.from_list(headers))
    response.set_status_code(status)
    body = response.body()
    types.ResponseOutparam.set(outparam, Ok(response))
    return Sink(body)


async def hash_all(urls: list[str], sink: Sink) -> None:
    for line in asyncio.as_completed(map(sha256, urls)):
        await sink.send(f"{await line}\n".encode())


async def echo(body: Stream, sink: Sink) -> None:
    while (chunk := await body.next()) is not None:
        await sink.send(chunk)


async def serve(request, outparam) -> None:
    headers = request.headers().entries()
    match request.method(), request.path_with_query():
        case types.Method_Get(), "/hash-all":
            urls = [value.decode() for name, value in headers if name == "url"]
            sink = respond(outparam, [("content-type", b"text/plain")])
            await hash_all(urls, sink)
        case types.Method_Post(), "/echo":
            sink = respond(outparam, [pair for pair in headers if pair[0] == "content-type"])
            await echo(Stream(request.consume()), sink)
        case _:
            sink = respond(outparam, [], 400)
    sink.close()


class IncomingHandler(exports.IncomingHandler):
    def handle(self, request, response_out) -> None:
        loop = PollLoop()
        asyncio.set_event_loop(loop)
        loop.run_until_complete(serve(request, response_out))
