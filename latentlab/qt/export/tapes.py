"""What of a tape can be exported, and how it is written. Without Qt; torch is imported by the first save."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from latentlab.engine.diffusion.tape_origin import Origin

if TYPE_CHECKING:
    from latentlab.engine.diffusion.runner import Frame
    from latentlab.engine.diffusion.tape import Look
    from latentlab.engine.types import Picture

# What is saved: the chosen picture or all pictures of the current frame, or all frames.
FRAME, BATCH, TAPE = "frame", "batch", "tape"
# What is shown of it: a title, and names as of `latentlab.engine.diffusion.tape.SHOWS`, from left to right.
SHOWS = (
    ("xₜ, the noisy picture", ("xt",)),
    ("x̂₀, the predicted picture", ("x0",)),
    ("ε̂, the predicted noise", ("noise",)),
    ("xₜ and x̂₀ side by side", ("xt", "x0")),
    ("xₜ, x̂₀ and ε̂ side by side", ("xt", "x0", "noise")),
)
_GAP, _SAMPLE = 1, 12


@dataclass(frozen=True, eq=False)
class TapeInHand:
    """The current state of a tape.

    Attributes:
        origin: its recipe and its model.
        alpha_bar: of the model's schedule, float64 (T + 1,).
        frames: the available ones, at least one, in order.
        frame, picture: the current one, and the number of its chosen picture.
        running: whether more frames are on their way.
    """

    origin: Origin
    alpha_bar: NDArray[np.float64]
    frames: tuple[Frame, ...]
    frame: Frame
    picture: int
    running: bool = False

    @property
    def kept(self) -> str:
        """A note on which of its frames are stored; "" where it is all so far."""
        numbers = [frame.number for frame in self.frames]
        if numbers == list(range(numbers[-1] + 1)):
            return ""
        return f"{len(numbers)} of {numbers[-1] + 1} frames"

    @property
    def ends(self) -> str:
        """A note on where an incomplete tape ends; "" where it is complete."""
        last = self.frames[-1]
        return f"frame {last.number} of {last.total - 1}, t = {last.t}" if last.t else ""

    @property
    def extra(self) -> dict[str, str]:
        """The note for the file where frames are missing."""
        words = {"kept": self.kept, "ends_at": self.ends}
        return {key: word for key, word in words.items() if word}

    @property
    def words(self) -> str:
        """The note for the user; "" if there is none."""
        said = []
        if self.ends:
            begun = "It is still being drawn" if self.running else "It was stopped"
            said.append(f"{begun}: the frames so far are saved, up to {self.ends}.")
        if self.kept:
            said.append(f"To save memory only {self.kept} were kept; those are saved.")
        return " ".join(said)


@dataclass(frozen=True)
class TapeWish:
    """What to write, and where.

    Attributes:
        what: FRAME, BATCH or TAPE.
        show: as of SHOWS; not used for .npz.
        alone: whether only the chosen picture of each frame is shown.
        scale: each pixel becomes scale x scale.
        rate: frames a second of an animation.
    """

    what: str
    path: Path
    show: tuple[str, ...] = ("xt",)
    alone: bool = False
    scale: int = 1
    rate: int = 12
    overwrite: bool = False


def check(tape: TapeInHand, wish: TapeWish) -> None:
    """Refuses at once what could not be written.

    Raises:
        LabError: saying why.
    """
    if wish.what == TAPE:
        from latentlab.engine.diffusion.tape_files import TapeFile

        channels, height, width = tape.frame.x_t.shape[1:]
        TapeFile(
            wish.path, tape.origin, (channels, height, width), len(tape.frames), tape.alpha_bar,
            _look(tape, wish), frames_per_second=wish.rate, scale=wish.scale, overwrite=True,
        )  # fmt: skip


def save(tape: TapeInHand, wish: TapeWish) -> Path:
    """Writes the file; takes time.

    Raises:
        LabError: if it cannot be written; an existing file is then intact.
    """
    # Imported here: they need torch, for which the window does not wait.
    from latentlab.engine.diffusion.tape_files import save_frame, save_tape

    if wish.what == TAPE:
        return save_tape(
            wish.path, tape.frames, tape.origin, tape.alpha_bar, _look(tape, wish),
            frames_per_second=wish.rate, scale=wish.scale, overwrite=wish.overwrite, extra=tape.extra,
        )  # fmt: skip
    return save_frame(
        wish.path, tape.frame, tape.origin, tape.alpha_bar, _look(tape, wish), scale=wish.scale,
        overwrite=wish.overwrite,
    )  # fmt: skip


def page(tape: TapeInHand, show: tuple[str, ...], alone: bool) -> Picture:
    """The current frame as it would be written."""
    from latentlab.engine.diffusion.tape import Look

    return Look(show, tape.picture if alone else None).page(tape.frame, tape.alpha_bar)


def columns(tape: TapeInHand, show: tuple[str, ...], alone: bool) -> tuple[Picture, tuple[int, int]]:
    """A strip of a few frames, and the (H, W) of the strip of all."""
    from latentlab.engine.diffusion.tape import GROUND, Look
    from latentlab.engine.files.export import sheet

    look = Look(show, tape.picture if alone else None)
    some = [look.column(frame, tape.alpha_bar) for frame in _spread(tape.frames)]
    height, width = some[0].shape[:2]
    strip = sheet(some, columns=len(some), gap=_GAP, background=GROUND)
    return strip, (height, len(tape.frames) * (width + _GAP) - _GAP)


def _spread(frames: Sequence[Frame]) -> list[Frame]:
    places = np.linspace(0, len(frames) - 1, min(len(frames), _SAMPLE)).round().astype(int)
    return [frames[place] for place in places]


def _look(tape: TapeInHand, wish: TapeWish) -> Look:
    from latentlab.engine.diffusion.tape import Look

    return Look(wish.show, tape.picture if wish.alone else None)
