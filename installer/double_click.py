"""Start Safelight without a terminal: the set-up and every error are shown in windows.

    python3 installer/double_click.py [FILE…]

The entries of the applications menu and the desktop run this (desktop/library/launcher_files.py). It stays until the program ends, to
show the reason if it ends with an error. Everything is also written to launcher.log, beside the log of the program.
"""

from __future__ import annotations  # Python 3.8 must be able to parse this file, see run.py

import os
import signal
import subprocess
import sys
import time

import run

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import IO

LARGEST = 1 << 20  # bytes of the log, before it starts anew
ENDED_ON_PURPOSE = {0, -signal.SIGTERM, -signal.SIGINT}  # closed, or ended with the desktop session


def main(arguments: list[str]) -> int:
    with open_log() as log:
        log.write(f"-- {time.strftime('%Y-%m-%d %H:%M:%S')}\n".encode())
        log.flush()
        if not {"python", "window"} <= run.ready():
            import splash

            folder, name = os.path.split(sys.executable)
            python = os.path.join(folder, name.replace("pythonw", "python"))  # on Windows, the tools of pythonw would open consoles
            if not splash.watch([python, run.__file__, "--set-up"], log):
                return 1
        return open_window(arguments, log)


def open_window(arguments: list[str], log: IO[bytes]) -> int:
    """Run the program until it ends; if it fails, show what it printed."""
    began = log.seek(0, os.SEEK_END)
    no_console = getattr(subprocess, "CREATE_NO_WINDOW", 0)
    status = subprocess.call(run.program(arguments), stdin=subprocess.DEVNULL, stdout=log, stderr=log, creationflags=no_console)
    if status in ENDED_ON_PURPOSE:
        return 0
    import splash

    log.seek(began)
    printed = log.read().decode(errors="replace").strip().splitlines()
    log.write(f"ended with status {status}\n".encode())
    log.flush()
    splash.complain("\n".join([run.tr("Safelight", "Safelight ended unexpectedly."), *printed[-12:]]), log)
    return 1


def open_log() -> IO[bytes]:
    """The log, to append to and to read; a nameless file if it cannot be written."""
    folder = log_folder()
    try:
        os.makedirs(folder, exist_ok=True)
        log = open(os.path.join(folder, "launcher.log"), "a+b")
    except OSError:
        import tempfile  # takes longer to import than everything else here

        return tempfile.TemporaryFile()
    if log.tell() > LARGEST:
        log.truncate(0)
    return log


def log_folder() -> str:
    """The folder of the program's log, as platformdirs has it."""
    home = os.path.expanduser("~")
    if os.name == "nt":
        return os.path.join(os.environ.get("LOCALAPPDATA", home), "safelight", "Logs")
    if sys.platform == "darwin":
        return os.path.join(home, "Library", "Logs", "safelight")
    state = os.environ.get("XDG_STATE_HOME", "")
    return os.path.join(state if os.path.isabs(state) else os.path.join(home, ".local", "state"), "safelight", "log")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
