"""Markdown → blocks."""

from __future__ import annotations

import re
from collections.abc import Iterator

from markdown_it import MarkdownIt
from markdown_it.token import Token

from device.knowledge.documents.blocks import Block, Heading, Listed, Paragraph, Row, plain
from device.knowledge.documents.html import html_blocks

_READER = MarkdownIt("commonmark").enable("table").disable("inline")
"""Inline marks are taken off below: to parse them takes longer than all the rest."""
_IMAGE = re.compile(r"!\[([^\]]*)\]\([^)]*\)")
_LINK = re.compile(r"\[([^\]]+)\](?:\([^)]*\)|\[[^\]]*\])")
_MARKS = re.compile(r"(\*{1,3}|_{1,3}|~~|`+)(?=\S)(.+?)(?<=\S)\1(?!\w)")
_TAG = re.compile(r"</?[a-zA-Z][^>]*>")
_ESCAPE = re.compile(r"\\([^\w\s])")
_ANCHOR = re.compile(r"\s*\{#([\w-]+)\}\s*$")


def unmarked(text: str) -> str:
    """The words of an inline text."""
    text = _TAG.sub("", _LINK.sub(r"\1", _IMAGE.sub(r"\1", text)))
    return plain(_ESCAPE.sub(r"\1", _MARKS.sub(r"\2", text)))


def markdown_blocks(text: str) -> Iterator[Block]:
    """The blocks of `text`, in order. Code is left out: nobody wants it read out."""
    tokens = iter(_READER.parse(text))
    for token in tokens:
        match token.type:
            case "heading_open":
                yield _heading(int(token.tag[1]), next(tokens).content)
            case "paragraph_open":
                yield Paragraph(unmarked(next(tokens).content))
            case "bullet_list_open" | "ordered_list_open":
                items = tuple(_items(tokens, token))
                yield Listed(items, token.type == "ordered_list_open")
            case "table_open":
                yield from _rows(tokens)
            case "html_block":
                yield from html_blocks(token.content)


def _heading(level: int, text: str) -> Heading:
    named = _ANCHOR.search(text)
    return Heading(level, unmarked(_ANCHOR.sub("", text)), named[1] if named else "")


def _items(tokens: Iterator[Token], opened: Token) -> Iterator[str]:
    """The items of a list; what is nested in one belongs to it."""
    item: list[str] = []
    for token in tokens:
        if token.level == opened.level and token.type == opened.type.replace("open", "close"):
            return
        if token.level == opened.level + 1 and token.type == "list_item_close":
            yield " ".join(item)
            item = []
        elif token.type == "inline":
            item.append(unmarked(token.content))


def _rows(tokens: Iterator[Token]) -> Iterator[Row]:
    header: tuple[str, ...] = ()
    cells: list[str] = []
    for token in tokens:
        match token.type:
            case "table_close":
                return
            case "inline":
                cells.append(unmarked(token.content))
            case "tr_close" if token.level == 2 and not header:
                header, cells = tuple(cells), []
            case "tr_close":
                yield Row(tuple(cells), header)
                cells = []
