/* What the files of the PostgreSQL engine share.
 *
 * Source: PostgreSQL 15, chapters 34 (libpq), 55 (protocol), 13 (concurrency).
 */
#ifndef DB_POSTGRES_POSTGRES_H
#define DB_POSTGRES_POSTGRES_H

#include "../engine.h"
#include "../token.h"

#include <libpq-fe.h>

/* Types by their numbers, as pg_type.dat has them. */
enum {
    PG_BOOL = 16,
    PG_BYTEA = 17,
    PG_CHAR = 18,
    PG_NAME = 19,
    PG_INT8 = 20,
    PG_INT2 = 21,
    PG_INT4 = 23,
    PG_TEXT = 25,
    PG_OID = 26,
    PG_FLOAT4 = 700,
    PG_FLOAT8 = 701,
    PG_UNKNOWN = 705,
    PG_BPCHAR = 1042,
    PG_VARCHAR = 1043,
    PG_NUMERIC = 1700,
};

enum {
    PG_SCHEMA_MAX = 40,  /* letters of the schema's name: roles are named after it */
    PG_NAME_MAX = 64,    /* with NUL: the server cuts longer names */
    PG_QUEUE_MAX = 256,  /* statements sent before their answers are read */
    PG_PARAMETERS = 512, /* of one statement */
    PG_WORDS = 512,      /* of the server, in a message */
    PG_DEAD = 64,
    PG_NONCES = 64,
};

/** Where a workspace lies on a server; made by db_pg_locate, lives in the arena. */
typedef struct pg_where {
    _Atomic int64_t *commits; /* counter of commits that readers must see: as it was when the
 workspace was opened, then as this process last wrote it */
    const char *const *names, *const *values; /* for PQconnectdbParams, ended by NULL */
    const char *shown;                        /* the address without its password */
    const char *schema;
    const struct pg_where *replica; /* NULL: none */
    db_replica *told;               /* of a replica: what came of asking it */
} pg_where;

/** Roles of one workspace, by name. */
typedef struct pg_roles {
    char owner[PG_NAME_MAX]; /* of schema and tables; nobody connects as it */
    char app[PG_NAME_MAX];   /* what the program works as: owns nothing */
    char query[PG_NAME_MAX]; /* what foreign statements run as: sees published views only */
} pg_roles;

/** Numbers of the parameters of one statement, given as they come. */
typedef struct pg_places {
    pb_arena *arena;
    const char *names[PG_PARAMETERS]; /* of parameters `:name`, without colon; else NULL */
    int count;
} pg_places;

typedef struct pg_bulk pg_bulk;

/** A parameter whose value is sealed on its way. `column` NULL: it is not. */
typedef struct pg_seal {
    const db_column *column;
    int entity, field; /* parameters that name what the value is about; -1: none */
    pb_buf sealed;     /* the value that goes out */
} pg_seal;

struct db_conn {
    PGconn *pg;
    const pg_where *where; /* what it is connected to */
    const db_target *target;
    const db_layout *layout;
    db_conn_role role;
    pg_roles roles;
    bool create;             /* the tables are not there yet */
    bool active;             /* inside a transaction */
    bool failed;             /* the transaction can only be rolled back */
    bool again;              /* ... and may succeed when it is run anew */
    bool lost;               /* the connection is gone */
    bool unsure;             /* a commit was sent, and no answer came */
    const db_limits *limits; /* of who uses it; NULL: none */
    bool stopped;            /* the server was asked to stop for them */
    bool unread;             /* the answer to the last ROLLBACK is still to come */
    unsigned counter_ready;  /* generation in which the counter's statement was prepared */
    pb_status why;
    pb_error error;       /* the first failure of the transaction */
    int queued;           /* statements sent since the last sync */
    unsigned generation;  /* of the connection: prepared statements do not outlive it */
    unsigned epoch;       /* of the transaction: cursors do not outlive it */
    int64_t commits;      /* counter of commits as of the last transaction; -1: none yet */
    char transaction[24]; /* number of the one that writes, for asking what became of it */
    char writer[17];      /* name of the row in which this connection notes its commits */
    unsigned next_name;
    unsigned failures;      /* transactions that failed, connections that broke */
    char dead[PG_DEAD][16]; /* prepared statements nobody needs any more */
    int dead_count;
    pg_bulk *bulks;       /* with rows that are not sent yet */
    char era[64];         /* of a writer: the cluster, and its timeline; empty: not known */
    uint8_t seal_key[32]; /* for values that the server must not read */
    bool seal_ready;      /* ... it is made */
    uint8_t nonces[PG_NONCES][24];
    int nonces_left; /* not used yet, from the front */
};

struct db_native {
    db_conn *conn;
    pb_arena *arena; /* of all that lives as long as this */
    char name[16];   /* of the prepared statement; of its cursor with a c before */
    char *sql;       /* as the server reads it */
    unsigned generation;
    bool rows;    /* gives rows */
    bool selects; /* changes nothing: may be read by a cursor */
    bool foreign;
    int64_t max_steps; /* of a foreign statement; 0: no limit */
    int64_t budget_us; /* time left to it, and when it last began */
    int64_t began_us;
    uint64_t touches; /* tables named in it, by number; all bits: any */
    int parameter_count;
    Oid *types;          /* of parameters */
    const char **names;  /* of parameters `:name`, without colon; NULL each for others */
    pb_value *values;    /* bound */
    char (*rooms)[32];   /* for numbers on their way */
    PGresult *described; /* names and types of columns */
    pg_bulk *bulk;       /* NULL: not a plain INSERT */
    pg_seal *seals;      /* by parameter; NULL: none is sealed */
    pb_buf *opened;      /* by column: values that came sealed */
    /* the answer */
    bool stepping;
    bool cursor; /* open */
    unsigned epoch;
    PGresult *result;
    int row, fetch;
    int small;         /* answers in a row that came in one piece */
    char (*texts)[40]; /* of columns that are no texts */
};

/* fail.c */
/** The server's answer as our failure; remembers it as the transaction's. */
pb_status db_pg_fail(db_conn *conn, const PGresult *result, pb_error *err);
/** What made the transaction fail, again. */
pb_status db_pg_failed(const db_conn *conn, pb_error *err);
/** A connection that could not be made. */
pb_status db_pg_no_connection(const pg_where *where, PGconn *pg, pb_error *err);

/* address.c */
pb_status db_pg_locate(const char *url, const db_options *options, pb_arena *arena,
                       db_target *target, pb_error *err);

/* link.c */
/** Connects as the login that the address names; nothing more. */
pb_status db_pg_link(const pg_where *where, PGconn **ret_pg, pb_error *err);
/** Roles of the workspace in a schema that is there: PB_NOT_FOUND, without words, when none is. */
pb_status db_pg_roles(PGconn *pg, const char *schema, pg_roles *ret_roles, pb_error *err);
/** "There is no workspace", with words. */
pb_status db_pg_no_workspace(const pg_where *where, pb_error *err);
/** Takes on the program's role, which owns nothing, and the settings every session has. */
pb_status db_pg_settle_in(PGconn *pg, const pg_where *where, const pg_roles *roles, pb_error *err);
/** Sends one text of statements and waits; not in pipeline mode. `parameter` NULL: it has none. The
 * caller clears the result. */
pb_status db_pg_ask(PGconn *pg, const char *sql, const char *parameter, PGresult **ret_result,
                    pb_error *err);
/** Whether the first cell of the answer is true; no row: false. */
pb_status db_pg_ask_true(PGconn *pg, const char *sql, const char *parameter, bool *ret_true,
                         pb_error *err);
/** See db_engine.era. */
const char *db_pg_era(const db_conn *conn);
pb_status db_pg_connect(const db_target *target, db_conn_role role, db_conn **ret_conn,
                        pb_error *err);
db_conn *db_pg_disconnect(db_conn *conn);
/** After the connection was lost: a new one. */
pb_status db_pg_reconnect(db_conn *conn, pb_error *err);
/** Instead of a replica: the server it follows. */
pb_status db_pg_reconnect_primary(db_conn *conn, pb_error *err);
/** For a while the replica is asked no more; `why` is told to whoever named it. */
void db_pg_replica_rests(const pg_where *replica, const pb_error *why);
/** Runs a text of statements, waiting; not in pipeline mode. */
pb_status db_pg_say(PGconn *pg, const char *sql, pb_error *err);

/* engine.c */
/** Sends what is gathered and waits for all answers. */
pb_status db_pg_settle(db_conn *conn, pb_error *err);

/* tables.c */
/** See the operations of db_engine that are called so. */
pb_status db_pg_run(db_conn *conn, const char *sql, pb_error *err);
void db_pg_lay(db_conn *conn, const db_layout *layout);
pb_status db_pg_columns(db_conn *conn, const char *table, db_each_name each, void *context,
                        pb_error *err);
pb_status db_pg_tables(db_conn *conn, db_each_name each, void *context, pb_error *err);

/* queue.c */
/** Before statements of which the answer to one is wanted. */
pb_status db_pg_make_room(db_conn *conn, pb_error *err);
/** Sends a statement (prepared, or text) without waiting for its answer. */
pb_status db_pg_send_text(db_conn *conn, const char *sql, int count, const Oid *types,
                          const char *const *values, const int *lengths, const int *formats,
                          pb_error *err);
pb_status db_pg_send_prepared(db_conn *conn, const char *name, int count, const char *const *values,
                              const int *lengths, const int *formats, pb_error *err);
pb_status db_pg_send_prepare(db_conn *conn, const char *name, const char *sql, int count,
                             const Oid *types, pb_error *err);
pb_status db_pg_send_describe(db_conn *conn, const char *name, pb_error *err);
/** Waits for all answers; that of statement number `want` (from 0, since the last wait; -1: none)
 * comes back. Owner of the result: the caller. */
pb_status db_pg_wait(db_conn *conn, int want, PGresult **ret_result, pb_error *err);

/** Sends what is queued and leaves its answers for db_pg_read_rest. */
void db_pg_send_off(db_conn *conn);
/** Reads the answers left; the connection is lost when there are none. */
void db_pg_read_rest(db_conn *conn);
void db_pg_limit(db_conn *conn, const db_limits *limits);

/* stmt.c */
pb_status db_pg_prepare(db_conn *conn, pb_str sql, db_native **ret_native, pb_error *err);
db_native *db_pg_finalize(db_native *native);
int db_pg_parameter(db_native *native, const char *name);
pb_status db_pg_step(db_native *native, bool *ret_row, pb_error *err);
void db_pg_reset(db_native *native, bool bindings);
/** A statement that is not prepared at the server yet. `sql` as the server reads it. */
pb_status db_pg_native_new(db_conn *conn, const char *sql, const pg_places *places,
                           db_native **ret_native, pb_error *err);
/** Has the server read it, protected: a failure leaves the transaction as it was. */
pb_status db_pg_native_ready(db_native *native, pb_error *err);

/* values.c */
void db_pg_bind(db_native *native, int parameter, pb_value value);
/** The bound values as the server wants them. */
pb_status db_pg_encode(db_native *native, int parameter, const char **ret_bytes, int *ret_length,
                       int *ret_format, pb_error *err);
int db_pg_column_count(db_native *native);
const char *db_pg_column_name(db_native *native, int column);
bool db_pg_column_is_null(db_native *native, int column);
int64_t db_pg_column_i64(db_native *native, int column);
pb_str db_pg_column_text(db_native *native, int column);
pb_str db_pg_column_blob(db_native *native, int column);
pb_value db_pg_column_value(db_native *native, int column);
void db_pg_column_values(db_native *native, int first, size_t count, pb_value *ret_values);
/** A type whose values these functions read. */
bool db_pg_knows(Oid type);

/* seal.c */
/** Instead of `*value`, bound to `parameter`, what goes out: sealed when its column is. */
pb_status db_pg_seal(db_native *native, int parameter, pb_value *value, pb_error *err);
/** The value that `stored` is when it was sealed; it lives until the column's next. False: it was
 * not, or not by this workspace. */
bool db_pg_unseal(db_native *native, int column, pb_str stored, bool text, pb_value *ret);

/* seal_where.c */
/** Finds the parameters that are sealed. PB_INTERNAL: the statement would write a sealed column
 * with something else than a parameter. */
pb_status db_pg_find_seals(db_native *native, pb_error *err);

/* bulk.c: rows of plain INSERTs, gathered and sent as arrays */
/** NULL without failure when the statement is no plain INSERT of its parameters. */
pb_status db_pg_bulk_new(db_native *native, pg_bulk **ret_bulk, pb_error *err);
pg_bulk *db_pg_bulk_free(pg_bulk *bulk);
/** Takes the bound values as rows. */
pb_status db_pg_bulk_add(db_native *native, pb_error *err);
/** Sends what is gathered for these tables. */
pb_status db_pg_bulk_send(db_conn *conn, uint64_t tables, pb_error *err);
/** Forgets what is gathered: the transaction is rolled back. */
void db_pg_bulk_drop(db_conn *conn);

/* text.c */
/** The number of a parameter `?`, `?1`, `:name`; 0 when there are too many or no memory. */
int db_pg_place(pg_places *places, pb_str text);
/** The parameter `$1` that a reader of such SQL has at hand, from 0; -1: it is none. */
int db_pg_place_at(const db_reader *reader);
/** SQL as the server reads it: parameters become `$1`. */
pb_status db_pg_text(pb_str sql, pg_places *places, pb_buf *out, pb_error *err);
/** Which tables of the layout a text names: a bit each; all bits when it may be any. */
uint64_t db_pg_touches(const db_layout *layout, pb_str sql);

/* place.c, grants.c */
pb_status db_pg_can_make(const db_target *target, pb_arena *arena, pb_error *err);
pb_status db_pg_make(const db_target *target, pb_arena *arena, bool *ret_made, pb_error *err);
/** before.c */
pb_status db_pg_keep_tables(db_conn *conn, const char *schema, pb_error *err);
void db_pg_unmake(const db_target *target);
pb_status db_pg_read_head(const db_target *target, pb_arena *arena, pb_buf *text, pb_error *err);
pb_status db_pg_write_head(const db_target *target, pb_arena *arena, pb_str text, pb_error *err);
/** Whether the key is the one the workspace was made with: PB_WRONG_KEY. */
pb_status db_pg_check_key(PGconn *pg, const uint8_t key[32], pb_error *err);
/** Appends what gives the roles their rights on tables and views, and rows their policies. */
void db_pg_grants(const db_layout *layout, const pg_roles *roles, pb_buf *sql);
/** Appends what foreign statements find under the names SQLite has for it. */
void db_pg_functions(pb_buf *sql);

/* about.c */
pb_status db_pg_about(const db_target *target, pb_arena *arena, db_server *ret_server,
                      pb_error *err);

/* hold.c */
pb_status db_pg_hold(const db_target *target, const char *name, void **ret_hold, pb_error *err);
void db_pg_let_go(void *hold);
/** Holds what is being made, on its own connection, as long as that is open. */
pb_status db_pg_hold_making(PGconn *pg, const pg_where *where, pb_error *err);
pb_status db_pg_clear(const db_target *target, pb_error *err);
pb_status db_pg_beside_place(const db_target *other, pb_arena *arena, db_target *target,
                             pb_error *err);

/* check.c */
pb_status db_pg_check(db_conn *conn, const db_target *target, pb_error *err);
pb_status db_pg_checks_indexes(db_conn *conn, bool *ret_checks, pb_error *err);

/* foreign.c */
/** Sent before and behind what a foreign statement asks of the server. */
pb_status db_pg_foreign_enter(db_native *native, pb_error *err);
pb_status db_pg_foreign_leave(db_native *native, pb_error *err);
/** Counts the time since it was entered. */
void db_pg_foreign_spent(db_native *native);
/** Microseconds that one run of it may take. */
int64_t db_pg_foreign_budget(const db_native *native);
/** It took too long. */
pb_status db_pg_foreign_limit(const db_native *native, pb_error *err);
pb_status db_pg_prepare_foreign(db_conn *conn, pb_str sql, int64_t max_steps,
                                db_native **ret_native, pb_error *err);

#endif
