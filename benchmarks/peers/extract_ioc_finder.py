"""ioc-finder, with every type that it has: nine are its default."""

from importlib import import_module
from typing import Any

from benchmarks.peers.timing import measure

finder: Any = import_module("ioc_finder.ioc_finder")  # its environment has it, the type checker's has not


def found(block: str) -> int:
    values = finder.find_iocs(block, included_ioc_types=finder.SUPPORTED_IOC_TYPES)
    return sum(map(len, values.values()))


if __name__ == "__main__":
    measure(lambda blocks: sum(map(found, blocks)), block=2**18)
