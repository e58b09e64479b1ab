/* Reading one row, for those who know its number. */
#ifndef RECORD_READ_H
#define RECORD_READ_H

#include "layout.h"
#include "record/record.h"

/** Reads the one row that `rest` with its one parameter names. */
pb_status read_by(db_session *session, const model_entity *entity, const char *rest, pb_value key,
                  pb_arena *arena, record_data *ret_record, bool *ret_found, pb_error *err);

/** A record from a row's head and cells; `ret_record` lives in `arena`, its texts where theirs do.
 */
pb_status read_record(const layout *lay, const layout_head *head, const pb_value *cells,
                      pb_arena *arena, record_data *ret_record, pb_error *err);

#endif
