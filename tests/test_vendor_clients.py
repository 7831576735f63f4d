"""The vendors' own Python clients work against the twins: the one proof that is not our own reading of their documents.

Each runs in an environment of its own, which uv makes: none of them is a dependency of this project.
"""

import os
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from ioclib.sandbox import keys
from ioclib.sandbox.server import SandboxServer

CLIENTS = Path(__file__).parent / "vendor_clients"
UV = shutil.which("uv")
UV_CACHE = os.environ.get("UV_CACHE_DIR", str(Path.home() / ".cache" / "uv"))  # a test's home is empty

pytestmark = [pytest.mark.slow, pytest.mark.skipif(UV is None, reason="uv is not installed")]


@pytest.fixture(scope="module")
def server() -> Iterator[SandboxServer]:
    with SandboxServer() as running:
        yield running


@pytest.mark.parametrize(
    ("twin", "packages"),
    [
        ("greynoise", "greynoise"),
        ("otx", "OTXv2,six"),  # it needs six, and does not say so
        ("shodan", "shodan"),
        ("triage", "hatching-triage"),
        ("urlscan", "urlscan-python"),
        ("virustotal", "vt-py"),
    ],
)
def test_a_vendor_client_works(server: SandboxServer, twin: str, packages: str) -> None:
    command = [str(UV), "run", "--no-project", "--isolated", "--with", packages, "python"]
    script = [str(CLIENTS / f"ask_{twin}.py"), server.base_urls()[twin], keys()[twin]]
    own = {**os.environ, "UV_CACHE_DIR": UV_CACHE}
    ran = subprocess.run([*command, *script], env=own, capture_output=True, text=True, timeout=300, check=False)
    assert ran.returncode == 0, ran.stderr
    assert ran.stdout.count("\n") == 1
