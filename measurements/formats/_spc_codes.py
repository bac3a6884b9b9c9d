"""Codes of the axes in .spc and in GRAMS text. Source: spc.h of Galactic Industries, 1997."""

from measurements.formats._spectra import NM, PER_CM

RAMAN_SHIFT = 13
X_UNITS = {1: (PER_CM, 1.0), 2: (NM, 1e3), 3: (NM, 1.0), RAMAN_SHIFT: (PER_CM, 1.0)}
X_NAMES = {
    4: "seconds", 5: "minutes", 6: "Hz", 7: "kHz", 8: "MHz", 9: "m/z", 10: "ppm", 11: "days",
    12: "years", 14: "eV", 16: "diodes", 17: "channels", 18: "degrees", 19: "°F", 20: "°C",
    21: "K", 22: "points", 23: "ms", 24: "µs", 25: "ns", 26: "GHz", 27: "cm", 28: "m", 29: "mm",
    30: "hours", 255: "an interferogram",
}  # fmt: skip
Y_NAMES = {
    0: "arbitrary", 1: "interferogram", 2: "absorbance", 3: "Kubelka-Munk", 4: "counts",
    5: "V", 6: "degrees", 7: "mA", 8: "mm", 9: "mV", 10: "log(1/R)", 11: "percent",
    12: "intensity", 13: "relative intensity", 14: "energy", 16: "dB", 19: "°F", 20: "°C",
    21: "K", 22: "refractive index", 23: "extinction coefficient", 24: "real part",
    25: "imaginary part", 26: "complex", 128: "transmission",
    129: "reflectance", 130: "arbitrary", 131: "emission",
}  # fmt: skip
"""Codes of the axes; what else there is gives no spectrum."""
