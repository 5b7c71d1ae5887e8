"""Puts the same few calls into every shape of code, reached from the handler and not."""

from shapes import calls, guards
from spin_sdk import http
from spin_sdk.http import Request, Response

HANDLERS = {
    "/plain": calls.plain,
    "/lambda": lambda: calls.socket.create_connection(("127.0.0.1", 80)),  # want: socket
}


class IncomingHandler(http.IncomingHandler):
    def handle_request(self, request: Request) -> Response:
        for run in (calls.decorated, calls.nested, calls.bound, guards.asked, guards.caught):
            print(run())
        print(calls.resolve("localhost"), calls.CLIENT.connect(), calls.Client.version())
        print(*calls.lines(), calls.addresses(["localhost"]))
        HANDLERS[request.uri]()
        return self.finish()

    def finish(self) -> Response:
        return Response(200, {}, calls.os.popen("date").read().encode())  # want: process
