/* What a program does to the files below one folder, call by call, for tests of power cuts.
 *
 * The program is linked with --wrap for the calls at the end of this file, so SQLite's own file
 * access, sys and every library beneath go through here. A journal holds each change of a file's
 * bytes or of a folder's names, each order to make them durable, and marks by the test of what was
 * acknowledged when. Names that end in -shm are left out: memory that processes share, made anew
 * after a restart.
 */
#ifndef POWER_JOURNAL_H
#define POWER_JOURNAL_H

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/types.h>
#include <unistd.h>

#include <cmocka.h>

typedef enum power_kind {
    POWER_WRITE,    /* bytes of `node` */
    POWER_TRUNCATE, /* `node` to `offset` bytes */
    POWER_LINK,     /* a new `node` as `name` in `folder` */
    POWER_UNLINK,
    POWER_RENAME,   /* `node` from `from_name` in `from` to `name` in `folder` */
    POWER_SYNC,     /* of a file */
    POWER_SYNC_DIR, /* of a folder */
    POWER_SYNC_ALL, /* of the file system */
    POWER_MARK      /* from here on `offset` is acknowledged, of kind `node` */
} power_kind;

typedef struct power_op {
    power_kind kind;
    int node, folder, from;
    char *name, *from_name;
    int64_t offset;
    size_t size;
    uint8_t *bytes;
} power_op;

/* Names as the running program sees them; nodes are numbers, 0 is the folder that is watched. */
typedef struct power_name {
    int folder, node;
    char name[120];
} power_name;

enum { POWER_NAMES = 4096, POWER_FILES = 1024, POWER_NODES = 20000 };

static struct {
    bool on;
    char root[400];
    size_t root_len;
    power_op *ops;
    size_t count, room;
    power_name names[POWER_NAMES];
    size_t name_count;
    int node_count;
    bool is_folder[POWER_NODES];
    int open_nodes[POWER_FILES]; /* by descriptor: node + 1, 0: not ours */
    pthread_mutex_t lock;
} power = {.lock = PTHREAD_MUTEX_INITIALIZER};

static inline power_op *power_add(power_kind kind)
{
    if (power.count == power.room) {
        power.room = power.room == 0 ? 4096 : power.room * 2;
        power.ops = realloc(power.ops, power.room * sizeof *power.ops);
        if (power.ops == NULL)
            abort();
    }
    power_op *op = &power.ops[power.count++];
    *op = (power_op){.kind = kind};
    return op;
}

static inline power_name *power_find(int folder, const char *name)
{
    for (size_t i = 0; i < power.name_count; i++)
        if (power.names[i].folder == folder && strcmp(power.names[i].name, name) == 0)
            return &power.names[i];
    return NULL;
}

/* The folder that `path` (from folder `at`, or absolute) lies in and the last part of its name;
 * false: not ours. */
static inline bool power_place(int at, const char *path, int *ret_folder, char name[120])
{
    if (path[0] == '/') {
        if (strncmp(path, power.root, power.root_len) != 0 || path[power.root_len] != '/')
            return false;
        path += power.root_len + 1;
        at = 0;
    } else if (at < 0) {
        return false;
    }
    for (const char *slash; (slash = strchr(path, '/')) != NULL; path = slash + 1) {
        snprintf(name, 120, "%.*s", (int)(slash - path), path);
        power_name *found = power_find(at, name);
        if (found == NULL)
            return false;
        at = found->node;
    }
    snprintf(name, 120, "%s", path);
    *ret_folder = at;
    size_t len = strlen(name);
    return len > 0 && (len < 4 || strcmp(name + len - 4, "-shm") != 0);
}

static inline int power_link(int folder, const char *name, bool is_folder)
{
    int node = power.node_count++;
    if (node >= POWER_NODES || power.name_count >= POWER_NAMES)
        abort();
    power.is_folder[node] = is_folder;
    power_name *entry = &power.names[power.name_count++];
    *entry = (power_name){.folder = folder, .node = node};
    snprintf(entry->name, sizeof entry->name, "%s", name);
    power_op *op = power_add(POWER_LINK);
    op->node = node;
    op->folder = folder;
    op->name = strdup(name);
    return node;
}

static inline void power_forget(power_name *entry)
{
    *entry = power.names[--power.name_count];
}

/* Called before the name is gone. */
static inline void power_unlink(int at, const char *path)
{
    int folder;
    char name[120];
    power_name *entry;
    if (!power_place(at, path, &folder, name) || (entry = power_find(folder, name)) == NULL)
        return;
    power_op *op = power_add(POWER_UNLINK);
    op->node = entry->node;
    op->folder = folder;
    op->name = strdup(name);
    power_forget(entry);
}

static inline void power_rename(const char *from, const char *to)
{
    int folder, into;
    char name[120], new_name[120];
    power_name *entry, *former;
    if (!power_place(-1, from, &folder, name) || !power_place(-1, to, &into, new_name) ||
        (entry = power_find(folder, name)) == NULL)
        return;
    power_op *op = power_add(POWER_RENAME);
    op->node = entry->node;
    op->from = folder;
    op->from_name = strdup(name);
    op->folder = into;
    op->name = strdup(new_name);
    if ((former = power_find(into, new_name)) != NULL) {
        power_forget(former);
        entry = power_find(folder, name);
    }
    entry->folder = into;
    snprintf(entry->name, sizeof entry->name, "%s", new_name);
}

static inline int power_node(int fd)
{
    return fd >= 0 && fd < POWER_FILES ? power.open_nodes[fd] - 1 : -1;
}

static inline void power_opened(int at, const char *path, int flags, int fd)
{
    int folder, node;
    char name[120];
    if (fd < 0 || fd >= POWER_FILES)
        return;
    power.open_nodes[fd] = 0;
    if (strcmp(path, power.root) == 0) {
        power.open_nodes[fd] = 1;
        return;
    }
    if (!power_place(at, path, &folder, name))
        return;
    power_name *entry = power_find(folder, name);
    node = entry != NULL ? entry->node : power_link(folder, name, false);
    power.open_nodes[fd] = node + 1;
    if (entry != NULL && (flags & O_TRUNC) != 0)
        power_add(POWER_TRUNCATE)->node = node;
}

static inline void power_wrote(int fd, const void *bytes, ssize_t size, int64_t offset)
{
    int node = power_node(fd);
    if (node < 0 || size <= 0)
        return;
    power_op *op = power_add(POWER_WRITE);
    op->node = node;
    op->offset = offset;
    op->size = (size_t)size;
    op->bytes = malloc((size_t)size);
    if (op->bytes == NULL)
        abort();
    memcpy(op->bytes, bytes, (size_t)size);
}

static inline void power_synced(int fd, bool all)
{
    int node = power_node(fd);
    if (node < 0)
        return;
    power_op *op = power_add(all                     ? POWER_SYNC_ALL
                             : power.is_folder[node] ? POWER_SYNC_DIR
                                                     : POWER_SYNC);
    op->node = node;
}

/** From here on what happens below `folder`, which is there and empty, is noted. */
static inline void power_begin(const char *folder)
{
    power.root_len = strlen(folder);
    snprintf(power.root, sizeof power.root, "%s", folder);
    power.node_count = 1;
    power.is_folder[0] = true;
    power.on = true;
}

static inline void power_end(void)
{
    power.on = false;
}

/** The journal is thrown away. */
static inline void power_drop(void)
{
    for (size_t i = 0; i < power.count; i++) {
        free(power.ops[i].name);
        free(power.ops[i].from_name);
        free(power.ops[i].bytes);
    }
    free(power.ops);
    power.ops = NULL;
    power.count = power.room = power.name_count = 0;
    memset(power.open_nodes, 0, sizeof power.open_nodes);
}

/** What the program was told: from here on `value` of kind `what` must survive. */
static inline void power_mark(int what, int64_t value)
{
    pthread_mutex_lock(&power.lock);
    power_op *op = power_add(POWER_MARK);
    op->node = what;
    op->offset = value;
    pthread_mutex_unlock(&power.lock);
}

/* ---- the calls ---- */

/* The call and its entry are one step for other threads; errno is the call's. */
#define POWER_NOTE(result, good, note)                                                             \
    do {                                                                                           \
        int error_ = errno;                                                                        \
        if (power.on && (good)) {                                                                  \
            note;                                                                                  \
        }                                                                                          \
        pthread_mutex_unlock(&power.lock);                                                         \
        errno = error_;                                                                            \
        return result;                                                                             \
    } while (0)

int __real_open64(const char *path, int flags, ...);
int __wrap_open64(const char *path, int flags, ...);
int __wrap_open64(const char *path, int flags, ...)
{
    va_list more;
    va_start(more, flags);
    unsigned mode = (flags & O_CREAT) != 0 ? va_arg(more, unsigned) : 0;
    va_end(more);
    pthread_mutex_lock(&power.lock);
    int fd = __real_open64(path, flags, mode);
    POWER_NOTE(fd, fd >= 0, power_opened(-1, path, flags, fd));
}

int __real_openat64(int at, const char *path, int flags, ...);
int __wrap_openat64(int at, const char *path, int flags, ...);
int __wrap_openat64(int at, const char *path, int flags, ...)
{
    va_list more;
    va_start(more, flags);
    unsigned mode = (flags & O_CREAT) != 0 ? va_arg(more, unsigned) : 0;
    va_end(more);
    pthread_mutex_lock(&power.lock);
    int fd = __real_openat64(at, path, flags, mode);
    POWER_NOTE(fd, fd >= 0, power_opened(power_node(at), path, flags, fd));
}

int __real_mkostemp64(char *pattern, int flags);
int __wrap_mkostemp64(char *pattern, int flags);
int __wrap_mkostemp64(char *pattern, int flags)
{
    pthread_mutex_lock(&power.lock);
    int fd = __real_mkostemp64(pattern, flags);
    POWER_NOTE(fd, fd >= 0, power_opened(-1, pattern, O_CREAT, fd));
}

ssize_t __real_write(int fd, const void *bytes, size_t size);
ssize_t __wrap_write(int fd, const void *bytes, size_t size);
ssize_t __wrap_write(int fd, const void *bytes, size_t size)
{
    pthread_mutex_lock(&power.lock);
    int64_t at = power.on && power_node(fd) >= 0 ? lseek(fd, 0, SEEK_CUR) : 0;
    ssize_t len = __real_write(fd, bytes, size);
    POWER_NOTE(len, len > 0, power_wrote(fd, bytes, len, at));
}

ssize_t __real_pwrite64(int fd, const void *bytes, size_t size, off_t at);
ssize_t __wrap_pwrite64(int fd, const void *bytes, size_t size, off_t at);
ssize_t __wrap_pwrite64(int fd, const void *bytes, size_t size, off_t at)
{
    pthread_mutex_lock(&power.lock);
    ssize_t len = __real_pwrite64(fd, bytes, size, at);
    POWER_NOTE(len, len > 0, power_wrote(fd, bytes, len, at));
}

static inline void power_cut_to(int fd, int64_t size)
{
    int node = power_node(fd);
    if (node < 0)
        return;
    power_op *op = power_add(POWER_TRUNCATE);
    op->node = node;
    op->offset = size;
}

int __real_ftruncate64(int fd, off_t size);
int __wrap_ftruncate64(int fd, off_t size);
int __wrap_ftruncate64(int fd, off_t size)
{
    pthread_mutex_lock(&power.lock);
    int result = __real_ftruncate64(fd, size);
    POWER_NOTE(result, result == 0, power_cut_to(fd, size));
}

int __real_fsync(int fd);
int __wrap_fsync(int fd);
int __wrap_fsync(int fd)
{
    pthread_mutex_lock(&power.lock);
    int result = __real_fsync(fd);
    POWER_NOTE(result, result == 0, power_synced(fd, false));
}

/* Bytes and size of a file, all that the journal knows of one. */
int __real_fdatasync(int fd);
int __wrap_fdatasync(int fd);
int __wrap_fdatasync(int fd)
{
    pthread_mutex_lock(&power.lock);
    int result = __real_fdatasync(fd);
    POWER_NOTE(result, result == 0, power_synced(fd, false));
}

/* That of the whole system would take long, and is of no use here. */
int __real_syncfs(int fd);
int __wrap_syncfs(int fd);
int __wrap_syncfs(int fd)
{
    pthread_mutex_lock(&power.lock);
    int result = power.on ? 0 : __real_syncfs(fd);
    POWER_NOTE(result, result == 0, power_synced(fd, true));
}

int __real_close(int fd);
int __wrap_close(int fd);
int __wrap_close(int fd)
{
    pthread_mutex_lock(&power.lock);
    if (fd >= 0 && fd < POWER_FILES)
        power.open_nodes[fd] = 0;
    int result = __real_close(fd);
    POWER_NOTE(result, false, (void)0);
}

int __real_rename(const char *from, const char *to);
int __wrap_rename(const char *from, const char *to);
int __wrap_rename(const char *from, const char *to)
{
    pthread_mutex_lock(&power.lock);
    int result = __real_rename(from, to);
    POWER_NOTE(result, result == 0, power_rename(from, to));
}

int __real_renameat2(int at, const char *from, int into, const char *to, unsigned flags);
int __wrap_renameat2(int at, const char *from, int into, const char *to, unsigned flags);
int __wrap_renameat2(int at, const char *from, int into, const char *to, unsigned flags)
{
    pthread_mutex_lock(&power.lock);
    int result = __real_renameat2(at, from, into, to, flags);
    POWER_NOTE(result, result == 0, power_rename(from, to));
}

int __real_unlinkat(int at, const char *path, int flags);
int __wrap_unlinkat(int at, const char *path, int flags);
int __wrap_unlinkat(int at, const char *path, int flags)
{
    pthread_mutex_lock(&power.lock);
    int folder = power_node(at);
    int result = __real_unlinkat(at, path, flags);
    POWER_NOTE(result, result == 0, power_unlink(folder, path));
}

int __real_unlink(const char *path);
int __wrap_unlink(const char *path);
int __wrap_unlink(const char *path)
{
    pthread_mutex_lock(&power.lock);
    int result = __real_unlink(path);
    POWER_NOTE(result, result == 0, power_unlink(-1, path));
}

static inline void power_made(const char *path)
{
    int folder;
    char name[120];
    if (power_place(-1, path, &folder, name) && power_find(folder, name) == NULL)
        power_link(folder, name, true);
}

int __real_mkdir(const char *path, mode_t mode);
int __wrap_mkdir(const char *path, mode_t mode);
int __wrap_mkdir(const char *path, mode_t mode)
{
    pthread_mutex_lock(&power.lock);
    int result = __real_mkdir(path, mode);
    POWER_NOTE(result, result == 0, power_made(path));
}

#endif
