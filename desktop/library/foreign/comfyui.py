"""The graph of a ComfyUI picture: nodes by id, `{"class_type", "inputs"}`; an input is a value or a link `[node id, output]`.

ComfyUI stores it as `prompt` (`nodes.py`, `comfy_extras/nodes_custom_sampler.py`). The recipe is found by walking back from
the sampler. Names of inputs tell more than classes of nodes, of which there are thousands: an unknown node on the way is
walked through, and listed.
"""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from .findings import (
    CLIP_SKIP,
    CONTROLNET,
    MORE_PROMPTS,
    NODES,
    REFERENCE,
    REFINER,
    SCHEDULE,
    SECOND_PASS,
    SOURCE,
    UPSCALING,
    VAE,
    Findings,
    Found,
    model_name,
    named,
)
from .grammar import MOST_LETTERS

PROGRAM = "ComfyUI"
MOST_NODES = 5_000
MOST_HOPS = 100  # from a link to the value behind it

_SEEDS = ("seed", "noise_seed")
_MODELS = ("ckpt_name", "unet_name", "model_name", "base_ckpt_name", "ckpt", "gguf_name")
_TEXTS = ("text", "text_g", "prompt", "string", "value", "populated_text", "wildcard_text", "text_l", "clip_l", "t5xxl")
_VALUES = ("value", "int", "float", "number", "seed", "string", "text")  # of a node that only holds one
_PICTURE = re.compile(r"LoadImage|VAEEncode|ImageToLatent|LoadLatent", re.IGNORECASE)
_SIZED = re.compile(r"Empty.*Latent|EmptyLatent|LatentFromBatch|SizePicker|ResolutionSelector", re.IGNORECASE)
# What determines nothing that a recipe leaves out, or is read.
_UNDERSTOOD = re.compile(
    r"KSampler.*|SamplerCustom.*|CheckpointLoader.*|UNETLoader|UnetLoaderGGUF.*|(Dual|Triple)?CLIPLoader.*|CLIPTextEncode.*|Empty.*Latent.*"
    r"|VAEDecode.*|VAELoader|SaveImage.*|PreviewImage|Reroute.*|Primitive.*|.*Note|String.*|.*Text.*|RandomNoise|BasicScheduler"
    r"|.*Scheduler|Sampler[A-Z].*|.*Guider|ConditioningCombine|ConditioningConcat|ConditioningZeroOut|Lora.*Loader.*"
    r"|.*Lora Loader.*|LoraLoader.*|CLIPSetLastLayer|ControlNet.*|DiffControlNetLoader|IPAdapter.*|CLIPVision.*|LoadImage.*|VAEEncode.*"
    r"|LatentUpscale.*|FluxGuidance|UpscaleModelLoader|ImageUpscale.*|ImageScale.*|INTConstant|Seed.*|.*Seed"
)


@dataclass(frozen=True, slots=True)
class _Node:
    id: str
    kind: str
    inputs: Mapping[str, object]

    @property
    def is_sampler(self) -> bool:
        """Whether the node denoises latents, by what it is given."""
        has_noise = any(name in self.inputs for name in (*_SEEDS, "noise"))
        is_steered = "positive" in self.inputs or "guider" in self.inputs
        return has_noise and is_steered and any(name in self.inputs for name in ("steps", "sigmas", "latent_image"))


def is_graph(data: object) -> bool:
    """Whether `data`, read from JSON, is such a graph."""
    return isinstance(data, dict) and any(isinstance(node, dict) and isinstance(node.get("inputs"), dict) for node in data.values())


def read(data: Mapping[str, object], program: str = PROGRAM) -> Found | None:
    """The recipe of the sampler that made the first picture in the graph; None for a graph without any sampler."""
    graph = _Graph(data)
    made = graph.sampler()
    return None if made is None else _read(graph, *made, program)


class _Graph:
    """All walks visit each node at most once, so that loops end."""

    def __init__(self, data: Mapping[str, object]) -> None:
        self.nodes: dict[str, _Node] = {}
        self._texts: dict[str, str | None] = {}  # of each node; None: it has none, or a loop leads back to it
        for id, node in data.items():
            if isinstance(node, dict) and isinstance(node.get("inputs"), dict) and len(self.nodes) < MOST_NODES:
                self.nodes[id] = _Node(id, str(node.get("class_type", "")), node["inputs"])

    def behind(self, value: object) -> _Node | None:
        """The node that `value` links to."""
        if isinstance(value, list) and len(value) == 2 and isinstance(value[0], (str, int)):
            return self.nodes.get(str(value[0]))
        return None

    def upstream(self, *starts: _Node | None, by: re.Pattern[str] | None = None) -> Iterator[_Node]:
        """The nodes at and before `starts`, the nearest first; only through inputs whose name matches `by`."""
        waiting = deque(start for start in starts if start)
        seen = {node.id for node in waiting}
        while waiting:
            node = waiting.popleft()
            yield node
            for name, value in node.inputs.items():
                before = self.behind(value) if by is None or by.search(name) else None
                if before and before.id not in seen:
                    seen.add(before.id)
                    waiting.append(before)

    def sampler(self) -> tuple[_Node, list[_Node]] | None:
        """The sampler that began the first saved picture, and those that continued its latents."""
        ends = [node for node in self.nodes.values() if "images" in node.inputs or "filename_prefix" in node.inputs]
        found = [node for node in self.upstream(*ends) if node.is_sampler] or [node for node in self.nodes.values() if node.is_sampler]
        if not found:
            return None
        chain = [node for node in self.upstream(found[0], by=re.compile("latent|samples|image|pixels")) if node.is_sampler]
        return chain[-1], chain[:-1]

    def value(self, node: _Node, *names: str) -> object:
        """The first of the inputs `names` that the node has, followed through links to the value itself; None if there is none."""
        value = next((node.inputs[name] for name in names if name in node.inputs), None)
        for _ in range(MOST_HOPS):
            before = self.behind(value)
            if before is None:
                return value if isinstance(value, (str, int, float)) else None
            value = next((before.inputs[name] for name in (*names, *_VALUES) if name in before.inputs), None)
        return None

    def text(self, value: object, hops: int = MOST_HOPS) -> str | None:
        """The text that `value` is or links to; None without any, or if it is longer than any prompt."""
        if isinstance(value, str):
            return value
        node = self.behind(value)
        if node is None or not hops:
            return None
        if node.id not in self._texts:
            self._texts[node.id] = None
            if "string_a" in node.inputs:  # StringConcatenate
                parts = [self.text(node.inputs.get(name, ""), hops - 1) for name in ("string_a", "delimiter", "string_b")]
                known = [part for part in parts if part is not None]
                text = "".join(known) if len(known) == len(parts) else None
            else:
                text = self.own_text(node, hops - 1)
            self._texts[node.id] = text if text is not None and len(text) <= MOST_LETTERS else None
        return self._texts[node.id]

    def own_text(self, node: _Node, hops: int = MOST_HOPS) -> str | None:
        """The text that the node encodes or passes on."""
        return next((text for name in _TEXTS if (text := self.text(node.inputs.get(name), hops)) is not None), None)

    def prompts(self, start: object, side: str) -> list[str]:
        """The texts behind the conditioning `start`, the nearest first; `side`: "positive" or "negative"."""
        texts: list[str] = []
        waiting, seen = deque([start]), set[str]()
        while waiting:
            node = self.behind(waiting.popleft())
            if node is None or node.id in seen:
                continue
            seen.add(node.id)
            if node.kind == "ConditioningZeroOut":
                texts.append("")
            elif isinstance(given := node.inputs.get(side), str):
                texts.append(given)
            elif given is not None:
                waiting.append(given)
            elif (text := self.own_text(node)) is not None:
                texts.append(text)
                second = self.text(node.inputs.get("text_l"))
                texts += [second] if second and second != text else []
            else:
                waiting.extend(value for name, value in node.inputs.items() if "conditioning" in name)
        return texts


def _read(graph: _Graph, sampler: _Node, later: list[_Node], program: str) -> Found:
    findings = Findings(program)
    guider = graph.behind(sampler.inputs.get("guider")) or sampler
    _read_prompts(graph, guider, findings)
    _read_sampling(graph, sampler, guider, findings)
    _read_model(graph, guider, findings)
    _read_latents(graph, sampler, findings)
    for node in later:
        findings.lose(SECOND_PASS if "start_at_step" not in node.inputs else REFINER, node.kind)
    _list_others(graph, findings)
    return findings.found()


def _read_prompts(graph: _Graph, guider: _Node, findings: Findings) -> None:
    positive = graph.prompts(guider.inputs.get("positive", guider.inputs.get("conditioning")), "positive")
    negative = graph.prompts(guider.inputs.get("negative"), "negative")
    given = guider.inputs.get("positive"), guider.inputs.get("negative")  # texts of a node that encodes them itself
    positive = [given[0]] if isinstance(given[0], str) else positive
    negative = [given[1]] if isinstance(given[1], str) else negative
    findings.prompts(positive[0] if positive else None, negative[0] if negative else None)
    if not positive:  # made by a node that is unknown here
        findings.values.pop("prompt", None)
    for text in (*positive[1:], *negative[1:]):
        findings.lose(MORE_PROMPTS, text)


def _read_sampling(graph: _Graph, sampler: _Node, guider: _Node, findings: Findings) -> None:
    noise = graph.behind(sampler.inputs.get("noise")) or sampler
    sigmas = graph.behind(sampler.inputs.get("sigmas")) or sampler
    method = graph.behind(sampler.inputs.get("sampler")) or sampler
    values = {"seed": graph.value(noise, *_SEEDS), "steps": graph.value(sigmas, "steps"), "guidance_scale": graph.value(guider, "cfg")}
    if guider.kind == "BasicGuider":  # asks the model once, without a negative prompt
        values["guidance_scale"] = 1.0
    asked = graph.behind(guider.inputs.get("positive", guider.inputs.get("conditioning")))
    for node in graph.upstream(asked, by=re.compile("^(conditioning|positive)")) if asked else ():
        if node.kind == "FluxGuidance":  # of models that are distilled for it; they have no other
            values["guidance_scale"] = graph.value(node, "guidance")
            break
    findings.values |= {key: value for key, value in values.items() if value is not None}
    name = graph.value(method, "sampler_name") if method is not sampler or "sampler_name" in sampler.inputs else None
    schedule = graph.value(sigmas, "scheduler")
    if schedule is None and sigmas is not sampler:
        schedule = sigmas.kind.removesuffix("Scheduler").lower()  # KarrasScheduler and others
    if name is None and method is not sampler:
        name = method.kind.removeprefix("Sampler")  # SamplerDPMPP_2M_SDE and others
    if isinstance(name, str):
        name = name.removeprefix("sample_")  # in the first versions
    if name is not None:
        findings.sampler(name, schedule or "")
    elif schedule:
        findings.lose(SCHEDULE, schedule)
    start, end = graph.value(sampler, "start_at_step"), graph.value(sampler, "end_at_step")
    if isinstance(start, int) and start > 0:
        findings.lose(SOURCE, f"start_at_step {start}")
    if isinstance(end, int) and isinstance(values["steps"], int) and end < values["steps"]:
        findings.lose(REFINER, f"end_at_step {end}")


def _read_model(graph: _Graph, guider: _Node, findings: Findings) -> None:
    start = graph.behind(guider.inputs.get("model"))
    for node in graph.upstream(start or guider, by=re.compile("^(model|lora_stack|pipe|base_pipe|sdxl_tuple|optional_lora_stack)")):
        _read_loras(graph, node, findings)
        name = next((graph.value(node, key) for key in _MODELS if key in node.inputs), None)
        if name is not None and "lora_name" not in node.inputs and "model" not in findings.values:
            findings.model(name)


def _read_loras(graph: _Graph, node: _Node, findings: Findings) -> None:
    if "lora_name" in node.inputs:
        findings.lora(graph.value(node, "lora_name"), graph.value(node, "strength_model", "lora_model_strength", "strength"))
    for entry in node.inputs.values():  # several in one node: {"on": true, "lora": name, "strength": 1}
        if isinstance(entry, dict) and entry.get("on") and "lora" in entry:
            findings.lora(entry["lora"], entry.get("strength") if isinstance(entry.get("strength"), (int, float)) else None)


def _read_latents(graph: _Graph, sampler: _Node, findings: Findings) -> None:
    start = graph.behind(sampler.inputs.get("latent_image")) or graph.behind(sampler.inputs.get("latent"))
    for node in graph.upstream(start or sampler, by=re.compile("latent|samples|image|pixels|pipe")):
        if _PICTURE.search(node.kind):
            findings.lose(SOURCE, graph.value(node, "image"))
            break
        width, height = (graph.value(node, *names) for names in (("width", "empty_latent_width"), ("height", "empty_latent_height")))
        if width is not None and height is not None and (node is start or _SIZED.search(node.kind) or node is sampler):
            findings.values |= {"width": width, "height": height}
            break
    denoise = graph.value(graph.behind(sampler.inputs.get("sigmas")) or sampler, "denoise")
    if isinstance(denoise, (int, float)) and denoise < 1:
        findings.lose(SOURCE, f"denoise {denoise}")


def _list_others(graph: _Graph, findings: Findings) -> None:
    """List what else takes part in the graph."""
    unknown: list[str] = []
    for node in graph.nodes.values():
        if "control_net_name" in node.inputs:
            findings.lose(CONTROLNET, model_name(named(graph.value(node, "control_net_name"))))
        elif node.kind.startswith("IPAdapter") and "image" in node.inputs:
            findings.lose(REFERENCE, node.kind)
        elif node.kind == "CLIPSetLastLayer":
            layer = graph.value(node, "stop_at_clip_layer")
            if isinstance(layer, int) and layer != -1:
                findings.lose(CLIP_SKIP, -layer)
        elif node.kind == "VAELoader":
            findings.lose(VAE, model_name(named(graph.value(node, "vae_name"))))
        elif re.match(r"ImageUpscale|ImageScale|UltimateSDUpscale", node.kind):
            findings.lose(UPSCALING, node.kind)
        elif not _UNDERSTOOD.fullmatch(node.kind) and not node.is_sampler:
            unknown.append(node.kind)
    if unknown:
        findings.lose(NODES, ", ".join(dict.fromkeys(unknown)))
