"""Figures as pages draw them."""

from analysis.figures import page_figure


def half_cycle(name, x, y):
    return {"type": "scatter", "name": name, "x": x, "y": y, "mode": "lines"}


def test_the_half_cycles_of_a_cycle_are_one_line_with_a_gap():
    traces = [
        half_cycle("cycle 1, charge", [0, 1], [3.0, 3.5]),
        half_cycle("cycle 1, discharge (lithiation)", [0, 2], [3.4, 2.0]),
        half_cycle("cycle 12, charge", [0, 1], [3.1, 3.6]),
        half_cycle("rest", [5], [3.3]),
    ]
    drawn = page_figure({"data": traces, "layout": {}})["data"]
    assert [trace["name"] for trace in drawn] == ["cycle 1", "cycle 12", "rest"]
    assert drawn[0]["x"] == [0, 1, None, 0, 2]
    assert drawn[0]["y"] == [3.0, 3.5, None, 3.4, 2.0]
    assert traces[0]["x"] == [0, 1], "the stored figure stays as it is"


def test_an_efficiency_axis_gets_buttons_for_two_ranges():
    title = {"text": "Coulombic efficiency / %"}
    layout = {"yaxis2": {"title": title, "range": [80.0, 102.0]}}
    (menu,) = page_figure({"data": [], "layout": layout})["layout"]["updatemenus"]
    assert [button["label"] for button in menu["buttons"]] == ["80–102 %", "98–101 %"]
    assert menu["buttons"][1]["args"] == [{"yaxis2.range": [98.0, 101.0]}]


def test_other_figures_stay_as_they_are():
    figure = {
        "data": [half_cycle("measured", [1], [2])],
        "layout": {"yaxis2": {"title": {"text": "Phase / °"}, "range": [0, 90]}},
    }
    assert page_figure(figure) == figure


def nyquist(x, y):
    axes = {"xaxis": {"type": "linear"}, "yaxis": {"scaleanchor": "x", "scaleratio": 1}}
    return {"data": [half_cycle("measured", x, y)], "layout": axes}


def test_a_nyquist_plot_of_a_steep_tail_is_half_as_wide_as_high_and_starts_at_zero():
    layout = page_figure(nyquist([10.0, 12.0], [-2.0, 98.0]))["layout"]
    assert layout["xaxis"]["range"] == [0.0, 50.0]
    assert layout["yaxis"]["range"] == [-7.0, 103.0]
    assert {layout[axis]["constrain"] for axis in ("xaxis", "yaxis")} == {"domain"}
    assert layout["yaxis"]["scaleanchor"] == "x"


def test_a_wide_nyquist_plot_shows_all_its_points():
    layout = page_figure(nyquist([-1.0, 100.0], [0.0, 20.0]))["layout"]
    assert layout["xaxis"]["range"] == [-1.0, 101.0]


def test_the_ninth_line_is_dashed_as_its_colour_is_that_of_the_first() -> None:
    traces = [{"name": str(number), "x": [0], "y": [0]} for number in range(9)]
    drawn = page_figure({"data": traces, "layout": {}})["data"]
    assert [trace.get("line") for trace in drawn] == [None] * 8 + [{"dash": "dash"}]
