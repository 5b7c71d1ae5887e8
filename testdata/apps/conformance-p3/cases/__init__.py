"""What the cases have in common."""

from dataclasses import dataclass, field

from componentize_py_types import Err, Ok
from spin_sdk import wit


@dataclass
class Reply:
    """A response."""

    status: int = 200
    headers: list[tuple[str, bytes]] = field(default_factory=list)
    body: bytes = b""


def same(what: str, got, want) -> None:
    """Fails the case unless both are equal."""
    if got != want:
        raise AssertionError(f"{what} is {got!r}, not {want!r}")


async def fails(what: str, want: type, call) -> None:
    """Fails the case unless what is awaited ends with an error of the type."""
    try:
        got = await call
    except Err as err:
        got = err.value
    if not isinstance(got, want):
        raise AssertionError(f"{what} gives {got!r}, not {want.__name__}")


def describe(error) -> str:
    """A case of a WIT variant with its payload, as in Error::Io("no such table")."""
    payload = f'("{error.value}")' if hasattr(error, "value") else ""
    return type(error).__name__.replace("_", "::", 1) + payload


def header(request, name: str) -> str:
    """The first value of a header of the request."""
    values = request.get_headers().get(name)
    if not values:
        raise AssertionError(f"the request has no header {name}")
    return values[0].decode()


async def send(writer, data: bytes) -> None:
    """Writes all of a stream of bytes."""
    with writer:
        await writer.write_all(data)


async def receive(reader) -> bytes:
    """Reads all of a stream of bytes."""
    data = bytearray()
    with reader:
        while not reader.writer_dropped:
            data += await reader.read(1024)
    return bytes(data)


def no_trailers():
    """The trailers of a message that has none."""
    _, reader = (
        wit.result_option_wasi_http_types_0_3_0_fields_wasi_http_types_0_3_0_error_code_future(
            lambda: Ok(None)
        )
    )
    return reader


def no_error():
    """What the sender of a body is told that was read."""
    return wit.result_unit_wasi_http_types_0_3_0_error_code_future(lambda: Ok(None))[1]
