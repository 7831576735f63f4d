"""What a shell may complete: the names of sources, types and profiles."""

from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from click.shell_completion import CompletionItem


def source_names(_: click.Context, __: click.Parameter, incomplete: str) -> "list[CompletionItem]":
    """The built-in sources, with what they know."""
    from click.shell_completion import CompletionItem

    from ioclib.registry import without_plugins

    known = without_plugins().sources
    return [CompletionItem(name, help=one.about) for name, one in known.items() if name.startswith(incomplete)]


def type_names(_: click.Context, __: click.Parameter, incomplete: str) -> "list[CompletionItem]":
    """The indicator types; the last of several that commas part."""
    from click.shell_completion import CompletionItem

    from ioclib.indicators import types

    before, comma, begun = incomplete.rpartition(",")
    return [CompletionItem(f"{before}{comma}{one.kind}") for one in types() if one.kind.startswith(begun)]


def profile_names(_: click.Context, __: click.Parameter, incomplete: str) -> "list[CompletionItem]":
    """The profiles that are built in."""
    from click.shell_completion import CompletionItem

    from ioclib.profiles import BUILT_IN

    return [CompletionItem(name, help=one.about) for name, one in BUILT_IN.items() if name.startswith(incomplete)]
