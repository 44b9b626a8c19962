"""Compares the codes of all pictures with the prior, for the window: information, holes, collapsed
dimensions. The equations: `latentlab.core.elbo_surgery`.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator

import torch
from torch import Tensor

from latentlab.core.elbo_surgery import ACTIVE, parts_of_kl
from latentlab.engine.rendering.drawing import Drawing
from latentlab.engine.rendering.requests.aggregate import AggregateReply, AggregateRequest
from latentlab.engine.rendering.serving import Reply, Server, handles
from latentlab.errors import LabError

# Posteriors in the mixture, and draws: some seconds of work on one core.
MOST, _DRAWS, _PRIOR_DRAWS = 10_000, 1500, 2000
Codes = tuple[Tensor, Tensor]


class Aggregates(Server):
    """Serves `AggregateRequest`.

    Args:
        codes: gives means and sigmas (N, D) of the encoded pictures; None while they are not known.
        drawing: gives what decodes with the open model.
    """

    def __init__(self, codes: Callable[[], Codes | None], drawing: Callable[[], Drawing]) -> None:
        self._codes, self._drawing = codes, drawing

    @handles(AggregateRequest)
    def compare(self, request: AggregateRequest) -> Iterator[Reply | None]:
        """See `AggregateRequest`; no reply while the pictures are not encoded.

        Raises:
            LabError: if the model has no prior, or its encoder gives points without posteriors.
        """
        drawing, codes = self._drawing(), self._codes()
        if not drawing.has_prior:
            raise LabError("the model has no prior for its codes to be compared with")
        if codes is None:
            return
        mean, sigma = codes
        if not bool((sigma > 0).all()):
            raise LabError("the encoder gives points: their KL from a prior is infinite")
        variance = mean.var(0, correction=0)
        step = math.ceil(len(mean) / MOST)
        prior = drawing.prior
        found = yield from parts_of_kl(
            mean[::step],
            sigma[::step],
            prior.log_density,
            prior.draw(_PRIOR_DRAWS, torch.Generator().manual_seed(1)),
            torch.Generator().manual_seed(0),
            _DRAWS,
        )
        yield AggregateReply(
            request.generation,
            found.information,
            found.information_error,
            found.marginal,
            found.marginal_error,
            found.holes,
            found.holes_error,
            tuple(tuple(map(float, z)) for z in found.examples.tolist()),
            math.log(found.pictures),
            found.saturated,
            found.pictures,
            found.draws,
            tuple((variance <= ACTIVE).nonzero().flatten().tolist()),
            len(variance),
        )
