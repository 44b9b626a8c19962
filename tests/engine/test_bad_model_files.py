"""Every way in which a model file can be wrong: one sentence that names it, no code run, no memory taken."""

from __future__ import annotations

import io
import json
import os
import pickle
import struct
import time
import tracemalloc
import zipfile
from pathlib import Path

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from safetensors.torch import load as parse
from safetensors.torch import save as serialise

from latentlab.engine.files import checkpoint, tensor_file
from latentlab.engine.files.checkpoint import load_model
from latentlab.errors import LabError
from tests.tiny import (
    save_tiny_classifier,
    save_tiny_cvae,
    save_tiny_ddpm,
    save_tiny_gan,
    save_tiny_model,
)


def refused(path: Path, reason: str) -> str:
    with pytest.raises(LabError, match=reason) as caught:
        load_model(path)
    text = str(caught.value)
    assert text.startswith(str(path))
    assert "\n" not in text
    assert len(text) < 900
    return text


def write(folder: Path, content: bytes, name: str = "bad.safetensors") -> Path:
    (folder / name).write_bytes(content)
    return folder / name


def raw(header: object, body: bytes = b"") -> bytes:
    text = header if isinstance(header, bytes) else json.dumps(header).encode()
    return struct.pack("<Q", len(text)) + text + body


def tensor(start: int = 0, end: int = 4, shape: object = (1,), dtype: str = "F32") -> dict[str, object]:
    return {"dtype": dtype, "shape": list(shape), "data_offsets": [start, end]}


HEADERS = {
    "empty": (b"", "is empty"),
    "one byte": (b"\1", "not a readable safetensors file"),
    "length of 2^63": (struct.pack("<Q", 2**63) + b"{}", "header too large"),
    "length of 101 MB": (struct.pack("<Q", 101_000_000) + b"{}", "header too large"),
    "length past the end": (struct.pack("<Q", 500) + b"{}", "not a readable safetensors file"),
    "header of not UTF-8": (raw(b'{"\xff\xfe": 1}'), "UTF-8"),
    "header of no JSON": (raw(b"{hello}"), "invalid JSON"),
    "header of deep JSON": (raw(b"[" * 200_000), "not a readable safetensors file"),
    "deep JSON inside": (raw(b'{"a":' * 50_000), "not a readable safetensors file"),
    "hole": (raw({"a": tensor(), "b": tensor(8, 12)}, bytes(12)), "invalid offset"),
    "overlap": (raw({"a": tensor(), "b": tensor(2, 6)}, bytes(6)), "invalid offset"),
    "backwards": (raw({"a": tensor(4, 0)}, bytes(4)), "invalid offset"),
    "shape overflow": (raw({"a": tensor(shape=(2**62, 2**62))}, bytes(4)), "as its shape asks for"),
    "shape past signed numbers": (raw({"a": tensor(0, 0, (0, 2**63))}), "not a readable safetensors file"),
    "negative shape": (raw({"a": tensor(shape=(-1,))}, bytes(4)), "not a readable safetensors file"),
    "unknown dtype": (raw({"a": tensor(dtype="Q7")}, bytes(4)), "unknown type"),
    "too many dimensions": (raw({"a": tensor(0, 4, (1,) * 65)}, bytes(4)), "an impossible shape"),
    "half a letter": (raw({"\ud800": tensor(0, 8)}, bytes(8)), "ud800"),
    "trailing bytes": (raw({"a": tensor()}, bytes(9)), "not a readable safetensors file"),
    "no card": (serialise({"a": torch.zeros(1)}), "no LatentLab card"),
    "null metadata": (raw({"a": tensor(), "__metadata__": None}, bytes(4)), "no LatentLab card"),
    "nothing at all": (raw({}), "no LatentLab card"),
    "metadata of numbers": (raw({"__metadata__": {"latentlab": 3}}), "not a readable safetensors file"),
}


@pytest.mark.parametrize(("content", "reason"), HEADERS.values(), ids=HEADERS.keys())
def test_that_a_damaged_header_is_told(tmp_path, content, reason):
    refused(write(tmp_path, content), reason)


def test_that_a_type_unknown_to_torch_is_told(tmp_path):
    header = {"a": tensor(0, 2, (4,), "F4"), "__metadata__": {"latentlab": '{"format": 1}'}}
    with pytest.raises(LabError, match="F4"):
        tensor_file.read_tensors(write(tmp_path, raw(header, bytes(2))), "latentlab", 1)


def test_that_a_file_cut_anywhere_is_told(tiny_model_file, tmp_path):
    whole = tiny_model_file.read_bytes()
    lengths = {*range(0, 40), *range(40, len(whole), len(whole) // 60), len(whole) - 1}
    for length in sorted(lengths):
        refused(write(tmp_path, whole[:length]), "is empty" if not length else "not a readable safetensors")


@settings(max_examples=150)
@given(data=st.data())
def test_that_flipped_bytes_never_escape_as_anything_but_a_lab_error(tiny_model_file, tmp_path, data):
    content = bytearray(tiny_model_file.read_bytes())
    header = 8 + int.from_bytes(content[:8], "little")
    for place in data.draw(st.lists(st.integers(0, header + 50), min_size=1, max_size=4)):
        content[place] = data.draw(st.integers(0, 255))
    try:
        load_model(write(tmp_path, bytes(content), "flipped.safetensors"))
    except LabError as error:
        if "\n" in str(error):
            raise


def recarded(path: Path, **changes: object) -> bytes:
    """The file with some fields of its card replaced; None takes one out."""
    content = path.read_bytes()
    length = int.from_bytes(content[:8], "little")
    card = json.loads(json.loads(content[8 : 8 + length])["__metadata__"]["latentlab"])
    for name, value in changes.items():
        if name in card["config"]:
            card["config"][name] = value
        else:
            card[name] = value
    card = {name: value for name, value in card.items() if value is not None}
    return serialise(parse(content), {"latentlab": json.dumps(card)})


CARDS = {
    "future format": ({"format": 2, "version": "9.1"}, r"made by a newer LatentLab \(version 9\.1, format 2"),
    "far future": ({"format": 10**300, "version": "x\n" * 10_000}, "newer LatentLab"),
    "no format": ({"format": None}, "format version is None, expected 1"),
    "format of text": ({"format": "1"}, "format version is 1, expected 1"),
    "format true": ({"format": True}, "format version is True"),
    "format 0": ({"format": 0}, "format version is 0, expected 1"),
    "unknown kind": ({"kind": "transformer"}, "unknown kind of model 'transformer'.*Known: ae, vae, cvae"),
    "kind of a number": ({"kind": 3}, "no valid field 'kind'"),
    "no config": ({"config": None}, "no valid field 'config'"),
    "metrics of a list": ({"metrics": [1]}, "no valid field 'metrics'"),
    "unknown config field": ({"config": {"hidden": 3}}, "'hidden' is unknown.*latents"),
    "unknown likelihood": ({"likelihood": "poisson"}, "'poisson'.*bernoulli, gaussian, categorical"),
    "negative size": ({"latents": -1}, "'latents' is -1, expected 1 to 256"),
    "wrong type": ({"latents": "two"}, "'latents' is 'two', expected int"),
    "number past all floats": ({"sigma": 10**400}, "'sigma'"),
    "10^9 units": ({"encoder_widths": [10**9]}, "'encoder_widths' is 1000000000, expected 1 to 4096"),
    "10^9 latents": ({"latents": 10**9}, "'latents' is 1000000000"),
    "too many weights": ({"encoder_widths": [4096] * 8, "decoder_widths": [4096] * 8}, "over the limit of"),
}


@pytest.mark.parametrize(("changes", "reason"), CARDS.values(), ids=CARDS.keys())
def test_that_a_wrong_card_is_told(tiny_model_file, tmp_path, changes, reason):
    refused(write(tmp_path, recarded(tiny_model_file, **changes)), reason)


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("{", "card is not JSON"),
        ("[1]", "not an object"),
        ("[" * 200_000, "card is not JSON"),
        ("9" * 5000, "card is not"),
    ],
    ids=["no-json", "list", "deep", "long-number"],
)
def test_that_a_card_of_nonsense_is_told(tiny_model_file, tmp_path, text, reason):
    tensors = parse(tiny_model_file.read_bytes())
    refused(write(tmp_path, serialise(tensors, {"latentlab": text})), reason)


@pytest.mark.parametrize(
    "changes",
    [{"encoder_widths": [10**9]}, {"encoder_widths": [4096] * 3}],
    ids=["absurd", "allowed-but-not-in-the-file"],
)
def test_that_a_false_size_is_refused_at_once_without_memory(tiny_model_file, tmp_path, changes, monkeypatch):
    path = write(tmp_path, recarded(tiny_model_file, **changes))
    load_model(tiny_model_file)  # what is done but once in a process is not counted
    monkeypatch.setattr(checkpoint, "build", lambda *args: pytest.fail("a model was made"))
    tracemalloc.start()
    started = time.thread_time()  # other processes do not count
    try:
        refused(path, "encoder")
        seconds, peak = time.thread_time() - started, tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert seconds < 0.1
    assert peak < 2 * 2**20


def retensored(path: Path, **changes: torch.Tensor | None) -> bytes:
    content = path.read_bytes()
    length = int.from_bytes(content[:8], "little")
    metadata = json.loads(content[8 : 8 + length])["__metadata__"]
    tensors = parse(content) | {name.replace("__", "."): value for name, value in changes.items()}
    return serialise({name: value for name, value in tensors.items() if value is not None}, metadata)


WEIGHTS = {
    "missing": (
        {"decoder__layers__0__weight": None},
        r"1 of its tensors are missing: decoder\.layers\.0\.weight \(12, 2\)",
    ),
    "misshapen": (
        {"decoder__layers__0__weight": torch.zeros(2, 12)},
        r"decoder\.layers\.0\.weight has shape \(2, 12\), the config asks for \(12, 2\)",
    ),
    "bfloat16": (
        {"decoder__layers__0__bias": torch.zeros(12).bfloat16()},
        r"bias is torch\.bfloat16, expected torch\.float32",
    ),
    "whole numbers": (
        {"decoder__layers__0__bias": torch.zeros(12).int()},
        r"is torch\.int32, expected torch\.float32",
    ),
    "superfluous": ({"extra\nline": torch.zeros(1)}, "1 tensors belong to no part of the model: extra line"),
    "NaN": (
        {"encoder__layers__0__bias": torch.full((12,), torch.nan)},
        r"encoder\.layers\.0\.bias holds NaN",
    ),
    "infinite": (
        {"encoder__layers__0__bias": torch.full((12,), torch.inf)},
        r"encoder\.layers\.0\.bias holds NaN or inf",
    ),
}


@pytest.mark.parametrize(("changes", "reason"), WEIGHTS.values(), ids=WEIGHTS.keys())
def test_that_a_wrong_tensor_is_named(tiny_model_file, tmp_path, changes, reason):
    refused(write(tmp_path, retensored(tiny_model_file, **changes)), reason)


class Canary:
    """Sings if it is ever unpickled."""

    def __init__(self, sign: Path) -> None:
        self.sign = sign

    def __reduce__(self):
        return (Path.touch, (self.sign,))


@pytest.mark.parametrize("suffix", [".pt", ".pth", ".pkl", ".bin", ".ckpt", ".pt2", ".safetensors", ""])
@pytest.mark.parametrize("form", ["torch", "pickle", "old-pickle"])
def test_that_nothing_is_ever_unpickled(tmp_path, suffix, form):
    sign, path = tmp_path / "sung", tmp_path / f"model{suffix}"
    if form == "torch":
        torch.save({"weights": Canary(sign)}, path)
    else:
        path.write_bytes(pickle.dumps(Canary(sign), protocol=4 if form == "pickle" else 0))
    plain = form == "old-pickle" and suffix in (".safetensors", "")
    text = refused(path, "not a readable safetensors file" if plain else "is a pickle, TorchScript or zip")
    assert plain or "convert it with safetensors" in text
    assert not sign.exists()
    if form == "pickle":
        pickle.loads(path.read_bytes())
        assert sign.exists()  # the canary could sing


def test_that_a_zip_that_calls_itself_safetensors_is_refused(tmp_path):
    path = tmp_path / "script.safetensors"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("code/model.py", "import os")
    refused(path, "is a pickle, TorchScript or zip file")


def test_that_a_header_that_looks_like_a_pickle_is_still_read(tiny_model_file, tmp_path):
    """A header of 0x..0280 bytes begins as a pickle of protocol 2 does."""
    content = tiny_model_file.read_bytes()
    length = int.from_bytes(content[:8], "little")
    longer = (length // 65536 + 1) * 65536 + 0x0280
    header = content[8 : 8 + length].ljust(longer)
    path = write(tmp_path, struct.pack("<Q", longer) + header + content[8 + length :])
    assert path.read_bytes()[:2] == b"\x80\x02"
    assert load_model(path).card == load_model(tiny_model_file).card


def test_that_folders_pipes_and_missing_files_are_told(tmp_path):
    folder = tmp_path / "x.safetensors"
    folder.mkdir()
    refused(folder, "is a folder")
    if hasattr(os, "mkfifo"):
        os.mkfifo(tmp_path / "pipe.safetensors")
        refused(tmp_path / "pipe.safetensors", "it is a pipe, not a file")
    with pytest.raises(LabError, match=r"nowhere\.safetensors"):
        load_model(tmp_path / "nowhere.safetensors")


def test_that_a_file_too_large_is_not_read(tiny_model_file, monkeypatch):
    monkeypatch.setattr(tensor_file, "MAX_FILE_BYTES", 100)
    refused(tiny_model_file, "is larger than")


def test_that_a_file_that_cannot_be_read_is_told(tiny_model_file, monkeypatch):
    def fail(path: Path) -> bytes:
        raise OSError(5, os.strerror(5))

    monkeypatch.setattr(tensor_file, "open_to_read", fail)
    refused(tiny_model_file, "could not be read.*Input/output error")


def sparse(path: Path, beginning: bytes, size: int) -> Path:
    """A file of so many bytes that take no place on the disk: what is not written is zero."""
    with path.open("wb") as stream:
        stream.write(beginning)
        stream.truncate(size)
    return path


def huge(name: str, shape: tuple[int, ...], size: int) -> bytes:
    """The beginning of a file with one tensor of `size` bytes."""
    card = json.dumps({"format": 1, "kind": "vae", "config": {}, "data": {}, "metrics": {}, "command": ""})
    return raw({name: tensor(0, size, shape, "U8"), "__metadata__": {"latentlab": card}})


GIB = 2**30
LARGE = {
    "zeros": (b"", 3 * GIB, "no"),
    "a header that is too long": (struct.pack("<Q", 2 * GIB) + b"{", 3 * GIB, "header too large"),
    "truncated": (huge("a", (3 * GIB,), 3 * GIB), 2 * GIB, "its tensors end after 3,221,225,472 bytes"),
    "of nothing we know": (huge("a", (2**16,), 2**16), 2**16, "tensors are missing"),
}


@pytest.mark.parametrize(("beginning", "size", "reason"), LARGE.values(), ids=LARGE.keys())
def test_that_a_large_file_is_refused_by_its_header_alone(tmp_path, monkeypatch, beginning, size, reason):
    whole = size if size > 2**16 else len(beginning) + 2**16
    path, read = sparse(tmp_path / "large.safetensors", beginning, whole), []

    def counting(path: Path) -> io.BufferedReader:
        class Counting(io.BufferedReader):
            def read(self, size: int = -1, /) -> bytes:
                read.append(whole if size < 0 else size)
                return super().read(size)

        return Counting(io.FileIO(path))

    monkeypatch.setattr(tensor_file, "open_to_read", counting)
    refused(path, reason)
    assert sum(read) < 2**16


KINDS = {
    "vae": save_tiny_model,
    "cvae": save_tiny_cvae,
    "ddpm": save_tiny_ddpm,
    "classifier": save_tiny_classifier,
}


@pytest.mark.parametrize("kind", KINDS)
def test_that_finite_weights_of_which_no_numbers_come_are_refused(tmp_path, kind):
    path = KINDS[kind](tmp_path / "m.safetensors")
    assert load_model(path).card.kind == kind
    content = path.read_bytes()
    length = 8 + int.from_bytes(content[:8], "little")
    huge = struct.pack("<f", 3e38)
    path.write_bytes(content[:length] + huge * ((len(content) - length) // 4))
    refused(path, "its weights are too large: its outputs are not finite")


@pytest.mark.parametrize("part", ["generator", "discriminator", "encoder"])
def test_that_weights_that_are_too_large_are_refused_in_any_part_of_a_model(tmp_path, part):
    path = save_tiny_gan(tmp_path / "m.safetensors")
    found = tensor_file.read_tensors(path, "latentlab", 1)
    tensors = {
        name: torch.full_like(tensor, 3e38) if name.startswith(part) else tensor
        for name, tensor in found.tensors.items()
    }
    tensor_file.write_tensors(path, tensors, "latentlab", found.card, overwrite=True)
    refused(path, "its weights are too large: its outputs are not finite")
