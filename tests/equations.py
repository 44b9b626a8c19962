"""Draws the equations of the guide: `python -m tests.equations` writes what is missing, and removes the rest.

Each block of TeX becomes one path in one SVG, so that the window needs neither TeX nor its fonts. Drawing
needs matplotlib, of the extra `dev`; reading what is drawn does not.
"""

from __future__ import annotations

from pathlib import Path

from latentlab.guide.equations import FOLDER, key_of, sources
from latentlab.shipped import GUIDE

SIZE, MARGIN = 10.0, 1.0


def pages() -> list[Path]:
    """Every file that may have equations."""
    return sorted(GUIDE.rglob("*.md"))


def wanted() -> dict[str, str]:
    """Key -> TeX of every equation."""
    texts = (page.read_text(encoding="utf-8") for page in pages())
    return {key_of(source): source for text in texts for source in sources(text)}


def drawn(source: str) -> str:
    """The SVG of an equation, black on nothing, in points of a type of `SIZE`."""
    import matplotlib
    from matplotlib.path import Path as Curve
    from matplotlib.textpath import TextPath

    matplotlib.rcParams["mathtext.fontset"] = "stix"
    # On a line of its own a fraction is as large as its line has room for.
    tex = " ".join(source.replace(r"\frac", r"\dfrac").split())
    text = TextPath((0.0, 0.0), f"${tex}$", size=SIZE)
    box = text.get_extents()
    letters = {
        Curve.MOVETO: "M",
        Curve.LINETO: "L",
        Curve.CURVE3: "Q",
        Curve.CURVE4: "C",
        Curve.CLOSEPOLY: "Z",
    }
    parts = []
    for points, code in text.iter_segments(curves=True, simplify=False):
        place = zip(points[::2] - box.x0 + MARGIN, box.y1 + MARGIN - points[1::2], strict=True)
        numbers = "" if code == Curve.CLOSEPOLY else " ".join(f"{x:.2f} {y:.2f}" for x, y in place)
        parts.append(letters[code] + numbers)
    width, height = box.width + 2 * MARGIN, box.height + 2 * MARGIN
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width:.2f}" height="{height:.2f}" '
        f'viewBox="0 0 {width:.2f} {height:.2f}"><path d="{"".join(parts)}"/></svg>\n'
    )


if __name__ == "__main__":
    FOLDER.mkdir(exist_ok=True)
    equations = wanted()
    for path in FOLDER.glob("*.svg"):
        if path.stem not in equations:
            path.unlink()
    for key, source in equations.items():
        if not (FOLDER / f"{key}.svg").exists():
            (FOLDER / f"{key}.svg").write_text(drawn(source), encoding="utf-8")
    print(f"{len(equations)} equations in {FOLDER}")
