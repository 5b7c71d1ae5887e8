"""Present at build, but never imported there."""
