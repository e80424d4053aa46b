"""The commands by name: where each is, and what it is for. Plain data, so that `--help` needs nothing else."""

from typing import NamedTuple

HELP_FLAGS = ("--help", "-h")


class Entry(NamedTuple):
    """A command that is not loaded yet.

    Attributes:
        module: Where it is.
        summary: What it is for.
    """

    module: str
    summary: str


COMMANDS = {
    "register": Entry("colonnade.client.commands.account", "Make an account on a server."),
    "login": Entry("colonnade.client.commands.signing_in", "Sign in to a server."),
    "logout": Entry("colonnade.client.commands.signing_in", "Sign out and forget the tokens."),
    "prove": Entry("colonnade.client.commands.signing_in", "Prove once more who you are."),
    "whoami": Entry("colonnade.client.commands.account", "Show who is signed in, and where."),
    "account": Entry(
        "colonnade.client.commands.account_changes",
        "Change your password, address or name, link identity providers, get or erase your data.",
    ),
    "two-factor": Entry("colonnade.client.commands.two_factor", "Be asked for a code of an app when you sign in."),
    "sessions": Entry("colonnade.client.commands.sessions", "List where you are signed in, and sign devices out."),
    "tokens": Entry("colonnade.client.commands.tokens", "List, make and revoke personal tokens for scripts."),
    "workspaces": Entry("colonnade.client.commands.workspaces", "List, make and choose workspaces."),
    "projects": Entry("colonnade.client.commands.projects", "List, make, choose and share projects."),
    "tasks": Entry("colonnade.client.commands.tasks", "List, show, make and change tasks."),
    "activity": Entry("colonnade.client.commands.activity", "List what was done to a task."),
    "notifications": Entry(
        "colonnade.client.commands.notifications", "List what you were told, and choose what you hear of."
    ),
    "members": Entry("colonnade.client.commands.members", "List members, change their roles, off-board them."),
    "roles": Entry("colonnade.client.commands.roles", "List roles, and make roles of a workspace's own."),
    "access": Entry("colonnade.client.commands.access", "See why somebody may or may not do a thing."),
    "processes": Entry("colonnade.client.commands.processes", "List and show off-boardings and exports."),
    "webhooks": Entry("colonnade.client.commands.webhooks", "List, make and change webhooks."),
    "audit": Entry("colonnade.client.commands.audit", "List who did what in a workspace, or take it out."),
    "import": Entry("colonnade.client.commands.importing", "Bring tasks in from other systems."),
    "export": Entry("colonnade.client.commands.exporting", "Take everything out of a workspace."),
    "open": Entry("colonnade.client.commands.opening", "Print the address of a task or of the server."),
    "completion": Entry("colonnade.client.commands.completion", "Print what makes a shell complete commands."),
}

INTERRUPTED = 130

EXIT_CODES = {
    0: "done",
    1: "failed, or some records of an import are broken",
    2: "the command line is wrong",
    3: "not signed in",
    4: "there is no such thing",
    5: "somebody else changed it, or it contradicts the present state",
    6: "a value is not valid",
    7: "the server does not answer",
    8: "not allowed",
    INTERRUPTED: "stopped by Ctrl-C",
}


def help_text() -> str:
    """Return what `colonnade --help` says."""
    lines = [
        "Usage: colonnade [OPTIONS] COMMAND [ARGS]...",
        "",
        "  Plan projects and tasks with others, from the command line.",
        "",
        "  Begin with: colonnade login --server https://…",
        "  Every command explains itself with --help; --json is for scripts.",
        "",
        "Options:",
        "  --version   Show the version and exit.",
        "  -h, --help  Show this message and exit.",
        "",
        "Commands:",
        *(f"  {name:<14} {entry.summary}" for name, entry in COMMANDS.items()),
        "",
        "Exit codes:",
        *(f"  {code:<4} {meaning}" for code, meaning in EXIT_CODES.items()),
    ]
    return "\n".join(lines) + "\n"
