"""The visible region of the plane, and the conversion between plane coordinates and pixels.

Both axes have the same scale, so that the prior's contours are circles. Pixels count from the top left, the
plane's y upwards. All pixels are logical ones.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from latentlab.engine.types import Region

MIN_SCALE, MAX_SCALE = 2.0, 200_000.0


@dataclass(frozen=True)
class Camera:
    """The centre of the view in plane units, pixels per unit, and the size of the view in pixels."""

    x: float = 0.0
    y: float = 0.0
    scale: float = 80.0
    width: int = 640
    height: int = 640

    def to_pixel(self, x: float, y: float) -> tuple[float, float]:
        """The pixel of a point of the plane."""
        return (
            (x - self.x) * self.scale + 0.5 * self.width,
            (self.y - y) * self.scale + 0.5 * self.height,
        )

    def to_plane(self, left: float, top: float) -> tuple[float, float]:
        """The point of the plane at a pixel."""
        return (
            (left - 0.5 * self.width) / self.scale + self.x,
            (0.5 * self.height - top) / self.scale + self.y,
        )

    @property
    def region(self) -> Region:
        """The visible region: (left, right, bottom, top) in plane units."""
        left, top = self.to_plane(0, 0)
        right, bottom = self.to_plane(self.width, self.height)
        return left, right, bottom, top

    def zoomed(self, factor: float, left: float, top: float) -> Camera:
        """Zoomed by `factor`, with the point at that pixel fixed."""
        x, y = self.to_plane(left, top)
        scale = min(max(self.scale * factor, MIN_SCALE), MAX_SCALE)
        shrink = self.scale / scale
        return replace(self, scale=scale, x=x + (self.x - x) * shrink, y=y + (self.y - y) * shrink)

    def panned(self, right: float, down: float) -> Camera:
        """Moved by so many pixels."""
        return replace(self, x=self.x - right / self.scale, y=self.y + down / self.scale)

    def resized(self, width: int, height: int) -> Camera:
        """The same centre and, along the shorter side, the same range in another size of view."""
        width, height = max(1, width), max(1, height)
        grown = min(width, height) / min(self.width, self.height)
        scale = min(max(self.scale * grown, MIN_SCALE), MAX_SCALE)
        return replace(self, width=width, height=height, scale=scale)

    def fitted(self, region: Region) -> Camera:
        """The largest zoom that shows all of a region."""
        left, right, bottom, top = region
        across, up = max(right - left, 1e-9), max(top - bottom, 1e-9)
        scale = min(self.width / across, self.height / up)
        return replace(
            self,
            x=0.5 * (left + right),
            y=0.5 * (bottom + top),
            scale=min(max(scale, MIN_SCALE), MAX_SCALE),
        )
