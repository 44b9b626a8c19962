"""A pipe or a device where a file was expected is refused at once, whoever was to read it: none waits."""

from __future__ import annotations

import ast
import os
import signal
from collections.abc import Callable, Iterator
from pathlib import Path
from types import FrameType

import pytest

import latentlab
from latentlab.data import opening
from latentlab.data.arrays.idx import read_idx
from latentlab.engine.attributes.direction_files import load_directions
from latentlab.engine.diffusion.tape_origin import read_tape
from latentlab.engine.files.checkpoint import load_model
from latentlab.engine.files.model_hash import hash_of
from latentlab.engine.files.provenance import read_provenance
from latentlab.engine.rendering.own_picture import own_size, read_own
from latentlab.engine.training.run_log import RunLog
from latentlab.engine.training.state import load_state
from latentlab.errors import LabError

pytestmark = pytest.mark.skipif(os.name != "posix", reason="this system has no such files")
KINDS = ("pipe", "link to a pipe", "device")
READERS: dict[str, tuple[str, Callable[[Path], object]]] = {
    "model": ("x.safetensors", load_model),
    "directions": ("x.safetensors", load_directions),
    "directions as arrays": ("x.npz", load_directions),
    "training": ("x.safetensors.training", load_state),
    "tape": ("x.png", read_tape),
    "tape as arrays": ("x.npz", read_tape),
    "provenance": ("x.png", read_provenance),
    "picture": ("x.png", read_own),
    "size of a picture": ("x.png", own_size),
    "IDX": ("train-images-idx3-ubyte", read_idx),
    "table": ("labels.csv", lambda path: opening.open_data(str(path))),
    "data as arrays": ("x.npz", lambda path: opening.open_data(str(path))),
    "data in a zip": ("x.zip", lambda path: opening.open_data(str(path))),
    "data by a table": ("list_attr.txt", lambda path: opening.open_data(str(path))),
    "data in IDX": ("train-images-idx3-ubyte.gz", lambda path: opening.preview(str(path))),
}


@pytest.fixture(autouse=True)
def _impatient() -> Iterator[None]:
    """Whoever waits for a pipe is stopped."""

    def stop(number: int, frame: FrameType | None) -> None:
        raise AssertionError("waited for something that never comes")

    before = signal.signal(signal.SIGALRM, stop)
    signal.alarm(20)
    yield
    signal.alarm(0)
    signal.signal(signal.SIGALRM, before)


def make(path: Path, kind: str) -> Path:
    if kind == "device":
        path.symlink_to("/dev/zero")
    elif kind == "pipe":
        os.mkfifo(path)
    else:
        os.mkfifo(path.with_name("pipe"))
        path.symlink_to("pipe")
    return path


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("reader", READERS)
def test_that_no_reader_waits(tmp_path: Path, reader: str, kind: str) -> None:
    name, read = READERS[reader]
    with pytest.raises(LabError) as caught:
        read(make(tmp_path / name, kind))
    assert name in str(caught.value)


@pytest.mark.parametrize(
    "name", ["a.png", "labels.csv", "list_attr.txt", "dataset.json", "train-images-idx3-ubyte"]
)
def test_that_a_pipe_among_pictures_is_passed_over(tmp_path: Path, name: str) -> None:
    from tests.mutation.readers import _png

    for number in range(4):
        (tmp_path / f"p{number}.png").write_bytes(_png(number))
    make(tmp_path / name, "pipe")
    assert len(opening.open_data(str(tmp_path)).everything) == 4


def test_that_a_model_beside_a_tape_and_a_log_of_a_training_are_not_waited_for(tmp_path: Path) -> None:
    assert hash_of(make(tmp_path / "x.safetensors", "pipe")) == ""
    make(tmp_path / "metrics.jsonl", "pipe")
    with pytest.raises(LabError, match="it is a pipe, not a file"):
        RunLog(tmp_path)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(
    "words",
    [
        ("sample", "{pipe}.safetensors", "-o", "{new}.png"),
        ("evaluate", "{model}", "--data", "{pipe}.npz"),
        ("encode", "{model}", "--data", "{pipe}.zip", "-o", "{new}.npz"),
        ("train", "vae", "--data", "{pipe}.csv", "-o", "{new}.safetensors"),
        ("arithmetic", "{model}", "--image", "{pipe}.png", "--add", "even", "-o", "{new}.png"),
        ("diffuse", "mnist-ddpm", "--recipe", "{pipe}.png", "-o", "{new}.png"),
        ("diffuse", "mnist-ddpm", "--recipe", "{pipe}.npz", "-o", "{new}.png"),
        ("edit", "mnist-ddpm", "--image", "{pipe}.png", "-o", "{new}.png"),
        ("inpaint", "mnist-ddpm", "--index", "0", "--mask", "{pipe}.png", "-o", "{new}.png"),
        ("sample", "{model}", "-o", "{pipe}.png", "--force"),
    ],
    ids=lambda words: " ".join(words)[:40],
)
def test_that_no_command_waits(run, model: Path, tmp_path: Path, words: tuple[str, ...], kind: str) -> None:
    wanted = next(word for word in words if word.startswith("{pipe}"))
    path = make(tmp_path / wanted.replace("{pipe}", "x"), kind)
    given = (word.format(model=model, new=tmp_path / "new", pipe=tmp_path / "x") for word in words)
    assert path.name in run(*given).complaint
    assert path.is_fifo() or path.is_char_device()
    assert not list(tmp_path.glob("new*"))


def test_that_all_files_are_opened_for_reading_in_one_place() -> None:
    """Whoever opens a file otherwise has it said here why that may be."""
    may = {
        "data/files.py",  # the place itself
        "cli.py",  # the null device, to be written to
        "commands/printing.py",  # the same
        "engine/files/atomic.py",  # writes; and a folder, to be forced to the disk
        "engine/training/run_log.py",  # appends
        "engine/files/project_file.py",  # writes what it unpacks
        "session/saving_pictures.py",  # writes
        "guide/chapters.py",  # what ships
        "guide/panels.py",  # what ships
        "shipped.py",  # the same
        "qt/widgets/line_icons.py",  # what ships
        "qt/shell/crash_reporter.py",  # appends
        "qt/shell/status_bar.py",  # the system's own file
        "qt/clients/training_thread.py",  # the system's own file
    }
    root = Path(latentlab.__file__).parent
    found = {
        path.relative_to(root).as_posix()
        for path in root.rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.Call) and _opens_a_path(node)
    }
    assert found <= may


def _opens_a_path(call: ast.Call) -> bool:
    match call.func:
        case ast.Name(id="open"):
            return True
        case ast.Attribute(attr="read_bytes" | "read_text"):
            return True
        case ast.Attribute(value=ast.Name(id="os"), attr="open"):
            return True
        case ast.Attribute(attr="open"):
            # Path.open, told a mode; a page or a member is opened without.
            modes = [*call.args[:1], *(word.value for word in call.keywords if word.arg == "mode")]
            texts = [one.value for one in modes if isinstance(one, ast.Constant)]
            return any(isinstance(text, str) and set(text) <= set("rwabtx+") for text in texts)
    return False
