/* Faults in SQLite's own file calls, for tests: a layer under its access to files, of every
 * connection and of db's own raw reads and writes.
 *
 * The nth call of a kind fails, or it and all that follow. A torn write leaves half of the bytes.
 * Syncing does nothing here: what is tested is what happens when it says it failed.
 */
#ifndef FAULT_VFS_H
#define FAULT_VFS_H

#include <pthread.h>
#include <signal.h>
#include <sqlite3.h>

#include "../../src/db/sqlite/spare.h"

typedef enum fault_call {
    FAULT_OPEN,
    FAULT_READ,
    FAULT_WRITE,
    FAULT_SYNC,
    FAULT_TRUNCATE,
    FAULT_SIZE,
    FAULT_LOCK,
    FAULT_UNLOCK,
    FAULT_SHM_MAP,
    FAULT_SHM_LOCK,
    FAULT_DELETE,
    FAULT_ACCESS,
    FAULT_CALLS
} fault_call;

static const char *const fault_names[FAULT_CALLS] = {"open",     "read",     "write",  "sync",
                                                     "truncate", "size",     "lock",   "unlock",
                                                     "shm map",  "shm lock", "delete", "access"};

/* Open files and what lies beneath the layer; a file is one thread's at a time, the list is not. */
enum { FAULT_FILES = 1024 };
static struct {
    sqlite3_file *file;
    const sqlite3_io_methods *real;
} fault_files[FAULT_FILES];
static pthread_mutex_t fault_lock_files = PTHREAD_MUTEX_INITIALIZER;

static inline const sqlite3_io_methods *fault_swap(sqlite3_file *file, sqlite3_file *by,
                                                   const sqlite3_io_methods *real)
{
    const sqlite3_io_methods *found = NULL;
    pthread_mutex_lock(&fault_lock_files);
    for (size_t i = 0; i < FAULT_FILES && found == NULL; i++) {
        if (fault_files[i].file != file)
            continue;
        found = real == NULL ? fault_files[i].real : real;
        fault_files[i].file = by;
        fault_files[i].real = found;
    }
    pthread_mutex_unlock(&fault_lock_files);
    assert_non_null(found);
    return found;
}

static struct {
    sqlite3_io_methods methods[2];
    const sqlite3_io_methods *real[2];
    int (*open)(sqlite3_vfs *, sqlite3_filename, sqlite3_file *, int, int *);
    int (*remove)(sqlite3_vfs *, const char *, int);
    int (*access)(sqlite3_vfs *, const char *, int, int *);
    _Atomic int armed; /* kind + 1 */
    _Atomic long left;
    int code;
    bool torn, sticky;
    _Atomic bool fired;
} fault_real;

static inline const sqlite3_io_methods *fault_beneath(sqlite3_file *file)
{
    return fault_swap(file, file, NULL);
}

static inline void fault_arm(fault_call kind, long nth, int code, bool torn, bool sticky)
{
    fault_real.left = nth;
    fault_real.code = code;
    fault_real.torn = torn;
    fault_real.sticky = sticky;
    fault_real.fired = false;
    fault_real.armed = (int)kind + 1;
}

static inline bool fault_disarm(void)
{
    fault_real.armed = 0;
    return fault_real.fired;
}

/** Instead of a result code: the process dies at that call, before it is made. */
enum { FAULT_DIES = -1 };

static inline bool fault_hits(fault_call kind)
{
    if (fault_real.armed != (int)kind + 1)
        return false;
    long left = fault_real.left--;
    if (left > 1 || (left < 1 && !fault_real.sticky))
        return false;
    fault_real.fired = true;
    if (fault_real.code == FAULT_DIES)
        raise(SIGKILL);
    return true;
}

static inline int fault_read(sqlite3_file *file, void *to, int count, sqlite3_int64 at)
{
    return fault_hits(FAULT_READ) ? fault_real.code
                                  : fault_beneath(file)->xRead(file, to, count, at);
}

static inline int fault_write(sqlite3_file *file, const void *from, int count, sqlite3_int64 at)
{
    if (!fault_hits(FAULT_WRITE))
        return fault_beneath(file)->xWrite(file, from, count, at);
    if (fault_real.torn)
        fault_beneath(file)->xWrite(file, from, count / 2, at);
    return fault_real.code;
}

static inline int fault_sync(sqlite3_file *file, int flags)
{
    (void)file;
    (void)flags;
    return fault_hits(FAULT_SYNC) ? fault_real.code : SQLITE_OK;
}

static inline int fault_truncate(sqlite3_file *file, sqlite3_int64 size)
{
    return fault_hits(FAULT_TRUNCATE) ? fault_real.code
                                      : fault_beneath(file)->xTruncate(file, size);
}

static inline int fault_size(sqlite3_file *file, sqlite3_int64 *ret_size)
{
    return fault_hits(FAULT_SIZE) ? fault_real.code
                                  : fault_beneath(file)->xFileSize(file, ret_size);
}

static inline int fault_lock(sqlite3_file *file, int level)
{
    return fault_hits(FAULT_LOCK) ? fault_real.code : fault_beneath(file)->xLock(file, level);
}

static inline int fault_unlock(sqlite3_file *file, int level)
{
    return fault_hits(FAULT_UNLOCK) ? fault_real.code : fault_beneath(file)->xUnlock(file, level);
}

static inline int fault_shm_map(sqlite3_file *file, int region, int size, int extend,
                                void volatile **ret)
{
    return fault_hits(FAULT_SHM_MAP)
               ? fault_real.code
               : fault_beneath(file)->xShmMap(file, region, size, extend, ret);
}

/* Giving a lock back does not fail: it is a call of the other kind. */
static inline int fault_shm_lock(sqlite3_file *file, int first, int count, int flags)
{
    if ((flags & SQLITE_SHM_LOCK) != 0 && fault_hits(FAULT_SHM_LOCK))
        return fault_real.code;
    return fault_beneath(file)->xShmLock(file, first, count, flags);
}

static inline int fault_close(sqlite3_file *file)
{
    return fault_swap(file, NULL, NULL)->xClose(file);
}

static inline sqlite3_io_methods fault_methods_over(const sqlite3_io_methods *real)
{
    sqlite3_io_methods methods = *real;
    methods.xClose = fault_close;
    methods.xRead = fault_read;
    methods.xWrite = fault_write;
    methods.xSync = fault_sync;
    methods.xTruncate = fault_truncate;
    methods.xFileSize = fault_size;
    methods.xLock = fault_lock;
    methods.xUnlock = fault_unlock;
    methods.xShmMap = fault_shm_map;
    methods.xShmLock = fault_shm_lock;
    return methods;
}

static inline int fault_open(sqlite3_vfs *vfs, sqlite3_filename name, sqlite3_file *file, int flags,
                             int *ret_flags)
{
    if (fault_hits(FAULT_OPEN)) {
        file->pMethods = NULL;
        return fault_real.code;
    }
    int code = fault_real.open(vfs, name, file, flags, ret_flags);
    if (code != SQLITE_OK || file->pMethods == NULL)
        return code;
    size_t i = 0; /* with locks, without */
    while (i < 2 && fault_real.real[i] != file->pMethods && fault_real.real[i] != NULL)
        i++;
    assert_true(i < 2);
    if (fault_real.real[i] == NULL) {
        fault_real.real[i] = file->pMethods;
        fault_real.methods[i] = fault_methods_over(file->pMethods);
    }
    fault_swap(NULL, file, file->pMethods);
    file->pMethods = &fault_real.methods[i];
    return SQLITE_OK;
}

static inline int fault_delete(sqlite3_vfs *vfs, const char *name, int sync)
{
    return fault_hits(FAULT_DELETE) ? fault_real.code : fault_real.remove(vfs, name, sync);
}

static inline int fault_access(sqlite3_vfs *vfs, const char *name, int flags, int *ret)
{
    return fault_hits(FAULT_ACCESS) ? fault_real.code : fault_real.access(vfs, name, flags, ret);
}

/** Slips the layer under SQLite, before the first file is opened. */
static inline void fault_install(void)
{
    /* as the program does it: what it puts under SQLite's memory comes before its first use */
    assert_int_equal(SQLITE_OK, db_spare_initialize());
    sqlite3_vfs *vfs = sqlite3_vfs_find("unix");
    assert_non_null(vfs);
    fault_real.open = vfs->xOpen;
    fault_real.remove = vfs->xDelete;
    fault_real.access = vfs->xAccess;
    vfs->xOpen = fault_open;
    vfs->xDelete = fault_delete;
    vfs->xAccess = fault_access;
}

#endif
