"""Writes, lists, reads and deletes one key of the default key-value store."""

from spin_sdk import http, key_value, util
from spin_sdk.http import Request, Response


class HttpHandler(http.Handler):
    async def handle_request(self, request: Request) -> Response:
        with await key_value.open_default() as store:
            await store.set("test", b"hello world!")
            print(await util.collect(await store.get_keys()))
            print(await store.exists("test"))
            print(await store.get("test"))
            await store.delete("test")
            print(await util.collect(await store.get_keys()))
        return Response(200, {"content-type": "text/plain"}, b"Hello from Python!")
