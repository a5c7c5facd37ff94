"""The port to the machine that executes runs: here this computer; a remote machine can implement the same protocol.

Requests, orders and events are plain frozen values. A model is a name and a fingerprint, never a path.
"""

from __future__ import annotations

import asyncio
import gc
from collections.abc import AsyncGenerator, Callable
from contextlib import aclosing
from typing import TYPE_CHECKING, Protocol, TypeVar

from .diffusion.recipe import ModelReference, Recipe
from .diffusion.run import Event, LatentValues, Phase, Pixels, View
from .errors import AdapterUnknown, ModelChanged, ModelGone, RefinerAlone, RefinerUnfit, SafelightError

if TYPE_CHECKING:
    from .diffusion.adapters import Source
    from .diffusion.control import Control
    from .diffusion.engine import Engine
    from .diffusion.families.description import Traits
    from .diffusion.loaded_model import LoadedModel
    from .diffusion.request import Opened, Request
    from .diffusion.working_memory import Hardware
    from .library.adapters import AdapterLibrary
    from .library.models import Model, ModelLibrary
    from .worker import Worker

T = TypeVar("T")


class Machine(Protocol):
    """Executes requests, one at a time. Cancelling the task that awaits a method stops the work, even inside a step."""

    @property
    def is_ready(self) -> bool:
        """Whether its libraries are loaded."""
        ...

    async def prepare(self) -> None:
        """Load the libraries, which takes seconds."""
        ...

    def generate(self, request: Request, control: Control) -> AsyncGenerator[Event, None]:
        """Start or resume a run. Ends with a `Picture`, or without one if `control` pauses the run.

        Raises a `SafelightError`.
        """
        ...

    async def decode(self, request: Request, number: int, view: View) -> Pixels:
        """Step `number` in a view, through the full decoder. `request.history` holds the steps up to it."""
        ...

    async def values(self, request: Request, number: int, x: float, y: float) -> LatentValues:
        """The latents of step `number` at (x, y), both 0…1 from the upper left. `request.history` holds the steps up to it."""
        ...

    def compute(self, work: Callable[[Control, Callable[[T], None]], None], control: Control | None = None) -> AsyncGenerator[T, None]:
        """Yield what `work(control, emit)` emits: a computation of `learn` without a model, on one thread of torch.

        It has the machine to itself, so a long one is split into several of at most 30 ms; runs go between them.
        """
        ...

    def compute_with(
        self, recipe: Recipe, work: Callable[[LoadedModel, Control, Callable[[T], None]], None], control: Control | None = None
    ) -> AsyncGenerator[T, None]:
        """The same with the model of `recipe`, which is loaded if necessary. Raises a `SafelightError`."""
        ...

    async def free(self) -> None:
        """Release the model and its memory; the next run loads it again."""
        ...

    async def hardware(self) -> Hardware | None:
        """The device that computes; None before its libraries are loaded. Waits for the run at work."""
        ...

    def traits_of(self, name: str) -> Traits | None:
        """The traits of the model with that name; None if there is none that can be used. Never waits."""
        ...


class LocalMachine:
    """This computer: the worker thread and the engine that runs on it."""

    def __init__(
        self, worker: Worker, models: ModelLibrary, collect: Callable[[], object] = gc.collect, adapters: AdapterLibrary | None = None
    ) -> None:
        """`collect` frees, on the worker's demand, the objects that only reference each other. Without `adapters` there are no LoRAs."""
        self._worker = worker
        self._models = models
        self._adapters = adapters
        self._collect = collect
        self._engine: Engine | None = None  # created and used on the worker thread only

    @property
    def is_ready(self) -> bool:
        return self._engine is not None

    async def prepare(self) -> None:
        await self._worker.run(self._open)

    async def generate(self, request: Request, control: Control) -> AsyncGenerator[Event, None]:
        if not self.is_ready:
            yield Phase.PREPARING
        model, fingerprint = await self._model_of(request)
        refiner = await self._refiner_of(request, model)
        adapters = await asyncio.to_thread(self._sources, request.recipe, model)

        def work(control: Control, emit: Callable[[Event], None]) -> None:
            self._open().generate(request, model.files, fingerprint, control, emit, adapters, refiner)

        async with aclosing(self._worker.stream(work, control)) as events:
            async for event in events:
                yield event

    async def decode(self, request: Request, number: int, view: View) -> Pixels:
        model, fingerprint = await self._model_of(request)
        refiner = await self._refiner_of(request, model)
        adapters = await asyncio.to_thread(self._sources, request.recipe, model) if view is View.GUIDANCE else {}

        def work(control: Control, emit: Callable[[Pixels], None]) -> None:
            emit(self._open().decode(request, model.files, fingerprint, number, view, control, adapters, refiner))

        async with aclosing(self._worker.stream(work)) as results:
            return await anext(results)

    async def values(self, request: Request, number: int, x: float, y: float) -> LatentValues:
        # Tried without the model first: this is called while the pointer moves, and the model may be gone.
        values = await self._worker.run(lambda: self._open().values_of_grid(request, number, x, y))
        if values is not None:
            return values
        model, fingerprint = await self._model_of(request)
        return await self._worker.run(lambda: self._open().values(request, model.files, fingerprint, number, x, y))

    async def compute(
        self, work: Callable[[Control, Callable[[T], None]], None], control: Control | None = None
    ) -> AsyncGenerator[T, None]:
        def alone(control: Control, emit: Callable[[T], None]) -> None:
            self._open().compute(lambda: work(control, emit))

        async with aclosing(self._worker.stream(alone, control)) as results:
            async for result in results:
                yield result

    async def compute_with(
        self, recipe: Recipe, work: Callable[[LoadedModel, Control, Callable[[T], None]], None], control: Control | None = None
    ) -> AsyncGenerator[T, None]:
        from .diffusion.request import Request  # here: the first paint need not wait for it

        model, fingerprint = await self._model_of(Request(recipe))

        def with_model(control: Control, emit: Callable[[T], None]) -> None:
            self._open().compute_with(recipe, model.files, fingerprint, control, lambda loaded: work(loaded, control, emit))

        async with aclosing(self._worker.stream(with_model, control)) as results:
            async for result in results:
                yield result

    async def free(self) -> None:
        if self.is_ready:
            await self._worker.run(lambda: self._open().free())

    async def hardware(self) -> Hardware | None:
        return await self._worker.run(lambda: self._open().hardware) if self.is_ready else None

    def traits_of(self, name: str) -> Traits | None:
        return next((model.traits for model in self._models.models if model.name == name and not model.problem), None)

    async def _refiner_of(self, request: Request, model: Model) -> Opened | None:
        """The refiner that the request names, if it does. Errors as `_model_of`, and `RefinerUnfit`."""
        if not request.recipe.refiner.name:
            return None
        refiner, fingerprint = await self._verified(request, request.recipe.refiner, "refiner_fingerprint")
        if refiner.family.refines != model.family.name:
            raise RefinerUnfit(refiner=refiner.name, model=model.name)
        from .diffusion.request import Opened  # here: the first paint need not wait for it

        return Opened(refiner.files, fingerprint)

    async def _model_of(self, request: Request) -> tuple[Model, str]:
        """The model that the request names, and its fingerprint.

        Raises `ModelGone` or `ModelChanged` if it is not the model of the recorded steps, and `RefinerAlone` for a refiner.
        """
        model, fingerprint = await self._verified(request, request.recipe.model, "model_fingerprint")
        if model.family.refines:
            raise RefinerAlone(refiner=model.name, family=model.family.refines)
        return model, fingerprint

    async def _verified(self, request: Request, wanted: ModelReference, key: str) -> tuple[Model, str]:
        """The model that `wanted` means, and its fingerprint; `key`: of the recorded one in the environment."""
        try:
            model = await asyncio.to_thread(self._models.of, wanted)
            fingerprint = await asyncio.to_thread(self._models.verified, model)
            model = self._models.find(model.name)  # with its facts as they are on disk now
            recorded = str(request.environment.get(key, fingerprint))
            is_same = recorded == fingerprint or await asyncio.to_thread(self._models.is_of, recorded, model)
        except SafelightError as problem:
            if request.history:
                raise ModelGone(model=wanted.name, step=request.history[-1].number) from problem
            raise
        if not is_same:
            raise ModelChanged(model=model.name)
        return model, fingerprint

    def _sources(self, recipe: Recipe, model: Model) -> dict[str, Source]:
        """The files of all LoRAs in `recipe` that have an effect, and of its embeddings, by `Adapter.key` and `embeddings.key`.

        Reads new files in full. Errors as `AdapterLibrary`.
        """
        from .diffusion import branching, embeddings  # here: the first paint need not wait for them

        legs = [leg.recipe for leg in branching.legs(recipe)]
        used = {adapter.key: adapter for leg in legs for adapter in leg.adapters if adapter.weight}
        named = {embeddings.key(each): each for leg in legs for each in leg.embeddings}
        if self._adapters is None:
            if used or named:
                raise AdapterUnknown(name=next(iter((used | named).values())).name)
            return {}
        sources = {key: self._adapters.source(adapter, model) for key, adapter in used.items()}
        return sources | {key: self._adapters.embedding_source(each, model) for key, each in named.items()}

    def _open(self) -> Engine:
        if self._engine is None:
            from .diffusion.warmup import warm_up

            warm_up()
            from .diffusion.engine import Engine

            self._engine = Engine(collect=self._collect)
        return self._engine
