"""Not a case but for tests of routes: tells what the component was given."""

import json
import os

from spin_sdk.wit.imports.types import Fields

from cases import Reply

ROOT = "/"


def entries(fields: Fields) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for name, value in fields.entries():
        found.setdefault(name, []).append(value.decode())
    return found


def files() -> dict[str, str]:
    """The mounted files and what is in them."""
    found = {}
    for folder, _, names in os.walk(ROOT):
        for name in names:
            path = os.path.join(folder, name)
            with open(path) as file:
                found[path] = file.read()
    return found


def write() -> str:
    """What comes of writing a file."""
    try:
        with open(os.path.join(ROOT, "new"), "w"):
            return "written"
    except OSError as err:
        return type(err).__name__


def report(request) -> Reply:
    facts = {
        "path": request.path_with_query(),
        "authority": request.authority(),
        "headers": entries(request.headers()),
        "environment": dict(os.environ),
        "files": files(),
        "write": write(),
    }
    return Reply(headers=[("content-type", b"application/json")], body=json.dumps(facts).encode())
