"""Adds the two numbers of the query, by a component that it depends on."""

from wit_world import exports
from wit_world.imports import add, types
from wit_world.types import Ok


class IncomingHandler(exports.IncomingHandler):
    def handle(self, request, response_out) -> None:
        _, _, query = request.path_with_query().partition("?")
        a, _, b = query.partition("+")
        response = types.OutgoingResponse(types.Fields.from_list([]))
        body = response.body()
        types.ResponseOutparam.set(response_out, Ok(response))
        with body.write() as stream:
            stream.blocking_write_and_flush(str(add.add(int(a), int(b))).encode())
        types.OutgoingBody.finish(body, None)
