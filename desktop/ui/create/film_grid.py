"""FilmGrid: where the steps and the frames of a film are, for ruler, film, curve and lanes alike."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QRectF

GAP = 2  # px between two frames
LEAST_FRAMES = 12  # in a film that is wider than `WIDE` and has as many steps
WIDE = 600  # px


@dataclass(frozen=True, slots=True)
class FilmGrid:
    """Positions in px from the left edge of the film; y from its upper edge. Step k is at the middle of its slot."""

    width: int  # px that are visible
    high: int  # px, of the film
    aspect: float = 1.0  # width of a frame by its height
    places: int = 0  # the steps and the starting noise
    zoom: float = 1.0  # 1: the whole run is visible
    offset: float = 0.0  # px that are scrolled away at the left

    @property
    def frame_width(self) -> float:
        return self.high * self.aspect

    @property
    def most_zoom(self) -> float:
        """The zoom at which each step has a frame."""
        return max(1.0, (self.frame_width + GAP) * self.places / max(1, self.width))

    @property
    def length(self) -> float:
        """The length of the whole film; a short run does not take the whole width."""
        return min(self.width * self.zoom, (self.frame_width + GAP) * self.places)

    @property
    def most_offset(self) -> float:
        return max(0.0, self.length - self.width)

    @property
    def pitch(self) -> float:
        """The width of a slot."""
        return self.length / max(1, self.places)

    @property
    def frames(self) -> int:
        """How many frames the whole film has."""
        fitting = round(self.length / (self.frame_width + GAP))
        return min(self.places, max(1, fitting, LEAST_FRAMES if self.width > WIDE else 0))

    def middle(self, step: int) -> float:
        return (step + 0.5) * self.pitch - self.offset

    def slot(self, step: int) -> QRectF:
        return QRectF(step * self.pitch - self.offset, 0, self.pitch, self.high)

    def place_at(self, x: float) -> int:
        """The step whose slot is at `x`, or the nearest one; it may not be made yet."""
        return min(max(int((x + self.offset) // max(self.pitch, 1e-9)), 0), max(0, self.places - 1))

    def step_of(self, frame: int) -> int:
        """The step that a frame shows."""
        return round(frame * (self.places - 1) / max(1, self.frames - 1))

    def frame(self, frame: int) -> QRectF:
        """The rectangle of a frame: whole, never cropped."""
        pitch = self.length / max(1, self.frames)
        width = min(self.frame_width, max(1.0, pitch - GAP))
        high = width / self.aspect
        return QRectF(frame * pitch - self.offset + (pitch - GAP - width) / 2, (self.high - high) / 2, width, high)

    def visible_frames(self) -> range:
        """The frames of which something is visible."""
        return self.frames_between(0, self.width)

    def frames_between(self, left: float, right: float) -> range:
        """The frames of which something is between `left` and `right`, with the gap that follows each."""
        pitch = self.length / max(1, self.frames)
        if not pitch:
            return range(0)
        return range(max(0, int((self.offset + left) // pitch)), min(self.frames, int((self.offset + right) // pitch) + 1))

    def visible_steps(self) -> range:
        """The steps of whose slots something is visible."""
        return range(self.place_at(0), self.place_at(self.width) + 1) if self.places else range(0)

    def scrolled_to(self, offset: float) -> FilmGrid:
        return self._with(self.zoom, offset)

    def zoomed_to(self, zoom: float, x: float) -> FilmGrid:
        """Zoom and keep what is at `x` in place."""
        zoomed = self._with(min(max(zoom, 1.0), self.most_zoom), 0)
        return zoomed.scrolled_to((x + self.offset) * zoomed.length / max(1.0, self.length) - x)

    def showing(self, step: int) -> FilmGrid:
        """Scrolled just as far as `step` needs to be visible with a frame on either side."""
        room = min(self.frame_width, (self.width - self.pitch) / 2)
        left, right = self.middle(step) - room, self.middle(step) + room - self.width
        return self.scrolled_to(self.offset + (left if left < 0 else max(0.0, right)))

    def _with(self, zoom: float, offset: float) -> FilmGrid:
        grid = FilmGrid(self.width, self.high, self.aspect, self.places, zoom)
        return FilmGrid(self.width, self.high, self.aspect, self.places, zoom, min(max(offset, 0.0), grid.most_offset))
