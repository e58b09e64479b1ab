/* The embedded engine: connections, transactions and the table of operations. */
#include "keep.h"
#include "moment.h"

#include <sodium.h>

enum { BUSY_MS = 10000 };

static bool looks_damaged(int code)
{
    return (code & 0xff) == SQLITE_CORRUPT || (code & 0xff) == SQLITE_NOTADB;
}

bool db_sqlite_is_damage(sqlite3 *db, int code)
{
    return looks_damaged(code) && (db == NULL || !db_disk_read_failed(db));
}

pb_status db_sqlite_fail(sqlite3 *db, int code, pb_error *err)
{
    int extended = db == NULL ? code : sqlite3_extended_errcode(db);
    const char *words = db == NULL ? sqlite3_errstr(code) : sqlite3_errmsg(db);
    pb_status status = PB_INTERNAL;
    const char *says = PB_MSG("The database could not do what was asked.");
    if (extended == SQLITE_IOERR_NOMEM || code == SQLITE_IOERR_NOMEM)
        return pb_fail_memory(err);
    if (looks_damaged(code) && !db_sqlite_is_damage(db, code)) {
        code = SQLITE_IOERR;
        db_disk_forget(db); /* told; what looks so the next time is judged anew */
    }
    switch (code & 0xff) {
    case SQLITE_NOMEM:
        return pb_fail_memory(err);
    case SQLITE_CORRUPT:
    case SQLITE_NOTADB:
        status = PB_CORRUPT;
        says = PB_MSG("The database file is damaged or was altered.");
        break;
    case SQLITE_IOERR:
    case SQLITE_FULL:
    case SQLITE_CANTOPEN:
    case SQLITE_PROTOCOL:
        status = PB_IO;
        says = PB_MSG("The database file could not be read or written.");
        break;
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
        status = PB_BUSY;
        says = PB_MSG("The database is in use by another program.");
        break;
    case SQLITE_CONSTRAINT:
        status = extended == SQLITE_CONSTRAINT_UNIQUE || extended == SQLITE_CONSTRAINT_PRIMARYKEY ||
                         extended == SQLITE_CONSTRAINT_ROWID
                     ? PB_EXISTS
                     : PB_INVALID;
        says = PB_MSG("The database refused a row.");
        break;
    case SQLITE_TOOBIG:
        status = PB_LIMIT;
        says = PB_MSG("A value is too large for the database.");
        break;
    case SQLITE_READONLY:
    case SQLITE_AUTH:
        status = PB_DENIED;
        says = PB_MSG("This may not be written here.");
        break;
    default:
        break;
    }
    pb_fail(err, status, says, NULL);
    pb_error_detail(err, PB_MSG("The database says: {words}"), "words", words, NULL);
    return status;
}

pb_status db_sqlite_path(const char *place, const char *name, char ret_path[DB_SQLITE_PATH_MAX],
                         pb_error *err)
{
    char path[DB_SQLITE_PATH_MAX];
    int len = snprintf(path, sizeof path, "%s/%s", place, name);
    if (len < 0 || len >= (int)sizeof path)
        return pb_fail(err, PB_INVALID, PB_MSG("The path {path} is too long."), "path", place,
                       NULL);
    memcpy(ret_path, path, sizeof path);
    return PB_OK;
}

static pb_status run(db_conn *conn, const char *sql, pb_error *err)
{
    int code = sqlite3_exec(conn->db, sql, NULL, NULL, NULL);
    return code == SQLITE_OK ? PB_OK : db_sqlite_fail(conn->db, code, err);
}

void db_sqlite_salt(const uint8_t key[32], uint8_t ret_salt[DB_SQLITE_SALT])
{
    crypto_kdf_derive_from_key(ret_salt, DB_SQLITE_SALT, 2, "dbsqlite", key);
}

static pb_status give_key(sqlite3 *db, const db_target *target, pb_error *err)
{
    int code = sqlite3_exec(db, "PRAGMA cipher = 'aegis'", NULL, NULL, NULL);
    if (code != SQLITE_OK)
        return db_sqlite_fail(db, code, err);
    unsigned char key[4 + 32 + DB_SQLITE_SALT] = "raw:";
    memcpy(key + 4, target->key, 32);
    db_sqlite_salt(target->key, key + 4 + 32);
    code = sqlite3_key_v2(db, "main", key, (int)sizeof key);
    sodium_memzero(key, sizeof key);
    return code == SQLITE_OK ? PB_OK : db_sqlite_fail(db, code, err);
}

pb_status db_sqlite_unlock(sqlite3 *db, const db_target *target, pb_error *err)
{
    static const struct {
        int option;
        int value;
    } settings[] = {
        {SQLITE_DBCONFIG_DEFENSIVE, 1},
        {SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0},
        {SQLITE_DBCONFIG_ENABLE_TRIGGER, 0},
        {SQLITE_DBCONFIG_ENABLE_VIEW, 1},
        {SQLITE_DBCONFIG_DQS_DML, 0},
        {SQLITE_DBCONFIG_DQS_DDL, 0},
        {SQLITE_DBCONFIG_ENABLE_ATTACH_CREATE, 0},
        {SQLITE_DBCONFIG_ENABLE_ATTACH_WRITE, 0},
        {SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1}, /* see checkpoint.c */
    };
    for (size_t i = 0; i < sizeof settings / sizeof settings[0]; i++) {
        int code = sqlite3_db_config(db, settings[i].option, settings[i].value, NULL);
        if (code != SQLITE_OK)
            return db_sqlite_fail(db, code, err);
    }
    sqlite3_extended_result_codes(db, 1);
    db_sqlite_wait(db, BUSY_MS);
    sqlite3_limit(db, SQLITE_LIMIT_LENGTH, 256 << 20);
    sqlite3_limit(db, SQLITE_LIMIT_ATTACHED, 0);
    return give_key(db, target, err);
}

/* A wrong key shows at the first page that is read. */
static pb_status first_page(db_conn *conn, pb_error *err)
{
    int code = sqlite3_exec(conn->db, "SELECT COUNT(*) FROM sqlite_schema", NULL, NULL, NULL);
    if (code == SQLITE_OK)
        return PB_OK;
    if ((code & 0xff) != SQLITE_NOTADB || !db_sqlite_is_damage(conn->db, code))
        return db_sqlite_fail(conn->db, code, err);
    return pb_fail(err, PB_WRONG_KEY, PB_MSG("The key does not open this workspace."), NULL);
}

/* When this cannot be done SQLite calls it no failure: it answers with the mode that stays. */
static pb_status set_journal(db_conn *conn, const char *mode, pb_error *err)
{
    char sql[64];
    sqlite3_stmt *stmt = NULL;
    snprintf(sql, sizeof sql, "PRAGMA journal_mode = %s", mode);
    int code = sqlite3_prepare_v2(conn->db, sql, -1, &stmt, NULL);
    if (code == SQLITE_OK)
        code = sqlite3_step(stmt);
    const char *answer = code == SQLITE_ROW ? (const char *)sqlite3_column_text(stmt, 0) : NULL;
    bool done = answer != NULL && strcmp(answer, mode) == 0;
    if (code == SQLITE_ROW)
        code = sqlite3_step(stmt); /* only now the change is committed */
    pb_status status = PB_OK;
    if (code != SQLITE_DONE)
        status = db_sqlite_fail(conn->db, code, err);
    else if (!done)
        status = db_sqlite_fail(NULL, SQLITE_IOERR, err);
    sqlite3_finalize(stmt);
    return status;
}

static int cache_kb(db_conn_role role, const db_target *target)
{
    if (role == DB_READER && target->reader_bytes > 0)
        return (int)(target->reader_bytes / 1024);
    return (role == DB_WRITER ? 32 : 16) * 1024;
}

/* secure_delete = ON is more than tidiness. Without it SQLite does not write a page that the
 * transaction which made it sets free, and yet reads it when it is taken again after the cache let
 * go of it. A hole in the file does not decipher: the transaction would end as if the file had been
 * altered. It costs nothing that could be measured.
 */
static pb_status configure(db_conn *conn, const db_target *target, pb_error *err)
{
    char sql[400];
    if (target->create) {
        snprintf(sql, sizeof sql, "PRAGMA page_size = %d", DB_SQLITE_PAGE);
        PB_TRY(run(conn, sql, err));
        /* What is thrown away needs no log on disk: pages that were not there before the
         * transaction are not even kept in memory. */
        PB_TRY(set_journal(conn, target->scratch ? "memory" : "wal", err));
    }
    bool reads = conn->role == DB_READER;
    snprintf(sql, sizeof sql,
             "PRAGMA synchronous = %s; PRAGMA cache_size = -%d; PRAGMA temp_store = MEMORY;"
             "PRAGMA mmap_size = 0; PRAGMA cell_size_check = ON; PRAGMA query_only = %s;"
             "PRAGMA wal_autocheckpoint = 0; PRAGMA journal_size_limit = %d;"
             "PRAGMA secure_delete = ON;",
             target->scratch || conn->aside != NULL ? "OFF" : "FULL", cache_kb(conn->role, target),
             reads ? "ON" : "OFF", conn->role == DB_KEEPER ? 0 : 64 << 20);
    return run(conn, sql, err);
}

/* After each commit. */
static int note_length(void *context, sqlite3 *db, const char *name, int frames)
{
    db_conn *conn = context;
    (void)db;
    (void)name;
    conn->log_frames = frames;
    return SQLITE_OK;
}

static pb_status prepare_own(db_conn *conn, pb_error *err)
{
    const struct {
        sqlite3_stmt **stmt;
        const char *sql;
    } own[] = {
        {&conn->version, "PRAGMA data_version"},
        {&conn->era, "PRAGMA user_version"},
        {&conn->touch, "SELECT 1 FROM sqlite_schema"},
        {&conn->begin, "BEGIN"},
        {&conn->begin_write, "BEGIN IMMEDIATE"},
        {&conn->commit, "COMMIT"},
        {&conn->rollback, "ROLLBACK"},
        {&conn->savepoint, "SAVEPOINT work"},
        {&conn->release, "RELEASE work"},
        {&conn->undo, "ROLLBACK TO work"},
    };
    for (size_t i = 0; i < sizeof own / sizeof own[0]; i++) {
        int code = sqlite3_prepare_v3(conn->db, own[i].sql, -1, SQLITE_PREPARE_PERSISTENT,
                                      own[i].stmt, NULL);
        if (code != SQLITE_OK)
            return db_sqlite_fail(conn->db, code, err);
    }
    return PB_OK;
}

static db_conn *disconnect(db_conn *conn)
{
    if (conn == NULL)
        return NULL;
    db_checkpoint_at_end(conn);
    disconnect(conn->keeper);
    sqlite3_stmt *own[] = {conn->version,  conn->era,         conn->touch,  conn->begin,
                           conn->rollback, conn->begin_write, conn->commit, conn->savepoint,
                           conn->release,  conn->undo};
    for (size_t i = 0; i < sizeof own / sizeof own[0]; i++)
        sqlite3_finalize(own[i]);
    sqlite3_close_v2(conn->db);
    db_sqlite_aside_close(conn->aside);
    db_raw_close(&conn->moments);
    free(conn);
    return NULL;
}

static pb_status open_file(db_conn *conn, const char *path, const db_target *target, pb_error *err)
{
    int flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_PRIVATECACHE |
                SQLITE_OPEN_NOFOLLOW | (target->create ? SQLITE_OPEN_CREATE : 0);
    return target->held == NULL ? db_disk_open(path, flags, &conn->db, err)
                                : db_sqlite_aside_open(target->held, &conn->aside, &conn->db, err);
}

static pb_status set_up(db_conn *conn, const char *path, const db_target *target, pb_error *err)
{
    PB_TRY(open_file(conn, path, target, err));
    PB_TRY(db_sqlite_unlock(conn->db, target, err));
    if (!target->create)
        PB_TRY(first_page(conn, err));
    PB_TRY(configure(conn, target, err));
    sqlite3_wal_hook(conn->db, note_length, conn);
    PB_TRY(db_sqlite_guard(conn, err));
    PB_TRY(prepare_own(conn, err));
    conn->ready = true;
    return PB_OK;
}

static pb_status connect(const db_target *target, db_conn_role role, db_conn **ret_conn,
                         pb_error *err)
{
    char path[DB_SQLITE_PATH_MAX];
    if (target->held != NULL && role != DB_WRITER)
        return pb_fail(err, PB_UNSUPPORTED, PB_MSG("A workspace aside has no readers."), NULL);
    PB_TRY(db_sqlite_path(target->place, DB_SQLITE_FILE, path, err));
    db_conn *conn = calloc(1, sizeof *conn);
    if (conn == NULL)
        return pb_fail_memory(err);
    conn->role = role;
    conn->target = target;
    conn->layout = target->layout;
    conn->data_version = -1;
    conn->kept_unknown = true;
    pb_status status = set_up(conn, path, target, err);
    if (status != PB_OK)
        disconnect(conn);
    else
        *ret_conn = conn;
    return status;
}

static void lay(db_conn *conn, const db_layout *layout)
{
    conn->layout = layout;
}

static pb_status run_own(db_conn *conn, sqlite3_stmt *stmt, int64_t *ret_value, pb_error *err)
{
    int code = sqlite3_step(stmt);
    if (code == SQLITE_ROW && ret_value != NULL)
        *ret_value = sqlite3_column_int64(stmt, 0);
    pb_status status =
        code == SQLITE_ROW || code == SQLITE_DONE ? PB_OK : db_sqlite_fail(conn->db, code, err);
    sqlite3_reset(stmt);
    return status;
}

/* What is deleted is overwritten at all times (see configure); what is left is the log. */
static pb_status overwrite(db_conn *conn, pb_error *err)
{
    (void)err;
    conn->overwrites = true;
    return PB_OK;
}

/* The log still holds the pages as they were: it is emptied, unless a reader needs it; then the
 * next one or the end of the last connection does it. */
static void end_overwrite(db_conn *conn, bool committed)
{
    if (!conn->overwrites)
        return;
    conn->overwrites = false;
    if (committed) {
        db_sqlite_wait(conn->db, 0);
        db_sqlite_checkpoint(conn, true, NULL);
        db_sqlite_wait(conn->db, BUSY_MS);
    }
}

static void rollback(db_conn *conn)
{
    if (sqlite3_get_autocommit(conn->db) == 0)
        run_own(conn, conn->rollback, NULL, NULL);
    end_overwrite(conn, false);
}

/* Another process may have begun to keep the log, or ended it. */
static pb_status ask_kept(db_conn *conn, pb_error *err)
{
    uint32_t era = 0;
    PB_TRY(db_era(conn, &era, err));
    conn->kept = era % 2 == 1 && conn->aside == NULL;
    conn->kept_unknown = false;
    return PB_OK;
}

static pb_status begin(db_conn *conn, bool write, bool *ret_foreign, pb_error *err)
{
    PB_TRY(run_own(conn, write ? conn->begin_write : conn->begin, NULL, err));
    int64_t version = 0;
    pb_status status = run_own(conn, conn->touch, NULL, err);
    if (status == PB_OK)
        status = run_own(conn, conn->version, &version, err);
    if (status == PB_OK && write && (conn->kept_unknown || conn->data_version != version))
        status = ask_kept(conn, err);
    if (status != PB_OK) {
        rollback(conn);
        return status;
    }
    *ret_foreign = conn->data_version >= 0 && conn->data_version != version;
    conn->data_version = version;
    return PB_OK;
}

static pb_status commit(db_conn *conn, pb_error *err)
{
    if (conn->kept)
        db_moment_note(conn, NULL); /* without it the piece says a later moment, and that it does */
    PB_TRY(run_own(conn, conn->commit, NULL, err));
    end_overwrite(conn, true);
    db_checkpoint_when_long(conn);
    return PB_OK;
}

static pb_status savepoint(db_conn *conn, pb_error *err)
{
    return run_own(conn, conn->savepoint, NULL, err);
}

static pb_status savepoint_keep(db_conn *conn, pb_error *err)
{
    return run_own(conn, conn->release, NULL, err);
}

static pb_status savepoint_undo(db_conn *conn, pb_error *err)
{
    PB_TRY(run_own(conn, conn->undo, NULL, err));
    return run_own(conn, conn->release, NULL, err);
}

/* Names that a query gives, whose parameter may be a table. */
static pb_status each_name(db_conn *conn, const char *sql, const char *table, db_each_name each,
                           void *context, pb_error *err)
{
    sqlite3_stmt *stmt = NULL;
    int code = sqlite3_prepare_v2(conn->db, sql, -1, &stmt, NULL);
    if (code != SQLITE_OK)
        return db_sqlite_fail(conn->db, code, err);
    if (table != NULL)
        sqlite3_bind_text(stmt, 1, table, -1, SQLITE_STATIC);
    pb_status status = PB_OK;
    while (status == PB_OK && (code = sqlite3_step(stmt)) == SQLITE_ROW) {
        const char *name = (const char *)sqlite3_column_text(stmt, 0);
        status = name == NULL ? pb_fail_memory(err) : each(context, pb_str_c(name), err);
    }
    if (status == PB_OK && code != SQLITE_DONE)
        status = db_sqlite_fail(conn->db, code, err);
    sqlite3_finalize(stmt);
    return status;
}

static pb_status columns(db_conn *conn, const char *table, db_each_name each, void *context,
                         pb_error *err)
{
    return each_name(conn, "SELECT name FROM pragma_table_info(?1)", table, each, context, err);
}

static pb_status tables(db_conn *conn, db_each_name each, void *context, pb_error *err)
{
    return each_name(conn,
                     "SELECT name FROM sqlite_schema WHERE type = 'table'"
                     " AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\' ORDER BY name",
                     NULL, each, context, err);
}

const db_engine db_engine_sqlite = {
    .name = "sqlite",
    .types = {"INTEGER PRIMARY KEY", "INTEGER", "REAL", "TEXT", "BLOB"},
    .clustered = " WITHOUT ROWID",
    .absent_first = "", /* as they stand by themselves */
    .by_index = " INDEXED BY ",
    .by_none = " NOT INDEXED",
    .taking = "", /* there is one writer */
    .can_make = db_sqlite_can_make,
    .make = db_sqlite_make,
    .unmake = db_sqlite_unmake,
    .read_head = db_sqlite_read_head,
    .write_head = db_sqlite_write_head,
    .inspect = db_sqlite_inspect,
    .connect = connect,
    .disconnect = disconnect,
    .run = run,
    .lay = lay,
    .begin = begin,
    .limit = db_sqlite_limit,
    .overwrite = overwrite,
    .commit = commit,
    .stamp = db_sqlite_stamp,
    .crowded = db_sqlite_crowded,
    .rollback = rollback,
    .savepoint = savepoint,
    .savepoint_keep = savepoint_keep,
    .savepoint_undo = savepoint_undo,
    .columns = columns,
    .tables = tables,
    .aside = DB_SQLITE_TORN,
    .check = db_sqlite_check,
    .pages_hold = db_sqlite_pages_hold,
    .pages_read = db_sqlite_pages_read,
    .pages_release = db_sqlite_pages_release,
    .log_keep = db_sqlite_log_keep,
    .log_kept = db_sqlite_log_kept,
    .log_seal = db_sqlite_log_seal,
    .log_tail = db_sqlite_log_tail,
    .log_list = db_sqlite_log_list,
    .prepare = db_sqlite_prepare,
    .prepare_foreign = db_sqlite_prepare_foreign,
    .finalize = db_sqlite_finalize,
    .bind = db_sqlite_bind,
    .parameter = db_sqlite_parameter,
    .step = db_sqlite_step,
    .reset = db_sqlite_reset,
    .column_count = db_sqlite_column_count,
    .column_name = db_sqlite_column_name,
    .column_is_null = db_sqlite_column_is_null,
    .column_i64 = db_sqlite_column_i64,
    .column_text = db_sqlite_column_text,
    .column_blob = db_sqlite_column_blob,
    .column_value = db_sqlite_column_value,
    .column_values = db_sqlite_column_values,
};
