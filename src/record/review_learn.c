/* What is learned: the weights a search found, and from decisions how sure is sure. */
#include "review.h"

#include <math.h>
#include <stdlib.h>

#include "base/cbor.h"
#include "merkle/hash.h"
#include "record/likely.h"

enum { MILLION = 1000000, STEPS = 100, HALVINGS = 20, MODEL_MAX = 8 << 20 };

/* A pair decided: log-odds as found, and what it was. */
typedef struct label {
    double x;
    bool same;
} label;

typedef struct labels {
    label *items;
    size_t count, capacity, same;
} labels;

static pb_status ensure_state(db_session *session, const model_entity *entity, pb_error *err)
{
    alike *a = NULL;
    PB_TRY(alike_open(session, entity, &a, err));
    pb_status status = PB_OK;
    if (a != NULL && a->code == 0)
        status = match_index_begin(session, a, err);
    alike_free(a);
    return status;
}

static pb_status learned_event(db_session *session, ledger_actor actor, int64_t now_us,
                               const model_entity *entity, const match_model *model, pb_str bytes,
                               pb_error *err)
{
    PB_AUTO_BUF payload = PB_BUF_INIT(4096);
    uint64_t sequence;
    const merkle_hash hash = merkle_sha256(bytes);
    pb_cbor_map(&payload, 4);
    pb_cbor_text(&payload, PB_STR("hash"));
    pb_cbor_bytes(&payload, pb_str_n((const char *)hash.b, sizeof hash.b));
    pb_cbor_text(&payload, PB_STR("bytes"));
    pb_cbor_uint(&payload, bytes.len);
    pb_cbor_text(&payload, PB_STR("entity"));
    pb_cbor_text(&payload, entity->name);
    pb_cbor_text(&payload, PB_STR("records"));
    pb_cbor_uint(&payload, match_model_rows(model));
    if (payload.failed)
        return pb_fail_memory(err);
    ledger_event event = {
        .kind = "match.learned", .at_us = now_us, .actor = actor, .payload = pb_buf_str(&payload)};
    return ledger_append(session, &event, &sequence, err);
}

/* When the weights that are kept were learned, and whether they are these. */
static pb_status kept_before(db_session *session, const model_entity *entity, pb_str bytes,
                             bool names_only, int64_t *ret_us, bool *ret_same, pb_error *err)
{
    db_stmt *stmt;
    bool row;
    PB_TRY(db_prepare(session,
                      "SELECT COALESCE(learned_us, 0), COALESCE(names_only, 0), model"
                      " FROM match_state WHERE entity = ?1",
                      &stmt, err));
    db_bind_text(stmt, 1, entity->name);
    PB_TRY(db_step(stmt, &row, err));
    *ret_us = row ? db_column_i64(stmt, 0) : 0;
    *ret_same = row && *ret_us > 0 && (db_column_i64(stmt, 1) != 0) == names_only &&
                pb_str_eq(db_column_blob(stmt, 2), bytes);
    db_reset(stmt);
    return PB_OK;
}

pb_status record_likely_learned(db_session *session, ledger_actor actor, int64_t now_us,
                                const model_entity *entity, const match_model *model,
                                bool names_only, bool *ret_kept, pb_error *err)
{
    PB_AUTO_BUF bytes = PB_BUF_INIT(MODEL_MAX);
    db_stmt *stmt;
    int64_t before;
    bool same;
    match_model_write(model, &bytes);
    if (bytes.failed)
        return pb_fail_memory(err);
    PB_TRY(ensure_state(session, entity, err));
    PB_TRY(kept_before(session, entity, pb_buf_str(&bytes), names_only, &before, &same, err));
    if (ret_kept != NULL)
        *ret_kept = !same;
    if (same)
        return PB_OK;
    PB_TRY(db_prepare(session,
                      "UPDATE match_state SET learned_us = ?2, rows = ?3, names_only = ?4,"
                      " model = ?5 WHERE entity = ?1",
                      &stmt, err));
    db_bind_text(stmt, 1, entity->name);
    /* The moment tells one model from the next, also where two are learned in one. */
    db_bind_i64(stmt, 2, now_us > before ? now_us : before + 1);
    db_bind_i64(stmt, 3, (int64_t)match_model_rows(model));
    db_bind_i64(stmt, 4, names_only);
    db_bind_blob(stmt, 5, pb_buf_str(&bytes));
    PB_TRY(db_run(stmt, err));
    return learned_event(session, actor, now_us, entity, model, pb_buf_str(&bytes), err);
}

/* --- how sure is sure --- */

pb_status record_likely_curve(db_session *session, const model_entity *entity,
                              record_curve *ret_curve, pb_error *err)
{
    alike *a = NULL;
    PB_TRY(alike_kept(session, entity, &a, err));
    *ret_curve = (record_curve){0};
    if (a != NULL)
        *ret_curve = (record_curve){a->calibrated, a->slope, a->shift};
    return PB_OK;
}

double record_sure(const record_curve *curve, double score)
{
    if (!curve->calibrated)
        return score;
    score = fmin(fmax(score, 1e-9), 1 - 1e-9);
    return 1 / (1 + exp(-(curve->slope * log(score / (1 - score)) + curve->shift)));
}

/* --- calibrating --- */

static pb_status take_label(void *context, const record_pair *pair, pb_error *err)
{
    labels *all = context;
    if (pair->state != RECORD_SAME && pair->state != RECORD_DIFFERENT)
        return PB_OK;
    if (all->count == all->capacity) {
        size_t more = all->capacity > 0 ? 2 * all->capacity : 256;
        label *grown = realloc(all->items, more * sizeof *grown);
        if (grown == NULL)
            return pb_fail_memory(err);
        all->items = grown;
        all->capacity = more;
    }
    /* Scores are kept in millionths: nothing is surer than that. */
    double score = fmin(fmax(pair->score, 5e-7), 1 - 5e-7);
    all->items[all->count++] = (label){log(score / (1 - score)), pair->state == RECORD_SAME};
    all->same += pair->state == RECORD_SAME;
    return PB_OK;
}

/* Twice the targets keep a few labels from being certain (Platt 1999). */
static double target(const labels *all, bool same)
{
    double same_count = (double)all->same, apart = (double)(all->count - all->same);
    return same ? (same_count + 1) / (same_count + 2) : 1 / (apart + 2);
}

/* Negative log-likelihood of p = 1 / (1 + exp(-(slope x + shift))), without overflow. */
static double loss(const labels *all, double slope, double shift)
{
    double sum = 0;
    for (size_t i = 0; i < all->count; i++) {
        double t = target(all, all->items[i].same), f = slope * all->items[i].x + shift;
        sum += f >= 0 ? (1 - t) * f + log1p(exp(-f)) : -t * f + log1p(exp(f));
    }
    return sum;
}

/* One Newton step with a line search; false when there is nothing to gain. */
static bool step(const labels *all, double *slope, double *shift)
{
    double h11 = 1e-12, h22 = 1e-12, h21 = 0, g1 = 0, g2 = 0;
    for (size_t i = 0; i < all->count; i++) {
        double x = all->items[i].x, f = *slope * x + *shift;
        double p = f >= 0 ? 1 / (1 + exp(-f)) : exp(f) / (1 + exp(f));
        double d = p - target(all, all->items[i].same), w = p * (1 - p);
        h11 += x * x * w;
        h22 += w;
        h21 += x * w;
        g1 += x * d;
        g2 += d;
    }
    if (fabs(g1) < 1e-5 && fabs(g2) < 1e-5)
        return false;
    double det = h11 * h22 - h21 * h21;
    double da = -(h22 * g1 - h21 * g2) / det, db = -(h11 * g2 - h21 * g1) / det;
    double before = loss(all, *slope, *shift), down = g1 * da + g2 * db, size = 1;
    for (int i = 0; i < HALVINGS; i++) {
        double a = *slope + size * da, b = *shift + size * db;
        if (loss(all, a, b) < before + 1e-4 * size * down) {
            *slope = a;
            *shift = b;
            return true;
        }
        size /= 2;
    }
    return false;
}

static pb_status store_curve(db_session *session, const model_entity *entity, bool good,
                             double slope, double shift, pb_error *err)
{
    db_stmt *stmt;
    PB_TRY(ensure_state(session, entity, err));
    PB_TRY(db_prepare(session, "UPDATE match_state SET slope = ?2, shift = ?3 WHERE entity = ?1",
                      &stmt, err));
    db_bind_text(stmt, 1, entity->name);
    db_bind_value(stmt, 2, good ? PB_VALUE_INT((int64_t)llround(slope * MILLION)) : PB_VALUE_NULL);
    db_bind_value(stmt, 3, good ? PB_VALUE_INT((int64_t)llround(shift * MILLION)) : PB_VALUE_NULL);
    return db_run(stmt, err);
}

pb_status record_review_calibrate(db_session *session, const model_entity *entity,
                                  uint64_t *ret_used, pb_error *err)
{
    const record_review_filter filter = {.entity = entity, .any_state = true};
    labels all = {0};
    double slope = 1, shift = 0;
    pb_status status = record_review_each(session, &filter, take_label, &all, err);
    bool enough =
        status == PB_OK && all.count >= RECORD_REVIEW_LEAST && all.same > 0 && all.same < all.count;
    for (int i = 0; i < STEPS && enough; i++)
        if (!step(&all, &slope, &shift))
            break;
    bool good = enough && isfinite(slope) && isfinite(shift) && slope > 0;
    if (status == PB_OK)
        status = store_curve(session, entity, good, slope, shift, err);
    if (status == PB_OK)
        *ret_used = good ? all.count : 0;
    free(all.items);
    return status;
}
