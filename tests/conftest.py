"""Set-up of all tests: no screen, no network, no files in the home folder, one thread. Marks them by the fixtures they use."""

import gc
import json
import os
import socket
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from hypothesis import settings

os.environ["HF_HUB_OFFLINE"] = "1"
for threads in ("OMP_NUM_THREADS", "MKL_NUM_THREADS", "OPENBLAS_NUM_THREADS"):  # read by torch and numpy when they are imported
    os.environ.setdefault(threads, "1")

FOLDERS = {
    "XDG_DATA_HOME": "data",
    "XDG_CONFIG_HOME": "config",
    "XDG_CACHE_HOME": "cache",
    "XDG_STATE_HOME": "state",
    "XDG_PICTURES_DIR": "pictures",
    "HF_HOME": "huggingface",
}

MARKERS_OF_FIXTURE = {"qapp": ("gui",), "screen": ("end_to_end", "slow")}

_session = tempfile.TemporaryDirectory(prefix="safelight-", ignore_cleanup_errors=True)  # a short name: sockets allow 107 bytes
for variable, name in {**FOLDERS, "XDG_RUNTIME_DIR": "run"}.items():
    os.environ[variable] = os.path.join(_session.name, name)
    os.mkdir(os.environ[variable], 0o700)  # Qt warns about a runtime folder that others may read

if "QT_QPA_PLATFORM" not in os.environ:  # before Qt is imported
    _screen = Path(_session.name) / "screen.json"
    _screen.write_text(
        json.dumps({"screens": [{"name": "test", "x": 0, "y": 0, "width": 1920, "height": 1080, "logicalDpi": 96, "dpr": 1}]})
    )
    os.environ["QT_QPA_PLATFORM"] = f"offscreen:configfile={_screen}"

settings.register_profile("safelight", deadline=None)  # a slow machine is not a failure
settings.load_profile("safelight")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        for fixture in MARKERS_OF_FIXTURE.keys() & set(getattr(item, "fixturenames", ())):  # a unittest case has none
            for marker in MARKERS_OF_FIXTURE[fixture]:
                item.add_marker(marker)
    # Where several processes share the tests, the files with long ones run neither first, beside the checks of .ci/run, nor last:
    # one process would wait for another, or take some tests of a file, whose costly fixtures are then made twice.
    long = {item.path for item in items if item.get_closest_marker("end_to_end")}
    short = [item for item in items if item.path not in long]
    quarter = len(short) // 4
    items[:] = [*short[:quarter], *(item for item in items if item.path in long), *short[quarter:]]


def _as_if_synced(descriptor: int) -> None:
    os.fstat(descriptor)  # fails as fsync does where nothing is open


# The tests would wait minutes for the disk, and only a power cut would show the difference.
# The processes that tests start, kill and trace do sync.
os.fsync = _as_if_synced

gc.disable()  # as in the program: collected on another thread, the Qt objects of an earlier test end the process
COLLECTED_WHOLLY = 100  # tests
_run = 0


def pytest_collection_finish() -> None:
    gc.collect()
    gc.freeze()  # what the test modules imported is never freed; scanning it takes seconds


def pytest_runtest_teardown() -> None:
    global _run
    _run += 1
    gc.collect(2 if _run % COLLECTED_WHOLLY == 0 else 1)


@pytest.fixture(autouse=True)
def own_folders(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Give each test the empty folders of a user who has never started Safelight."""
    homes = tmp_path_factory.getbasetemp() / "homes"
    homes.mkdir(exist_ok=True)
    home = Path(tempfile.mkdtemp(dir=homes))  # `mktemp` reads the names of the folders of all tests before
    for variable, name in FOLDERS.items():
        monkeypatch.setenv(variable, str(home / name))
    return home


@contextmanager
def _offline() -> Iterator[None]:
    asked: list[object] = []

    def refused(*where: object, **how: object) -> None:
        asked.append(where)
        raise OSError("no network")

    with pytest.MonkeyPatch.context() as patch:
        for owner, name in ((socket.socket, "connect"), (socket.socket, "connect_ex"), (socket, "getaddrinfo")):
            patch.setattr(owner, name, refused)
        yield
    assert asked == []


@pytest.fixture
def no_network() -> Iterator[None]:
    """Fail the test if anything in it asks for an address or connects, also where a library goes on without an answer."""
    with _offline():
        yield


@pytest.fixture(scope="module")
def no_network_in_module() -> Iterator[None]:
    """The same for all tests of a module and its fixtures together."""
    with _offline():
        yield


@pytest.fixture
def system(monkeypatch: pytest.MonkeyPatch):
    """Return a function that replaces the `os` of everything that writes files by a `FaultyOs`."""
    from desktop.library import records, safe_file
    from tests.faulty_os import FaultyOs

    def install(**faults):
        faulty = FaultyOs(**faults)
        monkeypatch.setattr(safe_file, "os", faulty)
        monkeypatch.setattr(records, "os", faulty)
        return faulty

    return install


@pytest.fixture
def parent(qtbot):
    """An empty widget that a dialog belongs to."""
    from PySide6.QtWidgets import QWidget

    parent = QWidget()
    qtbot.addWidget(parent)
    return parent


@pytest.fixture
def loop(qapp):
    """An event loop that is Qt's own, as the window has it."""
    import asyncio

    import qasync

    loop = qasync.QEventLoop(qapp)
    asyncio.set_event_loop(loop)
    yield loop
    for task in asyncio.all_tasks(loop):
        task.cancel()
    loop.run_until_complete(asyncio.sleep(0))
    loop.close()
    asyncio.set_event_loop(None)


@pytest.fixture
def held():
    from desktop.studio.held_runs import HeldRuns

    return HeldRuns(1 << 30)


@pytest.fixture
def timeline(held):
    from desktop.studio.timeline import Timeline

    return Timeline(held)


@pytest.fixture
def work():
    """A generation at rest, moved by hand."""
    from tests.developed import Work

    return Work()


@pytest.fixture
def unstyled(qapp):
    """The application as it is when the program starts: without a style sheet, with which a window takes longer to build, or widgets."""
    from PySide6.QtCore import QCoreApplication, QEvent

    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
    qapp.setStyleSheet("")
    return qapp


@pytest.fixture(scope="session")
def icons(qapp):
    """Those of all themes, drawn once."""
    drawn = {}
    yield drawn
    drawn.clear()


@pytest.fixture
def theme(qapp, icons):
    """The dark theme, applied to the whole application."""
    from PySide6.QtCore import QCoreApplication, QEvent

    from desktop.ui.theme import Theme

    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)  # else widgets of earlier tests are styled again
    theme = Theme(qapp)
    theme._icons = icons
    theme.choose("dark")
    theme.apply(qapp)
    theme.style()
    return theme


@pytest.fixture(scope="session")
def model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a tiny model, to be read only."""
    from tests import tiny

    return tiny.save_folder(tmp_path_factory.mktemp("models") / "tiny")
