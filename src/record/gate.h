/* What the parts of the gate share. */
#ifndef RECORD_GATE_H
#define RECORD_GATE_H

#include "alike.h"
#include "internal.h"

/** A likely duplicate, visible or not. */
typedef struct gate_match {
    pb_uuid id;
    pb_str source_id;
    const pb_str *texts;
    double score; /* as the weights have it */
    double sure;  /* calibrated by decisions */
    uint64_t levels;
} gate_match;

/** One record being looked at: its cells stand in plan->cells. */
typedef struct gate_look {
    record_writer *writer;
    plan *p;
    const layout_head *head; /* NULL: it is new */
    pb_str source_id;
    bool (*passes_over)(void *context, int64_t n); /* candidates that do not count; may be NULL */
    void *context;
    pb_str texts[LIKENESS_FIELDS];
    int64_t identity;
    double warn, refuse;
} gate_look;

/** Sees to it that plan->alike is known. */
pb_status gate_know(record_writer *writer, plan *p, pb_error *err);
/** Finds whom the record is likely the same as: writer->matches, the surest first. */
pb_status gate_find(gate_look *l, pb_error *err);

/* gate_later.c */
/** Notes that row `n` is to be looked at when all are written. */
pb_status gate_put_off(record_writer *writer, plan *p, int64_t n, pb_error *err);

#endif
