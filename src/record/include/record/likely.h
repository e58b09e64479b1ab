/* The gate on entry: is what comes in likely the same as a record that is there already?
 *
 * A writer with a gate looks for likely duplicates of every record it creates, changes (in a field
 * that is compared) or brings back: candidates from the index kept in the same transaction, weighed
 * by what the workspace learned (match), without those that a reviewer said are two. What it finds
 * is told and put into the review queue (review.h), or the record is refused.
 */
#ifndef RECORD_LIKELY_H
#define RECORD_LIKELY_H

#include "match/model.h"
#include "record/record.h"

typedef enum record_duplicates {
    RECORD_DUPLICATES_IGNORE,   /* nothing is looked for */
    RECORD_DUPLICATES_DECLARED, /* as the entity's `duplicates:` says */
    RECORD_DUPLICATES_WARN,     /* told and queued, never refused */
    RECORD_DUPLICATES_REFUSE
} record_duplicates;

/** Whether the actor may see a record. A failure ends the writing. */
typedef pb_status (*record_may_see)(void *context, const model_entity *entity, pb_uuid id,
                                    bool *ret_visible, pb_error *err);

typedef struct record_gate {
    record_duplicates what;
    double threshold; /* how sure, 0.5 to 1; 0: as declared */
    uint64_t most; /* records looked at; beyond that they are counted as unchecked; 0: no limit */
    bool bulk;     /* many records will come: they are filed in the index later, at first need */
    record_may_see may_see; /* NULL: the actor may see everything */
    void *context;
    pb_str ask; /* role to ask about a record that the actor may not see */
    pb_str by;  /* how records come in, for the queue: entry, import, undo */
    int64_t run;
} record_gate;

/** A record that the one written last is likely the same as; only such as the actor may see. */
typedef struct record_likely {
    pb_uuid id;
    pb_str called; /* the source's own id, else the id */
    double sure;
} record_likely;

/** What was found for the record written last. Of those that the actor may not see nothing is told
 * but that there is one. */
typedef struct record_likelies {
    const record_likely *items; /* surest first; live until the next call of the writer */
    size_t count;
    bool hidden; /* there are others, which the actor may not see */
} record_likelies;

/** Before the first record; texts and context must outlive the writer. Without a gate nothing is
 * looked for. */
void record_writer_gate(record_writer *writer, const record_gate *gate);
/** Number of the run that the next records belong to, for the queue. */
void record_writer_gate_run(record_writer *writer, int64_t run);
record_likelies record_writer_likely(const record_writer *writer);
/** Records, so far: written though they have a likely duplicate; not looked at because `most`
 * were. */
uint64_t record_writer_suspected(const record_writer *writer);
uint64_t record_writer_unchecked(const record_writer *writer);

/** Whether the index of an entity says what its records say: PB_CORRUPT with what to do. What is
 * not filed yet is no fault. O(records). */
pb_status record_likely_verify(db_session *session, const model_entity *entity, pb_error *err);
/** Files what is not filed yet, and makes an index anew that does not fit. Inside db_write. */
pb_status record_likely_complete(db_session *session, const model_entity *entity, pb_error *err);

/** Keeps what a search for duplicates learned of an entity, for the gate and the review; an event
 * says so. Inside db_write. */
pb_status record_likely_learned(db_session *session, ledger_actor actor, int64_t now_us,
                                const model_entity *entity, const match_model *model,
                                bool names_only, pb_error *err);

#endif
