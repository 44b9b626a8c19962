"""What the header of a model file says, read without torch."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from latentlab.engine.files.model_catalog import card_in, denoises, makes_pictures
from tests.tiny import save_tiny_classifier, save_tiny_model


def test_that_a_classifier_makes_no_pictures_and_others_do(tmp_path: Path):
    judge = save_tiny_classifier(tmp_path / "judge.safetensors")
    assert card_in(judge)["kind"] == "classifier"
    assert not makes_pictures(judge)
    assert makes_pictures(save_tiny_model(tmp_path / "vae.safetensors"))


@pytest.mark.parametrize("content", [b"", b"\xff" * 30, b"\x02\0\0\0\0\0\0\0[]"])
def test_that_a_file_that_says_nothing_is_left_for_the_loader_to_refuse(tmp_path: Path, content: bytes):
    path = tmp_path / "odd.safetensors"
    path.write_bytes(content)
    assert card_in(path) == {}
    assert makes_pictures(path)
    assert makes_pictures(tmp_path / "nowhere.safetensors")


@pytest.mark.parametrize("kind", [["vae"], {"vae": 1}, 3, None, True])
def test_that_a_kind_that_is_no_text_says_nothing(tmp_path: Path, kind: object):
    path, card = tmp_path / "odd.safetensors", json.dumps({"kind": kind, "config": {}})
    header = json.dumps({"__metadata__": {"latentlab": card}}).encode()
    path.write_bytes(len(header).to_bytes(8, "little") + header)
    assert card_in(path) == {}
    assert makes_pictures(path)
    assert not denoises(str(path))


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="this system has no named pipes")
def test_that_a_pipe_says_nothing_and_is_not_waited_for(tmp_path: Path):
    os.mkfifo(tmp_path / "pipe.safetensors")
    assert card_in(tmp_path / "pipe.safetensors") == {}


def test_that_torch_is_not_needed_for_it():
    program = "import sys, latentlab.engine.files.model_catalog; sys.exit('torch' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", program], check=False).returncode == 0
