"""Carries secrets as constants, readable by anyone who has the component."""

from spin_sdk import http
from spin_sdk.http import Request, Response

# The documented sample credentials of their makers, or made up: none opens anything.
AWS_ACCESS_KEY_ID = "AKIAIOSFODNN7EXAMPLE"  # want: secret (build)
AWS_SECRET_ACCESS_KEY = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY"  # want: secret (build)
DATABASE_URL = "postgres://app:correct-horse@db.internal:5432/app"  # want: secret (build)
SETTINGS = {"password": "correct-horse-battery-staple"}  # want: secret (build)
SIGNING_KEY = "-----BEGIN PRIVATE KEY-----\nbm90IGEga2V5\n-----END PRIVATE KEY-----\n"  # want: secret (build)


def authorization() -> str:
    return "Bearer " + "sk_" + "test_" + "0123456789abcdefghijklmn"  # want: secret


class IncomingHandler(http.IncomingHandler):
    def handle_request(self, request: Request) -> Response:
        headers = {"authorization": authorization()}
        body = AWS_ACCESS_KEY_ID + AWS_SECRET_ACCESS_KEY + DATABASE_URL + SIGNING_KEY
        return Response(200, headers, (body + SETTINGS["password"]).encode())
