"""Kinds of model: those that ship, those of installed packages, those that are registered for a while."""

from __future__ import annotations

import dataclasses
import subprocess
import sys
from pathlib import Path

import pytest

from latentlab.errors import LabError
from latentlab.models import registry
from latentlab.models.base import capabilities_of
from latentlab.models.capabilities import Capability
from latentlab.models.registry import KINDS, build, capabilities_in, faults, find_kind, registered
from latentlab.models.settings import settings_of
from tests.kinds_installed import installed

_LOADED = "import sys; print(*(name for name in ('torch', 'numpy', 'PySide6') if name in sys.modules))"
MINE = "import dataclasses\nfrom latentlab.models.registry import find_kind\n"
MINE += "KIND = dataclasses.replace(find_kind('vae'), name='mine', title='My own', short='')\n"


@pytest.fixture(autouse=True)
def looked_through_anew():
    """What packages bring is looked up once a process."""
    registry._installed.cache_clear()
    yield
    registry._installed.cache_clear()


def test_that_names_flags_forms_and_headers_need_no_torch():
    code = (
        "from latentlab.models.registry import KINDS, capabilities_in, faults\n"
        "from latentlab.engine.training.presets import presets, fields_of\n"
        "from latentlab.models.capabilities import Capability\n"
        "names, made = list(KINDS), [fields_of(one.choice) for one in presets()]\n"
        "assert capabilities_in('ddpm', {'condition_names': ['a']}) > capabilities_in('ddpm', {})\n"
        f"faults(); {_LOADED}"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.split() == []


@pytest.mark.parametrize("name", KINDS)
def test_that_a_model_can_do_what_its_spec_says(name: str):
    kind = find_kind(name)
    fields = {"shape": (1, 8, 8)}
    if "condition_names" in settings_of(kind.config):
        fields["condition_names"] = ("a", "b")
    told = capabilities_in(name, fields)
    assert told == capabilities_of(build(name, fields))
    assert told >= kind.capabilities


def test_that_what_makes_no_sense_can_do_nothing_and_raises_nothing():
    for kind, fields in ((None, None), (3, {}), ("transformer", {}), ([], []), ("x" * 10**6, {})):
        assert capabilities_in(kind, fields) == frozenset()
    assert capabilities_in("vae", {"latents": "many"}) == find_kind("vae").capabilities
    assert capabilities_in("vae", None) == find_kind("vae").capabilities


def test_that_a_kind_can_be_registered_for_a_while_and_in_place_of_another():
    vae = find_kind("vae")
    with registered(dataclasses.replace(vae, name="mine")) as mine:
        assert find_kind("mine") is mine
        assert [*KINDS][-1] == "mine"
        assert isinstance(build("mine", {"shape": (1, 8, 8)}), type(build("vae", {"shape": (1, 8, 8)})))
        with registered(dataclasses.replace(vae, title="Another")):
            assert find_kind("vae").title == "Another"
            assert [*KINDS].count("vae") == 1
    assert find_kind("vae") is vae
    with pytest.raises(LabError, match="unknown kind of model 'mine'"):
        find_kind("mine")


def test_that_an_installed_package_brings_a_kind(tmp_path: Path):
    with installed(tmp_path, {"mine": "my_kind:KIND"}, my_kind=MINE):
        assert find_kind("mine").title == "My own"
        assert faults() == ()
        assert build("mine", {"shape": (1, 8, 8)}).latents == 2
        assert capabilities_in("mine", {}) == find_kind("vae").capabilities


def test_that_a_broken_kind_is_named_and_left_out_and_the_others_are_there(tmp_path: Path):
    points = {
        "mine": "my_kind:KIND",
        "broken": "no_such_module:KIND",
        "empty": "my_kind:NOTHING",
        "wrong": "my_kind:dataclasses",
        "again": "taken:KIND",
    }
    taken = "from latentlab.models.registry import find_kind\nKIND = find_kind('vae')\n"
    with installed(tmp_path, points, my_kind=MINE, taken=taken):
        assert "mine" in KINDS
        assert not {"broken", "empty", "wrong", "again"} & {*KINDS}
        told = faults()
        assert len(told) == 4
        assert "'again' of bringing-kinds is left out" in told[0]
        assert "there is a kind called vae already" in told[0]
        assert "'broken'" in told[1]
        assert "ModuleNotFoundError: No module named 'no_such_module'" in told[1]
        assert "expected a KindSpec" in told[3]


def test_that_shipped_kinds_are_found_without_looking_through_packages(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(registry, "_installed", None)
    assert find_kind("ddpm").title == "Diffusion model"
    assert capabilities_in("classifier", {}) == {Capability.CLASSIFIES}
