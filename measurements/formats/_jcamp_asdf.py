"""Ordinates of JCAMP-DX tables (X++(Y..Y)): AFFN, PAC, SQZ, DIF and DUP forms, with their checks.

A line is an abscissa and its ordinates. A pseudo-digit is the first digit of a number: SQZ makes it
a value, DIF a difference to the value before, DUP says how often the last one comes in all. After
a line that ends in a difference the next one begins with its last value again, as a check. Source:
McDonald and Wilks, Appl. Spectrosc. 42 (1988) 151, https://doi.org/10.1366/0003702884428734
"""

import math
import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from measurements.formats import FormatError
from measurements.formats._checks import clean_text

MOST_POINTS = 5_000_000
"""More points than any spectrum has; a count of repetitions could ask for any number."""

NUMBER = r"[+-]?(?:\d+\.?\d*|\.\d+)(?:[Ee][+-]\d{1,3})?"
ABSCISSA = re.compile(rf"[\s,;]*({NUMBER})")
ORDINATE = re.compile(
    rf"[\s,;]*(?:({NUMBER})|([@A-Ia-i])(\d*)|([%J-Rj-r])(\d*)|([S-Zs])(\d*)|(\?))[\s,;]*"
)
SQUEEZED = dict(zip("ihgfedcba@ABCDEFGHI", range(-9, 10), strict=True))
DIFFERENCE = dict(zip("rqponmlkj%JKLMNOPQR", range(-9, 10), strict=True))
DUPLICATE = dict(zip("STUVWXYZs", range(1, 10), strict=True))
"""Pseudo-digits and what they stand for."""


@dataclass(frozen=True)
class Begin:
    """Where a line begins: its number in the file, its abscissa, the index of its first value."""

    line: int
    abscissa: str
    index: int


@dataclass
class Ordinates:
    """The values of a table as its lines come."""

    name: str
    values: list[float] = field(default_factory=list)
    begins: list[Begin] = field(default_factory=list)
    last: float | None = None
    step: float | None = None
    """Difference by which the last value was given; None where it was given itself."""

    def add_line(self, number: int, text: str) -> None:
        """Decode a line of the file; FormatError for signs of no form, or a value that differs."""
        abscissa = ABSCISSA.match(text)
        if abscissa is None:
            raise self._wrong(number, text, "an abscissa and ordinates in ASDF or AFFN form")
        check = self.last if self.step is not None else None
        index = len(self.values) - (check is not None)
        self.begins.append(Begin(number, abscissa[1], index))
        self.last = self.step = None
        for token in self._tokens(number, text, abscissa.end()):
            self._add(number, token)
            if check is not None:
                if self.values.pop() != check:
                    raise self._wrong(
                        number, text, f"the last value, {check:g}, as a check", "E_VALUE"
                    )
                check = None

    def _tokens(self, number: int, text: str, at: int) -> Iterator[re.Match[str]]:
        while at < len(text):
            token = ORDINATE.match(text, at)
            if token is None:
                raise self._wrong(number, text[at:], "ordinates in AFFN, PAC, SQZ, DIF or DUP form")
            at = token.end()
            yield token

    def _add(self, number: int, token: re.Match[str]) -> None:
        plain, squeezed, rest, difference, more, duplicate, count, _ = token.groups()
        if plain or squeezed:
            self._put(float(plain) if plain else _whole(SQUEEZED[squeezed], rest), None)
        elif difference or duplicate:
            if self.last is None:
                raise self._wrong(number, token[0], "a value at the beginning of the line")
            if difference:
                step = _whole(DIFFERENCE[difference], more)
                self._put(self.last + step, step)
            else:
                self._repeat(number, _whole(DUPLICATE[duplicate], count))
        else:
            self._put(math.nan, None)

    def _put(self, value: float, step: float | None) -> None:
        self.values.append(value)
        self.last, self.step = value, step

    def _repeat(self, number: int, count: float) -> None:
        """Repeat the last value or difference until it was there ``count`` times."""
        if len(self.values) + count > MOST_POINTS:
            raise self._wrong(number, f"{count:g} times", f"{MOST_POINTS} points", "E_OUT_OF_RANGE")
        for _ in range(int(count) - 1):
            self._put((self.last or 0.0) + (self.step or 0.0), self.step)

    def _wrong(self, number: int, text: str, expected: str, code: str = "E_VALUE") -> FormatError:
        return FormatError(
            f"{self.name} has ordinates that cannot be read",
            place=f"line {number}",
            found=f"“{clean_text(text, 60)}”",
            expected=expected,
            code=code,
        )


def _whole(digit: int, rest: str) -> float:
    """Return the number of a pseudo-digit and the digits after it."""
    return math.copysign(float(f"{abs(digit)}{rest[:300]}"), digit)
