"""`kill -9` while saving: the file is the old or the new one, and can be loaded."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
import torch

from latentlab.engine.files.checkpoint import load_model, save_model

# One process forks another for each death: importing torch twenty times would take a minute.
_FORKER = """
import os, sys
import torch
from latentlab.engine.files.checkpoint import load_model, save_model
torch.set_num_threads(1)
while line := sys.stdin.readline():
    load_model(line.strip())  # what torch imports at the first model, the children need not import again
    child = os.fork()
    if child == 0:
        path = line.strip()
        loaded, value = load_model(path), 0.0
        os.write(1, b"%d\\n" % os.getpid())
        while True:
            value += 1.0
            with torch.no_grad():
                for weight in loaded.model.parameters():
                    weight.fill_(value)
            save_model(path, loaded.model, loaded.card)
    os.waitpid(child, 0)
    os.write(1, b"dead\\n")
"""


@pytest.mark.skipif(not hasattr(os, "fork"), reason="this system cannot fork a process")
def test_that_a_killed_save_leaves_a_whole_file(tiny_model_file: Path):
    clock, moved = random.Random(0), set()
    with subprocess.Popen(
        [sys.executable, "-c", _FORKER], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as forker:
        for _ in range(25):
            forker.stdin.write(f"{tiny_model_file}\n")
            forker.stdin.flush()
            child = int(forker.stdout.readline())
            time.sleep(clock.uniform(0.001, 0.03))
            os.kill(child, signal.SIGKILL)
            assert forker.stdout.readline() == "dead\n"
            loaded = load_model(tiny_model_file)
            first, *others = [weight.flatten() for weight in loaded.model.parameters()]
            value = first[0].item()
            if value == round(value) != 0:  # a new file: all its weights are of the same save
                assert all(torch.equal(weight, torch.full_like(weight, value)) for weight in [first, *others])
                moved.add(value)
        forker.stdin.close()
    assert moved, "no save ever finished: the test shows nothing"
    save_model(tiny_model_file, loaded.model, loaded.card)
    assert [path.name for path in tiny_model_file.parent.iterdir()] == [tiny_model_file.name]
