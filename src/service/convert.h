/* What converting and taking it back share. */
#ifndef SERVICE_CONVERT_PRIVATE_H
#define SERVICE_CONVERT_PRIVATE_H

#include "access.h"
#include "record/convert.h"
#include "service/convert.h"

/** A conversion at work. */
typedef struct convert_work {
    const service_call *call;
    const service_convert_ask *ask;
    pb_arena *arena;
    service_converted *converted;
    service_denial denial;
    record_data record;  /* as it was; its links lead to what it becomes as soon as that is there */
    service_record seen; /* how much of it shows */
    record_writer *writer;
    pb_uuid *ids;                  /* by step */
    record_convert_input **inputs; /* by step: what a record that was made got */
    size_t *counts;
    uint64_t first;
} convert_work;

/** What is wished of a step, and what became of it. */
static inline const service_convert_wish *convert_wish_of(const convert_work *work, size_t step)
{
    static const service_convert_wish declared = {.way = SERVICE_CONVERT_DECLARED};
    return work->ask->wishes == NULL ? &declared : &work->ask->wishes[step];
}

static inline const service_converted_step *convert_step_of(const convert_work *work, size_t step)
{
    return &work->converted->steps[step];
}

static inline bool convert_is_there(const convert_work *work, size_t step)
{
    return convert_step_of(work, step)->made || convert_step_of(work, step)->used;
}

/** The record that is named, which may be changed: PB_NOT_FOUND, PB_DENIED; PB_NOT_FOUND, too,
 * where records of the entity are not converted. */
pb_status convert_find(const service_access *access, const model_entity *entity, const char *name,
                       pb_arena *arena, record_data *ret_record, pb_error *err);
/** A record as it is now and as it shows; of one that does not, its id and version alone. */
pb_status convert_see(const service_access *access, const model_entity *entity, pb_uuid id,
                      pb_arena *arena, service_record *ret_seen, pb_error *err);
/** Of a record that was converted: what it became, from the run that did it. */
pb_status convert_tell(const service_access *access, const record_data *record,
                       const record_run_info *run, pb_arena *arena, service_converted *converted,
                       pb_error *err);

/** An input that leads to what a step became. */
pb_status convert_add_link(convert_work *work, const model_field *field, size_t step,
                           record_input *inputs, size_t *count, pb_error *err);
/** Records that link to the one converted get links to what it became. */
pb_status convert_follow(const service_access *access, convert_work *work, pb_error *err);
/** Keeps where the values of what was made come from: `known`, by field of the record. */
pb_status convert_state(const service_access *access, convert_work *work,
                        const record_provenance *known, pb_error *err);
/** Whether all that was made may be made as it is now; and what of it shows. */
pb_status convert_look(const service_access *access, convert_work *work, pb_error *err);

#endif
