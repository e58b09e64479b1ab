/* Merging records and taking merges apart, with a preview that is the thing itself, rolled back.
 *
 * Who acts (`call->who`) must be let merge every record of a merge, and names records by their ids
 * within one entity; what is told is what they may see.
 */
#ifndef SERVICE_MERGE_H
#define SERVICE_MERGE_H

#include "record/merge.h"
#include "service/records.h"

/** Names who sees a record: people, teams. Texts live in `arena`. */
typedef pb_status (*service_viewers)(void *context, const record_data *record, pb_arena *arena,
                                     pb_str **ret_names, size_t *ret_count, pb_error *err);

/** Records to merge, as people name them: id, source id, or name. */
typedef struct service_merge_ask {
    const model_entity *entity; /* NULL: the one that has records of these names */
    const char *const *names;
    size_t name_count;
    const char *into;         /* NULL: chosen */
    const char *const *takes; /* FIELD=NAME: the field's value comes from that record */
    size_t take_count;
    service_viewers viewers; /* NULL: owner and team of the record */
    void *viewers_context;
    bool dry_run; /* all is done and rolled back */
} service_merge_ask;

/** Somebody who sees more than before, or no longer what was seen before. */
typedef struct service_gain {
    pb_str who;
    const model_field **fields; /* whose values come from records that were not seen */
    size_t field_count;
    uint64_t links;   /* records that linked to such a record */
    uint64_t records; /* such records, whose history is seen now */
    bool loses;       /* saw one of them, and does not see the survivor */
} service_gain;

typedef struct service_merged {
    const model_entity *entity;
    record_data *records; /* as they were, the survivor first */
    size_t count;
    record_data after;
    record_merge_field *fields; /* by field */
    record_merge_link *links;   /* the first SERVICE_KEPT_MOST */
    size_t link_count;
    record_merge_counts counts;
    service_gain *gains;
    size_t gain_count;
    bool said_different; /* a reviewer had decided that two of them are not one */
    int64_t run;
    const service_record *seen; /* `records` as the actor sees them, behind them `after`; with a
                                   `who`, fields that do not show have a NULL `field` above, gains
                                   and links that do not show are left out, and so are they in
                                   `counts` */
} service_merged;

/** Merges; errors as record_merger_merge, and PB_INVALID for records of two entities, a take that
 * names no field. Everything in `*ret_merged` lives in `arena`. */
pb_status service_merge(const service_call *call, db_workspace *workspace,
                        const service_merge_ask *ask, pb_arena *arena, service_merged *ret_merged,
                        pb_error *err);

/** Which records are one, many at a time. */
typedef struct service_bulk_ask {
    const model_entity *entity; /* NULL: the one that has records of the first name */
    const char *clusters;       /* CSV: id,cluster[,score]; NULL: none */
    const char *pairs;          /* CSV: left_id,right_id,score; NULL: none */
    bool decided;     /* pairs of the review queue that were said to be one; needs `entity` */
    double threshold; /* pairs, and clusters with a score, below it are left out */
    bool dry_run;
} service_bulk_ask;

/** A group that is left as it is. */
typedef struct service_bulk_left {
    pb_str name; /* of the cluster, or of one of its records */
    pb_str says; /* English message id, may use {name} for `who` */
    pb_str who;
} service_bulk_left;

typedef struct service_bulk_field {
    const model_field *field;
    uint64_t changed, differing, conflicts;
} service_bulk_field;

/** Amounts in one currency, over all records merged and over their survivors. */
typedef struct service_bulk_sum {
    const model_field *field;
    pb_str currency;       /* absent: none */
    int64_t before, after; /* minor units */
} service_bulk_sum;

typedef struct service_bulk {
    const model_entity *entity;
    uint64_t groups; /* of two records or more */
    uint64_t below;  /* pairs or rows below the threshold */
    record_merge_counts counts;
    uint64_t left_count;
    service_bulk_left *left;    /* the first SERVICE_KEPT_MOST */
    service_bulk_field *fields; /* by field */
    service_bulk_sum *sums;
    size_t sum_count;
    int64_t run;
} service_bulk;

/** Merges every group, as one run, in one transaction. Groups with a pair that a reviewer said are
 * two are left out, so are groups that name a record that is not there; all of them are told. */
pb_status service_merge_bulk(const service_core *service, const service_call *call,
                             db_workspace *workspace, const service_bulk_ask *ask, pb_arena *arena,
                             service_bulk *ret_bulk, pb_error *err);

typedef struct service_unmerged {
    const model_entity *entity;
    pb_uuid id;
    record_unmerge_counts counts;
    record_undo_kept *kept; /* the first SERVICE_KEPT_MOST */
    size_t kept_count;
    int64_t run;                /* of the taking apart */
    const service_record *seen; /* the record that survives, as the actor sees it */
} service_unmerged;
/** Takes the newest merge of a record apart, or the one that absorbed it. */
pb_status service_unmerge(const service_call *call, db_workspace *workspace,
                          const model_entity *entity, const char *name, bool dry_run,
                          pb_arena *arena, service_unmerged *ret_unmerged, pb_error *err);

#endif
