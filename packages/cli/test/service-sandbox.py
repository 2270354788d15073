"""Runs a program under the system call filter of a unit: service-sandbox.py '@system-service' '@privileged @resources' program arguments…

The sets are those of the systemd that is installed; what is not allowed gives EPERM, as SystemCallErrorNumber=EPERM says.
"""

import ctypes
import os
import subprocess
import sys

ALLOW, EPERM = 0x7FFF0000, 0x00050000 | 1


def calls(group: str, seen: set[str]) -> set[str]:
    """The system calls of a set, those of the sets in it included."""
    if group in seen:
        return set()
    seen.add(group)
    listed = subprocess.run(["systemd-analyze", "syscall-filter", "--no-pager", group], capture_output=True, text=True, check=True).stdout
    names = [line.strip() for line in listed.splitlines()[1:] if line.strip() and not line.strip().startswith("#")]
    return set().union(*(calls(name, seen) if name.startswith("@") else {name} for name in names))


allowed = set().union(*(calls(group, set()) for group in sys.argv[1].split()))
refused = set().union(*(calls(group, set()) for group in sys.argv[2].split()))
# systemd always allows what every program needs to start and to end
allowed = (allowed - refused) | calls("@default", set())

seccomp = ctypes.CDLL("libseccomp.so.2")
seccomp.seccomp_init.restype = ctypes.c_void_p
filter_ = ctypes.c_void_p(seccomp.seccomp_init(ctypes.c_uint32(EPERM)))
for name in sorted(allowed):
    number = seccomp.seccomp_syscall_resolve_name(name.encode())
    if number >= 0:
        seccomp.seccomp_rule_add(filter_, ctypes.c_uint32(ALLOW), ctypes.c_int(number), ctypes.c_uint(0))
if seccomp.seccomp_load(filter_) != 0:
    sys.exit("the filter could not be loaded")
os.execvp(sys.argv[3], sys.argv[3:])
