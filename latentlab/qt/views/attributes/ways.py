"""The two ways to change an attribute of a conditional model's picture: by vector and by condition."""

from __future__ import annotations

from typing import TYPE_CHECKING

from latentlab.engine.attributes.implications import Implied
from latentlab.engine.rendering.requests.opening import LoadedReply
from latentlab.engine.types import Point
from latentlab.qt.clients.workspace import Workspace
from latentlab.session.conditions import alternatives, change_in_words, holds, told
from latentlab.session.edits import AddAttributes, SetCondition

if TYPE_CHECKING:
    from latentlab.engine.attributes.directions import Directions


class Ways:
    """Computes changes for the open model; changes nothing itself.

    Attributes:
        names, exclusive: the conditions, and whether exactly one of them holds.
        directions: the vectors; None while unknown.
    """

    def __init__(self, workspace: Workspace) -> None:
        self._workspace = workspace
        self.names: tuple[str, ...] = ()
        self.exclusive = True
        self.directions: Directions | None = None
        self._implied: Implied = ()

    def begin(self, model: LoadedReply) -> bool:
        """Starts with another model, whose vectors have yet to be found; returns whether its conditions
        differ.
        """
        before = self.names, self.exclusive
        self.names, self.exclusive = model.condition_names, model.exclusive
        self._implied, self.directions = model.implied, None
        return (self.names, self.exclusive) != before

    @property
    def known(self) -> bool:
        """Whether the session has a value for each condition."""
        return bool(self.names) and len(self._workspace.state.condition) == len(self.names)

    # By vector

    def vector_of(self, name: str) -> Directions | None:
        """The directions, if they include this name and fit the probe."""
        found = self.directions
        fits = found is not None and name in found.names and found.latents == len(self._workspace.state.probe)
        return found if fits else None

    def auc(self, name: str) -> float | None:
        """How well the vector of this name separates held-out pictures; None if there is none."""
        found = self.directions
        return found.trust[found.names.index(name)].auc if found is not None and name in found.names else None

    def _step(self, number: int) -> float:
        """The amount of its vector that inverts an attribute: +1 or -1."""
        there = holds(self._workspace.state.condition[number])
        return 0.0 if self.exclusive and there else -1.0 if there else 1.0

    def _moved(self, number: int) -> Point:
        """The probe with an attribute inverted by vector; unchanged if there is no vector."""
        z, name = self._workspace.state.probe, self.names[number]
        found = self.vector_of(name)
        return z if found is None else tuple(map(float, found.shift(z, {name: self._step(number)})))

    def by_vector(self, name: str) -> AddAttributes | None:
        """The edit that inverts it by vector; None if there is no vector, or nothing to change."""
        number = self.names.index(name)
        step = self._step(number)
        if self.vector_of(name) is None or not step:
            return None
        amounts = dict(self._workspace.state.amounts)
        amounts[name] = amounts.get(name, 0.0) + step
        kept = tuple(sorted((one, amount) for one, amount in amounts.items() if amount))
        return AddAttributes(amounts=kept, z=self._moved(number))

    # By condition

    def changed(self, name: str, value: float, before: Point) -> Point:
        """The condition with one value changed, and what that implies."""
        return told(before, self.names.index(name), value, self._implied)

    def change_in_words(self, condition: Point, number: int) -> str:
        """What a click on an attribute would change."""
        return change_in_words(condition, number, self._implied, self.names)

    def by_condition(self, name: str) -> SetCondition | None:
        """The edit that changes it; None if there is nothing to change."""
        now = self._workspace.state.condition
        chosen = alternatives(now, self.exclusive, self._implied)[self.names.index(name)]
        return (
            SetCondition(condition=chosen, z=self._workspace.compensated(chosen)) if chosen != now else None
        )

    # Both

    def places(self, rows: int) -> tuple[tuple[Point, ...], tuple[Point, ...]]:
        """Points and conditions of the probe as it is, then of `rows` attributes in both ways."""
        state = self._workspace.state
        vectors = tuple(self._moved(number) for number in range(rows))
        others = alternatives(state.condition, self.exclusive, self._implied) if rows else ()
        conditions = ((state.condition,) * (1 + len(vectors))) + others
        return (state.probe, *vectors, *map(self._workspace.compensated, others)), conditions
