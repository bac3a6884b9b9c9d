"""Files of the demo lab: written in the instruments' own layouts, received like any other."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from pathlib import Path

import pandas as pd
from django.core.files import File

from cells.events import log_event
from cells.models import Cell, CellEvent
from labsite.demo.cycling import CyclingTest, Protocol, cycling_columns
from labsite.demo.cycling_cases import (
    FULL,
    LFP,
    SILICON,
    full_cell_145,
    lfp_400,
    pouch,
    silicon_300,
    silicon_first_cycle,
    silicon_high_loading,
)
from labsite.demo.instruments import Instruments
from labsite.demo.neware import write_ndax
from labsite.demo.spectra import BlockingCell, resistance_ohm
from labsite.demo.team import Team, days_ago
from labsite.demo.zplot import write_zplot
from measurements import columns
from measurements.channelling import put_on_channel
from measurements.intake import Context, receive_file
from measurements.models import Channel, Measurement

NOTE = "Synthetic file, not evidence for the paper."

CONDUCTIVITY_S_CM = {0.0: 2.3e-3, 0.5: 2.2e-3, 0.8: 2.0e-3, 0.87: 1.9e-3, 1.0: 0.9e-3}
"""Truth at 25 degrees Celsius by x: about 2e-3 up to 0.87 as in the paper; for x = 1, of which the
paper's main text gives no number, a lower one is made up."""
COLD_CONDUCTIVITY_S_CM = 2e-4
COLD_CELSIUS = -10.0
COLD_X = 0.8
THICKNESS_UM = 200.0
DIAMETER_MM = 16.0
LEAD_OHM = 0.08
LEAD_U_OHM = 0.02
BARE_LEADS_X = 0.0
"""The spectrum of this x comes without the resistance of the leads, and is flagged for it."""

NOISE_V = 3e-4
NOISE_MA = 2e-4
CAPACITY_NOISE = 0.001
"""Standard deviations of single records, and relative of the full cell's capacities."""
KEPT_OF_DAMAGED = 0.6


def first_cycle_only(protocol: Protocol) -> CyclingTest:
    """Return FX-ICE stopped after one cycle, which the silicon of the full cell has behind it."""
    test = silicon_first_cycle(protocol)
    first = test.cycles[:1]
    return replace(test, cycles=first, columns=cycling_columns(first, protocol))


def full_cell(protocol: Protocol) -> CyclingTest:
    """Return FX-FULL with capacities that scatter from cycle to cycle."""
    return full_cell_145(protocol, noise=CAPACITY_NOISE)


@dataclass(frozen=True)
class Cycling:
    """A cycling test of a cell: generator and protocol, channel ("" = not said), day and state."""

    make: Callable[[Protocol], CyclingTest]
    protocol: Protocol
    channel: str
    days: int
    running: bool = False


CYCLING = {
    "lfp": Cycling(lfp_400, LFP, "1-1", days=30),
    "precycled": Cycling(first_cycle_only, SILICON, "1-2", days=31),
    "full": Cycling(full_cell, FULL, "1-2", days=28),
    "silicon": Cycling(silicon_300, SILICON, "1-3", days=22),
    "pouch": Cycling(pouch, FULL, "1-4", days=4, running=True),
    "unweighed": Cycling(silicon_high_loading, SILICON, "", days=5, running=True),
    "damaged file": Cycling(silicon_first_cycle, SILICON, "1-6", days=3, running=True),
}


@dataclass(frozen=True)
class Recording:
    """A file before it is received: of which cell, what it is called, and what is said with it."""

    cell: str
    path: Path
    label: str
    started_at: datetime
    ended_at: datetime | None = None
    channel: str = ""
    conditions: Mapping[str, object] = field(default_factory=dict)


def write_files(folder: Path) -> list[Recording]:
    """Write all files of the demo: six spectra and seven cycling tests, one of them damaged."""
    return [
        *(_write_spectrum(folder, x, 25.0, seed) for seed, x in enumerate(CONDUCTIVITY_S_CM)),
        _write_spectrum(folder, COLD_X, COLD_CELSIUS, seed=len(CONDUCTIVITY_S_CM)),
        *(_write_cycling(folder, cell, test) for cell, test in CYCLING.items()),
    ]


def _write_spectrum(folder: Path, x: float, celsius: float, seed: int) -> Recording:
    cold = celsius == COLD_CELSIUS
    conductivity = COLD_CONDUCTIVITY_S_CM if cold else CONDUCTIVITY_S_CM[x]
    bulk = resistance_ohm(conductivity, THICKNESS_UM, DIAMETER_MM)
    frequency, impedance = BlockingCell(bulk + LEAD_OHM).spectrum(seed=seed)
    path = folder / f"impedance-{seed}.z"
    start = days_ago(65 if cold else 66, 9 + seed)
    write_zplot(path, frequency, impedance, start=start.replace(tzinfo=None))
    conditions: dict[str, object] = {"temperature_celsius": celsius, "amplitude_mv": 10}
    if x != BARE_LEADS_X:
        conditions |= {"lead_resistance_ohm": LEAD_OHM, "lead_resistance_ohm_u": LEAD_U_OHM}
    return Recording(
        cell=f"blocking x = {x:g}",
        path=path,
        label=f"impedance_{celsius:g}C",
        started_at=start,
        conditions=conditions,
    )


def _write_cycling(folder: Path, cell: str, test: Cycling) -> Recording:
    protocol = replace(test.protocol, noise_v=NOISE_V, noise_ma=NOISE_MA)
    frame = pd.DataFrame(test.make(protocol).columns)
    path = folder / f"{cell.replace(' ', '-')}.ndax"
    start = days_ago(test.days)
    number = int(test.channel.partition("-")[2] or 5)
    write_ndax(path, frame, start=start, channel=(120, 1, number))
    if cell == "damaged file":
        content = path.read_bytes()
        path.write_bytes(content[: int(KEPT_OF_DAMAGED * len(content))])
    duration = timedelta(seconds=float(frame[columns.TEST_TIME].iloc[-1]))
    return Recording(
        cell=cell,
        path=path,
        label="cycling",
        started_at=start,
        ended_at=None if test.running else start + duration,
        channel=test.channel,
    )


def upload(team: Team, recording: Recording, cell: Cell, instruments: Instruments) -> Measurement:
    """Receive a file about a cell, and log when the cell went on test."""
    spectrum = recording.path.suffix == ".z"
    channel = instruments.channels.get(recording.channel)
    if not spectrum:
        _log_test(team, recording, cell, channel)
    cycler = None if channel is None else channel.instrument
    context = Context(
        instrument=instruments.impedance if spectrum else cycler,
        channel=channel,
        conditions=recording.conditions,
    )
    name = f"demo-synthetic_{cell.code}_{recording.label}{recording.path.suffix}"
    with recording.path.open("rb") as handle:
        receipt = receive_file(
            file=File(handle), name=name, subject=cell, by=team.member, context=context
        )
    Measurement.objects.filter(pk=receipt.measurement.pk).update(notes=NOTE)
    return receipt.measurement


def _log_test(team: Team, recording: Recording, cell: Cell, channel: Channel | None) -> None:
    """Put the cell on its channel, or at least on test, and take it off at the end."""
    start, end = recording.started_at, recording.ended_at
    if channel is not None:
        put_on_channel(cell=cell, channel=channel, by=team.member, at=start, until=end)
        return
    log_event(cell=cell, kind=CellEvent.Kind.ON_TEST, at=start, by=team.member)
    if end is not None:
        log_event(cell=cell, kind=CellEvent.Kind.OFF_TEST, at=end, by=team.member)
