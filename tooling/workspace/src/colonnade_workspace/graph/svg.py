"""Graphs as one SVG picture that needs no other program and no script."""

from itertools import pairwise
from xml.sax.saxutils import escape, quoteattr  # nosec B406 # writes XML, reads none

from colonnade_workspace.graph.layout import Layout, Point, lay_out
from colonnade_workspace.graph.picture import Arrow, Graph, Node

MARGIN = 24.0
TITLE_HEIGHT = 40.0
BOX_HEIGHT = 44.0
BOX_PADDING = 14.0
NAME_WIDTH = 7.6  # of one character at 13 px in a common sans-serif; a little too wide is harmless
CAPTION_WIDTH = 5.9

STYLE = """
  text { font-family: system-ui, sans-serif; font-size: 13px; fill: #1f2937; text-anchor: middle; }
  .title { font-size: 16px; font-weight: 600; text-anchor: start; }
  .caption, .extra { font-size: 10px; fill: #64748b; }
  .extra { paint-order: stroke; stroke: #ffffff; stroke-width: 3px; }
  .box { fill: #f8fafc; stroke: #475569; }
  .arrow { fill: none; stroke: #64748b; stroke-width: 1.2; marker-end: url(#head); }
  .optional { stroke-dasharray: 5 4; }
"""

HEAD = """<marker id="head" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="7" markerHeight="7" orient="auto">
  <path d="M0,0 L8,4 L0,8 z" fill="#64748b"/></marker>"""


def to_svg(graphs: list[Graph]) -> str:
    """One picture, the graphs below each other; arrows that only extras ask for are dashed and labelled."""
    layouts = [lay_out(graph, {node.name: _box_width(node) for node in graph.nodes}) for graph in graphs]
    width = max((layout.width for layout in layouts), default=0.0) + 2 * MARGIN
    height = sum(layout.height + TITLE_HEIGHT for layout in layouts) + 2 * MARGIN
    lines = [
        f'<svg xmlns="http://www.w3.org/2000/svg" role="img" viewBox="0 0 {width:.0f} {height:.0f}">',
        f"<title>{escape(' and '.join(graph.title for graph in graphs))}</title>",
        f"<style>{STYLE}</style>",
        f"<defs>{HEAD}</defs>",
        '<rect width="100%" height="100%" fill="#ffffff"/>',
    ]
    top = MARGIN
    for graph, layout in zip(graphs, layouts, strict=True):
        lines += _section(graph, layout, top)
        top += layout.height + TITLE_HEIGHT
    return "\n".join([*lines, "</svg>", ""])


def _section(graph: Graph, layout: Layout, top: float) -> list[str]:
    return [
        f'<g transform="translate({MARGIN:.0f},{top:.0f})">',
        f'<text class="title" x="0" y="16">{escape(graph.title)}</text>',
        f'<g transform="translate(0,{TITLE_HEIGHT:.0f})">',
        *(_line(arrow, points) for arrow, points in layout.arrows.items()),
        *(_box(node, layout.nodes[node.name]) for node in graph.nodes),
        *(_label(arrow, points) for arrow, points in layout.arrows.items() if arrow.extra),
        "</g></g>",
    ]


def _box_width(node: Node) -> float:
    return max(len(node.name) * NAME_WIDTH, len(node.caption) * CAPTION_WIDTH) + 2 * BOX_PADDING


def _box(node: Node, centre: Point) -> str:
    x, y = centre
    width = _box_width(node)
    box = (
        f'<rect class="box" x="{x - width / 2:.1f}" y="{y - BOX_HEIGHT / 2:.1f}" '
        f'width="{width:.1f}" height="{BOX_HEIGHT:.0f}" rx="7"/>'
    )
    if not node.caption:
        return f'{box}<text x="{x:.1f}" y="{y + 4:.1f}">{escape(node.name)}</text>'
    return (
        f'{box}<text x="{x:.1f}" y="{y - 2:.1f}">{escape(node.name)}</text>'
        f'<text class="caption" x="{x:.1f}" y="{y + 13:.1f}">{escape(node.caption)}</text>'
    )


def _line(arrow: Arrow, points: list[Point]) -> str:
    """A line that crosses each rank straight, so as to pass between boxes, and bends only between ranks."""
    curves = [
        f"{x1:.1f},{y1:.1f} C{x1:.1f},{(y1 + y2) / 2:.1f} {x2:.1f},{(y1 + y2) / 2:.1f} {x2:.1f},{y2:.1f}"
        for (x1, y1), (x2, y2) in _curves(points)
    ]
    kind = "arrow optional" if arrow.extra else "arrow"
    label = quoteattr(f"{arrow.source} → {arrow.target}")
    return f'<path class="{kind}" d="M{" L".join(curves)}" aria-label={label}/>'


def _label(arrow: Arrow, points: list[Point]) -> str:
    (x1, y1), (x2, y2) = _curves(points)[0]
    return f'<text class="extra" x="{(x1 + x2) / 2:.1f}" y="{(y1 + y2) / 2 + 3:.1f}">[{escape(arrow.extra)}]</text>'


def _curves(points: list[Point]) -> list[tuple[Point, Point]]:
    """From each rank's edge to the next one's; upwards where an arrow closes a cycle."""
    half = BOX_HEIGHT / 2 if points[-1][1] >= points[0][1] else -BOX_HEIGHT / 2
    return [((x1, y1 + half), (x2, y2 - half)) for (x1, y1), (x2, y2) in pairwise(points)]
