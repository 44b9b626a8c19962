"""How a picture of any size is fitted to a model's input: the crop box and its settings.

Plain numbers without numpy, for the window's frame imports it.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

CROP, PAD = "crop", "pad"
MOST_ZOOM = 16.0
# (left, top, right, bottom) in whole pixels of the picture.
Box = tuple[int, int, int, int]


@dataclass(frozen=True)
class Fitting:
    """How a picture of any size becomes one that a model takes.

    Attributes:
        how: "crop" fills the frame and cuts off the excess; "pad" shows all of it, with a border.
        x, y: the centre of the box, as shares of width and height.
        zoom: how many times smaller than the largest possible box it is, 1 to `MOST_ZOOM`.
        negative: whether light and dark are inverted.
    """

    how: str = CROP
    x: float = 0.5
    y: float = 0.5
    zoom: float = 1.0
    negative: bool = False

    def box(self, width: int, height: int, aspect: float = 1.0) -> Box:
        """The box cut out of `width` x `height` pixels for a frame `aspect` times as wide as high.

        In whole pixels, so that pixel art meets the frame's own grid, and never outside the picture.
        """
        across = min(width, height * aspect) / min(max(self.zoom, 1.0), MOST_ZOOM)
        wide, high = max(1, round(across)), max(1, round(across / aspect))
        left = min(max(0, round(self.x * width - wide / 2)), width - wide)
        top = min(max(0, round(self.y * height - high / 2)), height - high)
        return left, top, left + wide, top + high

    def moved(self, by: tuple[float, float], width: int, height: int, aspect: float = 1.0) -> Fitting:
        """The box moved by so many pixels, as far as the picture reaches."""
        left, top, right, bottom = self.box(width, height, aspect)
        half, tall = (right - left) / 2, (bottom - top) / 2
        x = min(max(self.x * width, half), width - half) + by[0]
        y = min(max(self.y * height, tall), height - tall) + by[1]
        x, y = min(max(x, half), width - half), min(max(y, tall), height - tall)
        return replace(self, x=x / width, y=y / height)

    def zoomed(self, factor: float) -> Fitting:
        """A box so many times smaller about the same centre."""
        return replace(self, zoom=min(max(self.zoom * factor, 1.0), MOST_ZOOM))
