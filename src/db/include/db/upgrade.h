/* Workspaces that an older version of the program made, or an older model: what they lack, and
 * bringing them up to date so that it either happened, proved, or nothing did.
 *
 * Copies to rehearse on and to keep are made by whoever calls (see service/upgrade.h); here is what
 * happens to one database: everything that is in it is surveyed, the steps are taken, what was
 * there is surveyed again, and only then it is committed. Nothing is ever dropped.
 */
#ifndef DB_UPGRADE_H
#define DB_UPGRADE_H

#include "db/workspace.h"

/** A step that brings a workspace of format `from` to the next; tables and columns are all there
 * when it runs. */
typedef struct db_format_step {
    int64_t from;
    db_work work;
    const char *const *changes; /* tables whose rows it changes, ended by NULL; NULL: none */
} db_format_step;

/** The formats a program knows: `number` is what it writes. */
typedef struct db_formats {
    int64_t number;
    const db_format_step *steps;
    size_t count;
} db_formats;

/** What a workspace lacks. */
typedef struct db_gap {
    int64_t have, want; /* formats */
    pb_str *missing;    /* `table` or `table.column`, in the order of the model */
    size_t count;
} db_gap;

/** True when the workspace was opened with DB_OLDER_KEEP and is older. */
bool db_is_older(const db_workspace *workspace);
/** What is missing; nothing, and the same formats, when it is up to date. Lives in `arena`. */
pb_status db_upgrade_gap(db_workspace *workspace, pb_arena *arena, db_gap *ret_gap, pb_error *err);

/** Everything that is stored, table by table, whatever the model says of it. */
typedef struct db_survey_table {
    pb_str name;
    pb_str *columns;
    size_t column_count;
    uint64_t rows;
    uint64_t sum[4]; /* of the hashes of all rows, in any order */
} db_survey_table;
typedef struct db_survey {
    db_survey_table *tables;
    size_t count;
    uint64_t rows;
} db_survey;
/** Reads all rows of all tables (what the program notes of its own version apart). */
pb_status db_survey_read(db_session *session, pb_arena *arena, db_survey *ret_survey,
                         pb_error *err);
/** Whether the same tables still hold the same in the same columns, however many were added;
 * PB_CORRUPT naming the table that does not. Those in `except` (ended by NULL; may be NULL) may. */
pb_status db_survey_compare(db_session *session, const db_survey *survey, const char *const *except,
                            pb_error *err);

typedef struct db_upgrade_options {
    bool rehearse;    /* everything is done, and then undone */
    const char *keep; /* on a server: the schema to keep the old tables in; NULL: none */
    db_work prove;    /* runs when all is done, before it is committed; may be NULL */
    void *context;
} db_upgrade_options;

/** Brings a workspace opened with DB_OLDER_KEEP up to date: one transaction, in which everything
 * that was there is proved to be there still. After any failure nothing has changed. Afterwards it
 * must be opened anew. `ret_survey` (may be NULL) lives in `arena`. */
pb_status db_upgrade(db_workspace *workspace, const db_upgrade_options *options, pb_arena *arena,
                     db_survey *ret_survey, pb_error *err);

#endif
