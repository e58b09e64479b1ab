/* Converting a record into others, as the model declares it (`convert`: a lead becomes an account,
 * a contact and, asked for, an opportunity), and taking that back.
 *
 * All of it is one transaction and one run. Who acts must be let change the record, make what is
 * made, and see every value of it that is passed on; what is told is what they may see. A preview
 * is the thing itself, rolled back. Threads: any number of calls at once.
 */
#ifndef SERVICE_CONVERT_H
#define SERVICE_CONVERT_H

#include "record/undo.h"
#include "service/records.h"

typedef enum service_convert_way {
    SERVICE_CONVERT_DECLARED, /* as the model says: what is optional is not made */
    SERVICE_CONVERT_MAKE,
    SERVICE_CONVERT_LEAVE,
    SERVICE_CONVERT_USE /* one that is there, `id`; only where the record has a link to it */
} service_convert_way;

/** What is wished of one of the records that it becomes. */
typedef struct service_convert_wish {
    service_convert_way way;
    pb_uuid id;
    const record_input *inputs; /* of one that is made: instead of what comes from the record */
    size_t count;
} service_convert_wish;

typedef struct service_convert_ask {
    const model_entity *entity;
    const char *name;                   /* id, source id or name */
    const service_convert_wish *wishes; /* by step of the model's; NULL: as declared */
    record_duplicates duplicates;
    bool dry_run;
} service_convert_ask;

/** What became of one step. */
typedef struct service_converted_step {
    const model_convert_step *step;
    bool made, used;             /* neither: it was left out */
    service_record record;       /* as the actor sees it */
    const record_likely *likely; /* of one that was made: whom it is likely the same as */
    size_t likely_count;
} service_converted_step;

typedef struct service_converted {
    const model_entity *entity;
    service_record record; /* the one converted, as it is now */
    service_converted_step *steps;
    size_t count;
    uint64_t linked; /* records that linked to it and now link to what it became, too */
    uint64_t left;   /* of those, such as who acts may see but not change */
    int64_t run;
    bool already;                /* it was converted before: nothing was done */
    const model_entity *refused; /* PB_INVALID: of which kind the record was that is not good */
    service_entered entered;     /* and what is wrong with it */
} service_converted;

/** Converts. PB_CONFLICT for one that is deleted, and for one that was converted before where
 * another record is wished than it became; the same wish twice does no harm. PB_NOT_FOUND, too,
 * where records of the kind are not converted. */
pb_status service_convert(const service_call *call, db_workspace *workspace,
                          const service_convert_ask *ask, pb_arena *arena,
                          service_converted *ret_converted, pb_error *err);

typedef struct service_unconverted {
    const model_entity *entity;
    service_record record; /* as it is now, as the actor sees it */
    record_undo_counts counts;
    record_undo_kept *kept; /* the first SERVICE_KEPT_MOST; with a `who`, such as may be seen */
    size_t kept_count;
    int64_t run; /* of the taking back */
} service_unconverted;

/** Takes the conversion of a record back: what it made is deleted, values that it changed get what
 * they were before, but for what was worked on since, which stays and is told. PB_CONFLICT where
 * the record is not converted. Who acts must be let change it and delete what was made. */
pb_status service_unconvert(const service_call *call, db_workspace *workspace,
                            const model_entity *entity, const char *name, bool dry_run,
                            pb_arena *arena, service_unconverted *ret_unconverted, pb_error *err);

#endif
