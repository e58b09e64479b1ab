/* A layer under the cipher's file access: a read that failed is not taken for something else.
 *
 * SQLite3 Multiple Ciphers 2.4 deciphers what it read even when the read failed, and returns only
 * what came of that (mcIoRead): a disk that could not be read for a moment would look like an
 * altered page, and a log that could not be read like one that ends there, whose commits are then
 * lost. So a failed read of a log is told as one that was cut off, which is passed on and which
 * SQLite never takes for the end of a log; a failed read of a page gives bytes that no key
 * deciphers, one of the file's head an empty head, with which no page can be read; either is
 * remembered until db_disk_forget.
 */
#include "spare.h"

#define LAYER "probity"
enum { READ_FAILED = 0x70620001, NOISE = 0x5a };

/* Stands behind what SQLite keeps about an open file; its methods are the file's. */
typedef struct layer {
    sqlite3_io_methods methods;
    const sqlite3_io_methods *beneath;
    bool log;
    bool read_failed;
} layer;

static layer *layer_of(sqlite3_file *file)
{
    return (layer *)(void *)(uintptr_t)file->pMethods;
}

static int layer_read(sqlite3_file *file, void *to, int count, sqlite3_int64 at)
{
    layer *self = layer_of(file);
    int code = self->beneath->xRead(file, to, count, at);
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
    if (operation != READ_FAILED)
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
        file->pMethods->xFileControl(file, READ_FAILED, forget ? NULL : &failed);
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
