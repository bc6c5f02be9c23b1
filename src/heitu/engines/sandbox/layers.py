"""The layers between a submission and the machine, by the names that operators use to waive one."""

from __future__ import annotations

NAMESPACES = (
    "user-namespace",
    "mount-namespace",
    "pid-namespace",
    "network-namespace",
    "ipc-namespace",
    "uts-namespace",
)
CGROUPS = ("cgroup-memory", "cgroup-pids", "cgroup-cpu", "cgroup-freezer")
LAYERS = (*NAMESPACES, "landlock", "seccomp", "rlimits", *CGROUPS)

# Without a mount namespace there is no root to put the work in, without a pid namespace no way to end it whole.
ESSENTIAL = ("user-namespace", "mount-namespace", "pid-namespace")

PURPOSE = {
    "user-namespace": "the work owns nothing outside",
    "mount-namespace": "the work sees a small read-only root of its own",
    "pid-namespace": "the work sees no other process, and ends whole",
    "network-namespace": "the work has no network",
    "ipc-namespace": "the work shares no queues or memory with others",
    "uts-namespace": "the work sees no host name",
    "landlock": "file, port and signal rules below the root",
    "seccomp": "system calls that numerical code doesn't need don't exist",
    "rlimits": "limits on files, stack, descriptors and cores",
    "cgroup-memory": "a memory limit that counts all of it",
    "cgroup-pids": "a limit on processes and threads",
    "cgroup-cpu": "no more than one and a half processors",
    "cgroup-freezer": "the work stands still while its output is copied",
}
