"""What a card of the gallery says of a model, from the header of its file alone. Torch-free.

A header is a few kilobytes; the hash, under which pictures and notes of a model are kept, needs the whole
file and is computed once for each state of it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from latentlab.data.shipped_sets import SHIPPED_SETS
from latentlab.engine.files.judged_cards import judged_pictures
from latentlab.engine.files.model_catalog import beta_in, capabilities_of, card_in
from latentlab.engine.files.model_hash import hash_of
from latentlab.models import capabilities
from latentlab.models.capabilities import Capability
from latentlab.models.registry import KINDS
from latentlab.models.spec import KindSpec
from latentlab.plain import short_name
from latentlab.shipped import model_files

_LONGEST_TEXT = 300
# Of the user's own models, under one heading.
_FEW = 12


@dataclass(frozen=True)
class ModelFacts:
    """A model of the gallery.

    Attributes:
        model: what opens it: the name of one that ships, else a path.
        path: its file.
        title: its name.
        ships: whether it comes with LatentLab; the others are the user's own.
        kind: the title of its kind for lists, "" if that is unknown.
        data: the name of what it learnt from, "" if its file does not say.
        learnt: from how many pictures; 0 if its file does not say.
        latents: the dimensions of its latent space, 0 without one.
        figure: its one figure of merit in words, "" without one.
        to_try: a sentence on what to try with it.
        size: of its file, in bytes.
        changed: when its file changed, in seconds since the epoch.
        hash: the first digits of its file's SHA-256, "" if it cannot be read.
        capabilities: of the model.
        prior: a prior that was fitted to its codes, such as "mixture of 50 as prior", "" for none.
    """

    model: str
    path: Path
    title: str
    ships: bool
    kind: str = ""
    data: str = ""
    learnt: int = 0
    latents: int = 0
    figure: str = ""
    to_try: str = ""
    size: int = 0
    changed: float = 0.0
    hash: str = ""
    capabilities: frozenset[Capability] = frozenset()
    prior: str = ""

    @property
    def in_short(self) -> str:
        """Its kind, its latents and its prior, such as "VAE, 2 latents"."""
        return in_short(self.kind, self.latents, self.prior)


def in_short(kind: str, latents: int, prior: str = "") -> str:
    """A kind, a number of latents and a prior, such as "VAE, 2 latents, mixture of 50 as prior"."""
    counted = f"{latents} latent{'' if latents == 1 else 's'}" if latents else ""
    return ", ".join(filter(None, (kind, counted, prior)))


def facts_of(model: str) -> ModelFacts | None:
    """The facts about a model by name or path; None if there is no such file, or it is none of ours."""
    shipped = model_files()
    path = shipped.get(model, Path(model))
    try:
        about = path.stat()
        card = card_in(path)
    except (OSError, ValueError):
        return None
    if not card:
        return None
    config, data, metrics = _part(card, "config"), _part(card, "data"), _part(card, "metrics")
    kind, can = KINDS.get(str(card.get("kind", ""))), capabilities_of(card)
    latents, learnt = config.get("latents"), data.get("images")
    model_hash, name = hash_of(path), str(data.get("name", ""))[:_LONGEST_TEXT]
    return ModelFacts(
        model=model,
        path=path,
        title=model if model in shipped else path.stem,
        ships=model in shipped,
        kind=kind.label if kind else short_name(str(card.get("kind", ""))),
        data=name,
        learnt=learnt if isinstance(learnt, int) else 0,
        latents=latents if isinstance(latents, int) and Capability.DECODES in can else 0,
        figure=_figure(kind, metrics, judged_pictures(name, model_hash)),
        to_try=_to_try(card, kind, can, config),
        size=about.st_size,
        changed=about.st_mtime,
        hash=model_hash,
        capabilities=can,
        prior=_prior(card),
    )


def gallery_models(own: Iterable[Path], elsewhere: Iterable[str] = ()) -> Iterator[ModelFacts]:
    """Every model of the gallery that makes pictures, one after the other.

    Args:
        own: the files that were trained here, the newest first.
        elsewhere: other files, by path; those that are gone, or among the others, are left out.
    """
    shipped = model_files()
    known = {path.resolve() for path in shipped.values()}
    for path in (*own, *map(Path, elsewhere)):
        try:
            real = path.resolve()
        except (OSError, RuntimeError):
            continue
        if real not in known:
            known.add(real)
            facts = facts_of(str(path))
            if facts is not None and _makes_pictures(facts):
                yield facts
    found = (facts_of(name) for name in shipped)
    yield from sorted((one for one in found if one is not None and _makes_pictures(one)), key=_gentleness)


def grouped(models: Sequence[ModelFacts]) -> list[tuple[str, list[ModelFacts]]]:
    """The models under headings: the user's own first, by their data, then those that ship, by theirs.

    Few of the user's own share one heading.
    """
    groups: dict[str, list[ModelFacts]] = {}
    own = [one for one in models if not one.ships]
    data = list(dict.fromkeys(one.data for one in own))
    for one in sorted(own, key=lambda one: data.index(one.data)):
        groups.setdefault(_heading(one) if len(own) > _FEW else "Yours", []).append(one)
    for one in models:
        if one.ships:
            groups.setdefault(_heading(one), []).append(one)
    order = list(SHIPPED_SETS)
    ranks = {heading: order.index(some[0].data) if some[0].data in order else -1
             for heading, some in groups.items()}  # fmt: skip
    # Own ones stay in the order in which they came, the newest first.
    return sorted(groups.items(), key=lambda group: ranks[group[0]] if group[1][0].ships else -1)


def matches(one: ModelFacts, query: str, note: str = "") -> bool:
    """Whether each word of a query occurs in what is known of a model."""
    known = " ".join((one.title, one.in_short, one.data, one.figure, one.to_try, note, _heading(one)))
    known = known.casefold()
    return all(word in known for word in query.casefold().split())


def _heading(one: ModelFacts) -> str:
    if not one.ships:
        return f"Yours: {short_name(one.data)}" if one.data else "Yours"
    if one.data in SHIPPED_SETS:
        return f"{one.data}: {SHIPPED_SETS[one.data].title}"
    return one.data or "Others"


def _gentleness(one: ModelFacts) -> tuple[int, int, bool, int, str]:
    """First those with a plane and a prior and without conditions, the smallest and plainest in front; one
    network is plainer than two against each other.
    """
    can = one.capabilities
    plain = Capability.HAS_PRIOR in can and Capability.CONDITIONAL not in can and not one.prior
    kind = 0 if plain else 1 if Capability.DECODES in can else 2
    return kind, one.latents, Capability.SCORES in can, len(one.title), one.title


def _makes_pictures(one: ModelFacts) -> bool:
    """For an unknown kind True: opening it gives the proper message."""
    return not one.capabilities or capabilities.makes_pictures(one.capabilities)


def _figure(kind: KindSpec | None, metrics: Mapping[str, Any], judged: str) -> str:
    """What says how good the pictures of a model are.

    Players have their figures against each other, and a later phase is about another part of the model:
    neither says how good the pictures are. There it is what the judge found, or else how long they played.
    """
    if kind is None:
        return ""
    text = kind.in_a_list(metrics)
    if not text and kind.figures.players:
        epochs = metrics.get("epochs")
        text = judged or (f"{epochs:,} epochs of training" if type(epochs) is int else "")
    elif not text:
        for one in kind.figures.figures:
            value = metrics.get(one.name)
            if one.better and isinstance(value, int | float) and not isinstance(value, bool):
                text = f"{one.title} {value:.4g} {one.unit}".strip() + f" ({one.better} is better)"
                break
    # A minus sign, not a hyphen, where a number follows.
    text = text.replace(" -", " −")
    return text[:1].upper() + text[1:]


def _to_try(
    card: Mapping[str, Any], kind: KindSpec | None, can: frozenset[Capability], config: Mapping[str, Any]
) -> str:
    """The card's own sentence, else one by what the model can do, else when its kind is taken."""
    said = card.get("try")
    if isinstance(said, str) and said.strip():
        return said.strip()[:_LONGEST_TEXT]
    names, latents = config.get("condition_names"), config.get("latents")
    classes = bool(config.get("exclusive", True))
    if Capability.CONDITIONAL in can and isinstance(names, list | tuple) and names:
        first = short_name(str(names[0]).replace("_", " "))
        if Capability.DENOISES in can:
            what = "Ask for a class" if classes else f"Ask for “{first}”"
            return f"{what} and watch a picture come out of noise, step by step."
        if classes:
            return "Keep the style, and change the class."
        return f"Switch “{first}” on, and see what else changes."
    if Capability.DENOISES in can:
        return "Watch a picture come out of noise, step by step."
    if Capability.TRANSLATES in can:
        return "Draw at the left, and see at the right while you draw."
    if Capability.HAS_COMPONENTS in can:
        return "Run its EM again, step by step, and look at one component after the other."
    if Capability.DECODES in can and isinstance(latents, int):
        if Capability.HAS_EIGENPICTURES in can and latents > 2:
            return "Sample from it, and look at its eigenpictures: the ways in which pictures vary most."
        if Capability.FITS in can:
            return "A flat latent space: see what it costs to have no bend."
        if (beta := beta_in(str(card.get("command", "")))) > 1.0:
            return f"The KL weighs {beta:g} times as much: compare the plane with that of a plain one."
        if _prior(card):
            return (
                "Sample from it: its prior is a mixture, fitted to its codes, which leaves out their holes."
            )
        if Capability.HAS_PRIOR not in can:
            return "Look for the holes: no prior says where codes lie."
        if latents <= 2:
            return "Drag the ring through the plane; the picture follows."
        return "Turn one dimension after the other, or walk between two pictures."
    return kind.when if kind else ""


def _prior(card: Mapping[str, Any]) -> str:
    count = _part(card, "prior").get("components")
    return f"mixture of {count:,} as prior" if isinstance(count, int) else ""


def _part(card: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    part = card.get(name)
    return part if isinstance(part, dict) else {}
