"""Text becomes indicators."""

from ioclib.extract.defanging import defang, refang
from ioclib.extract.detection import detect, readings
from ioclib.extract.documents import extract_file
from ioclib.extract.extraction import Extracted, extract, extract_stream

__all__ = ["Extracted", "defang", "detect", "extract", "extract_file", "extract_stream", "readings", "refang"]
