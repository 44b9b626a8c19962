"""Opens a matching model and data set, from files or during a training."""

from __future__ import annotations

from collections.abc import Generator
from pathlib import Path

import torch
from torch import Tensor

from latentlab.data import catalog
from latentlab.data.image_set import ImageSet, size_in_words
from latentlab.engine.attributes.conditions import conditions_of, encoder_is_conditional
from latentlab.engine.attributes.finding import shipped_directions
from latentlab.engine.attributes.implications import Implied, implied_by
from latentlab.engine.files.checkpoint import LoadedModel, ModelCard, empty_model, load_model
from latentlab.engine.files.held_out import in_words, learnt_among
from latentlab.engine.files.recorded_data import recorded_spec
from latentlab.engine.rendering.beginning import no_pictures, typical_point
from latentlab.engine.rendering.drawing import Drawing
from latentlab.engine.rendering.known_figures import figures_of
from latentlab.engine.rendering.own_picture import Held
from latentlab.engine.rendering.prior_plane import facts_of
from latentlab.engine.rendering.requests.opening import UNKNOWN, FollowRequest, LoadedReply, LoadRequest
from latentlab.engine.rendering.unfolding import Unfolding
from latentlab.engine.types import Point
from latentlab.errors import LabError
from latentlab.models.base import (
    Classifies,
    Conditional,
    Decodes,
    Encodes,
    Samples,
    Translates,
    capabilities_of,
)
from latentlab.models.capabilities import Capability
from latentlab.models.registry import find_kind

# The hash of a model that is not a file yet.
_NO_HASH = "0" * 12


class Opened:
    """An open model and a data set that match, and what decodes with the model.

    Args:
        loaded: the model and what its file says of it.
        data: the pictures it is opened on.
        spec: the spec of the data.
        device: where the model is.
        missing: the spec or name of its own data, if those were not found.
        note: for the user, on the data; "" for none.
        later: see `LoadedReply`.

    Raises:
        LabError: if the model makes no pictures, or was made for pictures of another shape.
    """

    def __init__(
        self,
        loaded: LoadedModel,
        data: ImageSet,
        spec: str,
        device: torch.device,
        missing: str = "",
        note: str = "",
        later: frozenset[Capability] = frozenset(),
    ) -> None:
        model = loaded.model
        if not isinstance(model, Decodes | Samples | Translates):
            raise LabError(*_nothing_to_draw(loaded))
        if data.shape != model.picture_shape:
            raise LabError(
                f"made for pictures {size_in_words(model.picture_shape)}, "
                f"those of {data.name} are {size_in_words(data.shape)}",
                loaded.path,
                "Open a folder of such pictures, or another model",
            )
        self.loaded, self.data, self.spec, self.device = loaded, data, spec, device
        self.missing, self.note, self.later = missing, note, later
        self._drawing = Drawing(model, device) if isinstance(model, Decodes) else None
        # The conditions of these pictures; made on first use.
        self._conditions: tuple[ImageSet, Tensor | None] | None = None

    @property
    def drawing(self) -> Drawing:
        """What decodes points.

        Raises:
            LabError: if the model has no latent space.
        """
        if self._drawing is None:
            raise LabError(f"{self.loaded.name} has no latent space: it makes pictures, but not from points")
        return self._drawing

    @property
    def drawn_by(self) -> Drawing | None:
        """The same; None where the model has no latent space."""
        return self._drawing

    @property
    def encodes(self) -> bool:
        """Whether the pictures of the data can be encoded."""
        return self._drawing is not None and isinstance(self.loaded.model, Encodes)

    def conditions(self) -> Tensor | None:
        """The condition of each picture, (N, A); None for an unconditional model.

        Raises:
            LabError: as `conditions_of`.
        """
        if self._conditions is None or self._conditions[0] is not self.data:
            self._conditions = (self.data, conditions_of(self.loaded.model, self.data))
        return self._conditions[1]

    def conditions_at(self, pictures: tuple[int, ...]) -> Tensor | None:
        """The conditions of these pictures of the data, (N, A)."""
        if not all(0 <= index < len(self.data) for index in pictures):
            raise LabError(f"{self.data.name} has no such pictures")
        y = self.conditions()
        return None if y is None else y[torch.tensor(pictures, dtype=torch.long)]

    def encoder_conditions(self) -> Tensor | None:
        """The condition of each picture for the encoder, (N, A); None if it sees the picture alone."""
        return self.conditions() if encoder_is_conditional(self.loaded.model) else None

    def held(self) -> Held | None:
        """The data, and the condition of each picture; None if that is unknown."""
        try:
            return self.data, self.conditions()
        except LabError:
            return None

    def reply(self, generation: int) -> LoadedReply:
        """Everything that the window has to know of the two."""
        loaded, data, model = self.loaded, self.data, self.loaded.model
        decoder = None if self._drawing is None else self._drawing.model
        facts = None if decoder is None else facts_of(decoder)
        conditional = model if isinstance(model, Conditional) else None
        held = self.held()
        return LoadedReply(
            generation=generation,
            model=loaded.name,
            path=str(loaded.path),
            title=find_kind(loaded.card.kind).title,
            hash=loaded.hash,
            latents=0 if decoder is None else decoder.latents,
            metrics=tuple(
                (name, float(value))
                for name, value in loaded.card.metrics.items()
                if isinstance(value, int | float) and abs(value) < 1e300
            ),
            command=loaded.card.command,
            data=self.spec,
            split=data.split,
            classes=data.classes,
            images=data.images.numpy(),
            labels=None if data.labels is None else data.labels.numpy(),
            device=str(self.device),
            condition_names=conditional.condition_names if conditional else (),
            exclusive=conditional.exclusive if conditional else True,
            told=None if held is None or held[1] is None else held[1].numpy(),
            implied=self._implications(),
            steered=shipped_directions(loaded, self.spec) is not None,
            keys=data.keys,
            testing=data.testing,
            notes=self._notes(),
            capabilities=capabilities_of(model),
            prior=None if facts is None or (facts.standard and not facts.stands_in) else facts,
            columns=data.all_columns,
            figures=figures_of(model),
            missing=self.missing,
            later=self.later,
            training=find_kind(loaded.card.kind).figures,
            start=self._start(() if facts is None else facts.middle),
        )

    def _start(self, middle: Point) -> Point:
        """Where a person first meets the model; () for the middle, as while it is trained."""
        if not self.loaded.path.name:
            return ()
        try:
            return typical_point(self.loaded.model, self.data, self.encoder_conditions(), middle)
        except LabError:
            return ()

    def _implications(self) -> Implied:
        """The implications between the model's conditions in the data."""
        model, held = self.loaded.model, self.held()
        if held is None or held[1] is None or not isinstance(model, Conditional) or model.exclusive:
            return ()
        return implied_by(held[1].numpy())

    def _notes(self) -> tuple[str, ...]:
        """What the user should know of how model and data match; nothing for a model that is not a file."""
        loaded, data = self.loaded, self.data
        if not loaded.path.name:
            return ()
        said = (self.note,) if self.note else ()
        if not self.encodes:
            return said  # its pictures are not evaluated by their ELBO
        total = data.testing if data.split == "all" else len(data)
        learnt = in_words(learnt_among(loaded.card, data, self.spec, read_again=False), total, data.name)
        return (*said, *((f"{learnt}.",) if learnt else ()))


def load(request: LoadRequest, device: torch.device) -> Generator[None, None, Opened]:
    """Opens a model from a file, in two pieces.

    Raises:
        LabError: if model or data cannot be read, or do not suit each other.
    """
    # Not in inference mode: gradients of this model may be needed, as for steering.
    with torch.inference_mode(False):
        loaded = load_model(request.model, device)
    yield None
    with torch.inference_mode(False):
        data, spec, missing, note = _pictures_for(loaded, request)
    yield None
    return Opened(loaded, data, spec, device, missing, note)


def _pictures_for(loaded: LoadedModel, request: LoadRequest) -> tuple[ImageSet, str, str, str]:
    """The pictures to open a model on, their spec, that or the name of its own if missing, a note.

    Raises:
        LabError: if they cannot be read, and the model is not to be opened without.
    """
    shape = getattr(loaded.model, "picture_shape", None)
    own = str(loaded.card.data.get("name", ""))
    data: ImageSet | None = None
    note = ""
    try:
        data = catalog.load(request.data, request.split)
    except LabError as error:
        if not request.alone or shape is None:
            raise
        note = str(error)
    if data is not None and shape in (None, data.shape):
        return data, request.data, "", ""
    if own in catalog.CATALOG:
        # A model for other pictures, which ship with LatentLab: it is opened on those.
        instead = f"{note}\n{loaded.name} is shown on {own} instead." if note else ""
        return catalog.load(own, request.split), own, "", instead
    if data is not None and not request.alone:
        return data, request.data, "", ""  # refused, in words
    assert shape is not None
    recorded = recorded_spec(loaded.card.data, loaded.card.command)
    missing = (request.data if data is None else "") or recorded or own or UNKNOWN
    return no_pictures(own, request.split, shape), missing, missing, ""


def _nothing_to_draw(loaded: LoadedModel) -> tuple[str, Path, str]:
    """Why a model cannot be shown: what is wrong, in which file, and what to do with it."""
    if isinstance(loaded.model, Classifies):
        what = "tells what pictures show and makes none, so there is nothing to draw"
        return what, loaded.path, "It judges the pictures of other models: latentlab evaluate --classifier"
    return "makes no pictures, so there is nothing to draw", loaded.path, "Open a model that makes pictures"


class Following:
    """A model in training, and the current encodings of its pictures."""

    def __init__(self, opened: Opened, key: tuple[str, ...]) -> None:
        self.opened, self._key = opened, key
        self.unfolding = Unfolding(opened.loaded.model, opened.data, opened.encoder_conditions())

    def goes_on_with(self, request: FollowRequest) -> bool:
        """Whether the snapshot belongs to the same training."""
        return self._key == _key(request)


def follow(request: FollowRequest, device: torch.device) -> Generator[None, None, Following]:
    """Opens the model of a training, in two pieces; its weights are adopted afterwards.

    Raises:
        LabError: if the data cannot be read or do not suit the model.
    """
    with torch.inference_mode(False):
        data = catalog.load(request.data, request.split)
    # Not within the mode: the caller of this generator has a mode of its own.
    yield None
    with torch.inference_mode(False):
        model = empty_model(request.kind, request.config).to(device)
    card = ModelCard(request.kind, request.config)
    loaded = LoadedModel(request.name, model, card, Path(), _NO_HASH)
    return Following(Opened(loaded, data, request.data, device, later=request.later), _key(request))


def _key(request: FollowRequest) -> tuple[str, ...]:
    # Of another config in a phase that trains a part that was left out until then.
    return request.name, request.kind, repr(dict(request.config)), request.data, request.split
