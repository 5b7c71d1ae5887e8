"""Streams bodies: /echo sends the request's back, /double-echo by way of another server,
/hash-all hashes many URLs at once."""

import asyncio
import hashlib
from urllib.parse import urlparse

from componentize_py_async_support import spawn
from componentize_py_types import Ok
from spin_sdk import wit
from spin_sdk.wit import exports
from spin_sdk.wit.imports import wasi_http_client_0_3_0 as client
from spin_sdk.wit.imports import wasi_http_types_0_3_0 as types


def no_trailers():
    _, future = (
        wit.result_option_wasi_http_types_0_3_0_fields_wasi_http_types_0_3_0_error_code_future(
            lambda: Ok(None)
        )
    )
    return future


def no_error():
    return wit.result_unit_wasi_http_types_0_3_0_error_code_future(lambda: Ok(None))[1]


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
    request, _ = types.Request.new(types.Fields(), None, no_trailers(), None)
    request.set_scheme(scheme_of(parts.scheme))
    request.set_authority(parts.netloc)
    request.set_path_with_query(parts.path)
    response = await client.send(request)
    status = response.get_status_code()
    if not 200 <= status <= 299:
        return f"{url}: unexpected status: {status}"
    body, _ = types.Response.consume_body(response, no_error())
    hasher = hashlib.sha256()
    with body:
        while not body.writer_dropped:
            hasher.update(await body.read(16 * 1024))
    return f"{url}: {hasher.hexdigest()}"


async def hash_all(urls: list[str], writer) -> None:
    with writer:
        for line in asyncio.as_completed(map(sha256, urls)):
            await writer.write_all(f"{await line}\n".encode())


async def double_echo(request, headers):
    """What the server at the URL of a header answers to the request's body."""
    parts = urlparse(next(value.decode() for name, value in headers if name == "url"))
    body, trailers = types.Request.consume_body(request, no_error())
    outgoing, _ = types.Request.new(types.Fields(), body, trailers, None)
    outgoing.set_method(types.Method_Post())
    outgoing.set_scheme(scheme_of(parts.scheme))
    outgoing.set_authority(parts.netloc)
    outgoing.set_path_with_query(parts.path)
    return await client.send(outgoing)


class HttpHandler(exports.HttpHandler):
    async def handle(self, request):
        headers = request.get_headers().copy_all()
        match request.get_method(), request.get_path_with_query():
            case types.Method_Get(), "/hash-all":
                urls = [value.decode() for name, value in headers if name == "url"]
                writer, reader = wit.byte_stream()
                spawn(hash_all(urls, writer))
                fields = types.Fields.from_list([("content-type", b"text/plain")])
                return types.Response.new(fields, reader, no_trailers())[0]
            case types.Method_Post(), "/echo":
                body, trailers = types.Request.consume_body(request, no_error())
                kept = [pair for pair in headers if pair[0] == "content-type"]
                return types.Response.new(types.Fields.from_list(kept), body, trailers)[0]
            case types.Method_Post(), "/double-echo":
                return await double_echo(request, headers)
        response, _ = types.Response.new(types.Fields(), None, no_trailers())
        response.set_status_code(400)
        return response
