/* System calls with fault points. */
#include "calls.h"

#include "sys/fault.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdatomic.h>
#include <sys/stat.h>
#include <unistd.h>

/* What a test armed: kind + 1, or 0 for nothing. The one variable of this module that changes. */
static _Atomic int armed;
static _Atomic unsigned calls_left;
static _Atomic int fault_error;
static _Atomic bool fired;

void sys_fault_arm(sys_fault kind, unsigned nth, int error_number)
{
    atomic_store(&armed, 0);
    atomic_store(&fired, false);
    atomic_store(&calls_left, nth);
    atomic_store(&fault_error, error_number);
    atomic_store(&armed, (int)kind + 1);
}

bool sys_fault_disarm(void)
{
    atomic_store(&armed, 0);
    return atomic_load(&fired);
}

const char *sys_fault_name(sys_fault kind)
{
    static const char *const names[] = {"open",   "read",  "write", "fsync", "close",
                                        "rename", "chmod", "mkdir", "unlink"};
    return (size_t)kind < sizeof names / sizeof *names ? names[kind] : "unknown";
}

/* True when this call is the one that fails; errno is then set (0 for a short transfer). */
static bool fault(sys_fault kind)
{
    if (atomic_load_explicit(&armed, memory_order_relaxed) != (int)kind + 1)
        return false;
    if (atomic_fetch_sub(&calls_left, 1) != 1)
        return false;
    atomic_store(&fired, true);
    if (atomic_load(&fault_error) == SYS_FAULT_KILL)
        kill(getpid(), SIGKILL);
    errno = atomic_load(&fault_error);
    return true;
}

int sys_call_open(const char *path, int flags, mode_t mode)
{
    int fd;
    if (fault(SYS_FAULT_OPEN))
        return -1;
    do
        fd = open(path, flags | O_CLOEXEC, mode);
    while (fd < 0 && errno == EINTR);
    return fd;
}

int sys_call_temporary(char *pattern)
{
    return fault(SYS_FAULT_OPEN) ? -1 : mkostemp(pattern, O_CLOEXEC);
}

ssize_t sys_call_read(int fd, void *to, size_t size)
{
    ssize_t len;
    if (fault(SYS_FAULT_READ)) {
        if (errno != SYS_FAULT_SHORT)
            return -1;
        size = (size + 1) / 2;
    }
    do
        len = read(fd, to, size);
    while (len < 0 && errno == EINTR);
    return len;
}

ssize_t sys_call_read_at(int fd, void *to, size_t size, off_t at)
{
    ssize_t len;
    if (fault(SYS_FAULT_READ)) {
        if (errno != SYS_FAULT_SHORT)
            return -1;
        size = (size + 1) / 2;
    }
    do
        len = pread(fd, to, size, at);
    while (len < 0 && errno == EINTR);
    return len;
}

static ssize_t call_write(int fd, const void *from, size_t size)
{
    ssize_t len;
    if (fault(SYS_FAULT_WRITE)) {
        if (errno != SYS_FAULT_SHORT)
            return -1;
        size = (size + 1) / 2;
    }
    do
        len = write(fd, from, size);
    while (len < 0 && errno == EINTR);
    return len;
}

int sys_call_fsync(int fd)
{
    int result;
    if (fault(SYS_FAULT_FSYNC))
        return -1;
    do
        result = fsync(fd);
    while (result < 0 && errno == EINTR);
    return result;
}

int sys_call_close(int fd)
{
    bool fails = fault(SYS_FAULT_CLOSE);
    int error_number = errno;
    int result = close(fd);
    if (fails) {
        errno = error_number;
        return -1;
    }
    return result < 0 && errno == EINTR ? 0 : result;
}

int sys_call_rename(const char *from, const char *to)
{
    return fault(SYS_FAULT_RENAME) ? -1 : rename(from, to);
}

int sys_call_rename_new(const char *from, const char *to)
{
    struct stat about;
    if (fault(SYS_FAULT_RENAME))
        return -1;
    int result = renameat2(AT_FDCWD, from, AT_FDCWD, to, RENAME_NOREPLACE);
    if (result == 0 || errno != EINVAL)
        return result;
    /* A file system without that kind of renaming (NFS): look first. */
    if (lstat(to, &about) == 0) {
        errno = EEXIST;
        return -1;
    }
    return rename(from, to);
}

int sys_call_syncfs(int fd)
{
    return fault(SYS_FAULT_FSYNC) ? -1 : syncfs(fd);
}

int sys_call_chmod(int fd, mode_t mode)
{
    return fault(SYS_FAULT_CHMOD) ? -1 : fchmod(fd, mode);
}

int sys_call_mkdir(const char *path, mode_t mode)
{
    return fault(SYS_FAULT_MKDIR) ? -1 : mkdir(path, mode);
}

int sys_call_unlink(int folder, const char *name, int flags)
{
    return fault(SYS_FAULT_UNLINK) ? -1 : unlinkat(folder, name, flags);
}

int sys_call_allocate(int fd, size_t size)
{
    int error;
    if (fault(SYS_FAULT_WRITE))
        return errno != SYS_FAULT_SHORT ? errno : EIO;
    do
        error = posix_fallocate(fd, 0, (off_t)size);
    while (error == EINTR);
    return error;
}

bool sys_call_write_all(int fd, pb_str bytes)
{
    while (bytes.len) {
        ssize_t len = call_write(fd, bytes.ptr, bytes.len);
        if (len < 0)
            return false;
        bytes = pb_str_sub(bytes, (size_t)len, bytes.len);
    }
    return true;
}

static pb_status status_of(int error_number)
{
    switch (error_number) {
    case ENOENT:
    case ENOTDIR:
        return PB_NOT_FOUND;
    case EACCES:
    case EPERM:
        return PB_DENIED;
    case EEXIST:
        return PB_EXISTS;
    case ENOMEM:
        return PB_MEMORY;
    case EMFILE:
    case ENFILE:
        return PB_LIMIT;
    default:
        return PB_IO;
    }
}

static const char *hint_of(int error_number)
{
    switch (error_number) {
    case ENOENT:
    case ENOTDIR:
        return PB_MSG("Check the spelling of the path.");
    case EACCES:
    case EPERM:
        return PB_MSG("Check the permissions of the file and of its folder.");
    case EEXIST:
        return PB_MSG("Choose another name, or remove what is there.");
    case ENOSPC:
    case EDQUOT:
        return PB_MSG("Free space on the disk, or choose a folder on another one.");
    case EROFS:
        return PB_MSG("Choose a folder on a disk that can be written to.");
    case EISDIR:
        return PB_MSG("Name a file, not a folder.");
    case EMFILE:
    case ENFILE:
        return PB_MSG("Raise the limit of open files (ulimit -n).");
    default:
        return PB_MSG("Check the disk, then try again.");
    }
}

#undef sys_fail_path
pb_status sys_fail_path(pb_error *err, const char *primary, const char *path, int error_number)
{
    char room[128];
    pb_status status = pb_fail(err, status_of(error_number), primary, "path", path, NULL);
    pb_error_detail(err, PB_MSG("The system says: {reason}"), "reason",
                    strerror_r(error_number, room, sizeof room), NULL);
    pb_error_hint(err, hint_of(error_number), NULL);
    return status;
}
