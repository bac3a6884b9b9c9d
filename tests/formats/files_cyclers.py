"""Small texts in the layouts of battery cyclers, all of one test whose charges are known."""

import json
from collections.abc import Sequence
from pathlib import Path

from tests.formats.files import FREQUENCY_HZ, IMPEDANCE_OHM, cycling_frame
from tests.formats.files_texts import SWEEP_A, SWEEP_V, write

STEP_S = 360.0
Row = dict[str, float]


def rows() -> list[Row]:
    """A rest, a charge of 0.5 Ah, one more of 0.1 Ah at 0.2 A, a discharge of 0.5 Ah at 0.5 A.

    Each step begins at the time at which the one before ends. ``i`` is signed, ``q`` counts within
    a step and ``run`` through steps of one direction, both in Ah; ``e`` is run times 3 Wh.
    """
    steps = ((1, 0.0, 2), (2, 0.5, 10), (3, 0.2, 5), (4, -0.5, 10))
    found: list[Row] = []
    start, before, volt = 0.0, 0.0, 3.0
    for step, current, intervals in steps:
        before = before if current > 0 else 0.0
        for at in range(intervals + 1):
            q = abs(current) * at * STEP_S / 3600
            row = {"step": step, "t": start + at * STEP_S, "ts": at * STEP_S, "i": current, "q": q}
            found.append(row | {"run": before + q, "e": 3 * (before + q), "v": volt})
            volt += 0.04 * (current > 0) - 0.05 * (current < 0)
        start += intervals * STEP_S
        before += q
    return found


def letter(row: Row) -> str:
    return "C" if row["i"] > 0 else "D" if row["i"] < 0 else "R"


def span(seconds: float) -> str:
    hours, rest = divmod(int(seconds), 3600)
    return f"  {hours // 24}d {hours % 24:02d}:{rest // 60:02d}:{rest % 60:02d}.00"


MACCOR_HEADINGS = (
    "Rec#\tCyc#\tStep\tTestTime\tStepTime\tAmp-hr\tWatt-hr\tAmps\tVolts\tState\tES\tDPt Time"
)


def maccor_lines(table: Sequence[Row]) -> list[str]:
    """Return the rows of a Maccor file: unsigned current, counters that run through a direction."""
    return [
        f"{at + 1}\t1\t{row['step']}\t{span(row['t'])}\t{span(row['ts'])}\t{row['run']:.10f}"
        f"\t{row['e']:.10f}\t{abs(row['i']):.10f}\t{row['v']:.8f}\t{letter(row)}\t1"
        f"\t01/25/2026 {9 + int(row['t']) // 3600:02d}:{int(row['t']) // 60 % 60:02d}:00"
        for at, row in enumerate(table)
    ]


def maccor(folder: Path) -> Path:
    header = (
        "Today's Date 02/03/2026  Date of Test:\t01/25/2026\t Filename:\tC:\\data\\cell.001 "
        "Procedure: cycle.000\tComment/Barcode: A-1"
    )
    lines = [header, MACCOR_HEADINGS, *maccor_lines(rows())]
    return write(folder / "cell.001", lines, end="\r\n")


def maccor_grouped(folder: Path) -> Path:
    """Commas, quoted numbers with groups of digits, neither state nor sign, mV-free headings."""
    lines = ["Cyc#,Step,TestTime(s),StepTime(s),Capacity(Ah),Current(A),Voltage(V),EV Temp"]
    for row in rows():
        current, charge = abs(row["i"]) * 1e4, row["q"] * 1e4
        lines.append(
            f'7,{row["step"]},"{row["t"] + 1e6:,.2f}",{span(row["ts"])},"{charge:,.4f}"'
            f',"{current:,.4f}",{row["v"]:.4f},0.0'
        )
    return write(folder / "pack.csv", lines)


def maccor_minutes(folder: Path, unit: str = "", clock: str = "DPT Time") -> Path:
    """Decimal commas, times in minutes whose heading does not say so."""
    lines = [
        "Name:\tcell 4",
        "Channel:\t81",
        "Tester\tMaccor #4",
        "Procedure\tcycle.000",
        "Started\t25/01/2026 09:00:00",
        "",
        f"Rec\tCycle P\tCycle C\tStep\tTestTime{unit}\tStepTime{unit}\tCap. [mAh]\tCurrent [mA]"
        f"\tVoltage [V]\tMd\t{clock}",
    ]
    for at, row in enumerate(rows()):
        numbers = f"{row['t'] / 60:.6f}\t{row['ts'] / 60:.6f}\t{row['run'] * 1e3:.6f}"
        numbers += f"\t{abs(row['i']) * 1e3:.6f}\t{row['v']:.4f}"
        stamp = f"25/01/2026 {9 + int(row['t']) // 3600:02d}:{int(row['t']) // 60 % 60:02d}:00"
        cells = numbers.replace(".", ",")
        lines.append(f"{at + 1}\t0\t1\t{row['step']}\t{cells}\t{letter(row)}\t{stamp}")
    return write(folder / "cell.txt", lines, encoding="latin-1")


def maccor_spectrum(folder: Path) -> Path:
    lines = [
        "MACCOR, INC.    AC Impedance Test",
        "Frequency Sweep:   Open Circut Voltage",
        "EIS",
        "film.EDA0001.001",
        "Start Date:  Sunday, January 25, 2026 Start Time:   09:00",
        "",
        "Freq(Hz)\tPolar(V)\ttime(sec)\tZ'(a)\tZ''(b)\tPhase_Angle\tZ-Mag\tC(F)\tirg\tVMag",
        "",
    ]
    for at, (f, z) in enumerate(zip(FREQUENCY_HZ, IMPEDANCE_OHM, strict=True)):
        lines.append(f"{f:.5f}\t1.0\t{at}.0\t{z.real:.6f}\t{z.imag:.6f}\t0.0\t{abs(z):.6f}\t0.0")
    return write(folder / "film.EDA0001.001", lines, end="\r\n")


def landt(folder: Path) -> Path:
    lines = [
        "cell model:,,,,",
        "cell id: A-1,,,,",
        "test: ,,,,",
        "channel_index,cycle_index,step_index,date_time_iso_string,test_time_s,step_time_s,"
        "current_A,voltage_V,discharge_capacity_Ah,charge_capacity_Ah,temperature_1_C,"
        "temperature_2_C,step_name",
    ]
    names = {"R": "rest", "C": "charge CC", "D": "discharge CC"}
    for at, row in enumerate(rows()):
        charge, discharge = (row["q"], 0) if row["i"] > 0 else (0, row["q"])
        lines.append(
            f"{at + 1},1,{row['step']},01/25/2026 09:00:00,{row['t']:.3f},{row['ts']:.3f}"
            f",{row['i']:.4f},{row['v']:.4f},{discharge:.6f},{charge:.6f},0,25.5"
            f",{names[letter(row)]},"
        )
    return write(folder / "cell.csv", lines, encoding="utf-8-sig")


def landt_states(folder: Path, *, chinese: bool = False) -> Path:
    """The older layout: unsigned current in mA with a state, times as days-hours:minutes."""
    headings = "Index,TestTime,StepTime,Voltage/V,Current/mA,Capacity/mAh,SCapacity/mAh/g,State"
    if chinese:
        headings = "记录序号,测试时间,步骤时间,电压/V,电流/mA,容量/mAh,比容量/mAh/g,状态"
    names = {"R": "R", "C": "C_CC", "D": "D_CC"}
    lines = [headings]
    for at, row in enumerate(rows()):
        total, part = (span(row[key]).strip().replace("d ", "-") for key in ("t", "ts"))
        lines.append(
            f"{at + 1},{total},{part},{row['v']:.4f},{abs(row['i']) * 1e3:.4f}"
            f",{row['q'] * 1e3:.4f},1.0,{names[letter(row)]}"
        )
    return write(folder / "cell.csv", lines, encoding="gb18030" if chinese else "utf-8")


def landt_chinese(folder: Path) -> Path:
    return landt_states(folder, chinese=True)


def pec(folder: Path, cells: Sequence[int] = (1,)) -> Path:
    lines = [
        "Request Year:,2026",
        "Test:,187",
        "TestRegime Name:,C/10",
        "Requestor:,Ada",
        "Start Time:,01/25/2026 09:00:00",
        "#RESULTS CHECK",
        "ReqYear,Test,CellNr,Type,Value,Reason,",
        "#END RESULTS CHECK",
        "Test,Cell,Rack,Shelf,Position,Step,Cycle,Total Time (Hours in hh:mm:ss.xxx),"
        "Step Time (Seconds),Real Time,Voltage (mV),Current (mA),Charge Capacity (mAh),"
        "Discharge Capacity (mAh),Charge Capacity (mWh),Discharge Capacity (mWh),"
        "Ambient temperature (°C),",
    ]
    for cell in cells:
        charged = 0.0
        for row in rows():
            charged = row["run"] if row["i"] > 0 else charged
            discharged = row["q"] if row["i"] < 0 else 0
            hours, minutes = divmod(int(row["t"]) // 60, 60)
            lines.append(
                f"187,{cell},SBT,001,4,{row['step']},1,{24 + hours}:{minutes:02d}:00.500"
                f",{row['ts']},01/25/2026 09:00:00,{row['v'] * 1e3:.3f},{row['i'] * 1e3:.1f}"
                f",{charged * 1e3:.3f},{discharged * 1e3:.3f},{charged * 3e3:.3f}"
                f",{discharged * 3e3:.3f},25.1,"
            )
    return write(folder / "cell.csv", lines)


def basytec(folder: Path, *, sign: int = 1, comma: bool = False) -> Path:
    """Times in h; charge counted within cycle, step and test."""
    lines = [
        "~Resultfile from Basytec Battery Test System",
        "~Name of Test: formation",
        "~Battery: A-1",
        "~Testchannel: 4",
        "~Start of Test: 25.01.2026 09:00:00",
        "~",
        "~Time[h]\tDataSet\tt-Step[h]\tLine\tCommand\tU[V]\tI[A]\tAh[Ah]\tAh-Cyc-Charge"
        "\tAh-Cyc-Discharge\tAh-Step\tT1[°C]\tCyc-Count\tState",
    ]
    commands = {"R": "Pause", "C": "Charge", "D": "Discharge"}
    charged = 0.0
    for at, row in enumerate(rows()):
        charged = row["run"] if row["i"] > 0 else charged
        discharged = row["q"] if row["i"] < 0 else 0.0
        numbers = f"{row['v']:.6f}\t{sign * row['i']:.6f}\t{charged - discharged:.9f}"
        numbers += f"\t{charged:.9f}\t{-discharged:.9f}\t{row['q']:.9f}\t25.5"
        times = f"{row['t'] / 3600:.9f}\t{at + 1}\t{row['ts'] / 3600:.9f}"
        if comma:
            numbers, times = numbers.replace(".", ","), times.replace(".", ",")
        lines.append(f"{times}\t{row['step']}\t{commands[letter(row)]}\t{numbers}\t1\t1")
    return write(folder / "cell.txt", lines, encoding="latin-1")


def basytec_comma(folder: Path) -> Path:
    return basytec(folder, comma=True)


def novonix(folder: Path) -> Path:
    """The counter of charge goes down on discharge and runs through the steps."""
    lines = [
        "[Summary]",
        "Novonix UHPC data file",
        "Channel: 01",
        "Description: LFP",
        "Mass (g): 0.012",
        "Started: 2026-01-25 9:00:00 AM",
        "Version: 2.13.0",
        "[End Summary]",
        "[Protocol]",
        '{"Version":"UHPC Control: 2.13.0"}',
        "[End Protocol]",
        "[Data]",
        "Date and Time,Cycle Number,Step Type,Run Time (h),Step Time (h),Current (A),"
        "Potential (V),Capacity (Ah),Temperature (°C),Energy (Wh),Step Number",
    ]
    types = {1: 0, 2: 7, 3: 8, 4: 2}
    for row in rows():
        net = row["run"] if row["i"] >= 0 else 0.6 - row["q"]
        lines.append(
            f"2026-01-25 09:00:00,1,{types[int(row['step'])]},{row['t'] / 3600:.7f}"
            f",{row['ts'] / 3600:.7f},{row['i']:.8f},{row['v']:.8f},{net:.8f},24.6"
            f",{3 * net:.8f},{row['step']}"
        )
    return write(folder / "cell.csv", lines)


def json_text(folder: Path, orient: str, name: str = "cell.json") -> Path:
    text = cycling_frame().to_json(orient=orient, lines=name.endswith("ndjson"))
    return write(folder / name, [text])


def json_records(folder: Path) -> Path:
    return json_text(folder, "records")


def json_columns(folder: Path) -> Path:
    return write(folder / "cell.json", [json.dumps(cycling_frame().to_dict(orient="list"))])


def json_split(folder: Path) -> Path:
    return json_text(folder, "split")


def json_lines(folder: Path) -> Path:
    return json_text(folder, "records", "cell.ndjson")


def corrware_lines(area: str = "Surface Area:           0.25") -> list[str]:
    """A voltammogram of two cycles in the manner of CorrWare; the current is a density."""
    header = [
        "CORRW ASCII",
        "  CorrWare for Windows: Version 3.5a",
        "  Cyclic Voltammogram\t[]\tfilm.cor",
        "  Date: 01-25-2026     Time: 09:00:00",
        "  Begin Information:    Cell Information",
        f"      {area}",
        "      Polarity:               0",
        "  End Information:      Cell Information",
        "  Data Points: 41",
        "  E(Volts)\tI(A/cm2)\tT(Seconds)",
        "End Comments",
    ]
    table = [
        f"{SWEEP_V[at]:.6E}\t{SWEEP_A[at] / 0.25:.6E}\t{at}.0000" + ("  0 CYCLE" * (at == 20))
        for at in range(41)
    ]
    return [*header, *table]


def corrware(folder: Path) -> Path:
    return write(folder / "film.cor", corrware_lines(), end="\r\n")


SAMPLES = {
    "maccor": ("maccor", maccor),
    "maccor, groups of digits": ("maccor", maccor_grouped),
    "maccor, decimal commas": ("maccor", maccor_minutes),
    "maccor spectrum": ("maccor", maccor_spectrum),
    "landt": ("landt", landt),
    "landt, older": ("landt", landt_states),
    "landt, older, chinese": ("landt", landt_chinese),
    "pec": ("pec", pec),
    "basytec": ("basytec", basytec),
    "basytec, decimal commas": ("basytec", basytec_comma),
    "novonix": ("novonix", novonix),
    "bdf records": ("bdf_json", json_records),
    "bdf columns": ("bdf_json", json_columns),
    "bdf split": ("bdf_json", json_split),
    "bdf lines": ("bdf_json", json_lines),
    "corrware": ("corrware", corrware),
}
"""Name of a sample -> format that must recognise it, writer."""
