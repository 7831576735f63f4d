"""``ioclib worker``: makes lookups for whoever runs ``ioclib bulk`` elsewhere."""

import sys

import click

from ioclib.cli.helping import Command
from ioclib.cli.refusal import refuse

EXAMPLES = (
    "IOCLIB_BROKER_URL=redis://queue.example:6379/0 IOCLIB_QUOTA_URL=redis://queue.example:6379/1 ioclib worker",
    "ioclib worker --concurrency 32",
)


@click.command(cls=Command, examples=EXAMPLES)
@click.option("--concurrency", type=click.IntRange(1, 1000), default=16, show_default=True, help="Chunks at a time.")
@click.option(
    "--longest",
    type=click.FloatRange(1, 600),
    default=60,
    show_default=True,
    metavar="SECONDS",
    help="For a chunk; what a killed worker had is taken up after four times that.",
)
def worker(concurrency: int, longest: float) -> None:
    """Take chunks of lookups from the Redis of broker_url, ask, and give back the answers.

    Quotas are counted in the Redis of quota_url, for all workers together. SIGTERM or Ctrl-C: it finishes what it has
    begun, and ends. It needs the extra: pip install 'ioclib[cluster]'
    """
    from ioclib.errors import ConfigurationError
    from ioclib.fleet import work

    try:
        sys.exit(work(concurrency=concurrency, longest=longest))
    except ConfigurationError as error:
        refuse(str(error))
