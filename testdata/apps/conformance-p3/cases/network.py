"""Requests and connections to other hosts, whose addresses come in headers."""

from urllib.parse import urlsplit

from componentize_py_async_support import spawn
from componentize_py_types import Err
from spin_sdk import wit
from spin_sdk.wit.imports import wasi_http_client_0_3_0 as client
from spin_sdk.wit.imports import wasi_http_types_0_3_0 as types
from spin_sdk.wit.imports import wasi_sockets_types_0_3_0 as sockets

from cases import Reply, describe, header, no_error, no_trailers, receive, same, send

GREETING = b"Hello, world!"
LINE = b"So rested he by the Tumtum tree"

# Of a response these are the connection's, and no component may send them.
FORBIDDEN = {"connection", "keep-alive", "transfer-encoding", "upgrade"}


async def outbound_http(request) -> Reply:
    """Posts a greeting to a server that sends it back, and answers with its response."""
    url = urlsplit(header(request, "url"))
    writer, body = wit.byte_stream()
    spawn(send(writer, GREETING))
    fields = types.Fields.from_list([("content-length", b"13")])
    outgoing, _ = types.Request.new(fields, body, no_trailers(), None)
    outgoing.set_method(types.Method_Post())
    outgoing.set_path_with_query(url.path or "/")
    outgoing.set_scheme(types.Scheme_Http())
    outgoing.set_authority(url.netloc)
    try:
        response = await client.send(outgoing)
    except Err as err:
        return Reply(500, body=f"incoming-response#get: {describe(err.value)}".encode())
    status, headers = response.get_status_code(), response.get_headers().copy_all()
    echo, _ = types.Response.consume_body(response, no_error())
    kept = [(name, value) for name, value in headers if name not in FORBIDDEN]
    return Reply(status, kept, await receive(echo))


async def tcp_sockets(request) -> Reply | None:
    """Sends a line to a server that sends it back."""
    host, _, port = header(request, "address").rpartition(":")
    conn = sockets.TcpSocket.create(sockets.IpAddressFamily.IPV4)
    address = sockets.Ipv4SocketAddress(int(port), tuple(map(int, host.split("."))))
    try:
        await conn.connect(sockets.IpSocketAddress_Ipv4(address))
    except Err as err:
        if not isinstance(err.value, sockets.ErrorCode_AccessDenied):
            raise
        # What the error is in WASI 0.2, so that both generations answer alike.
        return Reply(500, body=b"access-denied (error 1)")
    writer, data = wit.byte_stream()
    conn.send(data)
    await send(writer, LINE)
    received, _ = conn.receive()
    got = await receive(received)
    same("the line that came back", got, LINE)
