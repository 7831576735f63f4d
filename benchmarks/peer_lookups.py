"""Other tools at the work of `benchmarks.lookups`: each in a process and an environment of its own, with an empty home.

    python -m benchmarks.peer_lookups [NAME…]

Their versions are pinned. How each is driven, and with which of its providers, is in `benchmarks/peers/lookup_*.py`;
ioc-vet has three providers for an IPv4 address instead of five. The limits of requests per minute that some have are
off. What the figures count has reached our server: a run that sent more or fewer requests than it has answers fails.
"""

import json
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType

from benchmarks.contenders import FEW, MANY, address
from benchmarks.peers.environment import isolated
from benchmarks.server import Served, serving

ROOT = Path(__file__).parent.parent
PEERS: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "msticpy": ("msticpy==3.0.2",),
        "pyoti": ("pyoti==0.4.2", "pycares<5"),  # with a newer one it cannot be imported
        "ioc-vet": ("ioc-vet==0.4.2",),
        "bulk-ioc-scanner": ("bulk-ioc-scanner==1.0.0",),
    }
)
"""What is installed for each."""


def peer(name: str, served: Served, indicators: int, sources: int) -> dict[str, float]:
    """One run of a tool: seconds, seconds of processor time (cpu), MiB at the peak, and the lookups that it made.

    Args:
        served: a server without TLS.
        indicators: how many are looked up.
        sources: at how many of the tool's providers, if it has so many; each answers after 200 ms.
    """
    module = f"benchmarks.peers.lookup_{name.replace('-', '_')}"
    asked = [str(address(number)) for number in range(indicators)]
    with tempfile.TemporaryDirectory() as home:
        words = [*isolated(*PEERS[name]), *environment(home), "python", "-m", module]
        served.asked.value = 0
        done = subprocess.run(
            [*words, f"{served.base}/d200", str(sources), *asked], cwd=ROOT, capture_output=True, text=True, check=False
        )
    if done.returncode:
        sys.exit(f"{name} failed:\n{done.stderr}")
    measured: dict[str, float] = json.loads(done.stdout.splitlines()[-1])
    if not measured["lookups"] == served.asked.value > 0:
        sys.exit(f"{name}: {measured['lookups']} answers, but {served.asked.value} requests\n{done.stderr}")
    return measured


def environment(home: str) -> list[str]:
    """A command that sets an empty home for the tool alone (uv has its cache in ours), and that no proxy be asked."""
    folders = (f"XDG_{name}_HOME={home}/{name.lower()}" for name in ("CACHE", "STATE", "CONFIG", "DATA"))
    return ["env", f"HOME={home}", *folders, "NO_PROXY=127.0.0.1", "no_proxy=127.0.0.1"]


def main() -> None:
    for name in sys.argv[1:] or PEERS:
        with serving(tls=False) as served:
            print(name, json.dumps(peer(name, served, MANY, FEW)), flush=True)


if __name__ == "__main__":
    main()
