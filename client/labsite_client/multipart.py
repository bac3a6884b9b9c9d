"""One file and a few fields as multipart/form-data (RFC 7578), a block at a time."""

from __future__ import annotations

import os
import uuid
from typing import TYPE_CHECKING, BinaryIO

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

BLOCK_BYTES = 256 * 1024


class Form:
    """The body of one request; its length is known before the file is read."""

    def __init__(self, file: BinaryIO, name: str, fields: Mapping[str, str]) -> None:
        """Take an open file, the name it is sent under, and the fields beside it."""
        boundary = uuid.uuid4().hex
        lines = [
            f'--{boundary}\r\nContent-Disposition: form-data; name="{field}"\r\n\r\n{value}\r\n'
            for field, value in fields.items()
        ]
        lines.append(
            f'--{boundary}\r\nContent-Disposition: form-data; name="file"; '
            f'filename="{_quoted(name)}"\r\nContent-Type: application/octet-stream\r\n\r\n'
        )
        self._file = file
        self._head = "".join(lines).encode("utf-8", "replace")
        self._tail = f"\r\n--{boundary}--\r\n".encode()
        self._size = os.fstat(file.fileno()).st_size
        self.headers = {
            "Content-Type": f"multipart/form-data; boundary={boundary}",
            "Content-Length": str(len(self._head) + self._size + len(self._tail)),
        }

    def __iter__(self) -> Iterator[bytes]:
        """Give the body in blocks; raises OSError when the file became shorter meanwhile.

        What was added to the file since its length was told is not sent.
        """
        self._file.seek(0)
        yield self._head
        left = self._size
        while left:
            block = self._file.read(min(BLOCK_BYTES, left))
            if not block:
                raise OSError("the file became shorter while it was sent")
            left -= len(block)
            yield block
        yield self._tail


def _quoted(name: str) -> str:
    """Return a file name as browsers write it between quotes."""
    return name.replace('"', "%22").replace("\r", "%0D").replace("\n", "%0A")
