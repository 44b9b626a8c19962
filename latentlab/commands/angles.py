"""The command `latentlab angles`: how the planes of two linear decoders lie to each other."""

from __future__ import annotations

import argparse

from latentlab.commands.console import open_model, print_json
from latentlab.commands.printing import say
from latentlab.engine.files.checkpoint import load_model
from latentlab.engine.inference.device import choose_device
from latentlab.engine.inference.spans import angles_between, require_plane

_IN_A_LINE = 8


def tell_angles(arguments: argparse.Namespace) -> None:
    """`latentlab angles`."""
    one = open_model(arguments)
    other = load_model(arguments.other, choose_device(arguments.device))
    for loaded in (one, other):
        require_plane(loaded.model, loaded.path)
    angles = angles_between(one.model, other.model)
    if arguments.json:
        print_json({"models": [one.name, other.name], "degrees": list(angles)})
        return
    say(f"{len(angles)} principal angles between the planes of {one.name} and {other.name}, in degrees")
    for first in range(0, len(angles), _IN_A_LINE):
        say("  " + "".join(f"{angle:9.3f}" for angle in angles[first : first + _IN_A_LINE]))
