"""The request for what a model in training makes of held-out pictures, and draws by itself."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from latentlab.engine.rendering.serving import Reply, Request
from latentlab.engine.types import Picture
from latentlab.models.capabilities import Capability


@dataclass(frozen=True, eq=False)
class ProgressSheetReply(Reply):
    """Pictures of the open data, what the model makes of each, and new samples; uint8 (H, W) or (H, W, 3).

    `step` is that of the training; None for a model that is not in training.
    """

    originals: tuple[Picture, ...]
    rebuilt: tuple[Picture, ...]
    samples: tuple[Picture, ...]
    step: int | None = None


@dataclass(frozen=True)
class ProgressSheetRequest(Request[ProgressSheetReply]):
    """Encode and decode so many pictures of the open data, always the same, and draw so many samples of the
    prior, always from the same noise.
    """

    priority: ClassVar[int] = 8
    needs: ClassVar[frozenset[Capability]] = frozenset({Capability.ENCODES, Capability.DECODES})
    patient: ClassVar[bool] = True
    pictures: int
    samples: int
