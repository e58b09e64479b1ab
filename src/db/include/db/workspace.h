/* Workspaces: making, opening, keys, and the one transaction runner.
 *
 * A workspace is a URL: a folder (embedded engine, encrypted) or postgres://…
 * Refuses: deciding what may be written (record does), and any key from an argument.
 */
#ifndef DB_WORKSPACE_H
#define DB_WORKSPACE_H

#include "base/bytes.h"
#include "db/read.h"
#include "model/schema.h"

/** Where the 32-byte workspace key comes from, tried in this order when several are set. */
typedef struct db_key_source {
    const char *key_file;   /* path outside the workspace, mode 600; NULL: the default place
                               ($XDG_CONFIG_HOME or ~/.config)/probity/keys/<workspace id> */
    pb_str passphrase;      /* Argon2id with the salt kept in the workspace; absent: none */
    const char *credential; /* name below $CREDENTIALS_DIRECTORY (systemd); NULL: none */
} db_key_source;

/** What opening does with a workspace that lacks tables or columns of the model, or is of an older
 * format (see db/upgrade.h). */
typedef enum db_older {
    DB_OLDER_MIGRATE, /* adds them at once: for copies and tests */
    DB_OLDER_REFUSE,  /* PB_UNSUPPORTED, saying how to go on: who only reads must not change it */
    DB_OLDER_KEEP     /* leaves it as it is; it cannot be written but by db_upgrade */
} db_older;

/** A server that follows the workspace's own, for snapshots, and what came of asking it. A snapshot
 * is taken there when it has everything that was committed when the workspace was opened, and what
 * this process wrote since; for what it lacks it is waited for up to five seconds. Where it cannot
 * be reached, lags, or follows nobody any more, the workspace's own server is asked instead, for a
 * minute, and that is noted here: who asked for a replica is to be told. A server that has another
 * workspace there is refused (PB_WRONG_KEY). */
typedef struct db_replica {
    const char *url;                /* its address; the schema is the workspace's */
    _Atomic uint64_t there;         /* snapshots taken there */
    _Atomic uint64_t here;          /* snapshots taken at the workspace's own server instead */
    _Atomic int64_t rests_until_us; /* by the clock that never goes back; 0: it is asked */
    _Atomic bool noted;             /* `why` is, or is being, filled in */
    pb_error why; /* of the first that was taken here; to be read when nobody reads any more */
} db_replica;

typedef struct db_options {
    db_key_source key;
    bool scratch; /* thrown away afterwards: random key kept in memory only, no fsync, no log,
                     deleted at close; a write fails (PB_BUSY) while a snapshot is open */
    const char *password_file; /* for a server: its first line is the password; NULL: none */
    db_replica *replica;       /* of a workspace on a server; lives as long as the workspace; NULL:
                                  none */
    db_older older;
    const struct db_formats *formats; /* those known; NULL: this program's */
    bool takes_over;     /* a standby is opened to become the primary, see db/standby.h */
    db_workspace *again; /* opening: this one once more, whose key is not asked for; see db/kept.h.
                            Making: a scratch one has its identity and key, see db/aside.h */
    db_workspace *twin;  /* making only: same identity and key as this one, see db/move.h */
    const struct db_keyring
        *identity;        /* making only: identity and key of this one, see db/rows.h */
    db_workspace *beside; /* making only: on the server of this one, in a schema of its
                             own */
} db_options;

/** Makes a workspace with all tables of `schema`, which must outlive it. A scratch workspace may
 * have no `url`: it then lies in a new private folder for temporary files. Refuses a folder that
 * exists and is not empty. With a key file source the key is made, stored (mode 600, outside the
 * workspace) and its path put into `ret_key_path` (may be NULL). */
pb_status db_workspace_create(const char *url, const model_schema *schema,
                              const db_options *options, pb_buf *ret_key_path,
                              db_workspace **ret_workspace, pb_error *err);
/** Whether db_workspace_create would find the place free: to be asked before a passphrase is. */
pb_status db_workspace_can_create(const char *url, const model_schema *schema,
                                  const db_options *options, pb_error *err);
/** Opens a workspace and migrates it to `schema` (new tables and columns; nothing is ever dropped).
 * Wrong key: PB_WRONG_KEY. Made by a newer version: PB_UNSUPPORTED. */
pb_status db_workspace_open(const char *url, const model_schema *schema, const db_options *options,
                            db_workspace **ret_workspace, pb_error *err);
/** Closes; a scratch workspace is deleted. Takes NULL, returns NULL. */
db_workspace *db_workspace_close(db_workspace *workspace);
/** True when `url` leads to a workspace: a folder with a workspace's head in it. */
bool db_workspace_exists(const char *url);
/** Its id, which its key and its backups bear. */
pb_uuid db_workspace_id(const db_workspace *workspace);
const model_schema *db_workspace_schema(const db_workspace *workspace);
/** The place `url` as messages and logs may name it: without a password. Lives as long as `url` and
 * `arena`. */
const char *db_workspace_shown(const char *url, pb_arena *arena);
/** Folder or URL as it may be shown. */
const char *db_workspace_url(const db_workspace *workspace);
/** A key for `purpose` derived from the workspace key (libsodium crypto_kdf, BLAKE2b), 32 bytes.
 */
void db_workspace_subkey(const db_workspace *workspace, const char purpose[8], uint8_t ret_key[32]);

/** The work of one transaction. Returns PB_OK to commit, anything else to roll back. May be run
 * more than once (soft conflicts, another's failure): keep no state outside `context` that a second
 * run would not overwrite. */
typedef pb_status (*db_work)(db_session *session, void *context, pb_error *err);
/** The one transaction runner: begins, runs `work`, runs the registered before-commit work,
 * commits, or rolls everything back. Concurrent callers are put into one commit (group commit), one
 * fsync for all: without savepoints, and when one fails again, each inside its own. Returns when
 * the commit is durable. */
pb_status db_write(db_workspace *workspace, db_work work, void *context, pb_error *err);

/** Work to run once before the commit of the current batch, after all callers' work: the ledger
 * signs its head here. The same `work` and `context` are registered once however often this is
 * called. A failure rolls the whole batch back. */
pb_status db_before_commit(db_session *session, db_work work, void *context, pb_error *err);
/** Work to run once when the present work is done, or once for all works of the batch when they
 * share a transaction without savepoints: what sums up what a work wrote is written here. As
 * db_before_commit otherwise, before which it comes. */
pb_status db_after_work(db_session *session, db_work work, void *context, pb_error *err);
/** Until this transaction ends, what is deleted is overwritten in the files as well, its former
 * places and the engine's log included (the log at the latest when the workspace is closed). Inside
 * db_write. */
pb_status db_overwrite_deleted(db_session *session, pb_error *err);
/** Something that lives as long as the workspace stays open (the ledger's tree state, id counters):
 * `*slot` is a place kept under `name` (static), NULL at first; `done` frees it at close. State
 * that mirrors stored rows must be thrown away when a transaction rolls back: `rolled_back` (may be
 * NULL) is called then, on the writer's thread; also when one work of a group commit rolls back
 * alone, and when another process committed: the state is then to be read anew from rows. NULL: too
 * many slots. */
void **db_workspace_slot(db_workspace *workspace, const char *name, void (*done)(void *),
                         void (*rolled_back)(void *));
/** As db_workspace_slot, but of one session: what is kept there (what was worked out from the
 * model) stays as long as its connection, from one snapshot to the next, and belongs to the thread
 * that has the session. NULL: too many slots. */
void **db_session_slot(db_session *session, const char *name, void (*done)(void *));
db_workspace *db_session_workspace(db_session *session);
/** True inside db_write. */
bool db_session_writes(const db_session *session);
/** True where a commit writes each page that it changed as a whole (a folder): rows that lie far
 * apart are then better written many at once. */
bool db_writes_pages(const db_session *session);

/** Deepest check of the engine's own files: every page read and authenticated, structure intact.
 * The first fault is named (file, page). */
pb_status db_check_pages(db_workspace *workspace, pb_error *err);
/** Whether db_check_pages walks the indexes, too; false on a server whose administrator has not
 * installed amcheck, or does not let us use it. */
pb_status db_checks_indexes(db_workspace *workspace, bool *ret_checks, pb_error *err);
/** The highest rowid-like `n` of an entity table, 0 when empty. */
pb_status db_last_n(db_session *session, const model_entity *entity, int64_t *ret_n, pb_error *err);

#endif
