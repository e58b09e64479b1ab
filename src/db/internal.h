/* What the engine-neutral files of db share. */
#ifndef DB_INTERNAL_H
#define DB_INTERNAL_H

#include "db/keyring.h"
#include "db/share.h"

#include "engine.h"
#include "header.h"

#include "sys/gate.h"

#include <pthread.h>
#include <stdatomic.h>

enum {
    DB_FORMAT = 3,           /* of the tables this program writes; a greater number is refused */
    DB_HEAD = 1,             /* of the head it writes */
    DB_HEAD_KEPT = 2,        /* of the head, when the log was kept once; also known */
    DB_STATEMENTS_MAX = 256, /* kept ready in a session between transactions */
    DB_FRONT_SLOTS = 128,    /* statements found again by the address of their text */
    DB_HOOKS_MAX = 16,       /* works before commit */
    DB_SLOTS_MAX = 16,       /* things kept beside a workspace */
    DB_SESSION_SLOTS = 8,    /* and beside a session */
    DB_BATCH_MAX = 1024,     /* transactions in one commit */
    DB_READERS_KEPT = 8,     /* idle readers kept open */
    DB_BESIDE_TRIES = 16,    /* for two snapshots of one state while others write */
    DB_READERS_MAX = 256,
    DB_READER_WAIT_US = 10000000, /* for one to be free, where no limit is said */
    DB_SETTLED_US = 1000000,      /* a snapshot goes on at most */
    DB_RUN_TRIES = 10,            /* of a transaction that others got in the way of */
    DB_TOGETHER_US = 100000, /* a work that took longer is not run anew for the fault of another */
    DB_GATHER_US = 10000,    /* at most, for others to come into a commit */
    DB_APART_BATCHES = 16,   /* run with savepoints after one in which a work failed */
};

typedef struct db_search_buffer db_search_buffer;
typedef struct db_aside db_aside; /* what a workspace aside holds of the other, see aside.c */
typedef struct db_local db_local; /* a copy of sealed tables, see local.h */

struct db_stmt {
    db_session *session;
    db_native *native;
    const db_engine *engine;
    char *sql;
    size_t sql_len;
    int64_t rows;       /* given since it began, not yet noted (db_watch_step) */
    db_stmt *next;      /* in the same bucket */
    db_stmt *next_used; /* in the session's list of those used since it last rested */
    bool used;          /* in that list */
    bool kept;          /* belongs to the session */
};

typedef struct db_hook {
    db_work work;
    void *context;
} db_hook;

typedef struct db_slot {
    const char *name;
    void *value;
    void (*done)(void *);
    void (*rolled_back)(void *);
} db_slot;

struct db_session {
    db_workspace *workspace;
    const db_engine *engine;
    db_conn *conn;
    bool writes;
    bool settled;            /* its snapshot may go on after it is closed, see settled.c */
    bool goes_on;            /* it does: the session is idle, its transaction is open */
    bool stamped;            /* the number of the last commit that it sees is known */
    uint32_t stamp;          /* it */
    int64_t settled_us;      /* since when */
    uint64_t view;           /* counts what its snapshots saw, but for the log; 0: none yet */
    uint32_t view_stamp;     /* of the last of them */
    const db_limits *limits; /* that the engine was told; NULL: none */
    struct {
        const char *sql;
        db_stmt *stmt;
    } front[DB_FRONT_SLOTS];
    db_stmt *buckets[DB_STATEMENTS_MAX];
    size_t statement_count;
    db_stmt *used;            /* since it last rested */
    db_search_buffer *search; /* what the work that runs has added to the search index */
    db_local *locals;         /* where statements about sealed values run; none kept at rest */
    db_slot slots[DB_SESSION_SLOTS];
    size_t slot_count;
    db_session *next; /* in the list of idle readers */
};

/* A caller of db_write, waiting. */
typedef struct db_request {
    db_work work;
    void *context;
    const db_limits *limits;
    bool only_log;     /* writes nothing that settled snapshots look at */
    int64_t queued_us; /* since when it waits */
    pb_status status;
    pb_error error;
    bool taken; /* into a batch */
    bool late;  /* over before its turn */
    bool done;
    bool leads;    /* it is this one's turn to run the queue */
    sys_gate wake; /* opened when one of the two is true */
    struct db_request *next;
} db_request;

struct db_workspace {
    const db_engine *engine;
    const model_schema *schema;
    model_schema *own_schema; /* held: with what is kept here; NULL: the caller's */
    int64_t model_version;
    int64_t model_next;       /* the leader's: stored in this transaction; 0: none */
    atomic_bool model_there;  /* the table of what is kept is known to be there */
    atomic_bool model_passed; /* it was changed since: nothing is written any more */
    pb_arena *arena;
    db_layout *layout;
    db_target target;
    db_header header;
    uint8_t *key;   /* guarded memory, 32 bytes */
    bool own_place; /* scratch: deleted at close */

    pthread_mutex_t lock; /* for all below, except what the leader alone uses */
    db_request *first, *last;
    size_t queued;     /* in that list */
    size_t expected;   /* who were there when the last batch ended: in it, and behind it */
    int64_t gather_us; /* worth waiting for them */
    bool gathering;    /* the leader waits for them */
    sys_gate gathered;
    bool led;     /* somebody leads, or has been told to */
    bool running; /* the leader is inside a batch */
    pthread_t leader;
    bool broken; /* a commit failed: nothing may be written or read any more */
    db_share share;
    db_figures figures;
    db_session *idle; /* the one used last stands first: what it keeps is the newest */
    size_t idle_count, reader_count;
    struct db_waiter *waiter_first, *waiter_last; /* for a reader */
    size_t called;                                /* of them, and not there yet */
    struct {
        bool known, off;   /* off: none goes on */
        uint32_t from, to; /* commits behind the first, up to the second, were of the log only */
    } settled;
    db_slot slots[DB_SLOTS_MAX];
    size_t slot_count;
    const struct db_formats *formats;
    db_older if_older;
    bool older;                       /* closed to writing but by an upgrade */
    const char *moved_to;             /* closed to writing: it lives there now */
    const struct db_standby *standby; /* closed to writing: it follows another */
    struct sys_lock *lock_file;       /* of a standby, or of one that takes over */
    db_aside *aside;                  /* of a workspace aside whose pages are held; NULL: none */

    /* The leader's alone. */
    db_session *writer;
    bool wrote; /* a batch at least */
    db_hook hooks[DB_HOOKS_MAX], ends[DB_HOOKS_MAX];
    size_t hook_count, end_count;
    int apart; /* batches still to be run with savepoints */
};

/* workspace.c */
pb_status db_workspace_store_header(db_workspace *workspace, pb_error *err);

/* session.c */
pb_status db_session_open(db_workspace *workspace, db_conn_role role, db_session **ret_session,
                          pb_error *err);
db_session *db_session_free(db_session *session);
/** Statements that are still in the middle of something are reset; when there are too many, all go.
 */
void db_session_rest(db_session *session);

/* readers.c */
/** These, or else those that the thread works by (db_limits_hold). */
const db_limits *db_limits_of(const db_limits *own);

/* batch.c */
/** Runs the works of a batch and commits once, as often as it takes; what came of each stands in
 * it.
 */
void db_batch_run(db_workspace *workspace, db_request *batch);
/** The same failure for everybody in the batch that has none of its own. */
void db_batch_fail(db_request *batch, pb_status status, const pb_error *error);

/* watch.c */
/** A step of a statement whose time is noted. */
pb_status db_watch_step(db_watch *watch, db_stmt *stmt, bool *ret_row, pb_error *err);
/** The statement ends; what it took stays noted. */
void db_watch_forget(const db_limits *limits, const db_stmt *stmt);

/* runner.c */
pb_status db_fail_broken(const db_workspace *workspace, pb_error *err);

/* settled.c */
/** The leader begins a transaction: what is known of the last commit. */
typedef struct db_before {
    bool known;
    uint32_t stamp;
} db_before;
db_before db_settled_before(db_session *writer);
/** It was committed. */
void db_settled_after(db_workspace *workspace, db_before before, bool only_log);
/** Whether what a snapshot that goes on sees is all there is, but for the log. */
bool db_settled_holds(db_session *session);
/** Around the beginning of a snapshot that may go on. */
db_before db_settled_begin(db_session *session);
void db_settled_begun(db_session *session, db_before before);
/** At its end: whether it goes on. */
bool db_settled_keep(db_session *session);
/** readers.c: ends snapshots that go on and that nobody uses, all or those that are too old. */
void db_settled_release(db_workspace *workspace, bool all);

/* migrate.c */
/** The definition of an index. */
void db_index_sql(const db_engine *engine, const db_index *index, pb_buf *sql);
/** Makes the tables of the workspace's layout, or adds what is missing. Runs inside db_write. */
pb_status db_migrate(db_workspace *workspace, pb_error *err);
struct db_gap;
/** What the tables lack, as a session sees them. */
pb_status db_migrate_gap(db_session *session, pb_arena *arena, struct db_gap *ret_gap,
                         pb_error *err);
/** The layout without the tables and columns that are missing, in `arena`: of a workspace that is
 * older what can be read. */
pb_status db_migrate_there(db_session *session, pb_arena *arena, const db_layout **ret_layout,
                           pb_error *err);
/** db_migrate_now as a work. */
pb_status db_migrate_again(db_session *session, void *context, pb_error *err);
/** Brings table, indexes and view of one entity to `layout`, and notes its fingerprint. */
pb_status db_migrate_entity(db_session *session, const db_layout *layout, pb_str entity,
                            pb_error *err);
/** Adds what is missing and takes the steps between formats; inside db_write. */
pb_status db_migrate_now(db_session *session, pb_error *err);

extern const struct db_formats db_formats_known;

/* upgrade.c */
pb_status db_older_refuse(const db_workspace *workspace, pb_error *err);
/** The only work that may write to a workspace that is older. */
pb_status db_upgrade_work(db_session *session, void *context, pb_error *err);

/* move.c */
/** Reads the marks a move left: whether the workspace went elsewhere, or is a copy not finished. */
pb_status db_move_look(db_session *session, pb_error *err);
/** Refuses writing to a workspace that went elsewhere. */
pb_status db_move_allows(const db_workspace *workspace, db_work work, pb_error *err);
/** Tables and columns that the present model does not declare are kept by a workspace, but a copy
 * of its rows would lack them: PB_CONFLICT, with `hint`. */
pb_status db_move_complete(db_session *from, pb_arena *arena, const char *hint, pb_error *err);
/** Marks a new workspace as a copy of `from` that is not finished. */
pb_status db_move_begin(db_workspace *copy, const db_workspace *from, pb_error *err);

/* workspace.c */
/** A workspace just made is not wanted: it is deleted at close. */
void db_workspace_abandon(db_workspace *workspace);

/** A workspace over held pages of another, which `aside` holds; takes that over in any case. */
pb_status db_workspace_held(const db_workspace *of, db_aside *aside, db_pages *pages,
                            db_workspace **ret_workspace, pb_error *err);

/* aside.c */
/** Lets go. Takes NULL, returns NULL. */
db_aside *db_aside_end(db_aside *aside);

/* keyring.c */
/** The header and the key of 32 bytes. */
void db_keyring_take(const db_keyring *keyring, db_header *ret_header, uint8_t *ret_key);

/* search.c */
/** Writes what is buffered; before each commit and each end of a savepoint. */
pb_status db_search_flush(db_session *session, pb_error *err);
/** Forgets what is buffered: the work that added it is rolled back. */
void db_search_drop(db_session *session);
db_search_buffer *db_search_buffer_free(db_search_buffer *buffer);

#endif
