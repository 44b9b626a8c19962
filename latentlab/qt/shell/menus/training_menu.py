"""The Train menu: the buttons of the training panel, for use while the panel is hidden."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from latentlab.qt.clients.trainer_client import Stage
from latentlab.qt.shell.menus.actions import Entry
from latentlab.qt.shell.prior_dialog import PriorDialog, can_fit
from latentlab.qt.shell.workbench import Workbench


def training_entries(bench: Workbench) -> Iterator[Entry]:
    """The entries: show the panel, and control the running training."""
    trainer = bench.trainer

    def while_in(*stages: Stage) -> Callable[[], bool]:
        return lambda: trainer.stage in stages

    yield Entry(
        "trainAction", "&Train", "&Train a model …", bench.docks.show_training,
        "Choose pictures and a model, and watch the training.", "Ctrl+T", tool="Train", gap=True,
    )  # fmt: skip
    yield Entry(
        "pauseTrainingAction", "&Train", "&Pause", trainer.pause,
        "Pause the training, with everything saved.", "", while_in(Stage.RUNNING),
    )  # fmt: skip
    yield Entry(
        "resumeTrainingAction", "&Train", "&Go on", trainer.resume,
        "Continue the training.", "", while_in(Stage.PAUSED),
    )  # fmt: skip
    yield Entry(
        "keepTrainingAction", "&Train", "&Stop and keep", trainer.keep,
        "Stop the training, save the model as it is and open it.", "",
        while_in(Stage.RUNNING, Stage.PAUSED),
    )  # fmt: skip
    yield Entry(
        "fitPriorAction", "&Train", "&Fit a mixture as prior …", lambda: _fit_prior(bench),
        "Fit a mixture of Gaussians to the encodings, as the prior of a copy of the open model.", "",
        lambda: can_fit(bench.workspace.model), gap=True,
    )  # fmt: skip


def _fit_prior(bench: Workbench) -> None:
    """Shows the dialog; the one that is open already, if there is one."""
    model = bench.workspace.model
    page = bench.window.findChild(PriorDialog)
    if page is not None and page.isVisible():
        page.raise_()
        return
    if model is None:
        return
    page = PriorDialog(model, bench.trainer, bench.window)

    def fitted(path: str, said: str) -> None:
        bench.opener.open_model(path)
        bench.messages.say(said, good=True)

    page.fitted.connect(fitted)
    page.failed.connect(lambda message, details: bench.crashes.log.write(f"{message}\n{details}"))
    page.show()
