"""The cards of the gallery under their headings, and how the arrow keys move among them."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QObject, QRect, Qt, Signal, Slot
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QFrame, QLayoutItem, QScrollArea, QVBoxLayout, QWidget

from latentlab.engine.files.model_cards import grouped
from latentlab.qt.shell.gallery.card import Card
from latentlab.qt.shell.gallery.picture_card import NARROWEST, WIDEST, PictureCard
from latentlab.qt.shell.gallery.project_card import ProjectCard
from latentlab.qt.shell.gallery.reading import GalleryContents
from latentlab.qt.widgets.flow_layout import FlowLayout
from latentlab.qt.widgets.plain_text import Label, listed

_GAP, _LONGEST_HEADING = 12, 80
# So many take one row in the narrowest window: models stay in sight.
_PROJECTS, _FEW = "Recent projects", 3


class _Cards(FlowLayout):
    """As many cards in a row as there is room for; they share it."""

    def places(self, items: Sequence[QLayoutItem], width: int) -> list[QRect]:
        columns = max(1, (width + self.gap) // (NARROWEST + self.gap))
        across = min(WIDEST, (width + self.gap) // columns - self.gap)
        down = max((item.heightForWidth(across) for item in items), default=0)
        return [
            QRect(number % columns * (across + self.gap), number // columns * (down + self.gap), across, down)
            for number in range(len(items))
        ]


class _Group(QWidget):
    """A heading and its cards; without a query the first `few` of them."""

    def __init__(self, heading: str, cards: Sequence[PictureCard], few: int | None = None) -> None:
        super().__init__()
        self.cards, self._few = tuple(cards), few
        title = Label(listed(heading, _LONGEST_HEADING))
        title.setObjectName("galleryHeading")
        font = title.font()
        font.setPointSizeF(1.15 * font.pointSizeF())
        title.setFont(font)
        grid = QWidget()
        flow = _Cards(grid, _GAP)
        for card in cards:
            flow.addWidget(card)
        rows = QVBoxLayout(self)
        rows.setContentsMargins(0, 0, 0, 6)
        rows.setSpacing(6)
        rows.addWidget(title)
        rows.addWidget(grid)

    def filter(self, query: str) -> None:
        """Shows the cards that match, and itself if there are any."""
        found = [card for card in self.cards if card.matches(query)][: None if query.split() else self._few]
        for card in self.cards:
            card.setVisible(card in found)
        self.setVisible(bool(found))


class CardList(QScrollArea):
    """All cards: recent projects, then models. `chosen` carries the card to open, `menu_wanted` a card and a
    global place.
    """

    chosen = Signal(object)
    menu_wanted = Signal(object, object)
    above_first = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("galleryShelf")
        self.setAccessibleName("Models")
        self.setWidgetResizable(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._groups: list[_Group] = []
        self._query = ""
        self._inside = QWidget()
        self.empty = Label()
        self.empty.setObjectName("galleryEmpty")
        self.empty.setWordWrap(True)
        self.empty.hide()
        self._fill()

    @property
    def cards(self) -> list[PictureCard]:
        """All cards that match the search, in order."""
        return [card for group in self._groups for card in group.cards if not card.isHidden()]

    @property
    def everything(self) -> list[PictureCard]:
        """All cards, found or not."""
        return [card for group in self._groups for card in group.cards]

    @property
    def all_models(self) -> list[Card]:
        """The cards of all models, found or not."""
        return [card for card in self.everything if isinstance(card, Card)]

    @property
    def models(self) -> list[Card]:
        """The cards of models that match the search, in order."""
        return [card for card in self.cards if isinstance(card, Card)]

    @property
    def projects(self) -> list[ProjectCard]:
        """The cards of projects that match the search, in order."""
        return [card for card in self.cards if isinstance(card, ProjectCard)]

    def fill(self, read: GalleryContents, open_: frozenset[str], running: PictureCard | None = None) -> None:
        """Shows these models and projects, and the card of the training that runs above them.

        Args:
            open_: the hashes of the models that are open, and the path of the project that is.
        """
        before = self.cards
        focused = next((number for number, card in enumerate(before) if card.hasFocus()), None)
        place = self.verticalScrollBar().value()
        groups: list[tuple[str, list[PictureCard]]] = []
        if running is not None:
            groups.append(("In training", [running]))
        if read.projects:
            groups.append((_PROJECTS, [
                ProjectCard(one, read.drawn.get(one.model_hash, b""), str(one.path) in open_)
                for one in read.projects
            ]))  # fmt: skip
        for heading, some in grouped(read.models):
            groups.append((heading, [
                Card(one, read.drawn.get(one.hash, b""), read.notes.get(one.hash, ""), one.hash in open_)
                for one in some
            ]))  # fmt: skip
        self._groups = [
            _Group(heading, cards, _FEW if heading == _PROJECTS else None) for heading, cards in groups
        ]
        for card in self.everything:
            card.clicked.connect(self._clicked)
            card.menu_wanted.connect(self._menu_wanted)
            card.came.connect(self._came)
        self._fill()
        self.filter(self._query)
        self.verticalScrollBar().setValue(place)
        if focused is not None and self.cards:
            # The same model, or where one was that is gone.
            here, cards = before[focused].path, self.cards
            same = (card for card in cards if card.path == here)
            next(same, cards[min(focused, len(cards) - 1)]).setFocus()

    def _fill(self) -> None:
        inside = self._inside = QWidget()
        rows = QVBoxLayout(inside)
        rows.setContentsMargins(16, 4, 16, 12)
        rows.addWidget(self.empty)
        for group in self._groups:
            rows.addWidget(group)
        rows.addStretch(1)
        self.setWidget(inside)

    def filter(self, query: str) -> None:
        """Shows the cards in which each word of the query occurs."""
        self._query = query
        for group in self._groups:
            group.filter(query)
        nothing = bool(self._groups) and not self.cards
        self.empty.setText(f"Nothing is called or described as “{listed(query)}”." if nothing else "")
        self.empty.setVisible(nothing)
        self._reach(next(iter(self.cards), None))

    def focus_first(self) -> None:
        """The first card takes the keyboard focus."""
        for card in self.cards[:1]:
            card.setFocus()

    def step(self, key: Qt.Key) -> bool:
        """Moves the focus by an arrow key, Home or End; whether it was one, and a card has the focus."""
        cards = self.cards
        here = next((card for card in cards if card.hasFocus()), None)
        if here is None:
            return False
        place = cards.index(here)
        match key:
            case Qt.Key.Key_Left:
                there = cards[max(0, place - 1)]
            case Qt.Key.Key_Right:
                there = cards[min(len(cards) - 1, place + 1)]
            case Qt.Key.Key_Home:
                there = cards[0]
            case Qt.Key.Key_End:
                there = cards[-1]
            case Qt.Key.Key_Up | Qt.Key.Key_Down:
                found = self._in_next_row(here, down=key == Qt.Key.Key_Down)
                if found is None and key == Qt.Key.Key_Up:
                    self.above_first.emit()
                    return True
                there = found or here
            case _:
                return False
        there.setFocus()
        return True

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_PageUp, Qt.Key.Key_PageDown):
            super().keyPressEvent(event)
        else:
            # Arrows move among the cards, and so scroll: see the page.
            event.ignore()

    def _in_next_row(self, here: PictureCard, *, down: bool) -> PictureCard | None:
        """The card above or below, the nearest across."""
        inside = self._inside
        origin = here.mapTo(inside, here.rect().center())
        found: list[tuple[int, int, PictureCard]] = []
        for card in self.cards:
            there = card.mapTo(inside, card.rect().center())
            rise = there.y() - origin.y() if down else origin.y() - there.y()
            if rise > 0:
                found.append((rise, abs(there.x() - origin.x()), card))
        if not found:
            return None
        nearest = min(rise for rise, _, _ in found)
        return min((one for one in found if one[0] == nearest), key=lambda one: one[1])[2]

    def _reach(self, one: PictureCard | None) -> None:
        for card in self.everything:
            card.reachable(card is one)

    def _card(self, sender: QObject | None) -> PictureCard | None:
        return sender if isinstance(sender, PictureCard) else None

    @Slot()
    def _clicked(self) -> None:
        card = self._card(self.sender())
        if card is not None:
            self.chosen.emit(card)

    @Slot(object)
    def _menu_wanted(self, place: object) -> None:
        card = self._card(self.sender())
        if card is not None:
            self.menu_wanted.emit(card, place)

    @Slot()
    def _came(self) -> None:
        card = self._card(self.sender())
        if card is not None:
            self._reach(card)
            self.ensureWidgetVisible(card, 0, 24)
