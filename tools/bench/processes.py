"""What a process and all that descend from it take, from /proc."""
import contextlib
import glob
import os
import re


def family(pid):
    """The process and all that descend from it."""
    found, looked = [], [pid]
    while looked:
        one = looked.pop()
        found.append(one)
        for children in glob.glob(f"/proc/{one}/task/*/children"):
            with contextlib.suppress(OSError), open(children, encoding="ascii") as file:
                looked += map(int, file.read().split())
    return found


def cpu_of(pid):
    """Processor seconds of its family so far, those that have ended included."""
    ticks = 0
    for one in family(pid):
        with contextlib.suppress(OSError), open(f"/proc/{one}/stat", encoding="utf-8", errors="replace") as file:
            ticks += sum(map(int, file.read().rpartition(")")[2].split()[11:15]))  # utime stime cutime cstime
    return ticks / os.sysconf("SC_CLK_TCK")


def memory_of(pid):
    """Resident MiB of the process alone."""
    with open(f"/proc/{pid}/status", encoding="ascii", errors="replace") as file:
        return int(re.search(r"VmRSS:\s+(\d+)", file.read())[1]) / 1024
