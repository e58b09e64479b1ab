/* Carrying a workspace elsewhere, with what proves that nothing was lost. */
#ifndef SERVICE_MOVE_H
#define SERVICE_MOVE_H

#include "service/service.h"

#include "db/move.h"

/** Records of one entity, the same on both sides. */
typedef struct service_moved_count {
    const model_entity *entity;
    uint64_t records;
} service_moved_count;

/** The sum of one field's amounts in one currency, the same on both sides. */
typedef struct service_moved_sum {
    const model_entity *entity;
    const model_field *field;
    pb_str currency; /* absent: amounts without one */
    uint64_t values;
    int64_t minor; /* minor units */
} service_moved_sum;

typedef struct service_moved {
    db_moved tables;
    service_moved_count *counts;
    size_t count_count;
    service_moved_sum *sums;
    size_t sum_count;
    ledger_head head;     /* of both */
    ledger_report ledger; /* what was verified in the copy */
} service_moved;

/** Moves an open workspace to `to_url`, where nothing may be yet; see db_move. The ledger says so
 * first. The copy is believed when each table's rows, each entity's records, each currency's sum
 * and the ledger's head are the same on both sides and the copy's ledger verifies. Memory: `arena`.
 */
pb_status service_move(const service_core *service, const service_call *call,
                       db_workspace *workspace, const char *to_url, pb_arena *arena,
                       service_moved *ret_moved, pb_error *err);
/** Opens a workspace that was moved away to writing again; the ledger keeps who did. */
pb_status service_take_back(const service_call *call, db_workspace *workspace, pb_error *err);

#endif
