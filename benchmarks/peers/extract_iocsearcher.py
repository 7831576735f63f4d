"""iocsearcher, with every type that it has."""

from importlib import import_module
from typing import Any

from benchmarks.peers.timing import measure

module: Any = import_module("iocsearcher.searcher")  # its environment has it, the type checker's has not

if __name__ == "__main__":
    searcher = module.Searcher()
    measure(lambda blocks: sum(len(searcher.search_data(block)) for block in blocks), block=2**18)
