"""What the panel says of a training: how it stands, where it is saved, how it ended, and what is in use."""

from __future__ import annotations

from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from latentlab.core.figures import ChartSpec, Figures, FigureSpec, FiguresSpec, SeriesSpec
from latentlab.engine.training.events import Finished, Progress, Started
from latentlab.engine.training.presets import Choice
from latentlab.models.objectives.figures import ELBO, elbo_figures
from latentlab.qt.views.training.name_field import NameField, fault_of
from latentlab.qt.views.training.part_bars import PartBars
from latentlab.qt.views.training.selection import stem_of
from latentlab.qt.views.training.text import (
    about,
    alarm,
    ending_in_words,
    progress_in_words,
    result_in_words,
    saved_in_words,
)
from latentlab.qt.widgets.curves.charts import as_axis, cut_off, drawn, read_out, span, steps_span
from latentlab.qt.widgets.curves.curves import LossCurves
from latentlab.qt.widgets.curves.history import SETTLES_AFTER, History, Series
from latentlab.qt.widgets.curves.tiles import columns_for


def progress(step: int, kl: tuple[float, ...] = (1.0, 0.5)) -> Progress:
    return Progress(step, 1, elbo_figures(-90.0, kl), 14_608.0, 125.0, 1.0)


def test_that_progress_is_said_with_when_and_where_it_was_saved():
    words = progress_in_words(
        progress(1200),
        Started(4680, 10, "cpu", "bf16", 2),
        saved_in_words(Path("/models/cats-vae.safetensors.training"), 8.2),
    )
    assert words == (
        "Step 1,200 of 4,680 · epoch 1 of 10 · 14,608 images/s · 2 min 05 s left · CPU, bf16 · "
        "saved 8 s ago to cats-vae.safetensors.training"
    )
    assert "pass 1 of 3" in progress_in_words(progress(1), Started(9, 3, "cpu", "fp32", 1), called="pass")
    assert saved_in_words(Path("a"), 0.4) == "saved just now to a"


def test_that_what_is_unused_is_called_by_its_name():
    spec = FiguresSpec(
        series=(
            SeriesSpec(
                "share",
                "Share",
                "",
                along="component",
                label="c{n}",
                unused_below=0.001,
                unused_help="they have lost their pictures.",
            ),
        )
    )
    now = Progress(SETTLES_AFTER, 1, Figures(spec=spec), 1.0, 1.0, 1.0)
    assert alarm({"share": (0.6, 0.0, 0.4, 0.0)}, now) == (
        "2 of 4 components carry nothing (c2, c4): they have lost their pictures."
    )
    assert "1 of 2 components carries nothing" in alarm({"share": (1.0, 0.0)}, now)
    assert alarm({"share": (0.5, 0.5)}, now) == ""


def test_that_an_end_says_how_long_it_took_where_the_model_is_and_what_it_is_worth():
    kept = Path.home() / "models" / "cats-vae.safetensors"
    figures = result_in_words(ELBO, {"elbo": -152.134, "kl": 7.0, "epochs": 3})
    assert figures == "test ELBO −152.134 nats per picture"
    assert ending_in_words(kept, 192.0, figures, whole=True) == (
        "Finished after 3 min 12 s: saved as cats-vae in ~/models. Test ELBO −152.134 nats per picture."
    )
    stopped = ending_in_words(Path("/m/a.safetensors"), 60.0, "", whole=False, step=1200)
    assert stopped == "Stopped at step 1,200 after 1 min 00 s: saved as a in /m."
    assert result_in_words(ELBO, {}) == result_in_words(ELBO, {"loss": 1.0}) == ""
    plain = FiguresSpec((FigureSpec("depth", "Depth", "m"),))
    assert result_in_words(plain, {"depth": -2.0, "epochs": 1}) == "test Depth −2 m"


def test_that_an_estimate_is_rough():
    assert [about(seconds) for seconds in (3, 44, 350, 7300)] == [
        "some seconds",
        "about 40 seconds",
        "about 6 minutes",
        "about 2.0 hours",
    ]


def test_that_nothing_is_said_to_be_in_use_before_something_is_learnt(qtbot: QtBot):
    bars = PartBars()
    qtbot.addWidget(bars)
    history = History()
    history.add(progress(1))
    bars.show_history(history)
    assert bars.summary() == ""
    assert bars.shown[0].headings()[0] == "KL up to 1.0 nats"
    history.add(progress(SETTLES_AFTER))
    bars.show_history(history)
    assert bars.summary() == "2 of 2 in use"
    short = History()
    short.add(progress(3))
    assert not short.settled
    short.add(Finished(4, 1.0))
    bars.show_history(short)
    assert bars.summary() == "2 of 2 in use", "a short training says it at its end"


def test_that_a_single_pass_is_drawn_from_the_start_with_both_points():
    chart = ELBO.charts[0]
    train, test = Series(), Series()
    train.add(15, elbo_figures(-90.0, (10.0,)))
    test.add(15, elbo_figures(-95.0, (10.0,)))
    known, held_out = drawn(chart, train), drawn(chart, test)
    low, high = span(chart, known, held_out)
    assert low < -105.0 < -100.0 < high
    steps, ends = as_axis(train.steps), as_axis(test.steps)
    assert steps_span(steps, ends) == (0.0, 15.0)
    assert read_out(chart, steps, known, ends, held_out, None) == "−100.0 ● −105.0"
    assert read_out(chart, steps, known, ends, held_out, 3.0) == "step 15: −100.0 ● −105.0"


def test_that_an_axis_begins_where_a_training_goes_on_from_far_beyond():
    assert steps_span(as_axis([5000, 5200]), as_axis([])) == (5000.0, 5200.0)
    assert steps_span(as_axis([1, 5200]), as_axis([5200])) == (0.0, 5200.0)
    assert steps_span(as_axis([]), as_axis([])) is None


def test_that_tiles_take_the_columns_that_make_them_largest():
    assert columns_for(4, 620, 480) == 2
    assert columns_for(4, 700, 200) == 4
    assert columns_for(3, 300, 700) == 1


def test_that_a_name_is_proposed_until_one_is_typed(qtbot: QtBot):
    taken = {"cats-vae-2d"}
    field = NameField(lambda stem: f"{stem}-2" if stem in taken else stem)
    qtbot.addWidget(field)
    field.propose("cats-vae-2d")
    assert (field.name, field.typed) == ("cats-vae-2d-2", False)
    field.propose("dogs-vae-2d")
    assert field.name == "dogs-vae-2d"
    field.selectAll()
    qtbot.keyClicks(field, "cats-vae-2d")
    assert "this one becomes cats-vae-2d-2" in field.toolTip()
    field.propose("faces-vae-2d")
    assert (field.name, field.typed) == ("cats-vae-2d", True)
    field.clear()
    assert field.name == "faces-vae-2d"
    assert "cannot contain" in fault_of("a/b")
    assert fault_of(" . ") == "A model needs a name."
    assert not fault_of("My cats, 2nd try")


@pytest.mark.parametrize("parts", [("",), ("first", "second"), ("a", "b", "c", "d", "e")])
def test_that_a_chart_of_any_number_of_lines_is_drawn_and_read_out(qtbot: QtBot, parts: tuple[str, ...]):
    spec = FiguresSpec(
        (FigureSpec("loss", "Loss", "nats"),),
        (SeriesSpec("rows", "Rows", "nats"),),
        (ChartSpec("Loss", "loss" if parts == ("",) else "rows", parts),),
    )
    curves = LossCurves()
    qtbot.addWidget(curves)
    curves.resize(600, 300)
    curves.show()
    history = History()
    row = tuple(float(number) for number in range(len(parts)))
    for step in (10, 20):
        history.add(Progress(step, 1, Figures({"loss": 0.1 * step}, {"rows": row}, spec), 1.0, 1.0, 1.0))
    curves.show_history(history)
    (plot,) = curves.plots
    assert plot.called == "Loss, nats"
    plot.pointed.emit(9.0)
    assert plot.words.startswith("step 10: ")
    assert len(plot.words.removeprefix("step 10: ").split(", ")) == len(parts)
    plot.pointed.emit(None)
    assert not plot.words.startswith("step")


def test_that_a_name_is_made_of_pictures_and_kind_and_never_that_of_a_model_that_ships():
    assert stem_of("/pictures/cats::side=32", Choice.of("vae", latents=32)) == "cats-vae-32d"
    assert stem_of("mnist", Choice.of("ppca", latents=2)) == "my-mnist-ppca-2d"
    assert stem_of("mnist", Choice.of("ppca", latents=5)) == "mnist-ppca-5d"


def test_that_a_drawing_has_nothing_of_a_line_outside_of_its_axes():
    steps, values = as_axis([0, 1, 2, 3, 4, 5]), as_axis([-3.0, 1.0, float("nan"), 0.5, 0.5, 2.0])
    x, y = cut_off(steps, values, 0.0, 1.0)
    assert list(zip(x, y, strict=True)) == [
        (0.75, 0.0), (1.0, 1.0), (3.0, 0.5), (4.0, 0.5), (4.0, 0.5), (4.0 + 1 / 3, 1.0)
    ]  # fmt: skip
    assert not len(cut_off(steps, as_axis([5.0] * 6), 0.0, 1.0)[0])
