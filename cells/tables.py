"""The table of cells."""

import django_tables2 as tables
from django.utils.html import format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from cells.models import Cell
from labsite.access.tables import LinkColumn, RecordTable
from labsite.lib.tables import MEDIUM, WIDE, DayColumn, NumberColumn, shown_from


class CellTable(RecordTable):
    """Cells."""

    cell_type = tables.Column(_("Type"))
    electrodes = tables.Column(
        _("Electrodes"),
        accessor="places",
        orderable=False,
        attrs=shown_from(WIDE, "text-nowrap"),
        empty_values=(),
    )
    electrolyte = LinkColumn(orderable=False, attrs=shown_from(MEDIUM))
    area_cm2 = NumberColumn(css=WIDE, digits=5)
    active_mass_mg = NumberColumn(digits=4)
    np_ratio = NumberColumn(_("N/P"), css=WIDE, digits=3)
    temperature_celsius = NumberColumn(_("T / °C"), css=WIDE)
    assembled_at = DayColumn(_("Assembled"))

    class Meta:
        model = Cell
        fields = (
            "code",
            "cell_type",
            "electrodes",
            "electrolyte",
            "area_cm2",
            "active_mass_mg",
            "np_ratio",
            "temperature_celsius",
            "assembled_at",
        )
        sequence = (*fields, "state")

    def render_electrodes(self, record: Cell) -> SafeString:
        """Link the electrodes: negative first."""
        places = record.places.all()
        return format_html_join(
            " | ", "{}", ((self.viewer.link(place.electrode),) for place in places)
        )

    def value_electrodes(self, record: Cell) -> str:
        """Give the codes to a file."""
        electrodes = [place.electrode for place in record.places.all()]
        return " ".join(one.code for one in electrodes if self.viewer.sees(one))
