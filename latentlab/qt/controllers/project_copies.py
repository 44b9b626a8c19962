"""Copies of projects that are not saved yet, so that neither a crash nor another project loses anything.

They lie in a folder of their own, one for each project, named by the project's path. The session that was
arranged without a project is kept when one is opened.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from latentlab.engine.files.project_file import SUFFIX, read_document, write_project
from latentlab.errors import LabError
from latentlab.session.project import Project, from_json, to_json

_BEFORE, _MOST_BEFORE = "session before", 50


@dataclass(frozen=True)
class UnsavedCopy:
    """What has been kept of a project since it was saved last, and when."""

    project: Project
    when: datetime

    @property
    def time(self) -> str:
        """The time in words: of today without the date."""
        today = self.when.date() == datetime.now().date()
        return self.when.strftime("%H:%M" if today else "%Y-%m-%d %H:%M")


class ProjectCopies:
    """The folder of these copies.

    Args:
        folder: where they lie; it is made when it is needed.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    @property
    def unpacked(self) -> Path:
        """The folder for what is packed into projects."""
        return self.folder / "unpacked"

    @property
    def before(self) -> Path:
        """The session that was there before a project was opened; it may not exist."""
        return self.folder / f"{_BEFORE}{SUFFIX}"

    def of(self, path: Path) -> Path:
        """The copy of a project; it may not exist."""
        digest = hashlib.sha256(os.fsencode(os.path.realpath(path))).hexdigest()[:16]
        return self.folder / f"{path.stem[:40]}-{digest}{SUFFIX}"

    def keep(self, path: Path, project: Project) -> None:
        """Keeps what is not saved yet of a project.

        Raises:
            LabError: if it cannot be written.
        """
        self._write(self.of(path), project)

    def keep_before(self, project: Project) -> None:
        """Keeps the session that belongs to no project; those that were kept before stay, under their times.

        Raises:
            LabError: if it cannot be written.
        """
        with contextlib.suppress(OSError):
            if self.before.exists():
                self._put_aside(self.before)
                for old in sorted(self.folder.glob(f"{_BEFORE} *{SUFFIX}"))[:-_MOST_BEFORE]:
                    old.unlink()
        self._write(self.before, project)

    def drop(self, path: Path) -> None:
        """The project has been saved: its copy is not needed any more."""
        with contextlib.suppress(OSError):
            self.of(path).unlink()

    def find(self, path: Path) -> UnsavedCopy | None:
        """What was not saved of a project, if that is newer than the project; None else, or if unreadable."""
        copy = self.of(path)
        try:
            then = copy.stat().st_mtime
            if path.exists() and path.stat().st_mtime > then:
                return None
            return UnsavedCopy(from_json(read_document(copy)), datetime.fromtimestamp(then))
        except OSError:
            return None
        except LabError:
            # Whatever is wrong with it, the next copy must not replace it.
            with contextlib.suppress(OSError):
                self._put_aside(copy)
            return None

    def _put_aside(self, path: Path) -> None:
        """Gives a copy the name of its time, so that another can take its place."""
        when = datetime.fromtimestamp(path.stat().st_mtime)
        path.replace(path.with_name(f"{path.stem} {when:%Y-%m-%d %H.%M.%S.%f}{SUFFIX}"))

    def _write(self, path: Path, project: Project) -> None:
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise LabError(f"could not be made ({error.strerror or error})", self.folder) from None
        write_project(path, to_json(project))
