"""Merges two tables about the same pictures, unless they contradict each other."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from latentlab.core.columns import united
from latentlab.data.natural import in_natural_order
from latentlab.data.table_facts import TableFacts
from latentlab.data.tables.column_kinds import CLASS_WORDS
from latentlab.data.tables.sheet import plain_name


def label_name(told: TableFacts) -> str:
    """The name of its class column."""
    return "" if told.seen is None else plain_name(told.seen.taken.label or "")


def is_called(told: TableFacts) -> bool:
    """Whether its class column has a name typical of classes."""
    return bool(told.classes) and label_name(told) in CLASS_WORDS


def contradict(first: TableFacts, second: TableFacts) -> bool:
    """Whether two tables disagree about a picture, or take their classes from different things."""
    if first.labels is not None and second.labels is not None:
        both = (first.labels >= 0) & (second.labels >= 0)
        classes, others = np.array(first.classes), np.array(second.classes)
        if (classes[first.labels[both]] != others[second.labels[both]]).any():
            return True
        if not set(first.classes) & set(second.classes) and label_name(first) != label_name(second):
            return True
    if first.attributes is None or second.attributes is None:
        return False
    for name in set(first.attribute_names) & set(second.attribute_names):
        one, sure = _column(first, name)
        other, sure_too = _column(second, name)
        if (sure & sure_too & (one != other)).any():
            return True
    return False


def _column(told: TableFacts, name: str) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
    """An attribute, and for which pictures it is known."""
    place = told.attribute_names.index(name)
    assert told.attributes is not None
    values = told.attributes[:, place]
    known = told.attributes_known
    return values, np.ones_like(values) if known is None else known[:, place]


def merged(first: TableFacts, second: TableFacts, count: int) -> TableFacts:
    """The union of two tables that do not contradict each other."""
    classes = tuple(in_natural_order({*first.classes, *second.classes}))
    number = {name: index for index, name in enumerate(classes)}
    names = tuple(dict.fromkeys((*first.attribute_names, *second.attribute_names)))
    column = {name: index for index, name in enumerate(names)}
    labels = np.full(count, -1, dtype=np.int64)
    attributes = np.zeros((count, len(names)), dtype=bool)
    known = np.zeros((count, len(names)), dtype=bool)
    held_out = np.zeros(count, dtype=bool)
    for told in (first, second):
        if told.labels is not None:
            of_each = np.array([number[name] for name in told.classes] + [-1], dtype=np.int64)[told.labels]
            labels = np.where(of_each >= 0, of_each, labels)
        if told.attributes is not None:
            these = [column[name] for name in told.attribute_names]
            sure = np.ones_like(told.attributes) if told.attributes_known is None else told.attributes_known
            attributes[:, these] |= told.attributes & sure
            known[:, these] |= sure
        if told.held_out is not None:
            held_out |= told.held_out
    named = first.named if second.named is None else second.named
    if first.named is not None and second.named is not None:
        named = first.named | second.named
    return replace(
        first,
        labels=labels if classes else None,
        classes=classes,
        attributes=attributes if names else None,
        attributes_known=None if known.all() else known,
        attribute_names=names,
        held_out=held_out if first.held_out is not None or second.held_out is not None else None,
        matched=count if named is None else int(named.sum()),
        named=named,
        columns=united(first.columns, second.columns),
    )
