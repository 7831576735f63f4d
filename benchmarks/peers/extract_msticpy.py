"""msticpy, in small blocks: larger ones are no more than a twentieth quicker, and long words may stop it in them."""

from importlib import import_module
from typing import Any

from benchmarks.peers.timing import measure

tldextract: Any = import_module("tldextract")  # its environment has them, the type checker's has not
module: Any = import_module("msticpy.transform.iocextract")

if __name__ == "__main__":
    tldextract.extract = tldextract.TLDExtract(suffix_list_urls=())  # the list in the package: no download at first use
    extractor = module.IoCExtract()
    measure(lambda blocks: sum(sum(map(len, extractor.extract(block).values())) for block in blocks), block=2**12)
