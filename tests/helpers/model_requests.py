"""One request of every purpose, and some of each kind of size."""

from typing import Any

from macla.models.requests import (
    AbstractSegment,
    Act,
    Attempt,
    ChooseJob,
    ChooseKind,
    ContextView,
    Contrast,
    Criticise,
    Distil,
    DistilPolicy,
    Ground,
    Induce,
    NameThings,
    ParseTask,
    ReadRequest,
    Request,
    RewritePage,
    SegmentTrajectory,
    StepView,
    Thing,
    WorkedTask,
    Write,
    WriteScript,
)

STEPS = (
    StepView(action="go to desk 1", observation="On the desk 1, you see a mug 2.", accepted=True),
    StepView(action="take mug 2", observation="Nothing happens.", accepted=False),
    StepView(action="take mug 2 from desk 1", observation="You pick up the mug 2.", accepted=True),
)


def act(history: int = 1, length: int = 20, seed: int = 0) -> Act:
    """Return a zero-shot request whose history has ``history`` observations of ``length`` characters."""
    return Act(
        task="put a mug in cabinet",
        help="go to {place}\ntake {thing} from {place}",
        example="Thought: first the desk.\nAction: go to desk 1",
        first_observation="You are in a room with a desk 1 and a cabinet 1.",
        history=tuple((f"go to desk {n}", "x" * length) for n in range(history)),
        entities=("desk 1", "cabinet 1"),
        seed=seed,
    )


def ground(*candidates: str) -> Ground:
    """Return a request to choose among candidates."""
    return Ground(
        task="put a mug in cabinet", step="open <a>", slot="<a>", candidates=candidates, observation="A room."
    )


FAILED = Attempt(
    task="put a mug in cabinet",
    solved=False,
    first_observation="You are in a room with a desk 1 and a cabinet 1.",
    steps=(("open cabinet 1", "The cabinet 1 is empty."),),
)
SOLVED = FAILED.model_copy(
    update={"solved": True, "steps": (("go to desk 1", "You see a mug 2."), ("take mug 2 from desk 1", "You have it."))}
)
WRITING: dict[str, Any] = {"help": "go to {place}\ntake {thing} from {place}", "reply_tokens": 300}

ONE_OF_EACH: list[Request[Any]] = [
    ParseTask(task="put a mug in cabinet", mentioned=(("mug", 6, 9),), vocabulary=("cabinet", "desk", "mug")),
    SegmentTrajectory(task="put a mug in cabinet", steps=STEPS),
    AbstractSegment(task="put a mug", steps=STEPS, before=("<0> untouched",), after=()),
    Contrast(
        goal="clean <0>",
        plan=(0, 1),
        facts=("<0> held", "<0> untouched"),
        steps=("go to <a>", "clean <0> with <a>"),
        results=("<0> cleaned",),
        successes=(ContextView(facts=(0,), steps=(0, 1), results=(0,)),),
        failures=(ContextView(facts=(1,), steps=(1,), results=()),),
    ),
    DistilPolicy(goal="clean <0>, put it in <1>", children=("take <0>", "clean <0>"), traces=((1, 1), (2, 0))),
    ground("cabinet 1", "desk 1"),
    act(),
    ReadRequest(
        task="fly to Lyon",
        kinds=("city", "day"),
        examples=(WorkedTask(task="fly to Bern", things=(Thing(kind="city", name="Bern"),)),),
    ),
    Write(
        help="SELECT {column} FROM {table}",
        examples=(("How many cups?", "SELECT COUNT(*) FROM cups"),),
        known=("pens: pens.name (text column)",),
        task="Which pens are there?",
        tried=(("SELECT name FROM pen", "no table pen"),),
    ),
    Induce(attempts=(SOLVED,), **WRITING),
    Criticise(attempts=(FAILED, SOLVED), rules=("Look first.", "Open what is shut."), **WRITING),
    WriteScript(script=("Find the thing.",), attempt=FAILED, **WRITING),
    Distil(most=2, attempt=SOLVED, **WRITING),
    NameThings(task="Rinse a beaker, then shelve it", examples=(("put a clean mug in cabinet", ("mug", "cabinet")),)),
    ChooseKind(task="Rinse a beaker, then shelve it", name="beaker", candidates=("mug", "knife")),
    ChooseJob(task="Rinse a beaker, then shelve it", candidates=("put a clean beaker in it", "put a beaker in it")),
    RewritePage(most=20, page=("Things lie on desks.",), attempts=(SOLVED,), **WRITING),
]
