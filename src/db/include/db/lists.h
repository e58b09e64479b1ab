/* By which index a list is read, where that is for the program to say.
 *
 * SQLite keeps no count of what its tables hold, so it guesses how many rows a condition leaves;
 * record/list looks instead, and says the way in its statements. A server that counts is left to
 * itself. Threads: as the session.
 */
#ifndef DB_LISTS_H
#define DB_LISTS_H

#include "db/workspace.h"
#include "model/schema.h"

/** Instead of the place of a list: the rows themselves, in the order of their numbers. */
#define DB_BY_ROWS SIZE_MAX

/** Whether the program says by which index lists are read. False also where some may be missing: in
 * a workspace that is older than the program. */
bool db_lists_steered(const db_session *session);
/** Appends what stands behind table and alias of an entity: by the index of the list at this place
 * of its `lists`, or DB_BY_ROWS. Such an index holds the records that are not deleted, so the
 * condition must say `deleted = 0` in these words. */
void db_lists_by(const db_session *session, const model_entity *entity, size_t list, pb_buf *out);

/** Inside db_write: an entity whose table was empty gets so many rows that its indexes of lists
 * cost less made at the end, in one pass: they are taken away, and db_lists_make, which must follow
 * in the same transaction, makes them. Nothing happens where the engine gains nothing by it. */
pb_status db_lists_put_off(db_session *session, const model_entity *entity, pb_error *err);
pb_status db_lists_make(db_session *session, const model_entity *entity, pb_error *err);

#endif
