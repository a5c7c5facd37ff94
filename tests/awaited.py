"""Helpers that wait for the background tasks of a test's event loop."""

from __future__ import annotations

import asyncio
from collections.abc import Callable


async def until(condition: Callable[[], object], patience: float = 60.0) -> None:
    """Wait, `patience` seconds at most, until `condition` holds."""
    async with asyncio.timeout(patience):
        while not condition():
            await asyncio.sleep(0.002)


async def settle() -> None:
    """What can happen without a wait has happened."""
    for _ in range(10):
        await asyncio.sleep(0)
