"""Where a peer runs: an environment of its own, made by uv, never one of the project's."""

import shutil
import sys


def isolated(*packages: str) -> list[str]:
    """The beginning of a command line: what follows is run where these packages are installed, and no others."""
    uv = shutil.which("uv")
    if uv is None:
        sys.exit("other tools need uv on the path")
    version = f"{sys.version_info.major}.{sys.version_info.minor}"
    wanted = [part for package in packages for part in ("--with", package)]
    return [uv, "run", "--quiet", "--no-project", "--isolated", "--python", version, *wanted]
