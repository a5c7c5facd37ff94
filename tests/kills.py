"""SIGKILLs at random moments of real runs, spread over all phases. `python -m tests.kills [200]`.

After every kill the files are checked; the next process resumes the interrupted run, and may be killed too. At the end,
every picture and all its steps must equal those of a run without kills, bit for bit; otherwise the exit status is 1.
"""

from __future__ import annotations

import json
import os
import random
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from dataclasses import dataclass, field, replace
from pathlib import Path

from desktop.diffusion.recipe import Recipe
from desktop.diffusion.run import Ending, Pixels
from desktop.library import safe_file
from desktop.library.artwork import open_artwork
from desktop.library.recording import read_history
from desktop.library.recordings import Recordings
from tests.png_kit import strictly_checked

ROOT = Path(__file__).parent.parent
PLAIN = [
    Recipe.of(prompt="a mouse is playing guitar", sampler=sampler, steps=12, width=64, height=64, seed=seed)
    for seed, sampler in enumerate(("DDIM", "Euler a", "DPM++ 2M SDE", "PNDM", "Heun"))
]
RECIPES = [*PLAIN, PLAIN[1].turned(4, guidance_scale=9.0, noise_seed=5), PLAIN[0].turned(6, refine=3)]
PHASES = ("begin", "loading", "encoding", "denoising", "decoding", "saving", "done")
SPREAD = ("loading", "encoding", "denoising", "decoding", "saving")  # in each of them at least a twentieth of the kills
SHORTEST = 0.001  # seconds


@dataclass
class Report:
    kills: Counter[str] = field(default_factory=Counter)  # by phase
    resumed: int = 0  # lives that went on with a recording that had steps
    restarted: int = 0  # runs started again, because no step was recorded
    pictures: int = 0  # made, whole and as they should be

    def __str__(self) -> str:
        return (
            f"{sum(self.kills.values())} kills, while {dict(self.kills)}; {self.resumed} runs resumed, {self.restarted} restarted; "
            f"{self.pictures} pictures, all of them there once and bit-identical"
        )


@dataclass(frozen=True)
class Case:
    """A recipe, and what a life without kills makes of it."""

    recipe: Recipe
    picture: Pixels
    snapshots: list[bytes]
    unrefined: list[bytes]  # the snapshots before it went back to refine them; else the same
    durations: dict[str, float]  # seconds, by phase


class Victim:
    """The process whose children are killed."""

    def __init__(self, folder: Path) -> None:
        environment = {**os.environ, "OMP_NUM_THREADS": "1", "HF_HUB_OFFLINE": "1"}
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.developing", folder / "model"],
            cwd=ROOT,
            env=environment,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def __enter__(self) -> Victim:
        return self

    def __exit__(self, *_: object) -> None:
        with self._process:
            self._process.stdin.close()

    def start(self, folder: Path, recipe: Recipe) -> int:
        """A new life in `folder`; its process id."""
        folder.mkdir(exist_ok=True)
        (folder / "phase").unlink(missing_ok=True)
        self._process.stdin.write(json.dumps([str(folder), recipe.to_dict()]) + "\n")
        self._process.stdin.flush()
        return int(self._process.stdout.readline())


def phase_of(folder: Path) -> str | None:
    try:
        content = (folder / "phase").read_bytes()
    except FileNotFoundError:
        return None
    return PHASES[content[0]] if content else None


def phase_in_life(folder: Path, pid: int) -> str | None:
    """Of a process that was not killed yet."""
    was_alive = is_alive(pid)
    phase = phase_of(folder)
    assert was_alive or phase == "done", f"died by itself while {phase}"
    return phase


def live(folder: Path, pid: int) -> dict[str, float]:
    """Let a life go to its end; how long each of its phases took, in seconds."""
    durations: Counter[str] = Counter()
    last = time.perf_counter()
    while (phase := phase_in_life(folder, pid)) != "done":
        time.sleep(SHORTEST)
        now = time.perf_counter()
        durations[phase or "begin"] += now - last
        last = now
    return durations


def kill(folder: Path, pid: int, target: str, delay: float) -> str | None:
    """Kill a life `delay` seconds into the phase `target`; the phase it died in, None where it was faster."""
    aim = PHASES.index(target)
    while (phase := phase_in_life(folder, pid)) is None or PHASES.index(phase) < aim:
        time.sleep(SHORTEST / 4)
    time.sleep(delay)
    os.kill(pid, signal.SIGKILL)
    phase = phase_of(folder)
    return None if phase == "done" else phase


def is_alive(pid: int) -> bool:
    """Whether any of its threads is: one that writes to the disk ends after the first of them."""
    try:
        with open(f"/proc/{pid}/stat") as file:
            is_over = file.read().rpartition(")")[2].split()[0] == "Z"
        return not is_over or len(os.listdir(f"/proc/{pid}/task")) > 1
    except FileNotFoundError:
        return False


def check(folder: Path, wanted: Case) -> int:
    """Everything on disk is whole, and a part of what is wanted; how many steps are recorded."""
    pictures = sorted((folder / "pictures").rglob("*.png"))
    saved = (folder / "saved").read_text().splitlines() if (folder / "saved").exists() else []
    assert set(map(Path, saved)) <= set(pictures), "a picture that was called saved is not there"
    for path in pictures:
        strictly_checked(path.read_bytes())
        opened = open_artwork(path)
        assert opened.intact, f"{path} is damaged"
        assert opened.pixels == wanted.picture, f"{path} is another picture"
    recordings = Recordings(folder / "recordings", 1 << 40)
    steps = 0
    for summary in recordings.all():
        assert summary.problem is None, str(summary.problem)
        recording = recordings.open(summary.id)
        assert recording.problem is None, str(recording.problem)
        snapshots = [step.snapshot for step in read_history(recording.run.steps)]
        assert snapshots in (wanted.snapshots[: len(snapshots)], wanted.unrefined[: len(snapshots)]), "other steps were recorded"
        assert recording.run.picture in (None, wanted.picture)
        steps = len(snapshots)
    safe_file.sweep(folder / "recordings")
    safe_file.sweep(folder / "pictures")
    strays = {path for path in folder.rglob("*") if path.is_file()} - {
        *pictures,
        *(folder / "recordings").glob("*.run"),
        folder / "saved",
        folder / "phase",
    }
    assert not strays, f"left lying: {strays}"
    return steps


def kill_often(folder: Path, kills: int, recipes: list[Recipe], seed: int = 0) -> Report:
    """Kill lives in `folder` until that was done `kills` times, and often enough in every phase."""
    report, dice = Report(), random.Random(seed)
    with Victim(folder) as victim:
        cases = [undisturbed(victim, folder / f"undisturbed-{number}", recipe) for number, recipe in enumerate(recipes)]
        for place in range(2 * kills):
            if sum(report.kills.values()) >= kills and min(report.kills[phase] for phase in SPREAD) >= kills / 20:
                break
            disturb(victim, folder / f"disturbed-{place}", cases[place % len(cases)], dice, report)
    return report


def undisturbed(victim: Victim, folder: Path, recipe: Recipe) -> Case:
    """A life without kills."""
    pid = victim.start(folder, recipe)
    durations = live(folder, pid)
    while is_alive(pid):
        time.sleep(SHORTEST)
    [summary] = Recordings(folder / "recordings", 0).all()
    snapshots = [step.snapshot for step in read_history(Recordings(folder / "recordings", 0).open(summary.id).run.steps)]
    unrefined = snapshots
    if recipe.turns and recipe.turns[-1].refines:
        unrefined = undisturbed(victim, folder.with_name(f"{folder.name}-unrefined"), replace(recipe, turns=recipe.turns[:-1])).snapshots
    return Case(recipe, open_artwork(summary.picture).pixels, snapshots, unrefined, durations)


def disturb(victim: Victim, folder: Path, case: Case, dice: random.Random, report: Report) -> None:
    """One picture, made in as many lives as it takes."""
    while True:
        pid = victim.start(folder, case.recipe)
        if dice.random() < 0.4 and report.kills:
            live(folder, pid)
            died = None
        else:
            fewest = min(report.kills[phase] for phase in SPREAD)
            target = dice.choice([phase for phase in SPREAD if report.kills[phase] == fewest])
            died = kill(folder, pid, target, dice.uniform(0, max(case.durations[target], SHORTEST)))
        while is_alive(pid):
            time.sleep(SHORTEST)
        steps = check(folder, case)
        if died is not None:
            report.kills[died] += 1
        summaries = Recordings(folder / "recordings", 0).all()
        if any(summary.ending is Ending.FINISHED for summary in summaries):  # a kill may come too late
            break
        assert died is not None, "it is done, and its recording does not say so"
        report.resumed += steps > 0
        report.restarted += steps == 0
    [summary] = summaries
    assert steps == len(case.snapshots)
    assert list((folder / "pictures").rglob("*.png")) == [summary.picture], "a picture was saved twice"
    report.pictures += 1


def main(kills: int) -> int:
    with tempfile.TemporaryDirectory(prefix="safelight-kills-") as folder:
        begun = time.perf_counter()
        report = kill_often(Path(folder), kills, RECIPES, seed=int(begun))
        print(f"{report}; {time.perf_counter() - begun:.0f} s")
    return 0


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1]) if len(sys.argv) > 1 else 200))
