"""A package whose wheel was made for x86-64 Linux."""
