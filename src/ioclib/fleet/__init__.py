"""Lookups on several machines: chunks go through a Redis or a Valkey to workers, and come back answered.

Celery carries them. It delivers at least once; that each lookup becomes one row is the coordinator's doing.
"""

from ioclib.fleet.app import broker_url
from ioclib.fleet.executor import CeleryExecutor
from ioclib.fleet.worker import work

__all__ = ["CeleryExecutor", "broker_url", "work"]
