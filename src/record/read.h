/* Reading one row, for those who know its number. */
#ifndef RECORD_READ_H
#define RECORD_READ_H

#include "layout.h"
#include "record/record.h"

/** Reads the one row that `rest` with its one parameter names. */
pb_status read_by(db_session *session, const model_entity *entity, const char *rest, pb_value key,
                  pb_arena *arena, record_data *ret_record, bool *ret_found, pb_error *err);

#endif
