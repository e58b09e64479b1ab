/* Entering records one by one through the gate, and the review of what is likely twice: for forms,
 * the command line, later the API.
 */
#ifndef SERVICE_REVIEW_H
#define SERVICE_REVIEW_H

#include "likeness/quality.h"
#include "record/review.h"
#include "service/service.h"

/** One record on its way in. */
typedef struct service_entry {
    const model_entity *entity;
    const pb_uuid *change;    /* the record to change; NULL: a new one */
    int64_t expected_version; /* of a change; 0: whatever it is */
    const record_input *inputs;
    size_t count;
    record_gate gate; /* zero: nothing is looked for; its `may_see` decides what is told */
} service_entry;

/** What came of it. Texts live in the arena given. */
typedef struct service_entered {
    pb_uuid id;
    const record_problem *problems; /* why it was refused (PB_INVALID) */
    size_t problem_count;
    const record_likely *likely; /* whom it is likely the same as, of those the actor may see */
    size_t likely_count;
} service_entered;

/** Writes one record strictly, through the gate, in a transaction of its own. PB_INVALID with the
 * problems when it is refused; then too `*ret_entered` tells what the actor may know. */
pb_status service_enter(const service_call *call, db_workspace *workspace,
                        const service_entry *entry, pb_arena *arena, service_entered *ret_entered,
                        pb_error *err);

/** What filling the queue came to. */
typedef struct service_queue {
    const model_entity *entity;
    uint64_t records;
    uint64_t pairs, added; /* as likely as the queue wants; new ones */
} service_queue;
/** Least probability of pairs that go into the queue: lower than what is called a duplicate, so
 * that decisions can tell what a search misses. */
#define SERVICE_QUEUE_LEAST 0.5
/** Searches a workspace for duplicates of `entity` (absent: of every entity), keeps what was
 * learned for the gate, brings its index up to date, and puts the pairs into the review queue. The
 * list lives in `arena`. */
pb_status service_queue_fill(const service_call *call, db_workspace *workspace, pb_str entity,
                             pb_arena *arena, service_queue **ret_queues, size_t *ret_count,
                             pb_error *err);

/** Lists pairs of the queue, the surest first; see record_review_each. */
pb_status service_review_list(db_workspace *workspace, const record_review_filter *filter,
                              record_pair_each each, void *context, pb_error *err);
pb_status service_review_count(db_workspace *workspace, const model_entity *entity,
                               uint64_t ret_counts[4], pb_error *err);

/** Two records side by side, how they compare, and what was decided. */
typedef struct service_comparison {
    record_data left, right;
    record_waterfall waterfall;
    bool queued;
    record_pair pair; /* when queued */
} service_comparison;
/** Tells a pair. As personal data is shown, the log has it before (see reads.h). Everything lives
 * in `arena`. */
pb_status service_review_show(const service_call *call, db_workspace *workspace,
                              const model_entity *entity, pb_uuid a, pb_uuid b, pb_arena *arena,
                              service_comparison *ret_comparison, pb_error *err);

/** The entity and the ids of two records by what people call them (id, source id, key); `entity`
 * NULL: the first in which both are found. PB_NOT_FOUND, or PB_CONFLICT when several are called so.
 */
pb_status service_review_names(db_workspace *workspace, const model_entity *entity, pb_str a,
                               pb_str b, const model_entity **ret_entity, pb_uuid *ret_a,
                               pb_uuid *ret_b, pb_error *err);
/** The same as service_review_show for any source: of files what is learned from them weighs.
 * `a` and `b` as in lists of pairs: the source's own id, else the row number. */
pb_status service_explain(const service_core *service, const service_call *call,
                          const service_source *source, const model_entity *entity, pb_str a,
                          pb_str b, pb_arena *arena, service_comparison *ret_comparison,
                          pb_error *err);

/** Decides a pair; see record_review_decide. Decisions calibrate the gate: `*ret_calibrated` is the
 * number it learned from, 0 while there are too few. */
pb_status service_review_decide(const service_call *call, db_workspace *workspace,
                                const model_entity *entity, pb_uuid a, pb_uuid b,
                                record_decision decision, pb_str reason, uint64_t *ret_calibrated,
                                pb_error *err);

/** Quality of one entity's search. */
typedef struct service_quality {
    const model_entity *entity;
    likeness_quality quality;
} service_quality;
/** Precision and recall from the decisions, for every entity that has some; `threshold` 0: that of
 * the entity's gate. Lives in `arena`. */
pb_status service_review_quality(db_workspace *workspace, const model_entity *entity,
                                 double threshold, pb_arena *arena, service_quality **ret_list,
                                 size_t *ret_count, pb_error *err);

#endif
