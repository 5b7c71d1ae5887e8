"""Calls that are guarded, so that they cannot fail."""

import os
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy


def asked():
    if hasattr(os, "fork"):
        return os.fork()  # want: process (caught)
    return None


def caught():
    try:
        return os.fork()  # want: process (caught)
    except AttributeError:
        return None


def annotated(values: "numpy.ndarray") -> None:
    print(values)
