"""A package that is of use at build only."""

WORDS = [bytes(200_000)]
