"""Code that uses most of what the compiler emits; dump.py compiles it."""

import os
from contextlib import contextmanager, suppress


def plain(a, b=1, *args, key=None, **kwargs):
    total = a + b
    for i, item in enumerate(args):
        if item is None or not item:
            continue
        total += i * item
    else:
        total -= 1
    while total > 100:
        total //= 2
        if total == 77:
            break
    return total, key, kwargs


def guarded(name):
    try:
        import json as j
        from os import path, sep as s
    except (ImportError, AttributeError) as error:
        raise RuntimeError(f"no {name!r}: {error}") from error
    except Exception:
        return None
    finally:
        print("done")
    return j.dumps({"name": name}), path.join("a", s)


class Base:
    limit: int = 3

    def __init__(self, x):
        self.x = x

    def method(self, *rest):
        return [self.x, *rest]


class Child(Base):
    def method(self, *rest):
        first = super().method(*rest)
        second = super().limit
        return first, second, __class__

    @property
    def twice(self):
        return self.x * 2


def outer(n):
    seen = set()

    def inner(k):
        nonlocal n
        n += k
        seen.add(n)
        return (lambda q: q + n)(k)

    return inner, [inner(v) for v in range(3) if v], {v: n for v in seen}, {*seen, 1}


@contextmanager
def manager():
    with suppress(KeyError), open(os.devnull) as f:
        yield f


def generator(xs):
    got = yield from xs
    yield got


async def coroutine(session, xs):
    async with session as s:
        async for x in s:
            await x
    return [y async for y in xs]


def match(value):
    match value:
        case {"kind": kind, **rest}:
            return kind, rest
        case [first, *others] if others:
            return first
        case Base(x=1) | Child():
            return value
        case 1 | "two" | None:
            return -1
        case _:
            return ~value


def slices(xs, d):
    xs[1:2] = xs[3:]
    del xs[0]
    del d["k"], d.attr
    a, *b, c = xs
    d["n"] = not a if b else +c
    assert a < b <= c != d, "order"
    global made
    made = a @ b, xs[::2]
    return f"{a:>10}{b!s:{c}}"


def group():
    try:
        plain(*[1], **{"key": 2})
    except* ValueError as eg:
        print(eg.exceptions)


def many_names():
    NAMES_GO_HERE


plain_result = [plain(1, 2, 3, key=k) for k in range(40)]
for _ in range(40):
    Child(1).method(2)
    Base(3).method()
    slices([1, 2, 3, 4, 5], type("D", (dict,), {"attr": 1})(k=1)) if False else None
