"""msticpy: `TILookup.lookup_iocs`, without the progress bar, which takes a core for itself.

Five providers: VirusTotal, OTX and X-Force, and two of them a second time under another name, since the others call an
answer of our server's form an error. Each is told the base address in its attribute. Only the providers run beside each
other: each has one request in flight.
"""

from importlib import import_module
from typing import Any

from benchmarks.peers.looking import measure

lookup: Any = import_module("msticpy.context.tilookup")  # its environment has it, the type checker's has not
CLASSES = [
    (name, getattr(import_module(f"msticpy.context.tiproviders.{module}"), name))
    for module, name in (("virustotal", "VirusTotal"), ("alienvault_otx", "OTX"), ("ibm_xforce", "XForce"))
]


def look_up(base: str, addresses: list[str], sources: int) -> int:
    tool = lookup.TILookup(primary_providers=[provider(0, base)])
    for number in range(1, sources):
        tool.add_provider(provider(number, base), name=f"{CLASSES[number % 3][0]}{number}")
    rows = tool.lookup_iocs(data=addresses, progress=False)
    return int((rows["Status"] == 0).sum())


def provider(number: int, base: str) -> Any:
    made = CLASSES[number % 3][1](ApiID="id", AuthKey="key")
    made._BASE_URL = f"{base}/{number}/"
    return made


if __name__ == "__main__":
    measure(look_up)
