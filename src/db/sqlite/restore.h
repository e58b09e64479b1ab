/* A workspace being built from runs of pages and pieces of the log. */
#ifndef DB_SQLITE_RESTORE_H
#define DB_SQLITE_RESTORE_H

#include "piece.h"

/* A piece that waits for a commit to be applied. */
typedef struct db_waiting {
    char *path;
    uint32_t from; /* first frame of it that is not applied */
    struct db_waiting *next;
} db_waiting;

struct db_restore {
    pb_arena *arena;
    char *folder;
    char *marker; /* path */
    bool own_folder;
    pb_str head;
    uint8_t *key; /* guarded memory; NULL: none given */
    db_position position;
    uint64_t page_count, run_count, stored;
    uint8_t *seen; /* one bit a run */
    db_raw file;
    bool open;
    bool resumed;

    /* The log. */
    db_rest rest;
    int64_t until_us;
    bool logged;   /* a piece was given */
    bool tailed;   /* and it was a tail: the last */
    db_piece last; /* head of the last one */
    db_waiting *waiting, **waiting_end;
    db_restore_facts facts;
};

/** PB_INVALID while runs are missing. */
pb_status db_restore_complete(const db_restore *restore, pb_error *err);
/** Removes what was put aside. */
void db_restore_drop_waiting(db_restore *restore);

#endif
