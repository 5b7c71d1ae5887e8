"""What the cases have in common."""

from dataclasses import dataclass, field

from spin_sdk.wit.types import Err


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


def fails(what: str, want: type, call, *arguments) -> None:
    """Fails the case unless the call ends with an error of the type."""
    try:
        got = call(*arguments)
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
    values = request.headers().get(name)
    if not values:
        raise AssertionError(f"the request has no header {name}")
    return values[0].decode()
