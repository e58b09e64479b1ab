/* Records that were merged into others: where they lead, and how a merge is kept.
 *
 *   record_merged(entity, gone, survivor, event):  A ─► B ─► C      event: that of the survivor
 *
 * An id is of one record, whatever its entity, so what went into it is asked for by the id alone:
 * asked for by entity too, SQLite reads all merges of the entity instead of the index.
 */
#ifndef RECORD_MERGED_H
#define RECORD_MERGED_H

#include "layout.h"

/** The record that one leads to, over all merges; itself when it was not merged. */
pb_status merged_follow(db_session *session, const model_entity *entity, pb_uuid id,
                        pb_uuid *ret_id, pb_error *err);
/** The record that one was merged into, one step: `*ret_found` false when it was not. */
pb_status merged_into(db_session *session, const model_entity *entity, pb_uuid id, pb_uuid *ret_id,
                      uint64_t *ret_event, bool *ret_found, pb_error *err);
/** True in `*ret_any` when records of the entity were merged. */
pb_status merged_any(db_session *session, const model_entity *entity, bool *ret_any, pb_error *err);
/** Number of the row that the absorbed row `n` leads to; 0: none that is to be seen. */
pb_status merged_row(db_session *session, const model_entity *entity, int64_t n, int64_t *ret_n,
                     pb_uuid *ret_id, pb_error *err);
/** The records that went into one, over all merges, itself first. */
pb_status merged_all(db_session *session, const model_entity *entity, pb_uuid id, pb_arena *arena,
                     pb_uuid **ret_ids, size_t *ret_count, pb_error *err);
/** PB_CONFLICT: the record was merged into another, so it cannot be written. */
pb_status merged_refuse(db_session *session, const model_entity *entity, pb_uuid id, pb_error *err);

#endif
