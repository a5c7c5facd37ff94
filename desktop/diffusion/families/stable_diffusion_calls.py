"""The torch calls of Stable Diffusion 1 and 2."""

from __future__ import annotations

from .calls import Calls, Embedding


class StableDiffusionCalls(Calls):
    def embed(self, text: str, is_negative: bool = False) -> Embedding:
        pipeline = self.pipeline
        return Embedding(pipeline.encode_prompt(text, pipeline._execution_device, 1, do_classifier_free_guidance=False)[0])


CALLS = StableDiffusionCalls
