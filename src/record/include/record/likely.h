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

/** Who looks; zero: it sees all. */
typedef struct record_eyes {
    record_may_see may_see;
    void *context;
} record_eyes;

/** How far who brings it in may go with a record. */
typedef enum record_reach {
    RECORD_REACH_WRITE,
    RECORD_REACH_REFUSED, /* it may be seen, not changed so: in `field`, or (NULL) at all */
} record_reach;

/** How much of a value may be shown. */
typedef enum record_shown { RECORD_SHOWN_NOT, RECORD_SHOWN_MASKED, RECORD_SHOWN } record_shown;

/** Asked of a record as it is, and as it would become (`after`); `shown` (by field, all
 * RECORD_SHOWN before) says how much of what it was may be told. */
typedef pb_status (*record_may_bring)(void *context, const record_data *record,
                                      const record_input *inputs, size_t count, bool after,
                                      uint8_t *shown, record_reach *ret_reach,
                                      const model_field **ret_field, pb_error *err);

typedef struct record_gate {
    record_duplicates what;
    double threshold; /* how sure, 0.5 to 1; 0: as declared */
    bool bulk;        /* many records will come: they are filed in the index later, at first need */
    bool later;       /* what is written is noted, to be looked at when all of it is there: see
                         record_writer_later. Nothing is refused then */
    record_may_see may_see; /* NULL: the actor may see everything */
    void *context;
    record_may_bring may; /* asked before a row changes the survivor of the record whose source id
                             it has, with `context`; NULL: everything may be changed */
    pb_str by;            /* how records come in, for the queue: entry, import, undo */
    int64_t run;
} record_gate;

/** A record that the one written last is likely the same as; only such as the actor may see. */
typedef struct record_likely {
    pb_uuid id;
    pb_str called; /* the source's own id, else the id */
    double sure;
} record_likely;

/** What was found for the record written last, without those that the actor may not see: they
 * refuse nothing, are not counted, and wait in the queue for who may see both. */
typedef struct record_likelies {
    const record_likely *items; /* surest first; live until the next call of the writer */
    size_t count;
} record_likelies;

/** Before the first record; texts and context must outlive the writer. Without a gate nothing is
 * looked for. */
void record_writer_gate(record_writer *writer, const record_gate *gate);
/** Number of the run that the next records belong to, for the queue. */
void record_writer_gate_run(record_writer *writer, int64_t run);
record_likelies record_writer_likely(const record_writer *writer);
/** Records written, so far, though they have a likely duplicate that the actor may see. */
uint64_t record_writer_suspected(const record_writer *writer);
/** From how sure on a likely duplicate of an entity is told, or refused; above 1: never. */
double record_gate_warns(const record_gate *gate, const model_entity *entity);
double record_gate_refuses(const record_gate *gate, const model_entity *entity);

/** Records of one entity whose numbers follow each other, and their run. */
typedef struct record_later {
    const model_entity *entity;
    int64_t from, to;
    int64_t run;
} record_later;
/** What was noted under record_gate.later: new records, changed ones, those that came back; by
 * entity, then number, each once. It lives as long as the writer; nothing is noted afterwards. */
pb_status record_writer_later(record_writer *writer, const record_later **ret_items,
                              size_t *ret_count, pb_error *err);

/** How the records of one entity were judged. */
typedef struct record_judged {
    const model_entity *entity;
    uint64_t records;   /* looked at */
    uint64_t among;     /* records there were, these included */
    uint64_t suspected; /* of those looked at: likely the same as one that was there, or as an
                           earlier one */
    uint64_t pairs;     /* new in the review queue */
    double threshold;   /* from how sure on */
    bool together;      /* all at once, by weights learned from all records; else one by one,
                           through the index */
    uint64_t learned;   /* records that the weights were learned from; 0: they are supposed */
} record_judged;

/** Told how far it is; true stops (PB_CANCELLED). */
typedef bool (*record_look_progress)(void *context, uint64_t done, uint64_t total);
/** Looks at what was noted of one entity, one record after the other, and puts what it finds into
 * the review queue. Also of a writer that is finished. About 0.2 ms a record. */
pb_status record_writer_look(record_writer *writer, const record_later *items, size_t count,
                             record_look_progress progress, void *context,
                             record_judged *ret_judged, pb_error *err);
/** How the records of an entity were judged as they were written; `records` 0: none was. */
pb_status record_writer_judged(record_writer *writer, const model_entity *entity,
                               record_judged *ret_judged, pb_error *err);

/** Whether the index of an entity says what its records say: PB_CORRUPT with what to do. What is
 * not filed yet is no fault. O(records). */
pb_status record_likely_verify(db_session *session, const model_entity *entity, pb_error *err);
/** Files what is not filed yet, and makes an index anew that does not fit. Inside db_write. */
pb_status record_likely_complete(db_session *session, const model_entity *entity, pb_error *err);

/** Records from which on what is learned from them is worth more than what is supposed. */
enum { RECORD_LEARN_LEAST = 1000 };
/** How sure the gate is of a score, as decisions on the entity's pairs calibrated it. */
typedef struct record_curve {
    bool calibrated; /* false: as sure as the score */
    double slope, shift;
} record_curve;
pb_status record_likely_curve(db_session *session, const model_entity *entity,
                              record_curve *ret_curve, pb_error *err);
double record_sure(const record_curve *curve, double score);

/** Keeps what a search for duplicates learned of an entity, for the gate and the review; an event
 * says so, with the hash of the weights (the same records give the same ones). What is kept already
 * is not kept again: `*ret_kept` false; it may be NULL. Inside db_write. */
pb_status record_likely_learned(db_session *session, ledger_actor actor, int64_t now_us,
                                const model_entity *entity, const match_model *model,
                                bool names_only, bool *ret_kept, pb_error *err);

#endif
