"""Draws the steps of an EM that is under way from snapshots of its model.

A snapshot within pass p + 1 shows the mixture as the M step of pass p has left it, and says what log p the
E step of pass p has found.
"""

from __future__ import annotations

from collections.abc import Iterator

from torch import nn

from latentlab.core.mixture import Mixture
from latentlab.data import catalog
from latentlab.engine.files.checkpoint import empty_model
from latentlab.engine.rendering.em_frames import Frames, Plane
from latentlab.engine.rendering.requests.mixture import EMStep, FollowEMRequest
from latentlab.engine.training.snapshots import give
from latentlab.errors import LabError
from latentlab.models.base import HasComponents


class FollowedEM:
    """One training that is followed.

    Raises:
        LabError: if its pictures cannot be read, or its model has no components.
    """

    def __init__(self, request: FollowEMRequest) -> None:
        self._key = _key(request)
        model = empty_model(request.kind, request.config)
        if not isinstance(model, HasComponents):
            raise LabError("a model without components cannot be followed as a mixture")
        assert isinstance(model, nn.Module)
        self._model = model
        self._frames = Frames(Plane.of(catalog.load(request.data, "train").images), model.picture_shape)
        # The last mixture seen, as it is and drawn.
        self._seen: tuple[int, Mixture, EMStep] | None = None

    def goes_on_with(self, request: FollowEMRequest) -> bool:
        """Whether a snapshot belongs to the same training."""
        return self._key == _key(request)

    def steps(self, request: FollowEMRequest) -> Iterator[tuple[EMStep, bool]]:
        """What is new in a snapshot, and whether it is the first of all; nothing before EM has begun."""
        assert isinstance(self._model, nn.Module)
        give(self._model, request.theta, request.buffers)
        passes, seen = self._model.em_passes, self._seen
        if request.step == 0 or (seen is not None and seen[0] == passes):
            return
        first = seen is None or seen[0] > passes
        known, answered = self._model.as_mixture(), None
        if seen is not None and seen[0] == passes - 1:
            answered = self._frames.answered(seen[1], seen[2], 2 * passes - 1, self._model.em_log_p)
            yield answered, False
        drawn = self._frames.still(known, 2 * passes, answered)
        self._seen = passes, known, drawn
        yield drawn, first


def _key(request: FollowEMRequest) -> tuple[str, ...]:
    return request.training, request.kind, request.data, repr(sorted(request.config.items()))
