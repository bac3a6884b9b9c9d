"""What every refusal of a file must say."""

from collections.abc import Callable
from pathlib import Path

import pytest

from measurements.formats import FormatError, Reading


def refusal(read: Callable[[Path], Reading], path: Path) -> FormatError:
    """Return the error of a file that must be refused, with all its parts."""
    with pytest.raises(FormatError) as caught:
        read(path)
    error = caught.value
    assert path.name in error.message
    assert error.place
    assert error.found
    assert error.expected
    return error


def codes(reading: Reading) -> list[str]:
    return [notice.code for notice in reading.notices]
