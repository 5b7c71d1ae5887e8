"""Uses parts of the standard library that this Python was built without."""

from spin_sdk import http
from spin_sdk.http import Request, Response

try:
    import ssl
except ImportError:
    ssl = None


def compress(body: bytes) -> bytes:
    import bz2  # want: missing-stdlib

    return bz2.compress(body)


def inflate(body: bytes) -> bytes:
    import zlib  # want: missing-stdlib [p2]

    return zlib.decompress(body)


def libc():
    from ctypes import CDLL  # want: missing-stdlib

    return CDLL(None)


def lock(file) -> None:
    import fcntl  # want: missing-stdlib (unreached)

    fcntl.flock(file, fcntl.LOCK_EX)


def secure() -> bool:
    return ssl is not None


class IncomingHandler(http.IncomingHandler):
    def handle_request(self, request: Request) -> Response:
        match request.uri:
            case "/inflate":
                return Response(200, {}, inflate(request.body))
            case "/libc":
                return Response(200, {}, str(libc()).encode())
        return Response(200, {"x-secure": str(secure())}, compress(b"hello"))
