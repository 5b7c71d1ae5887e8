"""Writes the interpreter's state beside this file, one JSON object a line.

{"kind": "python"}   version, sys.path and the builtin module names
{"kind": "listing"}  a directory of the import path with its cached entries
{"kind": "module"}   an entry of sys.modules: its type, __file__ and the types of its globals
{"kind": "code"}     a code object of a live function, or nested in one
"""

import dis
import gc
import hashlib
import json
import sys
from pathlib import Path
from types import CodeType, FunctionType, ModuleType


def type_name(value) -> str:
    kind = type(value)
    return f"{kind.__module__}.{kind.__qualname__}"


def python() -> dict:
    return {
        "kind": "python",
        "version": sys.version,
        "hexversion": sys.hexversion,
        "path": sys.path,
        "builtin": sorted(sys.builtin_module_names),
    }


def listings():
    for path, finder in sorted(sys.path_importer_cache.items()):
        entries = sorted(getattr(finder, "_path_cache", ()))
        yield {"kind": "listing", "path": path, "entries": entries}


def modules():
    for name, module in sorted(sys.modules.items()):
        real = isinstance(module, ModuleType)
        attributes = vars(module).items() if real else ()
        yield {
            "kind": "module",
            "name": name,
            "type": type_name(module),
            "file": getattr(module, "__file__", None) if real else None,
            "globals": {key: type_name(value) for key, value in attributes},
        }


def with_nested(code: CodeType):
    yield code
    for constant in code.co_consts:
        if isinstance(constant, CodeType):
            yield from with_nested(constant)


def codes() -> list[CodeType]:
    """All code that outlives the build: not the module bodies that are running now."""
    functions = [each for each in gc.get_objects() if isinstance(each, FunctionType)]
    kept = [each.__code__ for each in functions if each.__code__.co_name != "<module>"]
    found = {id(code): code for outer in kept for code in with_nested(outer)}
    return sorted(
        found.values(), key=lambda code: (code.co_filename, code.co_firstlineno, code.co_qualname)
    )


def instructions(code: CodeType) -> list:
    return [
        [each.offset, each.opname, each.arg, each.positions.lineno]
        for each in dis.get_instructions(code)
    ]


def describe(code: CodeType) -> dict:
    row = {
        "kind": "code",
        "file": code.co_filename,
        "line": code.co_firstlineno,
        "qualname": code.co_qualname,
        "name": code.co_name,
        "flags": code.co_flags,
        "argcount": code.co_argcount,
        "names": code.co_names,
        "localsplus": code.co_varnames + code.co_cellvars + code.co_freevars,
        "bytecode": hashlib.sha256(code.co_code).hexdigest(),
        "linetable": code.co_linetable.hex(),
        "exceptiontable": code.co_exceptiontable.hex(),
        "lines": list(code.co_lines()),
    }
    if code.co_filename.startswith("/0/") or "spin_sdk" in code.co_filename:
        row["positions"] = list(code.co_positions())
        row["instructions"] = instructions(code)
    return row


def write() -> None:
    gc.collect()
    with Path(__file__).with_name("truth.jsonl").open("w") as out:
        for row in (python(), *listings(), *modules()):
            out.write(json.dumps(row) + "\n")
        for code in codes():
            out.write(json.dumps(describe(code)) + "\n")
