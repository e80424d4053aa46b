"""What the made-up world consists of."""

from dataclasses import dataclass

DEMO_EMAIL = "ada.lovelace@demo.example"
DEMO_PASSWORD = "analytical engine"  # noqa: S105 - printed to whoever starts the demo, on loopback # nosec B105


@dataclass(frozen=True, slots=True)
class Size:
    """How much to make.

    Attributes:
        people: Accounts; all have the demo's password.
        workspaces: Workspaces; the first person owns the first and belongs to most.
        tasks: Tasks in all, spread unevenly over the projects.
    """

    people: int = 50
    workspaces: int = 10
    tasks: int = 1_000


FIRST_NAMES = (
    "Ada", "Alan", "Grace", "Edsger", "Barbara", "Donald", "Frances", "Niklaus", "Radia", "Dennis", "Katherine", "Ken",
    "Hedy", "Linus", "Margaret", "Guido", "Adele", "Bjarne", "Joan", "John", "Karen", "Leslie", "Lynn", "Tony", "Mary",
)  # fmt: skip
LAST_NAMES = ("Lovelace", "Özdemir", "Hopper", "Nakamura", "Liskov", "Knuth", "Allen", "García", "Perlman", "Łukasik")
WORKSPACES = (
    "Analytical Engines", "Harbour Bakery", "Nordlicht Energie", "Paper & Pine", "Rivertown Clinic", "Sakura Robotics",
    "Tallinn Transit", "Ubuntu Gardens", "Vela Space", "Wildflower Press",
)  # fmt: skip
PROJECTS = (
    ("WEB", "Website relaunch"),
    ("APP", "Mobile app"),
    ("OPS", "Operations"),
    ("HIR", "Hiring"),
    ("RES", "Research"),
    ("FIN", "Finance close"),
)
VERBS = (
    "Write", "Review", "Fix", "Measure", "Plan", "Replace", "Document", "Ship", "Test", "Simplify", "Automate", "Move",
)  # fmt: skip
OBJECTS = (
    "the sign-in page", "the onboarding mail", "the invoice export", "the search index", "the backup drill",
    "the release notes", "the pricing table", "the accessibility report", "the nightly import", "the error budget",
    "the customer interviews", "the cookie notice", "the loading time of the board", "the Zürich office move",
)  # fmt: skip
REASONS = (
    "", "", "Customers ask for it every week.", "It fails about once in two hundred runs.",
    "Part of what we promised for this quarter.\n\n- [ ] agree on the scope\n- [ ] do it\n- [ ] tell people",
    "See the notes of the last retrospective.",
)  # fmt: skip
LABELS = ("bug", "feature", "chore", "docs", "design", "security", "performance", "good first issue", "blocked")
ASSIGNED, SCHEDULED, DELETED = 0.7, 0.5, 0.02
"""Shares of the tasks that are given to somebody, have a due date, are in the bin."""
