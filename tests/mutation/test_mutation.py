"""Hundreds of damaged files for each reader: each is opened, or refused in words, soon and in little memory.

Thousands by hand: `python -m tests.mutation`.
"""

from __future__ import annotations

import signal
import tempfile
import time
from pathlib import Path

import pytest

from latentlab.errors import LabError
from tests.mutation import campaign
from tests.mutation.readers import Reader, Seed

pytestmark = pytest.mark.skipif(not hasattr(signal, "setitimer"), reason="this system cannot stop a reader")
READERS = (
    "idx", "npy/npz", "csv/table", "zip", "pictures", "PNG recipe", "tape", "session", "directions", "model",
    "training",
)  # fmt: skip
FILES = 200


@pytest.mark.parametrize("name", READERS)
def test_that_a_reader_opens_damaged_files_or_refuses_them_in_words(name: str) -> None:
    (tally,) = campaign.run([name], FILES, seed=0)
    assert [f"--only {number}: {fault}" for number, fault in tally.faults] == []
    assert tally.files == tally.refused + tally.opened == FILES
    # Were nothing refused, or nothing opened, the files would show nothing.
    assert min(tally.refused, tally.opened) > FILES // 20


def test_that_the_same_number_gives_the_same_file() -> None:
    (reader,) = [one for one in _readers() if one.name == "session"]
    once = [campaign.made(reader, number, seed=7) for number in range(60)]
    assert [campaign.made(reader, number, seed=7) for number in reversed(range(60))] == once[::-1]
    assert [campaign.made(reader, number, seed=8) for number in range(60)] != once


def _readers() -> tuple[Reader, ...]:
    with tempfile.TemporaryDirectory() as folder:
        return campaign.all_readers(campaign.copied(Path(folder)))


def _of(read: object) -> Reader:
    return Reader("odd", (Seed("x", b"sound", (lambda content, chance: b"damaged",)),), read)  # type: ignore[arg-type]


def test_that_the_campaign_finds_each_kind_of_fault(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(campaign, "LONGEST_S", 0.05)
    monkeypatch.setattr(campaign, "MOST_GROWTH", 2**26)
    kept = []

    def fault_of(act: object) -> str:
        def read(path: Path) -> None:
            if path.read_bytes() == b"damaged":
                act()  # type: ignore[operator]

        tally = campaign._run(_of(read), range(1), 0, tmp_path)
        return "".join(fault for _, fault in tally.faults)

    class OddError(LabError):
        def __str__(self) -> str:
            return self.what

    def refuse(text: str) -> None:
        raise OddError(text)

    def stay() -> None:
        until = time.monotonic() + 5.0
        while time.monotonic() < until:
            pass

    assert fault_of(lambda: None) == ""
    assert fault_of(lambda: refuse("it is damaged")) == ""
    assert "cannot be printed" in fault_of(lambda: refuse("\ud800"))
    assert "5,000 letters" in fault_of(lambda: refuse("x" * 5000))
    assert "ZeroDivisionError" in fault_of(lambda: 1 // 0)
    assert "took more than 0.05 s" in fault_of(stay)
    assert "GiB" in fault_of(lambda: kept.append(bytearray(b"\1") * (campaign._peak() + 2**27)))
