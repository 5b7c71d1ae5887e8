"""Shapes of code."""
