"""Limits per key, kept across runs and shared by every process that asks with the same key.

A ledger knows nothing of indicators: it counts requests by key, and a key is a host and a fingerprint of a credential.
"""

import logging
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING

from ioclib.quota.ledger import GRANTED, Ledger, Standing, Usage, Wait
from ioclib.quota.sqlite import SqliteLedger

if TYPE_CHECKING:
    from ioclib.quota.redis import RedisLedger

__all__ = ["GRANTED", "Ledger", "RedisLedger", "SqliteLedger", "Standing", "Usage", "Wait", "on_this_machine"]

_log = logging.getLogger(__name__)


def on_this_machine(folder: Path) -> Ledger:
    """The ledger of the user of this machine; where nothing can be written, one for this process alone."""
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        probe = folder / ".writable"
        probe.touch(mode=0o600)
        probe.unlink(missing_ok=True)
    except OSError as error:
        _log.warning("%s cannot be written (%s): quotas are counted for this process alone", folder, error.strerror)
        return SqliteLedger(None)
    return SqliteLedger(folder / "quota.sqlite3")


def __getattr__(name: str) -> object:
    if name == "RedisLedger":  # loaded only where it is used
        return import_module("ioclib.quota.redis").RedisLedger
    raise AttributeError(name)
