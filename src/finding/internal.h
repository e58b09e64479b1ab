/* What the files of this module share. */
#ifndef FINDING_INTERNAL_H
#define FINDING_INTERNAL_H

#include "db/row.h"
#include "finding/finding.h"

#define FINDING_COLUMNS                                                                            \
    "n, control, area, grade, entity, state, proved, owner, due, until_day, note, said_by,"        \
    " population, failing, first_run, last_run, opened_us, changed_us, version"

/** The finding in the row at hand, its texts copied into `arena`. */
pb_status finding_row_read(db_stmt *stmt, pb_arena *arena, finding_item *ret_item, pb_error *err);
/** Stores it: a new row where `n` is 0. */
pb_status finding_row_store(db_session *session, finding_item *item, pb_error *err);
/** Appends an event about a finding; `run` 0: none. */
pb_status finding_event(db_session *session, const finding_call *call, const char *kind,
                        const finding_item *item, int64_t run, pb_error *err);
/** Takes the list on from what a run of one's own workspace found (sync.c). */
pb_status finding_sync(db_session *session, const finding_call *call, int64_t run,
                       const audit_result *result, pb_error *err);

#endif
