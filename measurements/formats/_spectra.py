"""Spectra: what their axes are called, in which units, and one table of several spectra."""

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from measurements import columns
from measurements.formats import FormatError, Notice, Reading
from measurements.formats._checks import Source, clean_text, finish

Values = NDArray[np.float64]

MOST_SHIFT_CM1 = 5000.0
"""No Raman band lies further; light itself, scattered from any usual laser, has more 1/cm."""

MOST_FRACTION = 2.0
"""A transmittance above is written in percent."""

NM_CM1 = 1e7
"""Product of a wavelength in nm and its wavenumber in 1/cm."""

PER_CM, NM = "1/cm", "nm"
ABSCISSAE = {
    r"1?/cm|cm\^?\(?-1\)?|wavenumbers?|ramanshift": (PER_CM, 1.0),
    r"nm|nanomet(er|re)s?": (NM, 1.0),
    r"[uμ]m|micromet(er|re)s?|microns?": (NM, 1e3),
}
"""Unit of an abscissa, without blanks in small letters -> its kind, factor."""

AXES = (columns.RAMAN_SHIFT, columns.WAVENUMBER, columns.WAVELENGTH, columns.Q)
BRACKETED = re.compile(r"\(([^()]+)\)$|\[([^\[\]]+)\]$")
PERCENT_SIGN = re.compile(r"%t.*|(%|percent).*trans.*|transm\w+\W*(%|percent).*")
FRACTION = re.compile(r"transm\w+|t")
ABSORBED = re.compile(r"absorbance(units?|\(base10\)|\(a\.?u\.?\))?|abs|a")

PERCENT_FOUND = Notice(
    "TRANSMITTANCE_IN_PERCENT",
    "The file says transmittance and not in which unit; its values can only be percent.",
)
FRACTION_FOUND = Notice(
    "TRANSMITTANCE_FROM_FRACTION",
    "The file says transmittance and not in which unit; its values, all up to 2, "
    "were taken for fractions and multiplied by 100.",
)
WAVENUMBER_COMPUTED = Notice(
    "WAVENUMBER_FROM_WAVELENGTH",
    "The file gives wavelengths; the wavenumbers were computed from them (10^7/nm).",
)
WAVELENGTH_COMPUTED = Notice(
    "WAVELENGTH_FROM_WAVENUMBER",
    "The file gives wavenumbers; the wavelengths were computed from them (10^7/cm).",
)
LASER_UNKNOWN = Notice(
    "RAMAN_OVER_WAVELENGTH",
    "The axis is the wavelength, not the Raman shift, which follows only with the laser's "
    "wavelength: export with the axis rel. 1/cm to evaluate Raman bands.",
)


@dataclass(frozen=True)
class Spectrum:
    """One spectrum with canonical columns; ``unit`` is that of a column intensity."""

    kind: str
    frame: pd.DataFrame
    unit: str = ""
    notices: tuple[Notice, ...] = ()


def squeezed(text: str) -> str:
    """Return a unit without blanks, in small letters and plain signs (cm⁻¹ becomes cm-1)."""
    plain = unicodedata.normalize("NFKC", text).translate(str.maketrans("−–", "--"))
    return re.sub(r"\s+", "", plain).lower()


def abscissa_unit(text: str) -> tuple[str, float] | None:
    """Return 1/cm or nm and the factor to it for the name of an abscissa's unit; or None."""
    names = (squeezed(text), unit_in(text))
    return next(
        (unit for form, unit in ABSCISSAE.items() for name in names if re.fullmatch(form, name)),
        None,
    )


def turns(x: Values) -> int:
    """Return how often an axis (n,) runs against the direction of most of its steps."""
    steps = np.sign(np.diff(x))
    return int((steps == (1.0 if np.nansum(steps) < 0 else -1.0)).sum())


def unit_in(text: str) -> str:
    """Return the squeezed unit of an axis: what stands in brackets at the end, or all."""
    name = squeezed(text)
    found = BRACKETED.search(name)
    return (found[1] or found[2]) if found else name


def spectrum(
    source: Source, kind: str, unit: tuple[str, float], x: Values, name: str, y: Values
) -> Spectrum:
    """Return a spectrum with the abscissa that its kind has.

    ``unit`` is what ``abscissa_unit`` returns, ``name`` what the file calls the ordinate. Raises
    FormatError for wavenumbers that cannot be Raman shifts.
    """
    kind, column, x, notices = _abscissa(source, kind, unit, x)
    ordinate, y, more = _ordinate(name, y)
    if kind == columns.RAMAN:
        ordinate, more = columns.INTENSITY, []
    frame = pd.DataFrame({column: x, ordinate: y})
    return Spectrum(kind, frame, clean_text(name, 60), (*notices, *more))


def _abscissa(
    source: Source, kind: str, unit: tuple[str, float], x: Values
) -> tuple[str, str, Values, list[Notice]]:
    """Return the kind, the canonical column, its values and notices."""
    x = x * unit[1]
    if kind == columns.RAMAN and unit[0] == PER_CM:
        return kind, columns.RAMAN_SHIFT, _shifts(source, x), []
    if kind == columns.RAMAN:
        return columns.SPECTRUM_OTHER, columns.WAVELENGTH, x, [LASER_UNKNOWN]
    column, own, computed = {
        columns.INFRARED: (columns.WAVENUMBER, PER_CM, WAVENUMBER_COMPUTED),
        columns.SPECTRUM_OTHER: (columns.WAVELENGTH, NM, WAVELENGTH_COMPUTED),
    }[kind]
    if unit[0] == own:
        return kind, column, x, []
    return kind, column, np.divide(NM_CM1, x, where=x > 0, out=np.full(x.shape, np.nan)), [computed]


def _shifts(source: Source, x: Values) -> Values:
    """Return Raman shifts; FormatError where they must be wavenumbers of the light itself."""
    far = np.flatnonzero(np.abs(x) > MOST_SHIFT_CM1)
    if far.size:
        raise FormatError(
            f"{source.name} has a Raman spectrum whose axis is no Raman shift",
            place=source.place(int(far[0]), columns.RAMAN_SHIFT),
            found=f"{x[far[0]]:.6g} 1/cm",
            expected=f"shifts of at most {MOST_SHIFT_CM1:g} 1/cm: export with the axis Raman shift",
            code="E_UNITS_UNKNOWN",
        )
    return x


def _ordinate(name: str, y: Values) -> tuple[str, Values, list[Notice]]:
    """Return the canonical column of an ordinate by its name in the file."""
    text = squeezed(name)
    if ABSORBED.fullmatch(text):
        return columns.ABSORBANCE, y, []
    if PERCENT_SIGN.fullmatch(text):
        return columns.TRANSMITTANCE, y, []
    if not FRACTION.fullmatch(text):
        return columns.INTENSITY, y, []
    if np.nanmax(y, initial=0.0) > MOST_FRACTION:
        return columns.TRANSMITTANCE, y, [PERCENT_FOUND]
    return columns.TRANSMITTANCE, y * 100, [FRACTION_FOUND]


def joined(
    source: Source,
    spectra: Sequence[Spectrum],
    *,
    metadata: Mapping[str, object],
    left_out: int = 0,
) -> Reading:
    """Return the spectra that are like the first as one table; others are left out, with a notice.

    ``left_out``: how many the file has besides that are not read at all.

    Raises FormatError as ``finish`` does.
    """
    first = spectra[0]
    like = [one for one in spectra if _shape(one) == _shape(first)]
    left_out += len(spectra) - len(like)
    notices = [notice for one in like for notice in one.notices]
    if left_out:
        notices.append(
            Notice(
                "SPECTRA_LEFT_OUT",
                f"{left_out} of {len(like) + left_out} tables of the file are left out: they are "
                f"of another kind than the first that is read ({', '.join(first.frame.columns)}).",
            )
        )
    frame = pd.concat([one.frame for one in like], ignore_index=True)
    whole = Spectrum(first.kind, frame, first.unit, tuple(notices))
    return reading(source, whole, [len(one.frame) for one in like], metadata=metadata)


def reading(
    source: Source, whole: Spectrum, sizes: Sequence[int], *, metadata: Mapping[str, object]
) -> Reading:
    """Return spectra that follow each other in one table, numbered if there are several.

    ``sizes`` are their numbers of points. Raises FormatError as ``finish`` does.
    """
    frame, facts = whole.frame, dict(metadata)
    found = {notice.code: notice for notice in whole.notices}
    if len(sizes) > 1:
        number = np.repeat(np.arange(1, len(sizes) + 1), sizes)
        frame = frame.assign(**{columns.SPECTRUM: number.astype(np.float64)})
        found["SEVERAL_SPECTRA"] = Notice(
            "SEVERAL_SPECTRA",
            f"The file holds {len(sizes)} spectra; {columns.SPECTRUM} numbers them.",
        )
    back = _turned(frame, sizes)
    if back:
        found[back.code] = back
    if columns.INTENSITY in frame and whole.unit:
        facts["intensity_unit"] = whole.unit
    return finish(source, whole.kind, frame, metadata=facts, notices=list(found.values()))


def _turned(frame: pd.DataFrame, sizes: Sequence[int]) -> Notice | None:
    """Return a notice where the axis of a spectrum runs back."""
    axis = next((name for name in AXES if name in frame), "")
    if not axis:
        return None
    spectra = np.split(frame[axis].to_numpy(dtype=np.float64), np.cumsum(sizes)[:-1])
    count = sum(map(turns, spectra))
    if not count:
        return None
    times = "once" if count == 1 else f"{count} times"
    return Notice(
        "AXIS_TURNS_BACK",
        f"{axis} runs back {times} within a spectrum: several may follow each other in the file, "
        "or their rows are not in order.",
    )


def _shape(one: Spectrum) -> tuple[str, str, list[str]]:
    unit = one.unit if columns.INTENSITY in one.frame else ""
    return one.kind, unit, list(one.frame.columns)
