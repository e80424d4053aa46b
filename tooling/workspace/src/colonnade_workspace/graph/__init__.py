"""Pictures of the workspace: packages and contexts as text, Mermaid or SVG."""

from colonnade_workspace.graph.contexts import context_graph
from colonnade_workspace.graph.mermaid import to_mermaid
from colonnade_workspace.graph.packages import package_graph
from colonnade_workspace.graph.picture import Arrow, Graph, Node
from colonnade_workspace.graph.svg import to_svg
from colonnade_workspace.graph.text import to_text

__all__ = ["Arrow", "Graph", "Node", "context_graph", "package_graph", "to_mermaid", "to_svg", "to_text"]
