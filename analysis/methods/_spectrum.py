"""Reads an impedance spectrum from a table: usable points, sorted, capacitive parts negative."""

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from analysis.methods import Flag, Floats, Frame, MethodError
from analysis.methods._refusals import require_columns
from measurements.columns import (
    ABSOLUTE_IMPEDANCE,
    FREQUENCY,
    IMAGINARY_IMPEDANCE,
    PHASE,
    REAL_IMPEDANCE,
    SPECTRUM,
)

Complexes = NDArray[np.complex128]

FEWEST_POINTS = 15
FEWEST_DECADES = 2.0
UNUSABLE_SHARE = 0.01
SAME_FREQUENCY = 1e-6
"""Frequencies that differ by less, relatively, are one."""


@dataclass(frozen=True)
class Spectrum:
    """Frequency in Hz, falling, and impedance in ohm, and what was found on reading.

    ``scale`` is |Z| as measured, with which the noise goes also after leads were subtracted. All
    have shape (n,).
    """

    frequency: Floats
    impedance: Complexes
    scale: Floats
    flags: tuple[Flag, ...] = ()

    @property
    def omega(self) -> Floats:
        """Angular frequency in rad/s."""
        return 2 * np.pi * self.frequency

    @property
    def decades(self) -> float:
        """Width in decades of frequency."""
        return float(np.log10(self.frequency[0] / self.frequency[-1]))


def read_spectrum(frame: Frame, lowest_hz: float, highest_hz: float, number: int = 0) -> Spectrum:
    """Return the spectrum between two frequencies, sorted by falling frequency.

    ``number``: which of several spectra in the table, from 1; 0 where there is one. Points without
    a finite impedance or a positive frequency are dropped (refused beyond 1 %), as are repeated
    frequencies (the first reading stays). Raises MethodError.
    """
    wanted = _wanted(frame, number)
    frequency, impedance = (values[wanted] for values in _columns(frame))
    usable = np.isfinite(frequency) & np.isfinite(impedance) & (frequency > 0) & (impedance != 0)
    flags = _unusable(usable)
    usable &= (frequency >= lowest_hz) & (frequency <= highest_hz)
    frequency, impedance = frequency[usable], impedance[usable]
    order = np.argsort(-frequency, kind="stable")
    frequency, impedance = frequency[order], impedance[order]
    first = np.r_[True, frequency[1:] < frequency[:-1] * (1 - SAME_FREQUENCY)][: frequency.size]
    repeated = int(np.count_nonzero(~first))
    if repeated:
        flags += (
            Flag(
                "EIS_DUPLICATES_DROPPED",
                "info",
                f"{repeated} points repeat a frequency; the first reading of each is used.",
                {"dropped": repeated},
            ),
        )
    frequency, impedance = frequency[first], impedance[first]
    return Spectrum(frequency, impedance, np.abs(impedance), flags)


def _wanted(frame: Frame, number: int) -> NDArray[np.bool_]:
    """Return which rows belong to the spectrum; raises MethodError when that is not clear."""
    if SPECTRUM not in frame.columns:
        if number > 1:
            raise MethodError("E_NO_SUCH_SPECTRUM", f"Found one spectrum; {number} was asked for.")
        return np.ones(frame.rows, dtype=np.bool_)
    numbers = np.asarray(frame[SPECTRUM])
    known = np.unique(numbers)
    if number == 0 and known.size > 1:
        raise MethodError(
            "E_SEVERAL_SPECTRA",
            f"The file holds {known.size} spectra; say which one is meant: set the parameter "
            f"spectrum to a number from {known[0]} to {known[-1]}.",
        )
    if number and number not in known:
        raise MethodError(
            "E_NO_SUCH_SPECTRUM",
            f"Found the spectra {known[0]} to {known[-1]}; {number} was asked for.",
        )
    return np.asarray(numbers == (number or known[0]), dtype=np.bool_)


def require_enough(spectrum: Spectrum) -> None:
    """Raise MethodError for fewer than 15 points or two decades."""
    count = spectrum.frequency.size
    decades = spectrum.decades if count else 0.0
    if count < FEWEST_POINTS or decades < FEWEST_DECADES * (1 - SAME_FREQUENCY):
        raise MethodError(
            "E_TOO_FEW_POINTS",
            f"The spectrum has {count} usable points over {decades:.1f} decades of frequency; at "
            f"least {FEWEST_POINTS} points over {FEWEST_DECADES:g} decades are needed.",
            spectrum.flags,
        )


def capacitive(spectrum: Spectrum) -> Spectrum:
    """Return the spectrum with Z'' negative where capacitive, turning files that store -Z''.

    A cell with blocking or lithium electrodes is capacitive at low frequencies: the median of Z''
    over the lowest third of the frequencies decides.
    """
    lowest = spectrum.impedance.imag[-max(1, spectrum.impedance.size // 3) :]
    if np.median(lowest) <= 0:
        return spectrum
    flag = Flag(
        "IMAG_SIGN_FLIPPED",
        "info",
        "The imaginary part is positive at low frequencies, so the file stores -Z''; its sign was "
        "turned.",
        {"median_imaginary_ohm": float(np.median(lowest))},
    )
    return replace(spectrum, impedance=spectrum.impedance.conj(), flags=(*spectrum.flags, flag))


def _columns(frame: Frame) -> tuple[Floats, Complexes]:
    """Return frequency and impedance from Z' and Z'', or from |Z| and phase."""
    polar = REAL_IMPEDANCE not in frame.columns and ABSOLUTE_IMPEDANCE in frame.columns
    names = (ABSOLUTE_IMPEDANCE, PHASE) if polar else (REAL_IMPEDANCE, IMAGINARY_IMPEDANCE)
    require_columns(frame, (FREQUENCY, *names))
    frequency, first, second = (
        np.asarray(frame[name], dtype=np.float64) for name in (FREQUENCY, *names)
    )
    impedance = first + 1j * second
    if polar:
        impedance = first * np.exp(1j * np.radians(second))
    return frequency, impedance


def _unusable(usable: NDArray[np.bool_]) -> tuple[Flag, ...]:
    """Return a flag for a few unusable points; raises MethodError for more than 1 %."""
    bad = np.flatnonzero(~usable)
    if not bad.size:
        return ()
    what = (
        f"{bad.size} of {usable.size} points (the first in row {bad[0] + 1}) have no finite "
        "impedance or no positive frequency"
    )
    if bad.size > UNUSABLE_SHARE * usable.size:
        raise MethodError(
            "E_NON_FINITE", f"{what}; at most {100 * UNUSABLE_SHARE:g} % are allowed."
        )
    return (Flag("NON_FINITE_DROPPED", "info", f"{what}; dropped.", {"dropped": int(bad.size)}),)
