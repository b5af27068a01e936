"""The fixed rules of a benchmark at work, and what they do when all they are given is text."""

from helpers.acting import actions
from macla.methods.fixed_rules import Follower
from macla.methods.reading import Reader
from macla.methods.session import Session
from macla.runs.play import run


def played_by_rules(benchmark, task, seed=0):
    """Return the session of a task that the benchmark's rules play."""
    session = Session(benchmark.make(task, seed=seed), Reader(benchmark.lexicon), benchmark.horizon, seed)
    run(Follower(benchmark.rules), session)
    return session


def actions_from_text(script, lexicon, session):
    """Return what a script does that has a lexicon and the session's observations, and no environment, before it."""
    playing = script(lexicon, session.task, session.first_observation)
    found = [next(playing, "")]
    for step in session.steps[:-1]:
        try:
            found.append(playing.send(step.observation))
        except StopIteration:
            found.append("")
            break
    return [*found, *[""] * (len(session.steps) - len(found))]


def assert_text_is_all_they_see(script, lexicon, sessions):
    """Check that rules do the same without the world; lexicons hold the grammar and names, no task."""
    assert sessions
    for session in sessions:
        assert actions_from_text(script, lexicon, session) == actions(session)
