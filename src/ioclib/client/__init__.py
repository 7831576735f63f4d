"""The front door: text or indicators in, answers as they land, one report out.

`Client` is for async code; `lookup` and `stream` are its twins for scripts and notebooks.
"""

from ioclib.client.front import Client
from ioclib.client.keeping import cache_info, clear_cache, keep_key
from ioclib.client.options import Given, Options, asked_about
from ioclib.client.saved import read_report
from ioclib.client.serving import serve_sandbox
from ioclib.client.twins import lookup, stream

__all__ = [
    "Client",
    "Given",
    "Options",
    "asked_about",
    "cache_info",
    "clear_cache",
    "keep_key",
    "lookup",
    "read_report",
    "serve_sandbox",
    "stream",
]
