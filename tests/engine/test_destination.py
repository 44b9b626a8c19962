"""What cannot be written is refused before the work, with the reason."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from latentlab.engine.files.destination import check_destination
from latentlab.errors import LabError


def refused(path: Path, reason: str, **how: bool) -> None:
    with pytest.raises(LabError, match=reason) as caught:
        check_destination(path, **how)
    assert str(path) in str(caught.value)


def test_that_a_link_is_judged_by_what_it_leads_to(tmp_path: Path) -> None:
    (tmp_path / "folder").mkdir()
    for name, target in (
        ("new", "folder/new.bin"),
        ("old", "folder/old.bin"),
        ("nowhere", "missing/x.bin"),
        ("circle", "circle"),
        ("to-folder", "folder"),
    ):
        (tmp_path / name).symlink_to(target)
    (tmp_path / "folder" / "old.bin").write_bytes(b"old")
    assert check_destination(tmp_path / "new") == tmp_path / "new"
    assert check_destination(tmp_path / "old", overwrite=True) == tmp_path / "old"
    refused(tmp_path / "old", "already exists")
    refused(tmp_path / "nowhere", "its folder does not exist")
    refused(tmp_path / "circle", "leads back to itself", overwrite=True)
    refused(tmp_path / "to-folder", "is a folder", overwrite=True)


def test_that_names_are_measured_in_bytes(tmp_path: Path) -> None:
    check_destination(tmp_path / ("é" * 127 + "x"))
    refused(tmp_path / ("é" * 128), "File name too long")


@pytest.mark.skipif(os.name != "posix", reason="this system has none")
def test_that_a_pipe_and_a_device_are_refused(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    refused(tmp_path / "pipe", "it is a pipe, not a file", overwrite=True)
    refused(Path("/dev/null"), "it is a device, not a file", overwrite=True)


def test_that_a_file_is_no_folder(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"")
    refused(tmp_path / "file" / "x", "its folder does not exist")
