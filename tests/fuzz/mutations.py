"""Damage as it happens and as it is made: cuts, flips, repeats, foreign bytes, absurd numbers."""

from hypothesis import strategies as st

TOKENS = (
    b"\x00", b"\xff" * 4, b"\xff" * 8, b"\r\n", b"\t", b",", b";", b'"', b"nan", b"inf", b"-1e308",
    b"1e999", b"99999999999999999999", b"0", b"-", b"\xef\xbb\xbf", b"\xff\xfe", b"PK\x03\x04",
    b"2026-02-30", b"25:61:61", "µ°Ω，".encode(), b"%s%n", b"../", b"<!ENTITY a 'b'>",
    b"\x7f\xff\xff\xff",
)  # fmt: skip


LENGTHS = (1, 2, 4, 16, 200, 4000)


def _cut(data: bytearray, at: int, _length: int, _number: int) -> None:
    del data[at:]


def _drop(data: bytearray, at: int, length: int, _number: int) -> None:
    del data[at : at + length]


def _flip(data: bytearray, at: int, _length: int, number: int) -> None:
    data[at : at + 1] = bytes(byte ^ (1 + number % 255) for byte in data[at : at + 1])


def _token(data: bytearray, at: int, _length: int, number: int) -> None:
    data[at:at] = TOKENS[number % len(TOKENS)]


def _repeat(data: bytearray, at: int, length: int, _number: int) -> None:
    data[at:at] = data[at : at + length]


def _number(data: bytearray, at: int, _length: int, number: int) -> None:
    data[at : at + 4] = number.to_bytes(4, "little")


def _move(data: bytearray, at: int, length: int, _number: int) -> None:
    part = data[at : at + length]
    del data[at : at + length]
    data += part


EDITS = (_cut, _drop, _flip, _token, _repeat, _number, _move)


@st.composite
def mutated(draw: st.DrawFn, seed: bytes) -> bytes:
    """Return the seed after one to six edits at places anywhere in it."""
    data = bytearray(seed)
    for _ in range(draw(st.integers(1, 6))):
        edit = draw(st.sampled_from(EDITS))
        at = draw(st.integers(0, max(0, len(data) - 1)))
        edit(data, at, draw(st.sampled_from(LENGTHS)), draw(st.integers(0, 2**32 - 1)))
    return bytes(data)
