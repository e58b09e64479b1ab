/* A layer under the cipher's file access: a read that failed is not taken for something else.
 *
 * SQLite3 Multiple Ciphers 2.4 deciphers what it read even when the read failed, and returns only
 * what came of that (mcIoRead): a disk that could not be read for a moment would look like an
 * altered page, and a log that could not be read like one that ends there, whose commits are then
 * lost. So a failed read of a log is told as one that was cut off, which is passed on and which
 * SQLite never takes for the end of a log; a failed read of a page gives bytes that no key
 * deciphers, one of the file's head an empty head, with which no page can be read; either is
 * remembered until db_disk_forget.
 *
 * And what is written to a log is gathered. SQLite writes each frame by two calls, its head of 24
 * bytes and its page; a commit of many entries has some hundred frames, and half of what writing
 * them takes the processor is the system's work for each call and for pages of the file that two
 * calls share. Nobody but the connection that writes looks at a frame before the commit is told in
 * the index of the log, and every writer has synchronous=FULL (engine.c), so the sync of the log
 * comes before that: bytes wait until then, until they are read or measured here, or until there
 * are many. What a failed transaction left waiting is older than what is written over it, and goes
 * first.
 */
#include "spare.h"

#define LAYER "probity"
enum {
    NOISE = 0x5a,
    GATHERED = 15 * (24 + DB_SQLITE_PAGE) /* frames; SQLite writes at most 128 KiB less one */
};

/* Stands behind what SQLite keeps about an open file; its methods are the file's. */
typedef struct layer {
    sqlite3_io_methods methods;
    const sqlite3_io_methods *beneath;
    bool log;
    bool read_failed;
    uint8_t *waiting; /* of a log that is written to */
    int waiting_count;
    sqlite3_int64 waiting_at;
} layer;

static layer *layer_of(sqlite3_file *file)
{
    return (layer *)(void *)(uintptr_t)file->pMethods;
}

/* What could not be written is not tried again: the transaction has failed. */
static int let_go(sqlite3_file *file)
{
    layer *self = layer_of(file);
    int count = self->waiting_count;
    self->waiting_count = 0;
    return count == 0 ? SQLITE_OK
                      : self->beneath->xWrite(file, self->waiting, count, self->waiting_at);
}

static int layer_write(sqlite3_file *file, const void *from, int count, sqlite3_int64 at)
{
    layer *self = layer_of(file);
    bool follows = at == self->waiting_at + self->waiting_count;
    if (self->waiting_count > 0 && (!follows || count > GATHERED - self->waiting_count)) {
        int code = let_go(file);
        if (code != SQLITE_OK)
            return code;
    }
    if (self->waiting == NULL)
        self->waiting = sqlite3_malloc(GATHERED);
    if (self->waiting == NULL || count > GATHERED)
        return self->beneath->xWrite(file, from, count, at);
    if (self->waiting_count == 0)
        self->waiting_at = at;
    memcpy(self->waiting + self->waiting_count, from, (size_t)count);
    self->waiting_count += count;
    return SQLITE_OK;
}

static int layer_sync(sqlite3_file *file, int flags)
{
    int code = let_go(file);
    return code == SQLITE_OK ? layer_of(file)->beneath->xSync(file, flags) : code;
}

static int layer_truncate(sqlite3_file *file, sqlite3_int64 size)
{
    int code = let_go(file);
    return code == SQLITE_OK ? layer_of(file)->beneath->xTruncate(file, size) : code;
}

static int layer_size(sqlite3_file *file, sqlite3_int64 *ret_size)
{
    int code = let_go(file);
    return code == SQLITE_OK ? layer_of(file)->beneath->xFileSize(file, ret_size) : code;
}

static int layer_close(sqlite3_file *file)
{
    layer *self = layer_of(file);
    let_go(file); /* no commit: that would have been synced */
    sqlite3_free(self->waiting);
    self->waiting = NULL;
    return self->beneath->xClose(file);
}

static bool waits(const layer *self, int count, sqlite3_int64 at)
{
    return self->waiting_count > 0 && at < self->waiting_at + self->waiting_count &&
           at + count > self->waiting_at;
}

static int layer_read(sqlite3_file *file, void *to, int count, sqlite3_int64 at)
{
    layer *self = layer_of(file);
    int code = waits(self, count, at) ? let_go(file) : SQLITE_OK;
    if (code == SQLITE_OK)
        code = self->beneath->xRead(file, to, count, at);
    if (code == SQLITE_OK || code == SQLITE_IOERR_SHORT_READ)
        return code;
    bool page = !self->log && count >= DB_SQLITE_PAGE;
    memset(to, page ? NOISE : 0, (size_t)count);
    self->read_failed = true;
    return page ? code : SQLITE_IOERR_SHORT_READ;
}

static int layer_control(sqlite3_file *file, int operation, void *argument)
{
    layer *self = layer_of(file);
    if (operation != DB_DISK_READ_FAILED)
        return self->beneath->xFileControl(file, operation, argument);
    if (argument == NULL)
        self->read_failed = false;
    else
        *(bool *)argument = self->read_failed;
    return SQLITE_OK;
}

static sqlite3_vfs *beneath_all(void)
{
    return sqlite3_vfs_find("unix");
}

static size_t layer_place(const sqlite3_vfs *vfs)
{
    return ((size_t)vfs->szOsFile + 15) / 16 * 16;
}

static int layer_open(sqlite3_vfs *vfs, sqlite3_filename name, sqlite3_file *file, int flags,
                      int *ret_flags)
{
    sqlite3_vfs *real = beneath_all();
    (void)vfs;
    int code = real->xOpen(real, name, file, flags, ret_flags);
    if (code != SQLITE_OK || file->pMethods == NULL)
        return code;
    layer *self = (layer *)(void *)((char *)file + layer_place(real));
    *self = (layer){.methods = *file->pMethods, .beneath = file->pMethods};
    self->log = (flags & SQLITE_OPEN_WAL) != 0;
    self->methods.xRead = layer_read;
    self->methods.xFileControl = layer_control;
    if (self->log) {
        self->methods.xWrite = layer_write;
        self->methods.xSync = layer_sync;
        self->methods.xTruncate = layer_truncate;
        self->methods.xFileSize = layer_size;
        self->methods.xClose = layer_close;
    }
    file->pMethods = &self->methods;
    return SQLITE_OK;
}

static int install(void)
{
    sqlite3_vfs *real = beneath_all();
    sqlite3_vfs *vfs = real == NULL ? NULL : sqlite3_malloc(sizeof *vfs);
    if (vfs == NULL)
        return real == NULL ? SQLITE_ERROR : SQLITE_NOMEM;
    *vfs = *real;
    vfs->zName = LAYER;
    vfs->pNext = NULL;
    vfs->szOsFile = (int)(layer_place(real) + sizeof(layer));
    vfs->xOpen = layer_open;
    int code = sqlite3_vfs_register(vfs, 0); /* stays to the end of the process */
    return code == SQLITE_OK ? sqlite3mc_vfs_create(LAYER, 0) : code;
}

pb_status db_disk_open(const char *path, int flags, sqlite3 **ret_db, pb_error *err)
{
    int code = db_spare_initialize();
    sqlite3_mutex *mutex = code == SQLITE_OK ? sqlite3_mutex_alloc(SQLITE_MUTEX_STATIC_VFS1) : NULL;
    if (code == SQLITE_OK) {
        sqlite3_mutex_enter(mutex);
        if (sqlite3_vfs_find(DB_DISK_VFS) == NULL)
            code = install();
        sqlite3_mutex_leave(mutex);
    }
    if (code == SQLITE_OK)
        code = db_spare_open(path, ret_db, flags, DB_DISK_VFS);
    if (code == SQLITE_OK)
        return PB_OK;
    pb_status status = db_sqlite_fail(*ret_db, code, err);
    if (status != PB_MEMORY)
        pb_error_hint(err, PB_MSG("The file is {path}."), "path", path, NULL);
    return status;
}

/* A journal in memory answers nothing. */
static bool ask(sqlite3_file *file, bool forget)
{
    bool failed = false;
    if (file != NULL && file->pMethods != NULL && file->pMethods->xFileControl != NULL)
        file->pMethods->xFileControl(file, DB_DISK_READ_FAILED, forget ? NULL : &failed);
    return failed;
}

static bool ask_both(sqlite3 *db, bool forget)
{
    sqlite3_file *file = NULL;
    sqlite3_file *log = NULL;
    sqlite3_file_control(db, "main", SQLITE_FCNTL_FILE_POINTER, &file);
    sqlite3_file_control(db, "main", SQLITE_FCNTL_JOURNAL_POINTER, &log);
    bool failed = ask(file, forget);
    return ask(log, forget) || failed;
}

bool db_disk_read_failed(sqlite3 *db)
{
    return ask_both(db, false);
}

void db_disk_forget(sqlite3 *db)
{
    ask_both(db, true);
}
