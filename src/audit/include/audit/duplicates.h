/* Finding the records of an entity that describe the same thing, by the fields the model compares
 * (`match:`). The engine is match; here its columns are filled from a snapshot.
 *
 * Threads: one call, one thread.
 */
#ifndef AUDIT_DUPLICATES_H
#define AUDIT_DUPLICATES_H

#include "base/bytes.h"
#include "db/read.h"
#include "likeness/rows.h"
#include "model/schema.h"

/** What was found; positions are those of the records in ascending order of n. */
typedef likeness_found audit_duplicates;

/** Compares all records of `entity` in the snapshot by `options` (its blocks are the entity's own)
 * and heeds what reviewers decided: a pair said to differ is none, one said to be one is.
 * What is found lives in `arena`, the rows compared in the options' store, which outlives it: see
 * likeness/rows.h for how much. */
pb_status audit_duplicates_search(db_session *snapshot, const model_entity *entity,
                                  const match_options *options, match_progress progress,
                                  void *context, pb_arena *arena, audit_duplicates *ret_duplicates,
                                  pb_error *err);
/** The ids of the first `rows` records, in the same order, and their numbers (n); these may be
 * NULL.
 */
pb_status audit_duplicates_ids(db_session *snapshot, const model_entity *entity, size_t rows,
                               pb_arena *arena, pb_uuid **ret_ids, int64_t **ret_numbers,
                               pb_error *err);
/** How the records are called, in the same order: the source's own id, else the row number, else
 * the record's id. */
pb_status audit_duplicates_names(db_session *snapshot, const model_entity *entity, pb_arena *arena,
                                 pb_str **ret_names, size_t *ret_count, pb_error *err);

#endif
