"""The page in a real browser: every place of it, the keyboard, hostile texts, a thousand episodes."""

import dataclasses
import itertools

import pytest
from helpers.chromium import Browser, chromium
from helpers.hostile import HOSTILE, hostile

from macla.benchmarks.trajectory import Step
from macla.reports.viewer.data import Shown, pairs_data, runs_data
from macla.reports.viewer.page import page
from macla.reports.viewer.texts import Texts
from macla.runs.view import view

TEXT = "document.querySelector('main').innerText"
ROWS = "document.querySelectorAll('.list a').length"
THOUSAND, STEPS, LIMIT_MS = 1000, 30, 3000


@pytest.fixture(scope="module")
def browser():
    chromium()
    with Browser() as found:
        yield found


@pytest.fixture(scope="module")
def written(played, tmp_path_factory):
    chromium()
    out = tmp_path_factory.mktemp("page") / "view.html"
    return view([played["frozen"], played["none"]], [], None, out)


def write(folder, *runs):
    """Write the page of runs made up for it; ``runs`` are (run, what its model was asked)."""
    texts = Texts()
    data = {
        "version": "",
        "terms": ["relevance", "posterior", "risk", "information", "EU"],
        "runs": runs_data([Shown(run, asked, None, "") for run, asked in runs], texts),
        "pairs": pairs_data([run for run, _ in runs]),
        "memories": [],
    }
    (folder / "view.html").write_text(page({**data, "texts": texts.table}))
    return folder / "view.html"


def clean(browser):
    assert browser.complaints == []
    assert [asked for asked in browser.requests if not asked.startswith("file:")] == []


def test_every_place_shows_what_the_run_holds(browser, written, frozen):
    browser.open(written)
    assert f"{frozen.summary['n_success']}/{frozen.summary['n_scored']} solved" in browser.evaluate(TEXT)
    browser.go("episodes/0/1")
    played = list(frozen.episodes.values())[1]
    told = browser.evaluate(TEXT)
    for word in (played.task, *(step.action for step in played.steps), played.decisions[0].chosen):
        assert word in told
    browser.go("compare/0")
    assert "exact McNemar p" in browser.evaluate(TEXT)
    assert browser.evaluate("document.querySelectorAll('.pair > section').length") == 2
    browser.go("memory/0/p0001")
    told = browser.evaluate(TEXT)
    assert "Posterior means" in told
    assert "Learned from" in told
    assert browser.evaluate("document.querySelectorAll('svg path.line').length") > 1
    clean(browser)


def test_the_keyboard_is_enough(browser, written):
    browser.open(written)
    browser.press("2")
    assert browser.evaluate("location.hash") == "#episodes"
    browser.press("j")
    browser.press("j")
    browser.press("k")
    assert browser.evaluate("location.hash") == "#episodes/0/1"
    assert browser.evaluate("document.querySelector('.list [aria-current]').getAttribute('href')") == "#episodes/0/1"
    browser.press("/")
    assert browser.evaluate("document.activeElement.id") == "search"
    browser.press("2")  # typed into the search, no change of place
    assert browser.evaluate("location.hash") == "#episodes/0/1"


def search(browser, words):
    browser.evaluate(
        f"(() => {{ const box = document.getElementById('search'); box.value = {words!r};"
        " box.dispatchEvent(new Event('input')); })()"
    )
    return browser.evaluate("document.querySelector('.side .faint').textContent")


def test_search_and_filters_choose_episodes(browser, written, frozen):
    browser.open(written, "episodes/0")
    n = len(frozen.episodes)
    action = next(iter(frozen.episodes.values())).steps[0].action
    having = sum(any(action in s.action or action in s.observation for s in e.steps) for e in frozen.episodes.values())
    assert search(browser, action).startswith(f"{having} of {n} episodes")
    assert search(browser, "no such words anywhere").startswith(f"0 of {n} episodes")
    search(browser, "")
    browser.evaluate(
        "(() => { const box = document.querySelector('[aria-label=outcome]'); box.value = 'success';"
        " box.dispatchEvent(new Event('change')); })()"
    )
    assert browser.evaluate(ROWS) == frozen.summary["n_success"]


def test_hostile_texts_are_inert(browser, frozen, tmp_path):
    run, asked = hostile(frozen)
    path = write(tmp_path, (run, asked), (run, asked))
    places = [f"episodes/0/{n}" for n in range(len(HOSTILE))] + [f"compare/0/{n}" for n in range(len(HOSTILE))]
    browser.requests.clear()
    browser.open(path)
    for place in ["summary", *places]:
        browser.go(place)
        browser.evaluate("document.querySelectorAll('details').forEach((box) => { box.open = true; })")
        browser.settle()
        assert browser.evaluate("document.documentElement.dataset.pwned") is None
        elements = "document.querySelectorAll('img, iframe, object, embed, base, form, svg[onload]').length"
        assert browser.evaluate(elements) == 0
        assert browser.evaluate("document.scripts.length") == 2
        links = browser.evaluate(
            "[...document.querySelectorAll('[href], [src]')].map((one) => one.getAttribute('href'))"
        )
        assert all(link.startswith("#") for link in links)
        if place != "summary":
            shown = browser.evaluate("document.querySelector('.detail').textContent")
            assert HOSTILE[int(place.rsplit("/", 1)[1])] in shown
    assert browser.requests == [path.as_uri()]
    clean(browser)


@pytest.fixture(scope="module")
def thousand(frozen):
    """A thousand episodes of thirty steps, no two alike."""
    some = list(frozen.episodes.values())
    episodes = {}
    for number, played in zip(range(THOUSAND), itertools.cycle(some), strict=False):
        steps = tuple(
            Step(action=f"go to shelf {number + n}", observation=f"On shelf {number + n} you see cup {number} of {n}.")
            for n in range(STEPS)
        )
        changed = {"task": f"task-{number}", "steps": steps, "n_steps": STEPS}
        episodes[f"task-{number}"] = played.model_copy(update=changed)
    return dataclasses.replace(frozen, episodes=episodes)


@pytest.mark.slow
def test_a_thousand_episodes_are_listed_as_they_are_scrolled_to(browser, thousand, tmp_path):
    browser.open(write(tmp_path, (thousand, {})), "episodes/0")
    few = browser.evaluate(ROWS)
    assert few < THOUSAND / 2
    browser.evaluate("(() => { const list = document.querySelector('.list'); list.scrollTop = list.scrollHeight; })()")
    browser.wait(f"{ROWS} > {few}")
    assert search(browser, "task-777").startswith(f"1 of {THOUSAND} episodes")
    browser.go("episodes/0/999")
    assert "task-999" in browser.evaluate("document.querySelector('.detail').textContent")


def test_the_chosen_one_is_seen_in_its_list(browser, written, frozen):
    last = len(frozen.episodes) - 1
    browser.open(written, f"episodes/0/{last}")
    seen = """(() => {
        const one = document.querySelector('.list [aria-current]'), list = one.closest('.list').getBoundingClientRect();
        const place = one.getBoundingClientRect();
        return place.top >= list.top - 1 && place.bottom <= list.bottom + 1;
    })()"""
    assert browser.evaluate(seen)
    for _ in range(last):
        browser.press("k")
    assert browser.evaluate("location.hash") == "#episodes/0/0"
    assert browser.evaluate(seen)


@pytest.mark.full
def test_a_thousand_episodes_are_interactive_in_three_seconds(browser, thousand, tmp_path):
    path = write(tmp_path, (thousand, {}), (thousand, {}))
    browser.open(path, "episodes/0/500")
    ready = int(browser.evaluate("document.documentElement.dataset.interactive"))
    before = browser.evaluate("performance.now()")
    search(browser, "cup 500")
    searched = browser.evaluate("performance.now()") - before
    print(f"{path.stat().st_size / 1e6:.1f} MB: interactive after {ready} ms, searched in {searched:.0f} ms")
    assert ready < LIMIT_MS
    assert searched < LIMIT_MS
