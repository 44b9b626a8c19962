"""Does the density layer tell places where data were encoded from holes between them?

Run by hand: python -m tests.benchmarks.density [MODEL]. Of a 2-D model, by default mnist-vae-2d.

The score is what the layer shows at z: its shade less its hatching, read off the map that the plane paints,
at the cell that z falls into. It is made of the posteriors of *training* pictures alone. The two densities
that it comes from are judged beside it, without a goal. log q - log p was the first score tried, and it is no
good where both are small (AUC 0.65 to 0.96): outside the prior nothing is expected, and nothing hatched.

Data are draws z ~ q(z|x), one for each *test* picture. What a hole is was settled before any score was looked
at, and asks nothing of the training pictures nor of any density: a place that no test picture has come near.

    near a mean    its distance to the nearest posterior mean of the test pictures is above three times the
                   typical sigma, the median over these pictures of sqrt(sigma_1 sigma_2): where posteriors
                   are as wide as usual, none of the pictures' draws would come there
    any ellipse    it lies outside the three-sigma ellipse of every test posterior, however wide: the
                   stricter of the two where posteriors are wide

Places to choose holes from are drawn from the prior (where a decoder is asked to draw), and evenly from the
box of the test means (where a person looks); those outside the box are left out in both cases, for beyond all
data any score would do. Data that happen to lie outside the map are left out too.
"""

from __future__ import annotations

import argparse
import sys

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from latentlab.core.directions import auc
from latentlab.data import catalog
from latentlab.engine.files.checkpoint import load_model
from latentlab.engine.inference.encodings import Encodings, encode_all
from latentlab.engine.rendering.density import Density
from latentlab.engine.rendering.projection import Projection
from latentlab.engine.rendering.requests.grids import DensityMapReply, DensityMapRequest
from latentlab.qt.views.latent_plane.density_paint import cover_of, holes_of
from tests.benchmarks.report import Report

_PLACES = 20_000
# Of a plane 760 pixels wide, in cells of 4.
_CELLS = 190
_SIGMAS = 3.0
_GOAL = 0.95
_HALF = 0.5


def sigma_of(encodings: Encodings) -> Tensor:
    """(N, 2)."""
    return torch.from_numpy(np.exp(0.5 * encodings.log_variance))


def map_of(encodings: Encodings, reach: float) -> DensityMapReply:
    """The finest map of the square within `reach` of the origin."""
    known = Density(encodings.mean, sigma_of(encodings).numpy())
    region = (-reach, reach, -reach, reach)
    request = DensityMapRequest(1, _CELLS, _CELLS, region, Projection.pair(0, 1, 2))
    *_, found = (reply for reply in known.map(request) if reply is not None)
    return found


def cells(found: DensityMapReply, z: Tensor) -> tuple[Tensor, Tensor]:
    """Row and column of places (M, 2) inside the map."""
    left, right, bottom, top = found.region
    rows, columns = found.log_density.shape
    column = ((z[:, 0] - left) / (right - left) * columns).long().clamp(0, columns - 1)
    row = ((top - z[:, 1]) / (top - bottom) * rows).long().clamp(0, rows - 1)
    return row, column


def told_apart(
    scores: NDArray[np.float32], data: tuple[Tensor, Tensor], holes: tuple[Tensor, Tensor]
) -> float:
    """The AUC of scores (rows, columns) at the cells of data and of holes."""
    values = [torch.from_numpy(scores)[some] for some in (data, holes)]
    is_data = torch.arange(sum(map(len, values))) < len(values[0])
    return round(auc(torch.cat(values), is_data), 4)


def nearest(z: Tensor, mean: Tensor, sigma: Tensor) -> tuple[Tensor, Tensor]:
    """Distance to the nearest mean, and in sigmas to the nearest posterior; (M,) each."""
    near, ellipse = [], []
    for some in z.split(500):
        gap = some.unsqueeze(1) - mean
        near.append(gap.square().sum(-1).amin(1).sqrt())
        ellipse.append((gap / sigma).square().sum(-1).amin(1).sqrt())
    return torch.cat(near), torch.cat(ellipse)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("model", nargs="?", default="mnist-vae-2d")
    given = parser.parse_args()
    draw = torch.Generator().manual_seed(0)
    loaded = load_model(given.model)
    data = str(loaded.card.data["name"])
    train, test = (encode_all(loaded.model, catalog.load(data, split)) for split in ("train", "test"))
    mean, sigma = torch.from_numpy(test.mean), sigma_of(test)
    typical = float(sigma.prod(-1).sqrt().median())
    low, high = mean.amin(0), mean.amax(0)
    places = {
        "prior": torch.randn(_PLACES, 2, generator=draw),
        "box": low + (high - low) * torch.rand(_PLACES, 2, generator=draw),
    }
    reach = float(mean.abs().max()) + _SIGMAS * typical
    found = map_of(train, reach)
    drawn = mean + sigma * torch.randn(mean.shape, generator=draw)
    data_cells = cells(found, drawn[(drawn.abs() < reach).all(-1)])
    assert found.log_prior is not None
    hatched = holes_of(found)
    scores = {
        "auc": cover_of(found) - hatched,
        "auc of log q": found.log_density,
        "auc of log q - log p": found.log_density - found.log_prior,
    }
    report = Report("density")
    report.add("typical sigma of a test posterior", round(typical, 4))
    for name, everywhere in places.items():
        z = everywhere[((everywhere >= low) & (everywhere <= high)).all(-1)]
        near, ellipse = nearest(z, mean, sigma)
        for kind, holes in (
            ("far from every mean", near > _SIGMAS * typical),
            ("outside every ellipse", ellipse > _SIGMAS),
        ):
            hole_cells = cells(found, z[holes])
            figures = {what: told_apart(table, data_cells, hole_cells) for what, table in scores.items()}
            report.add(
                f"holes from the {name}, {kind}",
                {**figures, "holes": int(holes.sum()), "of places": len(z)},
                keeps=figures["auc"] >= _GOAL,
                goal=f">= {_GOAL}",
            )
    share = float((torch.from_numpy(hatched)[data_cells] > _HALF).float().mean())
    report.add("data hatched as a hole", round(share, 4))
    report.save()
    return 1 if report.missed else 0


if __name__ == "__main__":
    sys.exit(main())
