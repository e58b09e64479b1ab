/* A payload taken apart again: which column, from what to what. */
#ifndef RECORD_STEPS_H
#define RECORD_STEPS_H

#include "layout.h"
#include "ledger/ledger.h"

typedef struct step_item {
    pb_str name;
    const layout_column *column; /* NULL: not declared (any more), or `deleted` */
    pb_value before, after;
} step_item;

/** Items of a payload; texts are slices of it. `*ret_items` lies in `arena`. PB_CORRUPT when the
 * bytes are no payload of a record. */
pb_status steps_decode(const layout *lay, const ledger_event *event, pb_arena *arena,
                       step_item **ret_items, size_t *ret_count, pb_error *err);
/** True for the event that begins a record's history. */
bool steps_creates(const ledger_event *event);
/** True for events that say of values what they were and are. */
bool steps_changes(const ledger_event *event);
/** 1: the event hides the record, 0: it brings it back or begins it, -1: neither. */
int steps_hides(const ledger_event *event);

#endif
