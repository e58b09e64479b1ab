/* Which records are one, as lists and the review queue say it. */
#ifndef SERVICE_MERGE_GROUPS_H
#define SERVICE_MERGE_GROUPS_H

#include "service/merge.h"

typedef struct merge_set {
    pb_str name; /* of the cluster, or of the first record named */
    pb_uuid *ids;
    size_t count, capacity;
    pb_str
        unknown; /* a record that was named and is not there, or is one of several; absent: none */
    bool several;
} merge_set;

typedef struct merge_sets {
    const model_entity *entity;
    merge_set *items; /* in the order in which they are met */
    size_t count, capacity;
    uint64_t below;
} merge_sets;

/** Reads the groups that `ask` names; all of it lives in `arena`. */
pb_status service_merge_groups(db_session *session, const model_schema *schema,
                               const service_bulk_ask *ask, pb_arena *arena, merge_sets *ret_sets,
                               pb_error *err);

#endif
