"""Figures: the data gathered for them, and files that do not change from one drawing to the next."""

import json

import pandas as pd
import pytest

from macla.errors import UserError
from macla.experiment import ExperimentConfig, Row
from macla.methods.macla.learning.prune import prune
from macla.methods.macla.memory import directory
from macla.methods.macla.report import history
from macla.methods.macla.settings import Settings
from macla.methods.run import Run
from macla.reports import frames
from macla.reports.calibration import calibrate
from macla.reports.cell import Cell
from macla.reports.crossed import Place
from macla.reports.figures import paper
from macla.reports.figures.domains import domains
from macla.reports.figures.learning import learning
from macla.reports.figures.mechanisms import mechanisms
from macla.reports.figures.posteriors import posteriors
from macla.reports.figures.pruning import pruning
from macla.reports.figures.reliability import reliability
from macla.reports.figures.style import save
from macla.reports.figures.sweep import capacity, theta_dup
from macla.reports.figures.write import FIGURES, check_figure, write_figure
from macla.reports.measures import success_rate
from macla.reports.table import read_run
from macla.statistics import wilson


def run_on(memory):
    """Return a run that read a memory frozen, under the default settings."""
    settings = Settings().model_dump(mode="json")
    summary = {"memory": str(memory), "memory_mode": "frozen"}
    return Run(memory, summary, {"identity": {"config": {"memory": settings}}}, {})


@pytest.fixture
def swept():
    points = [(x, split, 0.8, 0.7, 0.9, 100) for x in (25.0, 200.0) for split in ("seen", "unseen")]
    return pd.DataFrame(points, columns=["x", "split", "success", "low", "high", "n"])


def test_the_seeds_of_a_value_are_the_memories_of_one_point(run, episode, decision):
    def seed(number, x, *won):
        episodes = [episode(str(k), decision("act"), success=y) for k, y in enumerate(won)]
        return run(*episodes, settings={"n_procedures": x}, seed=number)

    frame = frames.sweep([seed(0, 50, 1, 0), seed(0, 25, 1, 1), seed(1, 25, 1, 0)], "n_procedures")
    assert frame[["x", "success", "n"]].to_numpy().tolist() == [[25, 0.75, 2], [50, 0.5, 2]]
    assert frame["low"].tolist() == [0.0, wilson(1, 2).low], "two memories: the two-way bootstrap; one: Wilson"


def test_a_sweep_over_what_is_no_number_is_refused(run, episode, decision):
    with pytest.raises(UserError, match=r"memory\.theta_dup is mdl"):
        frames.sweep([run(episode("a", decision("act")), settings={"theta_dup": "mdl"})], "theta_dup")


def test_beliefs_end_where_the_memory_stands(played):
    frame = history.posteriors(read_run(played["frozen"]), 5)
    stored = json.loads((played["memory"] / "memory.json").read_text())
    evidence = {procedure["id"]: procedure["evidence"] for procedure in stored["procedures"]}
    last = frame.groupby("procedure").last()
    shared = [name for name in last.index if name in evidence]
    assert shared
    for name in shared:
        assert last.loc[name, "alpha"] == evidence[name]["successes"] + 1
        total = sum(evidence[name].values()) + 2
        assert last.loc[name, "mean"] == pytest.approx(last.loc[name, "alpha"] / total)


def test_online_episodes_count_on_from_practice(played):
    practised = history.posteriors(read_run(played["frozen"]), 9)["episode"]
    online = history.posteriors(read_run(played["online"]), 9)["episode"]
    assert online.is_monotonic_increasing
    assert online.max() > practised.max()


def test_beliefs_need_executions(stored_without_practice):
    with pytest.raises(UserError, match="executed nothing"):
        history.posteriors(run_on(stored_without_practice), 5)
    with pytest.raises(UserError, match="built without practice"):
        frames.practice(stored_without_practice)


@pytest.fixture
def stored_without_practice(tmp_path, learned, hashing):
    directory.save(tmp_path / "memory", learned(n_train=20), hashing, {})
    return tmp_path / "memory"


def test_pruning_shows_dropped_and_kept(stored_without_practice, tmp_path, hashing):
    memory = directory.replay(stored_without_practice, Settings())
    kept = len(memory.procedures) - 2
    prune(memory, kept)
    directory.save(tmp_path / "small", memory, hashing, {})
    frame = history.pruning(run_on(tmp_path / "small"))
    assert frame["status"].value_counts().to_dict() == {"retained": kept + len(memory.metas), "pruned": 2}
    assert frame.loc[frame["status"] == "pruned", "support"].min() >= 1


def test_the_papers_figures_are_its_table_5():
    assert len(paper.CAPACITY) == 12
    assert paper.Point(200, "unseen", 0.903) in paper.CAPACITY
    assert paper.Point(25, "seen", 0.683) in paper.CAPACITY


def test_the_same_data_gives_the_same_files(swept, tmp_path):
    for folder in ("a", "b"):
        save(capacity(swept), tmp_path / folder, "figure2")
    for name in ("figure2.png", "figure2.svg"):
        assert (tmp_path / "a" / name).read_bytes() == (tmp_path / "b" / name).read_bytes()
    assert b"<dc:date>" not in (tmp_path / "a" / "figure2.svg").read_bytes()


def test_the_users_matplotlib_settings_neither_matter_nor_change(swept, tmp_path):
    import matplotlib

    save(capacity(swept), tmp_path / "a", "figure2")
    with matplotlib.rc_context({"font.size": 30, "axes.grid": False}):
        save(capacity(swept), tmp_path / "b", "figure2")
        assert matplotlib.rcParams["font.size"] == 30
    assert (tmp_path / "a" / "figure2.png").read_bytes() == (tmp_path / "b" / "figure2.png").read_bytes()


def _texts(figure):
    found = [text.get_text() for axes in figure.axes for text in (axes.xaxis.label, axes.yaxis.label, *axes.texts)]
    return [*found, *(text.get_text() for legend in figure.legends for text in legend.get_texts())]


def test_sweeps_show_ours_and_the_papers(swept):
    texts = _texts(capacity(swept))
    assert "seen, ours (95 % interval)" in texts
    assert "unseen, paper, Table 5" in texts
    assert "paper's choice" in _texts(theta_dup(swept.assign(x=[0.8, 0.8, 0.9, 0.9])))


def test_learning_curves_mark_the_papers_sizes(played):
    texts = _texts(learning(frames.practice(played["memory"])))
    assert "paper, Table 4: 187 procedures" in texts
    assert "paper, Table 5: 0.79" in texts


def test_a_diagram_has_a_point_for_every_filled_bin():
    places = [Place(0, ("toy", "unseen", task)) for task in "abc"]
    figure = reliability(calibrate([0.15, 0.95, 0.95], [False, True, True], places))
    (points,) = [line for line in figure.axes[0].lines if line.get_marker() == "o"]
    assert points.get_xydata().tolist() == [[0.15, 0.0], [0.95, 1.0]]


def test_legends_name_the_five_most_used(played):
    frame = history.posteriors(read_run(played["frozen"]), 2)
    assert len(posteriors(frame).legends[0].get_texts()) == 2
    assert pruning(history.pruning(read_run(played["frozen"]))).axes[0].get_xscale() == "log"


@pytest.mark.parametrize("name", sorted(FIGURES))
def test_every_figure_is_written_from_runs(name, played, tmp_path):
    run = read_run(played["online" if name == "figure3" else "frozen"])
    row = Row(name="full, 60", x=60, line="full", panel="toy")
    paths = write_figure(name, "mine", [Cell(row, "unseen", [run])], tmp_path)
    assert [path.name for path in paths] == ["mine.png", "mine.svg", "mine.figure.csv"]
    assert all(path.stat().st_size > 0 for path in paths)
    assert len(pd.read_csv(tmp_path / "mine.figure.csv")) > 0


@pytest.mark.parametrize(
    ("figure", "row", "said"),
    [
        ("figure9", {}, "no figure figure9; there are figure2"),
        ("mechanisms", {}, "no row has x"),
        ("mechanisms", {"x": 6, "line": "full"}, "row full lacks one"),
    ],
)
def test_a_figure_that_cannot_be_drawn_is_refused_before_anything_is_run(figure, row, said):
    asked = {"name": "t", "title": "T", "splits": ["unseen"], "seeds": [0], "baseline": None, "figure": figure}
    with pytest.raises(UserError, match=said):
        check_figure(ExperimentConfig(**asked, rows=(Row(name="full", **row),)))


def test_a_mechanism_is_a_line_with_the_intervals_of_the_table(run, episode):
    def cell(x, line, panel, *won):
        runs = [run(*(episode(str(k), success=y) for k, y in enumerate(one)), seed=n) for n, one in enumerate(won)]
        return Cell(Row(name=f"{panel} {line} {x}", x=x, line=line, panel=panel), "unseen", runs)

    full = cell(6, "full", "toy", (1, 1, 0, 0), (1, 0, 0, 0))
    cells = [full, cell(48, "full", "toy", (1, 1, 1, 0), (1, 1, 0, 0)), cell(6, "bare", "other", (0, 0, 0, 0))]
    frame = frames.mechanisms([*cells, Cell(Row(name="none"), "unseen", full.runs)])
    assert frame[["panel", "line", "x", "success", "n", "memories"]].to_numpy().tolist() == [
        ["toy", "full", 6.0, 3 / 8, 4, 2],
        ["toy", "full", 48.0, 5 / 8, 4, 2],
        ["other", "bare", 6.0, 0.0, 4, 1],
    ]
    assert frame.loc[0, ["low", "high"]].tolist() == [*success_rate(full.runs).interval]
    drawn = mechanisms(frame)
    assert [axes.get_title(loc="left") for axes in drawn.axes] == ["toy", "other"]
    assert [text.get_text() for text in drawn.legends[0].get_texts()] == ["full", "bare"]


def test_a_benchmark_is_a_bar_in_each_of_three_panels_beside_the_papers_figure(run, episode, decision):
    def cell(name, paper, *episodes):
        return Cell(Row(name=name, paper_columns={"unseen": paper}), "unseen", [run(*episodes)])

    used = episode("a", decision("p1", steps=3, posterior=0.9), decision("act"))
    cells = [cell("toy", {"reuse": 78.0}, used), cell("shop", {}, episode("b", decision("act")))]
    frame = frames.domains(cells)
    toy = frame[frame["benchmark"] == "toy unseen"].set_index("measure")
    assert toy["value"].to_dict() == {"reuse": 0.75, "posterior_used": 0.9, "meta_hits": 0.0}
    assert toy.loc["reuse", "paper"] == 78.0
    assert frame.loc[frame["benchmark"] == "shop unseen", "value"].isna().tolist() == [False, True, False]
    drawn = domains(frame)
    assert [axes.get_title(loc="left") for axes in drawn.axes] == [
        "(a) reuse",
        "(b) reliability",
        "(c) meta-procedures",
    ]
    assert [bar.get_height() for bar in drawn.axes[0].patches] == [75.0, 0.0]
    assert "paper, Table 6" in _texts(drawn)
