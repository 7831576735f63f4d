"""Limits per key, kept across runs and shared by every process that asks with the same key.

A ledger knows nothing of indicators: it counts requests by key, and a key is a host and a fingerprint of a credential.
"""

from ioclib.quota.ledger import GRANTED, Ledger, Standing, Usage, Wait

__all__ = ["GRANTED", "Ledger", "Standing", "Usage", "Wait"]
