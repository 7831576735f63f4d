"""ioclib itself, cold: what it remembers of tokens begins empty, and what it loads at first use counts."""

from benchmarks.peers.timing import measure
from ioclib.extract import extract_stream

if __name__ == "__main__":
    measure(lambda blocks: sum(1 for _ in extract_stream(blocks)), block=2**16)
