/* Private to audit: how the fields of records changed over time, in one form whatever it was read
 * from: the workspace's own log, or a history that another system kept (an entity whose fields have
 * the roles changed_field, new_value and changed_on). Read once an entity, when first asked for. */
#ifndef AUDIT_HISTORY_PRIVATE_H
#define AUDIT_HISTORY_PRIVATE_H

#include "run.h"

/** What a step is a step of. */
typedef enum history_of {
    HISTORY_STAGE,   /* stage, or where there is none, status */
    HISTORY_CLOSING, /* the day on which the record is expected to close */
    HISTORY_AMOUNT,
    HISTORY_OWNER,
    HISTORY_KINDS
} history_of;

/** What a stage means. */
typedef enum history_meaning { STAGE_OPEN, STAGE_WON, STAGE_LOST, STAGE_CLOSED } history_meaning;

/** Not known, or nothing. */
#define HISTORY_NONE INT64_MIN

/** One change of one field. Stages and owners are numbers of their names, closing days are days,
 * amounts minor units. */
typedef struct history_step {
    uint32_t at; /* position of the record in its entity's list */
    uint8_t of;  /* history_of */
    bool whole;  /* `from` was told, be it nothing; else it is what the step before led to */
    int64_t when, order;
    int64_t from, to;
} history_step;

typedef struct record_history {
    history_step *steps; /* by record, then moment; none that changes nothing, and none that was
                            taken back within the hour */
    size_t count, capacity;
    uint64_t of[HISTORY_KINDS]; /* how many steps of each lead from one value to another */
    uint64_t unread;            /* changes whose values or moments could not be read */
    pb_map *names;              /* of stages and owners → number */
    pb_str *name;
    size_t name_count, name_capacity;
} record_history;

/** The history of an entity's records; `*ret` lives as long as the run. */
pb_status history_load(audit_work *work, entity_state *state, const record_history **ret,
                       pb_error *err);
/** The field whose steps these are, or NULL. */
const model_field *history_field(const model_entity *entity, history_of of);
/** What a stage or status of that name means. */
history_meaning history_means(const model_field *stage, pb_str name);

/* ---- between the files of the history ---- */

/** Number of a name. */
pb_status history_name(audit_work *work, record_history *history, pb_str name, int64_t *ret,
                       pb_error *err);
pb_status history_add(audit_work *work, record_history *history, const history_step *step,
                      pb_error *err);
/** Adds what the histories of other systems tell. */
pb_status history_from_files(audit_work *work, entity_state *state, record_history *history,
                             pb_error *err);
/** Adds what the workspace's own log tells. */
pb_status history_from_log(audit_work *work, entity_state *state, record_history *history,
                           pb_error *err);

#endif
