/* The one road to a record: decide → validate and normalise → duplicate gate → write → history →
 * ledger → event, in the caller's transaction. No other code writes a customer table.
 *
 * History is the chain of a record's ledger events (each event knows the one before), so every
 * change is stored once, provable, and erasable by payload.
 */
#ifndef RECORD_RECORD_H
#define RECORD_RECORD_H

#include "ledger/ledger.h"
#include "model/value.h"

/** What to do with values that are not valid. */
typedef enum record_policy {
    RECORD_STRICT, /* the record is refused, all its problems are listed */
    RECORD_KEEP /* the record is kept: texts as written, others empty; each problem is noted (audit)
                 */
} record_policy;

/** One value on its way in. `raw` is what the source says; absent means "not given". */
typedef struct record_input {
    const model_field *field;
    pb_str raw;
    const model_format *format; /* NULL: standard */
} record_input;

/** What is wrong with one value. */
typedef struct record_problem {
    const model_field *field; /* NULL: about the record as a whole */
    pb_str value;
    pb_str says; /* English message id, may use {value} and {field} */
} record_problem;

/** Where records come from: goes into the row and every event. */
typedef struct record_origin {
    int64_t run;      /* import run, 0: none */
    int64_t row;      /* row in the source, from 1; 0: none */
    pb_str source_id; /* the source's own id; absent: none */
} record_origin;

typedef struct record_writer record_writer;

/** Ready to write records inside one transaction; one writer at a time. Texts of `actor` must
 * outlive it. Owner: the caller, who calls record_writer_finish when all went well (it writes what
 * waits in memory: keys, promises, notes), and record_writer_close before the transaction ends.
 *
 * Any failure but PB_INVALID, PB_NOT_FOUND and PB_CONFLICT ends the writer: the transaction must be
 * rolled back, and record_writer_finish fails. Memory: some 12 bytes a key of a new record (its
 * source id and each key field) up to 60 MB an entity, then keys go to their table early. */
pb_status record_writer_open(db_session *session, ledger_actor actor, int64_t now_us,
                             record_policy policy, record_writer **ret_writer, pb_error *err);
/** Says that this writer is the last of a workspace that is thrown away, where nothing is found by
 * words: search tokens, and keys and promises for later writers, are left out. Before the first
 * record. */
void record_writer_last(record_writer *writer);
pb_status record_writer_finish(record_writer *writer, pb_error *err);
record_writer *record_writer_close(record_writer *writer);
/** References that found no record; known after record_writer_finish. */
uint64_t record_writer_unresolved(const record_writer *writer);
/** Values that this writer kept and noted although they are not valid (RECORD_KEEP), so far. */
uint64_t record_writer_noted(const record_writer *writer);
/** Whether the row given last made no record, but led to the survivor of a merge. */
bool record_writer_led(const record_writer *writer);

/** Creates a record. PB_INVALID with the problems (texts live until the next call) when it is
 * refused. Links are resolved by the target's id, source id or key fields; a reference that several
 * records answer to is linked to the first and noted; one that finds nothing is kept as text, with
 * an id that the first record of that key takes, in this import or a later one, and noted until
 * then. A second record of one source id in one writer is refused, or kept and noted. A source id
 * whose record was merged away leads to the survivor, which is changed by what is new
 * (record_writer_led says so, `ret_id` is the survivor); where that clashes with a value chosen
 * otherwise, a record is made and waits for review. `ret_…` may be NULL. Cost: see
 * src/record/README.md. */
pb_status record_create(record_writer *writer, const model_entity *entity,
                        const record_input *inputs, size_t count, record_origin origin,
                        pb_uuid *ret_id, const record_problem **ret_problems,
                        size_t *ret_problem_count, pb_error *err);
/** Changes the given fields of a record; `expected_version` 0: whatever it is now, else PB_CONFLICT
 * when somebody was faster. An empty raw text clears a value. Nothing differs: no event, no new
 * version. A deleted record is PB_NOT_FOUND. */
pb_status record_change(record_writer *writer, const model_entity *entity, pb_uuid id,
                        int64_t expected_version, const record_input *inputs, size_t count,
                        const record_problem **ret_problems, size_t *ret_problem_count,
                        pb_error *err);
/** Deletes (hides) a record, and brings it back. Links to it are kept, cleared, or stand in the way
 * (PB_CONFLICT), as the linking field's `on_delete` says. Twice does no harm. A record that was
 * merged into another is PB_CONFLICT, for record_change too. */
pb_status record_delete(record_writer *writer, const model_entity *entity, pb_uuid id,
                        pb_error *err);
pb_status record_restore(record_writer *writer, const model_entity *entity, pb_uuid id,
                         pb_error *err);

/** A record as stored: values in the order of entity->fields (links: the id; the reference text in
 * `refs`, currencies in `currencies`, same order). All texts live in the arena given. */
typedef struct record_data {
    const model_entity *entity;
    pb_uuid id;
    int64_t n, version;
    pb_str source_id;
    int64_t run, row;
    int64_t created_us, changed_us;
    bool deleted;
    uint64_t event;      /* sequence of its newest ledger event */
    bool merged;         /* it was merged into another; record_read and read by id only */
    pb_uuid merged_into; /* the record that it leads to now */
    pb_value *values;
    pb_str *refs;
    pb_str *currencies;
} record_data;

/** Reads a record by its id, deleted and merged ones too: PB_NOT_FOUND. What it gives lives in the
 * arena. */
pb_status record_read(db_session *session, const model_entity *entity, pb_uuid id, pb_arena *arena,
                      record_data *ret_record, pb_error *err);
/** The same by its number, as views and audits name it. */
pb_status record_read_number(db_session *session, const model_entity *entity, int64_t n,
                             pb_arena *arena, record_data *ret_record, pb_error *err);
/** Finds a record by its id text, source id, or key (name), in this order: PB_NOT_FOUND, or
 * PB_CONFLICT when several fit. By id, deleted ones too. What a record that was merged into another
 * is called gives the survivor. */
pb_status record_lookup(db_session *session, const model_entity *entity, pb_str text,
                        pb_uuid *ret_id, pb_error *err);
/** Calls `each` for every record that matches all words of `query` (prefixes), at most `limit`,
 * those first whose title is or begins with the query; `entity` NULL: all entities. */
typedef pb_status (*record_each)(void *context, const record_data *record, pb_error *err);
pb_status record_find(db_session *session, const model_entity *entity, pb_str query, int64_t limit,
                      record_each each, void *context, pb_error *err);
/** Calls `each` for every record of an entity that is not deleted, in order of creation; texts live
 * until it returns. */
pb_status record_scan(db_session *session, const model_entity *entity, record_each each,
                      void *context, pb_error *err);

/** One step of a record's history, newest first; steps of records that were merged into it stand
 * among its own (`event.record` says whose it is). A link's reference text is an item of its own,
 * `<field>_ref`, so is a currency, `<field>_currency`. Texts live until `each` returns. */
typedef struct record_step {
    uint64_t sequence;
    ledger_event event;
    bool erased;
    size_t change_count;
    struct record_change_item {
        const model_field *field; /* NULL: a field that is no longer declared */
        pb_str name;
        pb_value before, after;
    } * changes;
    size_t choice_count;
    struct record_choice { /* of a merge: whose value was chosen, and why */
        pb_str field, why; /* why: see record_merge_says */
        pb_uuid from;
        bool several; /* it was put together of several; `from` says nothing */
    } * choices;
} record_step;
typedef pb_status (*record_history_each)(void *context, const record_step *step, pb_error *err);
pb_status record_history(db_session *session, const model_entity *entity, pb_uuid id,
                         record_history_each each, void *context, pb_error *err);

#endif
