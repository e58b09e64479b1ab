/* Where each value of a record comes from: which source, when it was collected, when and by whom it
 * was verified, on what legal basis it is kept.
 *
 * What nobody stated follows from the log: who set the value, when, by which way, from which file,
 * and of a merge from which record. What somebody stated is an event of its own, of which the
 * workspace keeps only the sequence; it holds until the value is changed. Threads: as the session.
 */
#ifndef RECORD_PROVENANCE_H
#define RECORD_PROVENANCE_H

#include "record/record.h"

/** What somebody states of one value; everything may be absent. */
typedef struct record_statement {
    const model_field *field;
    pb_str source;  /* at most RECORD_SOURCE_MOST bytes */
    bool collected; /* `collected_us` is told */
    int64_t collected_us;
    bool verified;
    int64_t verified_us;
    pb_str verified_by;
    pb_str basis;
} record_statement;

enum { RECORD_SOURCE_MOST = 500 };

/** Says what is wrong with a statement: false, with `*ret_problem`, for a basis that the model does
 * not declare for the field, texts too long, and moments after `now_us`. */
bool record_statement_good(const record_statement *statement, int64_t now_us,
                           record_problem *ret_problem);
/** Keeps statements about values of a record as they are now, by one event (value.stated). Inside
 * db_write, after the values were written. */
pb_status record_state(db_session *session, ledger_actor actor, int64_t now_us,
                       const model_entity *entity, pb_uuid id, const record_statement *statements,
                       size_t count, pb_error *err);

/** Where one value comes from. Texts live in the arena given. */
typedef struct record_provenance {
    bool known;        /* the event that set the value is there, its payload with it */
    uint64_t sequence; /* of that event; of a statement its own */
    int64_t set_us;    /* when the value was set */
    pb_str by, via;    /* by whom, by which way */
    pb_str file;       /* it came from; absent: none */
    int64_t row;       /* in it; 0: not known */
    bool merged;       /* it came from another record, `from` */
    pb_uuid from;
    uint64_t merged_at; /* sequence of the merge that brought it here last */
    bool stated;        /* somebody stated `said` */
    record_statement said;
} record_provenance;

/** Tells it for every field of a record that has a value: `ret_list` by field index. */
pb_status record_provenance_read(db_session *session, const record_data *record, pb_arena *arena,
                                 record_provenance **ret_list, pb_error *err);

#endif
