"""Present at build, but never imported there."""


def greeting() -> str:
    return "Good day!"
