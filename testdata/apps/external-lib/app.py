"""Routes requests with a third-party package."""

from urllib.parse import ParseResult, parse_qs, urlparse

from http_router import Router, exceptions
from spin_sdk import http
from spin_sdk.http import Request, Response

router = Router(trim_last_slash=True)


def plain(body: bytes) -> Response:
    return Response(200, {"content-type": "text/plain"}, body)


@router.route("/")
def index(uri: ParseResult, request: Request) -> Response:
    return plain(b"Hello from Python!")


@router.route("/post", methods=["POST"])
def post(uri: ParseResult, request: Request) -> Response:
    return plain(request.body)


@router.route("/queryparams")
def queryparams(uri: ParseResult, request: Request) -> Response:
    return plain(parse_qs(uri.query)["foo"][0].encode())


class IncomingHandler(http.IncomingHandler):
    def handle_request(self, request: Request) -> Response:
        uri = urlparse(request.uri)
        try:
            return router(uri.path, request.method).target(uri, request)
        except exceptions.NotFoundError:
            return Response(404, {}, None)
