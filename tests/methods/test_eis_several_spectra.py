"""Several spectra in one file (A01): none is mixed with another, a person says which is meant."""

import numpy as np
import pytest

from analysis.methods import ArrayFrame, Inputs, MethodError
from analysis.methods.eis_bulk_conductivity import Params, run
from labsite.demo.spectra import FILM_25, FILM_MINUS_10
from measurements.columns import FREQUENCY, IMAGINARY_IMPEDANCE, REAL_IMPEDANCE, SPECTRUM
from tests.methods.spectra import FACTS


def two_spectra() -> Inputs:
    """The film at 25 °C and at -10 °C below each other."""
    warm, cold = FILM_25.spectrum(), FILM_MINUS_10.spectrum()
    impedance = np.concatenate([warm[1], cold[1]])
    columns = {
        FREQUENCY: np.concatenate([warm[0], cold[0]]),
        REAL_IMPEDANCE: impedance.real,
        IMAGINARY_IMPEDANCE: impedance.imag,
        SPECTRUM: np.repeat([1, 2], [warm[0].size, cold[0].size]),
    }
    return Inputs({"main": ArrayFrame(columns)}, FACTS)


@pytest.mark.parametrize(("number", "truth"), [(1, FILM_25), (2, FILM_MINUS_10)])
def test_the_spectrum_that_was_asked_for_is_analysed(number, truth) -> None:
    result = run(two_spectra(), Params(spectrum=number))
    found = next(one for one in result.metrics if one.name == "bulk_resistance")
    assert found.value == pytest.approx(truth.resistance, rel=0.005)


@pytest.mark.parametrize(
    ("number", "code", "words"),
    [
        (0, "E_SEVERAL_SPECTRA", "holds 2 spectra"),
        (3, "E_NO_SUCH_SPECTRUM", "Found the spectra 1 to 2; 3 was asked for"),
    ],
)
def test_which_spectrum_is_meant_must_be_said(number, code, words) -> None:
    with pytest.raises(MethodError, match=words) as refused:
        run(two_spectra(), Params(spectrum=number))
    assert refused.value.code == code


def test_one_spectrum_needs_no_number() -> None:
    warm = two_spectra().frames["main"]
    rows = np.asarray(warm[SPECTRUM]) == 1
    alone = ArrayFrame({name: np.asarray(warm[name])[rows] for name in warm.columns})
    assert run(Inputs({"main": alone}, FACTS), Params()).metrics
