/* Rows against the log, on several threads: whoever is free takes the next piece of a table. */
#ifndef LEDGER_VERIFY_ROWS_H
#define LEDGER_VERIFY_ROWS_H

#include "verify.h"

#include <pthread.h>

/** A part that one thread has: some rows of one entity. */
struct ledger_rows {
    verifier *v;
    const model_entity *entity;
    int64_t from, to; /* by n; both belong to it */
    uint64_t number;  /* of the part */
    uint64_t count;   /* of rows seen */
};

/** What the threads share. */
typedef struct rows_check {
    verifier *v;
    ledger_row_check check; /* may be NULL */
    void *context;

    pthread_mutex_t lock; /* for what follows */
    size_t entity;        /* whose rows are handed out */
    int64_t next;         /* its first number not handed out */
    uint64_t parts;       /* handed out so far */
    bool stop;            /* a part failed */
    uint64_t failed;      /* the first of those that did, with its error */
    pb_status status;
    pb_error error;
    uint64_t records;
} rows_check;

void verify_rows_begin(rows_check *rows, verifier *v, ledger_row_check check, void *context);
/** Checks parts until there is none left, in a session of the caller's; failures stay in `rows`. */
void verify_rows_work(rows_check *rows, db_session *session);
/** When all threads are done: the first failure, or each newest event's row. */
pb_status verify_rows_end(rows_check *rows, pb_error *err);

#endif
