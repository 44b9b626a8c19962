"""The commands that save tapes: in the File menu, and in the menu of the save button."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

from latentlab.qt.export.tapes import BATCH, FRAME, TAPE
from latentlab.qt.shell.menus.actions import Entry
from latentlab.qt.shell.workbench import Workbench

_MENU = "&File/&Diffusion"
SAVE_MENU = ("saveFrameAction", "saveBatchAction", "", "saveTapeAction", "saveNumbersAction")


def tape_entries(bench: Workbench) -> Iterator[Entry]:
    """The entries, visible while there is a tape."""
    tapes = bench.tapes
    for name, what, suffix, text, tip in (
        ("saveFrameAction", FRAME, "", "Save &picture of the frame …",
         "Save the chosen picture as it is in the current frame: noisy, predicted, or both."),
        ("saveBatchAction", BATCH, "", "Save &all pictures of the frame …",
         "Save all pictures of the current frame as one sheet."),
        ("saveTapeAction", TAPE, "", "Save whole &tape …",
         "Save the current tape as a film (WebP, GIF, APNG, MP4) or a strip."),
        ("saveNumbersAction", TAPE, ".npz", "Save &numbers of the tape …",
         "Save all xₜ and x̂₀ of the current tape as NumPy arrays (.npz)."),
    ):  # fmt: skip
        yield Entry(
            name, _MENU, text, partial(tapes.ask_to_save, what, suffix), tip, enabled=tapes.has_tape,
            gap=name == "saveTapeAction",
        )  # fmt: skip
