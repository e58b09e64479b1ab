/* What reading shares: a record_data made once for many rows. */
#ifndef RECORD_READ_H
#define RECORD_READ_H

#include "layout.h"
#include "record/record.h"

/** Layout, cells and a record with room for all fields, in `arena`. */
pb_status read_make(const model_entity *entity, pb_arena *arena, const layout **ret_layout,
                    pb_value **ret_cells, record_data *ret_record, pb_error *err);
/** Fills a record from a row; texts stay where they are. */
void read_fill(const layout *lay, const layout_head *head, const pb_value *cells,
               record_data *record);
/** Reads the one row that `rest` with its one parameter names. */
pb_status read_by(db_session *session, const model_entity *entity, const char *rest, pb_value key,
                  pb_arena *arena, record_data *ret_record, bool *ret_found, pb_error *err);

#endif
