"""Reading files: from any format to passages of text, and to values whose type the file itself states.

::

    read_file        opens a file, and the files inside it: `reading`
    formats          what a file is, by its first bytes and then by its name
    text             plain text and logs, in any encoding      packed    gzip, bzip2, xz, zstd around any of these
    tables           CSV                                       trees     JSON, JSON lines
    stix · misp      JSON that states what its values are      rules     YARA, Sigma
    web              HTML                                      mail      .eml · outlook: .msg
    pdf              PDF                                       archive   ZIP · office: Word, Excel, PowerPoint
    isolation        runs the readers of binary formats in a process of their own: `child`

Text of any size is read in bounded memory. What is hostile, broken or encrypted is one sentence, and ends nothing but
itself.
"""

from ioclib.extract.files.pieces import Limits, Passage, Stated
from ioclib.extract.files.reading import read_bytes, read_file, read_stream

__all__ = ["Limits", "Passage", "Stated", "read_bytes", "read_file", "read_stream"]
