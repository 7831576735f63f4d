"""Saying no: a sentence on standard error for each thing that is wrong, and exit code 2."""

import sys
from typing import NoReturn

import click


def refuse(*sentences: str) -> NoReturn:
    """Ends the program before anything was sent."""
    for sentence in sentences:
        click.echo(f"ioclib: {sentence}", err=True)
    sys.exit(2)
