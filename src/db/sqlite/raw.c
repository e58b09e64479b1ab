/* Reading and writing files as they lie on the disk, through SQLite's own file access. */
#include "spare.h"

enum { PART_MAX = 64 << 10 };

static pb_status fail(int code, const char *path, pb_error *err)
{
    if (code == SQLITE_NOMEM)
        return pb_fail_memory(err);
    pb_fail(err, PB_IO, PB_MSG("Could not read or write {path}."), "path", path, NULL);
    pb_error_detail(err, PB_MSG("The database says: {words}"), "words", sqlite3_errstr(code), NULL);
    return PB_IO;
}

/* SQLite wants file names made its own way, and keeps them as long as the file is open. */
static pb_status open_file(sqlite3_vfs *vfs, const char *path, bool write, db_raw *raw,
                           pb_error *err)
{
    raw->name = sqlite3_create_filename(path, "", "", 0, NULL);
    raw->file = calloc(1, (size_t)vfs->szOsFile);
    if (raw->file == NULL || raw->name == NULL)
        return pb_fail_memory(err);
    int flags = SQLITE_OPEN_MAIN_DB |
                (write ? SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE : SQLITE_OPEN_READONLY);
    int code = vfs->xOpen(vfs, raw->name, raw->file, flags, &flags);
    sqlite3_int64 size = 0;
    if (code == SQLITE_OK)
        code = raw->file->pMethods->xFileSize(raw->file, &size);
    raw->size = size;
    if (code == SQLITE_OK)
        return PB_OK;
    return fail(code, path, err);
}

pb_status db_raw_open(const char *path, bool write, db_raw *ret_raw, bool *ret_found, pb_error *err)
{
    if (db_spare_initialize() == SQLITE_NOMEM)
        return pb_fail_memory(err);
    sqlite3_vfs *vfs = sqlite3_vfs_find("unix");
    if (vfs == NULL)
        return pb_fail(err, PB_INTERNAL, PB_MSG("The database has no access to files."), NULL);
    int there = 0;
    int code = vfs->xAccess(vfs, path, SQLITE_ACCESS_EXISTS, &there);
    if (code != SQLITE_OK)
        return fail(code, path, err);
    if (!write && there == 0) {
        *ret_found = false;
        return PB_OK;
    }
    db_raw raw = {NULL, NULL, 0};
    pb_status status = open_file(vfs, path, write, &raw, err);
    if (status != PB_OK) {
        db_raw_close(&raw);
        return status;
    }
    *ret_raw = raw;
    *ret_found = true;
    return PB_OK;
}

/* SQLite's file access takes no more than 128 KiB at once. */
static int part_of(int64_t count)
{
    return count < PART_MAX ? (int)count : PART_MAX;
}

pb_status db_raw_read_padded(const db_raw *raw, int64_t offset, void *ret_bytes, int64_t count,
                             pb_error *err)
{
    for (int64_t done = 0; done < count; done += PART_MAX) {
        int code = raw->file->pMethods->xRead(raw->file, (uint8_t *)ret_bytes + done,
                                              part_of(count - done), offset + done);
        if (code != SQLITE_OK && code != SQLITE_IOERR_SHORT_READ)
            return fail(code, raw->name, err);
    }
    return PB_OK;
}

pb_status db_raw_read(const db_raw *raw, int64_t offset, void *ret_bytes, int count, pb_error *err)
{
    int code = raw->file->pMethods->xRead(raw->file, ret_bytes, count, offset);
    return code == SQLITE_OK ? PB_OK : fail(code, raw->name, err);
}

pb_status db_raw_write(const db_raw *raw, int64_t offset, const void *bytes, int64_t count,
                       pb_error *err)
{
    for (int64_t done = 0; done < count; done += PART_MAX) {
        int code = raw->file->pMethods->xWrite(raw->file, (const uint8_t *)bytes + done,
                                               part_of(count - done), offset + done);
        if (code != SQLITE_OK)
            return fail(code, raw->name, err);
    }
    return PB_OK;
}

pb_status db_raw_cut(const db_raw *raw, int64_t size, pb_error *err)
{
    int code = raw->file->pMethods->xTruncate(raw->file, size);
    return code == SQLITE_OK ? PB_OK : fail(code, raw->name, err);
}

pb_status db_raw_sync(const db_raw *raw, pb_error *err)
{
    int code = raw->file->pMethods->xSync(raw->file, SQLITE_SYNC_FULL);
    return code == SQLITE_OK ? PB_OK : fail(code, raw->name, err);
}

void db_raw_close(db_raw *raw)
{
    if (raw->file != NULL && raw->file->pMethods != NULL)
        raw->file->pMethods->xClose(raw->file);
    free(raw->file);
    sqlite3_free_filename(raw->name);
    *raw = (db_raw){NULL, NULL, 0};
}
