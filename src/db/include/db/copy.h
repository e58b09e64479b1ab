/* Copies of an embedded workspace taken while it is in use, and workspaces built anew from them.
 *
 * What is copied are the stored bytes: pages as they lie in the files, encrypted and authenticated
 * each by itself. A page that did not change between two copies has the same bytes in both, unless
 * it still lay in the write-ahead log at the first (it is encrypted anew when it leaves the log);
 * its tag and nonce, the last DB_PAGE_TAIL bytes, tell it from every other. Encrypted pages do not
 * shrink: db_copy_open_page gives their content, and from content and nonce db_keyring_close_page
 * makes the same bytes again.
 * Pages come in runs of DB_RUN_PAGES, aligned, so that runs of two copies can be compared.
 * Refuses: compressing, targets, manifests (see backup); engines without files of their own
 * (PB_UNSUPPORTED); writing over anything that exists.
 * Threads: a copy or a restore belongs to one thread at a time.
 */
#ifndef DB_COPY_H
#define DB_COPY_H

#include "base/bytes.h"
#include "db/workspace.h"

enum { DB_RUN_PAGES = 64, DB_PAGE_SIZE = 8192, DB_RUN_SIZE = DB_RUN_PAGES * DB_PAGE_SIZE };
/* A page: content, tag, nonce. */
enum {
    DB_PAGE_TAG = 32,
    DB_PAGE_NONCE = 32,
    DB_PAGE_TAIL = DB_PAGE_TAG + DB_PAGE_NONCE,
    DB_PAGE_BODY = DB_PAGE_SIZE - DB_PAGE_TAIL
};

/** A place in the history of a workspace: where a copy stands, and where log pieces continue. */
typedef struct db_position {
    pb_uuid timeline;      /* one for each time the keeping of the log began; all zero: not kept */
    uint64_t sequence;     /* the newest log piece all of which the copy holds; 0: none */
    uint8_t generation[8]; /* of the log's frames: its salts */
    uint32_t frame;        /* the last frame of that generation the copy holds */
} db_position;

/** One line of text without line end, for manifests. */
void db_position_text(const db_position *position, pb_buf *out);
/** False when the text is of another form. */
bool db_position_parse(pb_str text, db_position *ret_position);

typedef struct db_copy db_copy;

typedef struct db_copy_facts {
    pb_uuid workspace; /* its id */
    uint64_t page_count;
    uint64_t run_count; /* the last run may be shorter */
    int64_t at_us;      /* all that was acknowledged before this moment is in it */
    db_position position;
    pb_str head; /* the bytes of workspace.yaml; live as long as the copy */
} db_copy_facts;

/** Begins a copy of the state committed now. Writers and readers go on; until it is closed the
 * write-ahead log is not begun anew and grows. PB_UNSUPPORTED for scratch workspaces and for
 * engines without files. Owner: the caller, db_copy_close. */
pb_status db_copy_open(db_workspace *workspace, db_copy **ret_copy, pb_error *err);
const db_copy_facts *db_copy_about(const db_copy *copy);
/** A snapshot of the very state that is copied: for the ledger's head, counts, sums. Lives as long
 * as the copy; not to be closed. */
db_session *db_copy_session(db_copy *copy);
/** Appends the bytes of run `run` (from 0) to `out`: DB_RUN_SIZE, fewer for the last. Each byte
 * comes from the file or the log; what comes from the log is checked against its checksum. Any
 * order, also repeatedly. About one read call a run and one for each of its pages in the log. */
pb_status db_copy_read(db_copy *copy, uint64_t run, pb_buf *out, pb_error *err);
/** Deciphers page `page` (from 0), as db_copy_read gave it, in place: DB_PAGE_BODY bytes of
 * content, then tag and nonce as they were. PB_CORRUPT when it is not what was written. Any thread.
 */
pb_status db_copy_open_page(const db_copy *copy, uint64_t page, uint8_t bytes[DB_PAGE_SIZE],
                            pb_error *err);
/** Takes NULL, returns NULL. */
db_copy *db_copy_close(db_copy *copy);

typedef struct db_restore db_restore;

/** Begins to build a workspace in `folder`, which must not exist or be an empty folder. `head` are
 * the bytes of workspace.yaml, `page_count` and `position` as the copy's facts said. `key` opens
 * the copied workspace; NULL will do when no log pieces are to be applied. Until db_restore_finish
 * the folder holds a file `restoring` and no workspace.yaml; opening it is refused with words that
 * say so. Owner: the caller, db_restore_finish or db_restore_abort. */
pb_status db_restore_open(const char *folder, pb_str head, uint64_t page_count,
                          const db_position *position, const db_key_source *key,
                          db_restore **ret_restore, pb_error *err);
/** Stores run `run`; any order. PB_INVALID when its length is not the one that belongs there. */
pb_status db_restore_run(db_restore *restore, uint64_t run, pb_str bytes, pb_error *err);
/** Applies what the log pieces given after this say was committed up to that moment (microseconds
 * since 1970); without it, all of it. To be said before the first piece. Where clocks jumped, the
 * last commit whose moment is not later counts. */
void db_restore_until(db_restore *restore, int64_t until_us);
/** Applies a piece of the kept log (db/log.h), behind all runs, in the order of sequences; those
 * older than the copy, whose sequence is not above its position's, are passed over. Only whole
 * commits are applied. PB_INVALID: a piece is missing before it, it is of another timeline, or no
 * key was given; PB_CORRUPT: it is damaged. */
pb_status db_restore_log(db_restore *restore, pb_str piece, pb_error *err);

/** Where a build has come to, so that it can be gone on with later. */
typedef struct db_rest {
    db_position position; /* all up to there is in the file */
    uint8_t tag[32];      /* of the piece `position.sequence`; zeros: not known */
    uint64_t page_count;
} db_rest;
/** Goes on in a folder that db_restore_finish left, and that nobody has open: only pieces of the
 * log behind `rest` may follow. No file says meanwhile that the pages are in the middle of
 * something: the caller sees to it that nobody opens the folder, and after a failure or a crash
 * gives the same pieces again. Ended by db_restore_finish (which gives no head) or db_restore_abort
 * (which removes nothing of the workspace). */
pb_status db_restore_resume(const char *folder, pb_str head, const db_rest *rest,
                            const db_key_source *key, db_restore **ret_restore, pb_error *err);
/** How far the pieces given so far were applied: pieces with the end of an unfinished transaction
 * are not behind it. */
db_rest db_restore_rest(const db_restore *restore);

typedef struct db_restore_facts {
    uint64_t commits; /* applied from the log */
    int64_t last_us;  /* moment of the last of them; 0: none */
    bool exact;       /* that moment is the commit's own, not a later one */
    uint64_t left;    /* commits seen that came after the moment asked for */
    bool undated;     /* the first of those may have come before it: its own moment was lost, with
                         the power or with the process whose commit nobody heard of */
} db_restore_facts;
/** As far as the restore has come. */
db_restore_facts db_restore_about(const db_restore *restore);

/** Ends it: sees that every run was stored, makes all durable and gives the folder its head, so
 * that it can be opened with the key of the copied workspace. The pages themselves are checked by
 * db_check_pages. Ends the restore in any case; after a failure the folder stays as it is,
 * recognisable, for the caller to remove. */
pb_status db_restore_finish(db_restore *restore, pb_error *err);
/** As db_restore_finish, but does not wait for the disk, which takes the pages meanwhile: what was
 * built can be opened and read, and is not durable before db_syncing_end said so. Owner of
 * `*ret_syncing`: the caller. */
typedef struct db_syncing db_syncing;
pb_status db_restore_finish_beside(db_restore *restore, db_syncing **ret_syncing, pb_error *err);
/** Waits until the pages are on the disk, or could not be brought there. Takes NULL. */
pb_status db_syncing_end(db_syncing *syncing, pb_error *err);
/** Gives up and removes the folder's content. Takes NULL, returns NULL. */
db_restore *db_restore_abort(db_restore *restore);

#endif
