"""The engines, each as a function from modules to records."""
import json
import os
import pathlib
import re
import subprocess

from event_log import Call, Record, parse

HERE = pathlib.Path(__file__).resolve().parent


def run_tenon(runner, modules, folder, timeout_s=60, places=0):
    """Each module has a process of its own within: one that crashes harms no other."""
    environment = dict(os.environ, TMPDIR=str(folder))
    command = [runner, "--timeout", str(timeout_s), "--near-the-end", str(places), *map(str, modules)]
    done = subprocess.run(command, env=environment, stdout=subprocess.PIPE, text=True, errors="replace", check=True)
    return parse(done.stdout)


def plan_for_v8(module, record):
    first = module.with_suffix(".first.wasm")
    return {"path": str(module), "first": str(first) if first.exists() else None, "imports": record.imports,
            "firstImports": record.first_imports, "calls": record.plan}


def run_v8(node, modules, records, folder, timeout_s=60):
    """Makes the calls that Tenon made. A module that V8 refuses or that hangs it has a record that
    does not end with "end"."""
    found = {}
    modules = [module for module in modules if records[str(module)].end == "end"]
    while modules:
        plans = [plan_for_v8(module, records[str(module)]) for module in modules]
        (folder / "plans.json").write_text(json.dumps(plans))
        try:
            done = subprocess.run([node, HERE / "run_v8.js", folder / "plans.json"], stdout=subprocess.PIPE,
                                  timeout=timeout_s)
            output = done.stdout
        except subprocess.TimeoutExpired as expired:
            output = expired.stdout or b""
        part = parse(output.decode(errors="replace"))
        for record in part.values():
            if record.end == "nothing":
                record.end = "timeout"
        found.update(part)
        remaining = [module for module in modules if str(module) not in part]
        if len(remaining) == len(modules):
            break
        modules = remaining
    return found


LOGGED = re.compile(r"called host fuzzing-support\.log-\w+\((.*)\) =>$")
VECTOR = re.compile(r"v128 i32x4:0x(\w+) 0x(\w+) 0x(\w+) 0x(\w+)")
FAILED_TO_START = "error initializing module: "
ENDED = re.compile(r"(\S+)\(\) =>(?: (.*))?$")


def as_logged(text):
    """Vectors as one number, values apart by spaces, NaNs without a sign."""
    return VECTOR.sub(r"v128:\4\3\2\1", text).replace(", ", " ").replace(":-nan", ":nan")


def run_wasm_interp(module, timeout_s=20):
    """Every export without parameters, in order. No memory."""
    try:
        done = subprocess.run(["wasm-interp", module, "--enable-tail-call", "--enable-threads", "--run-all-exports",
                               "--dummy-import-func"],
                              stdout=subprocess.PIPE, stderr=subprocess.PIPE, timeout=timeout_s)
    except subprocess.TimeoutExpired:
        return Record(end="timeout")
    calls, logs = [], []
    for line in done.stdout.decode(errors="replace").splitlines():
        if logged := LOGGED.match(line):
            logs.append(as_logged(logged[1]))
        elif ended := ENDED.match(line):
            text = ended[2] or ""
            failed = text.startswith("error: ")
            calls.append(Call(ended[1], logs, ("trap", text[7:]) if failed else ("result", as_logged(text))))
            logs = []
    if not calls and done.stderr:
        message = done.stderr.decode(errors="replace").strip()
        if not message.startswith(FAILED_TO_START):
            return Record(end=f"refused {message.splitlines()[0]}")
        calls.append(Call("(instantiate)", outcome=("trap", message.removeprefix(FAILED_TO_START))))
    return Record(runs={"wasm-interp": calls}, end="end")
