"""Connects the signals between the parts of a composed window that no view or controller connects itself."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, cast

from PySide6.QtCore import Qt
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QWidget

from latentlab.engine.rendering.requests.theory import Subject
from latentlab.engine.types import Picture
from latentlab.qt.controllers.failures import Failures
from latentlab.qt.controllers.inversion_run import inversion_of
from latentlab.qt.controllers.trajectory_tracer import Tracing
from latentlab.qt.controllers.unfinished_training import UnfinishedTraining
from latentlab.qt.export import exportables
from latentlab.qt.shell.panels import AnySpec
from latentlab.qt.shell.workbench import Workbench
from latentlab.qt.views.inversion.spec import SPEC as INVERSION
from latentlab.qt.views.judge.spec import SPEC as JUDGE

if TYPE_CHECKING:
    from latentlab.qt.views.judge.view import JudgeView


def connect(bench: Workbench) -> None:
    """Connects everything."""
    _attributes(bench)
    _own_picture(bench)
    _inversion(bench)
    _walk(bench)
    _diffusion(bench)
    _origins(bench)
    _training(bench)
    _data_browser(bench)
    _judge(bench)
    _projects(bench)
    _messages(bench)
    _menus(bench)
    # After the views: they are to hear of a model before any message about it is shown.
    bench.models.listen()


def _attributes(bench: Workbench) -> None:
    board, controller, found = bench.attributes, bench.controller, bench.exporter.exportables
    board.sections.yours.importing.connect(controller.directions.ask_to_import)
    board.sections.yours.exporting.connect(controller.directions.ask_to_export)
    board.sheet_drawn.connect(found.offer_sheet)
    board.sheet_wanted.connect(partial(controller.ask_to_save, exportables.SHEET))
    board.key_frame_wanted.connect(controller.pin)
    board.conditions.save_wanted.connect(partial(controller.ask_to_save, exportables.SAMPLES))
    bench.samples.save_wanted.connect(partial(controller.ask_to_save, exportables.SAMPLES))


def _own_picture(bench: Workbench) -> None:
    view, controller = bench.own_picture, bench.controller.own_picture
    view.wanted.connect(controller.ask_for_file)
    view.pasted.connect(controller.paste)
    view.dropped.connect(controller.take)
    view.attributes_wanted.connect(bench.docks.show_attributes)
    controller.pictures.taken.connect(bench.docks.show_own_picture)
    controller.overcome.connect(bench.messages.take_back)
    bench.exporter.exportables.name_source(lambda: controller.pictures.name_at_probe)
    bench.analogy.failed.connect(bench.opener.failed)


def _inversion(bench: Workbench) -> None:
    """The way of an inversion is shown in the plane; the user's own picture is refined in its panel."""
    run, pictures = inversion_of(bench.workspace), bench.controller.own_picture.pictures

    def refine() -> None:
        if pictures.reply is not None:
            run.start(Subject(seen=pictures.reply.seen, condition=bench.workspace.state.condition))
        bench.docks.wanted.emit(INVERSION)

    run.traced.connect(bench.plane.show_trajectory)
    bench.own_picture.refining.connect(refine)


def _walk(bench: Workbench) -> None:
    """A walk that plays shows its pictures large, too."""
    player = bench.player
    player.save_wanted.connect(partial(bench.controller.ask_to_save, exportables.WALK))
    player.shown.connect(bench.probe.show_walk)
    player.watched = bench.probe.isVisible


def _diffusion(bench: Workbench) -> None:
    view, tapes = bench.diffusion, bench.tapes
    view.remember(bench.settings.tape)
    view.failed.connect(bench.opener.failed)
    view.file_wanted.connect(bench.controller.ask_for_file)
    view.plane_wanted.connect(bench.opener.open_model)
    view.frame_shown.connect(tapes.look)
    view.tape_begun.connect(tapes.look)
    tracing = Tracing(bench.workspace, bench.plane, view.frames, view.learnt, bench.window)
    tracing.follow(view)
    view.frame_shown.connect(tracing.show)
    view.tape_begun.connect(tracing.clear)
    tapes.saved.connect(bench.exporter.saved)
    tapes.failed.connect(bench.exporter.failed)
    tapes.told.connect(bench.opener.told)
    bench.opener.tape_found.connect(tapes.restore)


def _origins(bench: Workbench) -> None:
    """Where from? The same popup for whatever was made, by the model that made it."""
    popup, workspace, view = bench.where_from, bench.workspace, bench.diffusion.reverse

    def of_plane(picture: Picture) -> None:
        model = workspace.model
        if model is not None:
            popup.show_picture(picture, model.model, model.path)

    def of_tape(picture: Picture) -> None:
        model = bench.denoiser_client.model
        if model is not None:
            popup.show_picture(picture, model.model, model.path)

    def of_probe() -> None:
        if bench.probe.image.picture is not None:
            of_plane(bench.probe.image.picture)

    bench.samples.origin_wanted.connect(of_plane)
    view.origin_wanted.connect(of_tape)
    action = QAction("Where &from?", bench.window)
    action.setObjectName("whereFromAction")
    action.setToolTip("Show the training pictures nearest to the picture at the probe, and if it is a copy.")
    action.triggered.connect(of_probe)
    bench.probe.add_action(action)
    bench.probe.image.addAction(action)
    bench.probe.image.setContextMenuPolicy(Qt.ContextMenuPolicy.ActionsContextMenu)


def _training(bench: Workbench) -> None:
    bench.trainer.unfolded.connect(bench.mixtures.follow)
    panel, docks, data = bench.training, bench.docks, bench.controller.data
    data.trains_in(panel, docks.show_training)
    panel.data_wanted.connect(partial(data.ask_for_folder, to_train=True))
    panel.form.start.clicked.connect(data.training_begins)
    panel.report.ending.open_wanted.connect(bench.following.open_kept)
    panel.report.ending.denoiser_wanted.connect(bench.models.open_denoiser)
    bench.exporter.exportables.watch(bench.film)
    unfinished = UnfinishedTraining(bench.trainer, panel, bench.messages, docks.show_training, bench.window)
    bench.models.first_opened.connect(unfinished.offer)
    bench.gallery.training_wanted.connect(docks.show_training)


def _data_browser(bench: Workbench) -> None:
    browser, data = bench.browser, bench.controller.data
    browser.train_wanted.connect(data.offer_training)
    browser.plane_wanted.connect(data.choose)
    browser.save_wanted.connect(bench.selection.ask)
    data.pictures_read.connect(browser.show_pictures)
    data.browse_wanted.connect(bench.docks.show_data_browser)
    bench.selection.told.connect(bench.opener.told)
    bench.selection.failed.connect(bench.opener.failed)


def _judge(bench: Workbench) -> None:
    def made(spec: AnySpec, view: QWidget) -> None:
        if spec is JUDGE:
            judge = cast("JudgeView", view)
            judge.open_wanted.connect(bench.opener.open_model)
            judge.told.connect(bench.opener.told)

    bench.views.each(made)


def _projects(bench: Workbench) -> None:
    projects = bench.projects
    bench.opener.project_wanted.connect(bench.project_pages.open_path)
    projects.told.connect(bench.opener.told)
    projects.changed.connect(bench.actions.refresh_soon)
    # Once there is a model: what is said of a project then stands beside what is said of that.
    bench.models.first_opened.connect(projects.restore)


def _messages(bench: Workbench) -> None:
    """Success goes to the status bar, failure to the message bar."""
    bench.exporter.saved.connect(bench.status.say_saved)
    bench.opener.told.connect(bench.status.say)
    failures = Failures(bench.messages, bench.crashes.note, bench.window)
    for source in (
        bench.exporter,
        bench.opener,
        bench.trainer,
        bench.judge,
        bench.ratios,
        bench.projects,
        bench.project_pages,
    ):
        source.failed.connect(failures.report)
    bench.denoiser_client.refused.connect(failures.refused)
    bench.compare.troubled.connect(bench.crashes.note)
    bench.compare.asked = bench.settings.folder


def _menus(bench: Workbench) -> None:
    """Refreshes the actions when what can be done may have changed."""
    actions = bench.actions
    bench.workspace.loaded.connect(actions.refresh)
    bench.workspace.histories.indexChanged.connect(actions.refresh_soon)
    bench.exporter.exportables.changed.connect(actions.refresh)
    bench.controller.data.changed.connect(actions.refresh)
    bench.trainer.staged.connect(actions.refresh_soon)
    bench.theming.changed.connect(actions.refresh)
    bench.tapes.changed.connect(actions.refresh)
    bench.workspaces.changed.connect(actions.refresh_soon)
    bench.presentation.changed.connect(actions.refresh)
    bench.workspaces.changed.connect(bench.gallery.leave)
    for dock in bench.docks.all:
        dock.visibilityChanged.connect(actions.refresh_soon)
