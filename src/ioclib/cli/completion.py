"""``ioclib completion``: what makes a shell complete commands, options, sources and types."""

import click

from ioclib.cli.helping import Command

EXAMPLES = (
    "ioclib completion bash > ~/.local/share/bash-completion/completions/ioclib",
    "ioclib completion zsh > ~/.zfunc/_ioclib     # with fpath+=~/.zfunc before compinit in ~/.zshrc",
    "ioclib completion fish > ~/.config/fish/completions/ioclib.fish",
)


@click.command(cls=Command, examples=EXAMPLES)
@click.argument("shell", type=click.Choice(["bash", "zsh", "fish"]))
@click.pass_context
def completion(ctx: click.Context, shell: str) -> None:
    """Print the script that makes SHELL complete commands, options, and the names of sources, types and profiles."""
    from click.shell_completion import BashComplete, FishComplete, ZshComplete

    made = {"bash": BashComplete, "fish": FishComplete, "zsh": ZshComplete}[shell]
    click.echo(made(ctx.find_root().command, {}, "ioclib", "_IOCLIB_COMPLETE").source())
