"""A server that runs Snakemake, and the scripts of its jobs, in forks of itself.

It has imported what takes each of them seconds, most of a short run. Nothing of this project is
imported here: every fork imports the copy that it belongs to.
"""

import json
import os
import runpy
import socket
import socketserver
import sys
from pathlib import Path

CLIENT = Path(__file__).with_name("fork_client.py")
SOCKET, PARENT = sys.argv[1], os.getppid()


class _Run(socketserver.BaseRequestHandler):
    """One run, in the process that was forked for it; answers with its exit code."""

    def handle(self):
        told, printed, _, _ = socket.recv_fds(self.request, 2**20, 2)
        told = json.loads(told)
        for number, descriptor in enumerate(printed, start=1):
            os.dup2(descriptor, number)
        os.environ.clear()
        os.environ.update(told["environment"])
        os.chdir(told["folder"])
        sys.path[0] = os.environ["PYTHONPATH"]
        sys.dont_write_bytecode = bool(os.environ.get("PYTHONDONTWRITEBYTECODE"))
        sys.argv = told["command"]
        run = _snakemake if sys.argv[0] == "snakemake" else _script
        self.request.sendall(bytes([_exit_code(run)]))


def _exit_code(run):
    try:
        run()
    except SystemExit as end:
        if isinstance(end.code, str):
            print(end.code, file=sys.stderr)
        return int(bool(end.code))
    except BaseException:
        sys.excepthook(*sys.exc_info())
        return 1
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
    return 0


def _script():
    runpy.run_path(sys.argv[0], run_name="__main__")


def _snakemake():
    PythonScript.execute_script = _asked_of_this_server
    cli.main()


def _asked_of_this_server(script, path, edit=False):
    script._execute_cmd(
        "{python:q} -IS {client:q} {server:q} {path:q}",
        python=sys.executable,
        client=str(CLIENT),
        server=SOCKET,
        path=path,
        is_python_script=True,
    )


class _Server(socketserver.ForkingMixIn, socketserver.UnixStreamServer):
    max_children = request_queue_size = 100

    def service_actions(self):
        super().service_actions()
        if os.getppid() != PARENT:  # nobody asks any more
            sys.exit()


with _Server(SOCKET, _Run) as server:
    print("listening", flush=True)
    import cv2  # noqa: F401
    import faiss  # noqa: F401
    import matplotlib.pyplot  # noqa: F401
    import numba  # noqa: F401
    import pandas  # noqa: F401
    import scipy.stats  # noqa: F401
    import seaborn  # noqa: F401
    import sklearn.linear_model  # noqa: F401
    import timm  # noqa: F401
    import zarr  # noqa: F401
    from snakemake import cli
    from snakemake.script import PythonScript

    cli.get_argument_parser()  # imports its plugins
    server.serve_forever()
