"""Writes what the interpreter that runs this knows about the code of sample.py.

    python dump.py sample.py out.json

A 3.14 for WASI is the one inside componentize-py: import this file from an app
that is being built, and call main.
"""

import contextlib
import dis
import io
import json
import sys

# More than 256 names, so that arguments need EXTENDED_ARG.
MANY = "; ".join(f"name{i}.attr{i}" for i in range(258))


def codes(code):
    yield code
    for const in code.co_consts:
        if hasattr(const, "co_code"):
            yield from codes(const)


def describe(code):
    return {
        "qualname": code.co_qualname,
        "firstLine": code.co_firstlineno,
        "units": code._co_code_adaptive.hex(),
        "specialized": code._co_code_adaptive != code.co_code,
        "lineTable": code.co_linetable.hex(),
        "exceptionTable": code.co_exceptiontable.hex(),
        "instructions": [
            [i.offset, i.opname, i.arg or 0, i.argval if i.opcode in dis.hasjrel else -1]
            for i in dis.get_instructions(code)
            if i.opname != "EXTENDED_ARG"
        ],
        "positions": [list(p) for p in code.co_positions()],
        "handlers": [list(e) for e in dis._parse_exception_table(code)],
        "names": list(code.co_names),
    }


def stack_effects():
    effects = {}
    for name, op in dis.opmap.items():
        if op >= 256 or name.startswith("INSTRUMENTED_") or name in ("CACHE", "RESERVED", "ENTER_EXECUTOR"):
            continue
        for arg in range(8):
            with contextlib.suppress(ValueError):
                has = op in dis.hasarg
                effects[f"{name} {arg}"] = dis.stack_effect(op, arg if has else None, jump=False)
    return effects


def main(source, out):
    with open(source) as f:
        text = f.read().replace("NAMES_GO_HERE", MANY)
    code = compile(text, "sample.py", "exec")
    namespace = {"__name__": "sample"}
    with contextlib.redirect_stdout(io.StringIO()):
        exec(code, namespace)
    ran = [v.__code__ for v in namespace.values() if hasattr(v, "__code__")]
    by_name = {c.co_qualname: c for c in codes(code)}
    by_name.update({c.co_qualname: c for c in ran})
    with open(out, "w") as f:
        json.dump(
            {
                "python": list(sys.version_info[:3]),
                "codes": [describe(c) for c in by_name.values()],
                "stackEffects": stack_effects(),
            },
            f,
            separators=(",", ":"),
        )


if __name__ == "__main__":
    main(*sys.argv[1:])
