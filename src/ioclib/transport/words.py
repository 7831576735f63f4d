"""The sentences for what goes wrong on the way: the same, whichever client library is in use.

They are all that is told. What the libraries say themselves holds addresses and headers.
"""

NO_CONNECTION = "no connection"
NO_CONNECTION_IN_TIME = "no connection in time"
NOT_SECURE = "no secure connection"
BROKEN = "the connection broke"
SILENT = "the service stopped answering"
NO_ADDRESS = "the address cannot be asked"
NOT_COMPRESSED = "the answer cannot be decompressed"
NO_TRUST = "the certificates to trust cannot be read"
NO_PROXY = "no connection to the proxy"


def refused_by_proxy(status: int) -> str:
    """A proxy answered for itself, instead of letting us through."""
    if status == 407:
        return "the proxy wants a user name and a password, or does not accept those that are set (407)"
    return f"the proxy lets nothing through to the service ({status})"


def too_large(max_bytes: int) -> str:
    """A body over its limit."""
    return f"the answer is larger than {max_bytes} bytes"
