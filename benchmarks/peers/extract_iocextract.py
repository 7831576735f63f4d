"""iocextract, in the small blocks that it is quickest with: its patterns are superlinear."""

from importlib import import_module
from typing import Any

from benchmarks.peers.timing import measure

iocextract: Any = import_module("iocextract")  # its environment has it, the type checker's has not

if __name__ == "__main__":
    measure(lambda blocks: sum(len(list(iocextract.extract_iocs(block, refang=True))) for block in blocks), block=2**12)
