"""A compact record of a model's training pictures for its file: their shortened hashes.

    text   "5:" and, in base64, the zlib-compressed bytes of h_1, h_2 - h_1, h_3 - h_2, ...
    h      the highest 40 bits of each picture's hash (see `latentlab.data.keys`), ascending, each once

The first bytes of all numbers stand together, then the second ones and so on: many are alike, and so it is
small, some 3 bytes a picture. Of a million others than 60,000, 0.06 are mistaken for one of them.
"""

from __future__ import annotations

import base64
import binascii
import zlib
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from latentlab.data.limits import MAX_PICTURES

_BYTES = 5
_SHIFT = np.uint64(64 - 8 * _BYTES)
_MARK = f"{_BYTES}:"


@dataclass(frozen=True, eq=False)
class Learnt:
    """The shortened hashes of the training pictures, ascending, each once."""

    short: NDArray[np.uint64]

    @classmethod
    def of(cls, hashes: NDArray[np.uint64]) -> Learnt:
        """Of pictures with these hashes (N,)."""
        return cls(np.unique(hashes >> _SHIFT))

    @classmethod
    def parse(cls, text: str) -> Learnt | None:
        """Parses the result of `as_text`; None if it is damaged or of another version."""
        most = MAX_PICTURES * _BYTES
        if not text.startswith(_MARK) or len(text) > 2 * most:
            return None
        try:
            packed = zlib.decompressobj()
            content = packed.decompress(base64.b64decode(text[len(_MARK) :], validate=True), most)
        except (binascii.Error, zlib.error, ValueError):
            return None
        if not packed.eof or len(content) % _BYTES:
            return None
        planes = np.frombuffer(content, np.uint8).reshape(_BYTES, -1).astype(np.uint64)
        steps = sum((plane << np.uint64(8 * place) for place, plane in enumerate(planes)), np.uint64(0))
        short = np.cumsum(steps, dtype=np.uint64)
        return cls(short)

    def as_text(self) -> str:
        """One line for a model's card."""
        steps = np.diff(self.short, prepend=np.uint64(0))
        planes = [(steps >> np.uint64(8 * place)).astype(np.uint8) for place in range(_BYTES)]
        packed = zlib.compress(np.concatenate(planes).tobytes(), 9)
        return _MARK + base64.b64encode(packed).decode("ascii")

    def among(self, hashes: NDArray[np.uint64]) -> NDArray[np.bool_]:
        """Which of the pictures with these hashes (N,) were learnt from, (N,)."""
        found: NDArray[np.bool_] = np.isin(hashes >> _SHIFT, self.short)
        return found
