"""Factories of people and records, which get their codes as in the lab."""

import hashlib
from datetime import UTC, datetime

import factory
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from factory.django import DjangoModelFactory

from cells import models as cells
from labsite.access import models as access
from labsite.access.codes import draw_code
from measurements import models as measurements
from samples import models as samples

NOON = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)


class UserFactory(DjangoModelFactory):
    """A person without a password; ``UserFactory(password="...")`` can sign in by form."""

    class Meta:
        model = access.User

    username = factory.Sequence(lambda n: f"user{n}")
    email = factory.LazyAttribute(lambda user: f"{user.username}@lab.example")
    password = factory.django.Password(None)


class ProjectFactory(DjangoModelFactory):
    class Meta:
        model = access.Project

    name = factory.Sequence(lambda n: f"Project {n}")


class MembershipFactory(DjangoModelFactory):
    class Meta:
        model = access.Membership

    user = factory.SubFactory(UserFactory)
    project = factory.SubFactory(ProjectFactory)
    role = access.Membership.Role.MEMBER


class ApiKeyFactory(DjangoModelFactory):
    """A key; the key itself cannot be had from it."""

    class Meta:
        model = access.ApiKey

    user = factory.SubFactory(UserFactory)
    label = "inbox agent"

    @classmethod
    def _create(cls, model_class, *args, **kwargs):
        return model_class.objects.create(*args, **kwargs)[0]


class CodeCounterFactory(DjangoModelFactory):
    class Meta:
        model = access.CodeCounter

    prefix = "XX"
    year = factory.Sequence(lambda n: 2000 + n)


class RememberedAnswerFactory(DjangoModelFactory):
    class Meta:
        model = access.RememberedAnswer

    user = factory.SubFactory(UserFactory)
    key = "key"
    path = "/"
    digest = "0" * 64
    status = 201
    body = factory.LazyFunction(dict)


class RecordFactory(DjangoModelFactory):
    """A record with the next code of its kind."""

    class Meta:
        abstract = True

    @classmethod
    def _create(cls, model_class, *args, **kwargs):
        if "code" not in kwargs:
            kwargs["code"] = draw_code(model_class.CODE_PREFIX)
        return super()._create(model_class, *args, **kwargs)


class ChemicalFactory(RecordFactory):
    class Meta:
        model = samples.Chemical

    name = factory.LazyAttribute(lambda chemical: f"substance {chemical.short_name}")
    short_name = factory.Sequence(lambda n: f"C{n}")
    role = samples.Chemical.Role.SALT


class LotFactory(RecordFactory):
    class Meta:
        model = samples.Lot

    chemical = factory.SubFactory(ChemicalFactory)
    lot_number = factory.Sequence(lambda n: f"L{n}")
    supplier = "Supplier"


class TemplateFactory(RecordFactory):
    class Meta:
        model = samples.Template

    kind = samples.Template.Kind.COATING
    name = factory.Sequence(lambda n: f"Template {n}")


class BatchFactory(RecordFactory):
    """An elastic electrolyte, x = 0.8, NMA:LiFSI 4:1."""

    class Meta:
        model = samples.ElectrolyteBatch

    project = factory.SubFactory(ProjectFactory)
    dem_molar_ratio = 4.0
    mole_fraction_am = 0.8
    prepared_at = NOON


class FilmFactory(RecordFactory):
    class Meta:
        model = samples.Film

    project = factory.SubFactory(ProjectFactory)
    batch = factory.SubFactory(BatchFactory, project=factory.SelfAttribute("..project"))
    thickness_um = 200.0
    thickness_um_u = 2.0
    diameter_mm = 12.0
    made_at = NOON


class CoatingFactory(RecordFactory):
    class Meta:
        model = samples.Coating

    project = factory.SubFactory(ProjectFactory)
    active_material = factory.SubFactory(
        ChemicalFactory, role=samples.Chemical.Role.ACTIVE_MATERIAL
    )
    active_mass_fraction = 0.8
    made_at = NOON


class CoatingComponentFactory(DjangoModelFactory):
    class Meta:
        model = samples.CoatingComponent

    coating = factory.SubFactory(CoatingFactory)
    chemical = factory.SubFactory(ChemicalFactory, role=samples.Chemical.Role.BINDER)
    weight_parts = 10.0


class ElectrodeFactory(RecordFactory):
    """A punched disc; ``ElectrodeFactory(coating=None, metal=...)`` is a piece of metal."""

    class Meta:
        model = samples.Electrode

    project = factory.SubFactory(ProjectFactory)
    coating = factory.SubFactory(CoatingFactory, project=factory.SelfAttribute("..project"))
    diameter_mm = 12.0
    active_mass_mg = 1.5
    made_at = NOON


class ElectrodeEventFactory(DjangoModelFactory):
    class Meta:
        model = samples.ElectrodeEvent

    electrode = factory.SubFactory(ElectrodeFactory)
    state = samples.ElectrodeEvent.State.PRISTINE
    at = NOON


class StepFactory(DjangoModelFactory):
    """A mixing step of a batch; for another sample ``StepFactory(batch=None, electrode=...)``."""

    class Meta:
        model = samples.ProcessStep

    kind = samples.ProcessStep.Kind.MIXING
    batch = factory.SubFactory(BatchFactory)
    performed_at = NOON


class ConsumptionFactory(DjangoModelFactory):
    class Meta:
        model = samples.Consumption

    step = factory.SubFactory(StepFactory)
    lot = factory.SubFactory(LotFactory)
    amount = 1.0


class StockEntryFactory(DjangoModelFactory):
    """A count of a lot."""

    class Meta:
        model = samples.StockEntry

    lot = factory.SubFactory(LotFactory)
    kind = samples.StockEntry.Kind.STOCKTAKE
    change = 0.0


class CellFactory(RecordFactory):
    """A cell with a film; put electrodes into it with PlaceFactory."""

    class Meta:
        model = cells.Cell

    project = factory.SubFactory(ProjectFactory)
    film = factory.SubFactory(FilmFactory, project=factory.SelfAttribute("..project"))
    cell_type = cells.Cell.Type.ANODE_HALF_CELL
    assembled_at = NOON


class PlaceFactory(DjangoModelFactory):
    """An electrode in a cell of the same project."""

    class Meta:
        model = cells.CellElectrode

    cell = factory.SubFactory(CellFactory)
    electrode = factory.SubFactory(
        ElectrodeFactory, project=factory.SelfAttribute("..cell.project")
    )
    role = cells.CellElectrode.Role.POSITIVE
    installed_at = NOON


class CellEventFactory(DjangoModelFactory):
    class Meta:
        model = cells.CellEvent

    cell = factory.SubFactory(CellFactory)
    kind = cells.CellEvent.Kind.ASSEMBLED
    at = NOON


class InstrumentFactory(RecordFactory):
    class Meta:
        model = measurements.Instrument

    name = factory.Sequence(lambda n: f"Cycler {n}")
    kind = measurements.Instrument.Kind.CYCLER


class LabFormatFactory(RecordFactory):
    """A format of the lab for spectra with comma and decimal point."""

    class Meta:
        model = measurements.LabFormat

    name = factory.Sequence(lambda n: f"Spectra {n}")
    mapping = factory.LazyFunction(
        lambda: {
            "kind": "impedance",
            "columns": [
                {"heading": "f", "quantity": "frequency_hertz", "unit": "Hz"},
                {"heading": "Re", "quantity": "real_impedance_ohm", "unit": "Ω"},
                {"heading": "Im", "quantity": "imaginary_impedance_ohm", "unit": "Ω"},
            ],
            "headings": ["f", "Re", "Im"],
        }
    )


class ChannelFactory(DjangoModelFactory):
    class Meta:
        model = measurements.Channel

    instrument = factory.SubFactory(InstrumentFactory)
    name = factory.Sequence(lambda n: f"{n}-1")


class ChannelUseFactory(DjangoModelFactory):
    """A cell that is on a channel since noon."""

    class Meta:
        model = measurements.ChannelUse

    channel = factory.SubFactory(ChannelFactory)
    cell = factory.SubFactory(CellFactory)
    started_at = NOON


class SensorFactory(RecordFactory):
    class Meta:
        model = measurements.Sensor

    name = factory.Sequence(lambda n: f"Sensor {n}")


class MeasurementFactory(RecordFactory):
    """A queued measurement of a cell; ``done=True`` was read, ``failed=True`` could not be."""

    class Meta:
        model = measurements.Measurement

    class Params:
        done = factory.Trait(
            status=measurements.Measurement.Status.DONE,
            kind=measurements.Measurement.Kind.CYCLING,
            format="neware",
            rows=1000,
            cycles=2,
            frame_path=factory.Sequence(lambda n: f"frames/{n}.parquet"),
            started_at=NOON,
            finished_at=NOON,
            analyses_requested_at=NOON,
        )
        failed = factory.Trait(
            status=measurements.Measurement.Status.FAILED,
            error_code="E_EMPTY_FILE",
            error_message="test.ndax is empty.",
            started_at=NOON,
            finished_at=NOON,
        )

    cell = factory.SubFactory(CellFactory)
    project = factory.LazyAttribute(
        lambda made: next(
            getattr(made, name).project
            for name in ("cell", "film", "batch", "coating", "electrode")
            if getattr(made, name, None) is not None
        )
    )
    content_key = factory.Sequence(lambda n: f"{n:064x}:cell:{n}:")
    performed_at = NOON


class BlobFactory(DjangoModelFactory):
    """Stored bytes: ``BlobFactory(content=b"...")``."""

    class Meta:
        model = measurements.Blob

    class Params:
        content = factory.Sequence(lambda n: f"bytes {n}".encode())

    sha256 = factory.LazyAttribute(lambda blob: hashlib.sha256(blob.content).hexdigest())
    size_bytes = factory.LazyAttribute(lambda blob: len(blob.content))
    file = factory.LazyAttribute(
        lambda blob: default_storage.save(f"blobs/{blob.sha256}", ContentFile(blob.content))
    )


class RawFileFactory(DjangoModelFactory):
    class Meta:
        model = measurements.RawFile

    blob = factory.SubFactory(BlobFactory)
    measurement = factory.SubFactory(MeasurementFactory)
    original_name = "test.ndax"


class AttachmentFactory(DjangoModelFactory):
    class Meta:
        model = measurements.Attachment

    blob = factory.SubFactory(BlobFactory)
    original_name = "photo.jpg"
    cell = factory.SubFactory(CellFactory)
