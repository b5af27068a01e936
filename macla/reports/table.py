"""Tables of evaluations: Markdown, CSV and LaTeX, with the paired tests and a footer that names everything."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import jinja2
import pandas as pd

from macla.files import write_atomic, write_json
from macla.methods.run import Run, read_run
from macla.models.answer import Usage
from macla.models.usage import costs
from macla.models.useless import MARKED, sentence, share, tally
from macla.reports import measures
from macla.reports.columns import is_success
from macla.reports.measures import scored
from macla.statistics import mcnemar

_TEMPLATES = jinja2.Environment(
    loader=jinja2.PackageLoader("macla.reports"),
    trim_blocks=True,
    lstrip_blocks=True,
    undefined=jinja2.StrictUndefined,
    autoescape=False,  # Markdown and LaTeX, not HTML
)
_LATEX = str.maketrans(
    {"%": r"\%", "_": r"\_", "&": r"\&", "#": r"\#", "→": r"$\to$", "–": "--", "†": r"$\dagger$", "×": r"$\times$"}
    | {"{": r"\{", "}": r"\}", "$": r"\$", "\\": r"\textbackslash{}", "~": r"\textasciitilde{}", "^": r"\^{}"}
)


def write_table(folders: Sequence[Path], name: str, out: Path) -> str:
    """Write ``name``.md, .csv, .tex and .manifest.json (what is behind them) to ``out``; return the Markdown."""
    runs = [read_run(folder) for folder in folders]
    frame = pd.DataFrame([_row(run, runs) for run in runs])
    if is_success("score", scored(runs)):
        frame = frame.drop(columns="score")  # the same figure under another word
    tests = [line for split in dict.fromkeys(run.summary["split"] for run in runs) for line in _paired(runs, split)]
    tests += [told for run in runs if (told := useless(f"{_name(run)}, {run.summary['split']}", [run]))]
    about = list(dict.fromkeys(line for run in runs for line in footer(run)))
    write_json(out / f"{name}.manifest.json", [run.manifest for run in runs])
    return write_formats(out, name, name, frame, tests, about)


def write_formats(
    out: Path, name: str, title: str, frame: pd.DataFrame, notes: Sequence[str], about: Sequence[str]
) -> str:
    """Write a frame as ``name``.md, .csv and .tex with its notes and footer; return the Markdown."""
    markdown = _render("table.md.j2", title, frame, notes, about)
    write_atomic(out / f"{name}.md", markdown)
    write_atomic(out / f"{name}.csv", frame.to_csv(index=False))
    latex = frame.rename(columns=_latex).map(_latex)
    write_atomic(
        out / f"{name}.tex", _render("table.tex.j2", _latex(title), latex, [*map(_latex, notes)], [*map(_latex, about)])
    )
    return markdown


def _row(run: Run, runs: Sequence[Run]) -> dict[str, Any]:
    summary = run.summary
    low, high = summary["success_interval"]
    return {
        "env": summary["env"],
        "split": summary["split"],
        "memory": _name(run) + mark([run]),
        "n/N": f"{summary['n_success']}/{summary['n_scored']}"
        + (f" of {summary['n_tasks']}" if summary["n_scored"] < summary["n_tasks"] else ""),
        "success %": f"{100 * summary['success_rate']:.1f}",
        "95 % interval": f"{100 * low:.1f}–{100 * high:.1f}",
        **{f"@{limit}": f"{100 * rate:.1f}" for limit, rate in summary["success_at"].items()},
        "score": f"{100 * summary['score_mean']:.1f}",
        **_own(runs, run),
        "steps": f"{summary['steps_mean']:.1f}",
        "model calls": f"{summary['model_calls_per_episode']:.2f}",
    }


def _own(runs: Sequence[Run], run: Run) -> dict[str, str]:
    """Return a run's figures of the benchmark's own, in the columns that any run of the table needs."""
    names = dict.fromkeys(name for other in runs for episode in measures.scored([other]) for name in episode.measures)
    found = measures.own(measures.scored([run]))
    return {f"{name.replace('_', ' ')} %": f"{100 * found[name].value:.1f}" if name in found else "–" for name in names}


def _paired(runs: Sequence[Run], split: str) -> list[str]:
    """Return a McNemar line for every later run of a split against the first, on the tasks both scored."""
    first, *others = [run for run in runs if run.summary["split"] == split]
    lines = []
    for other in others:
        shared = [task for task in first.episodes if task in other.episodes]
        test = mcnemar(
            [first.episodes[task].success for task in shared], [other.episodes[task].success for task in shared]
        )
        lines.append(
            f"{split}: memory {_name(first)} against {_name(other)} on the same {len(shared)} tasks: "
            f"{test.only_first} solved only by the first, {test.only_second} only by the second, "
            f"exact McNemar p = {test.p_value:.2g}"
        )
    return lines


def footer(run: Run) -> list[str]:
    """Return what a table must name: model, seed, data, engine, versions."""
    identity = run.manifest["identity"]
    benchmark = identity["benchmark"]
    shown = ", ".join(
        f"{key} {value}"
        for key, value in benchmark.items()
        if isinstance(value, str | bool | int) and key != "benchmark"
    )
    packages = ", ".join(f"{name} {version}" for name, version in run.manifest["packages"].items())
    return [
        f"Memory: {_memory(identity['config']['memory'])}. Model: {_model(identity['model'])}; seed "
        f"{run.summary['seed']}.",
        f"{benchmark['benchmark']}: {shown}.",
        f"macla {run.manifest['macla']} at {run.manifest['revision'] or 'no revision'}, "
        f"Python {run.manifest['python']}, {packages}.",
    ]


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


def _memory(settings: dict[str, Any]) -> str:
    """Return the memory's name and method and, where it hands tasks over, to which other method."""
    name, method = settings["name"] or settings["method"], settings["method"]
    handed = settings.get("grounded", "none")
    over = f", tasks that name things handed over to {handed}" if handed != "none" else ""
    return (name if name == method else f"{name} ({method})") + over


def _model(identity: dict[str, str]) -> str:
    """Return the model and, where it is served, by what and how it is asked."""
    asked = ("checkpoint", "server", "weights", "origin", "temperature", "omitted", "structured", "prompts")
    return ", ".join([identity["model"], *(f"{key} {identity[key]}" for key in asked if identity.get(key))])


def _name(run: Run) -> str:
    """Return what a table calls the memory of a run: the method, and the mode where it is not frozen."""
    method, mode = str(run.summary["method"]), str(run.summary["memory_mode"])
    return method if mode in ("none", "frozen") else f"{method}, {mode}"


def _render(template: str, name: str, frame: pd.DataFrame, notes: Sequence[str], about: Sequence[str]) -> str:
    return _TEMPLATES.get_template(template).render(
        name=name, columns=list(frame.columns), rows=frame.values.tolist(), notes=notes, about=about
    )


def _latex(value: Any) -> str:
    return str(value).translate(_LATEX)
