"""What is said of a picture of one's own."""

from __future__ import annotations

import dataclasses
import math

import numpy as np
import pytest

from latentlab.engine.rendering.cropping import Fitting
from latentlab.engine.rendering.requests.pictures import OwnPictureReply
from latentlab.qt.views.own_picture.text import elbo_in_words, known_in_words

GREY = np.zeros((8, 8), np.uint8)


def reply(below: float | None, negative: float = 0.0, kl: float = 7.0) -> OwnPictureReply:
    elbo = -130.0 if math.isfinite(kl) else -math.inf
    return OwnPictureReply(1, Fitting(), GREY, GREY, (0.0,), (0.1,), elbo, -123.0, kl, below, 1256, negative)


@pytest.mark.parametrize(
    ("below", "negative", "words"),
    [
        (0.0, 0.0, "Far from the training data: its ELBO is below that of all 1,256 pictures of faces"),
        (0.0, 0.02, "try Negative"),
        (0.0, 0.5, "try Negative"),
        (0.03, 0.03, "Unusual for this model: its ELBO is above that of only 3%"),
        (0.4, 0.9, "Typical for this model: its ELBO is above that of 40%"),
        (1.0, 0.0, "Simpler than the training data"),
    ],
)
def test_that_the_place_among_held_out_pictures_is_put_into_words(below, negative, words) -> None:
    assert words in known_in_words(reply(below, negative), "faces")


def test_that_a_class_that_fits_better_is_named() -> None:
    told = dataclasses.replace(reply(0.0), told="0", fits="1")
    assert "condition is 0. Under 1 the picture would be more likely" in known_in_words(told, "mnist")
    same = dataclasses.replace(reply(0.4), told="1", fits="1")
    assert "Typical for this model" in known_in_words(same, "mnist")


def test_that_nothing_is_said_before_it_is_known() -> None:
    assert known_in_words(reply(None), "faces") == ""


def test_that_an_autoencoder_which_has_no_elbo_is_given_none() -> None:
    assert elbo_in_words(reply(0.4)) == "ELBO −130.0 nats = −123.0 reconstruction − 7.0 KL"
    point = reply(0.4, kl=math.inf)
    assert elbo_in_words(point) == "log p(x|z) = −123.0 nats"
    assert "ELBO" not in known_in_words(point, "faces")


def test_that_without_a_likelihood_it_is_said_that_there_is_no_elbo() -> None:
    lacking = dataclasses.replace(reply(None), elbo=math.nan, reconstruction_nats=math.nan, kl=math.nan)
    assert elbo_in_words(lacking) == "This model has no likelihood, so there is no ELBO of the picture."
    assert known_in_words(lacking, "faces") == ""
