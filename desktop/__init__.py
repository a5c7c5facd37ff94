"""Safelight: watch a picture develop, steer it, keep every step."""

__version__ = "0.1.0"
