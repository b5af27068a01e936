"""Algorithm 1: observe, retrieve, rank, execute or fall back, credit, until the episode ends."""

from collections.abc import Callable, Hashable, Iterable
from dataclasses import dataclass

from macla.methods.belief import Belief, Reader
from macla.methods.facts import facts, outline
from macla.methods.macla.acting.control import run_meta
from macla.methods.macla.acting.execute import Executor
from macla.methods.macla.acting.roles import Roles
from macla.methods.macla.acting.select import Candidate, Selector
from macla.methods.macla.instruction import task_request
from macla.methods.macla.memory.meta import MetaProcedure, Skill
from macla.methods.session import Considered, Decision, Environment, Session
from macla.models.malformed import Malformed
from macla.models.requests import Act, FrozenModel, ParsedTask
from macla.seeding import python_rng


@dataclass(frozen=True)
class Interface:
    """What a zero-shot prompt says about a benchmark."""

    help: str
    example: str


class Agent:
    """A frozen model with a procedural memory; ``selector`` None is the same model without memory."""

    def __init__(self, reader: Reader, model: FrozenModel, interface: Interface, selector: Selector | None) -> None:
        self.reader = reader
        self.model = model
        self.interface = interface
        self.selector = selector

    def run(self, env: Environment, horizon: int, seed: int) -> Session:
        """Play one episode and return it; all randomness derives from ``seed``."""
        session = Session(env, self.reader, horizon)
        if self.selector is not None and self.selector.settings.explore:
            session.belief.dice = python_rng(seed, "explore")
        session.start(seed)
        if self.selector is None:
            while not session.over:
                self._zero_shot(session, seed, "")
        else:
            self._with_memory(session, self.selector, seed)
        return session

    def _with_memory(self, session: Session, selector: Selector, seed: int) -> None:
        task = self._read_task(session, selector.memory.kinds)
        if task is None:
            return
        roles = Roles(task)
        session.goal = outline(session.belief) or task.goal
        executor = Executor(session, roles, selector.memory, self.model, selector.encoder)
        barred: dict[str, Hashable] = {}
        while not session.over:
            contexts = roles.contexts(session.belief)
            situation = contexts[0]
            moment = _moment(session.belief, situation)
            ranked = _ranked(selector, executor, contexts, barred, moment)
            considered = tuple(_considered(candidate) for candidate in ranked)
            if not ranked or not selector.confident(ranked[0]):
                self._zero_shot(session, seed, situation, considered)
                barred.clear()
                continue
            before, skill = len(session.steps), ranked[0].skill
            result = run_meta(executor, skill) if isinstance(skill, MetaProcedure) else executor.run(skill)
            _log(session, situation, ranked[0], before, result.success, considered)
            if not result.achieved or len(session.steps) == before:  # what did nothing would be chosen for ever
                barred[skill.id] = moment

    def _read_task(self, session: Session, known: Iterable[str]) -> ParsedTask | None:
        """Return the instruction as the model reads it; None when the episode ends over replies it cannot use.

        Every such reply costs a step, and the model is asked again.
        """
        lost = 0
        while not session.over:
            request = task_request(self.reader, session.task, {*known, *session.belief.types.values()})
            reply = self.model.ask([request.model_copy(update={"draw": lost})])[0]
            if not isinstance(reply, Malformed):
                return reply
            session.lose_step()
            lost += 1
        return None

    def _zero_shot(self, session: Session, seed: int, situation: str, considered: tuple[Considered, ...] = ()) -> None:
        """Let the model take one step on its own (the fallback of Algorithm 1)."""
        request = Act(
            task=session.task,
            help=self.interface.help,
            example=self.interface.example,
            first_observation=session.first_observation,
            history=tuple((step.action, step.observation) for step in session.steps),
            entities=tuple(session.belief.types),
            seed=seed,
        )
        step = len(session.steps)
        reply = self.model.ask([request])[0]
        accepted = False
        if isinstance(reply, Malformed):
            session.lose_step()
        else:
            accepted = session.say(reply.action)
        session.decisions.append(Decision(step, situation, "act", 0, 0, 0, 0, 0, 1, accepted, considered))


def _moment(belief: Belief, situation: str) -> Hashable:
    """Return what must change before something that came to nothing may be tried again.

    Where the task names things outright another candidate may do, and the situation's text does not tell.
    """
    return (facts(belief), frozenset(belief.refused)) if belief.outright else situation


def _ranked(
    selector: Selector, executor: Executor, contexts: tuple[str, ...], barred: dict[str, Hashable], moment: Hashable
) -> list[Candidate]:
    """Return the applicable skills, highest expected utility first."""

    def applicable(skill: Skill) -> bool:
        if barred.get(skill.id) == moment:
            return False
        if isinstance(skill, MetaProcedure):
            first = selector.memory.procedures[skill.children[0]]
            return executor.holds(skill.preconditions) and executor.ready(first)
        return executor.ready(skill)

    ranked = selector.rank(contexts, applicable)
    return ranked or selector.rank(contexts, _nearest(selector, executor, lambda skill: barred.get(skill.id) == moment))


def _nearest(selector: Selector, executor: Executor, is_barred: Callable[[Skill], bool]) -> Callable[[Skill], bool]:
    """Return which procedures miss the fewest conditions of their Ψ, where Ψ is found by contrast and none holds.

    A situation that no demonstration showed fits no Ψ exactly; what is done in the most similar one is a better guess
    than a step of a model that knows nothing of the interface, unless the gate says otherwise (Default).
    """
    misses = {
        skill.id: missed
        for skill in selector.memory.procedures.values()
        if not is_barred(skill) and (missed := executor.misses(skill)) is not None
    }
    least = min(misses.values(), default=None)
    return lambda skill: least is not None and misses.get(skill.id) == least


def _considered(candidate: Candidate) -> Considered:
    relevance, risk = round(candidate.relevance, 9), round(candidate.risk, 9)
    return Considered(candidate.skill.id, relevance, risk, candidate.successes, candidate.failures)


def _log(
    session: Session,
    situation: str,
    chosen: Candidate,
    before: int,
    success: bool,
    considered: tuple[Considered, ...],
) -> None:
    session.decisions.append(
        Decision(
            step=before,
            context=situation,
            chosen=chosen.skill.id,
            relevance=round(chosen.relevance, 6),
            posterior_mean=round(chosen.posterior_mean, 6),
            risk=round(chosen.risk, 6),
            information=round(chosen.information, 6),
            utility=round(chosen.utility, 6),
            steps=len(session.steps) - before,
            success=success,
            candidates=considered,
        )
    )
