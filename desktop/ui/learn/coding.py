"""Coding: the reader's picture in the latents of Create's model; what latents become is decoded, the newest first."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from contextlib import aclosing
from dataclasses import replace
from typing import TYPE_CHECKING

from ...diffusion.recipe import ModelReference, Recipe
from ...learn import latents
from .station import Tools

if TYPE_CHECKING:
    import numpy as np

MOST_SIDE = 512  # px of the picture that is encoded


class Coding:
    def __init__(self, tools: Tools, show: Callable[[latents.Back], None]) -> None:
        """`show` gets a preview of what latents become, then the picture; previews of newer latents may come instead."""
        self._tools = tools
        self._show = show
        self.coded: latents.Coded | None = None
        self._model = ModelReference()  # that has coded it
        self._wanted: np.ndarray | None = None  # latents to be decoded next
        self._decoding: asyncio.Task[None] | None = None

    def recipe(self) -> Recipe:
        """Create's model, at the size at which pictures are encoded here."""
        recipe = self._tools.recipe()
        side = max(min(recipe.size.width, recipe.size.height, MOST_SIDE) // 64 * 64, 64)
        return replace(recipe, adapters=(), embeddings=(), turns=()).with_values(width=side, height=side)

    @property
    def is_current(self) -> bool:
        """Whether there are latents, made by the model that Create has now: to another one they mean nothing."""
        return self.coded is not None and self.recipe().model == self._model

    @property
    def is_decoding(self) -> bool:
        return self._decoding is not None and not self._decoding.done()

    async def square(self) -> np.ndarray:
        """The reader's picture as it is encoded."""
        subject = self._tools.lessons.subject
        assert subject is not None
        return await asyncio.to_thread(subject.square, self.recipe().size.width)

    async def encode(self, picture: np.ndarray) -> latents.Coded:
        """Encode `picture`, and keep it as `coded`."""
        model = self.recipe().model
        self.coded, self._model = await self.code(picture), model
        return self.coded

    async def code(self, picture: np.ndarray) -> latents.Coded:
        async with aclosing(self._tools.machine.compute_with(self.recipe(), latents.coding(picture))) as found:
            return await anext(found)

    def decode_soon(self, wanted: np.ndarray) -> None:
        """Decode `wanted` instead of what waits; what is being decoded is stopped after its preview."""
        self._wanted = wanted
        if not self.is_decoding:
            self._decoding = self._tools.notices.spawn(self._decode())

    def stop(self) -> None:
        if self._decoding is not None:
            self._decoding.cancel()
        self._decoding = self._wanted = None

    async def _decode(self) -> None:
        while self._wanted is not None and self.coded is not None:
            wanted, self._wanted = self._wanted, None
            decoding = latents.decoding(wanted, self.coded.picture)
            async with aclosing(self._tools.machine.compute_with(self.recipe(), decoding)) as shown:
                async for back in shown:
                    self._show(back)
                    if self._wanted is not None:
                        break
