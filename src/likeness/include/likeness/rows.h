/* All records of an entity compared with one another: rows given in parts, each part filled by one
 * thread, and what was found among them.
 *
 * No SQL, no I/O. Threads: parts belong to one thread each; rows to one at a time.
 */
#ifndef LIKENESS_ROWS_H
#define LIKENESS_ROWS_H

#include "likeness/likeness.h"

typedef struct likeness_rows likeness_rows;
typedef struct likeness_part likeness_part;

/** What was found; positions are those of the rows as they were taken in. */
typedef struct likeness_found {
    size_t
        field_count; /* fields that could be compared; 0: none has a value, nothing was compared */
    const match_column *columns; /* what was compared, in the order of the levels of a pair; they
                                    live as long as the rows */
    bool names_only;             /* of most records nothing but names and towns is known */
    match_result result;
} likeness_found;

/** Owner: the caller, likeness_rows_free. About 8 bytes a record and field, 20 a record, and 20 for
 * each different value beside its text, in `store` (NULL: memory), which outlives the rows. */
pb_status likeness_rows_new(const model_entity *entity, const match_store *store,
                            likeness_rows **ret_rows, pb_error *err);
const likeness_fields *likeness_rows_fields(const likeness_rows *rows);
/** A part for at most `most` records at a time. Owner: the caller, likeness_part_free. */
pb_status likeness_part_new(const likeness_rows *rows, size_t most, likeness_part **ret_part,
                            pb_error *err);
/** Adds a record: stored values in the order of likeness_rows_fields, of a link the reference's
 * text. */
pb_status likeness_part_add(likeness_part *part, const pb_value *values, pb_error *err);
/** Takes the records of a part in, behind those that are there; the part is empty then. */
pb_status likeness_rows_take(likeness_rows *rows, likeness_part *part, pb_error *err);
/** Compares what was taken in, once. Blocks of `options` are the entity's own; pairs that something
 * speaks against are taken back. The result lives in `arena`. */
pb_status likeness_rows_find(likeness_rows *rows, const match_options *options,
                             match_progress progress, void *context, pb_arena *arena,
                             likeness_found *ret_found, pb_error *err);
/** Take NULL, return NULL. */
likeness_part *likeness_part_free(likeness_part *part);
likeness_rows *likeness_rows_free(likeness_rows *rows);

#endif
