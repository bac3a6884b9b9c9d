"""Reads a test of a symmetric lithium cell: facts, half-cycles, voltages; refuses what is none."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from analysis.methods import Fact, Flag, Inputs, MethodError
from analysis.methods._cycling_record import read_recording
from analysis.methods._geometry import Quantity, contact_area_cm2
from analysis.methods._refusals import WHERE, above, optional_fact
from analysis.science.half_cycles import HalfCycles, dead_band, half_cycles
from analysis.science.integrals import HOUR_S
from analysis.science.plating import Voltages, voltages
from analysis.science.stretches import Floats, Record
from analysis.science.uncertainty import quadrature

SYMMETRIC_LI = "symmetric_li"
FEWEST_HALF_CYCLES = 4
HIGHEST_V = 5.0
ASR_OHM_CM2 = (1.0, 1e5)
MILLI = 1e3
UNKNOWN = "unknown, taken as 0"


@dataclass(frozen=True)
class Plating:
    """A test as read; arrays of shape (h,) over half-cycles.

    ``density`` in mA/cm²; ``relative_u`` that of a charge per area; ``voltage_u_v`` that of a
    voltage; ``assumed`` says what was assumed about uncertainties.
    """

    record: Record
    half: HalfCycles
    voltages: Voltages
    density: Floats
    area: Quantity
    relative_u: float
    voltage_u_v: float
    assumed: tuple[str, ...]
    flags: tuple[Flag, ...]

    @property
    def start_h(self) -> Floats:
        """When half-cycles start, from the first current."""
        started: Floats = (self.half.start_s - self.half.start_s[0]) / HOUR_S
        return started

    @property
    def end_h(self) -> float:
        """When the last half-cycle ends."""
        return float(self.half.end_s[-1] - self.half.start_s[0]) / HOUR_S

    @property
    def charge(self) -> Floats:
        """Charge per area in mAh/cm²."""
        return self.half.charge_ah * MILLI / self.area.value

    @property
    def asr(self) -> Floats:
        """Two-electrode voltage over current density in Ω cm²."""
        return self.voltages.eta * MILLI / self.density


def read_plating(inputs: Inputs, dead_band_percent: float) -> Plating:
    """Return the test; raises MethodError for missing facts and what no such test can be."""
    facts = inputs.facts
    _require_cell(facts)
    area = contact_area_cm2(facts)
    recording = read_recording(inputs.frames["main"])
    record = recording.record
    _require_volts(record)
    resting = dead_band(record.current_a, dead_band_percent / 100)
    half = _half_cycles(record, resting)
    found = voltages(record, half, resting)
    _require_polarity(found)
    density = half.current_a * MILLI / area.value
    _require_plausible(found, density)
    relative_u, assumed = _current_u(facts, float(np.median(half.current_a)))
    voltage_u = optional_fact(facts, "voltage_accuracy_v")
    if voltage_u is None:
        assumed = (*assumed, f"accuracy of the voltage {UNKNOWN}")
    if area.assumed:
        assumed = (*assumed, area.assumed)
    return Plating(
        record=record,
        half=half,
        voltages=found,
        density=density,
        area=area,
        relative_u=quadrature(area.u / area.value, relative_u),
        voltage_u_v=voltage_u or 0.0,
        assumed=assumed,
        flags=recording.flags,
    )


def _require_cell(facts: Mapping[str, Fact]) -> None:
    cell_type = facts.get("cell_type")
    if not cell_type:
        raise MethodError(
            "E_META_MISSING:cell_type",
            f"cell_type is missing: plating and stripping needs {SYMMETRIC_LI}. Enter it {WHERE}.",
        )
    if cell_type != SYMMETRIC_LI:
        raise MethodError(
            "E_WRONG_KIND",
            f"cell_type is {cell_type}; plating and stripping needs {SYMMETRIC_LI}, lithium on "
            "both sides. Check cell_type, or use galvanostatic_cycling.",
        )


def _require_volts(record: Record) -> None:
    largest = float(np.abs(record.voltage_v).max())
    if largest > HIGHEST_V:
        row = int(np.abs(record.voltage_v).argmax())
        raise MethodError(
            "E_WRONG_KIND",
            f"The voltage is {record.voltage_v[row]:.4g} V in row {row + 1}; between lithium and "
            f"lithium at most {HIGHEST_V:g} V are expected. Are voltage and current swapped, or is "
            "the voltage in mV?",
        )


def _half_cycles(record: Record, resting: float) -> HalfCycles:
    flowing = np.abs(record.current_a) > resting
    signs = set(np.sign(record.current_a[flowing]).tolist())
    if len(signs) < 2:  # noqa: PLR2004
        raise MethodError(
            "E_WRONG_KIND",
            "The current never changes its sign: nothing was plated and stripped in turn. Was it "
            "cycled? Then its current has lost its sign.",
        )
    half = half_cycles(record, resting)
    if len(half) < FEWEST_HALF_CYCLES:
        raise MethodError(
            "E_TOO_FEW_POINTS",
            f"The test has {len(half)} half-cycles; two full cycles, {FEWEST_HALF_CYCLES} "
            "half-cycles, are needed.",
        )
    return half


def _require_polarity(found: Voltages) -> None:
    if found.signed.sum() < 0:
        turned = int(np.count_nonzero(found.signed < 0))
        raise MethodError(
            "E_WRONG_KIND",
            f"In {turned} of {len(found.eta)} half-cycles the voltage is opposite to the current: "
            "the polarity of one of them is inverted. Positive current charges the cell as wired, "
            "and raises its voltage.",
        )


def _require_plausible(found: Voltages, density: Floats) -> None:
    asr = float(np.median(found.eta[:FEWEST_HALF_CYCLES] / density[:FEWEST_HALF_CYCLES])) * MILLI
    low, high = ASR_OHM_CM2
    if not low <= asr <= high or found.eta[0] == 0:
        raise MethodError(
            "E_WRONG_KIND",
            f"Voltage over current density is {asr:.3g} Ω cm² at the start; {low:g} to {high:g} "
            "Ω cm² are possible. Are voltage and current swapped, is a unit wrong (mA for A, mV "
            "for V, mm² for cm²), or was the cell shorted from the start?",
        )


def _current_u(facts: Mapping[str, Fact], current_a: float) -> tuple[float, tuple[str, ...]]:
    """Return the relative standard uncertainty of the current, and what was assumed."""
    share = optional_fact(facts, "current_accuracy_fraction")
    full_scale = optional_fact(facts, "current_range_a")
    if not share or not full_scale:
        return 0.0, (f"accuracy of the current {UNKNOWN}",)
    above("current_accuracy_fraction", share)
    return share * above("current_range_a", full_scale) / current_a, ()
