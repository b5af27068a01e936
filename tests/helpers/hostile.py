"""A run whose every text would like to be more than a text."""

import dataclasses

from macla.benchmarks.trajectory import Step
from macla.methods.run import Run
from macla.reports.exchanges import BEFORE, Exchange

PWN = "document.documentElement.dataset.pwned=1"
HOSTILE = (
    f'</script><img src=x onerror="{PWN}">',
    f"<!--<script>{PWN}</script>",
    f"javascript:{PWN}",
    f"<svg onload={PWN}><iframe src=javascript:{PWN}></svg>",
    "\u2028\u2029&lt;b&gt;&amp;</style></title><base href=//example.com/>",
    "@@SCRIPT@@ @@DATA@@ ${" + PWN + "} `'\"\\",
    f"[x](javascript:{PWN}) <a href='javascript:{PWN}'>x</a>",
)


def hostile(run: Run) -> tuple[Run, dict[str, list[Exchange]]]:
    """Return a run with one episode a hostile text, in all its texts, and what the model was asked in them."""
    first = next(one for one in run.episodes.values() if one.steps)
    episodes, asked = {}, {}
    for number, text in enumerate(HOSTILE):
        made = first.decisions[0].model_copy(update={"context": text, "chosen": text})
        episode = first.model_copy(
            update={
                "task": f"{number} {text}",
                "type": text,
                "instruction": text,
                "goal": text,
                "error": text,
                "first_observation": text,
                "steps": (Step(action=text, observation=text),),
                "decisions": (made,),
            }
        )
        episodes[episode.task] = episode
        asked[episode.task] = [Exchange(BEFORE, text, text, text, (1, 1)), Exchange(0, "act", text, text, (1, 1))]
    return dataclasses.replace(run, episodes=episodes), asked
