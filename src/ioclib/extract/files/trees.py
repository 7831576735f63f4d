"""JSON and JSON lines: each string is a passage, with its path. STIX and MISP say what their values are."""

import json
from collections.abc import Iterator
from typing import Any, cast

from ioclib.extract.files import misp, stix, text
from ioclib.extract.files.pieces import Content, Passage, Piece, Wishes, label
from ioclib.extract.files.shapes import is_list, is_object

_LARGEST = 64 << 20
"""A larger document is read as text: as a tree it would take several times its size."""
_TELLING_KEY = 7


def read(content: Content, _: Wishes) -> Iterator[Piece]:
    """Read a JSON document, or a text that only begins like one."""
    written = text.bounded(content, _LARGEST)
    if not isinstance(written, str):
        return text.passages(written)
    tree = parsed(written)
    return text.passages([written]) if tree is None else _of_tree(tree)


def read_lines(content: Content, _: Wishes) -> Iterator[Piece]:
    """Read JSON lines; a line that is no JSON is text."""
    for number, line in enumerate(text.lines(content), 1):
        tree = parsed(line) if line[:1] in "{[" else None
        if tree is not None:
            yield from passages(tree, f"line {number}: $")
        elif not line.isspace():
            yield Passage(line, f"line {number}")


def parsed(document: str) -> object | None:
    """The tree that a JSON document is, numbers as they are written; None if it is none."""
    try:
        return cast("object", json.loads(document, strict=False, parse_int=str, parse_float=str))
    except (ValueError, RecursionError):
        return None


def _of_tree(tree: Any) -> Iterator[Piece]:
    if objects := stix.objects_of(tree):
        return stix.pieces(objects)
    if events := misp.events_of(tree):
        return misp.pieces(events)
    return passages(tree)


def passages(tree: Any, path: str = "$") -> Iterator[Passage]:
    """Every string of a tree, and every key that is more than a name, each with its path."""
    levels: list[Iterator[tuple[str, Any]]] = [iter([(path, tree)])]
    while levels:
        step = next(levels[-1], None)
        if step is None:
            levels.pop()
            continue
        place, node = step
        if isinstance(node, str):
            if node and not _is_number(node):
                yield Passage(node, place)
        elif is_object(node):
            yield from (Passage(key, f"key of {place}") for key in node if _is_telling(key))
            levels.append(_named(place, node))
        elif is_list(node):
            levels.append(_numbered(place, node))


def _named(path: str, members: dict[str, Any]) -> Iterator[tuple[str, Any]]:
    return (
        (path + (f".{key}" if key.isidentifier() else f'["{label(key, 60)}"]'), node) for key, node in members.items()
    )


def _numbered(path: str, items: list[Any]) -> Iterator[tuple[str, Any]]:
    return ((f"{path}[{index}]", node) for index, node in enumerate(items))


def _is_number(value: str) -> bool:
    return len(value) < 20 and value.lstrip("-").isdecimal()


def _is_telling(key: str) -> bool:
    return len(key) >= _TELLING_KEY and (not key.isidentifier() or len(key) >= 32)
