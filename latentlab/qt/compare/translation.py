"""Translates an edit in one column for another: the same point or picture in another latent space.

Where two models have the same number of latents, the probe has the same z in both. Otherwise, each column
moves its own probe within its own plane, to the same (u, v). An autoencoder has no prior that would define a
unit: its points may be measured in the spread of its own codes instead (see `scales`). A picture has its own
encoding in each.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from latentlab.engine.types import Point
from latentlab.qt.clients.workspace import Workspace
from latentlab.qt.compare.scales import Scales
from latentlab.session.edits import (
    Edit,
    HideClasses,
    MoveProbe,
    PointAt,
    SelectImage,
    SetCondition,
    SetLayers,
)
from latentlab.session.own_edits import SetGroups
from latentlab.session.point_edits import ColourBy, FindPoints, HideWords, ShowAllPoints, ShowRange


def translated(edit: Edit, source: Workspace, target: Workspace, scales: Scales | None = None) -> Edit | None:
    """The translation of `edit`, made at `source`, for `target`; None if it concerns the source alone.

    With `scales`, points without a prior are measured in the spread of the codes.
    """
    here, there = source.model, target.model
    if here is None or there is None:
        return None
    match edit:
        case MoveProbe():
            if not (here.latents and there.latents):
                return None  # without a latent space there are no points
            return replace(edit, z=carried(edit.z, source, target, scales))
        case SelectImage():
            if edit.index is not None and edit.index >= len(there.images):
                return None
            z = None if edit.z is None else target.place_of(edit.index)
            return replace(edit, z=z, condition=target.told_of(edit.index))
        case PointAt():
            return replace(edit, z=None if edit.z is None else target.place_of(picture_at(edit.z, source)))
        case HideClasses():
            return edit if here.classes == there.classes else None
        case SetLayers() | ColourBy() | FindPoints() | ShowRange() | HideWords() | ShowAllPoints():
            # Columns are named: what a model or its data do not have is left aside there.
            return edit
        case SetGroups():
            return edit if (here.data, here.split) == (there.data, there.split) else None
        case SetCondition():
            # Compensation in one latent space has no meaning in another.
            return replace(edit, z=None) if here.condition_names == there.condition_names else None
    return None


def carried(z: Point, source: Workspace, target: Workspace, scales: Scales | None = None) -> Point:
    """Where the probe of `target` moves when that of `source` moves to z."""
    probe = target.state.probe
    here, there = (None, None) if scales is None else (scales.of(source), scales.of(target))
    if len(z) == len(probe):
        place = z if here is None else here.space.measured(z)
        return place if there is None else there.space.place(place)
    flat: Point = source.projection.to_plane(z)
    flat = flat if here is None else here.plane.measured(flat)
    u, v = flat if there is None else there.plane.place(flat)
    if source.projection.flat:
        # A single latent has no second direction.
        v = target.projection.to_plane(probe)[1]
    return target.projection.place(probe, u, v)


def picture_at(z: Point, workspace: Workspace) -> int | None:
    """The picture whose encoding is exactly z."""
    found = workspace.encodings
    if found is None or found.mean.shape[1] != len(z):
        return None
    rows = np.flatnonzero((found.mean == np.asarray(z, dtype=np.float32)).all(axis=1))
    return int(rows[0]) if len(rows) else None
