"""Rich text shows, and does nothing else."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from colonnade.security.sanitising import sanitise

ATTACKS = [
    "<script>alert(1)</script>", "<img src=x onerror=alert(1)>", "<svg/onload=alert(1)>",
    "<svg><script>alert(1)</script>",
    '<a href="javascript:alert(1)">x</a>', '<a href=" jav&#x09;ascript:alert(1)">x</a>',
    '<a href="data:text/html,<script>alert(1)</script>">x</a>', '<a href="vbscript:msgbox(1)">x</a>',
    '<iframe srcdoc="<script>alert(1)</script>"></iframe>', '<p onclick="alert(1)">x</p>',
    '<p style="background:url(javascript:alert(1))">x</p>',
    "<math><mtext><table><mglyph><style><img src=x onerror=alert(1)>",
    '<form action="https://evil.test"><input name=password></form>', '<base href="https://evil.test/">',
    '<meta http-equiv="refresh" content="0;url=https://evil.test">',
    "<noscript><p title=\"</noscript><img src=x onerror=alert(1)>\">",
    '<object data="x.swf"></object>', '<a id="location" name="cookie">x</a>', "<!--<img src=x onerror=alert(1)>-->",
    "<scr<script>ipt>alert(1)</scr</script>ipt>", "<template><script>alert(1)</script></template>",
    '<a href="//evil.test/\u202e">x</a><img src="https://evil.test/pixel">', "<xss onafterscriptexecute=alert(1)>",
]  # fmt: skip
RUNS = re.compile(
    r"<\s*(script|img|svg|iframe|style|form|input|base|meta|object|math|template|xss|embed|link)\b"
    r"|<[^>]*\s(on\w+|style|id|name|src|srcdoc|action)\s*=|<[^>]*(javascript|vbscript|data):",
    re.IGNORECASE,
)


@pytest.mark.parametrize("attack", ATTACKS)
def test_nothing_runs(attack: str) -> None:
    """Stored as written, shown without its teeth (stored XSS)."""
    assert not RUNS.search(sanitise(attack))


@given(st.text(alphabet=st.sampled_from("<>/=\"'& abcsriptonle:;!-\u0000\n"), max_size=200))
def test_nothing_runs_whatever_is_written(html: str) -> None:
    """And cleaning what is clean changes nothing."""
    clean = sanitise(html)
    assert not RUNS.search(clean)
    assert sanitise(clean) == clean


def test_what_people_write_stays() -> None:
    """Paragraphs, emphasis, lists, code, tables."""
    text = "<p>Hello <strong>you</strong></p><ul><li>one</li></ul><pre><code>a &lt; b</code></pre>"
    text += '<table><tbody><tr><td colspan="2">x</td></tr></tbody></table>'
    assert sanitise(text) == text


def test_a_link_is_kept_and_not_vouched_for() -> None:
    """Its target learns nothing, and search engines see who wrote it."""
    shown = sanitise('<a href="https://example.com/" rel="opener" target="_blank">x</a>')
    assert shown == '<a href="https://example.com/" rel="noopener nofollow ugc">x</a>'


def test_of_other_elements_the_text_is_kept() -> None:
    """Of scripts, nothing."""
    assert sanitise("<blink>so</blink><script>no</script>") == "so"
