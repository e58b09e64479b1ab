/* Reading every page of the database file, used or not, so that each is authenticated. */
#include "keep.h"

static pb_status fail_page(const char *path, int64_t page, const char *words, pb_error *err)
{
    pb_fail(err, PB_CORRUPT, PB_MSG("Page {page} of {path} is damaged or was altered."), "page",
            PB_ARG_INT(page), "path", path, NULL);
    pb_error_detail(err, PB_MSG("The database says: {words}"), "words", words, NULL);
    pb_error_hint(err,
                  PB_MSG("Restore the workspace from a backup; keep this one for those who "
                         "look into it."),
                  NULL);
    return PB_CORRUPT;
}

enum { LOOKS = 200 }; /* a millisecond apart */

static pb_status read_plain(const char *path, uint8_t ret_have[DB_SQLITE_PLAIN], int64_t *ret_size,
                            pb_error *err)
{
    db_raw raw;
    bool found = false;
    PB_TRY(db_raw_open(path, false, &raw, &found, err));
    if (!found)
        return pb_fail(err, PB_CORRUPT, PB_MSG("The file {path} is missing."), "path", path, NULL);
    pb_status status = PB_OK;
    if (raw.size >= DB_SQLITE_PLAIN)
        status = db_raw_read(&raw, 0, ret_have, DB_SQLITE_PLAIN, err);
    *ret_size = raw.size;
    db_raw_close(&raw);
    return status;
}

/* The bytes that the cipher leaves plain: all of them are known beforehand. While somebody moves
 * the log into the file, half of the page that is being added may be seen: what is cut off stays.
 */
static pb_status check_plain(const char *path, const db_target *target, int64_t *ret_pages,
                             pb_error *err)
{
    uint8_t version = target->scratch ? 1 : 2; /* without and with a write-ahead log */
    uint8_t want[DB_SQLITE_PLAIN] = {[16] = DB_SQLITE_PAGE >> 8,
                                     [17] = DB_SQLITE_PAGE & 0xff,
                                     [18] = version,
                                     [19] = version,
                                     [20] = DB_SQLITE_RESERVED,
                                     [21] = 64,
                                     [22] = 32,
                                     [23] = 32};
    uint8_t have[DB_SQLITE_PLAIN] = {0};
    int64_t size = 0;
    db_sqlite_salt(target->key, want);
    PB_TRY(read_plain(path, have, &size, err));
    for (int looks = 1; size % DB_SQLITE_PAGE != 0 && looks < LOOKS; looks++) {
        sqlite3_sleep(1);
        PB_TRY(read_plain(path, have, &size, err));
    }
    if (size < DB_SQLITE_PAGE || memcmp(have, want, DB_SQLITE_PLAIN) != 0)
        return fail_page(path, 1, "the head of the file is not as it was written", err);
    if (size % DB_SQLITE_PAGE != 0)
        return fail_page(path, size / DB_SQLITE_PAGE + 1, "the page is cut off", err);
    *ret_pages = size / DB_SQLITE_PAGE;
    return PB_OK;
}

/* Reads through a connection of its own, whose cache is empty: each page comes from the file. */
static pb_status prepare_reading(sqlite3 *db, sqlite3_stmt **ret_stmt, pb_error *err)
{
    static const char sql[] = "SELECT data FROM sqlite_dbpage('main') WHERE pgno = ?1";
    int code = sqlite3_prepare_v2(db, sql, -1, ret_stmt, NULL);
    return code == SQLITE_OK ? PB_OK : db_sqlite_fail(db, code, err);
}

/* The page's bytes, to be reset after use; NULL when there is no such page. */
static pb_status read_page(sqlite3_stmt *stmt, const char *path, int64_t page,
                           const uint8_t **ret_bytes, pb_error *err)
{
    sqlite3 *db = sqlite3_db_handle(stmt);
    *ret_bytes = NULL;
    sqlite3_bind_int64(stmt, 1, page);
    int code = sqlite3_step(stmt);
    if (code == SQLITE_DONE)
        return PB_OK;
    if (code != SQLITE_ROW)
        return db_sqlite_is_damage(db, code) ? fail_page(path, page, sqlite3_errmsg(db), err)
                                             : db_sqlite_fail(db, code, err);
    *ret_bytes = sqlite3_column_blob(stmt, 0);
    return *ret_bytes == NULL ? pb_fail_memory(err) : PB_OK;
}

static pb_status read_all_pages(sqlite3 *db, const char *path, pb_error *err)
{
    sqlite3_stmt *stmt = NULL;
    const uint8_t *bytes = NULL;
    PB_TRY(prepare_reading(db, &stmt, err));
    pb_status status = PB_OK;
    for (int64_t page = 1; status == PB_OK && (page == 1 || bytes != NULL); page++) {
        status = read_page(stmt, path, page, &bytes, err);
        sqlite3_reset(stmt);
    }
    sqlite3_finalize(stmt);
    return status;
}

/* The free pages that a page of the free list names. */
static pb_status read_free(sqlite3_stmt *stmt, const char *path, const uint8_t *trunk,
                           pb_error *err)
{
    uint32_t count = db_big32(trunk + 4);
    if (count > DB_SQLITE_PAGE / 4 - 2)
        return pb_fail(err, PB_CORRUPT, PB_MSG("The structure of {path} is damaged."), "path", path,
                       NULL);
    for (uint32_t i = 0; i < count; i++) {
        const uint8_t *bytes;
        pb_status status = read_page(stmt, path, db_big32(trunk + 8 + 4 * (size_t)i), &bytes, err);
        sqlite3_reset(stmt);
        PB_TRY(status);
    }
    return PB_OK;
}

/* Where the structure is good, its check has read every page but those that the free list names: it
 * visits each page that a tree, a long value or the list itself is made of, and counts that no
 * other is left. */
static pb_status read_unvisited(sqlite3 *db, const char *path, pb_error *err)
{
    sqlite3_stmt *stmt = NULL;
    uint8_t trunk[DB_SQLITE_PAGE];
    const uint8_t *bytes;
    PB_TRY(prepare_reading(db, &stmt, err));
    pb_status status = read_page(stmt, path, 1, &bytes, err);
    uint32_t next = status == PB_OK && bytes != NULL ? db_big32(bytes + 32) : 0;
    sqlite3_reset(stmt);
    while (status == PB_OK && next != 0) {
        status = read_page(stmt, path, next, &bytes, err);
        if (status == PB_OK && bytes != NULL)
            memcpy(trunk, bytes, sizeof trunk);
        sqlite3_reset(stmt);
        if (status != PB_OK || bytes == NULL)
            break;
        status = read_free(stmt, path, trunk, err);
        next = db_big32(trunk);
    }
    sqlite3_finalize(stmt);
    return status;
}

static pb_status check_structure(sqlite3 *db, const char *path, pb_error *err)
{
    sqlite3_stmt *stmt = NULL;
    int code = sqlite3_prepare_v2(db, "PRAGMA quick_check(1)", -1, &stmt, NULL);
    if (code == SQLITE_OK)
        code = sqlite3_step(stmt);
    bool answered = code == SQLITE_ROW;
    const char *words = answered ? (const char *)sqlite3_column_text(stmt, 0) : sqlite3_errmsg(db);
    pb_status status = PB_OK;
    if (answered && words == NULL) {
        status = pb_fail_memory(err);
    } else if (db_disk_read_failed(db) || (!answered && !db_sqlite_is_damage(db, code))) {
        status = db_sqlite_fail(db, answered ? SQLITE_IOERR : code, err);
    } else if (!answered || strcmp(words, "ok") != 0) {
        pb_fail(err, PB_CORRUPT, PB_MSG("The structure of {path} is damaged."), "path", path, NULL);
        pb_error_detail(err, PB_MSG("The database says: {words}"), "words", words, NULL);
        status = PB_CORRUPT;
    }
    sqlite3_finalize(stmt);
    return status;
}

/* A damaged page damages the structure: where that is not good, each page is looked at by itself,
 * and one that is not as it was written is named before all else. */
static pb_status check_content(sqlite3 *db, const char *path, pb_error *err)
{
    pb_error structure = {0};
    pb_status status = check_structure(db, path, &structure);
    if (status == PB_OK)
        return read_unvisited(db, path, err);
    if (status == PB_CORRUPT)
        PB_TRY(read_all_pages(db, path, err));
    if (err != NULL)
        *err = structure;
    return status;
}

static pb_status check_pages(const char *path, const db_target *target, pb_error *err)
{
    sqlite3 *db = NULL;
    int code = SQLITE_OK;
    pb_status status = db_disk_open(path, SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX, &db, err);
    if (status == PB_OK)
        status = db_sqlite_unlock(db, target, err);
    if (status == PB_OK) {
        code = sqlite3_exec(db,
                            "PRAGMA cache_size = 16; PRAGMA query_only = ON; BEGIN;"
                            "SELECT COUNT(*) FROM sqlite_schema",
                            NULL, NULL, NULL);
        if (code != SQLITE_OK)
            status = db_sqlite_is_damage(db, code) ? fail_page(path, 1, sqlite3_errmsg(db), err)
                                                   : db_sqlite_fail(db, code, err);
    }
    if (status == PB_OK)
        status = check_content(db, path, err);
    sqlite3_close_v2(db);
    return status;
}

pb_status db_sqlite_check(db_conn *conn, const db_target *target, pb_error *err)
{
    char path[DB_SQLITE_PATH_MAX];
    int64_t pages = 0;
    PB_TRY(db_sqlite_path(target->place, DB_SQLITE_FILE, path, err));
    /* As much of the log as readers allow goes into the file; what is left is read from the log. */
    PB_TRY(db_sqlite_checkpoint(conn, false, err));
    PB_TRY(check_plain(path, target, &pages, err));
    return check_pages(path, target, err);
}
