"""Copies of what is not saved: none takes the place of another that was not saved either."""

from __future__ import annotations

from pathlib import Path

from latentlab.qt.controllers.project_copies import ProjectCopies
from latentlab.session.project import Project, to_json
from latentlab.session.state import SessionState


def project(probe: float) -> Project:
    return Project(session=SessionState(probe=(probe, 0.0)))


def test_that_every_session_before_a_project_is_kept(tmp_path: Path) -> None:
    copies = ProjectCopies(tmp_path)
    for number in range(4):
        copies.keep_before(project(float(number)))
    assert copies.before.exists()
    assert len(list(tmp_path.glob("session before*.llab"))) == 4


def test_that_a_copy_that_cannot_be_read_is_put_aside_and_not_replaced(tmp_path: Path) -> None:
    copies, path = ProjectCopies(tmp_path), tmp_path / "mine.llab"
    copies.keep(path, project(1.0))
    copies.of(path).write_bytes(b"damaged")
    assert copies.find(path) is None
    copies.keep(path, project(2.0))
    found = copies.find(path)
    assert found is not None
    assert to_json(found.project) == to_json(project(2.0))
    kept = [one for one in tmp_path.glob("mine-*.llab") if one.read_bytes() == b"damaged"]
    assert len(kept) == 1
