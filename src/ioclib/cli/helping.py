"""Commands whose help is drawn by rich-click; it is loaded only then, since that takes a quarter of the start."""

from typing import Any

import click


class Command(click.Command):
    """A command with help that is pleasant to read.

    Args:
        given: as for click's own.
        examples: lines to copy, which stand below the help.
    """

    def __init__(self, *given: Any, examples: tuple[str, ...] = (), **more: Any) -> None:
        super().__init__(*given, **more)
        self.examples = examples

    def get_help(self, ctx: click.Context) -> str:
        """The help, drawn for the terminal."""
        from rich_click import RichCommand

        lines = ["", " Examples:", *(f"   {line}" for line in self.examples)] if self.examples else []
        return "\n".join([_drawn(RichCommand(**_parts(self)), ctx).rstrip("\n"), *lines])


class Group(click.Group):
    """A group of commands with help that is pleasant to read."""

    command_class = Command

    def get_help(self, ctx: click.Context) -> str:
        """The help, drawn for the terminal."""
        from rich_click import RichGroup

        commands = {name: command for name in self.list_commands(ctx) if (command := self.get_command(ctx, name))}
        return _drawn(RichGroup(**_parts(self), commands=commands), ctx)


def _parts(command: click.Command) -> dict[str, Any]:
    names = ("name", "context_settings", "callback", "params", "help", "epilog", "short_help")
    return {name: getattr(command, name) for name in names}


def _drawn(twin: click.Command, ctx: click.Context) -> str:
    return twin.get_help(twin.context_class(twin, parent=ctx.parent, info_name=ctx.info_name))
