/* What an engine must be able to do: the table of operations that stands between db and a database.
 *
 * Everything above this line (sessions, runner, migrations, keys, search) is engine-neutral; an
 * engine is one folder that fills in a db_engine. SQL handed down is the subset common to SQLite
 * and PostgreSQL, parameters `?`, `?1` or `:name`. Threads: a connection and its statements belong
 * to one thread at a time; different connections may be used at the same time.
 */
#ifndef DB_ENGINE_H
#define DB_ENGINE_H

#include "base/buf.h"
#include "base/error.h"
#include "base/value.h"
#include "db/log.h"
#include "db/server.h"
#include "db/share.h"
#include "layout.h"

typedef struct db_conn db_conn;     /* an engine's connection */
typedef struct db_native db_native; /* an engine's prepared statement */
typedef struct db_pages db_pages;   /* an engine's stored pages, held for a copy */

typedef enum db_conn_role {
    DB_WRITER,
    DB_READER,
    DB_KEEPER /* puts the log into pieces: takes the writer's place, writes no row */
} db_conn_role;

/** Where the data lies and how to reach it. Texts and key live as long as any connection. */
typedef struct db_target {
    const char *place;       /* folder, or address of a server as it may be shown */
    const void *where;       /* what the engine made of an address; NULL: a folder */
    const uint8_t *key;      /* 32 bytes */
    const db_layout *layout; /* which views are published, for foreign statements */
    bool scratch;            /* nothing needs to survive a crash */
    bool create;             /* there must be nothing yet */
    bool filling;            /* it has no head yet, see db/rows.h */
    bool follows;            /* a standby: nothing of it is written, its log neither */
    db_pages *held;      /* what is read are these; what is written is not kept; NULL: the place */
    size_t reader_bytes; /* that a reader keeps of what it read; 0: as the engine thinks fit */
} db_target;

/** Called for each table there is, or each column it has. */
typedef pb_status (*db_each_name)(void *context, pb_str name, pb_error *err);

/** What can be done about a failure. */
typedef enum db_remedy {
    DB_FINAL, /* nothing */
    DB_AGAIN, /* roll back and run the whole transaction again: nothing of it is stored */
} db_remedy;

typedef struct db_engine {
    const char *name;
    /** Column types in the engine's words, by db_type. */
    const char *types[DB_TYPE_COUNT];
    /** The type of sealed columns but blobs; NULL: files are enciphered, and no value is by itself.
     */
    const char *sealed;
    /** What stands behind the definition of a table kept in the order of its primary key. */
    const char *clustered;
    const char *absent_first; /* behind the columns of an index of lists */
    /** What stands between the name of a table and that of the index by which it is to be read, and
     * what says by none. NULL: the engine knows better, since it counts what its tables hold. */
    const char *by_index, *by_none;
    /** Said before definitions that others may be in the way of, so that these do not wait behind
     * them for long; NULL: nobody is. */
    const char *impatient;
    /** What stands behind a query whose rows are taken, see db_prepare_taking. */
    const char *taking;

    /** Reads the address `url` (what else is needed to get in lies in `options`): fills in `place`
     * and `where`. NULL: the place is the text itself. Nothing is connected. */
    pb_status (*locate)(const char *url, const db_options *options, pb_arena *arena,
                        db_target *target, pb_error *err);
    /** Whether a workspace could be made there: PB_EXISTS when something is in the way. */
    pb_status (*can_make)(const db_target *target, pb_arena *arena, pb_error *err);
    /** Makes the empty place; `*ret_made`: it was not there before, so that `unmake` may follow. */
    pb_status (*make)(const db_target *target, pb_arena *arena, bool *ret_made, pb_error *err);
    void (*unmake)(const db_target *target);
    /** A place of its own on the server of another workspace. NULL: there are no servers. */
    pb_status (*beside_place)(const db_target *other, pb_arena *arena, db_target *target,
                              pb_error *err);
    /** Removes a workspace whose making never came to an end, unless somebody is at it (PB_BUSY);
     * leaves alone whatever else is there. NULL: the caller sees to it. */
    pb_status (*clear)(const db_target *target, pb_error *err);
    /** See db_server_about. NULL: there are no servers. */
    pb_status (*server_about)(const db_target *target, pb_arena *arena, db_server *ret_server,
                              pb_error *err);
    /** See db_hold_take. */
    pb_status (*hold)(const db_target *target, const char *name, void **ret_hold, pb_error *err);
    void (*let_go)(void *hold);
    /** The workspace's head. PB_NOT_FOUND: there is no workspace. */
    pb_status (*read_head)(const db_target *target, pb_arena *arena, pb_buf *text, pb_error *err);
    pb_status (*write_head)(const db_target *target, pb_arena *arena, pb_str text, pb_error *err);
    /** Looks at the files before they are first opened in this process. NULL: there are none. */
    pb_status (*inspect)(const db_target *target, pb_error *err);
    pb_status (*connect)(const db_target *target, db_conn_role role, db_conn **ret_conn,
                         pb_error *err);
    db_conn *(*disconnect)(db_conn *conn);
    /** Runs SQL that gives no rows: definitions. Inside a transaction that writes. */
    pb_status (*run)(db_conn *conn, const char *sql, pb_error *err);
    /** Which tables and views there are from here on, for foreign statements and for what `run`
     * says of who may do what. */
    void (*lay)(db_conn *conn, const db_layout *layout);
    /** Begins. A reader's snapshot is taken here, not at its first query. `*ret_foreign` tells
     * that another connection committed since this one's last transaction. */
    pb_status (*begin)(db_conn *conn, bool write, bool *ret_foreign, pb_error *err);
    /** What a query may take from here on; NULL: as long as it takes. What changes rows is not
     * stopped. */
    void (*limit)(db_conn *conn, const db_limits *limits);
    /** Until this transaction ends, what is deleted is overwritten too. */
    pb_status (*overwrite)(db_conn *conn, pb_error *err);
    /** A second snapshot of the very state that `first` sees, `second` being fresh. NULL: the
     * engine knows no such thing. */
    pb_status (*beside)(db_conn *first, db_conn *second, pb_error *err);
    /** Waits for statements that were sent without waiting; their failures show here. NULL: there
     * are never such statements. */
    pb_status (*settle)(db_conn *conn, pb_error *err);
    pb_status (*commit)(db_conn *conn, pb_error *err);
    /** The number of the last commit by anybody, each one more than the one before, asked of
     * memory;
     * `*ret_begun`: whether the connection's transaction still goes on. False: it is not known.
     * NULL: it never is. */
    bool (*stamp)(db_conn *conn, uint32_t *ret_stamp, bool *ret_begun);
    /** What was committed last waits to be moved, which snapshots that go on are in the way of.
     * NULL: never. */
    bool (*crowded)(const db_conn *conn);
    void (*rollback)(db_conn *conn);
    /** What can be done about the last failure of this connection's transaction. NULL: nothing,
     * ever. */
    db_remedy (*remedy)(const db_conn *conn);
    /** After a commit that failed: it is not known whether it took place. NULL: it never is. */
    bool (*unsure)(const db_conn *conn);
    /** One level of savepoint is enough. */
    pb_status (*savepoint)(db_conn *conn, pb_error *err);
    pb_status (*savepoint_keep)(db_conn *conn, pb_error *err);
    pb_status (*savepoint_undo)(db_conn *conn, pb_error *err);
    /** Columns of a table, none when there is no such table. */
    pb_status (*columns)(db_conn *conn, const char *table, db_each_name each, void *context,
                         pb_error *err);
    /** Tables of ours, those of fields and entities that are declared no more among them. */
    pb_status (*tables)(db_conn *conn, db_each_name each, void *context, pb_error *err);
    /** Copies all tables into a new schema, inside the transaction. NULL: the engine has no
     * schemas. */
    pb_status (*keep_tables)(db_conn *conn, const char *schema, pb_error *err);
    /** The file, in the folder, in which a log that was cut off or altered is put aside; NULL:
     * there are no such. */
    const char *aside;
    /** Which server holds the workspace, and which of its takeovers: a writer's connection knows;
     * empty: not known. NULL: there are no servers. */
    const char *(*era)(const db_conn *conn);
    /** Every page read, authenticated and checked; the first fault named. */
    pb_status (*check)(db_conn *conn, const db_target *target, pb_error *err);
    /** Whether that looks at indexes; NULL: always. */
    pb_status (*checks_indexes)(db_conn *conn, bool *ret_checks, pb_error *err);
    /** Begins a reader's transaction and holds the stored pages of the very state it sees, for
     * copying; NULL: the engine has no files of its own. */
    pb_status (*pages_hold)(db_conn *conn, const db_target *target, db_pages **ret_pages,
                            uint64_t *ret_count, db_position *ret_position, pb_error *err);
    /** `count` pages from `first` (from 0) as stored. */
    pb_status (*pages_read)(db_pages *pages, uint64_t first, int count, uint8_t *ret_bytes,
                            pb_error *err);
    /** Before the transaction ends. Takes NULL, returns NULL. */
    db_pages *(*pages_release)(db_pages *pages);
    /** Keeping the log, see db/log.h; NULL: the engine's log is kept by other means. Begins or ends
     * it inside a write transaction. */
    pb_status (*log_keep)(db_conn *conn, bool keep, pb_error *err);
    pb_status (*log_kept)(db_conn *conn, bool *ret_kept, pb_error *err);
    pb_status (*log_seal)(db_conn *conn, pb_error *err);
    pb_status (*log_tail)(db_conn *conn, pb_buf *out, pb_error *err);
    pb_status (*log_list)(const db_target *target, pb_arena *arena, db_log_piece **ret_pieces,
                          size_t *ret_count, pb_error *err);

    /** `sql` needs to live only during the call. */
    pb_status (*prepare)(db_conn *conn, pb_str sql, db_native **ret_native, pb_error *err);
    pb_status (*prepare_foreign)(db_conn *conn, pb_str sql, int64_t max_steps,
                                 db_native **ret_native, pb_error *err);
    db_native *(*finalize)(db_native *native);
    /** Binding; a failure shows at the next step. Texts and blobs are not copied. */
    void (*bind)(db_native *native, int parameter, pb_value value);
    /** Number of a parameter `:name`, 0 when there is none. */
    int (*parameter)(db_native *native, const char *name);
    pb_status (*step)(db_native *native, bool *ret_row, pb_error *err);
    void (*reset)(db_native *native, bool bindings);
    int (*column_count)(db_native *native);
    const char *(*column_name)(db_native *native, int column);
    bool (*column_is_null)(db_native *native, int column);
    int64_t (*column_i64)(db_native *native, int column);
    pb_str (*column_text)(db_native *native, int column);
    pb_str (*column_blob)(db_native *native, int column);
    pb_value (*column_value)(db_native *native, int column);
    void (*column_values)(db_native *native, int first, size_t count, pb_value *ret_values);
} db_engine;

extern const db_engine db_engine_sqlite;
extern const db_engine db_engine_postgres;

#endif
