"""Worked examples out of memory: which readings and answers a prompt shows."""

from helpers import rooms

from envs.intercode_sql.lexicon import SQLLexicon
from macla.methods.asking.examples import Examples, counts_named, covering, parts_of_answer
from macla.methods.reading import Reader
from macla.models.requests import Thing, WorkedTask


def test_worked_readings_cover_what_tasks_name():
    def task(text, *kinds):
        return WorkedTask(task=text, things=tuple(Thing(kind=kind, name="x") for kind in kinds))

    tasks = [task("aa", "city"), task("a", "city"), task("aaa", "city", "day"), task("aaaa", "price")]
    kinds = ("city", "day", "price")

    def shows(one):
        return dict.fromkeys(counts_named(one, kinds), 1.0)

    assert shows(tasks[0]).keys() == {"1 city", "0 day", "0 price"}
    assert [one.task for one in covering(tasks, 2, shows)] == ["a", "aaaa"]
    assert [one.task for one in covering(tasks, 3, shows)] == ["a", "aaaa", "aaa"]
    assert covering(tasks, 0, shows) == ()
    assert len(covering(tasks, 9, shows)) == 4


def test_answers_cover_how_they_are_put_together():
    lexicon = SQLLexicon()

    def task(answer):
        return WorkedTask(task=answer, things=(), answer=answer)

    plain, grouped = "SELECT a FROM t", "SELECT a FROM t WHERE b = 'c' GROUP BY a"
    assert parts_of_answer(task(plain), Reader(lexicon)) == {"SELECT {}", "FROM {}"}
    tasks = [task(plain), task("SELECT d FROM u"), task(grouped)]
    (best,) = covering(tasks, 1, lambda one: dict.fromkeys(parts_of_answer(one, Reader(lexicon)), 1.0))
    assert best.answer == grouped


def test_answers_are_found_again_by_the_things_they_name_the_most_similar_last():
    def task(text, *about):
        return WorkedTask(task=text, things=(), answer=f"take {about[0]}", about=about)

    tasks = (
        task("count the cups", "cup"),
        task("count the cups on plates", "cup", "plate"),
        task("sell a horse", "cup"),
    )
    taught = Examples((), (), frozenset(), (), placed=tasks)
    here = taught.here("count all cups", {"cup", "box"}, 9, rooms.ENCODER)
    assert here == (("sell a horse", "take cup"), ("count the cups", "take cup"))  # no plate was seen
    assert taught.here("count all cups", {"cup"}, 1, rooms.ENCODER) == here[1:]
    assert taught.here("count the cups", {"cup"}, 9, rooms.ENCODER) == here[:1]  # not the task itself
    assert taught.here("count all cups", {"box"}, 9, rooms.ENCODER) == ()
    assert taught.here("count all cups", {"cup"}, 0, rooms.ENCODER) == ()
