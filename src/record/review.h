/* The queue's table, for those in the house. */
#ifndef RECORD_REVIEW_PRIVATE_H
#define RECORD_REVIEW_PRIVATE_H

#include "alike.h"
#include "record/review.h"

/** A record of a pair: its texts by field compared. */
typedef struct review_side {
    pb_uuid id;
    pb_str source_id;
    const pb_str *texts;
} review_side;

typedef struct review_found {
    double score;
    uint64_t levels;
    pb_str by;
    int64_t run;
    int64_t at_us;
} review_found;

/** Puts a pair into the queue, or its new score to the one that is there. */
pb_status review_put(db_session *session, const alike *a, const review_side *one,
                     const review_side *other, const review_found *found, bool *ret_added,
                     pb_error *err);
/** True when somebody decided that the two are different: by their ids (`one` NULL: a record that
 * is not there yet) or by who they are. */
pb_status review_different(db_session *session, const model_entity *entity, const pb_uuid *one,
                           const pb_uuid *other, int64_t one_identity, int64_t other_identity,
                           bool *ret_different, pb_error *err);

#endif
