"""Asks a discriminator or critic, for the window: of a plane, and of one picture.

    field      s(G(z, y), y)  at the cells of a plane
    opinion    s(x, y)  and  ds/dx,  x = G(z, y)

Where the score is a probability, sigma(s) is told; its slope is that of s, which does not vanish where the
discriminator is sure.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

import torch
from torch import Tensor

from latentlab.engine.rendering.drawing import Drawing, to_pictures
from latentlab.engine.rendering.plane_map import PlaneMap
from latentlab.engine.rendering.requests.critic import (
    CriticMapReply,
    CriticMapRequest,
    OpinionReply,
    OpinionRequest,
)
from latentlab.engine.rendering.serving import Reply, Server, handles
from latentlab.errors import LabError
from latentlab.models.critics import Scores, ScoreSpec

# See `PlaneMap`. A picture that is waited for while one drags comes after at most one piece.
_COARSE, _PIECE_S = 4, 3e-3
# How far the picture is moved along the slope: the RMS change of a pixel, of 1.
_STEP = 0.04


class Critics(Server):
    """Serves `CriticMapRequest` and `OpinionRequest`.

    Args:
        drawing: gives what decodes with the open model.
    """

    def __init__(self, drawing: Callable[[], Drawing]) -> None:
        self._drawing = drawing
        self._map = PlaneMap(_COARSE, _PIECE_S)

    @handles(CriticMapRequest)
    def map(self, request: CriticMapRequest) -> Iterator[Reply | None]:
        """A coarse map, then the whole one.

        Raises:
            LabError: if the plane is not one of the model's latent space, or the model scores nothing.
        """
        drawing = self._drawing()
        critic, y = critic_of(drawing), drawing.y_of(request.condition)

        def score(z: Tensor) -> Tensor:
            return told(critic.scores(drawing.model.picture_at(z, y), y), critic.score_spec)

        for found in self._map.of(request, drawing, score):
            yield (
                None
                if found is None
                else CriticMapReply(
                    request.generation,
                    request.region,
                    request.projection,
                    found.values,
                    critic.score_spec,
                    found.done,
                )
            )

    @handles(OpinionRequest)
    def opinion(self, request: OpinionRequest) -> Iterator[Reply | None]:
        """The score of the picture at z, and its slope.

        Raises:
            LabError: if z is no point of the model's latent space, or the model scores nothing.
        """
        drawing = self._drawing()
        critic = critic_of(drawing)
        drawing.require_places((request.z,))
        # Derivatives are needed, and the renderer serves without them.
        with torch.inference_mode(False), torch.enable_grad():
            y = drawing.y_of(request.condition)
            z = torch.tensor([request.z], device=drawing.device)
            x = drawing.model.picture_at(z, y).detach().float().requires_grad_()
            score = critic.scores(x, y)
            (slope,) = torch.autograd.grad(score.sum(), x)
        moved = stepped(x.detach(), slope)
        after = critic.scores(moved, y)
        spec = critic.score_spec
        yield OpinionReply(
            generation=request.generation,
            z=request.z,
            condition=request.condition,
            picture=to_pictures(x.detach().clone())[0],
            score=float(told(score.detach(), spec)[0]),
            slope=slope[0].sum(0).float().cpu().numpy(),
            steepness=float(slope.norm()),
            moved=to_pictures(moved.clone())[0],
            moved_score=float(told(after, spec)[0]),
            spec=spec,
        )


def critic_of(drawing: Drawing) -> Scores:
    """The model, which scores pictures.

    Raises:
        LabError: if it does not.
    """
    if not isinstance(drawing.model, Scores):
        raise LabError(f"a {type(drawing.model).__name__} has no discriminator or critic to ask")
    return drawing.model


def told(scores: Tensor, spec: ScoreSpec) -> Tensor:
    """Scores as they are told: probabilities where they are that."""
    return torch.sigmoid(scores) if spec.probability else scores


def stepped(x: Tensor, slope: Tensor) -> Tensor:
    """Pictures (B, C, H, W) in [0, 1] a step along a slope, each so far that a pixel changes by `_STEP`."""
    size = slope.flatten(1).square().mean(1).sqrt().clamp(min=1e-30).view(-1, 1, 1, 1)
    return (x + _STEP * slope / size).clamp(0.0, 1.0)
