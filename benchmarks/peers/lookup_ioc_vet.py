"""ioc-vet: `enrich_many`, eight indicators at a time as by default (more take it longer), without its limit per minute.

It has three providers for an IPv4 address (ip-api, AbuseIPDB, URLhaus), so that there are three lookups for each
indicator. The addresses are constants in it: its HTTP client is redirected. Its cache is off, as by default in the
library, which makes it no slower. What is counted is what was answered, though ip-api's reader misses a field in it.
"""

import asyncio
import os
from importlib import import_module
from typing import Any

from benchmarks.peers.looking import measure, redirected

aggregator: Any = import_module("iocvet.core.aggregator")  # its environment has it, the type checker's has not


def look_up(base: str, addresses: list[str], sources: int) -> int:
    os.environ |= {"ABUSEIPDB_API_KEY": "key", "URLHAUS_AUTH_KEY": "key"}
    asked = [one for one in aggregator.ALL_PROVIDERS if one.name != "rdap"][:sources]  # which is for domains
    aggregator.ALL_PROVIDERS[:] = asked
    for provider in asked:
        provider.rate_limit_per_minute = None
    with redirected(base):
        reports = asyncio.run(aggregator.enrich_many(addresses))
    return sum(result.latency_ms is not None for report in reports for result in report.results)


if __name__ == "__main__":
    measure(look_up)
