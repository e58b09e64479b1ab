/* The declaration of backups: read, stored, loaded. */
#include "backup/plan.h"

#include "backup/fixture.h"

#include "internal.h"

#include "base/cbor.h"
#include "base/time.h"
#include "db/log.h"

static const backup_plan defaults = {.every_us = PB_US_PER_DAY,
                                     .lose_us = PB_US_PER_DAY,
                                     .recover_us = 4 * 3600 * PB_US_PER_SECOND,
                                     .drill_us = 30 * PB_US_PER_DAY};

/* ---- reading ---- */

static pb_status duration(const model_yaml *map, const char *key, int64_t *ret_us, pb_error *err)
{
    const model_yaml *node = model_yaml_get(map, key);
    if (model_yaml_is_null(node) || pb_duration_us(node->text, ret_us))
        return PB_OK;
    model_yaml_fail(node, err, PB_MSG("“{value}” is no length of time."), "value",
                    PB_ARG(node->text.ptr != NULL ? node->text : PB_STR("")), NULL);
    pb_error_hint(err, PB_MSG("Write a whole number and s, m, h, d or w: 15m, 24h, 30d."), NULL);
    return PB_INVALID;
}

/* A folder must be said in full: backups are made from anywhere. */
static pb_status check_place(const model_yaml *root, pb_str place, pb_error *err)
{
    if (pb_str_starts(place, PB_STR("/")) || pb_str_find(place, PB_STR("://")) != SIZE_MAX)
        return PB_OK;
    model_yaml_fail(model_yaml_get(root, "places"), err,
                    PB_MSG("“{value}” is no whole path and no URL."), "value", PB_ARG(place), NULL);
    pb_error_hint(err,
                  PB_MSG("Write a folder from / on, s3://BUCKET/PREFIX or "
                         "sftp://USER@HOST/PATH."),
                  NULL);
    return PB_INVALID;
}

static pb_status read_places(const model_yaml *root, pb_arena *arena, backup_plan *plan,
                             pb_error *err)
{
    model_strs places = {0};
    PB_TRY(model_yaml_need(root, "places", NULL, err));
    PB_TRY(model_yaml_texts(arena, root, "places", &places, err));
    plan->places = pb_arena_array(arena, places.count + 1, sizeof *plan->places);
    if (plan->places == NULL)
        return pb_fail_memory(err);
    for (size_t i = 0; i < places.count; i++) {
        PB_TRY(check_place(root, places.items[i], err));
        plan->places[i] = pb_arena_cstr(arena, places.items[i]);
        if (plan->places[i] == NULL)
            return pb_fail_memory(err);
    }
    plan->place_count = places.count;
    return PB_OK;
}

pb_status backup_plan_parse(const model_source *source, pb_arena *arena, backup_plan *ret_plan,
                            pb_error *err)
{
    static const char *const keys[] = {"places",         "every",       "keep",     "lose_at_most",
                                       "recover_within", "drill_every", "keep_log", NULL};
    static const char *const keep_keys[] = {"newest", "for", NULL};
    const model_yaml *root;
    backup_plan plan = defaults;
    plan.declared = true;
    PB_TRY(model_yaml_load(arena, source, &root, err));
    PB_TRY(model_yaml_check_keys(root, keys, err));
    PB_TRY(read_places(root, arena, &plan, err));
    PB_TRY(duration(root, "every", &plan.every_us, err));
    PB_TRY(duration(root, "lose_at_most", &plan.lose_us, err));
    PB_TRY(duration(root, "recover_within", &plan.recover_us, err));
    PB_TRY(duration(root, "drill_every", &plan.drill_us, err));
    PB_TRY(model_yaml_bool(root, "keep_log", &plan.keep_log, err));
    const model_yaml *keep = model_yaml_get(root, "keep");
    if (!model_yaml_is_null(keep)) {
        PB_TRY(model_yaml_check_keys(keep, keep_keys, err));
        PB_TRY(model_yaml_int(keep, "newest", 1, 100000, &plan.newest, err));
        PB_TRY(duration(keep, "for", &plan.keep_us, err));
    }
    *ret_plan = plan;
    return PB_OK;
}

/* ---- storing ---- */

typedef struct storing {
    const backup_call *call;
    const backup_plan *plan;
    pb_str text;
} storing;

static pb_status run_alone(db_session *session, const char *sql, pb_error *err)
{
    db_stmt *stmt;
    PB_TRY(db_prepare(session, sql, &stmt, err));
    return db_run(stmt, err);
}

static pb_status store_goal(db_session *session, const backup_plan *plan, pb_error *err)
{
    static const char sql[] =
        "INSERT INTO t_backup_goal (n, every_us, lose_us, recover_us, drill_us, newest, keep_us)"
        " VALUES (1, ?1, ?2, ?3, ?4, ?5, ?6)";
    db_stmt *stmt;
    PB_TRY(db_prepare(session, sql, &stmt, err));
    db_bind_i64(stmt, 1, plan->every_us);
    db_bind_i64(stmt, 2, plan->lose_us);
    db_bind_i64(stmt, 3, plan->recover_us);
    db_bind_i64(stmt, 4, plan->drill_us);
    db_bind_i64(stmt, 5, plan->newest);
    db_bind_i64(stmt, 6, plan->keep_us);
    return db_run(stmt, err);
}

pb_status backup_plan_rows(db_session *session, const backup_plan *plan, pb_error *err)
{
    static const char sql[] = "INSERT INTO t_backup_place (n, place) VALUES (?1, ?2)";
    db_stmt *stmt;
    PB_TRY(run_alone(session, "DELETE FROM t_backup_goal", err));
    PB_TRY(run_alone(session, "DELETE FROM t_backup_place", err));
    PB_TRY(store_goal(session, plan, err));
    for (size_t i = 0; i < plan->place_count; i++) {
        PB_TRY(db_prepare(session, sql, &stmt, err));
        db_bind_i64(stmt, 1, (int64_t)i + 1);
        db_bind_text(stmt, 2, pb_str_c(plan->places[i]));
        PB_TRY(db_run(stmt, err));
    }
    return PB_OK;
}

pb_status backup_plan_begin(db_session *session, pb_error *err)
{
    return store_goal(session, &defaults, err);
}

static pb_status store_work(db_session *session, void *context, pb_error *err)
{
    const storing *s = context;
    uint64_t sequence;
    ledger_event event = {.kind = "backup.configured",
                          .at_us = s->call->now_us,
                          .actor = s->call->actor,
                          .payload = s->text};
    PB_TRY(ledger_append(session, &event, &sequence, err));
    return backup_plan_rows(session, s->plan, err);
}

pb_status backup_plan_store(db_workspace *workspace, const backup_call *call,
                            const backup_plan *plan, pb_str text, pb_error *err)
{
    PB_AUTO_BUF payload = PB_BUF_INIT(MODEL_YAML_BYTES + 64);
    pb_cbor_map(&payload, 1);
    pb_cbor_text(&payload, PB_STR("plan"));
    pb_cbor_text(&payload, text);
    if (payload.failed)
        return pb_fail_memory(err);
    storing s = {call, plan, pb_buf_str(&payload)};
    bool kept;
    PB_TRY(db_write(workspace, store_work, &s, err));
    PB_TRY(db_log_is_kept(workspace, &kept, err));
    return kept == plan->keep_log ? PB_OK : db_log_keep(workspace, plan->keep_log, err);
}

/* ---- loading ---- */

pb_status backup_plan_places(db_session *session, pb_arena *arena, const char ***ret_places,
                             size_t *ret_count, pb_error *err)
{
    db_stmt *stmt;
    bool row;
    const char **places = NULL;
    size_t count = 0, capacity = 0;
    PB_TRY(db_prepare(session, "SELECT place FROM t_backup_place ORDER BY n", &stmt, err));
    for (;;) {
        PB_TRY(db_step(stmt, &row, err));
        if (!row)
            break;
        const char *place = pb_arena_cstr(arena, db_column_text(stmt, 0));
        if (place == NULL || !PB_PUSH(arena, places, count, capacity, place)) {
            db_reset(stmt);
            return pb_fail_memory(err);
        }
    }
    *ret_places = places;
    *ret_count = count;
    return PB_OK;
}

pb_status backup_plan_load(db_session *session, pb_arena *arena, backup_plan *ret_plan,
                           pb_error *err)
{
    static const char sql[] = "SELECT every_us, lose_us, recover_us, drill_us, newest, keep_us"
                              " FROM t_backup_goal WHERE n = 1";
    db_stmt *stmt;
    backup_plan plan = defaults;
    PB_TRY(db_prepare(session, sql, &stmt, err));
    PB_TRY(db_step(stmt, &plan.declared, err));
    if (plan.declared) {
        plan.every_us = db_column_i64(stmt, 0);
        plan.lose_us = db_column_i64(stmt, 1);
        plan.recover_us = db_column_i64(stmt, 2);
        plan.drill_us = db_column_i64(stmt, 3);
        plan.newest = db_column_i64(stmt, 4);
        plan.keep_us = db_column_i64(stmt, 5);
    }
    db_reset(stmt);
    PB_TRY(backup_plan_places(session, arena, &plan.places, &plan.place_count, err));
    plan.declared = plan.declared && plan.place_count > 0;
    *ret_plan = plan;
    return PB_OK;
}

bool backup_is_ahead(int64_t at_us, int64_t now_us)
{
    enum { APART = 5 * 60 }; /* seconds */
    return at_us != INT64_MIN && at_us > now_us && at_us - now_us > APART * PB_US_PER_SECOND;
}

pb_status backup_states(db_session *session, pb_arena *arena, backup_state **ret_states,
                        size_t *ret_count, pb_error *err)
{
    static const char sql[] =
        "SELECT p.place, r.at_us, r.backup, r.same_disk,"
        " (SELECT d.at_us FROM t_backup_drill AS d"
        " WHERE d.place = p.place AND d.fault = 'none' AND d.recover_us > 0"
        " ORDER BY d.n DESC LIMIT 1) FROM"
        " (SELECT place FROM t_backup_place UNION SELECT place FROM t_backup_run) AS p"
        " LEFT JOIN t_backup_run AS r ON r.n ="
        " (SELECT MAX(s.n) FROM t_backup_run AS s WHERE s.place = p.place) ORDER BY p.place";
    db_stmt *stmt;
    bool row;
    backup_state *states = NULL;
    size_t count = 0, capacity = 0;
    PB_TRY(db_prepare(session, sql, &stmt, err));
    for (;;) {
        PB_TRY(db_step(stmt, &row, err));
        if (!row)
            break;
        backup_state state = {
            .place = pb_arena_cstr(arena, db_column_text(stmt, 0)),
            .at_us = db_column_is_null(stmt, 1) ? INT64_MIN : db_column_i64(stmt, 1),
            .name = pb_arena_cstr(arena, db_column_text(stmt, 2)),
            .same_disk = db_column_i64(stmt, 3) != 0,
            .drilled_us = db_column_is_null(stmt, 4) ? INT64_MIN : db_column_i64(stmt, 4)};
        if (state.place == NULL || !PB_PUSH(arena, states, count, capacity, state)) {
            db_reset(stmt);
            return pb_fail_memory(err);
        }
    }
    *ret_states = states;
    *ret_count = count;
    return PB_OK;
}
