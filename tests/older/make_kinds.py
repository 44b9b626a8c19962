"""Makes `kinds/` in this folder, by LatentLab 0.1.0 at commit 2ce3876, and by no later one: see README.md.

    python -m tests.older.make_kinds

A model and an unfinished training of every kind there was before a kind became a folder of its own, and what
they said then of the pictures in `pictures`. Paths in the files begin with `/older`.
"""

from __future__ import annotations

import itertools
import json
import os
import shutil
import tempfile
from pathlib import Path
from typing import Any

import numpy as np
import torch

from latentlab import api
from latentlab.data import catalog
from latentlab.engine.training.plan import TrainingPlan
from latentlab.engine.training.run import TrainingRun
from tests.older import relocate

HERE = Path(__file__).parent
CODER = {"latents": 2, "encoder_widths": (8,), "decoder_widths": (8,)}
CLASSES = {"condition_names": ("bars", "discs"), "exclusive": True}
CONFIGS: dict[str, dict[str, Any]] = {
    "ae": CODER,
    "vae": CODER,
    "cvae": {**CODER, **CLASSES},
    "ddpm": {"shape": (1, 16, 16), "patch": 4, "widths": (8,), "steps": 20, **CLASSES},
    "classifier": {"shape": (1, 16, 16), "widths": (8,), "features": 4, **CLASSES},
}


def said_by(path: Path, images: torch.Tensor) -> dict[str, np.ndarray]:
    """What a model says of the first pictures, and what it draws."""
    model = api.load_model(path)
    kind = model.card.kind
    if kind == "classifier":
        with torch.no_grad():
            return {"logits": model._loaded.model.logits(images[:4].float() / 255.0).numpy()}
    if kind == "ddpm":
        tape = model.diffuse(2, seed=5, steps=4, condition="discs", guidance=2.0)
        return {"tape": tape.x_t, "drawn": model.sample(3, seed=1, steps=3)}
    posterior = model.posterior(images[:4])
    found = {"mean": posterior.mean, "sigma": posterior.sigma, "drawn": model.sample(3, seed=1)}
    z = np.array([[0.5, -1.0], [2.0, 0.25]], np.float32)
    return {**found, "decoded": model.decode(z, condition="discs" if kind == "cvae" else None)}


def make() -> None:
    """Everything, in the folder that is the working one, where `pictures` are."""
    data = str(Path("pictures").absolute())
    train, test = catalog.load(data, "train"), catalog.load(data, "test")
    metrics: dict[str, dict[str, float]] = {}
    said: dict[str, np.ndarray] = {}
    for kind, config in CONFIGS.items():
        plan = TrainingPlan(epochs=4, batch=4, warmup_steps=2, device="cpu", precision="fp32", threads=1)
        run = TrainingRun(kind, config, plan, train, test, f"{kind}.safetensors", data=data)
        events = run.run()
        for _ in itertools.takewhile(lambda event, run=run: run.trainer.epoch < 2, events):
            pass
        run.checkpoint()
        shutil.copy(f"{kind}.safetensors.training", "kept")
        *_, saved = TrainingRun.resume(f"{kind}.safetensors.training").run()
        metrics[kind] = dict(saved.metrics)
        Path("kept").rename(f"{kind}.safetensors.training")
        found = said_by(Path(f"{kind}.safetensors"), catalog.load(data, "all").images)
        said |= {f"{kind} {name}": array for name, array in found.items()}
    Path("finished.json").write_text(json.dumps(metrics, indent=1) + "\n")
    np.savez_compressed("said.npz", **said)


if __name__ == "__main__":
    torch.set_num_threads(1)
    with tempfile.TemporaryDirectory() as name:
        shutil.copytree(HERE / "pictures", Path(name) / "pictures")
        os.chdir(name)
        make()
        shutil.rmtree("pictures")
        for path in Path(name).iterdir():
            relocate(path, name, "/older")
        shutil.copytree(name, HERE / "kinds", dirs_exist_ok=True)
