"""Names beside points of a chart that overlap neither points nor one another."""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterator, Mapping

from matplotlib.axes import Axes
from matplotlib.transforms import Bbox

from tutorlm.course.charts import INK, SMALL
from tutorlm.course.colours import GREY

MARK = 7.0  # points from the middle of a mark within which there is no name
FAR = (8.0, 16.0, 26.0, 38.0, 52.0, 70.0)  # points from a mark to its name; from the third on with a leader
DIRECTIONS = (0, 180, 90, 270, 45, 135, 315, 225)  # degrees: first to the right


def place_labels(axes: Axes, places: Mapping[str, tuple[float, float]]) -> None:
    """Write each name near its point, in the nearest free place inside the axes; the layout must be settled."""
    unit = axes.figure.dpi / 72
    inside = axes.get_window_extent()
    middles = {name: axes.transData.transform(place) for name, place in places.items()}
    taken = [Bbox.from_extents(x - MARK * unit, y - MARK * unit, x + MARK * unit, y + MARK * unit)
             for x, y in middles.values() if math.isfinite(x) and math.isfinite(y)]  # fmt: skip
    for name, (x, y) in middles.items():
        if not (math.isfinite(x) and math.isfinite(y)):
            continue
        text = axes.annotate(name, places[name], (0, 0), textcoords="offset points", ha="center", va="center",
                             color=INK, fontsize=SMALL + 0.5, parse_math=False)  # fmt: skip
        size = text.get_window_extent()
        box, far = _free(x, y, size.width + 2 * unit, size.height, taken, inside, unit)
        taken.append(box)
        middle = ((box.x0 + box.x1) / 2, (box.y0 + box.y1) / 2)
        text.set_position(((middle[0] - x) / unit, (middle[1] - y) / unit))
        if far >= FAR[2]:
            end = (min(max(x, box.x0), box.x1), min(max(y, box.y0), box.y1))
            axes.annotate("", places[name], ((end[0] - x) / unit, (end[1] - y) / unit), textcoords="offset points",
                          arrowprops={"arrowstyle": "-", "color": GREY, "linewidth": 0.7, "shrinkB": 4})  # fmt: skip


def _free(
    x: float, y: float, width: float, height: float, taken: list[Bbox], inside: Bbox, unit: float
) -> tuple[Bbox, float]:
    """The nearest box that overlaps nothing; the first one if there is none."""
    boxes = list(_boxes(x, y, width, height, unit))
    for box, far in boxes:
        within = inside.x0 <= box.x0 and box.x1 <= inside.x1 and inside.y0 <= box.y0 and box.y1 <= inside.y1
        if within and not any(box.overlaps(other) for other in taken):
            return box, far
    return boxes[0]


def _boxes(x: float, y: float, width: float, height: float, unit: float) -> Iterator[tuple[Bbox, float]]:
    for far, degrees in itertools.product(FAR, DIRECTIONS):
        right, up = math.cos(math.radians(degrees)), math.sin(math.radians(degrees))
        across = x + right * far * unit + (math.copysign(width / 2, right) if abs(right) > 0.1 else 0)
        above = y + up * far * unit + (math.copysign(height / 2, up) if abs(up) > 0.1 else 0)
        yield Bbox.from_bounds(across - width / 2, above - height / 2, width, height), far
