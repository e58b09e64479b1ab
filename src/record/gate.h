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

/** Texts compared of a record, and the hashes they give. */
typedef struct gate_keys {
    pb_str texts[LIKENESS_FIELDS];
    alike_hashes hashes;
} gate_keys;

/** One record being looked at: its cells stand in plan->cells. */
typedef struct gate_look {
    record_writer *writer;
    plan *p;
    const layout_head *head; /* NULL: it is new */
    pb_str source_id;
    bool (*passes_over)(void *context, int64_t n); /* candidates that do not count; may be NULL */
    void *context;
    const pb_str *texts; /* as compared */
    int64_t identity;
    double warn, refuse;
} gate_look;

/** Sees to it that plan->alike is known. */
pb_status gate_know(record_writer *writer, plan *p, pb_error *err);
/** Texts and hashes of the cells of a row; those of a row that says the same as the one looked for
 * are not made twice. They live as long as the row. */
pb_status gate_keys_of(record_writer *writer, const plan *p, const pb_value *cells,
                       const gate_keys **ret_keys, pb_error *err);
/** Finds whom the record is likely the same as: writer->matches, the surest first. */
pb_status gate_find(gate_look *l, pb_error *err);

/** Of what was found, lists what the actor may see: writer->likely. */
pb_status gate_tell(record_writer *writer, const plan *p, pb_error *err);

/* gate_later.c */
/** Notes that row `n` is to be looked at when all are written. */
pb_status gate_put_off(record_writer *writer, plan *p, int64_t n, pb_error *err);

#endif
