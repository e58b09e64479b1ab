/* Declarations that a workspace keeps beside the files of the program: entities and fields of its
 * own, other labels, other values of choices.
 *
 * Each change is a row that is never changed again; what was said last of an entity or a field
 * holds. A workspace is opened with the model that holds then and has it until it is closed: who
 * reads goes on with what he began with. When the model changes, by whatever process, no records
 * are written any more by who opened it before (PB_BUSY, db_model_passed): it is to be opened anew.
 * Threads: any.
 */
#ifndef DB_KEPT_H
#define DB_KEPT_H

#include "db/workspace.h"

/** How many changes the model had that `workspace` was opened with: the model's version. */
int64_t db_model_version(const db_workspace *workspace);
/** Whether it is known that the model changed since: no record is written through this workspace
 * any more. Costs one load. */
bool db_model_passed(const db_workspace *workspace);
/** PB_BUSY when it did: for whoever writes what the model speaks of. Inside db_write, where it is
 * known whatever process changed it. */
pb_status db_model_holds(const db_session *session, pb_error *err);
/** Asks what is stored, so that a change by another process is known, too. */
pb_status db_model_look(db_workspace *workspace, pb_error *err);

/** What is kept, of each entity and field once, as it is in what `session` sees, in the order in
 * which they were first spoken of. In `arena`. */
pb_status db_kept_read(db_session *session, pb_arena *arena, model_kept **ret_items,
                       size_t *ret_count, pb_error *err);

typedef struct db_model_change {
    const model_kept *items; /* of one entity; each replaces what was kept of it or its field */
    size_t count;
    int64_t at_us;              /* when */
    const model_schema *schema; /* what comes of it */
} db_model_change;

/** Stores a change and brings the tables to `schema`: nothing is ever dropped. `*ret_version` is
 * the model's from here on. Inside db_write; when that is committed, the workspace is passed. */
pb_status db_model_change_store(db_session *session, const db_model_change *change,
                                int64_t *ret_version, pb_error *err);

#endif
