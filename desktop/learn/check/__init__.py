"""The goals of Learn, measured: `python -m desktop.learn.check [PART…]`. Each module has `rows()`; it may take minutes."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Row:
    what: str
    value: float
    bound: float
    is_least: bool = False  # `bound` is the least allowed value, not the most

    @property
    def holds(self) -> bool:
        return self.value >= self.bound if self.is_least else self.value <= self.bound

    def __str__(self) -> str:
        sign = "≥" if self.is_least else "≤"
        return f"{self.what:<78} {self.value:>12.4g} {sign} {self.bound:<8.4g} {'holds' if self.holds else 'FAILS'}"
