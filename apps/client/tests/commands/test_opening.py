"""The address of a thing."""

import urllib.request

from ..terminal import NOWHERE, Terminal


def test_without_a_task_it_is_that_of_the_interactive_docs(terminal: Terminal) -> None:
    """No server is asked for it."""
    assert terminal.type("open", COLONNADE_SERVER=NOWHERE).stdout == f"{NOWHERE}/api/docs\n"


def test_the_docs_are_there(newcomer: Terminal) -> None:
    """What is printed can be opened."""
    with urllib.request.urlopen(newcomer.type("open").stdout.strip(), timeout=20) as answer:
        assert answer.status == 200
        assert "html" in answer.headers["content-type"]


def test_a_task_has_an_address(ada: Terminal) -> None:
    """It ends with the id, whichever way the task was named."""
    task = ada.read("tasks", "create", "Write")
    address = f"{ada.server}/api/v1/workspaces/{task['workspace_id']}/tasks/{task['id']}\n"
    assert ada.type("open", "WEB-1").stdout == address
    assert ada.type("open", task["id"]).stdout == address
