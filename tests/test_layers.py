"""Coverage is told by layer."""

from __future__ import annotations

from tests.layers import as_text, by_layer


def _file(covered: int, statements: int) -> dict[str, dict[str, int]]:
    return {"summary": {"covered_lines": covered, "num_statements": statements}}


def test_that_lines_are_counted_by_layer_and_rooms_of_large_layers_by_themselves() -> None:
    report = {
        "files": {
            "latentlab/cli.py": _file(3, 4),
            "latentlab/core/gaussian.py": _file(10, 10),
            "latentlab/qt/app.py": _file(1, 2),
            "latentlab/qt/views/probe/view.py": _file(5, 10),
            "latentlab\\qt\\views\\tray\\view.py": _file(5, 10),
            "latentlab/models/vae/model.py": _file(0, 0),
        }
    }
    assert by_layer(report) == {
        "": (24, 36),
        "latentlab/*.py": (3, 4),
        "latentlab/core": (10, 10),
        "latentlab/models": (0, 0),
        "latentlab/qt": (1, 2),
        "latentlab/qt/views": (10, 20),
    }


def test_that_a_line_tells_the_share_and_the_last_one_that_of_all() -> None:
    lines = as_text({"": (3, 4), "latentlab/core": (3, 4), "latentlab/models": (0, 0)}).splitlines()
    assert [line.split()[0] for line in lines] == ["latentlab/core", "latentlab/models", "all"]
    assert lines[0].endswith("75.0 %")
    assert lines[1].endswith(" -")
