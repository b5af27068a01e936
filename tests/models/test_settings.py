"""The presets of configs/model and the settings they compose to."""

from pathlib import Path

import pytest
from omegaconf import OmegaConf
from pydantic import ValidationError

from macla.config import hydra_tree
from macla.models.settings import ModelSettings
from macla.models.vllm import command

CONFIGS = Path(__file__).parents[2] / "configs"
PRESETS = sorted(file.stem for file in (CONFIGS / "model").glob("[!_]*.yaml"))
NEEDED = {"endpoint": ["model.id=x"], "replay": ["model.replay=r"]}


def compose(preset: str, *overrides: str) -> ModelSettings:
    from hydra import compose

    with hydra_tree():
        composed = compose("config", [f"model={preset}", *NEEDED.get(preset, []), *overrides])
    return ModelSettings.model_validate(OmegaConf.to_container(composed, resolve=True)["model"])


@pytest.mark.parametrize("preset", PRESETS)
def test_every_preset_composes(preset: str) -> None:
    assert compose(preset, "model.temperature=0.3").temperature == 0.3


def test_the_base_lists_every_key_with_its_default() -> None:
    listed = OmegaConf.to_container(OmegaConf.load(CONFIGS / "model" / "_base.yaml"))
    assert listed == ModelSettings().model_dump(mode="json")


@pytest.mark.parametrize("preset", ["endpoint", "replay"])
def test_what_a_preset_needs_is_said(preset: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(NEEDED, preset, [])
    with pytest.raises(ValidationError, match=r"type model\.(id|replay)="):
        compose(preset)


def test_the_papers_model() -> None:
    settings = compose("llama2_7b")
    assert settings.temperature == 0.7
    line = " ".join(command(settings))
    assert "--quantization bitsandbytes" in line
    assert "--served-model-name meta-llama/Llama-2-7b-chat-hf" in line
    assert "--max-model-len 4096" in line


def test_server_options_reach_the_command_line() -> None:
    line = command(compose("tiny", "model.server.tensor_parallel=2", "model.server.port=8123", "model.revision=abc"))
    for option, value in {"--tensor-parallel-size": "2", "--port": "8123", "--revision": "abc"}.items():
        assert line[line.index(option) + 1] == value
    assert "--enforce-eager" in line


def test_recording_needs_a_language_model() -> None:
    with pytest.raises(ValidationError, match="need a served model"):
        ModelSettings(record=Path("r"))


def test_where_the_server_is_does_not_change_an_answer() -> None:
    here = ModelSettings(backend="openai", id="m")
    assert here.answering() == here.model_copy(update={"base_url": "http://there/v1", "retries": 1}).answering()
    assert here.answering() != here.model_copy(update={"temperature": 0.1}).answering()
