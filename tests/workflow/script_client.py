"""In the place of Python: has `script_server` run a script. Arguments: its socket, the script."""

import json
import os
import socket
import sys

with socket.socket(socket.AF_UNIX) as server:
    server.connect(sys.argv[1])
    about = {"script": sys.argv[2], "folder": os.getcwd(), "environment": dict(os.environ)}
    socket.send_fds(server, [json.dumps(about).encode()], [1, 2])
    ended = server.recv(1)  # nothing if the script was killed
sys.exit(ended[0] if ended else 1)
