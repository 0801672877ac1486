"""Snakemake and its scripts in forks of processes that have imported what they use.

Most of a short run are imports: seconds for Snakemake, and again for every job.
"""

import multiprocessing
import os
import subprocess
import sys
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

CLIENT, SERVER = (Path(__file__).with_name(f"script_{name}.py") for name in ("client", "server"))
SOCKET = "scripts"
_CONTEXT = multiprocessing.get_context("forkserver")
_CONTEXT.set_forkserver_preload([f"{__package__}.snakemake_imported"])


def run(arguments, folder, environment):
    """Run Snakemake in a folder, whose modules it finds first; the finished process."""
    with TemporaryDirectory() as printed:
        files = Path(printed, "out"), Path(printed, "err")
        about = (arguments, folder, environment, Path(_script_server().name, SOCKET), *files)
        process = _CONTEXT.Process(target=_main, args=about)
        process.start()
        process.join()
        texts = [file.read_text(encoding="utf-8") for file in files]
    return subprocess.CompletedProcess(arguments, process.exitcode, *texts)


@cache
def _script_server():
    """Folder with the socket of a server; both are gone at the end of this process."""
    folder = TemporaryDirectory()
    command = [sys.executable, SERVER, Path(folder.name, SOCKET)]
    server = subprocess.Popen(command, stdout=subprocess.PIPE)
    server.stdout.readline()  # it listens
    return folder


def _main(arguments, folder, environment, scripts, out, err):
    for descriptor, path in ((1, out), (2, err)):
        os.dup2(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND), descriptor)
    os.environ.clear()
    os.environ.update(environment)
    os.chdir(folder)
    sys.path.insert(0, str(folder))
    sys.dont_write_bytecode = bool(environment.get("PYTHONDONTWRITEBYTECODE"))
    sys.argv = ["snakemake", *arguments]

    from snakemake import cli
    from snakemake.script import PythonScript

    def execute_script(script, path, edit=False):
        script._execute_cmd("{client} {path:q}", client=client, path=path, is_python_script=True)

    client = f"{sys.executable} -IS {CLIENT} {scripts}"
    PythonScript.execute_script = execute_script
    cli.main(arguments)
