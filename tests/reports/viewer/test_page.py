"""The page without a browser: one file, no address of anywhere, data that cannot end their script."""

import base64
import hashlib
import json
import re
import shutil
from html.parser import HTMLParser

import pytest
from helpers.hostile import HOSTILE, hostile

from macla.errors import UserError
from macla.reports.viewer.data import Shown, runs_data
from macla.reports.viewer.page import FOLDER, SCRIPTS, escaped, page
from macla.reports.viewer.texts import Texts
from macla.runs.view import view


class Parts(HTMLParser):
    """The tags of a page, and the texts of its scripts and styles."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.inside: dict[str, list[str]] = {"script": [], "style": []}
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        self.tags.append((tag, dict(attrs)))

    def handle_data(self, data):
        if self.tags and self.tags[-1][0] in self.inside and self.cdata_elem:
            self.inside[self.tags[-1][0]].append(data)


@pytest.fixture(scope="module")
def written(played, tmp_path_factory):
    out = tmp_path_factory.mktemp("page") / "view.html"
    return view([played["frozen"], played["online"], played["none"]], [], None, out)


def data_of(text):
    return json.loads("".join(Parts(text).inside["script"][0]))


def test_a_page_is_one_file_that_asks_nobody(written):
    parts = Parts(written.read_text())
    assert [tag for tag, _ in parts.tags].count("script") == 2
    assert not {"img", "link", "iframe", "object", "embed", "base", "form"} & {tag for tag, _ in parts.tags}
    assert [
        value for _, attributes in parts.tags for name, value in attributes.items() if name in ("src", "href")
    ] == []
    code = "".join((FOLDER / name).read_text() for name in (*SCRIPTS, "viewer.css"))
    addresses = set(re.findall(r"https?://[^\"'\s)]+", code))
    assert addresses == {"http://www.w3.org/2000/svg"}  # the name of a vocabulary, which nobody fetches
    assert not re.search(r"fetch\(|XMLHttpRequest|WebSocket|importScripts|import\(|url\(", code)


def test_the_policy_allows_the_scripts_and_styles_of_the_page_alone(written):
    parts = Parts(written.read_text())
    (policy,) = [a["content"] for tag, a in parts.tags if tag == "meta" and a.get("http-equiv")]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    for kind, text in (("script", parts.inside["script"][1]), ("style", parts.inside["style"][0])):
        digest = base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()
        assert f"{kind}-src 'sha256-{digest}'" in policy


def test_texts_become_nodes_of_text_and_nothing_else():
    code = "".join((FOLDER / name).read_text() for name in SCRIPTS)
    forbidden = (
        r"\.(innerHTML|outerHTML|insertAdjacentHTML|srcdoc)|document\.write|\beval\(|new Function|setTimeout\(\""
    )
    assert not re.search(forbidden, code)


def test_the_page_holds_every_episode(written, frozen):
    data = data_of(written.read_text())
    run = data["runs"][0]
    assert [one[0] for one in run["episodes"]] == list(frozen.episodes)
    assert [len(one[9]) for one in run["episodes"]] == [played.n_steps for played in frozen.episodes.values()]
    assert data["texts"][run["episodes"][0][8][0]] == next(iter(frozen.episodes.values())).instruction
    assert run["memory"] == 0
    assert data["runs"][1]["curve"]
    assert data["memories"][0]["curve"]
    assert data["memories"][0]["posteriors"]
    assert len(data["memories"]) == 2
    assert [(pair["first"], pair["second"]) for pair in data["pairs"]] == [(0, 1), (0, 2), (1, 2)]


def test_the_same_runs_give_the_same_page(written, played, tmp_path):
    again = view([played["frozen"], played["online"], played["none"]], [], None, tmp_path / "again.html")
    assert again.read_bytes() == written.read_bytes()


def test_hostile_texts_stay_in_the_data(frozen):
    run, asked = hostile(frozen)
    texts = Texts()
    data = {"runs": runs_data([Shown(run, asked, None, "")], texts), "pairs": [], "memories": [], "terms": []}
    text = page({**data, "texts": texts.table})
    assert [tag for tag, _ in Parts(text).tags] == [tag for tag, _ in Parts(page({})).tags]
    assert [one[0] for one in data_of(text)["runs"][0]["episodes"]] == list(run.episodes)
    for one in HOSTILE:
        assert set(one.split("\n")) <= set(data_of(text)["texts"])


@pytest.mark.parametrize("text", [*HOSTILE, "\ud800", "\x00", "ü"])
def test_escaped_json_reads_back_and_holds_no_markup(text):
    made = escaped([text])
    assert not set("<>&\u2028\u2029") & set(made)
    assert json.loads(made.encode()) == [text]


def test_a_memory_that_is_given_is_shown(played, tmp_path):
    shutil.copytree(played["frozen"], tmp_path / "frozen")
    shutil.copytree(played["memory"], tmp_path / "memory")
    with pytest.raises(UserError, match="no memory at"):
        view([tmp_path / "frozen"], [tmp_path], None, tmp_path / "b.html")
    shown = data_of(view([tmp_path / "frozen"], [tmp_path / "memory"], None, tmp_path / "c.html").read_text())
    assert [memory["name"] for memory in shown["memories"]] == [f"{tmp_path.name}/memory"]


def test_a_memory_that_is_gone_is_left_out_and_said(played, tmp_path):
    shutil.copytree(played["online"], tmp_path / "eval" / "run")
    shutil.rmtree(tmp_path / "eval" / "run" / "memory")
    data = data_of(view([tmp_path / "eval" / "run"], [], None, tmp_path / "a.html").read_text())
    assert data["memories"] == []
    assert data["runs"][0]["memory"] is None
    assert data["runs"][0]["note"].startswith("its memory is not shown: no memory at")
