"""The one frame of all pages: a heading, what stands below it, our style, and at most one script of ours."""

from html import escape

from starlette.responses import HTMLResponse

from colonnade.api.http import page

_STYLE = """
:root { color-scheme: light dark; --edge: light-dark(#767676, #8c8c8c); --mark: light-dark(#0b57d0, #a8c7fa) }
body { font: 1rem/1.5 system-ui, sans-serif; max-width: 32rem; margin: 2rem auto; padding: 0 1rem;
  overflow-wrap: anywhere }
h1 { font-size: 1.4rem; line-height: 1.25 } h2 { font-size: 1.1rem; margin-top: 2rem }
label { display: block; font-weight: 600 }
input { display: block; box-sizing: border-box; width: 100%; margin-top: .25rem; padding: .55rem .65rem;
  font: inherit; font-weight: 400; border: 1px solid var(--edge); border-radius: .4rem }
button { font: inherit; min-height: 2.75rem; margin: .25rem .5rem .25rem 0; padding: .4rem 1rem;
  border: 1px solid var(--edge); border-radius: .4rem; cursor: pointer }
button:disabled { cursor: progress; opacity: .6 }
:focus-visible { outline: 3px solid var(--mark); outline-offset: 2px }
[role=alert], [role=status] { border-left: 4px solid var(--mark); padding: .25rem 0 .25rem .75rem }
[role=alert] { border-color: light-dark(#b3261e, #f2b8b5) }
[role=alert]:empty { display: none } [role=alert]::first-letter { text-transform: uppercase }
ul { list-style: none; padding: 0 } li { border-top: 1px solid var(--edge); padding: .75rem 0 }
form[data-leaving] { margin-top: 2rem }
small { display: block } dt, small { opacity: .8 } dd { margin: 0 0 .6rem } [hidden] { display: none !important }
"""
_PAGE = """<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1"><title>{title}</title>
<style nonce="{nonce}">{style}</style></head>
<body>
<main>
<h1>{title}</h1>
{body}
</main>
{script}</body>
</html>
"""
_SCRIPT = '<script nonce="{nonce}">{script}</script>\n'


def shell(
    title: str,
    body: str,
    *,
    status: int = 200,
    script: str = "",
    calls_api: bool = False,
    has_secret_address: bool = False,
) -> HTMLResponse:
    """Return a page, which nobody stores or frames.

    Args:
        title: What it is about, as text.
        body: What stands below the title, as HTML in which all that others wrote is escaped.
        status: Status of the answer.
        script: What runs in the page; nothing but this does.
        calls_api: Whether the script may send requests to this server.
        has_secret_address: Whether its address holds what nobody else may know, so that it is told nowhere.
    """

    def html(nonce: str) -> str:
        ours = _SCRIPT.format(nonce=nonce, script=script) if script else ""
        return _PAGE.format(title=escape(title), style=_STYLE, nonce=nonce, body=body, script=ours)

    shown = page(html, status=status, calls_api=calls_api)
    if has_secret_address:
        shown.headers["referrer-policy"] = "no-referrer"
    return shown
