/* What people decide of pairs, and what becomes of it when records are merged. */
#include "review.h"

#include <string.h>

#include "base/cbor.h"
#include "read.h"

enum { PAYLOAD_MAX = 1 << 20, MILLION = 1000000 };

/* Records of a pair with what is compared of them. */
typedef struct sides {
    alike *a;
    model_reader *reader;
    pb_arena *arena;
    review_side one, other;
    pb_str texts[2][LIKENESS_FIELDS];
} sides;

static void sides_end(sides *s)
{
    alike_free(s->a);
    model_reader_free(s->reader);
    pb_arena_free(s->arena);
}

/* What the audit compares reads like this too: a record's values in the order of its entity. */
static pb_status take_side(sides *s, db_session *session, const model_entity *entity, pb_uuid id,
                           pb_str *texts, review_side *ret_side, pb_error *err)
{
    record_data record;
    PB_TRY(record_read(session, entity, id, s->arena, &record, err));
    PB_TRY(alike_record_texts(s->a, &record, s->reader, s->arena, texts, err));
    *ret_side = (review_side){id, record.source_id, texts};
    return PB_OK;
}

static pb_status nothing_compared(const model_entity *entity, pb_error *err)
{
    pb_fail(err, PB_INVALID, PB_MSG("Nothing of {entity} is compared to find duplicates."),
            "entity", PB_ARG(entity->plural), NULL);
    pb_error_hint(err, PB_MSG("Say in the model by “match:” which fields are."), NULL);
    return PB_INVALID;
}

static pb_status take_sides(sides *s, db_session *session, const model_entity *entity, pb_uuid a,
                            pb_uuid b, pb_error *err)
{
    PB_TRY(alike_open(session, entity, &s->a, err));
    if (s->a == NULL)
        return nothing_compared(entity, err);
    s->reader = model_reader_new(0);
    s->arena = pb_arena_new(0);
    if (s->reader == NULL || s->arena == NULL)
        return pb_fail_memory(err);
    PB_TRY(take_side(s, session, entity, a, s->texts[0], &s->one, err));
    return take_side(s, session, entity, b, s->texts[1], &s->other, err);
}

/* --- explaining --- */

static pb_status fill_waterfall(const sides *s, pb_arena *arena, record_waterfall *ret,
                                pb_error *err)
{
    const pb_str *others[] = {s->other.texts};
    pb_str left[LIKENESS_FIELDS], right[LIKENESS_FIELDS];
    record_waterfall fall = {.count = s->a->count,
                             .learned_rows = match_model_rows(s->a->model),
                             .calibrated = s->a->calibrated};
    PB_TRY(alike_compare(s->a, s->one.texts, others, 1, s->arena, &fall.comparison, err));
    fall.sure = alike_sure(s->a, s->one.texts, s->other.texts, &fall.comparison);
    fall.doubtful = fall.sure <= 0;
    alike_columns(s->a, s->one.texts, left);
    alike_columns(s->a, s->other.texts, right);
    for (size_t c = 0; c < fall.count; c++) {
        fall.fields[c] = s->a->compared[c];
        fall.left[c] = pb_arena_str(arena, left[c]);
        fall.right[c] = pb_arena_str(arena, right[c]);
    }
    *ret = fall;
    return PB_OK;
}

pb_status record_review_explain(db_session *session, const model_entity *entity, pb_uuid a,
                                pb_uuid b, pb_arena *arena, record_waterfall *ret_waterfall,
                                pb_error *err)
{
    sides s = {0};
    pb_status status = take_sides(&s, session, entity, a, b, err);
    if (status == PB_OK)
        status = fill_waterfall(&s, arena, ret_waterfall, err);
    sides_end(&s);
    return status;
}

/* --- offering --- */

static pb_status offer_one(sides *s, db_session *session, const record_offer *offer,
                           review_found *found, bool *ret_added, pb_error *err)
{
    match_comparison comparison;
    const pb_str *others[] = {s->other.texts};
    PB_TRY(alike_compare(s->a, s->one.texts, others, 1, s->arena, &comparison, err));
    found->levels = likeness_levels(&comparison, s->a->count);
    found->score = offer->score;
    return review_put(session, s->a, &s->one, &s->other, found, ret_added, err);
}

/* Both sides of an offer; the left one may be there from the offer before. */
static pb_status load_offer(sides *s, db_session *session, const model_entity *entity,
                            const record_offer *one, bool same_left, pb_error *err)
{
    if (!same_left) {
        pb_arena_reset(s->arena);
        model_reader_reset(s->reader);
        PB_TRY(take_side(s, session, entity, one->left, s->texts[0], &s->one, err));
    }
    return take_side(s, session, entity, one->right, s->texts[1], &s->other, err);
}

/* A record that is gone since makes its pair go, nothing else: `*left` tells whether the left one
 * is loaded. */
static pb_status offer(sides *s, db_session *session, const model_entity *entity,
                       const record_offer *one, bool *left, review_found *found, uint64_t *added,
                       pb_error *err)
{
    pb_error why;
    bool is_new = false;
    bool same = *left && memcmp(s->one.id.b, one->left.b, sizeof one->left.b) == 0;
    pb_status status = load_offer(s, session, entity, one, same, &why);
    *left = status == PB_OK;
    if (status == PB_OK)
        status = offer_one(s, session, one, found, &is_new, &why);
    *added += is_new;
    if (status == PB_OK || status == PB_NOT_FOUND)
        return PB_OK;
    if (err != NULL)
        *err = why;
    return status;
}

pb_status record_review_offer(db_session *session, const model_entity *entity,
                              const record_offer *offers, size_t count, const char *by,
                              int64_t now_us, uint64_t *ret_added, pb_error *err)
{
    sides s = {.reader = model_reader_new(0), .arena = pb_arena_new(0)};
    review_found found = {.by = pb_str_c(by), .at_us = now_us};
    uint64_t added = 0;
    bool left = false;
    pb_status status = s.reader == NULL || s.arena == NULL ? pb_fail_memory(err)
                                                           : alike_open(session, entity, &s.a, err);
    if (status == PB_OK && s.a == NULL)
        status = nothing_compared(entity, err);
    for (size_t i = 0; i < count && status == PB_OK; i++) {
        found.run = offers[i].run;
        status = offer(&s, session, entity, &offers[i], &left, &found, &added, err);
    }
    sides_end(&s);
    if (status == PB_OK)
        *ret_added = added;
    return status;
}

/* --- deciding --- */

/* Keys in the order of RFC 8949 4.2.1: shorter first, then by bytes. */
static pb_status append(db_session *session, ledger_actor actor, int64_t now_us,
                        const record_pair *pair, record_decision decision, pb_str reason,
                        pb_error *err)
{
    PB_AUTO_BUF payload = PB_BUF_INIT(PAYLOAD_MAX);
    uint64_t sequence;
    pb_cbor_map(&payload, 6);
    pb_cbor_text(&payload, PB_STR("left"));
    pb_cbor_bytes(&payload, pb_uuid_str(&pair->left));
    pb_cbor_text(&payload, PB_STR("right"));
    pb_cbor_bytes(&payload, pb_uuid_str(&pair->right));
    pb_cbor_text(&payload, PB_STR("score"));
    pb_cbor_int(&payload, (int64_t)(pair->score * MILLION));
    pb_cbor_text(&payload, PB_STR("entity"));
    pb_cbor_text(&payload, pair->entity->name);
    pb_cbor_text(&payload, PB_STR("reason"));
    pb_cbor_text(&payload, reason);
    pb_cbor_text(&payload, PB_STR("decision"));
    pb_cbor_text(&payload, pb_str_c(record_decision_word(decision)));
    if (payload.failed)
        return pb_fail_buffer(&payload, PB_MSG("The reason is too long."), err);
    ledger_event event = {
        .kind = "match.decided", .at_us = now_us, .actor = actor, .payload = pb_buf_str(&payload)};
    return ledger_append(session, &event, &sequence, err);
}

static pb_status mark(db_session *session, ledger_actor actor, int64_t now_us, int64_t number,
                      record_decision decision, pb_str reason, pb_error *err)
{
    db_stmt *stmt;
    PB_TRY(db_prepare(session,
                      "UPDATE t_review_pair SET state = ?2, decided_by = ?3, decided_us = ?4,"
                      " reason = ?5 WHERE n = ?1",
                      &stmt, err));
    bool open = decision == RECORD_OPEN;
    db_bind_i64(stmt, 1, number);
    db_bind_text(stmt, 2, pb_str_c(record_decision_word(decision)));
    db_bind_value(stmt, 3, open ? PB_VALUE_NULL : PB_VALUE_TEXT(actor.name));
    db_bind_value(stmt, 4, open ? PB_VALUE_NULL : PB_VALUE_INT(now_us));
    db_bind_value(stmt, 5, open || reason.len == 0 ? PB_VALUE_NULL : PB_VALUE_TEXT(reason));
    return db_run(stmt, err);
}

/* A pair that nobody found gets its place in the queue by being decided. */
static pb_status place(sides *s, db_session *session, int64_t now_us, pb_error *err)
{
    const pb_str *others[] = {s->other.texts};
    match_comparison comparison;
    bool added;
    PB_TRY(alike_compare(s->a, s->one.texts, others, 1, s->arena, &comparison, err));
    const review_found found = {.score =
                                    alike_sure(s->a, s->one.texts, s->other.texts, &comparison),
                                .levels = likeness_levels(&comparison, s->a->count),
                                .by = PB_STR("review"),
                                .at_us = now_us};
    return review_put(session, s->a, &s->one, &s->other, &found, &added, err);
}

static pb_status decide(sides *s, db_session *session, ledger_actor actor, int64_t now_us,
                        const model_entity *entity, record_decision decision, pb_str reason,
                        pb_error *err)
{
    record_pair pair;
    pb_error why;
    pb_status status =
        record_review_find(session, entity, s->one.id, s->other.id, s->arena, &pair, &why);
    if (status == PB_NOT_FOUND) {
        PB_TRY(place(s, session, now_us, err));
        PB_TRY(record_review_find(session, entity, s->one.id, s->other.id, s->arena, &pair, err));
    } else if (status != PB_OK) {
        if (err != NULL)
            *err = why;
        return status;
    }
    PB_TRY(append(session, actor, now_us, &pair, decision, reason, err));
    return mark(session, actor, now_us, pair.number, decision, reason, err);
}

pb_status record_review_decide(db_session *session, ledger_actor actor, int64_t now_us,
                               const model_entity *entity, pb_uuid a, pb_uuid b,
                               record_decision decision, pb_str reason, pb_error *err)
{
    sides s = {0};
    if (pb_str_eq(pb_uuid_str(&a), pb_uuid_str(&b)))
        return pb_fail(err, PB_INVALID, PB_MSG("A pair are two records, not one twice."), NULL);
    pb_status status = take_sides(&s, session, entity, a, b, err);
    if (status == PB_OK)
        status = decide(&s, session, actor, now_us, entity, decision,
                        reason.ptr != NULL ? reason : PB_STR(""), err);
    sides_end(&s);
    return status;
}

/* --- merging --- */

/* A decision about the record that goes. */
typedef struct carried {
    pb_uuid other;
    record_decision state;
    pb_str reason;
} carried;

static pb_status decisions_of(db_session *session, const model_entity *entity, const pb_uuid *gone,
                              pb_arena *arena, carried **ret, size_t *ret_count, pb_error *err)
{
    db_stmt *stmt;
    bool row = true;
    carried *list = NULL;
    size_t count = 0, capacity = 0;
    PB_TRY(db_prepare(session,
                      "SELECT left_id, right_id, state, reason FROM t_review_pair WHERE entity = ?1"
                      " AND (left_id = ?2 OR right_id = ?2) AND state IN ('different', 'unsure')"
                      " ORDER BY n",
                      &stmt, err));
    db_bind_text(stmt, 1, entity->name);
    db_bind_blob(stmt, 2, pb_uuid_str(gone));
    for (;;) {
        carried one = {.state = RECORD_UNSURE};
        PB_TRY(db_step(stmt, &row, err));
        if (!row)
            break;
        bool left = pb_str_eq(db_column_blob(stmt, 0), pb_uuid_str(gone));
        pb_str other = db_column_blob(stmt, left ? 1 : 0);
        if (other.len == sizeof one.other.b)
            memcpy(one.other.b, other.ptr, other.len);
        (void)record_decision_parse(db_column_text(stmt, 2), &one.state);
        one.reason = pb_arena_str(arena, db_column_text(stmt, 3));
        if (!PB_PUSH(arena, list, count, capacity, one)) {
            db_reset(stmt);
            return pb_fail_memory(err);
        }
    }
    *ret = list;
    *ret_count = count;
    return PB_OK;
}

static pb_status mark_carried(db_session *session, const model_entity *entity, const pb_uuid *a,
                              const pb_uuid *b, const pb_uuid *gone, pb_error *err)
{
    db_stmt *stmt;
    bool first = memcmp(a->b, b->b, sizeof a->b) < 0;
    PB_TRY(db_prepare(session,
                      "UPDATE t_review_pair SET carried = ?4 WHERE entity = ?1 AND left_id = ?2"
                      " AND right_id = ?3",
                      &stmt, err));
    db_bind_text(stmt, 1, entity->name);
    db_bind_blob(stmt, 2, pb_uuid_str(first ? a : b));
    db_bind_blob(stmt, 3, pb_uuid_str(first ? b : a));
    db_bind_blob(stmt, 4, pb_uuid_str(gone));
    return db_run(stmt, err);
}

/* What was decided of the survivor itself counts more. */
static pb_status carry_one(db_session *session, ledger_actor actor, int64_t now_us,
                           const model_entity *entity, const pb_uuid *gone, pb_uuid survivor,
                           const carried *one, pb_arena *arena, pb_error *err)
{
    record_pair pair;
    pb_error why;
    pb_status status =
        record_review_find(session, entity, survivor, one->other, arena, &pair, &why);
    if (status == PB_OK && (pair.state == RECORD_SAME || pair.state == RECORD_DIFFERENT))
        return PB_OK;
    status = record_review_decide(session, actor, now_us, entity, survivor, one->other, one->state,
                                  one->reason, &why);
    if (status == PB_NOT_FOUND)
        return PB_OK;
    if (status != PB_OK) {
        if (err != NULL)
            *err = why;
        return status;
    }
    return mark_carried(session, entity, &survivor, &one->other, gone, err);
}

pb_status record_review_carry(db_session *session, ledger_actor actor, int64_t now_us,
                              const model_entity *entity, pb_uuid gone, pb_uuid survivor,
                              pb_error *err)
{
    PB_AUTO_ARENA arena = pb_arena_new(0);
    carried *list = NULL;
    size_t count = 0;
    record_pair pair;
    if (arena == NULL)
        return pb_fail_memory(err);
    PB_TRY(decisions_of(session, entity, &gone, arena, &list, &count, err));
    for (size_t i = 0; i < count; i++)
        if (!pb_str_eq(pb_uuid_str(&list[i].other), pb_uuid_str(&survivor)))
            PB_TRY(
                carry_one(session, actor, now_us, entity, &gone, survivor, &list[i], arena, err));
    pb_status status = record_review_find(session, entity, gone, survivor, arena, &pair, NULL);
    if (status == PB_OK && pair.state != RECORD_SAME)
        return record_review_decide(session, actor, now_us, entity, gone, survivor, RECORD_SAME,
                                    PB_STR("merge"), err);
    return PB_OK;
}

pb_status record_review_uncarry(db_session *session, const model_entity *entity, pb_uuid gone,
                                pb_uuid survivor, pb_error *err)
{
    db_stmt *stmt;
    PB_TRY(db_prepare(session,
                      "DELETE FROM t_review_pair WHERE entity = ?1 AND carried = ?2"
                      " AND (left_id = ?3 OR right_id = ?3)",
                      &stmt, err));
    db_bind_text(stmt, 1, entity->name);
    db_bind_blob(stmt, 2, pb_uuid_str(&gone));
    db_bind_blob(stmt, 3, pb_uuid_str(&survivor));
    return db_run(stmt, err);
}
