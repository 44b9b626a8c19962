"""The workflow of a public CI is well formed and asks of every system what this repository asks of itself."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML

_ROOT = Path(__file__).parents[1]
_WORKFLOW = _ROOT / ".github" / "workflows" / "tests.yml"


def _held_against_the_schema(file: Path) -> subprocess.CompletedProcess[str]:
    """By the schema that the package brings along; nothing is fetched."""
    words = ("-m", "check_jsonschema", "--builtin-schema", "vendor.github-workflows", str(file))
    command = (sys.executable, *words)
    return subprocess.run(command, check=False, capture_output=True, text=True, timeout=120)


def _jobs() -> dict[str, Any]:
    return YAML(typ="safe").load(_WORKFLOW)["jobs"]


def test_that_the_workflow_keeps_to_the_schema() -> None:
    checked = _held_against_the_schema(_WORKFLOW)
    assert checked.returncode == 0, checked.stdout + checked.stderr


def test_that_a_workflow_with_a_misspelt_key_would_be_refused(tmp_path: Path) -> None:
    wrong = tmp_path / "wrong.yml"
    wrong.write_text(_WORKFLOW.read_text(encoding="utf-8").replace("runs-on:", "run-on:"), encoding="utf-8")
    assert _held_against_the_schema(wrong).returncode == 1


def test_that_linux_runs_what_must_pass_before_a_change_lands() -> None:
    assert ".ci/run" in [step.get("run") for step in _jobs()["linux"]["steps"]]


def test_that_the_tests_run_on_three_systems_under_each_python_we_promise() -> None:
    jobs = _jobs()
    assert jobs["others"]["strategy"]["matrix"]["system"] == ["windows-latest", "macos-latest"]
    for job in jobs.values():
        assert job["strategy"]["matrix"]["python"] == ["3.11", "3.12", "3.13"]


def test_that_qts_libraries_are_the_same_ones_wherever_they_are_named() -> None:
    named = [
        sorted(
            word for word in (_ROOT / file).read_text(encoding="utf-8").split() if word.startswith("libxcb-")
        )
        for file in (".ci/run", ".github/workflows/tests.yml")
    ]
    assert len(named[0]) == 5
    assert named[0] == named[1]


def test_that_what_must_pass_runs_the_readmes_test_command_and_leaves_the_environment_at_hand_alone() -> None:
    script = (_ROOT / ".ci" / "run").read_text(encoding="utf-8")
    pattern = re.search(r'grep -m 1 "(.+?)" README.md', script)
    assert pattern is not None
    # grep prints whole lines.
    found = re.findall(f"{pattern[1]}.*", (_ROOT / "README.md").read_text(encoding="utf-8"), re.MULTILINE)
    command = ".venv/bin/pytest -n 2 --dist loadfile"
    assert found == [f"python3 -m venv .venv && .venv/bin/pip install -e '.[test]' && {command}"]
    assert script.index("mktemp -d") < script.index('cd "$room/checkout"') < script.index(".venv/")
