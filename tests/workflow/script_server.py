"""A server that runs scripts in forks of itself: it has imported what takes scripts seconds.

Nothing of this project is imported here: every script imports its own copy.
"""

import json
import os
import runpy
import socket
import socketserver
import sys

PARENT = os.getppid()


class _Script(socketserver.BaseRequestHandler):
    """Runs a script in the process that was forked for it, and tells how that ended."""

    def handle(self):
        told, descriptors, _, _ = socket.recv_fds(self.request, 2**20, 2)
        told = json.loads(told)
        for number, descriptor in enumerate(descriptors, start=1):
            os.dup2(descriptor, number)
        os.environ.clear()
        os.environ.update(told["environment"])
        os.chdir(told["folder"])
        sys.path[0] = told["environment"]["PYTHONPATH"]
        sys.dont_write_bytecode = bool(os.environ.get("PYTHONDONTWRITEBYTECODE"))
        self.request.sendall(bytes([_run(told["script"])]))


def _run(script):
    """Exit code of a script, after what Python does at its end."""
    try:
        runpy.run_path(script, run_name="__main__")
        return 0
    except BaseException:
        sys.excepthook(*sys.exc_info())
        return 1
    finally:
        sys.stdout.flush()
        sys.stderr.flush()


class _Server(socketserver.ForkingMixIn, socketserver.UnixStreamServer):
    max_children = request_queue_size = 100

    def service_actions(self):
        super().service_actions()
        if os.getppid() != PARENT:  # nobody asks any more
            sys.exit()


if __name__ == "__main__":
    with _Server(sys.argv[1], _Script) as server:
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

        server.serve_forever()
