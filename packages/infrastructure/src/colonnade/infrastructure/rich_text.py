"""Rich text that people wrote: kept as written, and made into safe HTML when it is shown."""

from markdown_it import MarkdownIt

from colonnade.security.sanitising import sanitise
from colonnade.security.threads import FewThreads

_WAITING = 64


class RichTexts:
    """Makes HTML of Markdown (CommonMark 0.31, with the tables and the strike-through of GitHub's).

    HTML in the text is kept as far as the allow-list of `colonnade.security.sanitising` goes: that alone decides what
    is safe, and it decides last. A hostile text of 100,000 characters takes a second, so this is done in a thread.
    """

    def __init__(self) -> None:
        self._markdown = MarkdownIt("commonmark").enable(["table", "strikethrough"])
        self._threads = FewThreads("markdown", threads=1, waiting=_WAITING)

    async def html(self, text: str) -> str:
        """Return what a text looks like.

        Raises:
            Unavailable: Too many texts wait already.
        """
        return await self._threads.run(self._html, text)

    def close(self) -> None:
        """Let the thread go."""
        self._threads.close()

    def _html(self, text: str) -> str:
        return sanitise(self._markdown.render(text))
