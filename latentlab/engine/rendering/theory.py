"""What the open model says of one picture: its true posterior, log p(x) by every way, and pictures like it.

All of it in pieces of some milliseconds, so that the picture at the probe never waits long.
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterator
from dataclasses import replace

import numpy as np
import torch
from torch import Tensor

from latentlab.engine.attributes.conditions import encoder_is_conditional
from latentlab.engine.inference.decoded_plane import raster
from latentlab.engine.inference.evidence import Evidence
from latentlab.engine.inference.ladder import IMPORTANCE, Estimate, Ladder
from latentlab.engine.inference.refining import can_refine, refine
from latentlab.engine.rendering.drawing import Drawing, to_pictures, to_point
from latentlab.engine.rendering.opening import Opened
from latentlab.engine.rendering.requests.theory import (
    LadderReply,
    LadderRequest,
    LikeThisReply,
    LikeThisRequest,
    PosteriorReply,
    PosteriorRequest,
    Subject,
)
from latentlab.engine.rendering.serving import Reply, Server, handles
from latentlab.engine.types import Picture
from latentlab.errors import LabError
from latentlab.models.base import HasLikelihood
from latentlab.models.priors import kl_from
from latentlab.models.terms import Posterior

# Draws of q for the ELBO beside a posterior, and points of a posterior that is shown by its draws.
_ELBO_DRAWS, _FEW_DRAWS, _POINTS = 5000, {False: 500, True: 64}, 1000
_DRAWS = 5000

Picked = tuple[Tensor, "Tensor | None", Posterior]


class Theory(Server):
    """Serves such requests. Keeps what does not depend on the picture, for one open model.

    Args:
        opened: gives the open model and data.
        step: gives the step of a model in training, whose weights change; None for another.
    """

    def __init__(self, opened: Callable[[], Opened], step: Callable[[], int | None]) -> None:
        self._opened, self._step = opened, step
        self._known: tuple[Drawing, int | None, Evidence] | None = None

    @handles(PosteriorRequest)
    def posterior(self, request: PosteriorRequest) -> Iterator[Reply | None]:
        """The reply.

        Raises:
            LabError: if there is no such picture, or the model has no log p(x).
        """
        opened = self._opened()
        known = self._evidence(opened)
        x, y, posterior = picked(opened, request.subject)
        yield None
        prior = known.model.latent_prior
        kl = float(kl_from(posterior.mean, posterior.log_variance, prior)[0])
        flat = known.model.latents <= 2
        draws = _ELBO_DRAWS if flat and not request.quick else _FEW_DRAWS[request.quick]
        elbo = (yield from known.elbo(x, y, posterior, draws)).value
        reply = PosteriorReply(
            generation=request.generation,
            subject=request.subject,
            mean=to_point(posterior.mean[0]),
            sigma=to_point(torch.exp(0.5 * posterior.log_variance[0])),
            elbo=elbo,
            reconstruction=elbo + kl,
            kl=kl,
            evidence=elbo,
            exact=known.exact(x, y),
            quick=request.quick,
        )
        if not flat:
            found = yield from known.population(x, y, posterior, _DRAWS)
            chosen = torch.multinomial(
                found.log_weight.softmax(0),
                _POINTS,
                replacement=True,
                generator=torch.Generator().manual_seed(0),
            )
            yield replace(
                reply,
                evidence=found.log_integral,
                points=np.ascontiguousarray(found.z[chosen].float().numpy()),
                effective=found.effective_draws,
                draws=len(found.z),
            )
            return
        cells = yield from known.cells(x, y, quick=request.quick)
        yield None
        low, high, page = raster(cells)
        yield replace(
            reply,
            evidence=cells.log_integral,
            low=tuple(low.tolist()),
            high=tuple(high.tolist()),
            log_density=page.numpy(),
        )

    @handles(LadderRequest)
    def ladder(self, request: LadderRequest) -> Iterator[Reply | None]:
        """The replies, growing; none without a picture.

        Raises:
            LabError: see `posterior`.
        """
        if request.subject is None:
            return
        opened = self._opened()
        known = self._evidence(opened)
        x, y, posterior = picked(opened, request.subject)
        refined: Estimate | None = None
        ladder: Ladder | None = None
        for ladder in known.steps(x, y, naive=request.naive):
            if ladder is None:
                yield None
                continue
            if ladder.elbo.draws >= max(IMPORTANCE) and refined is None and can_refine(known.model):
                refined = yield from self._refined(known, x, y, posterior)
            share, words = _progress(ladder)
            yield LadderReply(request.generation, request.subject, ladder, refined, share, words)
        assert ladder is not None
        yield LadderReply(request.generation, request.subject, ladder, refined, 1.0, "", done=True)

    def _refined(
        self, known: Evidence, x: Tensor, y: Tensor | None, posterior: Posterior
    ) -> Generator[None, None, Estimate]:
        """The ELBO of the refined q; that of the encoder's, by the same draws, if nothing is better."""
        better = yield from refine(known.model, x, y, posterior)
        before = yield from known.elbo(x, y, posterior, _DRAWS)
        after = yield from known.elbo(x, y, better, _DRAWS)
        return after if after.value > before.value else before

    @handles(LikeThisRequest)
    def like_this(self, request: LikeThisRequest) -> Iterator[Reply | None]:
        """The reply.

        Raises:
            LabError: see `posterior`.
        """
        opened = self._opened()
        known = self._evidence(opened)
        x, y, posterior = picked(opened, request.subject)
        generator = torch.Generator().manual_seed(request.seed)
        true, effective = yield from known.drawn_like(x, request.count, y, seed=request.seed)
        noise = torch.randn(request.count, posterior.mean.shape[1], generator=generator).to(opened.device)
        z = {
            "posterior": true,
            "encoder": posterior.mean + torch.exp(0.5 * posterior.log_variance) * noise,
            "prior": known.model.latent_prior.draw(request.count, generator),
        }
        rows = {}
        for name, places in z.items():
            yield None
            rows[name] = tuple(_pictures(opened, places, y, generator if request.pixels else None))
        yield LikeThisReply(request.generation, request.subject, **rows, effective=effective)

    def _evidence(self, opened: Opened) -> Evidence:
        drawing, step = opened.drawing, self._step()
        if self._known is None or self._known[0] is not drawing or self._known[1] != step:
            self._known = (drawing, step, Evidence(drawing.model, opened.device))
        return self._known[2]


def picked(opened: Opened, subject: Subject) -> Picked:
    """The picture (1, C, H, W) in [0, 1], its condition, and q(z|x) of it.

    Raises:
        LabError: if there is no such picture.
    """
    drawing, data, model = opened.drawing, opened.data, opened.drawing.model
    if subject.seen is not None:
        planes = torch.from_numpy(np.ascontiguousarray(subject.seen))
        planes = planes.unsqueeze(0) if planes.ndim == 2 else planes.movedim(-1, 0)
        x, y = planes[None].to(opened.device).float() / 255.0, drawing.y_of(subject.condition)
    else:
        index = -1 if subject.index is None else subject.index
        if not 0 <= index < len(data):
            raise LabError(f"{data.name} has no picture {index}")
        told = opened.conditions()
        x = data.images[index : index + 1].to(opened.device).float() / 255.0
        y = None if told is None else told[index].to(opened.device)
    if x.shape[1:] != model.picture_shape:
        raise LabError("the picture is of another shape than the model's")
    encode = getattr(model, "encode", None)
    if encode is None:
        raise LabError("the model has no encoder")
    return x, y, encode(x, y if encoder_is_conditional(model) else None)


def _pictures(
    opened: Opened, z: Tensor, y: Tensor | None, generator: torch.Generator | None
) -> list[Picture]:
    """The pictures at z (N, D): the expected ones, or with pixels drawn by a generator."""
    model = opened.drawing.model
    if generator is None or not isinstance(model, HasLikelihood):
        return list(opened.drawing.decode(z, y))
    outputs = model.decode(z.to(opened.device), y).cpu()
    return list(to_pictures(model.likelihood.sample(outputs, generator)))


def _progress(ladder: Ladder) -> tuple[float, str]:
    """How much is done, and what is being done."""
    most = max(IMPORTANCE)
    if ladder.elbo.draws < most:
        return 0.5 * ladder.elbo.draws / most, "Drawing from q"
    if ladder.adapted is None:
        return 0.5, "Adapting a proposal, refining q"
    return 0.9, "Drawing from the prior"
