/* The review queue: pairs of records that are likely one, and what people decided of them.
 *
 * A decision is an event and lasts: “different” is heeded by the gate, by later searches and by the
 * audit, also after the same rows were imported anew (a record is known by its id, or by its
 * source's own id, else by what is compared of it) and after one of the two was merged into another
 * (record_review_carry). Deciding again replaces a decision; the log keeps both.
 */
#ifndef RECORD_REVIEW_H
#define RECORD_REVIEW_H

#include "match/model.h"
#include "record/record.h"

typedef enum record_decision {
    RECORD_OPEN,
    RECORD_SAME,
    RECORD_DIFFERENT,
    RECORD_UNSURE /* looked at; may be decided later */
} record_decision;

/** `open`, `same`, `different`, `unsure`. */
const char *record_decision_word(record_decision decision);
bool record_decision_parse(pb_str word, record_decision *ret_decision);

/** A pair of the queue. Texts live as the function that gives it says. */
typedef struct record_pair {
    int64_t number;
    const model_entity *entity;
    pb_uuid left, right; /* left < right by bytes */
    double score;        /* when it was found last */
    pb_str levels;       /* how the fields agreed: `full_name=equal email=near` */
    pb_str script;       /* of the names: latin, han, arabic, other, mixed, none */
    int64_t at_us;       /* when it was found first */
    pb_str by;           /* entry, import, undo, search, review */
    int64_t run;         /* 0: none */
    record_decision state;
    pb_str decided_by, reason; /* absent while open */
    int64_t decided_us;
} record_pair;

/** A pair found, to be looked at. */
typedef struct record_offer {
    pb_uuid left, right; /* in any order */
    double score;
    int64_t run; /* 0: none */
} record_offer;

/** Puts pairs into the queue, those that are there already get their new score; a decision stays.
 * `*ret_added` counts new ones. Pairs of records that are gone are left out. Offers of one `left`
 * are cheaper one behind the other. Inside db_write. */
pb_status record_review_offer(db_session *session, const model_entity *entity,
                              const record_offer *offers, size_t count, const char *by,
                              int64_t now_us, uint64_t *ret_added, pb_error *err);

/** Which pairs are asked for. */
typedef struct record_review_filter {
    const model_entity *entity; /* NULL: all */
    bool any_state;
    record_decision state;
    bool live;             /* only pairs of which neither record is deleted */
    int64_t limit;         /* 0: all */
    const pb_uuid *record; /* only pairs of this record; NULL: of any */
    bool by_number;        /* the newest first, not the surest: so that the order tells nothing */
    int64_t after; /* number of the last pair told: go on behind it; 0: from the beginning */
} record_review_filter;
typedef pb_status (*record_pair_each)(void *context, const record_pair *pair, pb_error *err);
/** Calls `each` for pairs of the queue, the surest first; texts live until it returns. Where
 * `after` is a pair that there is not, PB_NOT_FOUND. */
pb_status record_review_each(db_session *session, const record_review_filter *filter,
                             record_pair_each each, void *context, pb_error *err);
/** Number of pairs by state, of all entities or one. */
pb_status record_review_count(db_session *session, const model_entity *entity,
                              uint64_t ret_counts[4], pb_error *err);
/** The pair of two records, PB_NOT_FOUND when it is not in the queue; texts live in `arena`. */
pb_status record_review_find(db_session *session, const model_entity *entity, pb_uuid a, pb_uuid b,
                             pb_arena *arena, record_pair *ret_pair, pb_error *err);

/** Decides a pair, whether it was in the queue or not; RECORD_OPEN takes a decision back. An event
 * says who, what and why. PB_NOT_FOUND when one of the records is not there. Inside db_write. */
pb_status record_review_decide(db_session *session, ledger_actor actor, int64_t now_us,
                               const model_entity *entity, pb_uuid a, pb_uuid b,
                               record_decision decision, pb_str reason, pb_error *err);

/** Decisions about `gone` hold for `survivor` as well: to be called when one is merged into the
 * other. Those about the two themselves become “same”. record_review_uncarry takes back what was
 * carried. Inside db_write. */
pb_status record_review_carry(db_session *session, ledger_actor actor, int64_t now_us,
                              const model_entity *entity, pb_uuid gone, pb_uuid survivor,
                              pb_error *err);
pb_status record_review_uncarry(db_session *session, const model_entity *entity, pb_uuid gone,
                                pb_uuid survivor, pb_error *err);

/** How the comparison of two records comes to its probability. */
typedef struct record_waterfall {
    const model_field *fields[MATCH_MAX_COLUMNS];
    pb_str left[MATCH_MAX_COLUMNS], right[MATCH_MAX_COLUMNS]; /* as compared */
    size_t count;
    match_comparison comparison;
    uint64_t learned_rows; /* 0: the weights are supposed, nothing was learned here */
    bool doubtful;         /* something speaks against it, whatever the weights: not called one */
    bool calibrated;       /* `sure` differs from comparison.score by decisions made */
    double sure;
} record_waterfall;
/** Compares two records by what the workspace learned. Texts live in `arena`. */
pb_status record_review_explain(db_session *session, const model_entity *entity, pb_uuid a,
                                pb_uuid b, pb_arena *arena, record_waterfall *ret_waterfall,
                                pb_error *err);

/** Decisions needed before they calibrate the gate. */
enum { RECORD_REVIEW_LEAST = 50 };
/** From the decisions on an entity's pairs: a logistic curve over the log-odds (Platt 1999, with
 * the targets and Newton steps of Lin, Lin and Weng, Machine Learning 68, 2007), by which the gate
 * says how sure it is from then on. `*ret_used` 0: fewer than RECORD_REVIEW_LEAST, all of one kind,
 * or a curve that falls: nothing changes. Inside db_write. */
pb_status record_review_calibrate(db_session *session, const model_entity *entity,
                                  uint64_t *ret_used, pb_error *err);

#endif
