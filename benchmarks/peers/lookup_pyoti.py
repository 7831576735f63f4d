"""pyoti, in the loop that it leaves to its user: it has no way of its own to look up many, nor in parallel.

Five providers whose `check_ip` is one request, each told the base address by its constructor. One request at a time, on
a connection of its own.
"""

from importlib import import_module
from typing import Any

from benchmarks.peers.looking import measure

ips: Any = import_module("pyoti.ips")  # its environment has them, the type checker's has not
multis: Any = import_module("pyoti.multis")
CLASSES = (ips.AbuseIPDB, ips.GreyNoise, multis.Onyphe, multis.Pulsedive, multis.VirusTotalV3)


def look_up(base: str, addresses: list[str], sources: int) -> int:
    providers = [made("key", api_url=f"{base}/{made.__name__}") for made in CLASSES[:sources]]
    answers: list[dict[str, Any]] = []
    for address in addresses:
        for provider in providers:
            provider.ip = address
            answers.append(provider.check_ip())
    return sum("score" in answer for answer in answers)


if __name__ == "__main__":
    measure(look_up)
