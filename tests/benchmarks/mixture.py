"""How fast EM is, beside scikit-learn's. Run by hand: python -m tests.benchmarks.mixture [--rounds 3]

The same pictures of MNIST, the same start, the same number of passes, in turns: diagonal covariances (50
components, all pictures) and full ones (10 components). LatentLab's passes go as in a training, from bytes;
scikit-learn is given its numbers in double precision before the clock runs. The log p(x) that each reaches is
printed: LatentLab's is a little higher, because scikit-learn adds the floor to every variance.
"""

from __future__ import annotations

import argparse
import statistics
import time
import warnings
from collections.abc import Callable
from dataclasses import dataclass

import torch
from sklearn.mixture import GaussianMixture

from latentlab.core.mixture import Diagonal, Full
from latentlab.data import catalog
from latentlab.models.gmm.model import GMM, ByEM
from latentlab.models.gmm.spec import GMMConfig
from tests.benchmarks.report import Report

FLOOR = 1e-3


@dataclass(frozen=True)
class Case:
    """What is fitted."""

    covariance: str
    components: int
    pictures: int
    passes: int


CASES = (Case("diagonal", 50, 60_000, 5), Case("full", 10, 10_000, 3))
# Seconds by the clock and of the processor, and log p of a picture.
Took = tuple[float, float, float]


def timed(work: Callable[[], float]) -> Took:
    wall, processor = time.perf_counter(), time.process_time()
    log_p = work()
    return time.perf_counter() - wall, time.process_time() - processor, log_p


def started(case: Case, images: torch.Tensor) -> tuple[GMM, ByEM]:
    """A mixture at its start, and what fits it."""
    config = GMMConfig(case.components, case.covariance, starts=1, tolerance=0.0, floor=FLOOR)
    model, work = GMM(config), ByEM(config, case.passes)
    work.prepare(model, images[:: max(1, len(images) // 10_000)], None)
    return model, work


def ours(case: Case, images: torch.Tensor) -> Took:
    model, work = started(case, images)

    def fit() -> float:
        for passed in range(case.passes):
            sums = work.begin(model, passed)
            for some in images.split(work.at_once):
                work.add(model, sums, some, None, passed)
            figures, _ = work.end(model, sums, passed)
        # Once more, as scikit-learn does for the answer of `fit_predict`.
        for some in images.split(work.at_once):
            work.add(model, work.begin(model, case.passes), some, None, case.passes)
        return figures["log_density"]

    return timed(fit)


def theirs(case: Case, images: torch.Tensor) -> Took:
    known = started(case, images)[0].mixture
    x = images.flatten(1).double().div_(255.0).numpy()
    match known.components:
        case Diagonal(variance=variance):
            form, precisions = "diag", variance.reciprocal().numpy()
        case Full(covariance=covariance):
            form, precisions = "full", torch.linalg.inv(covariance).numpy()
        case _:
            raise AssertionError
    weights = known.weights.numpy()
    oracle = GaussianMixture(
        case.components, covariance_type=form, max_iter=case.passes, tol=0.0, reg_covar=FLOOR,
        weights_init=weights / weights.sum(), means_init=known.components.mean.numpy(),
        precisions_init=precisions, init_params="random_from_data", random_state=0,
    )  # fmt: skip

    def fit() -> float:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return float(oracle.fit(x).lower_bound_)

    return timed(fit)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rounds", type=int, default=3)
    rounds = parser.parse_args().rounds
    report = Report("mixture")
    train = catalog.load("mnist", "train").images
    with torch.no_grad():
        for case in CASES:
            images = train[: case.pictures]
            pairs = [(ours(case, images), theirs(case, images)) for _ in range(rounds)]
            name = f"{case.covariance}, {case.components} components, {case.pictures:,} pictures"
            for at, kind in ((0, "wall clock"), (1, "processor")):
                mine, others = ([pair[who][at] / case.passes for pair in pairs] for who in (0, 1))
                ratio = statistics.median(b / a for a, b in zip(mine, others, strict=True))
                figures = {
                    "latentlab_s_a_pass": round(statistics.median(mine), 3),
                    "scikit_learn_s_a_pass": round(statistics.median(others), 3),
                    "times_as_fast": round(ratio, 2),
                }
                report.add(f"{name}, {kind}", figures, keeps=ratio > 1.0, goal="faster")
            report.add(f"{name}, log p(x)", [round(one[2], 4) for one in pairs[0]])
    report.save()


if __name__ == "__main__":
    main()
