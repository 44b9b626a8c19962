"""A model without an encoder beside a VAE, over the real renderer: one hand moves both."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from latentlab.models.registry import registered
from latentlab.qt.compare.window import CompareWindow
from latentlab.session.state import SessionState
from tests.hands import few_pictures, move, until
from tests.kinds import latentless, prior
from tests.kinds.latentless import save_specks
from tests.kinds.prior import save_blot
from tests.qt.shell import OFFSCREEN

pytestmark = [OFFSCREEN, pytest.mark.qt_log_ignore("propagateSizeHints", extend=True)]


@pytest.fixture
def window(tmp_path: Path) -> Iterator[CompareWindow]:
    with registered(prior.KIND), registered(latentless.KIND), few_pictures(200):
        made = CompareWindow(SessionState(), tmp_path)
        made.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose, False)
        made.resize(1100, 700)
        made.show()
        yield made
        made.close()
        made.deleteLater()


def test_that_one_drag_moves_a_vae_and_a_model_without_encoder(
    window: CompareWindow, tmp_path: Path, qtbot: QtBot
) -> None:
    window.start(["mnist-vae-2d", str(save_blot(tmp_path / "blot.safetensors"))])
    vae, blot = window.view.columns[:2]

    def there() -> bool:
        shown = blot.pictures.probe.picture is not None and vae.pictures.probe.picture is not None
        return shown and vae.workspace.encodings is not None and vae.workspace.encodings.done

    until(there, "the models were not opened")
    assert blot.plane.note.isVisible()
    assert "has no encoder" in blot.plane.note.text()
    before = (vae.pictures.probe.picture, blot.pictures.probe.picture)
    for column in (vae, blot):
        plane = column.plane
        here = plane.camera.to_pixel(*column.workspace.state.probe)
        place = plane.camera.to_pixel(0.6, -0.4) if column is vae else plane.camera.to_pixel(-0.2, 0.5)
        QTest.mousePress(plane, Qt.MouseButton.LeftButton, pos=QPointF(*here).toPoint())
        move(plane, QPointF(*place), Qt.MouseButton.LeftButton)
        QTest.mouseRelease(plane, Qt.MouseButton.LeftButton, pos=QPointF(*place).toPoint())
        assert vae.workspace.state.probe == blot.workspace.state.probe
    assert blot.workspace.state.probe == pytest.approx((-0.2, 0.5), abs=0.05)
    until(
        lambda: vae.pictures.probe.picture is not before[0] and blot.pictures.probe.picture is not before[1],
        "no new pictures came",
    )
    # A picture of the data is selected in the one; the other has no place for it.
    vae.workspace.select(3)
    until(lambda: vae.pictures.figures["elbo"].text() != "\N{EN DASH}", "no figures came")
    assert blot.pictures.figures["elbo"].text() == "\N{EN DASH}"
    assert blot.workspace.state.selected == 3


def test_that_a_model_without_latents_is_compared_by_what_it_draws(
    window: CompareWindow, tmp_path: Path, qtbot: QtBot
) -> None:
    window.start(["mnist-vae-2d", str(save_specks(tmp_path / "specks.safetensors")), "mnist-ae-2d"])
    vae, specks, ae = window.view.columns[:3]
    until(lambda: ae.workspace.model is not None, "the autoencoder was not opened")
    until(
        lambda: specks.samples.sheet.picture is not None and vae.workspace.encodings is not None,
        "the models were not opened",
    )
    # It has no plane; the other one has.
    assert specks.stack.currentWidget() is specks.samples
    assert specks.samples.note.text().startswith("specks has no latent space")
    assert vae.stack.currentWidget() is vae.plane
    until(lambda: vae.pictures.probe.picture is not None, "no picture came")
    plane = vae.plane
    place = plane.camera.to_pixel(0.5, 0.5)
    QTest.mouseClick(plane, Qt.MouseButton.LeftButton, pos=QPointF(*place).toPoint())
    assert vae.workspace.state.probe == pytest.approx((0.5, 0.5), abs=0.05)
    assert specks.workspace.state.probe == ()
    # Both by what they draw, from the same seed, and from the next one.
    bar = window.view.bar
    QTest.mouseClick(bar.samples, Qt.MouseButton.LeftButton, pos=QPoint(8, bar.samples.height() // 2))
    assert vae.stack.currentWidget() is vae.samples
    # Without a prior there is nothing to draw from, and that is said.
    assert ae.stack.currentWidget() is ae.note
    assert "draws no pictures of its own" in ae.note.text()
    until(lambda: vae.samples.sheet.picture is not None, "no samples came")
    assert vae.samples.status.text() == specks.samples.status.text() == "16 pictures, seed 0"
    QTest.mouseClick(bar.others, Qt.MouseButton.LeftButton)
    until(
        lambda: vae.samples.status.text() == specks.samples.status.text() == "16 pictures, seed 1",
        "no other samples came",
    )
    QTest.mouseClick(bar.samples, Qt.MouseButton.LeftButton, pos=QPoint(8, bar.samples.height() // 2))
    assert vae.stack.currentWidget() is vae.plane
    assert ae.stack.currentWidget() is ae.plane
    assert specks.stack.currentWidget() is specks.samples
