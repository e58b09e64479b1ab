/* Private to audit: in which order stages usually follow each other, and which of them most deals
 * pass. */
#ifndef AUDIT_STAGE_ORDER_H
#define AUDIT_STAGE_ORDER_H

#include "../history.h"

enum { STAGES_MOST = 64 };

typedef struct stage_order {
    const record_history *history;
    size_t count; /* of stages, each with its own number from 0 */
    bool too_many;
    uint8_t *number; /* by name of the history: number of the stage + 1; 0: no stage */
    pb_str name[STAGES_MOST];
    history_meaning meaning[STAGES_MOST];
    int8_t order[STAGES_MOST][STAGES_MOST]; /* -1: usually before, 1: after, 0: neither */
    bool passed[STAGES_MOST];               /* most deals that go beyond it go through it */
} stage_order;

/** The stages of one record, one after the other. */
typedef struct stage_path {
    uint32_t at;
    size_t count;
    uint8_t *stage;
} stage_path;

/** Learns the order from the data, and where these say too little, from the model. */
pb_status stage_order_make(audit_work *work, const model_field *stage,
                           const record_history *history, stage_order *ret, pb_error *err);
/** Room for the longest path there is. */
pb_status stage_path_make(audit_work *work, const record_history *history, stage_path *ret,
                          pb_error *err);
/** The path of the next record; false when there is none. `*cursor` starts at 0. */
bool stage_path_next(const stage_order *order, size_t *cursor, stage_path *path);
/** The place in a path from where on stage `c` lies behind it though the path began before `c`, or
 * SIZE_MAX. */
size_t stage_crossed(const stage_order *order, const stage_path *path, size_t c);
bool stage_visited(const stage_path *path, size_t c);

#endif
