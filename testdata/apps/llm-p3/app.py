"""Asks the host's language model twice, with default and with own parameters."""

from spin_sdk import http, llm
from spin_sdk.http import Request, Response

MODEL = "all-minilm-l6-v2"


class HttpHandler(http.Handler):
    async def handle_request(self, request: Request) -> Response:
        joke = llm.infer(MODEL, "tell me a joke")
        print(joke.text)
        print(joke.usage)
        options = llm.InferencingParams(temperature=0.5)
        lesson = llm.infer_with_options(MODEL, "what is the theory of relativity", options)
        print(lesson.text)
        print(lesson.usage)
        return Response(200, {"content-type": "text/plain"}, b"Hello from Python!")
