"""The cases of Spin's conformance suite, rewritten: the environment variable CASE chooses one.

The answer is 200 with an empty body if everything that the case checks holds, otherwise 500 with
what does not hold as its body.
"""

import os

from componentize_py_async_support import spawn
from componentize_py_types import Err
from spin_sdk import wit
from spin_sdk.wit import exports
from spin_sdk.wit.imports import wasi_http_types_0_3_0 as types

from cases import Reply, data, describe, network, no_trailers, postgres, requests, send, services

CASES = {
    "count": data.count,
    "key-value": data.keys,
    "outbound-http": network.outbound_http,
    "outbound-mqtt": services.outbound_mqtt,
    "outbound-redis": services.outbound_redis,
    "postgres": postgres.postgres,
    "request-shape": requests.request_shape,
    "sqlite": data.sqlite,
    "tcp-sockets": network.tcp_sockets,
    "variables": data.variables,
}


def response(reply: Reply):
    body = None
    if reply.body:
        writer, body = wit.byte_stream()
        spawn(send(writer, reply.body))
    made, _ = types.Response.new(types.Fields.from_list(reply.headers), body, no_trailers())
    made.set_status_code(reply.status)
    return made


class HttpHandler(exports.HttpHandler):
    async def handle(self, request):
        try:
            reply = await CASES[os.environ["CASE"]](request) or Reply()
        except Err as err:
            reply = Reply(500, body=describe(err.value).encode())
        except Exception as err:
            reply = Reply(500, body=str(err).encode())
        return response(reply)
