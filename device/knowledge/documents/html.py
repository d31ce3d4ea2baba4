"""HTML → blocks. Scripts, styles and what is not part of the text are left out."""

from __future__ import annotations

from collections.abc import Iterator
from html.parser import HTMLParser

from device.knowledge.documents.blocks import Block, Heading, Listed, Paragraph, Row, plain

IGNORED = frozenset(
    {"script", "style", "template", "noscript", "svg", "nav", "iframe", "object", "pre", "select", "button"}
)
HEADINGS = {f"h{level}": level for level in range(1, 7)}
TERM = 7
"""Level of a term that a definition list explains: a heading below all others."""
BREAKING = frozenset(
    {"p", "div", "section", "article", "main", "header", "footer", "aside", "blockquote", "figure"}
    | {"figcaption", "table", "ul", "ol", "dl", "dt", "dd", "form", "body", "html", "hr", "caption", "title"}
)
"""Elements before and behind which a paragraph ends."""
VOID = frozenset(
    {"br", "hr", "img", "input", "meta", "link", "area", "base", "col", "embed", "source", "wbr"}
)


def html_blocks(text: str) -> Iterator[Block]:
    """The blocks of `text`, in order."""
    reader = _Reader()
    reader.feed(text)
    reader.close()
    reader.end_paragraph()
    return iter(reader.blocks)


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.blocks: list[Block] = []
        self._text: list[str] = []
        self._ignored: list[str] = []  # the elements that are open in one that is ignored
        self._heading: Heading | None = None
        self._lists: list[tuple[bool, list[str]]] = []
        self._header: tuple[str, ...] = ()
        self._cells: list[str] | None = None
        self._all_named = True
        self._anchor: str | None = None

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if self._ignored or tag in IGNORED:
            if tag not in VOID:
                self._ignored.append(tag)
            return
        if tag in HEADINGS or tag in ("dt", "dd"):
            self._end_heading()  # its end need not be written
        if tag == "br":
            self._text.append(" ")
        elif tag in HEADINGS or tag == "dt":
            self.end_paragraph()
            anchor = dict(attrs).get("id") or self._anchor
            level = HEADINGS.get(tag, TERM)
            self._heading = Heading(level, "", anchor or ("" if tag != "dt" else None))
            self._anchor = None
        elif tag in ("ul", "ol"):
            self._open_list(tag == "ol")
        elif tag == "table":
            self.end_paragraph()
            self._header = ()
        elif tag == "tr":
            self.end_paragraph()
            self._cells, self._all_named = [], True
        elif tag in ("td", "th"):
            self._text.clear()
            self._all_named = self._all_named and tag == "th"
        elif tag == "li":
            self._end_item()
        elif tag in BREAKING and not self._inside:
            self.end_paragraph()
            if tag in ("section", "article", "div") and (anchor := dict(attrs).get("id")):
                self._anchor = anchor
        else:
            self._text.append(" " if tag in BREAKING else "")

    def handle_endtag(self, tag: str) -> None:
        if self._ignored:
            if tag in self._ignored:
                while self._ignored.pop() != tag:
                    pass
            return
        if tag in HEADINGS or tag == "dt":
            self._end_heading()
        elif tag in ("ul", "ol"):
            self._close_list()
        elif tag == "li":
            self._end_item()
        elif tag in ("td", "th") and self._cells is not None:
            self._cells.append(self._taken())
        elif tag == "tr" and self._cells is not None:
            self._end_row()
        elif tag == "title":
            self.blocks.append(Heading(0, self._taken(), None))
        elif tag in BREAKING and not self._inside:
            self.end_paragraph()
        elif tag in BREAKING:
            self._text.append(" ")

    def handle_data(self, data: str) -> None:
        if not self._ignored:
            self._text.append(data)

    @property
    def _inside(self) -> bool:
        """Whether a paragraph here is part of something else."""
        return self._heading is not None or bool(self._lists) or self._cells is not None

    def end_paragraph(self) -> None:
        if text := self._taken():
            self.blocks.append(Paragraph(text))

    def _end_heading(self) -> None:
        if (heading := self._heading) is not None:
            self._heading = None
            self.blocks.append(Heading(heading.level, self._taken(), heading.anchor))

    def _taken(self) -> str:
        text = plain("".join(self._text))
        self._text.clear()
        return text

    def _open_list(self, ordered: bool) -> None:
        if not self._lists:
            self.end_paragraph()
        self._lists.append((ordered, []))

    def _end_item(self) -> None:
        """What is nested in an item belongs to it."""
        if len(self._lists) > 1:
            self._text.append(" ")
        elif self._lists and (text := self._taken()):
            self._lists[0][1].append(text)

    def _close_list(self) -> None:
        self._end_item()
        if self._lists:
            ordered, items = self._lists.pop()
            if not self._lists and items:
                self.blocks.append(Listed(tuple(items), ordered))

    def _end_row(self) -> None:
        cells = tuple(self._cells or ())
        self._cells = None
        if self._all_named and cells:
            self._header = cells
        elif any(cells):
            self.blocks.append(Row(cells, self._header))
