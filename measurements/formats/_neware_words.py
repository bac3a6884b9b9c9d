"""The words of Neware's exports, English and Chinese: headings, units and types of steps."""

import re
import unicodedata
from collections.abc import Iterable, Mapping

from measurements import columns
from measurements.formats._counters import CAPACITIES, ENERGIES

HEADING = re.compile(r"(?P<name>[^()\[\]/]+?)\s*(?:[(\[](?P<unit>[^()\[\]]*)[)\]]?)?")

AMPERES = {"a": 1.0, "ma": 1e-3, "μa": 1e-6, "ua": 1e-6, "na": 1e-9}
VOLTS = {"v": 1.0, "mv": 1e-3}
AMPERE_HOURS = {"ah": 1.0, "mah": 1e-3, "μah": 1e-6, "uah": 1e-6, "as": 1 / 3600, "mas": 1 / 3.6e6}
WATT_HOURS = {"wh": 1.0, "mwh": 1e-3, "μwh": 1e-6, "uwh": 1e-6, "ws": 1 / 3600, "mws": 1 / 3.6e6}
WATTS = {"w": 1.0, "mw": 1e-3, "μw": 1e-6, "uw": 1e-6, "kw": 1e3}
CELSIUS = {"°c": 1.0, "oc": 1.0, "c": 1.0}
SECONDS = {"s": 1.0, "sec": 1.0, "min": 60.0, "h": 3600.0, "ms": 1e-3}
NONE = {"": 1.0}

CLOCK_UNITS = frozenset({"", "h:min:s.ms", "hh:mm:ss", "hh:mm:ss.ms", "h:min:s"})
"""Units of a time that is written as hours:minutes:seconds."""

CAPACITY, ENERGY = "step_cumulative_capacity_ah", "step_cumulative_energy_wh"
"""What passed in the step, whatever its direction."""

DATE = "date"
QUANTITIES: dict[str, tuple[str, Mapping[str, float]]] = {
    columns.RECORD: (
        "datapoint data_point record_id record_index record 记录序号 记录号 数据序号 数据点", NONE,
    ),
    columns.CYCLE: ("cycle_index cycle_id cycle 循环号 循环序号", NONE),
    columns.STEP_ID: ("step_index step_id step 工步号", NONE),
    columns.STEP: ("step_number step_count 工步序号", NONE),
    columns.STEP_TYPE: ("step_type step_name status state 工步类型 工步名称 状态", NONE),
    columns.STEP_TIME: ("time step_time relative_time 时间 工步时间 相对时间", SECONDS),
    columns.TEST_TIME: ("total_time test_time cumulative_time 总时间 累计时间 测试时间", SECONDS),
    DATE: ("date absolute_time realtime date_time datetime 绝对时间 日期 系统时间", NONE),
    columns.CURRENT: ("current cur 电流", AMPERES),
    columns.VOLTAGE: ("voltage volt 电压", VOLTS),
    CAPACITY: ("capacity 容量", AMPERE_HOURS),
    ENERGY: ("energy 能量", WATT_HOURS),
    CAPACITIES[0]: (
        "chg._cap. chg_cap charge_capacity chg._capacity capacitance_chg 充电容量", AMPERE_HOURS,
    ),
    CAPACITIES[1]: (
        "dchg._cap. dchg_cap discharge_capacity dchg._capacity capacitance_dchg 放电容量",
        AMPERE_HOURS,
    ),
    ENERGIES[0]: (
        "chg._energy charge_energy engy_chg 充电能量", WATT_HOURS,
    ),
    ENERGIES[1]: (
        "dchg._energy discharge_energy engy_dchg 放电能量", WATT_HOURS,
    ),
    "power_watt": ("power 功率", WATTS),
    **{f"temperature_t{number}_celsius": (f"t{number}", CELSIUS) for number in range(1, 6)},
}  # fmt: skip
"""Canonical name -> headings of it (lower case, underscores), units and their factors."""

NAMES = {word: name for name, (words, _) in QUANTITIES.items() for word in words.split()}

TELLING = frozenset({
    columns.RECORD, columns.CYCLE, columns.STEP_ID, columns.STEP, columns.STEP_TYPE, CAPACITY,
    *CAPACITIES,
})  # fmt: skip
FEWEST_TELLING = 2

SIGNATURES = frozenset({
    "datapoint", "step_type", "chg._cap.", "dchg._cap.", "total_time", "record_id", "realtime",
    "capacitance_chg", "capacitance_dchg", "oneset_volt.", "chg.-dchg._eff", "relative_time",
    "记录序号", "记录号", "数据序号", "工步类型", "循环号", "循环序号", "工步号", "绝对时间",
})  # fmt: skip
"""Words that together are Neware's only."""

TYPES = {
    "恒流充电": "CC_CHG", "恒流放电": "CC_DCH", "恒压充电": "CV_CHG", "恒压放电": "CV_DCH",
    "恒流恒压充电": "CCCV_CHG", "恒流恒压放电": "CCCV_DCH", "恒功率充电": "CP_CHG",
    "恒功率放电": "CP_DCH", "恒阻充电": "CR_CHG", "恒阻放电": "CR_DCH", "搁置": "REST",
    "静置": "REST", "暂停": "PAUSE", "脉冲": "PULSE", "工况模拟": "SIM", "循环": "CYCLE",
    "结束": "END", "控制": "CONTROL",
}  # fmt: skip
ENDINGS = {"充电": "_CHG", "放电": "_DCH"}
"""What every type of a step that charges or discharges ends with."""


def parts_of(heading: str) -> tuple[str, str]:
    """Return name (lower case, underscores) and unit (lower case) of a heading."""
    text = unicodedata.normalize("NFKC", heading).replace("℃", "°c").strip().strip('"')
    found = HEADING.fullmatch(text.lower())
    if not found:
        return text.lower(), ""
    return re.sub(r"[\s_]+", "_", found["name"].strip()), (found["unit"] or "").strip()


def is_records(headings: Iterable[str]) -> bool:
    """Tell whether headings are those of records: current, voltage, a time, and Neware's words."""
    words = {parts_of(heading)[0] for heading in headings}
    names = {NAMES[word] for word in words if word in NAMES}
    timed = names & {columns.TEST_TIME, columns.STEP_TIME, DATE}
    return (
        {columns.CURRENT, columns.VOLTAGE} <= names
        and bool(timed)
        and len(names & TELLING) >= FEWEST_TELLING
        and bool(words & SIGNATURES)
    )


def is_summary(headings: Iterable[str]) -> bool:
    """Tell whether headings are those of cycles or steps without records."""
    words = {parts_of(heading)[0] for heading in headings}
    names = {NAMES[word] for word in words if word in NAMES}
    counted = names.issuperset(CAPACITIES)
    cycles = columns.CYCLE in names and counted
    steps = {columns.STEP_TYPE, CAPACITY} <= names and bool(words & {"oneset_volt.", "step_number"})
    return columns.CURRENT not in names and (cycles or steps)


def step_type(word: str) -> str:
    """Return a type of step in the words of BDF (CC_CHG, CC_DCH, REST ...)."""
    text = unicodedata.normalize("NFKC", word).strip()
    if text in TYPES:
        return TYPES[text]
    if text[-2:] in ENDINGS:
        return text[:-2] + ENDINGS[text[-2:]]
    text = re.sub(r"[\s_\-]+", "_", text.upper())
    text = re.sub(r"D(IS)?_?CH(AR)?GE?$", "DCH", text)
    return re.sub(r"CHARGE$", "CHG", text)
