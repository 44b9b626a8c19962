"""A kind of model is a folder and a line: nothing outside `latentlab/models` names one.

What counts as naming: a class of a kind's model or config, an import from its folder, its name as a text of
its own ("vae") or as a word in a text that a person sees, and a command that trains it. Docstrings may say
for which models something was made, and names of shipped models (mnist-vae-2d) are names of files.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

import latentlab
from latentlab.core.likelihoods import LIKELIHOODS
from latentlab.models.registry import KINDS

ROOT = Path(latentlab.__file__).parent
COMMON_NOUNS = {"classifier", "gaussian"}
# (file, text): why it is no kind there.
NO_KINDS = {
    ("commands/evaluation_arguments.py", "classifier"): "a flag, called by what it takes",
    ("core/likelihoods.py", "gaussian"): "a likelihood p(x|z), by its name in the configs of models",
}


def _names() -> tuple[set[str], re.Pattern[str]]:
    classes = set()
    for kind in KINDS.values():
        classes |= {kind.config.__name__, str(kind.model).partition(":")[2]}
    names = [name for name in KINDS if name not in COMMON_NOUNS]
    words = re.compile(rf"(?<![\w-])(?:{'|'.join(names)})s?(?![\w-])", re.IGNORECASE)
    return classes - {""}, words


def _named_in(source: str) -> Iterator[str]:
    """What names a kind in a program text."""
    classes, words = _names()
    tree = ast.parse(source)
    prose = {
        id(node.body[0].value)
        for node in ast.walk(tree)
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef)
        and node.body
        and isinstance(node.body[0], ast.Expr)
    }
    for node in ast.walk(tree):
        match node:
            case ast.Name(id=name) | ast.Attribute(attr=name) | ast.ClassDef(name=name) if name in classes:
                yield name
            case ast.ImportFrom(module=module, names=found) if module:
                of_kind = module.removeprefix("latentlab.models.").split(".")[0] in KINDS
                if module.startswith("latentlab.models.") and of_kind:
                    yield module
                yield from (each.name for each in found if each.name in classes)
                if module == "latentlab.models":
                    yield from (each.name for each in found if each.name in KINDS)
            case ast.Constant(value=str(text)) if id(node) not in prose:
                if (
                    text in KINDS
                    or words.search(text)
                    or re.search(rf"latentlab train (?:{'|'.join(KINDS)})\b", text)
                ):
                    yield text


def test_that_no_place_outside_of_models_names_a_kind():
    found = [
        (place, what)
        for path in sorted(ROOT.rglob("*.py"))
        if (place := path.relative_to(ROOT).as_posix()).split("/")[0] != "models"
        for what in _named_in(path.read_text(encoding="utf-8"))
        if (place, what) not in NO_KINDS
    ]
    assert found == [], "ask the spec instead, or if that is no kind there: give yours a rarer name"


def test_that_every_exception_is_used_and_is_of_a_common_noun():
    for place, what in NO_KINDS:
        assert what in COMMON_NOUNS
        assert what in _named_in((ROOT / place).read_text(encoding="utf-8")), f"{what} of {place}"


def test_that_the_likelihood_that_shares_its_name_with_a_kind_is_one():
    assert "gaussian" in LIKELIHOODS
    assert "gaussian" in KINDS


@pytest.mark.parametrize(
    "source",
    [
        'if kind == "vae": pass',
        'KINDS = {"Diffusion model": "ddpm"}',
        "from latentlab.models.vae.model import VAE",
        "from latentlab.models.ddpm import unet",
        "from latentlab.models import cvae",
        "isinstance(model, models.Classifier)",
        'hint = "Train one with latentlab train classifier"',
        'if kind == "gaussian": pass',
        "from latentlab.models import gaussian",
        "from latentlab.models.gaussian.model import GaussianImages",
        "config = GaussianConfig()",
        'hint = "Fit one with latentlab train gaussian first"',
        'tip = "the weight of the KL: 1 for a VAE"',
        "config = VAEConfig()",
    ],
)
def test_that_the_search_finds_what_names_a_kind(source: str):
    assert [*_named_in(source)]


@pytest.mark.parametrize(
    "source",
    [
        '"""Not for VAEs."""',
        'name = "mnist-vae-2d"',
        'add("--classifier", help="a classifier of such pictures")',
        'match model:\n    case {"kind": kind}: pass',
        'tip = "a Gaussian at each point"',
        'hint = "Choose another likelihood, such as --likelihood gaussian"',
        "from latentlab.core import gaussian",
    ],
)
def test_that_the_search_lets_prose_and_names_of_files_be(source: str):
    assert not [*_named_in(source)]
