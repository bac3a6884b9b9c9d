"""Tables of samples."""

from typing import Any

import django_tables2 as tables
from django.utils.translation import gettext_lazy as _

from labsite.access.tables import LinkColumn, RecordTable
from labsite.lib.tables import MEDIUM, WIDE, DayColumn, NumberColumn, shown_from
from samples.loadinglists import Rows, sorted_by
from samples.models import Chemical, Coating, Electrode, ElectrolyteBatch, Film, Lot


class ChemicalTable(RecordTable):
    """Substances."""

    short_name = tables.Column(_("Short name"))
    name = tables.Column(attrs=shown_from(MEDIUM, "wide"))
    role = tables.Column()
    cas_number = tables.Column(attrs=shown_from(WIDE, "text-nowrap"))
    molar_mass_g_mol = NumberColumn()
    density_g_ml = NumberColumn(css=WIDE)
    one_c_ma_g = NumberColumn(css=WIDE)

    class Meta:
        model = Chemical
        fields = (
            "code",
            "short_name",
            "name",
            "role",
            "cas_number",
            "molar_mass_g_mol",
            "density_g_ml",
            "one_c_ma_g",
        )
        sequence = (*fields, "state")


class LotTable(RecordTable):
    """Bottles."""

    chemical = LinkColumn()
    supplier = tables.Column(attrs=shown_from(WIDE))
    purity_mass_fraction = NumberColumn(_("Purity (mass fraction)"), css=WIDE)
    remaining_amount = NumberColumn(css="")
    amount_unit = tables.Column(_("Unit"), attrs=shown_from(MEDIUM))
    location = tables.Column(attrs=shown_from(WIDE))
    expires_on = DayColumn(css=MEDIUM)

    class Meta:
        model = Lot
        fields = (
            "code",
            "chemical",
            "lot_number",
            "supplier",
            "purity_mass_fraction",
            "remaining_amount",
            "amount_unit",
            "location",
            "expires_on",
        )
        sequence = (*fields, "state")


class BatchTable(RecordTable):
    """Batches of electrolyte."""

    summary = tables.Column(_("Make-up"), orderable=False, attrs={"td": {"class": "wide"}})
    mole_fraction_am = NumberColumn(_("x"))
    total_monomer_mol_l = NumberColumn(_("Monomer / mol/L"), css=WIDE)
    uv_time_s = NumberColumn(_("UV / s"))
    project = tables.Column(attrs=shown_from(WIDE))
    prepared_at = DayColumn(_("Prepared"))

    class Meta:
        model = ElectrolyteBatch
        fields = (
            "code",
            "summary",
            "mole_fraction_am",
            "total_monomer_mol_l",
            "uv_time_s",
            "project",
            "prepared_at",
        )
        sequence = (*fields, "state")


class FilmTable(RecordTable):
    """Pieces of electrolyte."""

    batch = LinkColumn()
    form = tables.Column()
    thickness_um = NumberColumn()
    diameter_mm = NumberColumn()
    mass_mg = NumberColumn(css=WIDE)
    project = tables.Column(attrs=shown_from(WIDE))
    made_at = DayColumn(_("Made"))

    class Meta:
        model = Film
        fields = (
            "code",
            "batch",
            "form",
            "thickness_um",
            "diameter_mm",
            "mass_mg",
            "project",
            "made_at",
        )
        sequence = (*fields, "state")


class CoatingTable(RecordTable):
    """Coatings."""

    active_material = LinkColumn()
    active_mass_fraction = NumberColumn()
    current_collector = tables.Column(attrs=shown_from(MEDIUM))
    thickness_um = NumberColumn(_("Thickness / µm"))
    project = tables.Column(attrs=shown_from(WIDE))
    made_at = DayColumn(_("Made"))

    class Meta:
        model = Coating
        fields = (
            "code",
            "active_material",
            "active_mass_fraction",
            "current_collector",
            "thickness_um",
            "project",
            "made_at",
        )
        sequence = (*fields, "state")


class ElectrodeTable(RecordTable):
    """Electrodes."""

    material = tables.Column(_("Material"), orderable=False)
    coating = LinkColumn(attrs=shown_from(WIDE))
    diameter_mm = NumberColumn()
    mass_mg = NumberColumn(css=WIDE)
    active_mass_mg = NumberColumn(digits=4)
    area_cm2 = NumberColumn(_("Area / cm²"), css=WIDE, digits=4)
    active_mass_loading_mg_cm2 = NumberColumn(_("Loading / mg/cm²"), digits=3)
    areal_capacity_mah_cm2 = NumberColumn(_("Theoretical / mAh/cm²"), css=WIDE, digits=3)
    project = tables.Column(attrs=shown_from(WIDE))
    made_at = DayColumn(_("Made"))

    class Meta:
        model = Electrode
        fields = (
            "code",
            "material",
            "coating",
            "diameter_mm",
            "mass_mg",
            "active_mass_mg",
            "area_cm2",
            "active_mass_loading_mg_cm2",
            "areal_capacity_mah_cm2",
            "project",
            "made_at",
        )
        sequence = (*fields, "state")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """Show the area and the mass with foil on demand."""
        super().__init__(*args, **kwargs)
        self.spare |= {"area_cm2", "mass_mg"}

    def order_area_cm2(self, rows: Rows, is_descending: bool) -> tuple[Rows, bool]:
        """Sort by the area."""
        return sorted_by(rows, "area_cm2", descending=is_descending), True

    def order_active_mass_loading_mg_cm2(
        self, rows: Rows, is_descending: bool
    ) -> tuple[Rows, bool]:
        """Sort by the loading."""
        return sorted_by(rows, "active_mass_loading_mg_cm2", descending=is_descending), True

    def order_areal_capacity_mah_cm2(self, rows: Rows, is_descending: bool) -> tuple[Rows, bool]:
        """Sort by the theoretical areal capacity."""
        return sorted_by(rows, "areal_capacity_mah_cm2", descending=is_descending), True
