"""Has a package beside it whose native part was built for the developer's machine."""

from spin_sdk import http
from spin_sdk.http import Request, Response

try:
    from fastmath import _core
except ImportError:
    _core = None


def mean(values: list[float]) -> float:
    if _core is not None:
        return _core.mean(values)
    return sum(values) / len(values)


class IncomingHandler(http.IncomingHandler):
    def handle_request(self, request: Request) -> Response:
        return Response(200, {}, str(mean([1.0, 2.0])).encode())
