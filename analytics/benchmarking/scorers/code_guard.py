"""Runs inside the process that a benchmark's program gets, before the program: it takes
away what a program of unknown make must not have. Standard library only; started as a
file by `code_running`, never imported by the product."""

# ruff: noqa: S102

import ctypes
import json
import os
import platform
import resource
import struct
import sys
import sysconfig

NO_NEW_PRIVILEGES, PARENT_DEATH_SIGNAL, SECCOMP = 38, 1, 22
CREATE_RULES, ADD_RULE, RESTRICT = 444, 445, 446
READ, EVERYTHING = 1 | 4 | 8, 0x1FFF
# Processes, sockets, signals, other processes' memory, limits, owners and modes.
DENIED = {
    "x86_64": (
        0xC000003E,
        (41, 53, 56, 57, 58, 59, 62, 90, 91, 92, 93, 94, 101, 129, 161, 165, 200, 234)
        + (248, 249, 250, 260, 268, 272, 297, 302, 308, 310, 311, 321, 322)
        + (188, 189, 190, 424, 425, 434, 435, 438, 452, 29, 141, 160),
    ),
    "aarch64": (
        0xC00000B7,
        (198, 199, 220, 221, 281, 129, 130, 131, 138, 240, 117, 270, 271, 280, 97)
        + (268, 40, 51, 261, 217, 218, 219, 194, 52, 53, 54, 55, 5, 6, 7, 140, 164)
        + (424, 425, 434, 435, 438, 452),
    ),
}


def main() -> None:
    """Takes on standard input: tests, answer, limits and a token that the program is
    not told (one that hunts for it could cheat, and do no harm). Says “guarded” on the
    channel, and the token once all tests ran."""
    job = json.load(sys.stdin)
    limit(job["cpu_s"], job["memory_bytes"], job["output_bytes"])
    libc = ctypes.CDLL(None, use_errno=True)
    libc.prctl(PARENT_DEATH_SIGNAL, 9, 0, 0, 0)
    must(libc.prctl(NO_NEW_PRIVILEGES, 1, 0, 0, 0), "no new privileges")
    shut_files(libc, os.getcwd())
    shut_calls(libc)
    os.write(job["channel"], b"guarded\n")
    space = {"__name__": "__main__"}
    exec(compile(job["answer"], "answer.py", "exec"), space)
    exec(compile(job["tests"], "tests.py", "exec"), space)
    sys.stdout.flush()
    os.write(job["channel"], job["token"].encode())


def limit(cpu_s: int, memory_bytes: int, output_bytes: int) -> None:
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_CPU, (cpu_s, cpu_s))
    resource.setrlimit(resource.RLIMIT_AS, (memory_bytes, memory_bytes))
    resource.setrlimit(resource.RLIMIT_FSIZE, (output_bytes, output_bytes))
    resource.setrlimit(resource.RLIMIT_NOFILE, (32, 32))


def shut_files(libc: ctypes.CDLL, folder: str) -> None:
    """Landlock: the standard library may be read, the own folder written in."""
    handled = struct.pack("Q", EVERYTHING)
    rules = must(libc.syscall(CREATE_RULES, handled, 8, 0), "rules for files")
    paths = sysconfig.get_paths()
    readable = {paths["stdlib"], paths["platstdlib"], "/usr/share/zoneinfo"}
    for path, rights in [*((one, READ) for one in readable), (folder, EVERYTHING)]:
        if os.path.isdir(path):
            place = os.open(path, os.O_PATH)
            rule = struct.pack("=Qi", rights, place)
            must(libc.syscall(ADD_RULE, rules, 1, rule, 0), "a rule for files")
            os.close(place)
    must(libc.syscall(RESTRICT, rules, 0), "rules for files")
    os.close(rules)


def shut_calls(libc: ctypes.CDLL) -> None:
    """seccomp: calls of the list above are refused."""
    if platform.machine() not in DENIED:
        raise SystemExit(f"no guard for {platform.machine()}")
    machine, denied = DENIED[platform.machine()]
    count = len(denied)
    lines = [(0x20, 0, 0, 4), (0x15, 1, 0, machine), (0x06, 0, 0, 0x80000000)]
    # Numbers of another way of calling begin there. The last line refuses, the last
    # but one allows.
    lines += [(0x20, 0, 0, 0), (0x35, count + 1, 0, 0x40000000)]
    lines += [(0x15, count - at, 0, one) for at, one in enumerate(denied)]
    lines += [(0x06, 0, 0, 0x7FFF0000), (0x06, 0, 0, 0x00050001)]
    program = b"".join(struct.pack("HBBI", *one) for one in lines)
    kept = ctypes.create_string_buffer(program, len(program))
    filters = struct.pack("HxxxxxxP", len(lines), ctypes.addressof(kept))
    must(libc.prctl(SECCOMP, 2, filters, 0, 0), "a filter of calls")


def must(result: int, what: str) -> int:
    if result < 0:
        raise SystemExit(f"this machine does not offer {what}")
    return result


if __name__ == "__main__":
    main()
