/* The review queue's table: pairs go in, are listed, and are found by who their records are. */
#include "review.h"

#include <string.h>

#define COLUMNS                                                                                    \
    "n, entity, left_id, right_id, score, levels, script, at_us, by, run, state, decided_by,"      \
    " decided_us, reason"

enum { MILLION = 1000000, WORDS_MAX = 4096 };

static const char *const words[] = {"open", "same", "different", "unsure"};

const char *record_decision_word(record_decision decision)
{
    return words[decision];
}

bool record_decision_parse(pb_str word, record_decision *ret_decision)
{
    for (int i = RECORD_OPEN; i <= RECORD_UNSURE; i++) {
        if (!pb_str_is(word, words[i]))
            continue;
        *ret_decision = (record_decision)i;
        return true;
    }
    return false;
}

/* --- in --- */

/* The letters of the names; two scripts are mixed. */
static const char *script_of(const alike *a, const review_side *one, const review_side *other)
{
    const char *found = "none";
    const review_side *sides[] = {one, other};
    for (size_t i = 0; i < a->fields.count; i++) {
        if (a->fields.kind[i] != MATCH_NAME && a->fields.kind[i] != MATCH_ORG)
            continue;
        for (int s = 0; s < 2; s++) {
            const char *script = likeness_script(sides[s]->texts[i]);
            if (strcmp(script, "none") == 0)
                continue;
            if (strcmp(found, "none") != 0 && strcmp(found, script) != 0)
                return "mixed";
            found = script;
        }
    }
    return found;
}

static pb_status insert(db_session *session, const alike *a, const review_side *left,
                        const review_side *right, const review_found *found, pb_error *err)
{
    db_stmt *stmt;
    PB_AUTO_BUF levels = PB_BUF_INIT(WORDS_MAX);
    likeness_levels_text(a->compared, a->count, found->levels, &levels);
    if (levels.failed)
        return pb_fail_memory(err);
    PB_TRY(db_prepare(session,
                      "INSERT INTO t_review_pair (n, entity, left_id, right_id, score, levels,"
                      " script, at_us, by, run, state, left_key, right_key)"
                      " SELECT COALESCE(MAX(n), 0) + 1, ?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9,"
                      " 'open', ?10, ?11 FROM t_review_pair",
                      &stmt, err));
    db_bind_text(stmt, 1, a->entity->name);
    db_bind_blob(stmt, 2, pb_uuid_str(&left->id));
    db_bind_blob(stmt, 3, pb_uuid_str(&right->id));
    db_bind_i64(stmt, 4, (int64_t)(found->score * MILLION));
    db_bind_text(stmt, 5, pb_buf_str(&levels));
    db_bind_text(stmt, 6, pb_str_c(script_of(a, left, right)));
    db_bind_i64(stmt, 7, found->at_us);
    db_bind_text(stmt, 8, found->by);
    if (found->run > 0)
        db_bind_i64(stmt, 9, found->run);
    else
        db_bind_null(stmt, 9);
    db_bind_i64(stmt, 10, likeness_identity(left->source_id, left->texts, a->fields.count));
    db_bind_i64(stmt, 11, likeness_identity(right->source_id, right->texts, a->fields.count));
    return db_run(stmt, err);
}

/* The row of a pair, its lesser id left, and how it was decided; 0: no row. */
static pb_status row_of(db_session *session, const model_entity *entity, const pb_uuid *left,
                        const pb_uuid *right, int64_t *ret_n, bool *ret_different, bool *ret_same,
                        pb_error *err)
{
    db_stmt *stmt;
    bool row;
    PB_TRY(db_prepare(session,
                      "SELECT n, state FROM t_review_pair WHERE entity = ?1 AND left_id = ?2"
                      " AND right_id = ?3",
                      &stmt, err));
    db_bind_text(stmt, 1, entity->name);
    db_bind_blob(stmt, 2, pb_uuid_str(left));
    db_bind_blob(stmt, 3, pb_uuid_str(right));
    PB_TRY(db_step(stmt, &row, err));
    *ret_n = row ? db_column_i64(stmt, 0) : 0;
    *ret_different = row && pb_str_is(db_column_text(stmt, 1), "different");
    *ret_same = row && pb_str_is(db_column_text(stmt, 1), "same");
    db_reset(stmt);
    return PB_OK;
}

static bool is_before(const pb_uuid *a, const pb_uuid *b)
{
    return memcmp(a->b, b->b, sizeof a->b) < 0;
}

pb_status review_put(db_session *session, const alike *a, const review_side *one,
                     const review_side *other, const review_found *found, bool *ret_added,
                     pb_error *err)
{
    const review_side *left = is_before(&one->id, &other->id) ? one : other;
    const review_side *right = left == one ? other : one;
    int64_t n;
    db_stmt *stmt;
    bool different, same;
    *ret_added = false;
    PB_TRY(row_of(session, a->entity, &left->id, &right->id, &n, &different, &same, err));
    if (n == 0) {
        *ret_added = true;
        return insert(session, a, left, right, found, err);
    }
    PB_TRY(db_prepare(session,
                      "UPDATE t_review_pair SET score = ?2 WHERE n = ?1 AND state = 'open'", &stmt,
                      err));
    db_bind_i64(stmt, 1, n);
    db_bind_i64(stmt, 2, (int64_t)(found->score * MILLION));
    return db_run(stmt, err);
}

/* --- who is different --- */

pb_status review_different(db_session *session, const model_entity *entity, const pb_uuid *one,
                           const pb_uuid *other, int64_t one_identity, int64_t other_identity,
                           bool *ret_different, pb_error *err)
{
    db_stmt *stmt;
    bool same = false;
    *ret_different = false;
    if (one != NULL) {
        const pb_uuid *left = is_before(one, other) ? one : other;
        int64_t n;
        PB_TRY(row_of(session, entity, left, left == one ? other : one, &n, ret_different, &same,
                      err));
    }
    if (*ret_different || same)
        return PB_OK;
    PB_TRY(db_prepare(session,
                      "SELECT state FROM t_review_pair WHERE entity = ?1 AND left_key = ?2 AND"
                      " right_key = ?3 AND state IN ('same', 'different')"
                      " UNION ALL SELECT state FROM t_review_pair WHERE entity = ?1 AND"
                      " left_key = ?3 AND right_key = ?2 AND state IN ('same', 'different')",
                      &stmt, err));
    db_bind_text(stmt, 1, entity->name);
    db_bind_i64(stmt, 2, one_identity);
    db_bind_i64(stmt, 3, other_identity);
    bool row = true, different = false;
    while (row) {
        PB_TRY(db_step(stmt, &row, err));
        same = same || (row && pb_str_is(db_column_text(stmt, 0), "same"));
        different = different || (row && pb_str_is(db_column_text(stmt, 0), "different"));
    }
    *ret_different = different && !same; /* where people disagree it is asked again */
    return PB_OK;
}

/* --- out --- */

static pb_status read_pair(db_session *session, db_stmt *stmt, pb_arena *arena,
                           record_pair *ret_pair, pb_error *err)
{
    const model_schema *schema = db_workspace_schema(db_session_workspace(session));
    pb_str left = db_column_blob(stmt, 2), right = db_column_blob(stmt, 3);
    record_pair pair = {.number = db_column_i64(stmt, 0),
                        .entity = model_entity_find(schema, db_column_text(stmt, 1)),
                        .score = (double)db_column_i64(stmt, 4) / MILLION,
                        .levels = pb_arena_str(arena, db_column_text(stmt, 5)),
                        .script = pb_arena_str(arena, db_column_text(stmt, 6)),
                        .at_us = db_column_i64(stmt, 7),
                        .by = pb_arena_str(arena, db_column_text(stmt, 8)),
                        .run = db_column_i64(stmt, 9),
                        .decided_by = pb_arena_str(arena, db_column_text(stmt, 11)),
                        .decided_us = db_column_i64(stmt, 12),
                        .reason = pb_arena_str(arena, db_column_text(stmt, 13))};
    if (left.len != sizeof pair.left.b || right.len != sizeof pair.right.b ||
        !record_decision_parse(db_column_text(stmt, 10), &pair.state))
        return pb_fail(err, PB_CORRUPT, PB_MSG("Pair {number} of the review queue is damaged."),
                       "number", PB_ARG_INT(pair.number), NULL);
    memcpy(pair.left.b, left.ptr, left.len);
    memcpy(pair.right.b, right.ptr, right.len);
    *ret_pair = pair;
    return PB_OK;
}

static pb_status score_of(db_session *session, const model_entity *entity, int64_t number,
                          int64_t *ret_score, pb_error *err)
{
    db_stmt *stmt;
    bool row;
    PB_TRY(db_prepare(session, "SELECT score FROM t_review_pair WHERE n = ?1 AND entity = ?2",
                      &stmt, err));
    db_bind_i64(stmt, 1, number);
    db_bind_text(stmt, 2, entity->name);
    PB_TRY(db_step(stmt, &row, err));
    *ret_score = row ? db_column_i64(stmt, 0) : 0;
    db_reset(stmt);
    return row ? PB_OK
               : pb_fail(err, PB_NOT_FOUND, PB_MSG("The review queue has no pair {number}."),
                         "number", PB_ARG_INT(number), NULL);
}

static void put_list(const record_review_filter *filter, const model_entity *entity, pb_buf *sql)
{
    pb_buf_addc(sql, "SELECT " COLUMNS " FROM t_review_pair AS p WHERE entity = ?");
    if (!filter->any_state)
        pb_buf_printf(sql, " AND state = '%s'", words[filter->state]);
    if (filter->live)
        pb_buf_printf(sql,
                      " AND EXISTS (SELECT 1 FROM t_%.*s AS a WHERE a.id = p.left_id AND"
                      " a.deleted = 0) AND EXISTS (SELECT 1 FROM t_%.*s AS b WHERE"
                      " b.id = p.right_id AND b.deleted = 0)",
                      PB_STR_FMT(entity->name), PB_STR_FMT(entity->name));
    if (filter->record != NULL)
        pb_buf_addc(sql, " AND (left_id = ? OR right_id = ?)");
    if (filter->after > 0)
        pb_buf_addc(sql,
                    filter->by_number ? " AND n < ?" : " AND (score < ? OR (score = ? AND n > ?))");
    pb_buf_addc(sql, filter->by_number ? " ORDER BY n DESC" : " ORDER BY score DESC, n");
}

static pb_status prepare_list(db_session *session, const record_review_filter *filter,
                              const model_entity *entity, db_stmt **ret_stmt, pb_error *err)
{
    PB_AUTO_BUF sql = PB_BUF_INIT(WORDS_MAX);
    int place = 1;
    int64_t score = 0;
    if (filter->after > 0 && !filter->by_number)
        PB_TRY(score_of(session, entity, filter->after, &score, err));
    put_list(filter, entity, &sql);
    if (sql.failed)
        return pb_fail_memory(err);
    PB_TRY(db_prepare_text(session, pb_buf_str(&sql), ret_stmt, err));
    db_bind_text(*ret_stmt, place++, entity->name);
    for (int side = 0; side < 2 && filter->record != NULL; side++)
        db_bind_blob(*ret_stmt, place++, pb_uuid_str(filter->record));
    if (filter->after > 0 && !filter->by_number) {
        db_bind_i64(*ret_stmt, place++, score);
        db_bind_i64(*ret_stmt, place++, score);
    }
    if (filter->after > 0)
        db_bind_i64(*ret_stmt, place, filter->after);
    return PB_OK;
}

static pb_status each_of(db_session *session, const record_review_filter *filter,
                         const model_entity *entity, int64_t *left, record_pair_each each,
                         void *context, pb_error *err)
{
    PB_AUTO_ARENA arena = pb_arena_new(0);
    db_stmt *stmt;
    if (arena == NULL)
        return pb_fail_memory(err);
    PB_TRY(prepare_list(session, filter, entity, &stmt, err));
    pb_status status = PB_OK;
    for (bool row = true; status == PB_OK && *left != 0;) {
        record_pair pair;
        PB_TRY(db_step(stmt, &row, err));
        if (!row)
            return PB_OK;
        pb_arena_reset(arena);
        status = read_pair(session, stmt, arena, &pair, err);
        if (status == PB_OK)
            status = each(context, &pair, err);
        *left -= *left > 0;
    }
    db_reset(stmt);
    return status;
}

pb_status record_review_each(db_session *session, const record_review_filter *filter,
                             record_pair_each each, void *context, pb_error *err)
{
    const model_schema *schema = db_workspace_schema(db_session_workspace(session));
    int64_t left = filter->limit > 0 ? filter->limit : -1;
    for (size_t i = 0; i < schema->entity_count; i++)
        if (filter->entity == NULL || filter->entity == &schema->entities[i])
            PB_TRY(each_of(session, filter, &schema->entities[i], &left, each, context, err));
    return PB_OK;
}

pb_status record_review_count(db_session *session, const model_entity *entity,
                              uint64_t ret_counts[4], pb_error *err)
{
    db_stmt *stmt;
    bool row = true;
    uint64_t counts[4] = {0};
    PB_TRY(db_prepare(session,
                      "SELECT state, COUNT(*) FROM t_review_pair WHERE ?1 = '' OR entity = ?1"
                      " GROUP BY state",
                      &stmt, err));
    db_bind_text(stmt, 1, entity != NULL ? entity->name : PB_STR(""));
    for (;;) {
        record_decision state;
        PB_TRY(db_step(stmt, &row, err));
        if (!row)
            break;
        if (record_decision_parse(db_column_text(stmt, 0), &state))
            counts[state] = (uint64_t)db_column_i64(stmt, 1);
    }
    memcpy(ret_counts, counts, sizeof counts);
    return PB_OK;
}

pb_status record_review_find(db_session *session, const model_entity *entity, pb_uuid a, pb_uuid b,
                             pb_arena *arena, record_pair *ret_pair, pb_error *err)
{
    db_stmt *stmt;
    bool row;
    const pb_uuid *left = is_before(&a, &b) ? &a : &b, *right = left == &a ? &b : &a;
    PB_TRY(db_prepare(session,
                      "SELECT " COLUMNS " FROM t_review_pair WHERE entity = ?1 AND left_id = ?2"
                      " AND right_id = ?3",
                      &stmt, err));
    db_bind_text(stmt, 1, entity->name);
    db_bind_blob(stmt, 2, pb_uuid_str(left));
    db_bind_blob(stmt, 3, pb_uuid_str(right));
    PB_TRY(db_step(stmt, &row, err));
    if (row) {
        pb_status status = read_pair(session, stmt, arena, ret_pair, err);
        db_reset(stmt);
        return status;
    }
    return pb_fail(err, PB_NOT_FOUND, PB_MSG("The two records are not a pair of the review queue."),
                   NULL);
}
