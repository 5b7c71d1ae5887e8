"""Fetches what the `url` header of the request names and passes it on."""

from spin_sdk import http
from spin_sdk.http import Request, Response, send


class HttpHandler(http.Handler):
    async def handle_request(self, request: Request) -> Response:
        url = request.headers.get("url")
        if url is None:
            return Response(400, {"content-type": "text/plain"}, b"Please specify `url` header")
        response = await send(Request("GET", url, {}, None))
        response.headers = http.strip_forbidden_headers(response.headers)
        return response
