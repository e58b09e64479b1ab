/* The system calls this module makes, each with its fault point; repeated after EINTR. */
#ifndef SYS_PRIVATE_CALLS_H
#define SYS_PRIVATE_CALLS_H

#include "base/error.h"

#include <sys/types.h>

int sys_call_open(const char *path, int flags, mode_t mode);
int sys_call_temporary(char *pattern);
ssize_t sys_call_read(int fd, void *to, size_t size);
/** From a place on, whatever else is read; counts as a read. */
ssize_t sys_call_read_at(int fd, void *to, size_t size, off_t at);
int sys_call_fsync(int fd);
/** Never repeated: after EINTR the descriptor is closed on Linux. */
int sys_call_close(int fd);
int sys_call_rename(const char *from, const char *to);
/** As sys_call_rename, but never replaces: EEXIST. */
int sys_call_rename_new(const char *from, const char *to);
/** Counts as fsync. */
int sys_call_syncfs(int fd);
int sys_call_chmod(int fd, mode_t mode);
int sys_call_mkdir(const char *path, mode_t mode);
int sys_call_unlink(int folder, const char *name, int flags);

/** Room for `size` bytes of a file, promised by the disk; 0 or the error's number. Counts as a
 * write.
 */
int sys_call_allocate(int fd, size_t size);
/** Writes all bytes to `fd`; false with errno set. */
bool sys_call_write_all(int fd, pb_str bytes);

/** The error for a failed call about `path`: status and hint by `error_number`, the system's words
 * as detail. `primary` has the place {path}. */
pb_status sys_fail_path(pb_error *err, const char *primary, const char *path, int error_number);

#ifdef __clang_analyzer__
/* The analyser sees one file at a time: here it learns that a failure is one. */
#define sys_fail_path(err, primary, path, error_number)                                            \
    (sys_fail_path((err), (primary), (path), (error_number)), PB_IO)
#endif

#endif
