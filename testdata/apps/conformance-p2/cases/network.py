"""Requests and connections to other hosts, whose addresses come in headers."""

import errno
import socket
from urllib.parse import urlsplit

from spin_sdk.wit.imports import outgoing_handler, types
from spin_sdk.wit.imports.streams import StreamError_Closed
from spin_sdk.wit.types import Err

from cases import Reply, describe, header, same

GREETING = b"Hello, world!"
LINE = b"So rested he by the Tumtum tree"


def outbound_http(request) -> Reply:
    """Posts a greeting to a server that sends it back, and answers with its response."""
    url = urlsplit(header(request, "url"))
    outgoing = types.OutgoingRequest(types.Fields.from_list([("content-length", b"13")]))
    outgoing.set_method(types.Method_Post())
    outgoing.set_path_with_query(url.path or "/")
    outgoing.set_scheme(types.Scheme_Http())
    outgoing.set_authority(url.netloc)
    # The body is written before the request is sent, so the host has to keep it until then.
    body = outgoing.body()
    with body.write() as stream:
        stream.blocking_write_and_flush(GREETING)
    types.OutgoingBody.finish(body, None)
    try:
        future = outgoing_handler.handle(outgoing, None)
    except Err as err:
        return Reply(500, body=f"outgoing-handler#handle: {describe(err.value)}".encode())
    with future.subscribe() as ready:
        ready.block()
    result = future.get().value
    if isinstance(result, Err):
        return Reply(500, body=f"incoming-response#get: {describe(result.value)}".encode())
    response = result.value
    return Reply(response.status(), response.headers().entries(), read(response.consume()))


def read(body) -> bytes:
    data = bytearray()
    with body.stream() as stream:
        while True:
            try:
                data += stream.blocking_read(1024)
            except Err as err:
                if isinstance(err.value, StreamError_Closed):
                    return bytes(data)
                raise


def tcp_sockets(request) -> Reply | None:
    """Sends a line to a server that sends it back."""
    host, _, port = header(request, "address").rpartition(":")
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as conn:
        try:
            conn.connect((host, int(port)))
        except OSError as err:
            if err.errno != errno.EACCES:
                raise
            # What the C library makes of the first case of the enum error-code.
            return Reply(500, body=b"access-denied (error 1)")
        conn.sendall(LINE)
        got = bytearray()
        while len(got) < len(LINE) and (part := conn.recv(len(LINE) - len(got))):
            got += part
    same("the line that came back", bytes(got), LINE)
