"""The guide's handler for WASI 0.3: one JSON object, never cached."""

import json
from datetime import datetime, timezone

from spin_sdk import http
from spin_sdk.http import Request, Response


class HttpHandler(http.Handler):
    async def handle_request(self, request: Request) -> Response:
        body = {
            "service": "guide",
            "runtime": "python-wasi-0.3",
            "ok": True,
            "timestamp": datetime.now(timezone.utc).isoformat(),
        }
        return Response(
            200,
            {"content-type": "application/json", "cache-control": "no-store"},
            json.dumps(body).encode(),
        )
