"""The encodings of the open data: of a finished model in growing parts, of one in training those of a sample.

With them comes the density of their points: it has to be known before the last reply is sent, for the window
then asks for it at once.
"""

from __future__ import annotations

from collections.abc import Generator

import numpy as np

from latentlab.engine.inference.encodings import encode_in_chunks, join
from latentlab.engine.rendering.density import Density
from latentlab.engine.rendering.drawing import Drawing, moments_for
from latentlab.engine.rendering.opening import Opened
from latentlab.engine.rendering.requests.opening import (
    MOST_COMPONENTS,
    EncodeRequest,
    EncodingsReply,
    FollowRequest,
    UnfoldedReply,
)
from latentlab.engine.rendering.serving import Reply
from latentlab.engine.rendering.unfolding import Unfolding

_FIRST_ENCODINGS = _SAMPLED = 2000
_DRAWN = 200  # of the sample, the pictures that set the density levels, four times a second


def encoded(
    opened: Opened, request: EncodeRequest, before: Density
) -> Generator[Reply | None, None, tuple[EncodingsReply, Density]]:
    """Encodes the data; yields what is encoded so far. Returns the last reply and the density of all of them;
    that of `before` where there are no data.
    """
    data, y = opened.data, opened.encoder_conditions()
    nowhere = np.zeros((0, opened.drawing.latents), np.float32)
    parts, told, moments = [], 0, moments_for(opened.drawing)
    for part in encode_in_chunks(opened.loaded.model, data, y=y) if len(data) else ():
        parts.append(part)
        moments.add(part.mean, part.log_variance)
        count = sum(map(len, parts))
        # Joining is quadratic if done at every chunk; doing it at doublings keeps it linear.
        if count < len(data) and count < max(_FIRST_ENCODINGS, 2 * told):
            yield None
            continue
        encodings = join(parts)
        parts, told = [encodings], count
        sigma = np.exp(0.5 * encodings.log_variance)
        if count < len(data):
            yield EncodingsReply(request.generation, encodings.mean, sigma, len(data))
            continue
        whole = moments.summary()
        reply = EncodingsReply(
            generation=request.generation,
            mean=encodings.mean,
            sigma=sigma,
            total=len(data),
            kl_per_dimension=whole.kl_per_dimension,
            spread=whole.spread,
            components=whole.components,
            principal=moments.principal(MOST_COMPONENTS),
        )
        return reply, Density(encodings.mean, sigma)
    return EncodingsReply(request.generation, nowhere, nowhere, 0), before


def unfolded(
    unfolding: Unfolding, drawing: Drawing, request: FollowRequest, before: Density
) -> tuple[UnfoldedReply, Density]:
    """The encodings of a model in training, and their density; that of `before` where there are none."""
    moments = moments_for(drawing)
    if not len(unfolding.mean):
        nothing = UnfoldedReply(request.generation, unfolding.mean, unfolding.mean, 0, step=unfolding.step)
        return nothing, before
    # A spread-out sample is enough to see how much each dimension is used.
    some = slice(None, None, max(1, len(unfolding.mean) // _SAMPLED))
    moments.add(unfolding.mean[some], unfolding.log_variance[some])
    whole = moments.summary()
    mean, sigma = unfolding.mean.copy(), np.exp(0.5 * unfolding.log_variance)
    reply = UnfoldedReply(
        generation=request.generation,
        mean=mean,
        sigma=sigma,
        total=len(unfolding.mean),
        kl_per_dimension=whole.kl_per_dimension,
        spread=whole.spread,
        components=whole.components,
        step=unfolding.step,
    )
    return reply, Density(mean[some], sigma[some], draws=_DRAWN)
