"""CAS registry numbers and their check digit."""

import re

from django.utils.translation import gettext as _

SHAPE = re.compile(r"([0-9]{2,7})-([0-9]{2})-([0-9])")


def why_not_cas(number: str) -> str:
    """Return why a text is no CAS number, or nothing.

    The last digit is the sum of the others, each times its place counted from the right, modulo 10
    (CAS, "Check Digit Verification of CAS Registry Numbers").
    """
    match = SHAPE.fullmatch(number)
    if match is None:
        return _(
            "“%(number)s” is no CAS number: two to seven digits, two digits and a check digit, "
            "such as 79-06-1."
        ) % {"number": number}
    digits = match[1] + match[2]
    check = sum(place * int(digit) for place, digit in enumerate(reversed(digits), start=1)) % 10
    if check == int(match[3]):
        return ""
    return _(
        "The check digit of %(number)s is wrong: it ends in %(found)s, its other digits demand "
        "%(check)d. A digit is mistyped."
    ) % {"number": number, "found": match[3], "check": check}
