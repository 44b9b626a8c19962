"""How fast probabilistic PCA is fitted. Run by hand: python -m tests.benchmarks.ppca [--rounds 5]

All 60,000 training pictures of MNIST, from bytes in memory to a model: by the trainer with all its events,
and by scikit-learn PCA (float64 and float32, bytes made into numbers in [0, 1] by it as well), in turns.
"""

from __future__ import annotations

import argparse
import statistics
import time
from collections.abc import Callable

import numpy as np
import torch
from sklearn.decomposition import PCA

from latentlab.data import catalog
from latentlab.data.image_set import ImageSet
from latentlab.engine.training.plan import TrainingPlan
from latentlab.engine.training.trainer import Trainer
from latentlab.models.ppca.model import PPCA
from latentlab.models.ppca.spec import PPCAConfig

COMPONENTS = 2


def ours(data: ImageSet) -> None:
    model = PPCA(PPCAConfig(COMPONENTS, data.shape))
    for _ in Trainer(model, data, TrainingPlan(epochs=1, device="cpu")).run():
        pass


def theirs(data: ImageSet, dtype: type[np.floating]) -> None:
    numbers = data.images.flatten(1).numpy().astype(dtype) / dtype(255.0)
    PCA(COMPONENTS).fit(numbers)


def seconds(work: Callable[[], None]) -> float:
    started = time.perf_counter()
    work()
    return time.perf_counter() - started


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rounds", type=int, default=5)
    rounds = parser.parse_args().rounds
    data = catalog.load("mnist", "train")
    works: dict[str, Callable[[], None]] = {
        "LatentLab": lambda: ours(data),
        "scikit-learn, float64": lambda: theirs(data, np.float64),
        "scikit-learn, float32": lambda: theirs(data, np.float32),
    }
    took: dict[str, list[float]] = {name: [] for name in works}
    for _ in range(rounds):
        for name, work in works.items():
            took[name].append(seconds(work))
    print(f"{torch.get_num_threads()} threads, {rounds} rounds in turns, {len(data):,} pictures")
    for name, each in took.items():
        print(f"{name:24} median {statistics.median(each):6.2f} s   ({min(each):.2f} to {max(each):.2f})")


if __name__ == "__main__":
    main()
