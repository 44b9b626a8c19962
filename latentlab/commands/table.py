"""The table of commands: the function for each name."""

from __future__ import annotations

import argparse
from collections.abc import Callable, Mapping

from latentlab.commands.analogy import draw_analogy
from latentlab.commands.angles import tell_angles
from latentlab.commands.arithmetic import add_to_pictures
from latentlab.commands.attributes import show_attributes
from latentlab.commands.diffusion import edit_picture, fill_hole, run_tape
from latentlab.commands.figures import evaluate_model, list_what_ships, show_installation
from latentlab.commands.inversion import invert_picture
from latentlab.commands.judging import judge_models
from latentlab.commands.origin import tell_origin
from latentlab.commands.outputs import draw_manifold, draw_walk, write_encodings
from latentlab.commands.prior import fit_a_prior
from latentlab.commands.ratio import tell_ratio
from latentlab.commands.samples import draw_samples
from latentlab.commands.texture import draw_texture
from latentlab.commands.theory import tell_theory
from latentlab.commands.training import train_model
from latentlab.commands.translation import translate_picture

Command = Callable[[argparse.Namespace], None]

COMMANDS: Mapping[str, Command] = {
    "info": show_installation,
    "list": list_what_ships,
    "train": train_model,
    "evaluate": evaluate_model,
    "manifold": draw_manifold,
    "sample": draw_samples,
    "diffuse": run_tape,
    "edit": edit_picture,
    "inpaint": fill_hole,
    "encode": write_encodings,
    "interpolate": draw_walk,
    "attributes": show_attributes,
    "arithmetic": add_to_pictures,
    "analogy": draw_analogy,
    "texture": draw_texture,
    "theory": tell_theory,
    "origin": tell_origin,
    "prior": fit_a_prior,
    "judge": judge_models,
    "translate": translate_picture,
    "invert": invert_picture,
    "ratio": tell_ratio,
    "angles": tell_angles,
}
