/* Pairs of records that are likely one, as somebody may see them: the queue of an entity, the pairs
 * of one record, two records side by side, and deciding.
 *
 * Whoever may merge both records of a pair sees it; others do not learn that there is one. How two
 * records agree in a field, and how sure that makes, is told where the fields show. The queue
 * without decisions is service/review.h. Threads: any number of calls at once.
 */
#ifndef SERVICE_PAIRS_H
#define SERVICE_PAIRS_H

#include "service/records.h"

/** A field that was compared, how it agreed, and what that weighs (in powers of two; of a pair of
 * the queue not known: 0). */
typedef struct service_agreement {
    const model_field *field;
    pb_str level; /* `equal`, `near`, … */
    double weight;
} service_agreement;

typedef struct service_pair {
    record_pair pair; /* `score` and `levels` count for nothing */
    bool queued;      /* it is in the queue; else `pair` says only whose it is */
    service_record left, right;
    bool sure_told;     /* every field that was compared shows in both */
    double sure;        /* 0 to 1 */
    bool more_compared; /* there are fields compared that do not show */
    service_agreement *agreements;
    size_t agreement_count;
} service_pair;

typedef struct service_pairs_ask {
    const model_entity *entity;
    const pb_uuid *record; /* NULL: of any */
    bool any_state;
    record_decision state;
    int64_t after; /* number of the last pair of the page before; 0: from the beginning */
    size_t limit;
} service_pairs_ask;

enum { SERVICE_PAIRS_USUAL = 50, SERVICE_PAIRS_MOST = 200 };

/** A page of the queue: the surest first where everything that is compared shows to the asker, else
 * the newest first. Pairs of deleted records are left out. `*ret_next` 0: this was the last. */
pb_status service_pairs(const service_call *call, db_workspace *workspace,
                        const service_pairs_ask *ask, pb_arena *arena, service_pair **ret_pairs,
                        size_t *ret_count, int64_t *ret_next, pb_error *err);
/** Two records side by side, as they compare now. */
pb_status service_pair_show(const service_call *call, db_workspace *workspace,
                            const model_entity *entity, pb_uuid a, pb_uuid b, pb_arena *arena,
                            service_pair *ret_pair, pb_error *err);
/** Decides a pair, see record_review_decide: who may merge both. */
pb_status service_pair_decide(const service_call *call, db_workspace *workspace,
                              const model_entity *entity, pb_uuid a, pb_uuid b,
                              record_decision decision, pb_str reason, pb_error *err);

#endif
