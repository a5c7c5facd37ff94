"""The D-Bus session bus of a Linux desktop."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from PySide6.QtDBus import QDBusConnection


def session_bus() -> QDBusConnection | None:
    """Return the connection to the session bus; None where there is none. Never starts a bus."""
    address = os.environ.get("DBUS_SESSION_BUS_ADDRESS")
    if sys.platform != "linux" or not (address or (Path(os.environ.get("XDG_RUNTIME_DIR", "/")) / "bus").exists()):
        return None
    from PySide6.QtDBus import QDBusConnection  # here: the first paint need not wait for it

    bus = QDBusConnection.sessionBus()
    return bus if bus.isConnected() else None
