"""Which region of the window gets the focus next: the rail, or a panel of the shown place, from left to right and from top to bottom."""

from __future__ import annotations

from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QApplication, QSplitter, QWidget

from ..widgets.splitter import Splitter


def go_to_region(rail: QWidget, place: QWidget, distance: int) -> None:
    """Focus what had the focus last in the region `distance` after the focused one, else the first control in it."""
    regions = _regions(rail, place)
    targets = {region: target for region in regions if (target := _target(region, regions)) is not None}
    reachable, now = list(targets), _region_of(QApplication.focusWidget(), regions)
    if now in targets:
        targets[reachable[(reachable.index(now) + distance) % len(reachable)]].setFocus(Qt.FocusReason.ShortcutFocusReason)
    elif reachable:
        targets[reachable[0]].setFocus(Qt.FocusReason.ShortcutFocusReason)


def _regions(rail: QWidget, place: QWidget) -> list[QWidget]:
    panels = [splitter.widget(number) for splitter in place.findChildren(Splitter) for number in range(splitter.count())]
    visible = [panel for panel in panels if panel is not None and panel.isVisible() and not isinstance(panel, QSplitter)]

    def position(panel: QWidget) -> tuple[int, int]:
        at = panel.mapTo(place, QPoint())
        return at.x(), at.y()

    return [rail, *sorted([place, *visible], key=position)]


def _region_of(widget: QWidget | None, regions: list[QWidget]) -> QWidget | None:
    """The innermost of `regions` that `widget` is in."""
    while widget is not None and widget not in regions:
        widget = widget.parentWidget()
    return widget


def _target(region: QWidget, regions: list[QWidget]) -> QWidget | None:
    last = region.focusWidget()
    for each in (*([last] if last is not None else []), region, *region.findChildren(QWidget)):
        takes_focus = each.isVisible() and each.isEnabled() and each.focusPolicy() & Qt.FocusPolicy.TabFocus
        if takes_focus and _region_of(each, regions) is region:
            return each
    return None
