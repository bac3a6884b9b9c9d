"""Records of instruments, files and measurements."""

from measurements.models.channels import ChannelUse
from measurements.models.files import Attachment, Blob, RawFile
from measurements.models.instruments import Channel, Instrument, Sensor
from measurements.models.mappings import LabFormat
from measurements.models.measurements import SUBJECTS, Measurement

__all__ = [
    "SUBJECTS",
    "Attachment",
    "Blob",
    "Channel",
    "ChannelUse",
    "Instrument",
    "LabFormat",
    "Measurement",
    "RawFile",
    "Sensor",
]
