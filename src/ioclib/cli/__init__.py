"""The command line: words and windows over `ioclib.client` and `ioclib.render`, and the only room that prints."""

from importlib import import_module

import click

from ioclib._version import __version__
from ioclib.cli.helping import Group

__all__ = ["main"]

_COMMANDS = (
    "bulk", "cache", "check", "check-source", "completion", "diff", "doctor", "extract", "jobs", "new-source", "plan",
    "report", "sandbox", "setup", "sources", "worker",
)  # fmt: skip


class _Commands(Group):
    """Each command is the file of its name, which is loaded when it is called."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 click passes it
        """Their names."""
        return list(_COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002 click passes it
        """The one of this name, if there is one."""
        if cmd_name not in _COMMANDS:
            return None
        name = cmd_name.replace("-", "_")
        command: click.Command = getattr(import_module(f"ioclib.cli.{name}"), name)
        return command


@click.group(cls=_Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="ioclib", message="%(prog)s %(version)s")
def main() -> None:
    """Look up indicators of compromise: every source at once, one report out."""
