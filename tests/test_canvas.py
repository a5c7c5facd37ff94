"""The canvas: contents, layout, keys and pointer."""

from array import array
from dataclasses import replace

import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QColor, QContextMenuEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QMenu

from desktop.diffusion.recipe import Recipe
from desktop.diffusion.run import Ending, Latents, LatentValues, LiveViews, Phase, Run, View
from desktop.diffusion.tiles import Tiles
from desktop.studio.notices import Notices
from desktop.studio.probe import Probe
from desktop.studio.timeline import Arrangement
from desktop.ui.create.canvas import Canvas
from desktop.ui.create.legend import half_name
from desktop.ui.create.values_panel import ValuesPanel
from desktop.ui.theme import Theme
from desktop.ui.widgets import scaled_picture
from tests.awaited import settle
from tests.developed import developed, estimate_colour, grow, plain, step


class Reader:
    """What reads values on the worker, here at once: channel `k` of a step in position (x, y) is k + x / 100 + y / 10000."""

    def __init__(self) -> None:
        self.asked = []

    async def __call__(self, run, number, x, y):
        self.asked.append((run, number))
        column, row = min(int(16 * x), 15), min(int(16 * y), 15)
        return LatentValues(column, row, 16, 16, {View.NOISY: [k + column / 100 + row / 10000 for k in range(8)]})


@pytest.fixture
def reader():
    return Reader()


@pytest.fixture
def canvas(qtbot, timeline, work, reader):
    canvas = Canvas(timeline, work, Theme(), Probe(reader, timeline, work, Notices()))
    qtbot.addWidget(canvas)
    canvas.resize(400, 300)
    canvas.show()
    QTest.mouseMove(canvas, QPoint(1, 1))  # off the picture
    return canvas


def frame(canvas):
    return canvas._stage.halves()[0].frame.toRect()


def colour(canvas, x=200, y=150):
    return QColor(canvas.grab().toImage().pixel(x, y)).getRgb()[:3]


def test_each_step_is_shown(canvas, timeline):
    timeline.show(developed(10, done=5))
    assert colour(canvas) == estimate_colour(5)
    timeline.go_to(2)
    assert colour(canvas) == estimate_colour(2)
    timeline.choose_view(View.NOISY)
    assert colour(canvas) == (20, 20, 42)


def test_a_fitting_picture_fills_the_height_and_leaves_a_margin(canvas, timeline):
    timeline.show(developed(10, done=5))
    stage = QColor(Theme().tokens.stage).getRgb()[:3]
    assert colour(canvas, 200, 2) == stage
    assert colour(canvas, 200, 8) == estimate_colour(5)
    assert colour(canvas, 200, 272) == estimate_colour(5)
    assert colour(canvas, 200, 298) == stage
    assert colour(canvas, 60, 150) == stage


def test_a_preview_and_the_picture_fill_the_same_frame(canvas, timeline):
    run = developed(10, done=10, recipe=Recipe.of(width=64, height=64))
    timeline.show(run)
    canvas.zoom_to(5.0)
    before = frame(canvas)
    run.picture = plain((250, 0, 0), 64)  # the previews have 32 pixels
    timeline.refresh()
    assert frame(canvas) == before
    assert canvas.zoom == 5.0
    assert colour(canvas) == (250, 0, 0)


def test_zoom_is_kept_between_steps_and_pictures_of_one_size(canvas, timeline):
    timeline.show(developed(10, done=5))
    canvas.zoom_to(3.0)
    timeline.go_to(1)
    timeline.show(developed(4))
    assert canvas.zoom == 3.0
    timeline.show(developed(4, recipe=Recipe.of(width=128, height=64), done=2))
    assert canvas.fits


def test_keys_step(canvas, timeline):
    timeline.show(developed(10, done=5))
    QTest.keyClick(canvas, Qt.Key.Key_Left)
    assert timeline.index == 4
    QTest.keyClick(canvas, Qt.Key.Key_Home)
    assert timeline.index == 0
    QTest.keyClick(canvas, Qt.Key.Key_End)
    assert timeline.following


def test_the_zoom_is_that_of_the_planned_picture(qtbot, canvas, timeline):
    run = developed(10, done=5)
    timeline.show(run)
    fitting = canvas.zoom
    run.plan = replace(run.plan, environment={"enlarges": 4})
    with qtbot.waitSignal(canvas.zoom_changed):
        timeline.refresh()
    assert canvas.zoom == fitting / 4


def test_zooming_keeps_the_point_under_the_pointer(canvas, timeline):
    timeline.show(developed(10, done=5))
    canvas.zoom_to(12.0)
    at = QPointF(150, 140)

    def point():
        return (at - QPointF(frame(canvas).topLeft())) / canvas.zoom

    before = point()
    canvas.zoom_to(20.0, at)
    assert (point() - before).manhattanLength() < 0.1


def test_dragging_pans_but_never_off_the_picture(canvas, timeline):
    timeline.show(developed(10, done=5))
    canvas.zoom_to(20.0)
    before = frame(canvas).topLeft()
    QTest.mousePress(canvas, Qt.MouseButton.LeftButton, pos=QPoint(200, 150))
    QTest.mouseMove(canvas, QPoint(180, 150))
    assert frame(canvas).topLeft() - before == QPoint(-20, 0)
    QTest.mouseMove(canvas, QPoint(9000, 9000))
    QTest.mouseRelease(canvas, Qt.MouseButton.LeftButton)
    assert frame(canvas).topLeft() == QPoint(0, 0)


def test_a_double_click_changes_between_fit_and_100_percent(canvas, timeline):
    timeline.show(developed(10, done=5))
    QTest.mouseDClick(canvas, Qt.MouseButton.LeftButton, pos=QPoint(200, 150))
    assert canvas.zoom == 1.0
    QTest.mouseDClick(canvas, Qt.MouseButton.LeftButton, pos=QPoint(200, 150))
    assert canvas.fits


def test_far_zoomed_in_pixels_are_squares(canvas, timeline):
    run = developed(1, done=1)
    timeline.show(run)
    run.picture = type(run.picture or plain((0, 0, 0)))(2, 1, bytes((0, 0, 0, 255, 255, 255)))
    timeline.show(run)
    canvas.zoom_to(60.0)
    assert colour(canvas, 198, 150) == (0, 0, 0)
    assert colour(canvas, 202, 150) == (255, 255, 255)


@pytest.mark.parametrize(
    ("ending", "phase", "words"),
    [
        (Ending.RUNNING, Phase.LOADING, "Loading the model…"),
        (Ending.RUNNING, Phase.PREPARING, "Getting ready…"),
        (Ending.STOPPED, None, "Stopped before the first step."),
        (Ending.FAILED, None, "Failed before the first step."),
        (Ending.FINISHED, None, "This run has no steps."),
    ],
)
def test_a_missing_picture_is_explained(canvas, timeline, work, ending, phase, words):
    work.run, work.phase = Run(Recipe(), ending=ending), phase
    timeline.show(work.run)
    work.changed.emit()
    assert canvas.accessibleDescription() == words


def test_a_stop_before_the_first_step_is_seen_at_once(canvas, timeline, work):
    work.run, work.phase = Run(Recipe()), Phase.LOADING
    timeline.show(work.run)
    work.stop()
    assert canvas.accessibleDescription() == "Stopping…"


def test_without_previews_it_says_so(canvas, timeline, work):
    work.running = True
    timeline.show(developed(10, done=5, previews=False))
    assert canvas.accessibleDescription() == "Previews are off. The picture appears at the end."
    work.running = False
    work.changed.emit()
    assert canvas.accessibleDescription() == "Being computed…"


def test_a_screen_reader_hears_what_is_seen(canvas, timeline):
    timeline.show(developed(10, done=5, approximate=True))
    assert canvas.accessibleDescription().splitlines() == [
        "Step 5 of 10, approximate preview, of: a red apple",
        "Estimate · The finished picture as the model predicts it at this step (x₀).",
    ]
    timeline.show(developed(4))
    assert canvas.accessibleDescription().splitlines() == ["Step 4 of 4, of: a red apple", "The finished picture"]


@pytest.mark.qt_log_ignore("This plugin does not support")  # menus, offscreen
def test_the_menu_offers_what_can_be_done(qtbot, canvas, timeline):
    timeline.show(developed(10, done=5))
    QApplication.sendEvent(canvas, QContextMenuEvent(QContextMenuEvent.Reason.Keyboard, QPoint(1, 1), canvas.mapToGlobal(QPoint(1, 1))))
    menu = canvas.findChild(QMenu, "canvas_menu")
    possible = {action.text(): action.isEnabled() for action in menu.actions() if action.text()}
    assert possible == {
        "Copy picture": True,
        "Save this step": True,
        "Save as…": True,
        "Show in folder": False,
        "Values under the pointer": True,
        "Loupe": True,
        "Fit": False,
        "100 %": True,
    }
    with qtbot.waitSignal(canvas.save_step_requested):
        menu.actions()[1].trigger()
    menu.close()


def test_a_step_that_is_not_shown_paints_nothing(qtbot, canvas, timeline, monkeypatch):
    run = developed(10, done=5)
    timeline.show(run)
    timeline.go_to(2)
    qtbot.wait(20)
    painted = []
    monkeypatch.setattr(Canvas, "_paint_picture", lambda self, *arguments: painted.append(arguments))
    grow(run)
    timeline.refresh()
    qtbot.wait(20)
    assert painted == []


def test_scrubbing_makes_each_picture_ready_once(canvas, timeline, monkeypatch):
    run = developed(20, done=20)
    timeline.show(run)
    canvas.grab()
    made_ready, convert = [], scaled_picture.to_qimage
    monkeypatch.setattr(scaled_picture, "to_qimage", lambda pixels: made_ready.append(pixels) or convert(pixels))
    for _ in range(10):
        QTest.keyClick(canvas, Qt.Key.Key_Left)
        canvas.repaint()
        canvas.repaint()
    assert made_ready == [step.estimate for step in run.steps[19:9:-1]]


# -- what a picture is


def sentence(canvas):
    return canvas.accessibleDescription().splitlines()[1]


def test_each_view_says_what_it_is(canvas, timeline, work):
    timeline.show(developed(10, done=5))
    assert sentence(canvas) == "Estimate · The finished picture as the model predicts it at this step (x₀)."
    timeline.choose_view(View.CHANGE)
    assert sentence(canvas) == "Change · being computed…"
    work.running = True
    work.changed.emit()
    assert sentence(canvas) == "Change · available when no run is active, showing the estimate until then"
    timeline.fail(timeline.shown[0])
    assert sentence(canvas) == "Change · not available for this step, showing the estimate instead"
    timeline.sharpen(timeline.shown[0], plain((9, 9, 9)))
    assert sentence(canvas) == "Change · Where this step changed the estimate: brighter means more."
    assert colour(canvas) == (9, 9, 9)
    timeline.go_to(0)
    assert sentence(canvas) == "Noise"
    timeline.choose_view(View.LATENTS)
    assert sentence(canvas) == "Latents · available when no run is active, showing the noise until then"
    timeline.show(developed(4))
    timeline.choose_view(View.ESTIMATE)
    assert sentence(canvas) == "The finished picture"


def test_views_of_the_next_step_are_announced(canvas, timeline, work):
    run = developed(10, done=5)
    timeline.show(run)
    work.run, work.running = run, True
    timeline.choose_view(View.CHANGE)
    assert sentence(canvas) == "Change · available at the next step, showing the estimate until then"
    timeline.show_live(run, LiveViews(made := step(6, 10, approximate=True), {View.CHANGE: plain((7, 7, 7))}, None))
    run.record(made)
    timeline.refresh()
    assert colour(canvas) == (7, 7, 7)
    assert sentence(canvas) == "Change · Where this step changed the estimate: brighter means more."
    assert timeline.approximate  # until the full decoder has made it again
    timeline.choose_view(View.GUIDANCE)  # there is none
    assert sentence(canvas) == "Guidance · available when no run is active, showing the estimate until then"
    timeline.go_to(2)
    timeline.choose_view(View.NOISE)
    assert sentence(canvas) == "Noise · available at the next step, showing the estimate until then"
    timeline.show_live(run, LiveViews(run.steps[2], {View.NOISE: plain((8, 8, 8))}, None))
    assert colour(canvas) == (8, 8, 8)


@pytest.mark.parametrize(("width", "height"), [(240, 200), (300, 560), (900, 400)])
def test_the_sentence_is_below_the_picture_if_there_is_space(qtbot, canvas, timeline, width, height):
    timeline.show(developed(10, done=5))
    canvas.resize(width, height)
    [half] = canvas._stage.halves()
    foot = canvas._legend.foot(half)
    assert foot.top() >= half.frame.bottom()
    assert foot.bottom() <= height
    assert foot.height() == 24 or width == 300  # where it needs more lines it has them


def test_channels_keep_their_own_shape(canvas, timeline):
    timeline.show(developed(10, done=5))
    timeline.choose_view(View.LATENTS)
    timeline.sharpen(timeline.shown[0], type(plain((0, 0, 0)))(20, 10, bytes((0, 200, 0)) * 200))
    assert colour(canvas) == (0, 200, 0)
    picture, whole = canvas._stage.halves()[0].picture, canvas._stage.halves()[0].frame
    assert picture.width() == whole.width()
    assert picture.height() == pytest.approx(whole.height() / 2)
    assert colour(canvas, 200, 40) == QColor(Theme().tokens.stage).getRgb()[:3]


# -- two pictures


def press(canvas, key, modifiers=Qt.KeyboardModifier.NoModifier):
    QTest.keyClick(canvas, key, modifiers)


def noisy_colour(number):
    return (20, 20, 40 + number)


@pytest.fixture
def pair(canvas, timeline):
    timeline.show(developed(10, done=5))
    timeline.choose_second_view(View.NOISY)
    return canvas


def test_a_line_divides_two_views_of_a_step(pair, timeline):
    assert colour(pair, 190, 60) == estimate_colour(5)
    assert colour(pair, 210, 60) == noisy_colour(5)
    assert pair.accessibleDescription().splitlines()[-1] == "Compared with: Noisy. Alt+← and Alt+→ move the line between them."
    timeline.go_to(2)
    assert (colour(pair, 190, 60), colour(pair, 210, 60)) == (estimate_colour(2), noisy_colour(2))


def test_the_line_is_dragged(pair):
    QTest.mousePress(pair, Qt.MouseButton.LeftButton, pos=QPoint(200, 60))
    QTest.mouseMove(pair, QPoint(150, 60))
    QTest.mouseRelease(pair, Qt.MouseButton.LeftButton)
    assert (colour(pair, 140, 60), colour(pair, 160, 60)) == (estimate_colour(5), noisy_colour(5))
    QTest.mouseMove(pair, QPoint(300, 60))  # button released
    assert colour(pair, 160, 60) == noisy_colour(5)
    QTest.mouseDClick(pair, Qt.MouseButton.LeftButton, pos=QPoint(150, 150))
    assert colour(pair, 190, 60) == estimate_colour(5)
    assert pair.fits


def test_keys_move_the_line_and_not_the_playhead(pair, timeline):
    for _ in range(5):
        press(pair, Qt.Key.Key_Right, Qt.KeyboardModifier.AltModifier)
    assert colour(pair, 210, 60) == estimate_colour(5)
    for _ in range(60):
        press(pair, Qt.Key.Key_Left, Qt.KeyboardModifier.AltModifier)
    assert colour(pair, 90, 60) == noisy_colour(5)
    assert timeline.index == 5


def test_the_line_stays_in_sight_when_zoomed(pair):
    pair.zoom_to(40.0)
    assert (colour(pair, 190, 60), colour(pair, 210, 60)) == (estimate_colour(5), noisy_colour(5))


def test_two_frames_share_zoom_and_place(pair, timeline):
    timeline.arrange(Arrangement.BESIDE)
    assert (colour(pair, 100, 150), colour(pair, 300, 150)) == (estimate_colour(5), noisy_colour(5))
    pair.zoom_to(12.0, QPointF(320, 130))
    QTest.mousePress(pair, Qt.MouseButton.LeftButton, pos=QPoint(100, 150))
    QTest.mouseMove(pair, QPoint(60, 140))
    QTest.mouseRelease(pair, Qt.MouseButton.LeftButton)
    one, two = pair._stage.halves()
    assert one.frame.topLeft() - one.pane.topLeft() == two.frame.topLeft() - two.pane.topLeft()
    assert one.pane.right() == two.pane.left()


def test_frames_are_stacked_if_that_makes_them_larger(pair, timeline):
    timeline.arrange(Arrangement.BESIDE)
    pair.resize(260, 500)
    assert (colour(pair, 130, 120), colour(pair, 130, 380)) == (estimate_colour(5), noisy_colour(5))


def test_pictures_take_turns(qtbot, pair, timeline, monkeypatch):
    monkeypatch.setattr(pair._flicker, "start", lambda: None)  # moved by hand below
    turned = []
    pair.turned.connect(turned.append)
    timeline.arrange(Arrangement.FLICKER)
    assert colour(pair) == estimate_colour(5)
    pair._flicker.timeout.emit()
    assert colour(pair) == noisy_colour(5)
    pair._flicker.timeout.emit()
    assert colour(pair) == estimate_colour(5)
    assert turned == [0, 1, 0]


def test_pictures_take_turns_by_themselves_only_while_they_are_seen(pair, timeline):
    timeline.arrange(Arrangement.FLICKER)
    assert pair._flicker.isActive()
    pair.hide()
    assert not pair._flicker.isActive()
    pair.show()
    assert pair._flicker.isActive()
    timeline.choose_second_view(None)
    assert not pair._flicker.isActive()


def test_with_reduced_motion_a_click_or_a_key_changes_them(pair, timeline):
    pair._theme.reduce_motion = True
    timeline.arrange(Arrangement.FLICKER)
    assert not pair._flicker.isActive()
    QTest.mouseClick(pair, Qt.MouseButton.LeftButton, pos=QPoint(200, 150))
    assert colour(pair) == noisy_colour(5)
    press(pair, Qt.Key.Key_Return)
    assert colour(pair) == estimate_colour(5)


def test_two_runs_are_called_by_what_was_changed(canvas, timeline):
    run = developed(10, done=8)
    branch = run.fork(4, run.recipe.turned(4, guidance_scale=8.0))
    grow(branch)
    timeline.show(run)
    timeline.compare_with(branch)
    timeline.go_to(7)
    assert half_name(timeline, timeline.shown[0]) == "Original"
    assert half_name(timeline, timeline.shown[1]) == "step 5 · guidance 8.0"
    twin = developed(10, done=8, recipe=Recipe.of(prompt="a red apple", steps=10, width=64, height=64, seed=3))
    timeline.compare_with(twin)
    assert [half_name(timeline, shown) for shown in timeline.shown] == ["seed 781\N{NO-BREAK SPACE}204\N{NO-BREAK SPACE}113", "seed 3"]


def test_a_run_without_a_step_waits_beside(canvas, timeline):
    timeline.show(developed(10, done=5))
    timeline.compare_with(Run(Recipe.of(width=64, height=64)))
    timeline.arrange(Arrangement.BESIDE)
    assert colour(canvas, 100, 150) == estimate_colour(5)
    assert colour(canvas, 300, 100) == QColor(canvas._theme.tokens.panel).getRgb()[:3]  # an empty page
    assert canvas._legend.caption(timeline.shown[1]) == "Getting ready…"


def test_the_difference_of_two_pictures_is_shown(canvas, timeline):
    timeline.show(developed(10, done=5))
    timeline.choose_second_view(View.NOISY)
    timeline.arrange(Arrangement.DIFFERENCE)
    brightness = [round(255 * (abs(one - other) / 255) ** 0.5) for one, other in zip(estimate_colour(5), noisy_colour(5), strict=True)]
    assert colour(canvas) == tuple(brightness)
    assert canvas.accessibleDescription().splitlines()[-1] == "Difference from: Noisy. Brighter means that the two differ more."
    timeline.compare_with(developed(10, done=5))
    assert colour(canvas) == (0, 0, 0)  # the same
    timeline.compare_with(Run(Recipe.of(width=64, height=64)))
    assert colour(canvas, 200, 60) == QColor(canvas._theme.tokens.panel).getRgb()[:3]  # waits for the other


def test_a_step_of_two_pictures_repaints_only_them(pair, timeline):
    timeline.go_to(2)
    QApplication.processEvents()
    painted = []
    pair.paintEvent = lambda event: painted.append(event.region())
    timeline.go_to(3)
    QApplication.processEvents()
    assert painted
    assert not any(region.contains(QPoint(10, 100)) for region in painted)


# -- the loupe


def lenses(canvas):
    return [lens.toRect() for lens in canvas._lenses]


def striped():
    """64 × 64 px in eight columns, from black to bright red."""
    return type(plain((0, 0, 0)))(64, 64, b"".join(bytes((32 * (x // 8), 0, 0)) for _ in range(64) for x in range(64)))


@pytest.fixture
def stripes(canvas, timeline):
    run = developed(10)
    run.picture = striped()
    timeline.show(run)
    return canvas


def test_the_loupe_magnifies_what_is_under_the_pointer(qtbot, stripes):
    toggled = []
    stripes.loupe_toggled.connect(toggled.append)
    press(stripes, Qt.Key.Key_Z)
    assert toggled == [True]
    stripes.grab()
    assert lenses(stripes)[0].center().x() == 199  # of the picture
    picture = frame(stripes)
    QTest.mouseMove(stripes, QPoint(picture.x() + round(picture.width() * 5.5 / 8), 140))  # in the sixth column
    seen = stripes.grab().toImage()
    [lens] = lenses(stripes)
    reds = {QColor(seen.pixel(x, lens.center().y())).red() // 32 for x in range(lens.x() + 8, lens.right() - 8)}
    assert 5 in reds
    assert len(reds) <= 4  # of eight, though the lens is more than half as wide as the picture
    assert "The loupe is at 50 % from the left and 50 % from the top." in stripes.accessibleDescription()
    press(stripes, Qt.Key.Key_Z)
    assert not stripes.loupe_shown
    stripes.grab()
    assert lenses(stripes) == []


def test_keys_move_the_loupe(stripes, timeline):
    stripes.show_loupe(True)
    both = Qt.KeyboardModifier.AltModifier | Qt.KeyboardModifier.ShiftModifier
    for _ in range(5):
        press(stripes, Qt.Key.Key_Right, both)
    press(stripes, Qt.Key.Key_Up, both)
    assert "60 % from the left and 48 % from the top" in stripes.accessibleDescription()
    assert timeline.index == 10


def test_two_pictures_are_magnified_at_the_same_place(pair, timeline):
    pair.resize(700, 500)
    pair.show_loupe(True)
    pair.grab()
    left, right = lenses(pair)
    assert left.right() < right.x()  # beside each other, where a line divides the frame
    assert (colour(pair, left.center().x(), left.center().y()), colour(pair, right.center().x(), right.center().y())) == (
        estimate_colour(5),
        noisy_colour(5),
    )
    timeline.arrange(Arrangement.BESIDE)
    QTest.mouseMove(pair, QPoint(120, 200))
    pair.grab()
    one, two = pair._stage.halves()
    left, right = lenses(pair)
    assert left.topLeft() - one.pane.topLeft().toPoint() == right.topLeft() - two.pane.topLeft().toPoint()
    timeline.arrange(Arrangement.DIFFERENCE)
    pair.grab()
    assert len(lenses(pair)) == 1


# -- the values at a place


def told(canvas):
    return canvas.findChild(ValuesPanel).accessibleDescription()


async def test_the_values_under_the_pointer_are_shown(canvas, timeline, reader):
    timeline.show(developed(10, done=5))
    QTest.mouseMove(canvas, QPoint(200, 150))
    await settle()
    assert reader.asked == []  # values are hidden
    toggled = []
    canvas.values_toggled.connect(toggled.append)
    canvas.setFocus()
    press(canvas, Qt.Key.Key_V)
    await settle()
    assert told(canvas).startswith("Position 9, 9 of 16 × 16; Noisy: 0.08, 1.08")
    frame_now = frame(canvas)
    QTest.mouseMove(canvas, frame_now.topLeft() + QPoint(3, 3))
    await settle()
    assert told(canvas).startswith("Position 1, 1 of 16 × 16; Noisy: 0.00, 1.00")
    QTest.mouseMove(canvas, QPoint(5, 5))  # off the picture the last place stays
    await settle()
    assert told(canvas).startswith("Position 1, 1")
    press(canvas, Qt.Key.Key_V)
    assert not canvas.values_shown
    assert toggled == [True, False]


async def test_keys_move_the_place(canvas, timeline):
    timeline.show(developed(10, done=5))
    canvas.show_values(True)
    await settle()
    both = Qt.KeyboardModifier.AltModifier | Qt.KeyboardModifier.ShiftModifier
    for key in (Qt.Key.Key_Right, Qt.Key.Key_Up, Qt.Key.Key_Up):
        press(canvas, key, both)
        await settle()
    assert told(canvas).startswith("Position 10, 7 ")
    assert timeline.index == 5


async def test_in_the_channels_the_place_is_found_in_its_tile(canvas, timeline):
    tiles = Tiles(8, 16, 16)
    timeline.show(developed(10, done=5))
    timeline.choose_view(View.LATENTS)
    width, height = tiles.size
    timeline.sharpen(timeline.shown[0], type(plain((0, 0, 0)))(width, height, bytes(3 * width * height)))
    canvas.show_values(True)
    await settle()
    picture = canvas._stage.halves()[0].picture
    x, y = tiles.corner(4)
    at = picture.topLeft() + QPointF(x + 2.5 * tiles.square, y + 6.5 * tiles.square) * picture.width() / width
    QTest.mouseMove(canvas, at.toPoint())
    await settle()
    assert told(canvas).startswith("Position 3, 7 ")


async def test_the_picture_beside_is_read_where_the_pointer_is_on_it(canvas, timeline, reader):
    one, two = developed(10, done=5), developed(10, done=3)
    timeline.show(one)
    timeline.compare_with(two)
    canvas.show_values(True)
    QTest.mouseMove(canvas, QPoint(250, 100))
    await settle()
    assert reader.asked[-1] == (two, 3)
    asked = len(reader.asked)
    press(canvas, Qt.Key.Key_Left, Qt.KeyboardModifier.AltModifier | Qt.KeyboardModifier.ShiftModifier)
    await settle()
    assert reader.asked[asked:] == [(two, 3)]  # by key it is moved on from there
    QTest.mouseMove(canvas, QPoint(150, 100))
    await settle()
    assert reader.asked[-1] == (one, 5)


async def test_while_a_run_is_at_work_the_values_wait(canvas, timeline, work, reader):
    timeline.show(developed(10, done=5))
    work.running = True
    canvas.show_values(True)
    await settle()
    assert told(canvas) == "Values appear when no run is active."
    assert reader.asked == []
    work.running = False
    work.changed.emit()
    await settle()
    assert told(canvas).startswith("Position 9, 9")


async def test_values_are_updated_with_each_step_of_the_active_run(canvas, timeline, work, reader):
    run = developed(10, done=5)
    timeline.show(run)
    work.run, work.running = run, True
    canvas.show_values(True)
    assert told(canvas) == "Values appear with the next step."
    for number in (6, 7):
        latents = Latents(2, 2, {View.NOISY: array("f", [number, 0.0, 0.0, number + 0.5])})
        timeline.show_live(run, LiveViews(made := step(number, 10), {}, latents))
        run.record(made)
        timeline.refresh()
        assert told(canvas) == f"Position 2, 2 of 2 × 2; Noisy: {number}.50"
    QTest.mouseMove(canvas, frame(canvas).topLeft() + QPoint(10, 10))
    assert told(canvas) == "Position 1, 1 of 2 × 2; Noisy: 7.00"  # at once
    timeline.go_to(3)
    assert told(canvas) == "Values appear with the next step."
    await settle()
    assert reader.asked == []


async def test_the_values_stay_away_from_the_pointer(canvas, timeline):
    timeline.show(developed(10, done=5))
    canvas.resize(700, 500)
    canvas.show_values(True)
    await settle()
    panel = canvas.findChild(ValuesPanel)
    for _ in range(3):
        pointer = panel.geometry().center()
        QTest.mouseMove(canvas, pointer)
        await settle()
        assert not panel.geometry().contains(pointer)
        assert canvas.rect().contains(panel.geometry())
