/* What a record becomes, as the model declares it (`convert`): the values that the new ones get,
 * what links to it, and which conversion holds.
 *
 * A conversion is a run of kind `convert`, `about` the id of the record, so record_undo takes it
 * back. Refuses: deciding who may do it, and writing (record_create and record_change do).
 * Threads: as the session.
 */
#ifndef RECORD_CONVERT_H
#define RECORD_CONVERT_H

#include "record/undo.h"

/** One value on its way, and where it comes from. */
typedef struct record_convert_input {
    record_input input;
    const model_field *from; /* NULL: it is set, or links to the record itself */
} record_convert_input;

/** The inputs that `values` ask for, of a record as it stands in `record` (its further values are
 * read): fields without a value are left out. In `arena`. */
pb_status record_convert_read(db_session *session, const record_data *record,
                              const model_convert_value *values, size_t count, int64_t now_us,
                              pb_arena *arena, record_convert_input **ret_inputs, size_t *ret_count,
                              pb_error *err);

/** Ids of the records, not deleted ones, that link to `id` by the field. In `arena`. */
pb_status record_linking(db_session *session, const model_field *link, pb_uuid id, pb_arena *arena,
                         pb_uuid **ret_ids, size_t *ret_count, pb_error *err);

/** The conversion of a record that was not taken back: `*ret_found`. */
pb_status record_conversion(db_session *session, pb_uuid id, pb_arena *arena,
                            record_run_info *ret_run, bool *ret_found, pb_error *err);

/** A record that a run made. */
typedef struct record_made {
    const model_entity *entity;
    pb_uuid id;
} record_made;
/** Those of a run, in the order in which they were made; O(events of the run). In `arena`. */
pb_status record_run_made(db_session *session, const record_run_info *run, pb_arena *arena,
                          record_made **ret_made, size_t *ret_count, pb_error *err);

#endif
