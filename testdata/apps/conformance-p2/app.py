"""The cases of Spin's conformance suite, rewritten: the environment variable CASE chooses one.

The answer is 200 with an empty body if everything that the case checks holds, otherwise 500 with
what does not hold as its body.
"""

import os

from spin_sdk.wit import exports
from spin_sdk.wit.imports import types
from spin_sdk.wit.types import Err, Ok

from cases import Reply, data, describe, network, postgres, report, requests, services

CASES = {
    "count": data.count,
    "key-value": data.keys,
    "outbound-http": network.outbound_http,
    "outbound-mqtt": services.outbound_mqtt,
    "outbound-redis": services.outbound_redis,
    "postgres": postgres.postgres,
    "report": report.report,
    "request-shape": requests.request_shape,
    "sqlite": data.sqlite,
    "tcp-sockets": network.tcp_sockets,
    "variables": data.variables,
}
CHUNK = 4096  # the most that blocking_write_and_flush takes at once


def respond(outparam, reply: Reply) -> None:
    response = types.OutgoingResponse(types.Fields.from_list(reply.headers))
    response.set_status_code(reply.status)
    body = response.body()
    types.ResponseOutparam.set(outparam, Ok(response))
    with body.write() as stream:
        for start in range(0, len(reply.body), CHUNK):
            stream.blocking_write_and_flush(reply.body[start : start + CHUNK])
    types.OutgoingBody.finish(body, None)


class IncomingHandler(exports.IncomingHandler):
    def handle(self, request, response_out) -> None:
        try:
            reply = CASES[os.environ["CASE"]](request) or Reply()
        except Err as err:
            reply = Reply(500, body=describe(err.value).encode())
        except Exception as err:
            reply = Reply(500, body=str(err).encode())
        respond(response_out, reply)
