"""The parsers that the extra ``[files]`` brings, imported only when a file needs one. None of them has types."""

from collections.abc import Generator
from contextlib import contextmanager
from typing import Any

from ioclib.errors import UnreadableFile


@contextmanager
def _needed(what: str) -> Generator[None]:
    try:
        yield
    except ImportError as missing:
        raise UnreadableFile(f"{what} needs: pip install 'ioclib[files]'") from missing


def olefile() -> Any:
    """Reads Microsoft's compound files."""
    with _needed("reading .msg"):
        import olefile as parser  # type: ignore[import-untyped]  # it comes without types
    return parser


def pdfium() -> Any:
    """Reads PDF; its functions of the C library are in ``raw``."""
    with _needed("reading PDF"):
        import pypdfium2 as parser  # type: ignore[import-untyped]  # it comes without types
    return parser


def pyzipper() -> Any:
    """Unpacks ZIP with AES."""
    with _needed("unpacking AES"):
        import pyzipper as parser  # type: ignore[import-untyped]  # it comes without types
    return parser


def yaml() -> Any:
    """Reads YAML."""
    with _needed("reading Sigma rules"):
        import yaml as parser  # type: ignore[import-untyped]  # it comes without types
    return parser


def zstandard() -> Any:
    """Unpacks zstd."""
    with _needed("unpacking zstd"):
        import zstandard as parser
    return parser
