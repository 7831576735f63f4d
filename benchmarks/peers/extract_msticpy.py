"""msticpy, in the small blocks that it is quickest with: 64 KB of prose at once take it a minute."""

from importlib import import_module
from typing import Any

from benchmarks.peers.timing import measure

tldextract: Any = import_module("tldextract")  # its environment has them, the type checker's has not
module: Any = import_module("msticpy.transform.iocextract")

if __name__ == "__main__":
    tldextract.extract = tldextract.TLDExtract(suffix_list_urls=())  # the list in the package: no download at first use
    extractor = module.IoCExtract()
    measure(lambda blocks: sum(sum(map(len, extractor.extract(block).values())) for block in blocks), block=2**12)
