"""Pictures of the workspace."""

from xml.etree import ElementTree as ET

import pytest
from hypothesis import given
from hypothesis import strategies as st

from colonnade_workspace.graph import Arrow, Graph, Node, context_graph, package_graph, to_mermaid, to_svg, to_text
from colonnade_workspace.graph.layout import COLUMN_GAP_PIXELS, lay_out


@pytest.fixture
def workspace(fake):
    fake.member("domain", files={"tasks/__init__.py": "import acme.domain.people\n", "people/__init__.py": ""})
    fake.member(
        "app",
        ["acme-domain>=0.1,<0.2"],
        files={"tasks.py": "from acme.app import shared\n", "shared.py": "", "people/__init__.py": ""},
    )
    fake.member("data", ["acme-app>=0.1,<0.2"], extras={"work": ["acme-domain>=0.1,<0.2"]})
    return fake.read()


def test_packages_point_at_what_they_require(workspace):
    """An arrow that only an extra asks for carries the extra's name."""
    assert package_graph(workspace).arrows == (
        Arrow("acme-app", "acme-domain"),
        Arrow("acme-data", "acme-app"),
        Arrow("acme-data", "acme-domain", "work"),
    )


def test_contexts_are_folders_of_one_name_in_several_layers(workspace):
    """The domain names the contexts; other layers hold them as folders or modules."""
    graph = context_graph(workspace)
    assert graph.nodes == (Node("people", "domain, app"), Node("tasks", "domain, app"))
    assert graph.arrows == (Arrow("tasks", "people"),)


def test_an_implied_arrow_is_left_out_when_reduced():
    """A way through others says the same; a plain arrow is not replaced by a way through an extra."""
    nodes = (Node("a"), Node("b"), Node("c"))
    plain = (Arrow("a", "b"), Arrow("b", "c"), Arrow("a", "c"))
    optional = (Arrow("a", "b", "x"), Arrow("b", "c"), Arrow("a", "c"))
    assert Graph("G", nodes, plain).reduced().arrows == plain[:2]
    assert Graph("G", nodes, optional).reduced().arrows == optional


def test_arrows_of_a_cycle_survive_the_reduction():
    """A circle has no shortest form."""
    arrows = (Arrow("a", "b"), Arrow("b", "a"))
    assert Graph("G", (Node("a"), Node("b")), arrows).reduced().arrows == arrows


def test_text_lists_nodes_and_arrows(workspace):
    """Arrows stand below their source, extras in brackets."""
    text = to_text([package_graph(workspace)])
    assert "  acme-data (packages)\n    → acme-app\n    → acme-domain (with [work])\n" in text


def test_mermaid_dots_the_arrows_of_extras(workspace):
    """Identifiers hold no hyphens, which Mermaid would read as lines."""
    text = to_mermaid([package_graph(workspace), context_graph(workspace)])
    assert text.startswith("flowchart TD\n")
    assert "packages_acme_app --> packages_acme_domain" in text
    assert 'packages_acme_data -. "work" .-> packages_acme_domain' in text
    assert 'contexts_tasks["tasks<br/>domain, app"]' in text


def test_svg_is_xml_with_a_box_for_each_node_and_a_path_for_each_arrow(workspace):
    """Names are text, so that the picture can be searched and read aloud."""
    svg = ET.fromstring(to_svg([package_graph(workspace), context_graph(workspace)]))
    space = "{http://www.w3.org/2000/svg}"
    boxes = [box for box in svg.iter(f"{space}rect") if box.get("class") == "box"]
    paths = [path for path in svg.iter(f"{space}path") if (path.get("class") or "").startswith("arrow")]
    assert len(boxes) == 5
    assert len(paths) == 4
    assert {"acme-app", "tasks", "[work]"} <= {text.text for text in svg.iter(f"{space}text")}


def test_an_empty_graph_is_a_picture_too():
    """A workspace without contexts draws its title alone."""
    assert "<title>Contexts</title>" in to_svg([Graph("Contexts", (), ())])


NAMES = "abcdefgh"
arrows = st.sets(st.tuples(st.sampled_from(NAMES), st.sampled_from(NAMES)).filter(lambda pair: pair[0] != pair[1]))


@given(arrows)
def test_boxes_never_overlap_and_arrows_join_their_ends(pairs):
    """Any graph can be laid out, cycles included."""
    graph = Graph("G", tuple(Node(name) for name in NAMES), tuple(Arrow(*pair) for pair in sorted(pairs)))
    layout = lay_out(graph, dict.fromkeys(NAMES, 50.0))
    for name, (x, y) in layout.nodes.items():
        assert 25.0 - 1e-6 <= x <= layout.width - 25.0 + 1e-6
        for other, (other_x, other_y) in layout.nodes.items():
            assert name == other or y != other_y or abs(x - other_x) >= 50.0 + COLUMN_GAP_PIXELS - 1e-6
    for arrow, points in layout.arrows.items():
        assert points[0] == layout.nodes[arrow.source]
        assert points[-1] == layout.nodes[arrow.target]


@given(arrows)
def test_without_cycles_every_arrow_points_down(pairs):
    """What is needed is drawn below what needs it."""
    downward = {(min(pair), max(pair)) for pair in pairs}
    graph = Graph("G", tuple(Node(name) for name in NAMES), tuple(Arrow(*pair) for pair in sorted(downward)))
    layout = lay_out(graph, dict.fromkeys(NAMES, 50.0))
    assert all(layout.nodes[source][1] < layout.nodes[target][1] for source, target in downward)
