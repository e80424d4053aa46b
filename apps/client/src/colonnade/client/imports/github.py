"""Issues as GitHub's REST API lists them (https://docs.github.com/rest/issues/issues)."""

from datetime import datetime
from pathlib import Path
from typing import Annotated, Any

from pydantic import BaseModel, BeforeValidator, ConfigDict, ValidationError

from colonnade.api.problems import invalid_message
from colonnade.application.tasks import ImportedTask
from colonnade.client.imports.json_files import Record, read_records
from colonnade.client.imports.records import Broken, Contents, UnreadableFile
from colonnade.core import ColonnadeError

_PUBLIC_API = "https://api.github.com/repos/"


class _Lenient(BaseModel):
    model_config = ConfigDict(extra="ignore", frozen=True)


class _Person(_Lenient):
    login: str


class _Milestone(_Lenient):
    title: str
    due_on: datetime | None = None


def _label_name(label: object) -> object:
    return label.get("name") if isinstance(label, dict) else label


class _Issue(_Lenient):
    """The part of an issue that is kept."""

    number: int
    title: str
    state: str
    created_at: datetime
    id: int | None = None
    html_url: str | None = None
    repository_url: str | None = None
    body: str | None = None
    user: _Person | None = None
    assignee: _Person | None = None
    assignees: tuple[_Person, ...] = ()
    labels: tuple[Annotated[str, BeforeValidator(_label_name)], ...] = ()
    milestone: _Milestone | None = None
    updated_at: datetime | None = None
    closed_at: datetime | None = None
    pull_request: dict[str, Any] | None = None  # only its being there counts

    @property
    def source(self) -> str:
        """The issue's name among all issues of GitHub."""
        if self.repository_url and self.repository_url.startswith(_PUBLIC_API):
            return f"github:{self.repository_url.removeprefix(_PUBLIC_API)}#{self.number}"
        if self.repository_url:
            return f"github:{self.repository_url}#{self.number}"
        return f"github:{self.id}" if self.id is not None else f"github:{self.html_url or ''}#{self.number}"

    @property
    def people(self) -> tuple[str, ...]:
        """Logins of those it is given to."""
        everybody = (*self.assignees, *((self.assignee,) if self.assignee else ()))
        return tuple(dict.fromkeys(person.login for person in everybody))


def read_issues(path: Path, *, pull_requests: bool = False) -> Contents:
    """Read a file of issues.

    Args:
        path: A JSON array, a search answer, or JSON lines.
        pull_requests: Whether to take pull requests as well, which GitHub lists among the issues.

    Raises:
        UnreadableFile: The file is not JSON, or nothing in it is an issue.
    """
    contents = Contents()
    seen: set[str] = set()
    for record in read_records(path):
        _take(record, contents, seen, pull_requests=pull_requests)
    if not contents.tasks and not contents.skipped:
        reason = f": {contents.broken[0].reason}" if contents.broken else ""
        raise UnreadableFile(f"{path.name} holds no GitHub issue{reason}")
    return contents


def _take(record: Record, contents: Contents, seen: set[str], *, pull_requests: bool) -> None:
    name = _name(record)
    if record.fault is not None:
        contents.broken.append(Broken(record.number, name, record.fault))
        return
    try:
        issue = _Issue.model_validate(record.content)
        if issue.pull_request is not None and not pull_requests:
            contents.skipped.append(Broken(record.number, name, "is a pull request"))
            return
        if issue.source in seen:
            contents.skipped.append(Broken(record.number, name, "occurs in the file before"))
            return
        contents.tasks.append(_task(issue))
        seen.add(issue.source)
    except ValidationError as error:
        contents.broken.append(Broken(record.number, name, invalid_message(error, record.content).message))
    except ColonnadeError as error:
        contents.broken.append(Broken(record.number, name, error.message))


def _task(issue: _Issue) -> ImportedTask:
    closed = issue.state == "closed"
    return ImportedTask.model_validate(
        {
            "origin": {
                "source": issue.source,
                "url": issue.html_url,
                "author": issue.user.login if issue.user else None,
                "assignees": issue.people,
                "milestone": issue.milestone.title if issue.milestone else None,
                "created_at": issue.created_at,
            },
            "title": issue.title,
            "description": (issue.body or "").replace("\r\n", "\n"),
            "labels": issue.labels,
            "due_on": issue.milestone.due_on.date() if issue.milestone and issue.milestone.due_on else None,
            "created_at": issue.created_at,
            "completed_at": (issue.closed_at or issue.updated_at or issue.created_at) if closed else None,
        }
    )


def _name(record: Record) -> str:
    number = record.content.get("number") if isinstance(record.content, dict) else None
    return f"#{number}" if isinstance(number, int) else f"record {record.number}"
