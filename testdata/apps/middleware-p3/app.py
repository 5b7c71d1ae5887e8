"""A middleware: adds a header to the request and to the response, and lets the bodies through."""

import os

import wit_world
from componentize_py_types import Ok
from wit_world import exports
from wit_world.imports import handler
from wit_world.imports.wasi_http_types import Request, Response


def no_error():
    return wit_world.result_unit_wasi_http_types_error_code_future(lambda: Ok(None))[1]


def marked(fields, direction: str):
    """A copy of header fields with what this middleware adds."""
    copy = fields.clone()
    name = os.environ.get("MIDDLEWARE", "unnamed")
    copy.append(f"x-{direction}", name.encode())
    return copy


class Handler(exports.Handler):
    async def handle(self, request):
        headers = marked(request.get_headers(), "request")
        method, path = request.get_method(), request.get_path_with_query()
        scheme, authority = request.get_scheme(), request.get_authority()
        body, trailers = Request.consume_body(request, no_error())
        inner = Request.new(headers, body, trailers, None)[0]
        inner.set_method(method)
        inner.set_path_with_query(path)
        inner.set_scheme(scheme)
        inner.set_authority(authority)
        response = await handler.handle(inner)
        headers, status = marked(response.get_headers(), "response"), response.get_status_code()
        body, trailers = Response.consume_body(response, no_error())
        outer = Response.new(headers, body, trailers)[0]
        outer.set_status_code(status)
        return outer
