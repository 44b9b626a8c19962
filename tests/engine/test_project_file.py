"""Project files: nothing in them is believed, and a whole one is there whatever happens."""

from __future__ import annotations

import os
import random
import signal
import stat
import subprocess
import sys
import time
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from latentlab.engine.files import project_file
from latentlab.engine.files.project_file import DOCUMENT, read_document, unpack, write_project
from latentlab.errors import LabError
from latentlab.session.project import Project, from_json, to_json

# One process forks another for each death.
_FORKER = """
import os, sys
from dataclasses import replace
from pathlib import Path
from latentlab.engine.files.project_file import write_project
from latentlab.session.project import Project, to_json
while path := sys.stdin.readline().strip():
    child = os.fork()
    if child == 0:
        os.write(1, b"%d\\n" % os.getpid())
        number = 1000 * os.getpid()
        while True:
            number += 1
            write_project(Path(path), to_json(Project(notes=f"{number} " * 4000)))
    os.waitpid(child, 0)
    os.write(1, b"dead\\n")
"""


@pytest.mark.slow
@pytest.mark.skipif(not hasattr(os, "fork"), reason="this system cannot fork a process")
def test_that_of_a_hundred_saves_that_are_killed_each_leaves_a_whole_project(tmp_path: Path) -> None:
    path, clock, kept = tmp_path / "my.llab", random.Random(0), set()
    write_project(path, to_json(Project(notes="0 " * 4000)))
    with subprocess.Popen(
        [sys.executable, "-c", _FORKER], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as forker:
        assert forker.stdin is not None
        assert forker.stdout is not None
        for _ in range(100):
            forker.stdin.write(f"{path}\n")
            forker.stdin.flush()
            child = int(forker.stdout.readline())
            time.sleep(clock.uniform(0.0, 0.06))
            os.kill(child, signal.SIGKILL)
            assert forker.stdout.readline() == "dead\n"
            notes = set(from_json(read_document(path)).notes.split())
            assert len(notes) == 1, "half of one save and half of another"
            kept |= notes
        forker.stdin.close()
    assert len(kept) > 3, "hardly any save ever finished: the test shows nothing"
    write_project(path, to_json(Project()))
    assert [one.name for one in tmp_path.iterdir()] == [path.name]


def made(path: Path, *members: tuple[str | zipfile.ZipInfo, bytes]) -> Path:
    with zipfile.ZipFile(path, "w") as archive:
        for name, content in members:
            archive.writestr(name, content)
    return path


def test_that_files_and_folders_are_packed_and_unpacked_again(tmp_path: Path) -> None:
    model, cats = tmp_path / "mine.safetensors", tmp_path / "cats"
    model.write_bytes(b"weights" * 99)
    (cats / "tabby").mkdir(parents=True)
    (cats / "tabby" / "1.png").write_bytes(b"a cat")
    (cats / "list.csv").write_text("1.png,tabby")
    (cats / "elsewhere").symlink_to("/etc/hostname")
    path = tmp_path / "my.llab"
    packed = {"models/0/mine.safetensors": model, "data/0/cats": cats}
    write_project(path, "{}", packed)
    assert read_document(path) == "{}"
    into = tmp_path / "unpacked"
    assert unpack(path, "models/0/mine.safetensors", into).read_bytes() == model.read_bytes()
    folder = unpack(path, "data/0/cats", into)
    files = {
        one.relative_to(folder).as_posix(): one.read_bytes() for one in folder.rglob("*") if one.is_file()
    }
    assert files == {"tabby/1.png": b"a cat", "list.csv": b"1.png,tabby"}
    # It is found there again, and nothing half is left.
    assert unpack(path, "data/0/cats", into) == folder
    assert all(not one.name.startswith(".") for one in into.iterdir())


@pytest.mark.parametrize(
    "name", ["models/0/../../x.safetensors", "models/0/../x", "models/0/a\\..\\..\\x", "models/0/ ./x"]
)
def test_that_no_member_is_unpacked_elsewhere(tmp_path: Path, name: str) -> None:
    path = made(tmp_path / "evil.llab", (DOCUMENT, b"{}"), (name, b"gotcha"))
    with pytest.raises(LabError, match="leads elsewhere"):
        unpack(path, "models/0", tmp_path / "unpacked")
    link = zipfile.ZipInfo("models/0/x")
    link.external_attr = (stat.S_IFLNK | 0o777) << 16
    path = made(tmp_path / "link.llab", (DOCUMENT, b"{}"), (link, b"/etc/passwd"))
    with pytest.raises(LabError, match="leads elsewhere"):
        unpack(path, "models/0/x", tmp_path / "unpacked")
    with pytest.raises(LabError, match="which it is not"):
        unpack(path, "..", tmp_path / "unpacked")
    assert not list(tmp_path.glob("**/x*"))


def _cut(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:-30])


def _flipped(path: Path) -> None:
    content = bytearray(path.read_bytes())
    content[60] ^= 255
    path.write_bytes(bytes(content))


def _text(path: Path) -> None:
    path.write_text("{}")


def _no_document(path: Path) -> None:
    made(path, ("readme.txt", b"hello"))


def _folder(path: Path) -> None:
    path.unlink()
    path.mkdir()


def _otherwise_compressed(path: Path) -> None:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_LZMA) as archive:
        archive.writestr(DOCUMENT, to_json(Project(notes="I remember. " * 40)))
    _flipped(path)


@pytest.mark.parametrize(
    "spoil", [_cut, _flipped, _text, _no_document, _folder, _otherwise_compressed, Path.unlink]
)
def test_that_what_is_damaged_is_refused_by_name(tmp_path: Path, spoil: Callable[[Path], None]) -> None:
    path = write_project(tmp_path / "my.llab", to_json(Project(notes="I remember. " * 40)))
    spoil(path)
    with pytest.raises(LabError, match=r"my\.llab"):
        read_document(path)


def test_that_sizes_are_checked_before_anything_is_unpacked(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = write_project(tmp_path / "my.llab", " " * 5000)
    monkeypatch.setattr(project_file, "MAX_DOCUMENT_BYTES", 4999)
    with pytest.raises(LabError, match=r"project\.json is over"):
        read_document(path)
    monkeypatch.setattr(project_file, "MAX_PACKED_BYTES", 4999)
    with pytest.raises(LabError, match="would unpack to"):
        read_document(path)
    with pytest.raises(LabError, match="would have to be packed"):
        write_project(
            tmp_path / "other.llab", "{}", {"data/0/my.llab": made(tmp_path / "big", ("x", b"x" * 5000))}
        )
    assert not (tmp_path / "other.llab").exists()
