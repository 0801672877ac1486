"""Asks `fork_server` for a run; as a program, in the place of Python: socket, script."""

import json
import os
import socket
import sys


def run(server, command, folder, environment, printed=(1, 2)):
    """Have a command run in a folder; its exit code.

    Parameters
    ----------
    server : path
        Socket of the server.
    command : list of str
        "snakemake" or the path of a script, and arguments.
    printed : tuple of two int
        File descriptors of standard output and standard error.
    """
    about = {"command": command, "folder": str(folder), "environment": dict(environment)}
    with socket.socket(socket.AF_UNIX) as connection:
        connection.connect(str(server))
        socket.send_fds(connection, [json.dumps(about).encode()], printed)
        ended = connection.recv(1)
    return ended[0] if ended else 1  # nothing if it was killed


if __name__ == "__main__":
    sys.exit(run(sys.argv[1], sys.argv[2:], os.getcwd(), os.environ))
