"""Memory that is free goes back to the system."""

from __future__ import annotations

import os
import platform
from pathlib import Path

import pytest

from latentlab.engine.inference.memory import give_back, hoard_little

LINUX = platform.libc_ver()[0] == "glibc"
MB = 1 << 20


@pytest.mark.skipif(not LINUX, reason="only glibc keeps what is free, and can be told to give it back")
def test_that_what_was_freed_between_pieces_in_use_goes_back_to_the_system() -> None:
    # Pieces too small to be mapped one by one; each last one of a hundred stays.
    pieces = [bytes(40_000) for _ in range(4000)]
    kept = pieces[::100]
    before = _resident()
    del pieces
    assert give_back()
    assert _resident() < before - 100 * MB
    assert len(kept) == 40


def test_that_what_the_person_has_set_stays(monkeypatch: pytest.MonkeyPatch) -> None:
    for before, after in (("7", "7"), (None, "128")):
        if before is None:
            monkeypatch.delenv("ONEDNN_PRIMITIVE_CACHE_CAPACITY", raising=False)
        else:
            monkeypatch.setenv("ONEDNN_PRIMITIVE_CACHE_CAPACITY", before)
        hoard_little()
        assert os.environ["ONEDNN_PRIMITIVE_CACHE_CAPACITY"] == after


def _resident() -> int:
    return int(Path("/proc/self/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")
