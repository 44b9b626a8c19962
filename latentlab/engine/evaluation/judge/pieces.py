"""Measures one model on one data set, a piece of the table after another.

A piece is a few columns that are measured together. What belongs to the data set itself, such as the floors
and the training pictures in a feature space, is measured when the first piece needs it, and kept.
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Mapping
from dataclasses import dataclass, field

from torch import Tensor

from latentlab.core.judgement import SPACES, Cell, Space
from latentlab.engine.evaluation.judge import classes, representation
from latentlab.engine.evaluation.judge.compared import NAMES, Figure, compare
from latentlab.engine.evaluation.judge.copying import COPIES, Copied, copying
from latentlab.engine.evaluation.judge.densities import densities
from latentlab.engine.evaluation.judge.drawing import Drawn, drawn, draws, how_drawn
from latentlab.engine.evaluation.judge.spaces import Reference, reference
from latentlab.engine.evaluation.judge.stopwatch import Stopwatch
from latentlab.engine.evaluation.judge.store import OF_DATA, Store
from latentlab.engine.evaluation.judge.subject import Subject
from latentlab.engine.evaluation.reference import spread
from latentlab.engine.files.checkpoint import LoadedModel
from latentlab.models.base import Encodes, conditional

Cells = dict[str, Cell]
# A piece of work: yields the share done of it, at the end its cells.
Work = Generator[float, None, Cells]


@dataclass(eq=False)
class JudgeContext:
    """A data set, what is known of it, and where figures are kept.

    Attributes:
        count: N, how many samples and held-out pictures are compared.
        seed: of all draws.
    """

    subject: Subject
    store: Store
    count: int
    seed: int
    _references: dict[Space, Reference] = field(default_factory=dict)
    _copied: Copied | None = None

    def reference(self, space: Space) -> Generator[float, None, Reference]:
        """The training pictures in a space."""
        if space not in self._references:
            self._references[space] = yield from reference(self.subject, space, self.count, self.store)
        return self._references[space]

    def floor(self, piece: str, measure: Callable[[], Work]) -> Work:
        """Floors by the name of their figure: those that are kept, or measured now."""
        kept = self.store.cells(OF_DATA, f"floor-{piece}")
        if kept is None:
            kept = yield from measure()
            self.store.keep(OF_DATA, f"floor-{piece}", kept)
        return dict(kept)

    def copied(self) -> Generator[float, None, Copied]:
        """How near held-out pictures come to training pictures."""
        if self._copied is None:
            self._copied = yield from Copied.of(self.subject, self.count)
        return self._copied


@dataclass(eq=False)
class JudgedModel:
    """A model that is measured; it encodes and draws when the first piece needs that."""

    context: JudgeContext
    loaded: LoadedModel
    _drawn: Drawn | None = None
    _encoded: tuple[Tensor, Tensor] | None = None

    def encodings(self) -> Generator[float, None, tuple[Tensor, Tensor]]:
        """The encodings of all training and of all held-out pictures."""
        if self._encoded is None:
            train = yield from representation.encoded(self.loaded, self.context.subject.train)
            self._encoded = train, (yield from representation.encoded(self.loaded, self.context.subject.test))
        return self._encoded

    def samples(self) -> Generator[float, None, Drawn]:
        """Its samples."""
        if self._drawn is None:
            context = self.context
            self._drawn = yield from drawn(
                self.loaded, context.subject, context.count, context.seed, context.store
            )
        return self._drawn


def _density(on: JudgedModel) -> Work:
    return (yield from densities(on.loaded, on.context.subject, on.context.seed))


def _in_space(on: JudgedModel, space: Space) -> Work:
    context, keys = on.context, [f"{name}.{space}" for name in NAMES]
    why = "" if draws(on.loaded.model) else _NO_SAMPLES
    if not why and space == "features":
        why = context.subject.without_classifier(on.loaded.card)
    if why:
        return dict.fromkeys(keys, Cell(note=why))
    known = yield from context.reference(space)

    def of_held_out() -> Work:
        points = yield from known.points(spread(context.subject.test.images, context.count))
        return _as_cells((yield from compare(known, points, context.seed)), context.count)

    floors = yield from context.floor(space, of_held_out)
    samples = yield from on.samples()
    points = yield from known.points(samples.pictures)
    figures = yield from compare(known, points, context.seed)
    return {
        f"{name}.{space}": _cell(figure, len(points), floors.get(name), how_drawn(on.loaded.model))
        for name, figure in figures.items()
    }


def _classes(on: JudgedModel) -> Work:
    context = on.context
    why = _NO_SAMPLES if not draws(on.loaded.model) else context.subject.without_classifier(on.loaded.card)
    if why:
        return dict.fromkeys(("as_asked", "evenness"), Cell(note=why))
    shares = yield from classes.frequencies(context.subject, context.store)

    def of_held_out() -> Work:
        found = yield from classes.held_out(context.subject, context.count, shares, context.seed)
        return _as_cells(found, context.count)

    floors = yield from context.floor("classes", of_held_out)
    samples = yield from on.samples()
    shown = yield from classes.seen(context.subject, samples.pictures)
    found: Figure | str = "it cannot be asked for a class or attributes"
    if samples.y is not None and conditional(on.loaded.model) is not None:
        found = classes.as_asked(context.subject, on.loaded.model, shown, samples.y)
    even = classes.evenness(context.subject, shown, shares, context.seed)
    asked = Cell(note=found) if isinstance(found, str) else _cell(found, len(shown), floors.get("as_asked"))
    return {"as_asked": asked, "evenness": _cell(even, len(shown), floors.get("evenness"))}


def _copies(on: JudgedModel) -> Work:
    context = on.context
    if not draws(on.loaded.model):
        return dict.fromkeys(COPIES, Cell(note=_NO_SAMPLES))
    copied = yield from context.copied()

    def of_held_out() -> Work:
        return _as_cells((yield from copying(copied, copied.others)), len(copied.others))

    floors = yield from context.floor("copies", of_held_out)
    samples = yield from on.samples()
    figures = yield from copying(copied, samples.pictures)
    return {name: _cell(figure, len(samples.pictures), floors.get(name)) for name, figure in figures.items()}


def _probe(on: JudgedModel, name: str) -> Work:
    context, (labels, _) = on.context, representation.LABELS[name]
    why = representation.why_no_probe(context.subject, on.loaded.model, labels)
    if why:
        return {name: Cell(note=why)}

    def of_components() -> Work:
        figure = yield from representation.component_probe(name, context.subject, context.store, context.seed)
        return {name: Cell(figure.value, figure.error)}

    floors = yield from context.floor(name, of_components)
    train, test = yield from on.encodings()
    figure, count = yield from representation.probe(name, train, test, context.subject, context.seed)
    return {name: _cell(figure, count, floors.get(name))}


def _reconstruction(on: JudgedModel) -> Work:
    model = on.loaded.model
    if not isinstance(model, Encodes):
        return dict.fromkeys(("reconstruction", "active_units"), Cell(note="it does not encode pictures"))
    figure, active, count = yield from representation.reconstruction(on.loaded, on.context.subject)
    units = Cell(float(active), None, count, note=f"of {model.latents:,}")
    if figure.value != figure.value:
        return {"reconstruction": Cell(note="it does not decode pictures"), "active_units": units}

    def of_components() -> Work:
        best = yield from representation.rebuilt_by_components(
            on.context.subject, model.latents, on.context.store
        )
        return {"reconstruction": Cell() if best is None else Cell(best.value, best.error)}

    floors = yield from on.context.floor(f"components-{model.latents}", of_components)
    return {"reconstruction": _cell(figure, count, floors["reconstruction"]), "active_units": units}


@dataclass(frozen=True)
class Piece:
    """Columns that are measured together.

    Attributes:
        name: of its file.
        keys: of the columns.
        words: what is done.
        weight: about how long it takes, in some unit.
        draws: whether it needs samples.
    """

    name: str
    keys: tuple[str, ...]
    words: str
    weight: float
    measure: Callable[[JudgedModel], Work] = field(repr=False)
    draws: bool = False


def _space_piece(space: Space) -> Piece:
    keys = tuple(f"{name}.{space}" for name in NAMES)
    return Piece(
        f"space-{space}", keys, "comparing samples", 2.0, lambda on: _in_space(on, space), draws=True
    )


def _probe_piece(name: str) -> Piece:
    return Piece(name, (name,), "training a probe", 1.0, lambda on: _probe(on, name))


# In this order: what takes longest last.
PIECES = (
    Piece("reconstruction", ("reconstruction", "active_units"), "rebuilding pictures", 0.5, _reconstruction),
    *map(_probe_piece, representation.LABELS),
    Piece("density", ("nats", "bits"), "measuring log p(x)", 6.0, _density),
    *map(_space_piece, SPACES),
    Piece("classes", ("as_asked", "evenness"), "looking for classes", 0.5, _classes, draws=True),
    Piece("copies", COPIES, "looking for copies", 3.0, _copies, draws=True),
)
_NO_SAMPLES = "it does not draw pictures"


def timed(work: Work) -> Work:
    """The same work, with the seconds that it took in its cells."""
    seconds = 0.0
    while True:
        watch = Stopwatch()
        try:
            share = next(work)
        except StopIteration as ended:
            seconds += watch.seconds
            cells: Mapping[str, Cell] = ended.value
            return {key: _with_time(cell, seconds) for key, cell in cells.items()}
        seconds += watch.seconds
        yield share


def _with_time(cell: Cell, seconds: float) -> Cell:
    return Cell(**{**vars(cell), "seconds": seconds})


def _as_cells(figures: Mapping[str, Figure], count: int) -> Cells:
    return {name: _cell(figure, count, None) for name, figure in figures.items()}


def _cell(figure: Figure, count: int, floor: Cell | None, note: str = "") -> Cell:
    return Cell(
        figure.value,
        figure.error if figure.error == figure.error else None,
        count,
        floor=None if floor is None else floor.value,
        floor_error=None if floor is None else floor.error,
        note=note,
        behind=figure.behind,
    )
