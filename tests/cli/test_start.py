"""What is imported and when, and how the window is asked for."""

from __future__ import annotations

import builtins
import os
import subprocess
import sys
import types
from pathlib import Path

import pytest

from latentlab.cli import main
from latentlab.commands.window import DEBIAN_PACKAGES, open_window
from latentlab.errors import LabError
from latentlab.version import __version__

PROBE = """
import sys
from latentlab.cli import main
code = main(sys.argv[1:])
heavy = ("torch", "PySide6", "pyqtgraph", "latentlab.qt")
print("\\nloaded:", *(name for name in heavy if name in sys.modules))
sys.exit(code)
"""
LOOKS = "GOMP_SPINCOUNT"
COMMANDS = (
    "open",
    "list",
    "train",
    "evaluate",
    "manifold",
    "sample",
    "encode",
    "interpolate",
    "attributes",
    "arithmetic",
    "analogy",
)


def _loaded_by(*words: str) -> list[str]:
    done = subprocess.run([sys.executable, "-c", PROBE, *words], capture_output=True, text=True, check=True)
    return done.stdout.rpartition("loaded:")[2].split()


@pytest.mark.parametrize(
    "words",
    [["--help"], ["--version"], ["evaluate", "--help"], ["arithmetic", "--help"], ["train", "vae", "--help"]],
    ids=" ".join,
)
def test_that_help_and_version_import_neither_torch_nor_qt(words: list[str]):
    assert _loaded_by(*words) == []


def test_that_commands_import_no_qt():
    assert _loaded_by("list") == ["torch"]


def _start(*words: str, **options: object) -> subprocess.CompletedProcess[str]:
    program = [sys.executable, "-m", "latentlab", *words]
    return subprocess.run(program, check=False, capture_output=True, text=True, timeout=60, **options)


def test_that_python_m_latentlab_is_the_same_command():
    done = _start("--version")
    assert (done.returncode, done.stdout) == (0, f"latentlab {__version__}\n")


def test_that_bad_input_ends_the_process_with_2():
    done = _start("dance")
    assert (done.returncode, done.stdout, done.stderr.count("\n")) == (2, "", 1)


def test_that_no_display_is_told_on_one_line_with_2():
    bare = {name: value for name, value in os.environ.items() if "DISPLAY" not in name}
    bare.pop("QT_QPA_PLATFORM", None)
    done = _start(env=bare)
    assert (done.returncode, done.stderr.count("\n")) == (2, 1)
    assert "no display" in done.stderr


def test_that_a_reader_who_leaves_early_sees_no_traceback():
    words = [sys.executable, "-m", "latentlab", "list"]
    with subprocess.Popen(words, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as started:
        started.stdout.close()
        assert started.stderr.read() == ""


@pytest.mark.parametrize("command", COMMANDS)
def test_that_each_command_has_help_with_an_example(command: str, capsys: pytest.CaptureFixture[str]):
    assert main([command, "--help"]) == 0
    text = capsys.readouterr().out
    assert f"\nexample:\n  latentlab {command} " in text


def test_that_the_window_gets_the_model_and_the_data_that_were_asked_for(monkeypatch, tmp_path):
    opened = []
    app = types.ModuleType("latentlab.qt.app")
    app.main = lambda argv, model=None, data=None: opened.append((argv, model, data)) or 7
    monkeypatch.setitem(sys.modules, "latentlab.qt", types.ModuleType("latentlab.qt"))
    monkeypatch.setitem(sys.modules, "latentlab.qt.app", app)
    monkeypatch.setenv("QT_QPA_PLATFORM", "offscreen")
    mine = tmp_path / "mine.safetensors"
    mine.touch()
    (tmp_path / "my.llab").touch()
    assert main([]) == 7
    assert main(["open", str(mine)]) == 7
    cats = tmp_path / "cats"
    cats.mkdir()
    monkeypatch.chdir(tmp_path)
    assert main(["--data", "cats"]) == 7
    assert main(["--data", str(cats), "open"]) == 7
    assert main(["open", str(mine), "--data", "cats::side=32"]) == 7
    assert main(["open", "--data", "faces"]) == 7
    assert main(["open", "my.llab"]) == 7
    assert [(model, data) for _, model, data in opened] == [
        (None, None),
        (str(mine), None),
        (None, str(cats)),
        (None, str(cats)),
        (str(mine), f"{cats}::side=32"),
        (None, "faces"),
        (str(tmp_path / "my.llab"), None),
    ]
    assert all(argv == ["latentlab"] for argv, _, _ in opened)


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["--data", "gone"], "gone: there is no such file or folder"),
        (["open", "--data", "x::side=9999"], "9999"),
        (["open", "my.llab", "--data", "faces"], "a project is opened on its own pictures"),
        (["--data", "faces", "evaluate", "mnist-vae-2d"], "--data before a command is for the window"),
    ],
)
def test_that_data_that_cannot_be_opened_are_refused_before_the_window(
    words: list[str], told: str, monkeypatch, capsys, tmp_path
):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "my.llab").touch()
    assert main(words) == 2
    assert told in capsys.readouterr().err


def _refuse_import(monkeypatch: pytest.MonkeyPatch, error: ImportError) -> None:
    real = builtins.__import__

    def refusing(name, *rest, **options):
        if name == "latentlab.qt.app":
            raise error
        return real(name, *rest, **options)

    monkeypatch.setattr(builtins, "__import__", refusing)


def test_that_missing_libraries_of_qt_are_named_with_what_to_install(monkeypatch):
    _refuse_import(monkeypatch, ImportError("libEGL.so.1: cannot open shared object file"))
    with pytest.raises(LabError) as caught:
        open_window(None, {"DISPLAY": ":0"})
    assert "libEGL.so.1" in str(caught.value)
    assert DEBIAN_PACKAGES in str(caught.value)


def test_that_a_faulty_import_of_ours_is_no_missing_library(monkeypatch):
    _refuse_import(monkeypatch, ImportError("no such name", name="latentlab.qt.views"))
    with pytest.raises(ImportError, match="no such name"):
        open_window(None, {"DISPLAY": ":0"})


@pytest.mark.parametrize(("before", "after"), [(None, "2000"), ("7", "7")])
def test_that_torchs_threads_leave_the_cores_to_others_unless_somebody_says_how_long_they_look(
    before: str | None, after: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv(LOOKS, raising=False)
    if before:
        monkeypatch.setenv(LOOKS, before)
    else:
        monkeypatch.setenv(LOOKS, "to be put back")
        monkeypatch.delenv(LOOKS)
    assert main(["--version"]) == 0
    assert os.environ[LOOKS] == after
    monkeypatch.delenv(LOOKS)


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs a disk that is always full")
@pytest.mark.parametrize(
    ("redirected", "code", "errors"),
    [
        (">&-", 0, ""),
        ("2>&-", 0, ""),
        (">/dev/full", 2, "latentlab: the output could not be written (No space left on device)\n"),
    ],
)
def test_that_output_that_goes_nowhere_is_no_traceback(redirected: str, code: int, errors: str):
    command = f'"{sys.executable}" -m latentlab list {redirected}'
    done = subprocess.run(["sh", "-c", command], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (code, errors)


def test_that_a_refusal_with_no_stderr_does_not_get_into_the_output():
    command = f'"{sys.executable}" -m latentlab evaluate nope 2>&-'
    done = subprocess.run(["sh", "-c", command], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout) == (2, "")
