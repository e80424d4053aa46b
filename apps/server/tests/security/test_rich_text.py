"""What people write is kept as they wrote it, and shown so that nothing in it runs."""

import pytest

from ..house import House, Json, Person, problem

NASTY = """# Plan

Ship **it** <b>now</b>, see [the page](https://example.com/a?b=1&c=2) and | not a table.

<script>alert(1)</script><img src=x onerror=alert(1)><svg onload=alert(1)><iframe src="//evil.example"></iframe>
[run](javascript:alert(1)) <a href="jAvAsCrIpT:alert(1)" onclick="alert(1)" style="position:fixed">here</a>
<form action="//evil.example"><input name=password></form> ![seen](https://evil.example/pixel.png)

| a | b |
|---|---|
| 1 | ~~2~~ |
"""


async def described(house: House, text: str) -> tuple[Person, str, Json]:
    """Return somebody with a task that is described so."""
    ada = await house.person()
    workspace = await house.workspace(ada)
    task = await ada.post(f"{await house.project(ada, workspace)}/tasks", {"title": "Ship it", "description": text})
    return ada, f"{workspace}/tasks/{task['id']}", task


async def test_a_description_is_kept_as_written_and_shown_clean(house: House) -> None:
    """Text, tables and links stay; whatever runs, loads or submits does not."""
    ada, path, task = await described(house, NASTY)
    assert (await ada.get(path))["description"] == NASTY.strip()
    shown = await ada.get(f"{path}/description")
    assert shown["version"] == task["version"]
    html = shown["html"]
    for kept in ("<h1>Plan</h1>", "<strong>it</strong>", "<b>now</b>", "<td>1</td>", "<s>2</s>", "b=1&amp;c=2"):
        assert kept in html
    for gone in ("<script", "alert(1)</", "onerror", "onload", "onclick", "style=", "<iframe", "<svg", "<img", "<form"):
        assert gone not in html
    assert 'href="javascript' not in html.lower()
    assert 'rel="noopener nofollow ugc"' in html


@pytest.mark.parametrize("text", ["[" * 100_000, "*a_" * 33_000, "<a " * 30_000, "|a" * 50_000, "> " * 50_000])
async def test_a_hostile_description_is_shown_all_the_same(house: House, text: str) -> None:
    """Nothing about it is worse than its length."""
    ada, path, _ = await described(house, text)
    assert "<script" not in (await ada.get(f"{path}/description"))["html"]


async def test_what_is_not_there_has_no_description(house: House) -> None:
    """As for the task itself."""
    ada, path, _ = await described(house, "Text")
    assert (await ada.send("DELETE", path)).status_code == 204
    problem(await ada.send("GET", f"{path}/description"), 404)
