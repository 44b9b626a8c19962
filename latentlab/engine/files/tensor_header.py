"""Reads the header of a `.safetensors` file before the rest of it. Torch-free.

    8 bytes        the header's length N, little-endian
    N bytes        JSON: name -> dtype, shape and [begin, end] of its bytes; `__metadata__` -> name -> text
    all the rest   the tensors, without a gap

A file of gigabytes that is something else, or was cut short, is so refused after its first bytes.
"""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import BinaryIO

from latentlab.errors import LabError

# Most of it is the card: a thousand classes with names of a thousand letters are 7 MB.
MAX_HEADER_BYTES = 16 * 2**20
_METADATA = "__metadata__"
_MOST_DIMENSIONS = 64
# Bits of a number.
_TYPES = {
    "F4": 4, "F6_E2M3": 6, "F6_E3M2": 6,
    "BOOL": 8, "U8": 8, "I8": 8, "F8_E5M2": 8, "F8_E4M3": 8, "F8_E8M0": 8, "F8_E5M2FNUZ": 8, "F8_E4M3FNUZ": 8,
    "U16": 16, "I16": 16, "F16": 16, "BF16": 16, "U32": 32, "I32": 32, "F32": 32,
    "U64": 64, "I64": 64, "F64": 64, "C64": 64,
}  # fmt: skip


@dataclass(frozen=True)
class TensorHeader:
    """The contents of a header: the shape of each tensor, and the metadata texts."""

    shapes: Mapping[str, tuple[int, ...]]
    metadata: Mapping[str, str]


def read_header(stream: BinaryIO, size: int) -> TensorHeader:
    """The header of an open file of `size` bytes.

    Raises:
        LabError: if there is none, or its size does not match the file's.
        OSError: if it cannot be read.
    """
    beginning = stream.read(8)
    length = int.from_bytes(beginning, "little")
    if len(beginning) < 8:
        raise _wrong(f"header too small: {len(beginning)} bytes")
    if length > MAX_HEADER_BYTES:
        raise _wrong("header too large")
    if length > size - 8:
        raise _wrong(f"the header is said to have {length:,} bytes, the file has {size:,}")
    text = stream.read(length)
    if text[:1] != b"{":
        raise _wrong("its header is invalid JSON")
    try:
        fields = json.loads(text.decode("utf-8"))
    except UnicodeDecodeError:
        raise _wrong("its header is not UTF-8") from None
    except (ValueError, RecursionError):
        raise _wrong("its header is invalid JSON") from None
    metadata = fields.pop(_METADATA, None) or {}
    if not isinstance(metadata, dict) or not all(isinstance(text, str) for text in metadata.values()):
        raise _wrong(f"its {_METADATA} holds values that are not text")
    tensors = sorted((*_tensor(name, one), name) for name, one in fields.items())
    held = 0
    for begin, end, _, name in tensors:
        if begin != held:
            raise _wrong(f"invalid offset {begin:,} of tensor {name[:80]!a}: expected {held:,}")
        held = end
    if held != size - 8 - length:
        raise _wrong(f"its tensors end after {held:,} bytes, the file after {size - 8 - length:,}")
    return TensorHeader({name: shape for _, _, shape, name in tensors}, metadata)


def _tensor(name: str, fields: object) -> tuple[int, int, tuple[int, ...]]:
    """Where the bytes of a tensor begin and end, and its shape."""
    called = f"{name[:80]!a}"
    match fields:
        case {"dtype": str(kind), "shape": [*shape], "data_offsets": [int(begin), int(end)]}:
            if kind not in _TYPES:
                raise _wrong(f"tensor {called} is of the unknown type {kind[:40]!a}")
            if len(shape) > _MOST_DIMENSIONS or not all(
                type(side) is int and 0 <= side < 2**63 for side in shape
            ):
                raise _wrong(f"tensor {called} has an impossible shape")
            if 0 <= begin <= end and 8 * (end - begin) == math.prod(shape) * _TYPES[kind]:
                return begin, end, tuple(shape)
            raise _wrong(f"invalid offset of tensor {called}, or not as many bytes as its shape asks for")
    raise _wrong(f"{called} is not described as a tensor")


def _wrong(reason: str) -> LabError:
    return LabError(f"not a readable safetensors file ({reason})")
