"""Identifiers of records."""

import os
import time
import uuid


def uuid7() -> uuid.UUID:
    """Return a new UUID of version 7: sortable by its millisecond time (RFC 9562, section 5.7)."""
    stamp = (time.time_ns() // 1_000_000) << 80
    noise = int.from_bytes(os.urandom(10))
    value = stamp | (noise & ((1 << 80) - 1))
    value = (value & ~(0xF << 76)) | (0x7 << 76)
    value = (value & ~(0x3 << 62)) | (0x2 << 62)
    return uuid.UUID(int=value)
