"""Writes tapes of a reverse diffusion as files: one frame, an animation, a strip, or the numbers.

    .webp .gif .apng .mp4    the tape as it runs, and its end for a second more
    .png .jpg .jpeg          a strip: a column for each frame, a row for each picture and what is shown of it
    .npz                     x_t and x0_hat (N, B, C, H, W) float32, t (N,), how they came about; no pickle

Whatever can carry words carries the recipe, from which the same model makes the same frames again; see
`latentlab.engine.diffusion.tape_origin`.
"""

from __future__ import annotations

import io
import math
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from latentlab.engine.diffusion.recipes import as_json
from latentlab.engine.diffusion.runner import Frame
from latentlab.engine.diffusion.tape import GAP, GROUND, Look, Tape
from latentlab.engine.diffusion.tape_origin import Origin, provenance_of
from latentlab.engine.diffusion.tape_origin import read_tape as read_tape
from latentlab.engine.files.animation import ANIMATION_FORMATS, check_animation, save_animation
from latentlab.engine.files.atomic import write_atomically
from latentlab.engine.files.destination import check_destination
from latentlab.engine.files.export import PICTURE_FORMATS, Picture, check_size, save_picture, sheet
from latentlab.errors import LabError

_MOVING = tuple(suffix for suffix in ANIMATION_FORMATS if suffix != ".png")
TAPE_SUFFIXES = (*_MOVING, *(suffix for suffix in PICTURE_FORMATS if suffix not in _MOVING), ".npz")
FRAMES_PER_SECOND = 12.0
_MOST_BYTES = 2**30


def save_frame(
    path: str | Path,
    frame: Frame,
    origin: Origin,
    alpha_bar: NDArray[np.float64],
    look: Look | None = None,
    *,
    scale: int = 1,
    overwrite: bool = False,
    extra: Mapping[str, str] | None = None,
) -> Path:
    """Writes one frame, of one picture or the batch, as PNG, WebP or JPEG; see `export.save_picture`.

    Args:
        alpha_bar: of the schedule, float64 (T + 1,).
        extra: more fields of its description.
    """
    look = look or Look()
    look.require(len(frame.x_t))
    words = {"frame": f"{frame.number}", "t": f"{frame.t}", **_seen(look), **(extra or {})}
    return save_picture(
        path,
        look.page(frame, alpha_bar),
        provenance=provenance_of(origin, words),
        scale=scale,
        overwrite=overwrite,
    )


class TapeFile:
    """A tape being written to a file: refused at once if it cannot be written, and written atomically at the
    end.

    Args:
        path: the file, ending in one of TAPE_SUFFIXES.
        origin: where the tape comes from.
        shape: (C, H, W) of its pictures.
        frames: the most that will be added.
        alpha_bar: of the schedule, float64 (T + 1,).
        look: what to show; not used for .npz.
        frames_per_second: of an animation.
        scale: each pixel becomes scale x scale equal pixels.
        overwrite: whether an existing file may be replaced.
        extra: more fields of its description.

    Raises:
        LabError: for an unknown ending, a file that exists or cannot be written, or a tape that is too large.
    """

    def __init__(
        self,
        path: str | Path,
        origin: Origin,
        shape: tuple[int, int, int],
        frames: int,
        alpha_bar: NDArray[np.float64],
        look: Look | None = None,
        *,
        frames_per_second: float = FRAMES_PER_SECOND,
        scale: int = 1,
        overwrite: bool = False,
        extra: Mapping[str, str] | None = None,
    ) -> None:
        self.path = check_destination(path, overwrite=overwrite, suffixes=TAPE_SUFFIXES)
        self.suffix = self.path.suffix.lower()
        self.origin, self.alpha_bar, self.look = origin, alpha_bar, look or Look()
        self.rate, self.scale, self.overwrite, self.extra = frames_per_second, scale, overwrite, extra or {}
        self._pages: list[Picture] = []
        self._frames: list[Frame] = []
        self._check(shape, frames)

    def add(self, frame: Frame) -> None:
        """Adds the next frame."""
        if self.suffix == ".npz":
            self._frames.append(frame)
        else:
            draw = self.look.page if self.suffix in _MOVING else self.look.column
            self._pages.append(draw(frame, self.alpha_bar))

    def save(self) -> Path:
        """Writes the frames that were added.

        Raises:
            LabError: if there are none, or the file cannot be written; an existing one is then intact.
        """
        if not self._pages and not self._frames:
            raise LabError("there are no frames to export")
        if self.suffix == ".npz":
            tape = Tape.of(self._frames, self.alpha_bar, self.origin.recipe)
            return write_atomically(self.path, _as_npz(tape, self.origin), overwrite=self.overwrite)
        provenance = provenance_of(
            self.origin, {"frames": f"{len(self._pages)}", **_seen(self.look), **self.extra}
        )
        if self.suffix in _MOVING:
            return save_animation(
                self.path,
                # The result is held for a second; then the loop starts again.
                [*self._pages, *self._pages[-1:] * self._held],
                frames_per_second=self.rate,
                scale=self.scale,
                provenance=provenance,
                overwrite=self.overwrite,
            )
        return save_picture(
            self.path,
            sheet(self._pages, columns=len(self._pages), gap=GAP, background=GROUND),
            provenance=provenance,
            scale=self.scale,
            overwrite=self.overwrite,
        )

    @property
    def _held(self) -> int:
        return max(1, round(self.rate))

    def _check(self, shape: tuple[int, int, int], frames: int) -> None:
        count = self.origin.recipe.count
        self.look.require(count)
        if self.suffix == ".npz":
            size = 2 * 4 * frames * count * math.prod(shape)
            if size > _MOST_BYTES:
                raise LabError(
                    f"{frames} frames of {count} pictures are {size / 2**30:.1f} GiB, over the limit of "
                    f"{_MOST_BYTES // 2**30}",
                    self.path,
                    "Use fewer pictures, or not every frame",
                )
            return
        dark = np.full((count, *shape), -1.0, np.float32)
        page = self.look.page if self.suffix in _MOVING else self.look.column
        height, width = page(Frame(0, 1, 0, dark, dark), self.alpha_bar).shape[:2]
        if self.suffix in _MOVING:
            check_animation(
                self.path,
                frames + self._held,
                (height, width),
                self.rate,
                scale=self.scale,
                overwrite=self.overwrite,
            )
        else:
            across = frames * (width + GAP) - GAP
            check_size(across * self.scale, height * self.scale, PICTURE_FORMATS[self.suffix], self.path)


def save_tape(
    path: str | Path,
    frames: Iterable[Frame],
    origin: Origin,
    alpha_bar: NDArray[np.float64],
    look: Look | None = None,
    **options: Any,
) -> Path:
    """Writes the given frames, at least one; arguments as for `TapeFile`."""
    kept = list(frames)
    if not kept:
        raise LabError("there are no frames to export")
    _, *shape = kept[0].x_t.shape
    file = TapeFile(path, origin, (shape[0], shape[1], shape[2]), len(kept), alpha_bar, look, **options)
    for frame in kept:
        file.add(frame)
    return file.save()


def _seen(look: Look) -> dict[str, str]:
    words = {"show": ",".join(look.show)}
    return words if look.picture is None else {**words, "picture": f"{look.picture}"}


def _as_npz(tape: Tape, origin: Origin) -> bytes:
    sampler_settings = tape.recipe.sampler_settings
    content = io.BytesIO()
    np.savez_compressed(
        content,
        allow_pickle=False,
        x_t=tape.x_t,
        x0_hat=tape.x0_hat,
        t=tape.t,
        alpha_bar=tape.alpha_bar,
        seed=np.int64(sampler_settings.seed),
        sampler=np.str_(sampler_settings.sampler),
        steps=np.int64(sampler_settings.steps),
        eta=np.float64(sampler_settings.eta),
        guidance=np.float64(sampler_settings.guidance),
        conditions=np.array(
            [sampler_settings.condition_of(number) for number in range(tape.recipe.count)], dtype=np.float32
        ),
        model=np.str_(origin.model),
        model_hash=np.str_(origin.model_hash),
        recipe=np.str_(as_json(tape.recipe)),
    )
    return content.getvalue()
