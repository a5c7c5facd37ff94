"""What a screen reader reads from a program. Run by the system's Python, which has pyatspi.

Each line asks for one thing in the program with that process number, and is answered by a line of JSON:

PID all         every control that is showing: id (its object name), role, name, description, what labels it, text, value, the most
                that value can be, states, and box (x, y, width, height on the screen)
PID one NAME    the showing control with that object name, or called so, or null
PID gone NAME   whether the control that was found under this name before is showing no longer
PID focus       the control that has the keyboard, or null
"""

import json
import sys

import pyatspi

STATES = {
    name: getattr(pyatspi, f"STATE_{name.upper()}")
    for name in ("enabled", "focusable", "focused", "checked", "checkable", "showing", "editable", "selected")
}


known: dict = {}  # (process, name) -> where it was found the last time
focusable: dict = {}  # process -> those that can have the keyboard, as they were met the last time


def main() -> None:
    for line in sys.stdin:
        process, request, *name = line.strip().split(" ", 2)
        print(json.dumps(answer(int(process), request, *name)), flush=True)


def answer(process: int, request: str, name: str = ""):
    for _ in range(3):  # a control may go while it is asked
        try:
            match request:
                case "all":
                    return [describe(node) for node, _ in controls(process)]
                case "one":
                    node = known[process, name] = find(process, name)
                    return describe(node) if node else None
                case "gone":
                    return not is_showing(known.get((process, name)) or find(process, name))
                case "focus":
                    node = next(filter(has_keyboard, focusable.get(process, [])), None)
                    if node is None:
                        focusable[process] = [node for node, states in controls(process) if can_have_keyboard(node, states)]
                        node = next(filter(has_keyboard, focusable[process]), None)
                    return describe(node) if node else None
        except Exception as gone:
            problem = repr(gone)
    raise SystemExit(problem)


def can_have_keyboard(node, states) -> bool:
    """Of the current one of each list and each row of tabs Qt says that it has it."""
    return states.contains(pyatspi.STATE_FOCUSABLE) and node.getRole() not in (pyatspi.ROLE_LIST_ITEM, pyatspi.ROLE_PAGE_TAB)


def has_keyboard(node) -> bool:
    try:
        states = node.getState()
    except Exception:  # it is no more
        return False
    return states.contains(pyatspi.STATE_FOCUSED) and states.contains(pyatspi.STATE_SHOWING)


def find(process: int, name: str):
    node = known.get((process, name))
    if is_showing(node) and is_called(node, name):
        return node
    return next((node for node, _ in controls(process) if is_called(node, name)), None)


def is_called(node, name: str) -> bool:
    return identity(node) == name if " " not in name else node.name == name  # object names have no spaces


def is_showing(node) -> bool:
    try:
        return node is not None and node.getState().contains(pyatspi.STATE_SHOWING)
    except Exception:  # it is no more
        return False


def controls(process: int):
    """Everything showing in the program's windows with its states, the newest window first."""
    for application in pyatspi.Registry.getDesktop(0):
        if application is not None and application.get_process_id() == process:
            yield from showing(reversed(list(application)))


def showing(nodes):
    for node in nodes:
        if node is not None and (states := node.getState()).contains(pyatspi.STATE_SHOWING):
            yield node, states
            yield from showing(node)


def identity(node) -> str:
    return node.accessibleId.rpartition(".")[2]


def describe(node) -> dict:
    states = node.getState()
    offered = node.get_interfaces()
    box = node.queryComponent().getExtents(pyatspi.DESKTOP_COORDS) if "Component" in offered else None
    return {
        "id": identity(node),
        "role": node.getRoleName(),
        "name": node.name,
        "description": node.description,
        "labels": [
            relation.getTarget(0).name for relation in node.getRelationSet() if relation.getRelationType() == pyatspi.RELATION_LABELLED_BY
        ],
        "text": node.queryText().getText(0, -1) if "Text" in offered else None,
        "value": node.queryValue().currentValue if "Value" in offered else None,
        "most": node.queryValue().maximumValue if "Value" in offered else None,
        "states": [name for name, state in STATES.items() if states.contains(state)],
        "box": [box.x, box.y, box.width, box.height] if box else None,
    }


if __name__ == "__main__":
    main()
