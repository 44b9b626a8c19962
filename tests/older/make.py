"""Makes the files in this folder, by LatentLab 0.1.0 at commit 09774e1, and by no later one: see README.md.

    python -m tests.older.make

Paths that a file keeps begin with `/older`, which stands for this folder; tests put the real one there.
"""

from __future__ import annotations

import itertools
import json
import os
import shutil
import tempfile
from pathlib import Path

import numpy as np
from PIL import Image
from PySide6.QtWidgets import QApplication

from latentlab.cli import main as lab
from latentlab.data import catalog
from latentlab.engine.attributes.trust import Trust
from latentlab.engine.training.plan import TrainingPlan
from latentlab.engine.training.run import TrainingRun
from latentlab.qt.app import create_window
from latentlab.qt.controllers.settings import Settings
from latentlab.session.edits import AddAttributes, SelectImage, SetAnalogy, SetPins
from latentlab.session.groups import with_added
from latentlab.session.own_directions import OwnDirection
from latentlab.session.own_edits import AddDirection
from latentlab.session.recent_data import RecentData
from latentlab.session.state import SessionState
from tests.older import relocate

HERE = Path(__file__).parent
SMALL = ["--encoder-widths", "8", "--decoder-widths", "8"]
BRIEF = ["--epochs", "40", "--batch", "4", "--warmup-steps", "2", "--device", "cpu", "--threads", "1"]


def make_pictures() -> None:
    """Fourteen grey pictures of 16 x 16, no two alike: discs and bars."""
    rows, columns = np.mgrid[:16, :16]
    for number in range(7):
        disc = 230 - 12 * number - 18 * np.hypot(rows - 8, columns - 4 - number)
        bar = np.where(abs(rows - 3 - number) < 3, 240 - 9 * number, 12)
        for name, picture in (("discs", disc), ("bars", bar)):
            folder = Path("pictures", name)
            folder.mkdir(parents=True, exist_ok=True)
            Image.fromarray(picture.clip(0, 255).astype(np.uint8)).save(folder / f"{name[:-1]}-{number}.png")


def command(*words: str) -> None:
    """One command line, which has to go well."""
    assert lab(list(words)) == 0, words


def name_of(picture: np.ndarray) -> str:
    """The file that a picture of the data came from."""
    for path in sorted(Path("pictures").rglob("*.png")):
        if np.array_equal(np.asarray(Image.open(path)), picture):
            return str(path)
    raise AssertionError("no such picture")


def make_session(path: Path, state: SessionState, recent: tuple[RecentData, ...]) -> dict[str, object]:
    """The settings of a window in which something was done; what its picture numbers stood for."""
    settings = Settings(path)
    settings.session, settings.recent = state, recent
    window = create_window(settings)
    window.show()
    workspace = window.workspace
    data = catalog.load(workspace.state.data, workspace.state.split)
    last = len(data) - 1
    z = [tuple(map(float, point)) for point in workspace.encodings.mean]
    trust = Trust(auc=0.75, cohens_d=1.5, have=2, lack=3)
    one = OwnDirection(
        "Brighter",
        (0.5, -1.0),
        "groups",
        2,
        2,
        trust,
        workspace.model.data,
        workspace.model.model,
        workspace.model.hash,
    )
    edits = (
        SetPins(pins=((0.0, 0.0), (1.0, -1.0), z[3])),
        with_added(workspace.state, "a", (1, 2)),
    )
    for edit in edits:
        workspace.do(edit)
    workspace.do(with_added(workspace.state, "b", (last, 5)))
    workspace.do(AddDirection(own=(one,)))
    workspace.do(SetAnalogy(analogy=((0.5, 0.5), None, (-1.0, 0.25))))
    workspace.do(SelectImage(index=4, z=z[4]))
    workspace.do(AddAttributes(amounts=((one.key, 2.0),), z=(z[4][0] + 1.0, z[4][1] - 2.0)))
    QApplication.processEvents()
    done = workspace.state
    window.close()
    numbers = {"selected": [done.selected], "group_a": done.group_a, "group_b": done.group_b}
    pictures = {name: [data.images[index, 0].numpy() for index in of] for name, of in numbers.items()}
    if data.name == "mnist":
        return {name: [int(picture.sum()) for picture in some] for name, some in pictures.items()}
    return {name: [name_of(picture) for picture in some] for name, some in pictures.items()}


def make() -> None:
    """Everything, in the folder that is the working one."""
    make_pictures()
    command("train", "vae", "--data", "pictures", "--out", "model.safetensors", *SMALL, *BRIEF)
    command("train", "cvae", "--data", "pictures", "--out", "told.safetensors", "--half", *SMALL, *BRIEF)
    plan = TrainingPlan(epochs=6, batch=4, warmup_steps=2, device="cpu", precision="fp32", threads=1)
    config = {"latents": 2, "encoder_widths": (8,), "decoder_widths": (8,)}
    data = str(Path("pictures").absolute())
    train, test = catalog.load(data, "train"), catalog.load(data, "test")
    run = TrainingRun("vae", config, plan, train, test, "unfinished.safetensors", data=data)
    events = run.run()
    for _ in itertools.takewhile(lambda event: run.trainer.epoch < 3, events):
        pass
    run.checkpoint()
    *_, saved = TrainingRun.resume("unfinished.safetensors.training").run()
    Path("unfinished.safetensors").unlink()
    run.checkpoint()
    means = ("model.safetensors", "--data", "pictures", "--method", "means")
    for suffix in ("safetensors", "npz"):
        command("attributes", *means, "-o", f"directions.{suffix}")
    command("sample", "model.safetensors", "-n", "24", "--seed", "3", "-o", "samples.png")
    for suffix in ("csv", "npz"):
        command("encode", "model.safetensors", "--data", "pictures", "--split", "all", "-o", f"z.{suffix}")
    drawn = ("-n", "1", "--seed", "5", "--steps", "4", "--device", "cpu", "--threads", "1")
    for suffix in ("png", "npz"):
        command("diffuse", "mnist-ddpm", *drawn, "-o", f"tape.{suffix}")
    recent = (RecentData(data, (1, 16, 16), 14),)
    model = str(Path("model.safetensors").absolute())
    meant = {
        "finished": dict(saved.metrics),
        "own": make_session(Path("own.ini"), SessionState(model, data, "all"), recent),
        "mnist": make_session(Path("mnist.ini"), SessionState(), recent),
    }
    Path("meant.json").write_text(json.dumps(meant, indent=1) + "\n")


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as name:
        os.chdir(name)
        make()
        for path in Path(name).rglob("*"):
            if path.is_file():
                relocate(path, name, "/older")
        shutil.copytree(name, HERE, dirs_exist_ok=True)
