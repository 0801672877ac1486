"""A real SLURM of one node on this machine, for a test: without accounting, with GPUs in name only.

Its daemons belong to the test and end with it. Everything they need lies in one temporary folder;
/etc/slurm and /etc/munge are neither read nor written, so that several may run beside each other
and beside a SLURM that is there.
"""

import os
import re
import secrets
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from pathlib import Path

GPUS = 2
CLAIMS = f"CPUs=16 RealMemory=64000 Gres=gpu:{GPUS}"  # what the node says that it has
DAEMONS = ("munged", "slurmctld", "slurmd")
PATHS = f"{os.environ.get('PATH', '')}:/usr/sbin:/sbin"
CONFIGURATION = """
ClusterName=test
SlurmctldHost={host}(127.0.0.1)
SlurmctldPort={ports[0]}
SlurmdPort={ports[1]}
SlurmUser=root
AuthType=auth/munge
AuthInfo=socket={folder}/munge.socket
CommunicationParameters=NoCtldInAddrAny,NoInAddrAny
StateSaveLocation={folder}/state
SlurmdSpoolDir={folder}/spool
SlurmctldPidFile={folder}/slurmctld.pid
SlurmdPidFile={folder}/slurmd.pid
# neither cgroups nor systemd
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
SwitchType=switch/none
MpiDefault=none
# the node may claim more than there is
SlurmdParameters=config_overrides
SelectType=select/cons_tres
SelectTypeParameters=CR_Core_Memory
SchedulerParameters=batch_sched_delay=0,sched_interval=1
GresTypes=gpu
AccountingStorageType=accounting_storage/none
MinJobAge=3600
ReturnToService=2
NodeName=node NodeHostname={host} NodeAddr=127.0.0.1 Port={ports[1]} {claims}
PartitionName=all Nodes=node Default=YES DefaultTime=10 MaxTime=1-00:00:00 State=UP
"""


def why_not():
    """Why there can be no SLURM here; None if there can."""
    if not hasattr(os, "geteuid") or os.geteuid() != 0:
        return "a SLURM of one node needs root"
    needed = (*DAEMONS, "munge", "sbatch", "scancel", "scontrol", "sinfo", "squeue", "srun")
    lacking = [name for name in needed if shutil.which(name, path=PATHS) is None]
    if lacking:
        return f"no {', '.join(lacking)} (apt-get install slurm-wlm munge)"
    return None


class OneNode:
    """A SLURM of one node, as a context manager.

    Attributes
    ----------
    environment : dict of str to str
        With which programs find it.
    """

    def __enter__(self):
        self.folder = Path(tempfile.mkdtemp(prefix="slurm-"))  # short: sockets lie in it
        self.folder.chmod(0o755)
        self.daemons = {}
        configuration = self.folder / "slurm.conf"
        (self.folder / "bin").mkdir()
        self.environment = {
            "SLURM_CONF": str(configuration),
            "PATH": f"{self.folder}/bin:{PATHS}",
        }
        try:
            self._configure(configuration)
            self._start()
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_):
        if "slurmctld" in self.daemons:
            self._run("scancel", "--user=root", check=False)
            self._wait(15, lambda: not self._run("squeue", "-h", "-t", "PD,R,CG", check=False))
        for daemon in reversed(self.daemons.values()):
            daemon.terminate()
            try:
                daemon.wait(20)
            except subprocess.TimeoutExpired:
                daemon.kill()
                daemon.wait()
        for process in self._left():
            os.kill(process, signal.SIGKILL)
        shutil.rmtree(self.folder)

    def jobs(self):
        """What SLURM tells of every job: a list of dict, in the order of their submission."""
        lines = self._run("scontrol", "show", "job", "-o").splitlines()
        told = [dict(re.findall(r"(\S+?)=(\S*)", line)) for line in lines]
        return sorted((job for job in told if "JobId" in job), key=lambda job: int(job["JobId"]))

    def _configure(self, configuration):
        host = socket.gethostname().partition(".")[0]
        text = CONFIGURATION.format(
            host=host, ports=_free_ports(2), folder=self.folder, claims=CLAIMS
        )
        configuration.write_text(text)
        for name in ("state", "spool"):
            (self.folder / name).mkdir()
        for number in range(GPUS):  # a GPU counts only if there is a file of it
            (self.folder / f"gpu{number}").touch()
        (self.folder / "gres.conf").write_text(f"Name=gpu File={self.folder}/gpu[0-{GPUS - 1}]\n")
        version = re.search(r"(\d+)\.(\d+)", self._run("slurmctld", "-V"))
        is_new = tuple(map(int, version.groups())) >= (24, 5)  # before, v1 touches nothing either
        plugin = "disabled" if is_new else "cgroup/v1"
        (self.folder / "cgroup.conf").write_text(f"CgroupPlugin={plugin}\n")
        key = self.folder / "munge.key"
        key.touch(mode=0o600)
        key.write_bytes(secrets.token_bytes(128))
        # The plugin for Snakemake takes SLURM_CONF out of the environment of the job's own srun.
        srun = self.folder / "bin/srun"
        program = shutil.which("srun", path=PATHS)
        srun.write_text(f'#!/bin/sh\nSLURM_CONF={configuration} exec {program} "$@"\n')
        srun.chmod(0o755)

    def _start(self):
        socket_path = self.folder / "munge.socket"
        names = ("key-file", "pid-file", "log-file", "seed-file")
        files = [f"--{name}={self.folder}/munge.{name.removesuffix('-file')}" for name in names]
        self._daemon("munged", "--foreground", "--force", f"--socket={socket_path}", *files)
        self._expect(lambda: self._run("munge", "-n", "-S", str(socket_path), check=False))
        self._daemon("slurmctld", "-D", "-c")
        self._expect(lambda: "UP" in self._run("scontrol", "ping", check=False))
        self._daemon("slurmd", "-D", "-N", "node")
        self._expect(lambda: self._run("sinfo", "-h", "-o", "%t", check=False).strip() == "idle")

    def _daemon(self, name, *arguments):
        with open(self.folder / f"{name}.log", "w") as log:
            self.daemons[name] = subprocess.Popen(
                [shutil.which(name, path=PATHS), *arguments],
                env={**os.environ, **self.environment},
                cwd=self.folder,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )

    def _expect(self, is_ready):
        """Wait for the daemon that was started last; an error with its log if it does not come."""
        name, daemon = list(self.daemons.items())[-1]
        if not self._wait(60, lambda: daemon.poll() is not None or is_ready()) or daemon.returncode:
            log = (self.folder / f"{name}.log").read_text()
            raise RuntimeError(f"{name} did not start:\n{log[-3000:]}")

    def _wait(self, seconds, is_over):
        end = time.monotonic() + seconds
        while not is_over():
            if time.monotonic() > end:
                return False
            time.sleep(0.2)
        return True

    def _run(self, program, *arguments, check=True):
        done = subprocess.run(
            [shutil.which(program, path=PATHS), *arguments],
            env={**os.environ, **self.environment},
            capture_output=True,
            text=True,
            timeout=60,
        )
        if check and done.returncode:
            raise RuntimeError(f"{program} {' '.join(arguments)}: {done.stdout}{done.stderr}")
        return done.stdout

    def _left(self):
        """Processes of jobs that outlived the daemons: they carry the path of the configuration."""
        mark = f"SLURM_CONF={self.environment['SLURM_CONF']}".encode()
        for entry in Path("/proc").glob("[0-9]*"):
            try:
                is_ours = mark in (entry / "environ").read_bytes().split(b"\0")
            except OSError:  # it ended meanwhile
                continue
            if is_ours:
                yield int(entry.name)


def _free_ports(n):
    """Ports that nothing listens on now."""
    sockets = [socket.socket() for _ in range(n)]
    for each in sockets:
        each.bind(("127.0.0.1", 0))
    ports = [each.getsockname()[1] for each in sockets]
    for each in sockets:
        each.close()
    return ports
