/* What finding and changing records by rows share. */
#ifndef RECORD_BRING_PRIVATE_H
#define RECORD_BRING_PRIVATE_H

#include "internal.h"
#include "record/bring.h"

struct record_matcher {
    const model_entity *entity;
    record_matching how;
    pb_arena *arena;
    key_index index; /* of the fields; all of it in memory */
    keyset rows;     /* records that the file said -> its row */
    uint64_t upto;   /* event up to which the index is true; 0: it was not made yet */
};

/** What a row was found to say. */
typedef struct match_found {
    bool found;
    bool unread; /* values that name it are not valid: what they say is not known */
    bool led;    /* by what a record that was merged away is called */
    pb_uuid id;
} match_found;

/** Finds the record that a row says. What keeps it from being one becomes problems of the writer.
 */
pb_status matcher_find(record_matcher *matcher, record_writer *writer, plan *p,
                       const record_input *inputs, size_t count, pb_str source_id,
                       match_found *ret_found, pb_error *err);
/** The row of this file that said the record before; 0: none did. */
int64_t matcher_said_by(const record_matcher *matcher, pb_uuid id);
pb_status matcher_said(record_matcher *matcher, pb_uuid id, int64_t row, pb_error *err);

#endif
