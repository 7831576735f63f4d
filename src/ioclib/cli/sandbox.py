"""``ioclib sandbox``: the simulated providers as a server on this machine."""

import shlex
from threading import Event
from typing import Any

import click

from ioclib.cli.faults import faults_of, with_faults
from ioclib.cli.helping import Command
from ioclib.cli.refusal import refuse


@click.command(cls=Command)
@click.option("--port", type=click.IntRange(0, 65535), default=0, help="A free one unless given.")
@with_faults
def sandbox(port: int, **faults: Any) -> None:
    """Serve the simulated providers on 127.0.0.1, and print how to point things at them. Ctrl-C ends it."""
    from ioclib.client import serve_sandbox
    from ioclib.errors import ConfigurationError

    try:
        with serve_sandbox(port, faults_of(faults)) as (address, environment):
            click.echo(f"# The sandbox listens on {address}; {address}/ lists its services.")
            click.echo("# Every answer is invented. These lines point ioclib, in another shell, at it:")
            for name, value in environment.items():
                click.echo(f"export {name}={shlex.quote(value)}")
            click.echo(f"# Another client: {address}/NAME stands for the service's own https://HOST.")
            Event().wait()
    except ConfigurationError as error:
        refuse(str(error))
    except KeyboardInterrupt:
        click.echo()
