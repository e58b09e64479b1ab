/* What the files of the embedded engine share.
 *
 * Source: SQLite 3.53 C interface; SQLite3 Multiple Ciphers 2.4 (AEGIS-256, raw key).
 */
#ifndef DB_SQLITE_SQLITE_H
#define DB_SQLITE_SQLITE_H

#include "../engine.h"
#include "../header.h"

#include <sqlite3.h>

#define DB_SQLITE_FILE "records.db"
#define DB_SQLITE_WAL DB_SQLITE_FILE "-wal"
#define DB_SQLITE_SHM DB_SQLITE_FILE "-shm"
/* The write-ahead log of a commit that was cut off or altered, put aside for whoever looks into it.
 */
#define DB_SQLITE_TORN DB_SQLITE_FILE "-torn"
/* The kept log: pieces, and when commits happened that are in none yet. */
#define DB_SQLITE_LOG DB_LOG_FOLDER
#define DB_SQLITE_MOMENTS DB_SQLITE_LOG "/moments"

/* Measured over 1,000,000 records with ledger: 4 KiB 5.8 µs a record, 8 KiB 4.1, 16 KiB 4.0; the
 * smaller of the last two writes half as much for a single small commit. */
enum { DB_SQLITE_PAGE = 8192, DB_SQLITE_PATH_MAX = 4096 };
/* Reserved at the end of each page by the cipher: 32 bytes tag, 32 bytes nonce. */
enum { DB_SQLITE_RESERVED = 64 };
/* Not encrypted: bytes 16-23 of page 1. Bytes 0-15 hold the cipher's salt, which a raw key ignores.
 */
enum { DB_SQLITE_SALT = 16, DB_SQLITE_PLAIN = 24 };

/* raw.c: the bytes of a file as they lie on the disk, through SQLite's own file access: closing a
 * database file in any other way would drop the locks this process holds on it. */
typedef struct db_raw {
    sqlite3_file *file;
    sqlite3_filename name;
    int64_t size;
} db_raw;

typedef struct db_sqlite_aside db_sqlite_aside; /* aside.c */

struct db_conn {
    sqlite3 *db;
    db_sqlite_aside *aside; /* NULL: it writes to the files */
    const db_target *target;
    const db_layout *layout;
    db_conn_role role;
    bool ready;             /* set up */
    bool kept;              /* the log is kept, as of the last transaction that wrote */
    bool kept_unknown;      /* ask again */
    int log_frames;         /* after the last commit */
    int log_frames_limit;   /* from here on frames are moved into the file */
    db_raw moments;         /* file NULL: not open yet */
    struct db_conn *keeper; /* holds a state while the log is moved; NULL: not needed yet */
    bool overwrites;        /* this transaction empties the log behind what it deletes */
    bool foreign;           /* a foreign statement is being prepared or run */
    pb_str foreign_sql;     /* its text */
    int64_t steps_left;     /* of the foreign statement that runs */
    bool out_of_steps;
    bool counts;                    /* steps of a foreign statement are counted */
    const db_limits *limits;        /* of who uses it; NULL: none */
    bool watched;                   /* what runs may be stopped by them */
    bool stopped;                   /* it was */
    char refused[160];              /* what a foreign statement touched that it may not */
    int64_t data_version;           /* as of the last transaction; -1: none yet */
    const volatile uint32_t *index; /* of the log, see stamp.c; NULL: not looked for yet */
    sqlite3_stmt *version;          /* PRAGMA data_version */
    sqlite3_stmt *era;              /* PRAGMA user_version */
    sqlite3_stmt *touch;            /* takes the snapshot */
    sqlite3_stmt *begin, *begin_write, *commit, *rollback;
    sqlite3_stmt *savepoint, *release, *undo;
};

struct db_native {
    sqlite3_stmt *stmt;
    db_conn *conn;
    int bind_status; /* first failure of a binding since the last reset */
    int64_t max_steps;
    int64_t steps_left;
    bool foreign;
    bool selects; /* changes nothing: when it is stopped the transaction goes on */
};

/** From now on the connection waits for locks of others, about `ms` milliseconds; 0: not at all. */
void db_sqlite_wait(sqlite3 *db, int ms);
/** SQLite's failure as ours. */
pb_status db_sqlite_fail(sqlite3 *db, int code, pb_error *err);
/** `place`/`name`; PB_INVALID when too long. */
pb_status db_sqlite_path(const char *place, const char *name, char ret_path[DB_SQLITE_PATH_MAX],
                         pb_error *err);
/** Gives a connection its cipher and key, and the settings every connection has. */
pb_status db_sqlite_unlock(sqlite3 *db, const db_target *target, pb_error *err);
/** The 16 bytes that the file must begin with: derived from the key, so that a change is noticed.
 */
void db_sqlite_salt(const uint8_t key[32], uint8_t ret_salt[DB_SQLITE_SALT]);

/* stamp.c */
bool db_sqlite_stamp(db_conn *conn, uint32_t *ret_stamp, bool *ret_begun);

/* checkpoint.c */
/** The log is long, and may begin anew only where no snapshot needs what is in it. */
bool db_sqlite_crowded(const db_conn *conn);

/* place.c */
pb_status db_sqlite_can_make(const db_target *target, pb_arena *arena, pb_error *err);
pb_status db_sqlite_make(const db_target *target, pb_arena *arena, bool *ret_made, pb_error *err);
void db_sqlite_unmake(const db_target *target);
pb_status db_sqlite_read_head(const db_target *target, pb_arena *arena, pb_buf *text,
                              pb_error *err);
pb_status db_sqlite_write_head(const db_target *target, pb_arena *arena, pb_str text,
                               pb_error *err);

/* disk.c */
#define DB_DISK_VFS "multipleciphers-probity"
enum { DB_DISK_READ_FAILED = 0x70620001 }; /* asks a file, or without an argument tells it */
/** Opens a database file; the caller closes `*ret_db` after a failure too. */
pb_status db_disk_open(const char *path, int flags, sqlite3 **ret_db, pb_error *err);
/** Did a read of the file or the log fail? What looks like damage or a wrong key may be none then.
 */
bool db_disk_read_failed(sqlite3 *db);
/** From here on it is asked anew. */
void db_disk_forget(sqlite3 *db);
/** True when the failure says that what lies in the files is not what was written. */
bool db_sqlite_is_damage(sqlite3 *db, int code);

/* stmt.c */
pb_status db_sqlite_prepare(db_conn *conn, pb_str sql, db_native **ret_native, pb_error *err);
db_native *db_sqlite_finalize(db_native *native);
void db_sqlite_bind(db_native *native, int parameter, pb_value value);
int db_sqlite_parameter(db_native *native, const char *name);
pb_status db_sqlite_step(db_native *native, bool *ret_row, pb_error *err);
void db_sqlite_reset(db_native *native, bool bindings);
int db_sqlite_column_count(db_native *native);
const char *db_sqlite_column_name(db_native *native, int column);
bool db_sqlite_column_is_null(db_native *native, int column);
int64_t db_sqlite_column_i64(db_native *native, int column);
pb_str db_sqlite_column_text(db_native *native, int column);
pb_str db_sqlite_column_blob(db_native *native, int column);
pb_value db_sqlite_column_value(db_native *native, int column);
void db_sqlite_column_values(db_native *native, int first, size_t count, pb_value *ret_values);

/* foreign.c */
/** Watches what statements touch; does nothing until conn->foreign is set. */
pb_status db_sqlite_guard(db_conn *conn, pb_error *err);
pb_status db_sqlite_prepare_foreign(db_conn *conn, pb_str sql, int64_t max_steps,
                                    db_native **ret_native, pb_error *err);
/** Around each step of a foreign statement. */
void db_sqlite_foreign_enter(db_native *native);
void db_sqlite_foreign_leave(db_native *native);
void db_sqlite_limit(db_conn *conn, const db_limits *limits);
pb_status db_sqlite_foreign_fail(db_native *native, int code, pb_error *err);

/** `*ret_found` false when there is no such file. `write` makes it when it is not there. */
pb_status db_raw_open(const char *path, bool write, db_raw *ret_raw, bool *ret_found,
                      pb_error *err);
pb_status db_raw_read(const db_raw *raw, int64_t offset, void *ret_bytes, int count, pb_error *err);
/** What lies behind the end of the file reads as zeros. */
pb_status db_raw_read_padded(const db_raw *raw, int64_t offset, void *ret_bytes, int64_t count,
                             pb_error *err);
pb_status db_raw_write(const db_raw *raw, int64_t offset, const void *bytes, int64_t count,
                       pb_error *err);
/** The file is `size` bytes long afterwards. */
pb_status db_raw_cut(const db_raw *raw, int64_t size, pb_error *err);
pb_status db_raw_sync(const db_raw *raw, pb_error *err);
void db_raw_close(db_raw *raw);

/* pages.c */
pb_status db_sqlite_pages_hold(db_conn *conn, const db_target *target, db_pages **ret_pages,
                               uint64_t *ret_count, db_position *ret_position, pb_error *err);
pb_status db_sqlite_pages_read(db_pages *pages, uint64_t first, int count, uint8_t *ret_bytes,
                               pb_error *err);
db_pages *db_sqlite_pages_release(db_pages *pages);
uint64_t db_sqlite_pages_count(const db_pages *pages);

/* aside.c */
/** Opens the database of held pages; the caller closes `*ret_db`, then `*ret_aside`, after a
 * failure too. */
pb_status db_sqlite_aside_open(db_pages *pages, db_sqlite_aside **ret_aside, sqlite3 **ret_db,
                               pb_error *err);
/** Takes NULL. */
void db_sqlite_aside_close(db_sqlite_aside *aside);

/* keep.c */
pb_status db_sqlite_log_keep(db_conn *conn, bool keep, pb_error *err);
pb_status db_sqlite_log_kept(db_conn *conn, bool *ret_kept, pb_error *err);
pb_status db_sqlite_log_seal(db_conn *conn, pb_error *err);
pb_status db_sqlite_log_tail(db_conn *conn, pb_buf *out, pb_error *err);
pb_status db_sqlite_log_list(const db_target *target, pb_arena *arena, db_log_piece **ret_pieces,
                             size_t *ret_count, pb_error *err);

/* check.c, wal.c */
pb_status db_sqlite_check(db_conn *conn, const db_target *target, pb_error *err);
pb_status db_sqlite_inspect(const db_target *target, pb_error *err);

#endif
