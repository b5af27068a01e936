"""Generate, download and check ALFWorld games (``macla data alfworld``)."""

from collections.abc import Callable, Mapping
from pathlib import Path

from envs.alfworld import games
from envs.alfworld.lexicon import Grammar
from macla.errors import UserError

Report = Callable[[str, int, int], None]


def generate_games(
    out: Path, counts: Mapping[str, int], seed: int, grammar: Grammar, drift: float | None, report: Report
) -> list[str]:
    """Write generated games below ``out``; return lines that say where and how to use them."""
    from envs.alfworld.generate import generate

    made = generate(out, counts, seed, grammar, lambda *state: report("generating games", *state), drift)
    numbers = ", ".join(f"{split} {count}" for split, count in counts.items())
    return [f"{made['root']}: {numbers} ({made['written']} written now)"]


def download_games(out: Path, grammar: Grammar, report: Report) -> list[str]:
    """Fetch the official games into ``out``; return lines that say where they are."""
    from envs.alfworld.download import download

    folder = download(out, grammar, lambda done, total: report("downloading (bytes)", done, total))
    return [f"official games in {folder}; use them with env.data=official env.root={out}"]


def check_games(root: Path) -> list[str]:
    """Return what reading every game found; UserError with the first problem when a file is broken."""
    report = games.check(root)
    if not report.ok:
        raise UserError(f"{len(report.problems)} broken games in {root}, e.g. {report.problems[0]}")
    return [f"{root}:", *report.lines(), "every game is sound"]
