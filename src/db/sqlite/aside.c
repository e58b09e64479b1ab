/* A database as it stood at one moment, written to without anybody's knowing.
 *
 * Its pages are those that are held (pages.c). What is written goes where SQLite puts it anyway,
 * into a write-ahead log, only that this one is a file without a name; it is never moved. SQLite
 * asks for no memory shared with others where one connection has the file to itself (locking_mode =
 * EXCLUSIVE), and nothing that happens here touches the files, or the locks, of the workspace.
 * Source: https://sqlite.org/wal.html, 9; https://sqlite.org/vfs.html.
 */
#include "spare.h"

#define PREFIX "multipleciphers-"

struct db_sqlite_aside {
    sqlite3_vfs vfs; /* of this one database; the cipher lies over it */
    char name[64];   /* PREFIX and that of the vfs */
    db_pages *pages;
    uint64_t count;
    bool read_failed;
    uint8_t page[DB_SQLITE_PAGE];
};

/* The main file; the log is one of SQLite's own. */
typedef struct held_file {
    sqlite3_file base;
    db_sqlite_aside *aside;
} held_file;

static db_sqlite_aside *aside_of(sqlite3_file *file)
{
    return ((held_file *)(void *)file)->aside;
}

/* ---- the file ---- */

static int held_close(sqlite3_file *file)
{
    file->pMethods = NULL;
    return SQLITE_OK;
}

/* A failed read must decipher to nothing, see disk.c. */
static int fail_read(db_sqlite_aside *aside, void *to, int count)
{
    memset(to, 0x5a, (size_t)count);
    aside->read_failed = true;
    return SQLITE_IOERR_READ;
}

static int held_read(sqlite3_file *file, void *to, int count, sqlite3_int64 at)
{
    db_sqlite_aside *aside = aside_of(file);
    uint8_t *out = to;
    for (int done = 0; done < count;) {
        uint64_t page = (uint64_t)(at + done) / DB_SQLITE_PAGE;
        int within = (int)((at + done) % DB_SQLITE_PAGE);
        int part = DB_SQLITE_PAGE - within < count - done ? DB_SQLITE_PAGE - within : count - done;
        if (page >= aside->count) {
            memset(out + done, 0, (size_t)(count - done));
            return SQLITE_IOERR_SHORT_READ;
        }
        if (db_sqlite_pages_read(aside->pages, page, 1, aside->page, NULL) != PB_OK)
            return fail_read(aside, to, count);
        memcpy(out + done, aside->page + within, (size_t)part);
        done += part;
    }
    return SQLITE_OK;
}

static int held_write(sqlite3_file *file, const void *from, int count, sqlite3_int64 at)
{
    (void)file;
    (void)from;
    (void)count;
    (void)at;
    return SQLITE_READONLY;
}

static int held_truncate(sqlite3_file *file, sqlite3_int64 size)
{
    (void)file;
    (void)size;
    return SQLITE_READONLY;
}

static int held_sync(sqlite3_file *file, int flags)
{
    (void)file;
    (void)flags;
    return SQLITE_OK;
}

static int held_size(sqlite3_file *file, sqlite3_int64 *ret_size)
{
    *ret_size = (sqlite3_int64)aside_of(file)->count * DB_SQLITE_PAGE;
    return SQLITE_OK;
}

static int held_lock(sqlite3_file *file, int level)
{
    (void)file;
    (void)level;
    return SQLITE_OK;
}

static int held_is_reserved(sqlite3_file *file, int *ret_reserved)
{
    (void)file;
    *ret_reserved = 0;
    return SQLITE_OK;
}

static int held_control(sqlite3_file *file, int operation, void *argument)
{
    db_sqlite_aside *aside = aside_of(file);
    if (operation != DB_DISK_READ_FAILED)
        return SQLITE_NOTFOUND;
    if (argument == NULL)
        aside->read_failed = false;
    else
        *(bool *)argument = aside->read_failed;
    return SQLITE_OK;
}

static int held_sector(sqlite3_file *file)
{
    (void)file;
    return DB_SQLITE_PAGE;
}

static int held_device(sqlite3_file *file)
{
    (void)file;
    return 0;
}

static const sqlite3_io_methods held_methods = {
    .iVersion = 1,
    .xClose = held_close,
    .xRead = held_read,
    .xWrite = held_write,
    .xTruncate = held_truncate,
    .xSync = held_sync,
    .xFileSize = held_size,
    .xLock = held_lock,
    .xUnlock = held_lock,
    .xCheckReservedLock = held_is_reserved,
    .xFileControl = held_control,
    .xSectorSize = held_sector,
    .xDeviceCharacteristics = held_device,
};

/* ---- access to files ---- */

/* All but the database itself are files that go when they are closed. */
static int aside_open(sqlite3_vfs *vfs, sqlite3_filename name, sqlite3_file *file, int flags,
                      int *ret_flags)
{
    sqlite3_vfs *real = sqlite3_vfs_find("unix");
    (void)name;
    if ((flags & SQLITE_OPEN_MAIN_DB) != 0) {
        *(held_file *)(void *)file = (held_file){{&held_methods}, vfs->pAppData};
        if (ret_flags != NULL)
            *ret_flags = flags;
        return SQLITE_OK;
    }
    return real->xOpen(real, NULL, file,
                       SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_EXCLUSIVE |
                           SQLITE_OPEN_DELETEONCLOSE | SQLITE_OPEN_TEMP_DB,
                       ret_flags);
}

static int aside_delete(sqlite3_vfs *vfs, const char *name, int sync)
{
    (void)vfs;
    (void)name;
    (void)sync;
    return SQLITE_OK;
}

/* There is no log to begin with. */
static int aside_access(sqlite3_vfs *vfs, const char *name, int flags, int *ret_there)
{
    (void)vfs;
    (void)name;
    (void)flags;
    *ret_there = 0;
    return SQLITE_OK;
}

static int aside_path(sqlite3_vfs *vfs, const char *name, int room, char *ret_path)
{
    (void)vfs;
    int len = snprintf(ret_path, (size_t)room, "%s", name);
    return len < 0 || len >= room ? SQLITE_CANTOPEN : SQLITE_OK;
}

static int install(db_sqlite_aside *aside)
{
    const sqlite3_vfs *real = sqlite3_vfs_find("unix");
    if (real == NULL)
        return SQLITE_ERROR;
    aside->vfs = *real;
    snprintf(aside->name, sizeof aside->name, PREFIX "aside-%p", (void *)aside);
    aside->vfs.zName = aside->name + strlen(PREFIX);
    aside->vfs.pNext = NULL;
    aside->vfs.pAppData = aside;
    if (aside->vfs.szOsFile < (int)sizeof(held_file))
        aside->vfs.szOsFile = (int)sizeof(held_file);
    aside->vfs.xOpen = aside_open;
    aside->vfs.xDelete = aside_delete;
    aside->vfs.xAccess = aside_access;
    aside->vfs.xFullPathname = aside_path;
    int code = sqlite3_vfs_register(&aside->vfs, 0);
    if (code != SQLITE_OK)
        return code;
    code = sqlite3mc_vfs_create(aside->vfs.zName, 0);
    if (code != SQLITE_OK)
        sqlite3_vfs_unregister(&aside->vfs);
    return code;
}

pb_status db_sqlite_aside_open(db_pages *pages, db_sqlite_aside **ret_aside, sqlite3 **ret_db,
                               pb_error *err)
{
    int code = db_spare_initialize();
    db_sqlite_aside *aside = calloc(1, sizeof *aside);
    if (aside == NULL)
        return pb_fail_memory(err);
    aside->pages = pages;
    aside->count = db_sqlite_pages_count(pages);
    if (code == SQLITE_OK)
        code = install(aside);
    if (code != SQLITE_OK) {
        free(aside);
        return db_sqlite_fail(NULL, code, err);
    }
    *ret_aside = aside;
    code = db_spare_open("/aside", ret_db,
                         SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_PRIVATECACHE,
                         aside->name);
    if (code == SQLITE_OK)
        code = sqlite3_exec(*ret_db, "PRAGMA locking_mode = EXCLUSIVE", NULL, NULL, NULL);
    return code == SQLITE_OK ? PB_OK : db_sqlite_fail(*ret_db, code, err);
}

void db_sqlite_aside_close(db_sqlite_aside *aside)
{
    if (aside == NULL)
        return;
    sqlite3mc_vfs_destroy(aside->name);
    sqlite3_vfs_unregister(&aside->vfs);
    free(aside);
}
