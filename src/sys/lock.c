/* What concerns a whole file system, and locks. */
#include "sys/file.h"

#include "calls.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

struct sys_lock {
    int fd;
};

pb_status sys_path_device(const char *path, uint64_t *ret_device, uint64_t *ret_free, pb_error *err)
{
    struct stat about;
    struct statvfs space;
    if (stat(path, &about) < 0 || statvfs(path, &space) < 0)
        return sys_fail_path(err, PB_MSG("Could not find out which disk {path} is on"), path,
                             errno);
    *ret_device = (uint64_t)about.st_dev;
    *ret_free = (uint64_t)space.f_bavail * (uint64_t)space.f_frsize;
    return PB_OK;
}

pb_status sys_path_about(const char *path, int64_t *ret_changed_us, uint64_t *ret_size,
                         pb_error *err)
{
    struct stat about;
    if (stat(path, &about) < 0)
        return sys_fail_path(err, PB_MSG("Could not find out the size of {path}"), path, errno);
    *ret_changed_us = (int64_t)about.st_mtim.tv_sec * 1000000 + about.st_mtim.tv_nsec / 1000;
    *ret_size = (uint64_t)about.st_size;
    return PB_OK;
}

pb_status sys_rename(const char *from, const char *to, bool replace, pb_error *err)
{
    const char *primary = PB_MSG("Could not write {path}");
    int result = replace ? sys_call_rename(from, to) : sys_call_rename_new(from, to);
    return result < 0 ? sys_fail_path(err, primary, to, errno) : PB_OK;
}

pb_status sys_dir_sync_all(const char *path, pb_error *err)
{
    const char *primary = PB_MSG("Could not write the folder {path} to disk");
    int fd = sys_call_open(path, O_RDONLY | O_DIRECTORY, 0);
    if (fd < 0)
        return sys_fail_path(err, primary, path, errno);
    int error_number = sys_call_syncfs(fd) < 0 ? errno : 0;
    close(fd);
    return error_number ? sys_fail_path(err, primary, path, error_number) : PB_OK;
}

/* `length` 0: all of the file from `at` on. */
static pb_status take(const char *path, short kind, int64_t at, int64_t length, sys_lock **ret_lock,
                      pb_error *err)
{
    sys_lock *lock = malloc(sizeof *lock);
    if (lock == NULL)
        return pb_fail_memory(err);
    struct flock part = {.l_type = kind, .l_whence = SEEK_SET, .l_start = at, .l_len = length};
    lock->fd = sys_call_open(path, O_RDWR | O_CREAT | O_NOCTTY | O_NOFOLLOW, 0600);
    if (lock->fd >= 0 && fcntl(lock->fd, F_OFD_SETLK, &part) == 0) {
        *ret_lock = lock;
        return PB_OK;
    }
    int error_number = errno;
    bool taken = lock->fd >= 0 && (error_number == EAGAIN || error_number == EACCES);
    sys_lock_release(lock);
    if (!taken)
        return sys_fail_path(err, PB_MSG("Could not lock {path}"), path, error_number);
    pb_fail(err, PB_BUSY, PB_MSG("Somebody else is at work: {path} is locked."), "path", path,
            NULL);
    pb_error_hint(err, PB_MSG("Wait until the other process has ended, then try again."), NULL);
    return PB_BUSY;
}

pb_status sys_lock_take(const char *path, sys_lock **ret_lock, pb_error *err)
{
    return take(path, F_WRLCK, 0, 0, ret_lock, err);
}

pb_status sys_lock_take_at(const char *path, uint64_t at, sys_lock **ret_lock, pb_error *err)
{
    return take(path, F_WRLCK, (int64_t)(at & INT64_MAX), 1, ret_lock, err);
}

pb_status sys_lock_share(const char *path, sys_lock **ret_lock, pb_error *err)
{
    return take(path, F_RDLCK, 0, 0, ret_lock, err);
}

sys_lock *sys_lock_release(sys_lock *lock)
{
    if (lock != NULL && lock->fd >= 0)
        close(lock->fd);
    free(lock);
    return NULL;
}
