"""Planted secrets are found wherever they come out, in whatever spelling."""

import base64
import json
import urllib.parse
from contextlib import redirect_stderr, redirect_stdout
from io import StringIO

import pytest

from colonnade.testing.planted import PLANTED, assert_nothing_planted, find_planted, without_planted

pytest_plugins = ["pytester"]

SPELLINGS = {
    "as it is": str,
    "bytes": str.encode,
    "repr": repr,
    "json": json.dumps,
    "url": lambda secret: urllib.parse.quote(secret, safe=""),
    "form": urllib.parse.quote,
    "base64": lambda secret: base64.b64encode(secret.encode()).decode(),
    "basic": lambda secret: base64.b64encode(f"ada:{secret}".encode()).decode(),
    "base64 for urls": lambda secret: base64.urlsafe_b64encode(f"ad:{secret}".encode()).decode(),
}

LEAKS = {
    "print": "print(S)",
    "stderr": "import sys; print(S, file=sys.stderr)",
    "log": "import logging; logging.getLogger('shop').warning('paid with %s', S)",
    "debug": "import logging; log = logging.getLogger('shop'); log.setLevel(10); log.debug('with %s', S)",
    "exception": "import logging\n    try: raise ValueError(S)\n    except ValueError: logging.exception('no')",
    "capsys": "print(S); capsys.readouterr()",
    "descriptor": "import os; os.write(1, S.encode())",
}


@pytest.mark.parametrize("spell", SPELLINGS.values(), ids=SPELLINGS)
@pytest.mark.parametrize(("name", "secret"), PLANTED.items(), ids=PLANTED)
def test_a_secret_is_found_in_every_spelling(name, secret, spell):
    spelt = spell(secret)
    before, after = (b"said: ", b" again") if isinstance(spelt, bytes) else ("said: ", " again")
    assert find_planted(before + spelt + after) == [name]


def test_nothing_is_found_where_nothing_is():
    assert find_planted("planted-password, planted-token, planted-key: ***") == []


def test_a_find_is_an_assertion_that_names_place_and_secret():
    with pytest.raises(AssertionError, match=r"^the log holds PLANTED_PASSWORD, PLANTED_KEY$"):
        assert_nothing_planted(PLANTED["PLANTED_KEY"] + PLANTED["PLANTED_PASSWORD"], "the log")


@pytest.mark.parametrize("place", ["body", "header"])
async def test_an_answer_with_a_secret_is_an_error(place):
    """Even if it is spread over two pieces of the body."""
    secret = PLANTED["PLANTED_TOKEN"].encode()

    async def application(scope, receive, send):
        headers = [(b"x-token", secret)] if place == "header" else []
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        for piece in (secret[:9], secret[9:]) if place == "body" else (b"all is well",):
            await send({"type": "http.response.body", "body": piece, "more_body": True})

    sent = []

    async def send(message):
        sent.append(message)

    with pytest.raises(AssertionError, match="PLANTED_TOKEN"):
        await without_planted(application)({"type": "http", "path": "/me"}, None, send)


async def test_an_answer_without_secrets_passes_unchanged():
    messages = [{"type": "http.response.start", "status": 204}, {"type": "http.response.body"}, {"type": "other"}]
    sent = []

    async def application(scope, receive, send):
        for message in messages:
            await send(message)

    async def send(message):
        sent.append(message)

    await without_planted(application)({"type": "http"}, None, send)
    assert sent == messages


@pytest.fixture
def suite(pytester):
    """Run a suite of one test with the plugin, and swallow what it says: this suite is watched as well."""

    def run(body, *options, head=""):
        pytester.makeini("[pytest]\nasyncio_default_fixture_loop_scope = function\n")
        pytester.makepyfile(
            "import pytest\n"
            "from colonnade.testing.planted import PLANTED_PASSWORD as S\n"
            f"{head}\n"
            f"def test_it({'capsys' if 'capsys' in body else ''}):\n"
            f"    {body}\n"
        )
        with redirect_stdout(StringIO()), redirect_stderr(StringIO()):
            return pytester.runpytest_subprocess("-p", "colonnade.testing.watching", *options)

    return run


@pytest.mark.parametrize("body", LEAKS.values(), ids=LEAKS)
def test_a_test_whose_output_holds_a_secret_fails(suite, body):
    result = suite(body)
    result.assert_outcomes(failed=1)
    assert "a planted secret came out: PLANTED_PASSWORD in " in result.stdout.str()


def test_a_test_that_says_nothing_secret_passes(suite):
    suite("print('all is well')").assert_outcomes(passed=1)


def test_a_fixture_that_lets_a_secret_out_at_its_end_is_an_error(suite):
    head = "@pytest.fixture(autouse=True)\ndef ending():\n    yield\n    print(S)\n"
    suite("pass", head=head).assert_outcomes(passed=1, errors=1)


def test_a_failing_test_keeps_its_own_reason(suite):
    result = suite("print(S); assert 1 == 2")
    result.assert_outcomes(failed=1)
    assert "assert 1 == 2" in result.stdout.str()
    assert "a planted secret came out" in result.stdout.str()


def test_it_works_in_several_processes(suite):
    suite("print(S)", "-n", "1").assert_outcomes(failed=1)
