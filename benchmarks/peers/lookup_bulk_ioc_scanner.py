"""bulk-ioc-scanner: `scan_bulk`, which is behind its page and its API, without its limits of requests per minute.

Five providers: VirusTotal, AbuseIPDB, GreyNoise, IPify, RDAP. The addresses are constants in it: its HTTP client is
redirected. No database, and so no cache. Each provider has one request in flight.
"""

import asyncio
import os
from importlib import import_module
from typing import Any

from benchmarks.peers.looking import measure, redirected

KEYED = ("VIRUSTOTAL", "ABUSEIPDB", "GREYNOISE", "IPIFY")
os.environ |= {f"{name}_API_KEY": "key" for name in KEYED}  # which are read when it is imported

scanner: Any = import_module(
    "bulk_ioc_scanner.services.scanner"
)  # its environment has them, the type checker's has not
ratelimit: Any = import_module("bulk_ioc_scanner.services.ratelimit")
registry: Any = import_module("bulk_ioc_scanner.providers.registry")
registry.get_providers()  # what it imports at first use
import_module("bulk_ioc_scanner.database.crud")


def look_up(base: str, addresses: list[str], sources: int) -> int:
    ratelimit._RATES.update(dict.fromkeys(ratelimit._RATES, 0))
    providers = registry.get_providers()[:sources]
    scanner.get_providers = lambda: providers
    with redirected(base):
        scans = asyncio.run(scanner.scan_bulk(addresses))
    return sum(result.success for scan in scans for result in scan.provider_results)


if __name__ == "__main__":
    measure(look_up)
