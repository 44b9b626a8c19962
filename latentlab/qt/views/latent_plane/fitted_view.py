"""Fits the view to the points, and keeps them in sight while they spread during a training."""

from __future__ import annotations

from latentlab.qt.views.latent_plane.camera import Camera

_MARGIN = 1.08
# In a training the view is fitted again when points leave it, or need less than this share of it; with some
# room to spread, for each time the manifold is drawn anew.
_LEAST_SHARE, _ROOM = 0.4, 1.3


class FittedView:
    """Knows whether somebody has moved the camera since it was fitted: then it stays as it is."""

    def __init__(self) -> None:
        self._left: Camera | None = None

    def fitted(self, camera: Camera, reach: float, *, spreading: bool = False) -> Camera:
        """The camera that shows everything up to a distance from the origin along both axes.

        Args:
            spreading: whether there is to be room for more.
        """
        reach *= _ROOM if spreading else _MARGIN
        self._left = camera.fitted((-reach, reach, -reach, reach))
        return self._left

    def resized(self, camera: Camera, width: int, height: int) -> Camera:
        """The camera in another size of view; that is no move of the person's."""
        there = camera.resized(width, height)
        if camera == self._left:
            self._left = there
        return there

    def is_outgrown(self, camera: Camera, reach: float) -> bool:
        """Whether the points no longer fit into a view that nobody has moved."""
        seen = 0.5 * min(camera.width, camera.height) / camera.scale
        return camera == self._left and not _LEAST_SHARE * seen <= reach <= seen
