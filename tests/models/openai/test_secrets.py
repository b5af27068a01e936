"""Keys and addresses with a password: sent to the server, and found in no file and no message."""

import base64
import traceback
from collections.abc import Callable
from pathlib import Path

import pytest
from helpers.misbehaving_server import FakeServer, saying, status
from helpers.model_requests import act, ground

from macla import secrets
from macla.config import Config, compose
from macla.errors import InfrastructureError, UserError
from macla.models.create import create
from macla.models.malformed import Malformed
from macla.models.requests import Action
from macla.runs.build import build_memory
from macla.runs.evaluate import evaluate
from macla.runs.sweep import sweep

KEY = "sk-4f9aWq77"


@pytest.fixture(autouse=True)
def forgetful(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(secrets, "_known", set())


@pytest.mark.parametrize("blanks", ["{}\n", "  {}\r\n", "\t{} ", "{}"])
def test_blanks_around_a_key_are_not_sent(server: FakeServer, monkeypatch: pytest.MonkeyPatch, blanks: str) -> None:
    monkeypatch.setenv("MACLA_TEST_KEY", blanks.format(KEY))
    with create(server.settings(api_key_env="MACLA_TEST_KEY")) as model:
        model.ask([ground("a")])
    assert server.keys[-1] == f"Bearer {KEY}"


@pytest.mark.parametrize(
    ("key", "place"),
    [
        (f"“{KEY}”", "character 1 of the key in MACLA_TEST_KEY is U+201C"),
        (f"{KEY}é", "character 12 of the key in MACLA_TEST_KEY is U+00E9"),
        (f"{KEY}\nx", "character 12 of the key in MACLA_TEST_KEY is U+000A"),
        (f"{KEY}\x7f", "character 12 of the key in MACLA_TEST_KEY is U+007F"),
    ],
)
def test_a_key_that_cannot_be_sent_is_one_line(
    server: FakeServer, monkeypatch: pytest.MonkeyPatch, key: str, place: str
) -> None:
    monkeypatch.setenv("MACLA_TEST_KEY", key)
    with pytest.raises(UserError) as error:
        create(server.settings(api_key_env="MACLA_TEST_KEY"))
    assert place in str(error.value)
    assert KEY not in "".join(traceback.format_exception(error.value))


@pytest.mark.parametrize("typed", [KEY, "hf_AbCdEfGhIj", "AKIAIOSFODNN7EXAMPLE", f"export {KEY}"])
def test_a_key_given_as_the_name_of_its_variable_is_not_repeated(
    server: FakeServer, config: Callable[..., Config], typed: str
) -> None:
    asked = server.settings(api_key_env=typed)
    with pytest.raises(UserError, match=r"model\.api_key_env") as error:
        create(asked)
    assert typed not in str(error.value)
    assert typed not in asked.model_dump_json()


def test_a_key_that_the_server_repeats_is_not_told(server: FakeServer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MACLA_TEST_KEY", KEY)
    with create(server.settings(api_key_env="MACLA_TEST_KEY", retries=0)) as model:
        server.always = status(500, f"bad header: Bearer {KEY}")
        with pytest.raises(InfrastructureError, match=r"Bearer \*\*\*"):
            model.ask([ground("a")])
        server.always = status(400, f"bad header: Bearer {KEY}")
        [reply] = model.ask([ground("a")])
        assert isinstance(reply, Malformed)
        assert "Bearer ***" in reply.reason
        assert KEY not in reply.model_dump_json()


def test_user_password_and_query_are_sent_and_stored_nowhere(
    server: FakeServer, config: Callable[..., Config], tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    url = server.url.replace("http://", "http://someone:pass%40word9@") + "?api-version=v1&code=qwerty77"
    typed = f"model.base_url='{url}'"
    asked = config(typed, f"model.record={tmp_path / 'recording'}", "eval.limit=2", "build.limit=2")
    memory = Path(build_memory(asked, None)["memory"])
    evaluate(asked, "unseen", memory, None)
    assert server.keys[-1] == "Basic " + base64.b64encode(b"someone:pass@word9").decode()
    assert set(server.queries) == {"api-version=v1&code=qwerty77"}
    overrides = ["env=toy", "encoder=hashing", "model=endpoint", typed, "model.id=m", "eval.limit=1,2"]
    sweep([*overrides, f"runs={tmp_path}"], "unseen", "none")
    server.shutdown()
    server.server_close()
    with pytest.raises(UserError) as error:
        evaluate(asked, "unseen", memory, None)
    files = [file for file in tmp_path.rglob("*") if file.is_file()]
    assert {"config.yaml", "episodes.jsonl", "parameters.json", "jobs.json"} <= {file.name for file in files}
    for word in ("someone", "pass%40word9", "pass@word9", "qwerty77", "api-version"):
        assert [file for file in files if word.encode() in file.read_bytes()] == []
        assert word not in str(error.value)
        assert word not in "".join(capfd.readouterr())


@pytest.mark.parametrize("url", ["http://u:hunter2/x@host/v1", "u:hunter2@host/v1", "http://u:hunter2#@host/v1"])
def test_a_password_that_cannot_be_told_from_the_rest_is_refused(server: FakeServer, url: str) -> None:
    with pytest.raises(UserError, match="%40, %2F") as error:
        create(server.settings(base_url=url))
    assert "hunter2" not in str(error.value)


def test_a_key_beside_a_user_is_refused(server: FakeServer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MACLA_TEST_KEY", KEY)
    with pytest.raises(UserError, match="one request carries one of them"):
        create(server.settings(api_key_env="MACLA_TEST_KEY", base_url=server.url.replace("://", "://user:word@")))


def test_secrets_of_server_and_body_are_not_stored(server: FakeServer) -> None:
    env = {"HF_TOKEN": KEY, "VLLM_API_KEY": KEY, "OMP_NUM_THREADS": "2"}
    asked = server.settings(
        server={"env": env, "args": ["--api-key", KEY, "--enforce-eager", f"--api-key={KEY}"]},
        extra_body={"api_key": KEY, "top_k": 5, "nested": {"client_secret": KEY}},
    )
    stored = asked.model_dump(mode="json")
    assert KEY not in asked.model_dump_json()
    assert stored["server"]["env"] == {"HF_TOKEN": "***", "VLLM_API_KEY": "***", "OMP_NUM_THREADS": "2"}
    assert stored["server"]["args"] == ["--api-key", "***", "--enforce-eager", "--api-key=***"]
    assert stored["extra_body"] == {"api_key": "***", "top_k": 5, "nested": {"client_secret": "***"}}
    with create(asked) as model:
        model.ask([ground("a")])
    assert server.bodies[-1]["api_key"] == KEY


SECRET = [
    "token", "TOKEN", "my_token", "x-token", "accessToken", "GITHUB_TOKEN", "hftoken", "api_key", "client_secret",
    "password", "key", "keys", "user_key", "userKey", "MY_KEY", "OPENAI_KEY", "AWS_ACCESS_KEY_ID", "LICENSE_KEY", "pwd",
    "DB_PWD", "auth", "x-auth", "authToken", "cookie", "set-cookie", "MY_PASS", "PASSPHRASE", "GPG_PASSPHRASE",
    "SSLKeyPassword", "credentials", "Authorization", "GITHUB_PAT", "bearer",
]  # fmt: skip
PLAIN = ["max_tokens", "max_completion_tokens", "tokens", "tokenizer", "token_ids", "stop_token_ids", "token_type",
         "add_special_tokens", "max_token", "eos_token", "tokenized", "detokenize", "key_frames", "keyframes", "monkey",
         "prompt_cache_key", "public_key", "sort_key", "max_tokens_key", "author", "first_pass", "pass_through",
         "bypass", "compass", "path", "OMP_NUM_THREADS", "stop_token", "keyboard"]  # fmt: skip


@pytest.mark.parametrize("name", SECRET)
def test_a_name_that_says_secret_or_ends_in_token_hides_all_below_it(server: FakeServer, name: str) -> None:
    values = {name: KEY, "inner": [{name: 77123}], "below": {name: {"user": KEY, "kept": [KEY]}}}
    stored = server.settings(extra_body=values, server={"env": {name: KEY}}).model_dump(mode="json")
    below = {"user": "***", "kept": ["***"]}
    assert stored["extra_body"] == {name: "***", "inner": [{name: "***"}], "below": {name: below}}
    assert stored["server"]["env"] == {name: "***"}


@pytest.mark.parametrize("name", PLAIN)
def test_names_of_counts_and_of_a_vocabulary_are_readable(server: FakeServer, name: str) -> None:
    values = {name: "text", "n": {name: 512}}
    stored = server.settings(extra_body=values, server={"env": {name: "text"}}).model_dump(mode="json")
    assert (stored["extra_body"], stored["server"]["env"]) == (values, {name: "text"})


def test_a_token_is_in_no_file_of_a_run(config: Callable[..., Config], tmp_path: Path) -> None:
    asked = config(
        f"model.extra_body={{token: {KEY}, top_k: 5}}", f"model.server.env={{MY_TOKEN: {KEY}}}", "eval.limit=1"
    )
    evaluate(asked.without_memory(), "unseen", None, None)
    files = [file for file in tmp_path.rglob("*") if file.is_file()]
    assert {"config.yaml", "manifest.json"} <= {file.name for file in files}
    assert [file for file in files if KEY.encode() in file.read_bytes()] == []


@pytest.mark.parametrize(
    "typed",
    [
        "model.extra_body={token: sk-4f9aWq77, top_k: x=y}",
        "model.server.env={'MY_TOKEN': sk-4f9aWq77=}",
        "model.extra_body={api_key: sk-4f9aWq77, top_k: [}",
        "model.server.env={HF_TOKEN: sk-4f9aWq77",
        "model.base_url=http://u:sk-4f9aWq77@host/v1=[",
        "model.api_key_env=sk-4f9aWq77=[",
        "model.server.args=[--api-key,sk-4f9aWq77,--hf-token=x]",
        "model.server.args=[--api-key, sk-4f9aWq77, --hf-token=sk-4f9aWq77]",
        "model.server.args=[--hf-token=sk-4f9aWq77]",
        "model.extra_body={user_key: Bearer sk-4f9aWq77, x: [}",
        "model.extra_body={session: {cookie: sk-4f9aWq77}, x: [}",
        "model.extra_body={auth: {user: sk-4f9aWq77}, x: [}",
    ],
)
def test_an_override_that_does_not_parse_is_repeated_without_its_secret(typed: str) -> None:
    with pytest.raises(UserError) as error:
        compose(["env=toy", "model=endpoint", "model.id=m", typed])
    assert KEY not in str(error.value)


def test_a_mistyped_list_of_arguments_is_told_without_the_key() -> None:
    with pytest.raises(UserError) as error:
        compose(["env=toy", "model=endpoint", "model.id=m", "model.server.args=[--api-key,s3cr3t7,--hf-token=s3cr3t8]"])
    assert "'[--api-key,***,--hf-token='" in str(error.value)
    assert "s3cr3t" not in str(error.value)


def test_what_the_server_says_back_in_a_reply_is_kept_without_the_key(
    server: FakeServer, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """The recording, the useless reply and what the server says of itself: they are what people publish."""
    monkeypatch.setenv("MACLA_TEST_KEY", KEY)
    server.card = {"root": f"/weights/{KEY}", "owned_by": f"key {KEY}"}
    recording = tmp_path / "recording"
    with create(server.settings(structured="none", api_key_env="MACLA_TEST_KEY", record=recording)) as model:
        server.behaviours = [saying(f'{{"thought": "sent {KEY}", "action": "look {KEY}"}}')]
        assert model.ask([act()]) == [Action(thought="sent ***", action="look ***")]
        server.always = saying(f"no JSON, but {KEY} and {KEY[:8]}...")
        (reply,) = model.ask([act(seed=1)])
        assert isinstance(reply, Malformed)
        assert reply.text == "no JSON, but *** and ***"
        identity = model.identity()
    assert (identity["checkpoint"], identity["server"].split(" ")[0:2]) == ("***", ["key", "***"])
    files = [file for file in tmp_path.rglob("*") if file.is_file()]
    assert files
    assert [file for file in files if KEY.encode() in file.read_bytes()] == []


def test_a_secret_of_the_body_that_comes_back_is_hidden(server: FakeServer) -> None:
    with create(server.settings(structured="none", extra_body={"session": {"cookie": KEY}})) as model:
        server.always = saying(f'{{"action": "look {KEY}"}}')
        assert model.ask([act()]) == [Action(action="look ***")]


PASSWORD = "pass@word9"
SENT = base64.b64encode(f"someone:{PASSWORD}".encode()).decode()


@pytest.mark.parametrize(
    ("said", "kept"),
    [
        (f"Basic {SENT}", "Basic ***"),
        (f"for {PASSWORD}", "for ***"),
        (f"Incorrect API key provided: {KEY[:9]}...", "Incorrect API key provided: ***"),
        (f"Incorrect API key provided: {KEY[:8]}********Wq77. Look", "Incorrect API key provided: ***. Look"),
        (f"key {KEY[:8]}… is wrong", "key *** is wrong"),
        (f"cut after {KEY[:10]}", "cut after ***"),
        ("sk-4f9a is short", "sk-4f9a is short"),
        (f"{KEY[:8]} goes on otherwise", f"{KEY[:8]} goes on otherwise"),
        ("swords and wordy, a word", "swords and wordy, a ***"),
        ("http://host/a?b=c and nothing else", "http://host/a?b=c and nothing else"),
    ],
)
def test_what_is_hidden_in_a_text_of_the_server(said: str, kept: str) -> None:
    secrets.login("http://someone:pass%40word9@host/v1")
    for secret in (KEY, "word"):
        secrets.remember(secret)
    assert secrets.without_known({"a": [said]}) == {"a": [kept]}


def test_the_version_in_a_query_is_no_secret() -> None:
    secrets.query("http://host/v1?api-version=2024-10-21&code=qwerty77")
    assert secrets.without_known("on 2024-10-21 with qwerty77") == "on 2024-10-21 with ***"
