"""One window per data folder, also if several are started at once."""

import subprocess
import sys
import time
from pathlib import Path

import pytest

from desktop.studio.instance import Instance

START = """
import sys
from pathlib import Path
from desktop.studio.instance import Instance
instance = Instance(Path(sys.argv[1]))
print("first" if instance.first else instance.forward([Path(file) for file in sys.argv[2:]], "dreams"))
"""


def test_a_second_start_hands_over_its_pictures(tmp_path, qtbot):
    first = Instance(tmp_path)
    assert first.first
    first.listen()
    picture = tmp_path / "狐狸 图.png"
    second = subprocess.Popen([sys.executable, "-c", START, str(tmp_path), str(picture)], stdout=subprocess.PIPE, text=True)
    with qtbot.waitSignal(first.called, timeout=10_000) as called:
        pass
    assert called.args == [[picture], "dreams"]
    assert second.communicate(timeout=10)[0].strip() == "True"
    first.close()


def test_a_start_right_after_the_first_waits_until_it_listens(tmp_path, qtbot):
    first = Instance(tmp_path)
    code = START.replace("print(", 'print("started", flush=True)\nprint(')
    second = subprocess.Popen([sys.executable, "-c", code, str(tmp_path)], stdout=subprocess.PIPE, text=True)
    assert second.stdout.readline() == "started\n"
    time.sleep(0.2)  # it tries to hand over meanwhile
    assert second.poll() is None
    with qtbot.waitSignal(first.called, timeout=10_000):
        first.listen()
    assert second.communicate(timeout=10)[0].strip() == "True"
    first.close()


def test_another_data_folder_is_another_instance(tmp_path, qtbot):
    one, other = Instance(tmp_path / "one"), Instance(tmp_path / "other")
    assert one.first
    assert other.first
    one.close()
    other.close()


@pytest.mark.slow
def test_of_many_starts_at_once_one_is_first(tmp_path):
    code = (
        START.replace('instance.forward([Path(file) for file in sys.argv[2:]], "dreams")', "'later'")
        + "\nsys.stdout.flush(); sys.stdin.read()"  # until all have started
    )
    command = [sys.executable, "-c", code, str(tmp_path)]
    starts = [subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) for _ in range(4)]
    said = sorted(start.stdout.readline().strip() for start in starts)
    for start in starts:
        start.communicate()
    assert said == ["first", "later", "later", "later"]


def test_after_a_kill_the_next_start_takes_over(tmp_path):
    code = START + "\nimport os, signal; sys.stdout.flush(); os.kill(os.getpid(), signal.SIGKILL)"
    for _ in range(2):
        start = subprocess.run([sys.executable, "-c", code, str(tmp_path)], capture_output=True, text=True, check=False)
        assert start.stdout.strip() == "first"
    assert Path(tmp_path / "instance.lock").exists()
