"""A WASI 0.3 command: prints its arguments, one a line, after the program's name."""

import sys

from wit_world import exports


class Run(exports.Run):
    async def run(self) -> None:
        for arg in sys.argv:
            print(arg)
