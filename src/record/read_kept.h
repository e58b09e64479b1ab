/* Rows that a session has read, kept while nothing but the log is committed. */
#ifndef RECORD_READ_KEPT_H
#define RECORD_READ_KEPT_H

#include "layout.h"
#include "record/record.h"

/** What was kept of a row; false: nothing is, and it is to be read. `cells` has room for all
 * columns and is empty; texts are copied into `arena`. O(1). */
bool read_kept_find(db_session *session, const model_entity *entity, const pb_uuid *id,
                    pb_arena *arena, layout_head *ret_head, pb_value *cells);
/** Keeps a row that was read, if it may be kept. */
void read_kept_add(db_session *session, const layout *lay, const layout_head *head,
                   const pb_value *cells);

#endif
