/* A row that may say a record which is there already: it changes that, or makes a new one.
 *
 *   id of the row ──┐
 *   named fields  ──┼─► one record ─► may it be changed? ─► validated, gated ─► record.changed
 *   the gate      ──┘   none ───────► made, or refused (as the mode says)
 *                       several, or others by each way ───► refused
 *
 * A record that may not be seen by who brings the row in is not there: it is neither found nor
 * told.
 *
 * What it is known by is kept in memory while rows come: some 16 bytes a record and field, read
 * once. Refuses: guessing which of several is meant; changing one record twice from one file.
 * Threads: as record_writer.
 */
#ifndef RECORD_BRING_H
#define RECORD_BRING_H

#include "record/likely.h"

typedef enum record_mode {
    RECORD_MODE_CREATE, /* every row is a new record */
    RECORD_MODE_UPDATE, /* only records that are there */
    RECORD_MODE_UPSERT
} record_mode;

typedef struct record_matching {
    record_mode mode;
    bool by_id;     /* by the row's own id: that of the record, or of its source */
    bool by_likely; /* by the duplicate gate, where it is sure of one */
    bool clear;  /* a cell without a value takes away what the record has; else it says nothing */
    double sure; /* how sure, 0.5 to 1; 0: as refused by declaration, else 0.95 */
    const model_field *const *fields; /* no links; those that a row has no value of say nothing */
    size_t field_count;
    record_may_bring may; /* NULL: everything may be changed */
    void *context;        /* of `may` */
    record_eyes eyes;
} record_matching;

typedef struct record_matcher record_matcher;

/** Ready to find the records that the rows of one file are about. Outlives writers; `fields` and
 * `context` outlive it. Owner: the caller, record_matcher_free. */
pb_status record_matcher_new(const model_entity *entity, const record_matching *how,
                             record_matcher **ret_matcher, pb_error *err);
/** Takes NULL, returns NULL. */
record_matcher *record_matcher_free(record_matcher *matcher);
/** Has the writer keep `matcher` up to date, which reads what was written since it was used last
 * (at first: all records). Before the writer's first row; the matcher is with one writer. */
pb_status record_matcher_use(record_matcher *matcher, record_writer *writer, pb_error *err);

/** How far the matcher knows what was written, for record_matcher_back. */
uint64_t record_matcher_mark(const record_matcher *matcher);
/** What was written since the mark is read again when it is used next: the transaction of the use
 * since then was rolled back. */
void record_matcher_back(record_matcher *matcher, uint64_t mark);

typedef enum record_outcome {
    RECORD_CAME_NEW,
    RECORD_CAME_CHANGED,
    RECORD_CAME_SAME, /* it says what is there already */
    RECORD_CAME_LED,  /* it was that of a record that was merged away: see record_writer_led */
} record_outcome;

/** A field from what to what; `…_more`: the reference of a link, the currency of money. */
typedef struct record_cell {
    const model_field *field;
    record_shown shown; /* of what was */
    pb_value before, before_more, after, after_more;
} record_cell;

typedef struct record_brought {
    record_outcome outcome;
    pb_uuid id;
    pb_str source_id;         /* of a record that was there */
    const record_cell *cells; /* of a change; live until the next call */
    size_t cell_count;
} record_brought;

/** Brings a row in. PB_INVALID with the problems when it is refused: then `ret_brought` says the
 * record where one was found that may be known (else its id is nil). What is not given stays as it
 * is; an empty raw text clears. */
pb_status record_bring(record_writer *writer, record_matcher *matcher, const record_input *inputs,
                       size_t count, record_origin origin, record_brought *ret_brought,
                       const record_problem **ret_problems, size_t *ret_problem_count,
                       pb_error *err);

#endif
