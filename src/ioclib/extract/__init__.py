"""Text becomes indicators."""

from ioclib.extract.defanging import defang, refang
from ioclib.extract.detection import detect

__all__ = ["defang", "detect", "refang"]
