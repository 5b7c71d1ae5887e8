"""Carries what only the build needed, and calls what this Python was built without."""

import email
import os
import timeit  # want: development-module (build)

import wordlist
from spin_sdk import http
from spin_sdk.http import Request, Response

TABLE = bytes(2_000_000)  # want: large-constant (build)
SMALL = bytes(2_000)
WORDS = len(wordlist.WORDS)


def owner() -> str:
    if hasattr(os, "getlogin"):
        return os.getlogin()  # want: missing-attribute (caught)
    return str(os.getuid())  # want: missing-attribute


def zone() -> None:
    from time import tzset  # want: missing-attribute

    tzset()


def subject(text: str) -> str:
    return email.message_from_string(text)["subject"]  # want: indirect-import


class IncomingHandler(http.IncomingHandler):
    def handle_request(self, request: Request) -> Response:
        zone()
        took = timeit.timeit(owner, number=WORDS)
        body = f"{owner()} {subject('')} {took} {os.getcwd()} {len(TABLE) + len(SMALL)}"
        return Response(200, {}, body.encode())
