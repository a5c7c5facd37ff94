"""What a start without a terminal shows: a window while the set-up runs, and errors.

Qt cannot show it, because the set-up is what installs Qt. tkinter comes with Python on most systems, looks the same on all of them and
lets an error be copied and the set-up be tried again. Where Python has no tkinter (Debian and Fedora package it separately), the dialog
program of the desktop environment is used: zenity (GNOME, Xfce), kdialog (KDE) or xmessage (X11). The log has everything in any case.
"""

from __future__ import annotations  # Python 3.8 must be able to parse this file, see run.py

import contextlib
import os
import queue
import shutil
import signal
import subprocess
import tempfile
import threading
import time

import run

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import IO

ICON = os.path.join(run.ROOT, "resources", "launcher", "icons", "72.png")
POLL = 100  # ms
WIDTH = 440  # px of the sentence
WINDOW, FIELD, TEXT, QUIET, ACCENT = "#151211", "#262120", "#f0e9e4", "#a3978f", "#ff6b3d"  # the dark theme of the program
EDGES = ("bordercolor", "lightcolor", "darkcolor")  # of a bar


def watch(command: list[str], log: IO[bytes]) -> bool:
    """Run the set-up and show what it is doing. Return whether it succeeded; if not, the user has seen why, or has cancelled it."""
    with contextlib.suppress(ImportError, NoWindow):
        return Splash(log).watch(command)
    set_up = SetUp(command, log)
    ask_to_wait(set_up, log)
    if not set_up.succeeded and not set_up.cancelled:
        complain(set_up.error, log)
    return set_up.succeeded


def complain(message: str, log: IO[bytes]) -> None:
    """Show an error until the user closes it. Without any window, it is only in the log."""
    with contextlib.suppress(ImportError, NoWindow):
        Splash(log).complain(message)
        return
    for tool, arguments in ERROR_TOOLS.items():
        if shutil.which(tool):
            subprocess.call([tool, *arguments, with_log(message, log)], stdin=subprocess.DEVNULL, stdout=log, stderr=log)
            return


def with_log(message: str, log: IO[bytes]) -> str:
    """Add where the log is; a temporary file has a number instead of a name."""
    named = isinstance(log.name, str) and os.path.exists(log.name)
    return message + "\n\n" + run.tr("Safelight", "The log file {log} has the details.").format(log=log.name) if named else message


class NoWindow(Exception):
    """tkinter finds no display."""


class SetUp:
    """The set-up as a child process. Its sentences come from `sentences`, its error is on stderr."""

    def __init__(self, command: list[str], log: IO[bytes]) -> None:
        self.error = ""
        self.succeeded = self.cancelled = False
        self._log = log
        self._errors = tempfile.TemporaryFile()
        self._process = subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=self._errors,
            encoding="utf-8",
            errors="replace",
            env={**os.environ, "PYTHONIOENCODING": "utf-8"},
            start_new_session=True,  # so that `cancel` reaches pip, too
            creationflags=getattr(subprocess, "CREATE_NO_WINDOW", 0),
        )

    def sentences(self) -> Iterator[str]:
        """What it says, until it ends."""
        for line in self._process.stdout or ():
            self._log.write(line.encode())
            self._log.flush()
            yield line.strip()
        self.succeeded = self._process.wait() == 0
        self._errors.seek(0)
        self.error = self._errors.read().decode(errors="replace").strip()
        self._log.write(self.error.encode() + b"\n")
        self._errors.close()

    def cancel(self) -> None:
        """End it; the next start continues it."""
        self.cancelled = True
        with contextlib.suppress(ProcessLookupError):
            if hasattr(os, "killpg"):
                os.killpg(self._process.pid, signal.SIGTERM)
            else:
                self._process.terminate()


class Splash:
    """A window of tkinter. Raises ImportError if Python has no tkinter, NoWindow if there is no display."""

    def __init__(self, log: IO[bytes]) -> None:
        import tkinter
        from tkinter import ttk

        try:
            self._root = root = tkinter.Tk(className="safelight")
        except tkinter.TclError as error:
            raise NoWindow from error
        self._log = log
        self._succeeded = False
        self._set_up: SetUp | None = None
        root.title("Safelight")
        root.configure(background=WINDOW, padx=24, pady=20)
        root.resizable(False, False)
        look = ttk.Style(root)
        look.theme_use("clam")  # the theme whose colours can be set on every system
        look.configure("TFrame", background=WINDOW)
        look.configure("TButton", background=FIELD, foreground=TEXT, borderwidth=0, focuscolor=ACCENT, padding=(14, 6))
        look.map("TButton", background=[("active", "#2f2927"), ("pressed", "#38302c")])
        look.configure("Horizontal.TProgressbar", background=ACCENT, troughcolor=FIELD, thickness=4, **dict.fromkeys(EDGES, FIELD))
        with contextlib.suppress(tkinter.TclError, OSError):
            self._icon = tkinter.PhotoImage(file=ICON)  # kept, else it vanishes
            root.iconphoto(True, self._icon)
            tkinter.Label(root, image=self._icon, background=WINDOW).grid(row=0, column=0, rowspan=3, padx=(0, 20), sticky="n")
        tkinter.Label(root, text="Safelight", font=("TkDefaultFont", 16, "bold"), background=WINDOW, foreground=TEXT).grid(
            row=0, column=1, sticky="w"
        )
        self._sentence = tkinter.Label(root, background=WINDOW, foreground=TEXT, wraplength=WIDTH, justify="left", anchor="nw", height=2)
        self._bar = ttk.Progressbar(root, mode="indeterminate", length=WIDTH)
        self._since = tkinter.Label(root, background=WINDOW, foreground=QUIET)
        self._message = tkinter.Text(
            root,
            width=64,
            height=10,
            wrap="word",
            font="TkDefaultFont",
            background=FIELD,
            foreground=TEXT,
            borderwidth=0,
            padx=10,
            pady=8,
            highlightthickness=0,
        )
        self._message.bind("<Tab>", self._leave_message)
        buttons = ttk.Frame(root)
        buttons.grid(row=3, column=2, sticky="e", pady=(14, 0))
        self._again = ttk.Button(buttons, command=self._begin)
        self._close = ttk.Button(buttons, command=self._leave)
        self._close.pack(side="right")
        root.protocol("WM_DELETE_WINDOW", self._leave)
        root.bind("<Escape>", lambda event: self._leave())
        for button in (self._again, self._close):
            button.bind("<Return>", lambda event: event.widget.invoke())

    def watch(self, command: list[str]) -> bool:
        """Show the set-up until it has ended, and again if the user wants that; return whether it succeeded."""
        self._command = command
        self._begin()
        self._root.mainloop()
        return self._succeeded

    def complain(self, message: str) -> None:
        self._show_error(message)
        self._root.mainloop()

    def _begin(self) -> None:
        self._set_up = SetUp(self._command, self._log)
        self._began = time.monotonic()
        self._said: queue.SimpleQueue[str | None] = queue.SimpleQueue()
        threading.Thread(target=self._read, args=(self._set_up, self._said), daemon=True).start()
        self._message.grid_forget()
        self._again.pack_forget()
        self._sentence.configure(text=run.tr("Safelight", "Setting up Safelight. This happens once and takes a few minutes."))
        self._close.configure(text=run.tr("Safelight", "Cancel"))
        self._sentence.grid(row=1, column=1, columnspan=2, sticky="we", pady=(8, 12))
        self._bar.grid(row=2, column=1, columnspan=2, sticky="we")
        self._since.grid(row=3, column=1, sticky="w", pady=(14, 0))
        self._close.focus_set()
        self._bar.start(16)
        self._centre()
        self._root.after(POLL, self._poll)

    @staticmethod
    def _read(set_up: SetUp, said: queue.SimpleQueue[str | None]) -> None:
        for sentence in set_up.sentences():
            said.put(sentence)
        said.put(None)

    def _poll(self) -> None:
        assert self._set_up is not None
        while not self._said.empty():
            sentence = self._said.get()
            if sentence is None:
                self._succeeded = self._set_up.succeeded
                if self._succeeded or self._set_up.cancelled:
                    self._root.destroy()
                else:
                    self._show_error(self._set_up.error)
                return
            self._sentence.configure(text=sentence)
        minutes, seconds = divmod(int(time.monotonic() - self._began), 60)
        self._since.configure(text=f"{minutes}:{seconds:02}")
        self._root.after(POLL, self._poll)

    def _show_error(self, message: str) -> None:
        self._bar.stop()
        for part in (self._bar, self._since, self._sentence):
            part.grid_forget()
        self._message.configure(state="normal")
        self._message.delete("1.0", "end")
        self._message.insert("1.0", with_log(message, self._log))
        self._message.configure(state="disabled")  # can still be selected and copied
        self._message.grid(row=1, column=1, columnspan=2, rowspan=2, sticky="we", pady=(8, 0))
        self._close.configure(text=run.tr("Safelight", "Close"))
        self._close.focus_set()
        if self._set_up is not None:
            self._again.configure(text=run.tr("Safelight", "Try again"))
            self._again.pack(side="left", padx=(0, 8))
            self._again.focus_set()
        self._centre()

    def _leave(self) -> None:
        if self._set_up is not None and not self._set_up.cancelled and self._bar.winfo_ismapped():
            self._sentence.configure(text=run.tr("Safelight", "Cancelling. The next start continues the set-up."))
            self._set_up.cancel()
        else:
            self._root.destroy()

    def _leave_message(self, event: object) -> str:
        self._close.focus_set()
        return "break"  # else the tabulator would be typed

    def _centre(self) -> None:
        root = self._root
        root.update_idletasks()
        left, top = (root.winfo_screenwidth() - root.winfo_reqwidth()) // 2, (root.winfo_screenheight() - root.winfo_reqheight()) // 3
        root.geometry(f"+{left}+{top}")


# -- without tkinter

# Each takes the message as its last argument.
ERROR_TOOLS = {
    "zenity": ("--error", "--title=Safelight", "--width=500", "--no-markup", "--text"),
    "kdialog": ("--title", "Safelight", "--error"),
    "xmessage": ("-center", "-title", "Safelight", "-default", "okay"),
    "notify-send": ("Safelight",),
    "osascript": ("-e", "on run words", "-e", 'display alert "Safelight" message (item 1 of words)', "-e", "end run"),
}
WAITING_TOOLS = {
    "zenity": ("--progress", "--pulsate", "--auto-close", "--title=Safelight", "--width=500", "--text"),
    "kdialog": ("--title", "Safelight", "--msgbox"),
    "xmessage": ("-center", "-title", "Safelight", "-default", "okay"),
    "notify-send": ("Safelight",),
}


def ask_to_wait(set_up: SetUp, log: IO[bytes]) -> None:
    """Show that the set-up runs, until it has ended. zenity shows each sentence and can cancel; the others show one text."""
    tool = next((tool for tool in WAITING_TOOLS if shutil.which(tool)), None)
    if tool is None:
        for _ in set_up.sentences():
            pass
        return
    text = run.tr("Safelight", "Setting up Safelight. This happens once and takes a few minutes.")
    with subprocess.Popen([tool, *WAITING_TOOLS[tool], text], stdin=subprocess.PIPE, stdout=log, stderr=log, bufsize=0) as shown:
        if tool == "zenity":
            threading.Thread(target=cancel_with, args=(shown, set_up), daemon=True).start()
        for sentence in set_up.sentences():
            if tool == "zenity" and shown.stdin:
                with contextlib.suppress(BrokenPipeError):  # the user has closed it
                    shown.stdin.write(b"# " + sentence.replace("&", "&amp;").replace("<", "&lt;").encode() + b"\n")
        if tool != "zenity":
            shown.terminate()


def cancel_with(zenity: subprocess.Popen[bytes], set_up: SetUp) -> None:
    if zenity.wait():  # Cancel was pressed
        set_up.cancel()
