"""A stand-in for a desktop on the session bus. Run by the system's Python, which has Gio.

Prints what it is told by a program, each as a line of JSON, and clicks on each notification.
"""

import json

from gi.repository import Gio, GLib

NAME = "org.freedesktop.portal.Desktop"
PATH = "/org/freedesktop/portal/desktop"
INTERFACE = "org.freedesktop.portal.Notification"
DESCRIPTION = f"""<node><interface name="{INTERFACE}">
  <method name="AddNotification"><arg type="s" direction="in"/><arg type="a{{sv}}" direction="in"/></method>
  <signal name="ActionInvoked"><arg type="s"/><arg type="s"/><arg type="av"/></signal>
</interface></node>"""


def notify(bus, sender, path, interface, method, words, call) -> None:
    id, shown = words.unpack()
    say(notification=shown)
    call.return_value(None)
    bus.emit_signal(None, PATH, INTERFACE, "ActionInvoked", GLib.Variant("(ssav)", (id, "show", [])))


def update(bus, sender, path, interface, signal, words) -> None:
    program, shown = words.unpack()
    say(program=program, taskbar=shown)


def say(**words) -> None:
    print(json.dumps(words), flush=True)


def main() -> None:
    bus = Gio.bus_get_sync(Gio.BusType.SESSION)
    [interface] = Gio.DBusNodeInfo.new_for_xml(DESCRIPTION).interfaces
    bus.register_object(PATH, interface, notify, None, None)
    bus.signal_subscribe(None, "com.canonical.Unity.LauncherEntry", "Update", None, None, Gio.DBusSignalFlags.NONE, update)
    Gio.bus_own_name_on_connection(bus, NAME, Gio.BusNameOwnerFlags.NONE, lambda *_: say(ready=True), None)
    GLib.MainLoop().run()


if __name__ == "__main__":
    main()
