"""``python -m ioclib``."""

from ioclib.cli import main

main()
