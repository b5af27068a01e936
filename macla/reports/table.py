"""Tables of evaluations: Markdown, CSV and LaTeX, with paired comparisons and a footer that names everything."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any, NamedTuple

import jinja2
import pandas as pd

from macla.files import write_atomic
from macla.methods.macla.settings import MODEL, acted_by
from macla.methods.run import Run, read_run
from macla.models.answer import Usage
from macla.models.usage import costs
from macla.models.useless import MARKED, sentence, share, tally
from macla.reports import measures
from macla.reports.caveats import Marks
from macla.reports.columns import is_success
from macla.reports.crossed import placed
from macla.reports.declared import NOTHING, Line
from macla.reports.declared import table as comparison_table
from macla.reports.manifests import write_manifests
from macla.reports.measures import scored
from macla.reports.paired import compare

COMPARED = (
    "Comparisons: the first run of a split minus another one, on the tasks that both scored, one memory each: success "
    "by exact McNemar (tasks only the first solved : only the second), intervals by Bonett and Price."
)

_TEMPLATES = jinja2.Environment(
    loader=jinja2.PackageLoader("macla.reports"),
    trim_blocks=True,
    lstrip_blocks=True,
    undefined=jinja2.StrictUndefined,
    autoescape=False,  # Markdown and LaTeX, not HTML
)
_LATEX = str.maketrans(
    {
        "%": r"\%",
        "_": r"\_",
        "&": r"\&",
        "#": r"\#",
        "→": r"$\to$",
        "–": "--",
        "†": r"$\dagger$",
        "‡": r"$\ddagger$",
        "×": r"$\times$",
    }
    | {
        "¶": r"\P{}",
        "‖": r"$\|$",
        "{": r"\{",
        "}": r"\}",
        "$": r"\$",
        "\\": r"\textbackslash{}",
        "~": r"\textasciitilde{}",
        "^": r"\^{}",
    }
)


def write_table(folders: Sequence[Path], name: str, out: Path) -> str:
    """Write ``name``.md, .csv, .tex and .manifest.json (what is behind them) to ``out``; return the Markdown."""
    runs = [read_run(folder) for folder in folders]
    marks = Marks(runs)
    frame = pd.DataFrame([row(run, runs, marks) for run in runs])
    if is_success("score", scored(runs)):
        frame = frame.drop(columns="score")  # the same figure under another word
    told = [told for run in runs if (told := useless(f"{_name(run)}, {run.summary['split']}", [run]))]
    compared = [line for split in dict.fromkeys(run.summary["split"] for run in runs) for line in _paired(runs, split)]
    notes = [*marks.notes(), *([COMPARED] if compared else []), *told]
    write_manifests(out, name, runs)
    return write_formats(out, Written(name, name, frame, comparison_table(compared), notes, footer(runs)))


class Written(NamedTuple):
    """What a table consists of: its file name, its title, its rows, the comparisons of rows, notes and footer."""

    name: str
    title: str
    frame: pd.DataFrame
    compared: pd.DataFrame
    """Empty where rows are not compared."""
    notes: Sequence[str]
    about: Sequence[str]
    groups: Sequence[str] = ()
    """One name a row: rows of one name stand in a table of their own under it. Empty: all in one."""

    def parts(self) -> list[tuple[str, list[str], list[list[Any]]]]:
        """Return the tables as (heading, columns, rows): the groups in order of their first rows, then comparisons."""
        names = pd.Series(self.groups or [""] * len(self.frame), index=self.frame.index)
        frames = [(name, self.frame[names == name]) for name in dict.fromkeys(names)]
        compared = [("Comparisons" if len(frames) > 1 else "", self.compared)] if len(self.compared) else []
        return [(name, [*part.columns], part.to_numpy().tolist()) for name, part in (*frames, *compared)]


def write_formats(out: Path, table: Written) -> str:
    """Write a table as .md, .csv (its comparisons as .comparisons.csv) and .tex; return the Markdown."""
    markdown = _render("table.md.j2", table)
    write_atomic(out / f"{table.name}.md", markdown)
    write_atomic(out / f"{table.name}.csv", table.frame.to_csv(index=False))
    if len(table.compared):
        write_atomic(out / f"{table.name}.comparisons.csv", table.compared.to_csv(index=False))
    latex = table._replace(
        title=_latex(table.title),
        frame=table.frame.rename(columns=_latex).map(_latex),
        compared=table.compared.rename(columns=_latex).map(_latex),
        notes=[*map(_latex, table.notes)],
        about=[*map(_latex, table.about)],
        groups=[*map(_latex, table.groups)],
    )
    write_atomic(out / f"{table.name}.tex", _render("table.tex.j2", latex))
    return markdown


def row(run: Run, runs: Sequence[Run], marks: Marks) -> dict[str, Any]:
    """Return the figures of a run, in the columns that any of the table's ``runs`` needs."""
    summary = run.summary
    low, high = summary["success_interval"]
    figures = {
        "success %": marks.beside(f"{100 * summary['success_rate']:.1f}", [run]),
        "95 % interval": f"{100 * low:.1f}–{100 * high:.1f}",
        **{f"@{limit}": f"{100 * rate:.1f}" for limit, rate in summary["success_at"].items()},
        "score": marks.beside(f"{100 * summary['score_mean']:.1f}", [run]),
        **_own(runs, run),
        "steps": f"{summary['steps_mean']:.1f}",
        "model calls": f"{summary['model_calls_per_episode']:.2f}",
    }
    return {
        "env": summary["env"],
        "split": summary["split"],
        "memory": _name(run) + mark([run]),
        "n/N": f"{summary['n_success']}/{summary['n_scored']}"
        + (f" of {summary['n_tasks']}" if summary["n_scored"] < summary["n_tasks"] else ""),
        **(figures if summary["n_scored"] else dict.fromkeys(figures, NOTHING)),
    }


def _own(runs: Sequence[Run], run: Run) -> dict[str, str]:
    """Return a run's figures of the benchmark's own, in the columns that any run of the table needs."""
    names = dict.fromkeys(name for other in runs for episode in measures.scored([other]) for name in episode.measures)
    found = measures.own(placed([run]))
    return {f"{name.replace('_', ' ')} %": f"{100 * found[name].value:.1f}" if name in found else "–" for name in names}


def _paired(runs: Sequence[Run], split: str) -> list[Line]:
    """Return the comparison of the first run of a split with every later one that played tasks of it; exploratory."""
    first, *others = [run for run in runs if run.summary["split"] == split]
    pairs = [(other, compare([first], [other], "success")) for other in others]
    return [
        Line(_name(first), _name(other), split, "success", primary=False, found=found)
        for other, found in pairs
        if found is not None
    ]


def footer(runs: Sequence[Run]) -> list[str]:
    """Return what a table must name: memories, models and seeds, then data and engines, then versions."""
    seeds: dict[str, set[int]] = {}
    for run in runs:
        seeds.setdefault(_acted(run), set()).add(run.summary["seed"])
    acted = [f"{text}; {_seeds(sorted(own))}." for text, own in seeds.items()]
    return list(dict.fromkeys([*acted, *map(_data, runs), *map(_versions, runs)]))


def _acted(run: Run) -> str:
    identity = run.manifest["identity"]
    return f"Memory: {_memory(identity['config']['memory'], identity['model'])}. Model: {_model(identity['model'])}"


def _seeds(seeds: Sequence[int]) -> str:
    return f"seed{'s' if len(seeds) > 1 else ''} {', '.join(map(str, seeds))}"


def _data(run: Run) -> str:
    benchmark = run.manifest["identity"]["benchmark"]
    shown = ", ".join(
        f"{key} {value}"
        for key, value in benchmark.items()
        if isinstance(value, str | bool | int) and key != "benchmark"
    )
    return f"{benchmark['benchmark']}: {shown}."


def _versions(run: Run) -> str:
    packages = ", ".join(f"{name} {version}" for name, version in run.manifest["packages"].items())
    revision = run.manifest["revision"] or "no revision"
    return f"macla {run.manifest['macla']} at {revision}, Python {run.manifest['python']}, {packages}."


def mark(runs: Sequence[Run]) -> str:
    """Return what stands beside a row whose figure says little of the agent: too many replies were of no use."""
    return " †" if share(_tally(runs)) > MARKED else ""


def useless(row: str, runs: Sequence[Run]) -> str:
    """Return a note on a row's replies of no use; empty when all were of use."""
    told = sentence(_tally(runs), example=False)
    return f"{mark(runs).strip()} {row}: {told}.".strip() if told else ""


def _tally(runs: Sequence[Run]) -> dict[str, Any]:
    """Return the tally of several runs."""
    usage = costs([{purpose: Usage(**cost) for purpose, cost in run.summary["usage"].items()} for run in runs])
    return tally(usage, [reply for run in runs for episode in run.episodes.values() for reply in episode.useless])


def _memory(settings: dict[str, Any], model: dict[str, str]) -> str:
    """Return the memory's name and method and, where it hands tasks over, to which other method or to the model."""
    name, method = settings["name"] or settings["method"], settings["method"]
    handed = acted_by(settings.get("grounded", "none"), model.get("language_model") == "yes")
    to = "the model" if handed == MODEL else handed
    over = f", tasks that name things handed over to {to}" if handed != "none" else ""
    return (name if name == method else f"{name} ({method})") + over


def _model(identity: dict[str, str]) -> str:
    """Return the model and, where it is served, by what and how it is asked."""
    asked = ("checkpoint", "server", "weights", "origin", "temperature", "omitted", "structured", "prompts")
    return ", ".join([identity["model"], *(f"{key} {identity[key]}" for key in asked if identity.get(key))])


def _name(run: Run) -> str:
    """Return what a table calls the memory of a run: the method, and the mode where it is not frozen."""
    method, mode = str(run.summary["method"]), str(run.summary["memory_mode"])
    return method if mode in ("none", "frozen") else f"{method}, {mode}"


def _render(template: str, table: Written) -> str:
    return _TEMPLATES.get_template(template).render(
        name=table.title,
        tables=table.parts(),
        notes=table.notes,
        about=table.about,
    )


def _latex(value: Any) -> str:
    return str(value).translate(_LATEX)
