"""Snakemake in processes forked from one that has imported it: half of a short run are imports."""

import multiprocessing
import os
import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

_CONTEXT = multiprocessing.get_context("forkserver")
_CONTEXT.set_forkserver_preload([f"{__package__}.snakemake_imported"])


def run(arguments, folder, environment):
    """Run Snakemake in a folder, whose modules it finds first; the finished process."""
    with TemporaryDirectory() as printed:
        files = Path(printed, "out"), Path(printed, "err")
        process = _CONTEXT.Process(target=_main, args=(arguments, folder, environment, *files))
        process.start()
        process.join()
        texts = [file.read_text(encoding="utf-8") for file in files]
    return subprocess.CompletedProcess(arguments, process.exitcode, *texts)


def _main(arguments, folder, environment, out, err):
    for descriptor, path in ((1, out), (2, err)):
        os.dup2(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND), descriptor)
    os.environ.clear()
    os.environ.update(environment)
    os.chdir(folder)
    sys.path.insert(0, str(folder))
    sys.dont_write_bytecode = bool(environment.get("PYTHONDONTWRITEBYTECODE"))
    sys.argv = ["snakemake", *arguments]

    from snakemake import cli

    cli.main(arguments)
