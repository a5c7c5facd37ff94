"""Typing a prompt: what counting its tokens and finding its unknown words take, at each key.

Told is the best of 100 calls, in processor time: a call is so short that anything above it comes from other programs.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator

from desktop.library.models import ModelLibrary
from desktop.library.tokens import TokenMeter
from desktop.resources import STARTER

from .figures import Figure, tell

WORDS = " ".join(["mouse", "guitar", "beautiful", "熊猫", "sunset"] * 20)
UNKNOWN = ("cyberpunk mouse " * 250, "赛博朋克一只熊猫" * 125, "🦊 лиса " * 250)


def measure(quick: bool) -> Iterator[Figure]:
    starter = ModelLibrary(STARTER, (), STARTER.with_suffix(".none")).starter
    meter, vocabulary = TokenMeter.of(starter), starter.vocabulary
    assert vocabulary is not None
    yield _figure("Counting the tokens of 100 words", 1.0, lambda: meter.count(WORDS))
    for prompt in UNKNOWN:
        yield _figure(
            f"Finding unknown words among 500 such as {prompt[:9].strip()}", 2.0, lambda prompt=prompt: vocabulary.unknown(prompt)
        )


def _figure(name: str, goal: float, act: Callable[[], object]) -> Figure:
    seconds = []
    for _ in range(100):
        began = time.thread_time()
        act()
        seconds.append(time.thread_time() - began)
    best = min(seconds) * 1000
    return Figure(name, f"≤ {goal:g} ms", f"best {best:.2f} ms", best <= goal)


if __name__ == "__main__":
    tell(measure)
