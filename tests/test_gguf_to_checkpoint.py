"""The converter's command line: a mistake is one line. The conversion itself: tests/vllm."""

import subprocess
import sys
from importlib.machinery import SourceFileLoader
from pathlib import Path

import pytest

SCRIPT = Path(__file__).parents[1] / "scripts" / "gguf_to_checkpoint.py"
script = SourceFileLoader("gguf_to_checkpoint", str(SCRIPT)).load_module()


def said(*arguments: object) -> str:
    """Return the one line that the command ends with."""
    result = subprocess.run([sys.executable, SCRIPT, *map(str, arguments)], capture_output=True, text=True)
    assert result.returncode == 1
    assert result.stdout == ""
    (line,) = result.stderr.splitlines()
    return line


@pytest.fixture
def weights(tmp_path: Path) -> Path:
    file = tmp_path / "model.gguf"
    file.write_bytes(b"GGUF\x03\x00\x00\x00")
    return file


def test_no_such_file(tmp_path: Path) -> None:
    assert said(tmp_path / "no.gguf", tmp_path / "out") == f"{tmp_path}/no.gguf: No such file or directory"


def test_another_file(tmp_path: Path) -> None:
    file = tmp_path / "model.safetensors"
    file.write_bytes(b"\x10\x00\x00\x00\x00")
    assert "is no GGUF file: it begins with b'\\x10" in said(file, tmp_path / "out")


def test_a_folder_that_exists_stays_as_it_is(weights: Path, tmp_path: Path) -> None:
    assert said(weights, tmp_path) == f"{tmp_path} exists; remove it, or name another folder"
    assert list(tmp_path.iterdir()) == [weights]


def test_an_interpreter_that_is_none(weights: Path, tmp_path: Path) -> None:
    line = said(weights, tmp_path / "out", "--python", tmp_path / "python")
    assert line == f"--python {tmp_path}/python: No such file or directory"


def test_packages_that_are_missing(weights: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(script, "NEEDED", ("json", "no_such_torch", "no_such_gguf"))
    with pytest.raises(
        SystemExit, match=r"has no no_such_torch, no no_such_gguf; type .* -m pip install no_such_torch no_such_gguf"
    ):
        script.check(weights, tmp_path / "out")


@pytest.mark.parametrize(
    ("quantisation", "described"),
    [
        ("Q4_K_M", "Q4_K_M (4-bit) dequantised to bfloat16"),
        ("Q8_0", "Q8_0 (8-bit) dequantised to bfloat16"),
        ("IQ2_XXS", "IQ2_XXS (2-bit) dequantised to bfloat16"),
        ("F16", "F16 as bfloat16"),
        ("BF16", "BF16 as bfloat16"),
    ],
)
def test_what_was_quantised_is_said(quantisation: str, described: str) -> None:
    assert script.describe(quantisation) == described
