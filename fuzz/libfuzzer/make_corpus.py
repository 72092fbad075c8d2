#!/usr/bin/env python3
"""Seed corpora from the official suite:

    make_corpus.py --suite FOLDER --build build/fuzz

The modules that the suite's scripts hold, valid or not, become seeds of
read_module; small valid ones also of compile and whole, and what Tenon makes of them of
note. What is there already stays.
"""
import argparse
import json
import pathlib
import shutil
import subprocess
import tempfile

LARGEST = 8192  # bytes: small inputs run often
COMPILED = 60   # modules, compiled for the other targets' seeds


def convert(script, folder):
    """The modules of one script, each with whether it is valid."""
    target = folder / (script.stem + ".json")
    done = subprocess.run(["wast2json", script, "-o", target], capture_output=True)
    if done.returncode:
        return []
    commands = json.loads(target.read_text())["commands"]
    return [(folder / command["filename"], command["type"] == "module") for command in commands
            if command.get("filename", "").endswith(".wasm")]


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--suite", type=pathlib.Path, required=True)
    parser.add_argument("--build", type=pathlib.Path, required=True)
    options = parser.parse_args()
    corpus = options.build / "corpus"
    for target in ("read_module", "wasi", "note", "compile", "whole"):
        (corpus / target).mkdir(parents=True, exist_ok=True)
    valid = []
    with tempfile.TemporaryDirectory() as name:
        for script in sorted((options.suite / "core2").glob("*.wast")):
            for module, is_valid in convert(script, pathlib.Path(name)):
                if module.stat().st_size <= LARGEST:
                    shutil.copy(module, corpus / "read_module" / module.name)
                    valid += [module] if is_valid else []
        chosen = valid[::max(1, len(valid) // COMPILED)]
        subprocess.run([options.build / "bin" / "fuzz_seeds", corpus, *chosen], check=True)
    print(f"seeds: {', '.join(f'{len(list(folder.iterdir()))} {folder.name}' for folder in sorted(corpus.iterdir()))}")


if __name__ == "__main__":
    main()
