"""A lab that did what the paper's Methods say: materials, batches, electrodes, cells, steps."""

from datetime import timedelta

from cells.assembly import assemble_cell, harvest_electrode
from cells.events import log_event
from cells.models import Cell, CellElectrode
from labsite.access.models import Project, User
from labsite.access.recording import create_record
from measurements.models import Channel, Instrument
from samples.models import (
    Chemical,
    Coating,
    CoatingComponent,
    Electrode,
    ElectrolyteBatch,
    Film,
)
from samples.processing import (
    StepDetails,
    Use,
    create_electrode,
    infiltrate_electrode,
    log_step,
)
from tests.factories import NOON

DISC_CM2 = 1.1309733552923256
"""π/4 · (1.2 cm)²."""
ELASTIC = {
    "mole_fraction_am": 0.8,
    "total_monomer_mol_l": 3.0,
    "concentration_basis": "per_litre_solution",
    "crosslinker_mmol_l": 3.0,
    "photoinitiator_mmol_l": 1.5,
    "dem_molar_ratio": 4.0,
    "fec_mass_fraction": 0.05,
    "fec_basis": "of_total",
}
SUBSTANCES: dict[str, dict[str, object]] = {
    "Si": {"role": "active_material", "one_c_ma_g": 3579},
    "LFP": {"role": "active_material", "one_c_ma_g": 175},
    "PAA": {"role": "binder", "molar_mass_g_mol": 450_000},
    "PVP": {"role": "surfactant", "molar_mass_g_mol": 58_000},
    "Li": {"role": "metal", "formula": "Li"},
    "Li–In": {"role": "metal", "formula": "LiIn"},
    **{name: {"role": "conductive"} for name in ("CNT", "Super P", "AB", "VGCF")},
    "PVDF": {"role": "binder"},
    **{name: {"role": "solid_electrolyte"} for name in ("LPSC", "Li3InCl6")},
}
COATINGS: dict[str, tuple[dict[str, object], dict[str, float]]] = {
    "Si": (
        {"solvent": "water", "loading_min_mg_cm2": 0.5, "loading_max_mg_cm2": 0.7},
        {"Si": 70, "CNT": 7.5, "Super P": 7.5, "PAA": 15, "PVP": 1},
    ),
    "LFP": (
        {"solvent": "NMP", "current_collector": "aluminium"},
        {"LFP": 8, "AB": 1, "PVDF": 1},
    ),
    "Si composite": ({"process": "pressed"}, {"Si": 6, "LPSC": 3, "CNT": 1}),
    "LFP composite": ({"process": "pressed"}, {"LFP": 6, "Li3InCl6": 3, "VGCF": 1}),
}


class Lab:
    """Logs the Methods step by step through the services."""

    def __init__(self, project: Project, user: User, manager: User) -> None:
        self.project, self.user = project, user
        self.chemicals = {
            name: create_record(
                record=Chemical(short_name=name, name=f"{name} of the paper", **facts), by=manager
            )
            for name, facts in SUBSTANCES.items()
        }
        self.electrolytes()
        self.coat()
        self.coin_cells()
        self.pouch()
        self.sulfide_cells()
        self.cycler(manager)

    def step(self, sample: object, kind: str, uses: tuple[Use, ...] = (), **actual: object) -> None:
        details = StepDetails(performed_at=NOON, planned=actual, actual=actual)
        log_step(sample=sample, kind=kind, by=self.user, details=details, uses=uses)

    def record(self, record: object) -> object:
        record.project = self.project
        return create_record(record=record, by=self.user)

    def film(self, batch: ElectrolyteBatch, form: str, **facts: object) -> Film:
        return self.record(Film(batch=batch, form=form, made_at=NOON, **facts))

    def electrolytes(self) -> None:
        self.batch = self.record(ElectrolyteBatch(kind="elastic", prepared_at=NOON, **ELASTIC))
        sulfide = ElectrolyteBatch(kind="sulfide", composition="Li6PS5Cl", prepared_at=NOON)
        halide = ElectrolyteBatch(kind="halide", composition="Li3InCl6", prepared_at=NOON)
        self.sulfide, self.halide = self.record(sulfide), self.record(halide)
        self.membrane = self.film(self.batch, "disc", diameter_mm=16, thickness_um=200)
        self.dumbbell = self.film(self.batch, "dumbbell", length_mm=16, width_mm=4)
        for film in (self.membrane, self.dumbbell):
            self.step(film, "casting", substrate="FEP", atmosphere="dry_air", dew_point_celsius=-40)
            self.step(film, "uv_cure", uv_time_s=300)

    def coat(self) -> None:
        self.coatings = {}
        for name, (facts, parts) in COATINGS.items():
            active = self.chemicals[next(iter(parts))]
            coating = self.record(Coating(active_material=active, made_at=NOON, **facts))
            for short_name, weight in parts.items():
                CoatingComponent.objects.create(
                    coating=coating,
                    chemical=self.chemicals[short_name],
                    weight_parts=weight,
                    solution_mass_fraction=0.05 if short_name == "PAA" else None,
                )
            self.coatings[name] = coating
        silicon = self.coatings["Si"]
        self.step(silicon, "ball_milling", speed_rpm=500, time_h=10, atmosphere="argon")

    def disc(self, coating: str = "", metal: str = "", **facts: object) -> Electrode:
        facts = {"diameter_mm": 12, **facts}
        electrode = Electrode(
            project=self.project,
            coating=self.coatings.get(coating),
            metal=self.chemicals.get(metal),
            made_at=NOON,
            **facts,
        )
        create_electrode(electrode=electrode, by=self.user)
        if coating in ("Si", "LFP"):
            infiltrate_electrode(
                electrode=electrode,
                batch=self.batch,
                by=self.user,
                details=StepDetails(performed_at=NOON, actual={"volume_ul": 50}),
            )
            self.step(electrode, "uv_cure", uv_time_s=300)
        return electrode

    def cell(self, negative: Electrode, positive: Electrode, **facts: object) -> Cell:
        cell = Cell(
            project=self.project,
            assembled_at=facts.pop("at", NOON + timedelta(hours=1)),
            temperature_celsius=25,
            **facts,
        )
        places = {"negative": negative, "positive": positive}
        return assemble_cell(cell=cell, electrodes=places, by=self.user)

    def coin_cells(self) -> None:
        silicon = self.disc("Si", active_mass_mg=0.6 * DISC_CM2, active_mass_source="measured")
        thick = self.disc("Si", active_mass_mg=1.3 * DISC_CM2, active_mass_source="measured")
        lfp = self.disc("LFP", active_mass_mg=6 * DISC_CM2, active_mass_source="measured")
        half = {
            "cell_type": "anode_half_cell",
            "format": "coin_2032",
            "mass_basis": "positive",
            "external_pressure_mpa": 0,
            "lower_cutoff_v": 0.05,
            "first_cycle_lower_cutoff_v": 0.02,
            "upper_cutoff_v": 2,
        }
        precycled = self.cell(self.disc(metal="Li"), silicon, film=self.membrane, **half)
        self.high_loading = self.cell(self.disc(metal="Li"), thick, batch=self.batch, **half)
        self.cell(
            self.disc(metal="Li"),
            self.disc("LFP", active_mass_mg=6 * DISC_CM2, active_mass_source="measured"),
            batch=self.batch,
            cell_type="cathode_half_cell",
            mass_basis="positive",
        )
        place = CellElectrode.objects.get(cell=precycled, electrode=silicon)
        harvest_electrode(place=place, by=self.user, at=NOON + timedelta(hours=30))
        log_step(
            sample=silicon,
            kind="prelithiation",
            by=self.user,
            details=StepDetails(
                performed_at=NOON + timedelta(hours=29),
                actual={"method": "cycled", "counter_electrode": "Li", "cycles": 1},
            ),
        )
        self.full = self.cell(
            silicon,
            lfp,
            at=NOON + timedelta(hours=31),
            batch=self.batch,
            cell_type="full_cell",
            mass_basis="positive",
            lower_cutoff_v=2,
            upper_cutoff_v=3.9,
        )

    def pouch(self) -> None:
        sheet = self.film(self.batch, "sheet", width_mm=45, length_mm=45)
        size = {"diameter_mm": None, "width_mm": 40, "length_mm": 40}
        cell = self.cell(
            self.disc("Si", **size),
            self.disc("LFP", **size),
            film=sheet,
            cell_type="full_cell",
            format="pouch",
            mass_basis="positive",
            atmosphere="dry_air",
            dew_point_celsius=-40,
        )
        log_event(
            cell=cell,
            kind="sealed",
            at=cell.assembled_at,
            by=self.user,
            actual={"sealing": "vacuum_sealed", "enclosure": "Al-plastic film"},
        )

    def sulfide_cells(self) -> None:
        pressed = {"pressure_mpa": 300, "time_s": 300}
        die = {**pressed, "die_diameter_mm": 10}
        pellet = self.film(self.sulfide, "pellet", diameter_mm=10, mass_mg=100)
        self.step(pellet, "pressing", **die, mass_mg=100)
        layers = (
            Use(material=self.halide, amount=50, unit="mg"),
            Use(material=self.sulfide, amount=50, unit="mg"),
        )
        bilayer = self.film(self.sulfide, "pellet", diameter_mm=10, mass_mg=100)
        self.step(bilayer, "pressing", layers, **die)
        for film, coating, cell_type in (
            (pellet, "Si composite", "anode_half_cell"),
            (bilayer, "LFP composite", "cathode_half_cell"),
        ):
            composite = self.disc(coating, diameter_mm=10, mass_mg=1)
            self.step(composite, "pressing", **pressed, mass_mg=1)
            counter = self.disc(metal="Li–In", diameter_mm=10)
            cell = self.cell(counter, composite, film=film, cell_type=cell_type, format="peek_die")
            log_event(
                cell=cell,
                kind="pressed",
                at=cell.assembled_at,
                by=self.user,
                actual={"pressure_mpa": 150, "time_s": 6 * 3600, "layer": "Li–In"},
            )

    def cycler(self, manager: User) -> None:
        cycler = Instrument(name="Cycler", kind="cycler", vendor="NEWARE", model="CT-4008T")
        create_record(record=cycler, by=manager)
        Channel.objects.create(instrument=cycler, name="1-1")
