"""Files are opened for reading only if they are regular ones; anything else is refused at once."""

from __future__ import annotations

import os
import socket
from pathlib import Path

import pytest

from latentlab.data.files import NoRegularFileError, open_to_read

UNIX = pytest.mark.skipif(os.name != "posix", reason="this system has no such things")


def test_that_a_file_and_a_link_to_one_are_read(tmp_path: Path) -> None:
    path = tmp_path / "x"
    path.write_bytes(b"\r\nabc\x1a")
    (tmp_path / "link").symlink_to(path)
    for one in (path, tmp_path / "link", str(path)):
        with open_to_read(one) as stream:
            assert stream.read() == b"\r\nabc\x1a"


def test_that_a_folder_is_no_file(tmp_path: Path) -> None:
    with pytest.raises(NoRegularFileError, match="it is a folder, not a file"):
        open_to_read(tmp_path)


def test_that_what_is_missing_is_said_as_ever(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        open_to_read(tmp_path / "nothing")


@UNIX
def test_that_a_pipe_and_a_link_to_one_are_refused_without_waiting(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    (tmp_path / "link").symlink_to("pipe")
    for name in ("pipe", "link"):
        with pytest.raises(NoRegularFileError, match="it is a pipe, not a file"):
            open_to_read(tmp_path / name)


@UNIX
def test_that_a_socket_and_a_device_are_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)  # a socket's whole path has room for a hundred letters
    with socket.socket(socket.AF_UNIX) as plug:
        plug.bind("plug")
        with pytest.raises(NoRegularFileError, match="it is a socket, not a file"):
            open_to_read("plug")
    with pytest.raises(NoRegularFileError, match="it is a device, not a file"):
        open_to_read("/dev/zero")


@UNIX
def test_that_a_pipe_put_in_a_files_place_after_the_look_is_refused_too(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "x"
    path.write_bytes(b"abc")
    look = os.stat

    def swap(*arguments: object, **more: object) -> os.stat_result:
        about = look(*arguments, **more)  # type: ignore[arg-type]
        path.unlink()
        os.mkfifo(path)
        return about

    monkeypatch.setattr(os, "stat", swap)
    with pytest.raises(NoRegularFileError, match="it is a pipe"):
        open_to_read(path)
