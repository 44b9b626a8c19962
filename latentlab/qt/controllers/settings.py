"""The settings that persist between starts: window geometry, theme, session, sampler settings of tapes.

One INI file. Every value is checked: what is damaged starts from its default, and the rest is kept; of a file
that cannot be read, or is of another version, nothing is. The file is then copied aside as `<name>.damaged`,
and `complaint` says what was lost, once. A session larger than the limits starts without the excess, and is
copied aside as `<name>.larger`.
"""

from __future__ import annotations

import contextlib
import json
import os
import shutil
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from PySide6.QtCore import QByteArray, QSettings

from latentlab.data.files import NoRegularFileError, require_regular
from latentlab.engine.diffusion import recipes
from latentlab.engine.diffusion.recipes import Recipe
from latentlab.engine.files.film_plan import FilmPlan, plan_from
from latentlab.engine.files.kept_paths import kept_model
from latentlab.errors import LabError
from latentlab.qt.widgets.colours import Theme
from latentlab.session import bounds, recent_data, recent_models, saved
from latentlab.session.memories import lasting
from latentlab.session.recent_data import RecentData
from latentlab.session.state import SessionState

VERSION = 1
_HIGHEST_SCALE = 16
_NAME = "LatentLab"
# The largest allowed session takes a third. Qt's own blobs are usually some kilobytes.
_MOST_BYTES, _MOST_BLOB = 2**25, 2**16
_MOST_SESSION = 2**24
MOST_PROJECTS = 8
_LAYOUTS, _FILMS, _MOST_KEYS = "layouts", "films", 50


class Settings:
    """Reads at once, writes at `save`. Two windows on one file do no harm: the last one to save wins.

    Args:
        path: the INI file; None takes the user's own (which `QSettings.setPath` can move).
    """

    def __init__(self, path: Path | None = None) -> None:
        self.path = _own_path() if path is None else path.absolute()
        self.complaint = ""
        # Qt reads the file as soon as it knows its path.
        unfit = _unfit(self.path)
        self._store = None if unfit else QSettings(str(self.path), QSettings.Format.IniFormat)
        self._start_over()
        if unfit:
            self.reject(unfit)
        else:
            self._read()

    def _start_over(self) -> None:
        """Resets everything to its default."""
        self.theme = Theme.SYSTEM
        self.session: SessionState | None = None
        self.geometry = QByteArray()
        # The layout of each workspace by its name, and which is current.
        self.layouts: dict[str, QByteArray] = {}
        self.workspace = ""
        # The one layout of the window, from before there were workspaces.
        self.older_layout = QByteArray()
        self.scale, self.folder = 8, ""
        # How films were saved last, by what they show: "walk" and so on.
        self.films: dict[str, FilmPlan] = {}
        self.recent: tuple[RecentData, ...] = ()
        self.projects: tuple[str, ...] = ()
        # Paths of model files, and the data of which a second model has been proposed.
        self.recent_models: tuple[str, ...] = ()
        self.proposed: tuple[str, ...] = ()
        # The diffusion model that was open, a name or a path, and its sampler settings.
        self.tape: tuple[str, Recipe] | None = None
        # The path of the open project, "" for none; `projects` are those opened last, newest first.
        self.project = ""
        # What could not be done when the window was closed: said at the next start.
        self.farewell = ""

    def _read(self) -> None:
        assert self._store is not None
        try:
            if not self.path.exists() or self.path.stat().st_size == 0:
                return
            if self._store.status() is not QSettings.Status.NoError:
                raise LabError("cannot be read")
            if (version := self._text("version")) != str(VERSION):
                raise LabError(f"is of version {version or 'unknown'}, not {VERSION}")
        except (LabError, OSError) as error:
            self.reject(str(error) if isinstance(error, LabError) else "is damaged")
            return
        lost = []
        for words, keys, read in (
            ("theme", ("theme",), self._read_theme),
            ("size and folder of saved pictures", ("scale", "folder"), self._read_export),
            ("speed and duration of saved walks", (_FILMS,), self._read_films),
            ("recently opened data and models", ("recent", "recentModels", "proposed"), self._read_recent),
            ("model and sampler of the workspace Diffusion", ("tape", "denoiser"), self._read_tape),
            ("open project and recent projects", ("project", "projects", "farewell"), self._read_projects),
            ("position of the window", ("geometry",), self._read_place),
            ("layout of the panels", ("layout", "workspace", _LAYOUTS), self._read_layouts),
            ("open model, probe, pins and all else of the session", ("session",), self._read_session),
        ):
            try:
                read()
            except (LabError, ValueError, TypeError):
                lost.append((words, keys))
        if lost:
            self.give_up([words for words, _ in lost], [key for _, keys in lost for key in keys])

    def _read_theme(self) -> None:
        self.theme = Theme(self._text("theme"))

    def _read_export(self) -> None:
        scale = int(self._text("scale"))
        if not 1 <= scale <= _HIGHEST_SCALE:
            raise LabError("has a scale out of range")
        self.scale, self.folder = scale, self._text("folder")

    def _read_recent(self) -> None:
        self.recent = recent_data.from_text(self._text("recent", _MOST_BYTES) or "[]")
        self.recent_models = recent_models.from_text(self._text("recentModels", _MOST_BYTES) or "[]")
        self.proposed = recent_models.names_in(self._text("proposed", _MOST_BYTES) or "[]")

    def _read_tape(self) -> None:
        if recipe := self._text("tape", _MOST_BYTES):
            # One of another version, or of a file that cannot be named, is no news.
            with contextlib.suppress(LabError):
                self.tape = self._text("denoiser"), recipes.from_json(recipe)

    def _read_projects(self) -> None:
        self.project, self.projects = self._text("project"), _paths(self._text("projects", _MOST_BYTES))
        self.complaint = self._text("farewell", _MOST_BYTES)

    def _read_place(self) -> None:
        self.geometry = self._bytes("geometry")

    def _read_layouts(self) -> None:
        self.older_layout, self.workspace = self._bytes("layout"), self._text("workspace")
        self.layouts = {name: self._bytes(f"{_LAYOUTS}/{name}") for name in self._keys_of(_LAYOUTS)}

    def _read_films(self) -> None:
        found = ((name, plan_from(self._text(f"{_FILMS}/{name}"))) for name in self._keys_of(_FILMS))
        self.films = {name: plan for name, plan in found if plan is not None}

    def _read_session(self) -> None:
        if text := self._text("session", _MOST_BYTES):
            self._take(saved.from_text(text))

    def _take(self, found: SessionState) -> None:
        """Takes the session, within the limits."""
        self.session, over = bounds.within(found)
        if over:
            aside = self.keep_aside("larger")
            kept = f"; the old file is kept as {aside.name}" if aside else ""
            self._complain(f"{self.path.name}: the session had {', '.join(over)}. It goes on without{kept}.")

    def _text(self, key: str, most: int = bounds.MAX_LETTERS) -> str:
        assert self._store is not None
        value = self._store.value(key, "")
        if not isinstance(value, str) or len(value) > most:
            raise LabError("is damaged")
        return value

    def _bytes(self, key: str) -> QByteArray:
        assert self._store is not None
        value = self._store.value(key, QByteArray())
        if not isinstance(value, QByteArray) or value.size() > _MOST_BLOB:
            raise LabError("is damaged")
        return value

    def _keys_of(self, group: str) -> list[str]:
        assert self._store is not None
        self._store.beginGroup(group)
        names = self._store.childKeys()
        self._store.endGroup()
        if len(names) > _MOST_KEYS:
            raise LabError("is damaged")
        return names

    def give_up(self, parts: Sequence[str], keys: Sequence[str]) -> None:
        """These parts cannot be believed: they start from their defaults, and the rest is kept.

        Args:
            parts: their names in words.
            keys: what stores them.
        """
        aside = self.keep_aside("damaged")
        assert self._store is not None
        for key in keys:
            self._store.remove(key)
        kept = f"; the damaged file is kept as {aside.name}" if aside else ""
        self._complain(
            f"The settings file {self.path.name} is damaged. Back to their defaults: {'; '.join(parts)}. "
            f"Everything else is as it was{kept}."
        )

    def _complain(self, words: str) -> None:
        self.complaint = f"{self.complaint} {words}".strip()

    def reject(self, reason: str) -> None:
        """The file is invalid: keeps a copy aside, and returns to the defaults."""
        aside = self.keep_aside("damaged")
        kept = f"; the old file is kept as {aside.name}" if aside else ""
        if self._store is not None:
            self._store.clear()
        elif aside is not None:  # it was too large to be read, and has been moved aside
            self._store = QSettings(str(self.path), QSettings.Format.IniFormat)
        self._start_over()
        self.complaint = f"{self.path.name}: {reason}. Settings start from their defaults{kept}."

    def keep_aside(self, ending: str) -> Path | None:
        """Copies the file to `<name>.<ending>`, or moves it there if it was too large to be read.

        Returns:
            Where it went; None if that could not be done.
        """
        aside = self.path.with_name(f"{self.path.name}.{ending}")
        with contextlib.suppress(OSError):
            require_regular(self.path.stat(), self.path)
            if self._store is None:
                os.replace(self.path, aside)
            else:
                shutil.copyfile(self.path, aside)
            return aside
        return None

    def save(self) -> bool:
        """Writes everything; returns whether that worked."""
        if self._store is None:
            return False
        for key, value in (
            ("version", str(VERSION)),
            ("theme", self.theme.value),
            ("session", "" if self.session is None else _session_text(lasting(self.session))),
            ("project", self.project),
            ("farewell", self.farewell),
            ("projects", json.dumps(self.projects)),
            ("scale", str(self.scale)),
            ("folder", self.folder),
            ("recent", recent_data.to_text(self.recent)),
            ("recentModels", recent_models.to_text(self.recent_models)),
            ("proposed", recent_models.to_text(self.proposed)),
            ("denoiser", kept_model(self.tape[0]) if self.tape else ""),
            ("tape", recipes.as_json(self.tape[1]) if self.tape else ""),
            ("geometry", self.geometry),
            ("workspace", self.workspace),
        ):
            self._store.setValue(key, value)
        if self.layouts:
            self._store.remove("layout")
        for what, plan in self.films.items():
            self._store.setValue(f"{_FILMS}/{what}", plan.as_text())
        for name, layout in self.layouts.items():
            self._store.setValue(f"{_LAYOUTS}/{name}", layout)
        self._store.sync()
        return self._store.status() is QSettings.Status.NoError


def _own_path() -> Path:
    """The user's own file. Given another name beside it, Qt reports the path without reading the file."""
    scope = QSettings.Scope.UserScope
    beside = Path(QSettings(QSettings.Format.IniFormat, scope, _NAME, f"{_NAME}-place").fileName())
    return beside.with_name(f"{_NAME}.ini")


def _unfit(path: Path) -> str:
    """Why Qt must not read this file; "" if it may, or if there is none."""
    try:
        about = path.stat()
    except OSError:
        return ""
    try:
        require_regular(about, path)
    except NoRegularFileError as error:
        return str(error.strerror)
    return f"is over {_MOST_BYTES // 2**20} MiB" if about.st_size > _MOST_BYTES else ""


def _session_text(state: SessionState) -> str:
    """The session as it is stored; if there is too much, without what has waited longest."""
    text = saved.to_text(state)
    while len(text) > _MOST_SESSION and state.memories:
        state = replace(state, memories=state.memories[1:])
        text = saved.to_text(state)
    return text


def _paths(text: str) -> tuple[str, ...]:
    """The paths of a stored list; none if it is of another version."""
    try:
        found = json.loads(text or "[]")
    except (ValueError, RecursionError):
        return ()
    known = [path for path in found if isinstance(path, str)] if isinstance(found, list) else []
    return tuple(known[:MOST_PROJECTS])
