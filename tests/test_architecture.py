"""Allowed imports between packages, modules loaded before the first paint, and files of a checkout."""

import ast
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass, fields
from functools import cache
from pathlib import Path
from xml.etree import ElementTree

import pytest

from desktop.diffusion.run import Run

ROOT = Path(__file__).parents[1]
MODULES = {
    ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__"): path for path in (ROOT / "desktop").rglob("*.py")
}

TORCH = {"torch", "diffusers", "transformers", "compel", "accelerate", "peft", "gguf"}
HEAVY = TORCH | {"numpy", "PIL", "scipy", "tokenizers", "safetensors"}  # none of it before the first paint
TORCH_FREE = {
    "desktop.diffusion",
    *(
        f"desktop.diffusion.{name}"
        for name in (
            "adapters",
            "branching",
            "control",
            "embeddings",
            "families",
            "fields",
            "gguf_file",
            "insight",
            "offload",
            "recipe",
            "request",
            "run",
            "samplers",
            "single_file",
            "tiles",
            "weight_file",
            "weights",
            "working_memory",
        )
    ),
    # A description of a family; its torch calls, if it has any, are in a module of their own.
    *(name for name in MODULES if name.startswith("desktop.diffusion.families.") and not name.endswith("calls")),
}

# Each part, and the parts it may import beside itself and the errors. `steps` is diffusion without torch.
MAY_IMPORT = {
    "errors": set(),
    "resources": set(),
    "diffusion": set(),
    "worker": {"steps"},
    "library": {"steps", "resources"},
    "machine": {"worker", "library", "diffusion"},
    "generate": {"machine", "worker", "library", "steps"},
    "headless": {"generate", "machine", "worker", "library", "steps", "resources"},
    "learn": {"diffusion", "resources"},
    "studio": {"generate", "machine", "library", "learn", "steps", "resources"},
    "ui": {"studio", "machine", "library", "learn", "steps", "resources"},
    "starter": {"diffusion", "resources"},
}
NAMED = {"desktop.diffusion.loaded_model"}  # a type of the port: `compute_with` gives it to what runs on the worker
SHARED_BY_PLACES = {"desktop.ui.theme", "desktop.ui.language"}  # besides ui/widgets/


@dataclass(frozen=True)
class Import:
    name: str  # absolute, as far as the statement tells: desktop.diffusion.run, PySide6.QtCore
    when_loaded: bool  # at module level, so it happens when the module is imported
    line: int


def part(module: str) -> str:
    return module.split(".")[1] if "." in module else "desktop"


def library_of(name: str) -> str:
    return name.split(".")[0]


@cache
def imports(module: str) -> tuple[Import, ...]:
    return tuple(_imports(module, ast.parse(MODULES[module].read_text(encoding="utf-8")), when_loaded=True))


def _imports(module: str, node: ast.AST, when_loaded: bool) -> Iterator[Import]:
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.Import):
            yield from (Import(alias.name, when_loaded, child.lineno) for alias in child.names)
        elif isinstance(child, ast.ImportFrom):
            package = module if MODULES[module].name == "__init__.py" else module.rpartition(".")[0]
            above = package.split(".")[: len(package.split(".")) - child.level + 1] if child.level else []
            source = ".".join([*above, *([child.module] if child.module else [])])
            for alias in child.names:  # `from . import weights` names a module, `from .run import Step` does not
                full = f"{source}.{alias.name}"
                yield Import(full if full in MODULES or not child.module else source, when_loaded, child.lineno)
        elif isinstance(child, ast.If) and "TYPE_CHECKING" in ast.unparse(child.test):
            yield from _imports(module, child, when_loaded=False)
        else:
            inside = isinstance(child, (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda))
            yield from _imports(module, child, when_loaded and not inside)


def ours(name: str) -> str | None:
    """The module of ours that an import reaches, if any: `from . import __version__` reaches the package."""
    return name if name in MODULES else "desktop" if library_of(name) == "desktop" else None


def loaded_with(*roots: str) -> set[str]:
    """Our modules that importing `roots` imports at once."""
    found, todo = set(), list(roots)
    while todo:
        module = todo.pop()
        if module not in found:
            found.add(module)
            todo += [reached for entry in imports(module) if entry.when_loaded and (reached := ours(entry.name))]
            todo += [package] if (package := module.rpartition(".")[0]) else []
    return found


def offences(rule) -> list[str]:
    return [f"{module}:{entry.line} imports {entry.name}" for module in sorted(MODULES) for entry in imports(module) if rule(module, entry)]


@pytest.mark.slow
def test_each_package_imports_only_lower_layers():
    def above(module: str, entry: Import) -> bool:
        target = ours(entry.name)
        if target in (None, "desktop") or part(module) not in MAY_IMPORT or part(target) == part(module):
            return False
        allowed = MAY_IMPORT[part(module)] | {"errors"}
        is_named = target in NAMED and "machine" in allowed and not entry.when_loaded
        return part(target) not in allowed and not ("steps" in allowed and target in TORCH_FREE) and not is_named

    assert offences(above) == []


def test_only_the_machine_knows_torch():
    def elsewhere(module: str, entry: Import) -> bool:
        return library_of(entry.name) in TORCH and (
            part(module) not in ("diffusion", "learn", "starter") or (module in TORCH_FREE and entry.when_loaded)  # types may be named
        )

    assert offences(elsewhere) == []


def test_the_window_loads_no_torch_when_a_place_is_made():
    window = loaded_with(*(module for module in MODULES if part(module) in ("studio", "ui")))
    assert offences(lambda module, entry: module in window and entry.when_loaded and library_of(entry.name) in TORCH) == []


def test_what_is_torch_free_loads_nothing_heavy_and_no_module_that_does():
    loaded = loaded_with(*TORCH_FREE & set(MODULES))
    assert {module for module in loaded if part(module) == "diffusion"} <= TORCH_FREE
    assert offences(lambda module, entry: module in TORCH_FREE and entry.when_loaded and library_of(entry.name) in HEAVY) == []


def test_qt_stays_in_the_studio_and_the_window():
    assert offences(lambda module, entry: library_of(entry.name) == "PySide6" and part(module) not in ("studio", "ui", "app")) == []
    widgets = ("PySide6.QtWidgets", "PySide6.QtGui")
    assert offences(lambda module, entry: entry.name.startswith(widgets) and part(module) == "studio") == []


def test_only_the_composition_root_names_qasync():
    assert {module for module in MODULES if any(library_of(entry.name) == "qasync" for entry in imports(module))} <= {"desktop.app"}


def test_a_place_imports_widgets_and_no_other_place():
    def elsewhere(module: str, entry: Import) -> bool:
        target = ours(entry.name)
        if part(module) != "ui" or target is None or part(target) != "ui" or module.count(".") < 3:  # the window knows every place
            return False
        package = target.split(".")[2] if target.count(".") == 3 else target
        return package not in {module.split(".")[2], "widgets", *SHARED_BY_PLACES, "desktop.ui.widgets"}

    assert offences(elsewhere) == []


def test_nothing_heavy_is_loaded_by_importing_the_app():
    before_paint = loaded_with("desktop.__main__", "desktop.app", "desktop.ui.main_window", "desktop.headless")
    assert offences(lambda module, entry: module in before_paint and entry.when_loaded and library_of(entry.name) in HEAVY) == []


@pytest.mark.slow
@pytest.mark.parametrize(
    ("module", "absent"), [("desktop.app", HEAVY), ("desktop.ui.main_window", HEAVY), ("desktop.headless", HEAVY | {"PySide6"})]
)
def test_a_fresh_process_agrees(module: str, absent: set[str]):
    code = f"import sys, {module}; print(*sorted(set(sys.modules) & {absent!r}))"
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stderr
    assert done.stdout.split() == []


FIELDS_OF_RUN = {field.name for field in fields(Run)}
GROWING = {"append", "extend", "insert", "pop", "remove", "clear", "sort", "reverse"}


def changes_of_runs(module: str) -> Iterator[str]:
    """Where `module` assigns to what may be a field of a Run, or to its list of steps, of anything but `self`."""

    def is_field(node: ast.expr) -> bool:
        return isinstance(node, ast.Attribute) and node.attr in FIELDS_OF_RUN and ast.unparse(node.value) != "self"

    for node in ast.walk(ast.parse(MODULES[module].read_text(encoding="utf-8"))):
        match node:
            case ast.Attribute(ctx=ast.Store() | ast.Del()) if is_field(node):
                yield f"{module}:{node.lineno} assigns {ast.unparse(node)}"
            case ast.Subscript(value=value, ctx=ast.Store() | ast.Del()) if is_field(value):
                yield f"{module}:{node.lineno} assigns {ast.unparse(node)}"
            case ast.Call(func=ast.Attribute(value=value, attr=attribute)) if attribute in GROWING and is_field(value):
                yield f"{module}:{node.lineno} calls {ast.unparse(node.func)}"


@pytest.mark.slow
def test_a_run_is_changed_by_its_own_methods_only():
    others = [module for module in sorted(MODULES) if module != "desktop.diffusion.run" and part(module) != "starter"]  # which has no runs
    assert [change for module in others for change in changes_of_runs(module)] == []


def test_files_are_named_for_what_they_are():
    say_nothing = {"utils", "util", "helpers", "helper", "manager", "common", "misc"}
    assert [module for module in MODULES if module.rpartition(".")[2] in say_nothing] == []


@pytest.mark.parametrize("path", sorted((ROOT / "resources" / "icons").glob("*.svg")), ids=lambda path: path.name)
def test_an_icon_is_a_drawing(path: Path):
    assert ElementTree.parse(path).getroot().tag == "{http://www.w3.org/2000/svg}svg"


def test_the_notice_names_everything_that_is_installed():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    requirements = [*project["dependencies"], *project["optional-dependencies"]["test"]]
    names = {requirement.split(">")[0].split("~")[0].split("=")[0].split("<")[0].strip() for requirement in requirements}
    notice = (ROOT / "resources" / "NOTICE").read_text(encoding="utf-8")
    assert {name for name in names if name not in notice} == set()
    assert {name for name in ("Inter", "Lucide", "Fluent Emoji", "emojibase-data", "LGPL", "OFL.txt") if name not in notice} == set()
