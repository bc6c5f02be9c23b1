"""System call numbers (asm/unistd_64.h for x86-64, asm-generic/unistd.h for arm64) and who may call what."""

from __future__ import annotations

import platform

MACHINE = platform.machine()
_COLUMN = {"x86_64": 0, "aarch64": 1}.get(MACHINE, -1)

# What numerical Python, the C library and a compiler need. Whatever is absent doesn't exist for the sandbox:
# sockets, ptrace, mounts, namespaces, keyrings, io_uring, bpf, perf, System V and POSIX queues, memfd, affinity,
# locks on files that others have open too.
_ALLOWED = """\
read 0 63
write 1 64
open 2 -
openat 257 56
close 3 57
stat 4 -
fstat 5 80
lstat 6 -
newfstatat 262 79
statx 332 291
statfs 137 43
fstatfs 138 44
lseek 8 62
mprotect 10 226
munmap 11 215
mremap 25 216
madvise 28 233
brk 12 214
msync 26 227
rt_sigaction 13 134
rt_sigprocmask 14 135
rt_sigreturn 15 139
rt_sigtimedwait 128 137
rt_sigpending 127 136
rt_sigsuspend 130 133
sigaltstack 131 132
tgkill 234 131
tkill 200 130
pause 34 -
kill 62 129
pread64 17 67
pwrite64 18 68
readv 19 65
writev 20 66
preadv 295 69
pwritev 296 70
access 21 -
faccessat 269 48
faccessat2 439 439
pipe 22 -
pipe2 293 59
dup 32 23
dup2 33 -
dup3 292 24
fsync 74 82
fdatasync 75 83
ftruncate 77 46
truncate 76 45
fallocate 285 47
getdents64 217 61
getcwd 79 17
chdir 80 49
fchdir 81 50
rename 82 -
renameat 264 38
renameat2 316 276
mkdir 83 -
mkdirat 258 34
rmdir 84 -
link 86 -
linkat 265 37
unlink 87 -
unlinkat 263 35
symlink 88 -
symlinkat 266 36
readlink 89 -
readlinkat 267 78
chmod 90 -
fchmod 91 52
fchmodat 268 53
umask 95 166
utimensat 280 88
select 23 -
pselect6 270 72
poll 7 -
ppoll 271 73
epoll_create1 291 20
epoll_ctl 233 21
epoll_wait 232 -
epoll_pwait 281 22
eventfd2 290 19
sched_yield 24 124
sched_getaffinity 204 123
sched_getparam 143 121
sched_getscheduler 145 120
sched_get_priority_max 146 125
sched_get_priority_min 147 126
getcpu 309 168
getpriority 140 141
nanosleep 35 101
clock_nanosleep 230 115
clock_gettime 228 113
clock_getres 229 114
gettimeofday 96 169
time 201 -
times 100 153
getitimer 36 102
setitimer 38 103
alarm 37 -
getpid 39 172
getppid 110 173
gettid 186 178
getuid 102 174
geteuid 107 175
getgid 104 176
getegid 108 177
getgroups 115 158
getresuid 118 148
getresgid 120 150
getpgrp 111 -
getpgid 121 155
getsid 124 156
setsid 112 157
setpgid 109 154
uname 63 160
sysinfo 99 179
getrlimit 97 163
getrusage 98 165
futex 202 98
futex_waitv 449 449
set_robust_list 273 99
get_robust_list 274 100
set_tid_address 218 96
rseq 334 293
arch_prctl 158 -
membarrier 324 283
getrandom 318 278
restart_syscall 219 128
fork 57 -
wait4 61 260
waitid 247 95
exit 60 93
exit_group 231 94
sendfile 40 71
copy_file_range 326 285
close_range 436 436
"""

# The compiler's sandbox may also start programs; the submission's may not.
_PROGRAMS = """\
execve 59 221
execveat 322 281
vfork 58 -
"""

# A service answers on loopback, the only interface that it has; what makes, sets and feeds sockets is looked at.
_LOOPBACK = """\
connect 42 203
accept 43 202
accept4 288 242
bind 49 200
listen 50 201
getsockname 51 204
getpeername 52 205
getsockopt 55 209
shutdown 48 210
"""

# Looked at by their arguments, or used by the sandbox itself before the filter is in place.
_SPECIAL = """\
clone 56 220
clone3 435 435
mmap 9 222
prlimit64 302 261
ioctl 16 29
fcntl 72 25
socket 41 198
socketpair 53 199
setsockopt 54 208
sendto 44 206
recvfrom 45 207
seccomp 317 277
pivot_root 155 41
capset 126 91
landlock_create_ruleset 444 444
landlock_add_rule 445 445
landlock_restrict_self 446 446
"""


def _numbers(table: str) -> dict[str, int]:
    rows = (line.split() for line in table.split("\n") if line)
    return {row[0]: int(row[1 + _COLUMN]) for row in rows if _COLUMN >= 0 and row[1 + _COLUMN] != "-"}


ALLOWED = _numbers(_ALLOWED)
PROGRAMS = _numbers(_PROGRAMS)
LOOPBACK = _numbers(_LOOPBACK)
SPECIAL = _numbers(_SPECIAL)
