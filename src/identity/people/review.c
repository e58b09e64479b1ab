/* Access reviews: begun, decided, ended. */
#include "identity/review.h"

#include "internal.h"

#include "model/case.h"

const char *identity_verdict_word(identity_verdict verdict)
{
    static const char *const words[IDENTITY_VERDICTS] = {"open", "confirmed", "revoked", "gone"};
    return words[verdict];
}

static void bind_moment(db_stmt *stmt, int parameter, int64_t us)
{
    db_bind_unless(stmt, parameter, us == IDENTITY_OPEN ? INT64_MIN : us, INT64_MIN);
}

/* ---- beginning ---- */

static pb_status store_review(db_session *session, const identity_call *call, int64_t n,
                              int64_t due_us, pb_error *err)
{
    static const char sql[] =
        "INSERT INTO t_access_review (n, from_us, due_us, by, why) VALUES (?1, ?2, ?3, ?4, ?5)";
    db_stmt *stmt;
    PB_TRY(db_prepare(session, sql, &stmt, err));
    db_bind_i64(stmt, 1, n);
    db_bind_i64(stmt, 2, call->now_us);
    db_bind_i64(stmt, 3, due_us);
    db_bind_text(stmt, 4, call->actor.name);
    db_bind_some_text(stmt, 5, call->why);
    return db_run(stmt, err);
}

static pb_status store_item(db_session *session, int64_t n, int64_t review,
                            const identity_review_item *item, pb_error *err)
{
    static const char sql[] =
        "INSERT INTO t_access_review_item (n, review, holder, role, name, role_name, since_us,"
        " used_us, seen_us, apart, decision) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11)";
    db_stmt *stmt;
    PB_TRY(db_prepare(session, sql, &stmt, err));
    db_bind_i64(stmt, 1, n);
    db_bind_i64(stmt, 2, review);
    db_bind_blob(stmt, 3, pb_uuid_str(&item->user));
    db_bind_i64(stmt, 4, item->role);
    db_bind_text(stmt, 5, item->name);
    db_bind_text(stmt, 6, item->role_name);
    db_bind_i64(stmt, 7, item->since_us);
    bind_moment(stmt, 8, item->used_us);
    bind_moment(stmt, 9, item->seen_us);
    db_bind_some_text(stmt, 10, item->apart.len > 0 ? item->apart : PB_STR_NONE);
    db_bind_text(stmt, 11, pb_str_c(identity_verdict_word(IDENTITY_UNDECIDED)));
    return db_run(stmt, err);
}

pb_status identity_review_start(db_session *session, const identity_call *call, int64_t due_us,
                                const identity_review_item *items, size_t count, int64_t *ret_n,
                                pb_error *err)
{
    int64_t n, first;
    if (count == 0)
        return pb_fail(err, PB_INVALID, PB_MSG("Nobody holds what is to be reviewed."), NULL);
    if (due_us <= call->now_us)
        return pb_fail(err, PB_INVALID, PB_MSG("The review must be due at a moment to come."),
                       NULL);
    PB_TRY(db_next_number(session, "SELECT COALESCE(MAX(n), 0) + 1 FROM t_access_review", &n, err));
    PB_TRY(db_next_number(session, "SELECT COALESCE(MAX(n), 0) + 1 FROM t_access_review_item",
                          &first, err));
    PB_TRY(store_review(session, call, n, due_us, err));
    for (size_t i = 0; i < count; i++)
        PB_TRY(store_item(session, first + (int64_t)i, n, &items[i], err));
    const people_fact facts[] = {{.key = "review", .value = PB_VALUE_INT(n)},
                                 {.key = "due", .value = PB_VALUE_INT(due_us)},
                                 {.key = "items", .value = PB_VALUE_INT((int64_t)count)}};
    PB_TRY(people_event(session, call, "review.started", facts, sizeof facts / sizeof *facts, err));
    *ret_n = n;
    return PB_OK;
}

/* ---- reading ---- */

static bool take_verdict(pb_str word, identity_verdict *ret)
{
    for (int i = 0; i < IDENTITY_VERDICTS; i++)
        if (pb_str_is(word, identity_verdict_word((identity_verdict)i))) {
            *ret = (identity_verdict)i;
            return true;
        }
    return false;
}

static pb_status take_item(db_stmt *stmt, pb_arena *arena, identity_review_item *ret, pb_error *err)
{
    identity_review_item item = {.n = db_column_i64(stmt, 0),
                                 .review = db_column_i64(stmt, 1),
                                 .user = people_take_id(stmt, 2),
                                 .role = db_column_i64(stmt, 3),
                                 .since_us = db_column_i64(stmt, 6),
                                 .used_us = db_take_number(stmt, 7, INT64_MIN),
                                 .seen_us = db_take_number(stmt, 8, INT64_MIN),
                                 .decided_us = db_take_number(stmt, 11, INT64_MIN)};
    if (!take_verdict(db_column_text(stmt, 10), &item.verdict))
        return db_fail_altered("t_access_review_item", err);
    if (!db_take_text(stmt, 4, arena, &item.name) ||
        !db_take_text(stmt, 5, arena, &item.role_name) ||
        !db_take_text(stmt, 9, arena, &item.apart) ||
        !db_take_text(stmt, 12, arena, &item.decided_by) ||
        !db_take_text(stmt, 13, arena, &item.reason))
        return pb_fail_memory(err);
    *ret = item;
    return PB_OK;
}

#define ITEM_COLUMNS                                                                               \
    "n, review, holder, role, name, role_name, since_us, used_us, seen_us, apart, decision,"       \
    " decided_us, decided_by, why"

typedef struct gathering {
    pb_arena *arena;
    identity_review_item *items;
    identity_review *reviews;
    size_t count, capacity;
} gathering;

static pb_status gather_item(void *context, db_stmt *stmt, pb_error *err)
{
    gathering *g = context;
    identity_review_item item;
    PB_TRY(take_item(stmt, g->arena, &item, err));
    return PB_PUSH(g->arena, g->items, g->count, g->capacity, item) ? PB_OK : pb_fail_memory(err);
}

pb_status identity_review_items(db_session *session, int64_t review, pb_arena *arena,
                                identity_review_item **ret_items, size_t *ret_count, pb_error *err)
{
    static const char sql[] = "SELECT " ITEM_COLUMNS " FROM t_access_review_item WHERE review = ?1"
                              " ORDER BY name, role_name, n";
    gathering g = {.arena = arena};
    db_stmt *stmt;
    PB_TRY(db_prepare(session, sql, &stmt, err));
    db_bind_i64(stmt, 1, review);
    PB_TRY(db_each(stmt, gather_item, &g, err));
    *ret_items = g.items;
    *ret_count = g.count;
    return PB_OK;
}

static pb_status take_count(void *context, db_stmt *stmt, pb_error *err)
{
    identity_review *review = context;
    identity_verdict verdict;
    if (!take_verdict(db_column_text(stmt, 0), &verdict))
        return db_fail_altered("t_access_review_item", err);
    review->counts[verdict] = (uint64_t)db_column_i64(stmt, 1);
    return PB_OK;
}

static pb_status count_items(db_session *session, identity_review *review, pb_error *err)
{
    static const char sql[] = "SELECT decision, COUNT(*) FROM t_access_review_item"
                              " WHERE review = ?1 GROUP BY decision";
    db_stmt *stmt;
    PB_TRY(db_prepare(session, sql, &stmt, err));
    db_bind_i64(stmt, 1, review->n);
    return db_each(stmt, take_count, review, err);
}

static pb_status gather_review(void *context, db_stmt *stmt, pb_error *err)
{
    gathering *g = context;
    identity_review review = {.n = db_column_i64(stmt, 0),
                              .from_us = db_column_i64(stmt, 1),
                              .due_us = db_column_i64(stmt, 2),
                              .closed_us = people_take_end(stmt, 3)};
    bool good = db_take_text(stmt, 4, g->arena, &review.by) &&
                db_take_text(stmt, 5, g->arena, &review.why) &&
                PB_PUSH(g->arena, g->reviews, g->count, g->capacity, review);
    return good ? PB_OK : pb_fail_memory(err);
}

pb_status identity_review_list(db_session *session, pb_arena *arena, identity_review **ret_reviews,
                               size_t *ret_count, pb_error *err)
{
    static const char sql[] =
        "SELECT n, from_us, due_us, closed_us, by, why FROM t_access_review ORDER BY n DESC";
    gathering g = {.arena = arena};
    db_stmt *stmt;
    PB_TRY(db_prepare(session, sql, &stmt, err));
    PB_TRY(db_each(stmt, gather_review, &g, err));
    for (size_t i = 0; i < g.count; i++)
        PB_TRY(count_items(session, &g.reviews[i], err));
    *ret_reviews = g.reviews;
    *ret_count = g.count;
    return PB_OK;
}

pb_status identity_review_find(db_session *session, int64_t n, pb_arena *arena,
                               identity_review *ret_review, pb_error *err)
{
    identity_review *reviews;
    size_t count;
    PB_TRY(identity_review_list(session, arena, &reviews, &count, err));
    for (size_t i = 0; i < count; i++)
        if (reviews[i].n == n) {
            *ret_review = reviews[i];
            return PB_OK;
        }
    return pb_fail(err, PB_NOT_FOUND, PB_MSG("There is no review {value}."), "value", PB_ARG_INT(n),
                   NULL);
}

/* ---- deciding ---- */

static pb_status is_held(db_session *session, pb_uuid user, int64_t role, int64_t now_us,
                         bool *ret_held, pb_error *err)
{
    static const char sql[] =
        "SELECT 1 FROM t_access_role WHERE holder = ?2 AND role = ?3 AND " NOT_OVER " LIMIT 1";
    db_stmt *stmt;
    PB_TRY(db_prepare(session, sql, &stmt, err));
    db_bind_i64(stmt, 1, now_us);
    db_bind_blob(stmt, 2, pb_uuid_str(&user));
    db_bind_i64(stmt, 3, role);
    PB_TRY(db_step(stmt, ret_held, err));
    db_reset(stmt);
    return PB_OK;
}

static pb_status store_decision(db_session *session, const identity_call *call,
                                const identity_review_item *item, pb_error *err)
{
    static const char sql[] = "UPDATE t_access_review_item SET decision = ?2, decided_us = ?3,"
                              " decided_by = ?4, why = ?5 WHERE n = ?1";
    db_stmt *stmt;
    PB_TRY(db_prepare(session, sql, &stmt, err));
    db_bind_i64(stmt, 1, item->n);
    db_bind_text(stmt, 2, pb_str_c(identity_verdict_word(item->verdict)));
    db_bind_i64(stmt, 3, call->now_us);
    db_bind_text(stmt, 4, call->actor.name);
    db_bind_some_text(stmt, 5, call->why);
    PB_TRY(db_run(stmt, err));
    const people_fact facts[] = {
        {.key = "review", .value = PB_VALUE_INT(item->review)},
        {.key = "item", .value = PB_VALUE_INT(item->n)},
        {.key = "user", .value = people_fact_id(&item->user)},
        {.key = "role", .value = PB_VALUE_INT(item->role)},
        {.key = "verdict",
         .value = people_fact_text(pb_str_c(identity_verdict_word(item->verdict)))}};
    return people_event(session, call, "review.decided", facts, sizeof facts / sizeof *facts, err);
}

/* What nobody holds any more is not left open for ever; with the last one the review ends. */
static pb_status close_when_done(db_session *session, const identity_call *call, int64_t review,
                                 pb_arena *arena, pb_error *err)
{
    static const char sql[] =
        "UPDATE t_access_review SET closed_us = ?2, closed_by = ?3 WHERE n = ?1";
    identity_review_item *items;
    size_t count, open = 0;
    db_stmt *stmt;
    PB_TRY(identity_review_items(session, review, arena, &items, &count, err));
    for (size_t i = 0; i < count; i++) {
        bool held = false;
        if (items[i].verdict != IDENTITY_UNDECIDED)
            continue;
        PB_TRY(is_held(session, items[i].user, items[i].role, call->now_us, &held, err));
        open += held;
        items[i].verdict = IDENTITY_GONE;
        if (!held)
            PB_TRY(store_decision(session, call, &items[i], err));
    }
    if (open > 0)
        return PB_OK;
    PB_TRY(db_prepare(session, sql, &stmt, err));
    db_bind_i64(stmt, 1, review);
    db_bind_i64(stmt, 2, call->now_us);
    db_bind_text(stmt, 3, call->actor.name);
    PB_TRY(db_run(stmt, err));
    const people_fact facts[] = {{.key = "review", .value = PB_VALUE_INT(review)}};
    return people_event(session, call, "review.closed", facts, 1, err);
}

static pb_status find_item(db_session *session, int64_t review, int64_t n, pb_arena *arena,
                           identity_review_item *ret, pb_error *err)
{
    static const char sql[] =
        "SELECT " ITEM_COLUMNS " FROM t_access_review_item WHERE n = ?1 AND review = ?2";
    db_stmt *stmt;
    bool row;
    PB_TRY(db_prepare(session, sql, &stmt, err));
    db_bind_i64(stmt, 1, n);
    db_bind_i64(stmt, 2, review);
    PB_TRY(db_step(stmt, &row, err));
    if (!row)
        return pb_fail(err, PB_NOT_FOUND,
                       PB_MSG("The review {review} has nothing of number {value}."), "review",
                       PB_ARG_INT(review), "value", PB_ARG_INT(n), NULL);
    pb_status status = take_item(stmt, arena, ret, err);
    db_reset(stmt);
    return status;
}

pb_status identity_review_decide(db_session *session, const identity_call *call, int64_t review,
                                 int64_t item, identity_verdict verdict,
                                 identity_review_item *ret_item, pb_arena *arena, pb_error *err)
{
    identity_review_item found = {.n = 0};
    bool held;
    PB_TRY(find_item(session, review, item, arena, &found, err));
    if (found.verdict != IDENTITY_UNDECIDED)
        return pb_fail(err, PB_CONFLICT, PB_MSG("It was decided already, by {name}."), "name",
                       PB_ARG(found.decided_by), NULL);
    PB_TRY(is_held(session, found.user, found.role, call->now_us, &held, err));
    found.verdict = held ? verdict : IDENTITY_GONE;
    PB_TRY(store_decision(session, call, &found, err));
    if (held && verdict == IDENTITY_REVOKED)
        PB_TRY(identity_role_take(session, call, found.user, found.role, err));
    PB_TRY(close_when_done(session, call, review, arena, err));
    return find_item(session, review, item, arena, ret_item, err);
}

/* ---- cases of controls ---- */

static pb_status write_case(db_session *session, const model_yaml *item, pb_error *err)
{
    static const char *const keys[] = {"from", "due", "closed", "open", NULL};
    static const char sql[] = "UPDATE t_access_review SET closed_us = ?2, closed_by = ?3"
                              " WHERE n = ?1";
    static const identity_review_item one = {.name = PB_STR("somebody"),
                                             .role_name = PB_STR("some role"),
                                             .used_us = INT64_MIN,
                                             .seen_us = INT64_MIN};
    identity_call call = {.actor = {.name = PB_STR("fixture")}};
    int64_t due_us = 0, closed_us = IDENTITY_OPEN, open = 1, n = 0;
    db_stmt *stmt;
    PB_TRY(model_yaml_check_keys(item, keys, err));
    PB_TRY(model_yaml_need(item, "due", NULL, err));
    PB_TRY(model_case_day(item, "from", &call.now_us, err));
    PB_TRY(model_case_day(item, "due", &due_us, err));
    PB_TRY(model_case_day(item, "closed", &closed_us, err));
    PB_TRY(model_yaml_int(item, "open", 0, 1000, &open, err));
    PB_TRY(db_next_number(session, "SELECT COALESCE(MAX(n), 0) + 1 FROM t_access_review", &n, err));
    PB_TRY(store_review(session, &call, n, due_us, err));
    for (int64_t i = 0; i < open; i++)
        PB_TRY(store_item(session, n * 1000 + i, n, &one, err));
    if (closed_us == IDENTITY_OPEN)
        return PB_OK;
    PB_TRY(db_prepare(session, sql, &stmt, err));
    db_bind_i64(stmt, 1, n);
    db_bind_i64(stmt, 2, closed_us);
    db_bind_text(stmt, 3, call.actor.name);
    return db_run(stmt, err);
}

static pb_status write_cases(db_session *session, void *context, pb_error *err)
{
    const model_yaml *list = context;
    for (size_t i = 0; i < list->count; i++)
        PB_TRY(write_case(session, list->items[i], err));
    return PB_OK;
}

pb_status identity_review_fixture(db_workspace *workspace, const model_yaml *list, pb_error *err)
{
    PB_TRY(model_yaml_expect(list, MODEL_YAML_LIST, err));
    return db_write(workspace, write_cases, (void *)(uintptr_t)list, err);
}
