"""Limits per key, kept across runs and shared by every process that asks with the same key.

A ledger knows nothing of indicators: it counts requests by key, and a key is a host and a fingerprint of a credential.
"""

from ioclib.quota.ledger import GRANTED, Ledger, Standing, Usage, Wait
from ioclib.quota.redis import RedisLedger
from ioclib.quota.sqlite import SqliteLedger

__all__ = ["GRANTED", "Ledger", "RedisLedger", "SqliteLedger", "Standing", "Usage", "Wait"]
