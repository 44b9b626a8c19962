"""All or nothing, whatever call fails on the way."""

from __future__ import annotations

import builtins
import errno
import os
import stat
import threading
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from latentlab.engine.files import atomic
from latentlab.engine.files.atomic import beside, write_atomically
from latentlab.errors import LabError

OLD, NEW = b"precious", b"new and longer" * 5000


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


@given(st.binary(max_size=5000), st.booleans())
def test_that_what_is_written_is_there_and_nothing_else(tmp_path_factory, content, exists):
    path = tmp_path_factory.mktemp("write") / "a.bin"
    if exists:
        path.write_bytes(OLD)
    assert write_atomically(path, content) == path
    assert path.read_bytes() == content
    assert names(path.parent) == ["a.bin"]


def test_that_a_new_file_has_the_rights_of_any_new_file(tmp_path):
    write_atomically(tmp_path / "a", NEW)
    (tmp_path / "b").write_bytes(NEW)
    assert (tmp_path / "a").stat().st_mode == (tmp_path / "b").stat().st_mode


class Faults:
    """Lets the n-th call of the system that a write makes fail, counting over all kinds of calls."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, fail_at: int, code: int) -> None:
        self.calls: list[str] = []
        self.fail_at, self.code = fail_at, code
        for owner, name in (
            (os, "fsync"), (os, "replace"), (os, "link"), (os, "chmod"), (os, "open"), (builtins, "open"),
        ):  # fmt: skip
            monkeypatch.setattr(owner, name, self._failing(name, getattr(owner, name)))

    def _failing(self, name, real):
        def call(*args, **options):
            self.strike(name)
            made = real(*args, **options)
            return Stream(made, self) if name == "open" and hasattr(made, "write") else made

        return call

    def strike(self, name: str) -> None:
        self.calls.append(name)
        if len(self.calls) - 1 == self.fail_at:
            raise OSError(self.code, os.strerror(self.code))


class Stream:
    """A file whose writes, flushes and closing count as calls of the system."""

    def __init__(self, stream, faults: Faults) -> None:
        self.stream, self.faults = stream, faults

    def write(self, content: bytes) -> int:
        half = len(content) // 2
        self.stream.write(content[:half])
        self.faults.strike("write")
        return half + self.stream.write(content[half:])

    def flush(self) -> None:
        self.faults.strike("flush")
        self.stream.flush()

    def __getattr__(self, name: str):
        return getattr(self.stream, name)

    def __enter__(self):
        return self

    def __exit__(self, *error) -> None:
        self.stream.close()
        self.faults.strike("close")


def calls_of_a_write(folder: Path, overwrite: bool) -> list[str]:
    """What a write that meets no fault calls, in order."""
    with pytest.MonkeyPatch.context() as patch:
        faults = Faults(patch, fail_at=-1, code=0)
        write_atomically(folder / "probe", NEW, overwrite=overwrite)
    (folder / "probe").unlink()
    return faults.calls


@pytest.mark.parametrize("code", [errno.ENOSPC, errno.EIO], ids=["disk-full", "input-output-error"])
@pytest.mark.parametrize("overwrite", [True, False], ids=["replacing", "new"])
def test_that_the_file_is_old_or_new_when_any_call_fails(tmp_path, overwrite, code):
    calls = calls_of_a_write(tmp_path, overwrite)
    assert {"write", "fsync", "replace" if overwrite else "link"} <= set(calls)
    path = tmp_path / "a.bin"
    for fail_at, call in enumerate(calls):
        path.unlink(missing_ok=True)
        if overwrite:
            path.write_bytes(OLD)
        with pytest.MonkeyPatch.context() as patch:
            Faults(patch, fail_at, code)
            with pytest.raises(LabError) as caught:
                write_atomically(path, NEW, overwrite=overwrite)
        text = str(caught.value)
        assert str(path) in text
        assert os.strerror(code) in text
        now = path.read_bytes() if path.exists() else None
        if "Nothing was changed" in text:
            assert now == (OLD if overwrite else None), call
        else:
            assert now == NEW, call
            assert "was written" in text
        assert names(tmp_path) == (["a.bin"] if now is not None else []), call


def test_that_only_what_comes_after_the_renaming_may_fail_with_the_new_file_in_place(tmp_path):
    calls = calls_of_a_write(tmp_path, True)
    assert calls[calls.index("replace") + 1 :].count("fsync") == 1
    assert calls[: calls.index("replace")].count("fsync") == 1


def test_that_a_folder_that_cannot_be_forced_to_disk_is_no_failure(tmp_path, monkeypatch):
    real = os.fsync
    seen = []

    def fsync(handle: int) -> None:
        seen.append(handle)
        if len(seen) == 2:
            raise OSError(errno.EINVAL, "Invalid argument")
        real(handle)

    monkeypatch.setattr(os, "fsync", fsync)
    assert write_atomically(tmp_path / "a", NEW).read_bytes() == NEW
    assert len(seen) == 2


def test_that_nothing_is_clobbered_without_leave(tmp_path):
    path = tmp_path / "a"
    path.write_bytes(OLD)
    with pytest.raises(LabError, match="already exists"):
        write_atomically(path, NEW, overwrite=False)
    assert path.read_bytes() == OLD


@pytest.mark.parametrize("links", [True, False], ids=["hard-links", "no-hard-links"])
def test_that_a_file_that_appears_meanwhile_is_not_clobbered(tmp_path, monkeypatch, links):
    path, real = tmp_path / "a", os.link

    def link(*args: object) -> None:
        path.write_bytes(OLD)
        if not links:
            raise OSError(errno.ENOTSUP, os.strerror(errno.ENOTSUP))
        real(*args)

    monkeypatch.setattr(os, "link", link)
    with pytest.raises(LabError, match="already exists"):
        write_atomically(path, NEW, overwrite=False)
    assert path.read_bytes() == OLD
    assert names(tmp_path) == ["a"]


@pytest.mark.parametrize("code", [errno.EPERM, errno.ENOTSUP, errno.ENOSYS])
def test_that_file_systems_without_hard_links_are_written_to(tmp_path, monkeypatch, code):
    def link(*args: object) -> None:
        raise OSError(code, os.strerror(code))

    monkeypatch.setattr(os, "link", link)
    assert write_atomically(tmp_path / "a", NEW, overwrite=False).read_bytes() == NEW
    assert names(tmp_path) == ["a"]


@pytest.mark.parametrize("name", ["a.bin", "odd[1]*?.bin"])
def test_that_leftovers_of_a_crash_go_at_the_next_write_and_no_others(tmp_path, name):
    path = tmp_path / name
    mine = tmp_path / f".{name}.abcd_123.part"
    others = [
        tmp_path / f".{name}.other.abcd_123.part",
        tmp_path / ".b.abcd_123.part",
        tmp_path / f".{name}.notes",
    ]
    for leftover in (mine, *others):
        leftover.write_bytes(b"half")
    write_atomically(path, NEW)
    assert names(tmp_path) == sorted([name, *(other.name for other in others)])


def test_that_a_write_that_is_going_on_is_no_leftover(tmp_path):
    fcntl = pytest.importorskip("fcntl")
    path, busy = tmp_path / "a", tmp_path / ".a.abcd_123.part"
    with open(busy, "wb") as stream:
        fcntl.flock(stream, fcntl.LOCK_EX)
        write_atomically(path, NEW)
        assert names(tmp_path) == [busy.name, "a"]
    write_atomically(path, NEW)
    assert names(tmp_path) == ["a"]


def test_that_writers_of_one_name_do_not_hurt_each_other(tmp_path):
    path, errors = tmp_path / "a", []

    def write(letter: bytes) -> None:
        try:
            for _ in range(30):
                write_atomically(path, letter * 50_000)
        except LabError as error:
            errors.append(str(error))

    threads = [threading.Thread(target=write, args=(letter,)) for letter in (b"x", b"y", b"z")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not errors
    assert path.read_bytes() in {letter * 50_000 for letter in (b"x", b"y", b"z")}
    assert names(tmp_path) == ["a"]


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("", "is a folder"),
        ("missing/a", "No such file"),
        ("x" * 300, "File name too long"),
        ("a\0b", "null byte"),
    ],
    ids=["folder", "no-such-folder", "too-long", "zero-byte"],
)
def test_that_names_that_cannot_be_are_told(tmp_path, name, reason):
    with pytest.raises(LabError, match=reason):
        write_atomically(tmp_path / name, NEW)
    assert names(tmp_path) == []


def test_that_the_rights_were_read_without_changing_them():
    now = os.umask(0)
    os.umask(now)
    assert now == atomic._MASK


# Links, rights, long names

LONGEST = "n" * 251 + ".bin"


def test_that_a_link_stays_and_what_it_leads_to_is_replaced(tmp_path):
    target = tmp_path / "far" / "real.bin"
    target.parent.mkdir()
    target.write_bytes(OLD)
    (tmp_path / "second").symlink_to("far/real.bin")
    link = tmp_path / "first"
    link.symlink_to("second")
    assert write_atomically(link, NEW) == link
    assert link.is_symlink()
    assert (tmp_path / "second").is_symlink()
    assert target.read_bytes() == NEW
    assert names(target.parent) == ["real.bin"]
    assert names(tmp_path) == ["far", "first", "second"]


@pytest.mark.parametrize("overwrite", [True, False])
def test_that_a_link_to_nothing_gets_what_it_leads_to(tmp_path, overwrite):
    link = tmp_path / "link"
    link.symlink_to("real.bin")
    write_atomically(link, NEW, overwrite=overwrite)
    assert link.is_symlink()
    assert (tmp_path / "real.bin").read_bytes() == NEW
    assert not (tmp_path / "real.bin").is_symlink()


def test_that_a_link_to_a_file_is_not_replaced_unasked(tmp_path):
    (tmp_path / "real.bin").write_bytes(OLD)
    (tmp_path / "link").symlink_to("real.bin")
    with pytest.raises(LabError, match="already exists"):
        write_atomically(tmp_path / "link", NEW, overwrite=False)
    assert (tmp_path / "real.bin").read_bytes() == OLD


def test_that_links_in_a_circle_or_into_a_missing_folder_are_told(tmp_path):
    (tmp_path / "a").symlink_to("b")
    (tmp_path / "b").symlink_to("a")
    (tmp_path / "c").symlink_to("missing/file")
    with pytest.raises(LabError, match="leads back to itself"):
        write_atomically(tmp_path / "a", NEW)
    with pytest.raises(LabError, match="could not be written"):
        write_atomically(tmp_path / "c", NEW)
    assert names(tmp_path) == ["a", "b", "c"]


@pytest.mark.skipif(os.name != "posix", reason="rights are another thing there")
@pytest.mark.parametrize("mode", [0o600, 0o640, 0o444])
def test_that_a_file_that_is_replaced_keeps_its_rights(tmp_path, mode):
    path = tmp_path / "a.bin"
    path.write_bytes(OLD)
    path.chmod(mode)
    write_atomically(path, NEW)
    assert stat.S_IMODE(path.stat().st_mode) == mode
    assert path.read_bytes() == NEW


@pytest.mark.skipif(os.name != "posix", reason="this system has none")
def test_that_a_pipe_or_a_device_is_never_replaced(tmp_path):
    os.mkfifo(tmp_path / "pipe")
    (tmp_path / "null").symlink_to("/dev/null")
    with pytest.raises(LabError, match="it is a pipe, not a file"):
        write_atomically(tmp_path / "pipe", NEW)
    with pytest.raises(LabError, match="it is a device, not a file"):
        write_atomically(tmp_path / "null", NEW)
    assert (tmp_path / "pipe").is_fifo()
    assert Path("/dev/null").is_char_device()


@pytest.mark.parametrize("name", [LONGEST, "é" * 127 + "x", "画" * 85], ids=["letters", "accents", "wide"])
def test_that_the_longest_name_can_be_written_and_leaves_nothing(tmp_path, name):
    path = tmp_path / name
    assert len(os.fsencode(name)) == 255
    for content in (OLD, NEW):
        write_atomically(path, content)
        assert path.read_bytes() == content
    assert names(tmp_path) == [name]


def test_that_a_name_too_long_by_a_byte_is_told(tmp_path):
    with pytest.raises(LabError, match="File name too long"):
        write_atomically(tmp_path / f"n{LONGEST}", NEW)
    assert names(tmp_path) == []


def test_that_what_a_crash_left_of_a_long_name_is_removed_and_of_one_like_it_is_not(tmp_path):
    mine, other = tmp_path / LONGEST, tmp_path / f"{LONGEST[:-5]}m.bin"
    for path in (mine, other):
        handle, part = atomic._make_part(path)
        if handle is not None:
            os.close(handle)
        assert len(os.fsencode(Path(part).name)) <= 255
    assert len(names(tmp_path)) == 2
    write_atomically(mine, NEW)
    assert len([name for name in names(tmp_path) if name.endswith(".part")]) == 1


def test_that_the_file_beside_a_long_name_has_room_for_its_ending(tmp_path):
    assert beside(tmp_path / "a.safetensors", ".training") == tmp_path / "a.safetensors.training"
    stem = "画" * 80
    one, other = (beside(tmp_path / f"{stem}{end}.safetensors", ".training") for end in ("a", "b"))
    assert one != other
    for path in (one, other):
        assert len(os.fsencode(path.name)) <= 255
        assert path.name.startswith("画" * 70)
        assert path.name.endswith(".safetensors.training")
        write_atomically(path, NEW)
