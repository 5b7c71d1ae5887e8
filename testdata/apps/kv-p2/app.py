"""Writes, lists, reads and deletes one key of the default key-value store."""

from spin_sdk import http, key_value
from spin_sdk.http import Request, Response


class IncomingHandler(http.IncomingHandler):
    def handle_request(self, request: Request) -> Response:
        with key_value.open_default() as store:
            store.set("test", b"hello world!")
            print(store.get_keys())
            print(store.exists("test"))
            print(store.get("test"))
            store.delete("test")
            print(store.get_keys())
        return Response(200, {"content-type": "text/plain"}, b"Hello from Python!")
