"""Loops that run as machine code, kept between runs."""

from planner.foundation.compiled import compiled

__all__ = ["compiled"]
