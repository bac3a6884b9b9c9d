"""The synthetic cycling tests of the demo lab: the paper's cells, replayed with known truth.

The numbers are those of Pan et al., Nat. Commun. 15, 2263 (2024), doi 10.1038/s41467-024-46472-9,
put into made-up curves: they show that the pipeline returns a truth, not that the paper is right.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np

from labsite.demo.cycling import Cycle, CyclingTest, Protocol, cycling_columns

SILICON = Protocol(opens_with=-1, lower_v=0.05, upper_v=2.0, shape="silicon")
LFP = Protocol(opens_with=1, lower_v=2.5, upper_v=3.8, shape="plateau")
NMC811 = Protocol(opens_with=1, lower_v=2.8, upper_v=4.3, shape="sloping")
FULL = Protocol(opens_with=1, lower_v=2.0, upper_v=3.9, shape="sloping")

DISC_12MM_CM2 = 1.1310
POUCH_CM2 = 16.0
SILICON_1C, LFP_1C = 3579.0, 175.0
SILICON_MG = 0.6786
LFP_MG = 6.786
POUCH_LFP_MG = 83.57


def _silicon_facts(mass_mg: float, c_rate: float) -> dict[str, float | str]:
    return {
        "cell_type": "anode_half_cell",
        "active_mass_mg": mass_mg,
        "active_mass_u_mg": 0.0139,
        "mass_basis": "Si",
        "area_cm2": DISC_12MM_CM2,
        "one_c_ma_g": SILICON_1C,
        "nominal_c_rate": c_rate,
        "lower_cutoff_v": SILICON.lower_v,
        "upper_cutoff_v": SILICON.upper_v,
        "first_half_cycle": "discharge",
    }


def _positive_facts(
    cell_type: str, protocol: Protocol, mass_mg: float, area_cm2: float, basis: str
) -> dict[str, float | str]:
    return {
        "cell_type": cell_type,
        "active_mass_mg": mass_mg,
        "active_mass_u_mg": 0.0163,
        "mass_basis": basis,
        "area_cm2": area_cm2,
        "lower_cutoff_v": protocol.lower_v,
        "upper_cutoff_v": protocol.upper_v,
        "first_half_cycle": "charge",
    }


def _silicon_cycle(
    lithiation_mah_g: float, efficiency: float, c_rate: float, mass_mg: float
) -> Cycle:
    capacity = lithiation_mah_g * mass_mg / 1e3
    return Cycle(
        charge_mah=capacity * efficiency,
        discharge_mah=capacity,
        current_ma=c_rate * SILICON_1C * mass_mg / 1e3,
    )


def _positive_cycle(
    discharge_mah_g: float, efficiency: float, current_ma_g: float, mass_mg: float
) -> Cycle:
    capacity = discharge_mah_g * mass_mg / 1e3
    return Cycle(capacity / efficiency, capacity, current_ma_g * mass_mg / 1e3)


def _test(
    cycles: Sequence[Cycle],
    protocol: Protocol,
    facts: Mapping[str, float | str],
    truth: Mapping[str, float],
) -> CyclingTest:
    return CyclingTest(cycling_columns(cycles, protocol), tuple(cycles), facts, truth)


def silicon_300(protocol: Protocol = SILICON) -> CyclingTest:
    """FX-SI300: Li//Si, three cycles at 0.2 C and 300 at 0.4 C, 90.8 % kept (paper Fig. 5a)."""
    first = [2081.6, 2076.6, 2071.6]
    later = [1145.0 * (1 - 0.092 * k / 299) for k in range(300)]
    cycles = [
        *(_silicon_cycle(q, 0.871 if q == first[0] else 0.993, 0.2, SILICON_MG) for q in first),
        *(_silicon_cycle(q, 0.993, 0.4, SILICON_MG) for q in later),
    ]
    truth = {
        "initial_coulombic_efficiency": 87.1,
        "average_coulombic_efficiency": 99.3,
        "capacity_retention": 90.8,
    }
    return _test(cycles, protocol, _silicon_facts(SILICON_MG, 0.4), truth)


def silicon_first_cycle(protocol: Protocol = SILICON) -> CyclingTest:
    """FX-ICE: Li//Si at 0.1 C, 3413.6 lithiated and 2973.2 mAh/g delithiated (paper Fig. 4i)."""
    cycles = [
        _silicon_cycle(3413.6, 2973.2 / 3413.6, 0.1, SILICON_MG),
        _silicon_cycle(2990.0, 0.985, 0.1, SILICON_MG),
        _silicon_cycle(2960.0, 0.988, 0.1, SILICON_MG),
    ]
    truth = {"initial_coulombic_efficiency": 87.1, "specific_capacity_delithiation": 2973.2}
    return _test(cycles, protocol, _silicon_facts(SILICON_MG, 0.1), truth)


def silicon_high_loading(protocol: Protocol = SILICON) -> CyclingTest:
    """Li//Si of 1.3 mg/cm2: 1377.8 mAh/g at 0.2 C, 757 at 0.3 C (paper SI Fig. 19)."""
    mass = 1.3 * DISC_12MM_CM2
    cycles = [
        _silicon_cycle(1377.8, 0.83, 0.2, mass),
        _silicon_cycle(1150.0, 0.982, 0.2, mass),
        *(_silicon_cycle(757.0 / 0.992 * (1 - 0.0012 * k), 0.992, 0.3, mass) for k in range(60)),
    ]
    truth = {"initial_coulombic_efficiency": 83.0, "current_density": 1.396}
    return _test(cycles, protocol, _silicon_facts(mass, 0.3), truth)


def silicon_rates(protocol: Protocol = SILICON) -> CyclingTest:
    """FX-RATE: Li//Si, five cycles each at 376, 940, 1880 and again 376 mA/g (paper Fig. 4j)."""
    blocks = [(376.0, 2900.0), (940.0, 1720.0), (1880.0, 890.5), (376.0, 2747.5)]
    cycles = [
        _silicon_cycle(q, 0.99, rate / SILICON_1C, SILICON_MG)
        for rate, q in blocks
        for _ in range(5)
    ]
    facts = _silicon_facts(SILICON_MG, 0.1)
    return _test(cycles, protocol, facts, {"specific_current": 376.0})


def silicon_in_sulfide(protocol: Protocol = SILICON) -> CyclingTest:
    """Li-In//Si in Li6PS5Cl at 2 MPa: 940.3 to 134 mAh/g in five cycles (paper SI Fig. 20)."""
    mass = 0.764 * 0.7854
    capacities = [940.3, 610.0, 390.0, 240.0, 134.0]
    cycles = [_silicon_cycle(q / 0.9, 0.9, 0.1, mass) for q in capacities]
    facts = {**_silicon_facts(mass, 0.1), "area_cm2": 0.7854, "external_pressure_mpa": 2.0}
    return _test(cycles, protocol, facts, {"capacity_retention": 100 * 134 / 940.3})


def lfp_400(protocol: Protocol = LFP) -> CyclingTest:
    """Li//LFP at 1 C: 147.4 to 143.3 mAh/g over 400 cycles (paper Fig. 5c)."""
    cycles = [
        _positive_cycle(147.4 - 4.1 * k / 399, 0.971 if k == 0 else 0.9992, LFP_1C, LFP_MG)
        for k in range(400)
    ]
    facts = _positive_facts("cathode_half_cell", protocol, LFP_MG, DISC_12MM_CM2, "LFP")
    facts |= {"one_c_ma_g": LFP_1C, "nominal_c_rate": 1.0}
    truth = {"capacity_retention": 97.2, "initial_coulombic_efficiency": 97.1}
    return _test(cycles, protocol, facts, truth)


def nmc811_90(protocol: Protocol = NMC811) -> CyclingTest:
    """Li//NMC811: 207.1 mAh/g, 77.4 % after 90 cycles (paper SI Fig. 23)."""
    mass = 4.0 * DISC_12MM_CM2
    cycles = [
        _positive_cycle(207.1 * (1 - 0.226 * k / 89), 0.854 if k == 0 else 0.997, 40.0, mass)
        for k in range(90)
    ]
    facts = _positive_facts("cathode_half_cell", protocol, mass, DISC_12MM_CM2, "NMC811")
    truth = {"capacity_retention": 77.4, "initial_coulombic_efficiency": 85.4}
    return _test(cycles, protocol, facts, truth)


def full_cell_145(
    protocol: Protocol = FULL, noise: float = 0.0, outlier_at: int | None = None, seed: int = 1
) -> CyclingTest:
    """FX-FULL: Si//LFP at 0.5 C, 98.3 % after 100 cycles and 80 % at 145 (paper Fig. 5f, g).

    ``noise`` is the relative scatter of capacities, the cycle ``outlier_at`` falls by 30 %.
    """
    k = np.arange(1, 161)
    kept = np.interp(k, [1, 100, 160], [1.0, 0.983, 0.983 - 0.183 * 60 / 45])
    kept *= 1 + noise * np.random.default_rng(seed).standard_normal(len(k))
    if outlier_at is not None:
        kept[outlier_at - 1] *= 0.7
    cycles = [_positive_cycle(151.4 * share, 0.9999, 0.5 * LFP_1C, LFP_MG) for share in kept]
    facts = _positive_facts("full_cell", protocol, LFP_MG, DISC_12MM_CM2, "LFP")
    facts |= {"one_c_ma_g": LFP_1C, "nominal_c_rate": 0.5}
    truth = {"capacity_retention": 98.3, "cycle_life_80": 145.0}
    return _test(cycles, protocol, facts, truth)


def pouch(protocol: Protocol = FULL) -> CyclingTest:
    """Si//LFP pouch at 0.1 C: 11.7 mAh, 140 mAh/g of LFP (paper Fig. 5h)."""
    cycles = [
        _positive_cycle(140.0 - k, 0.88 if k == 0 else 0.995, 17.5, POUCH_LFP_MG) for k in range(5)
    ]
    facts = _positive_facts("full_cell", protocol, POUCH_LFP_MG, POUCH_CM2, "LFP")
    facts |= {"one_c_ma_g": LFP_1C, "nominal_c_rate": 0.1}
    return _test(cycles, protocol, facts, {"discharge_capacity": 11.7})


def aborted(test: CyclingTest, protocol: Protocol, share: float = 0.4) -> CyclingTest:
    """FX-ABORTED: the same test, stopped after ``share`` of its last half-cycle."""
    stopped = replace(protocol, aborted=share)
    return replace(test, columns=cycling_columns(test.cycles, stopped))
