"""What a request looks like to the component that handles it."""

from ipaddress import ip_address

from spin_sdk.wit.imports import wasi_http_types_0_3_0 as types

from cases import same

ROUTE = "/base/:path_segment/:path_end"
HEADERS = {
    "spin-base-path": ["/"],
    "spin-component-route": [ROUTE],
    "spin-full-url": ["http://example.com/base/path/end/rest?key=value"],
    "spin-matched-route": [ROUTE + "/..."],
    "spin-path-info": ["/rest"],
    "spin-path-match-path-end": ["end"],
    "spin-path-match-path-segment": ["path"],
    "spin-raw-component-route": [ROUTE + "/..."],
}


async def request_shape(request) -> None:
    """Expects GET /base/path/end/rest?key=value with the host example.com."""
    same("the method", request.get_method(), types.Method_Get())
    same("the authority", request.get_authority(), "example.com")
    same("the path", request.get_path_with_query(), "/base/path/end/rest?key=value")
    same("the scheme", request.get_scheme(), types.Scheme_Http())
    found: dict[str, list[str]] = {}
    for name, value in request.get_headers().copy_all():
        if name.lower().startswith(("spin-", "spin_")):
            found.setdefault(name, []).append(value.decode())
    clients = found.pop("spin-client-addr", [])
    same("the headers", found, HEADERS)
    same("the number of client addresses", len(clients), 1)
    address, _, port = clients[0].rpartition(":")
    ip_address(address.strip("[]"))
    same("whether the port of the client is one", 0 < int(port) < 1 << 16, True)
