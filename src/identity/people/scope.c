/* What an external auditor is let see. */
#include "internal.h"

static pb_status fail_area(pb_str area, pb_error *err)
{
    return pb_fail(err, PB_INVALID, PB_MSG("“{name}” cannot be the name of an area of the audit."),
                   "name", PB_ARG(area), NULL);
}

static pb_status check(db_session *session, const identity_scope *scope, pb_error *err)
{
    const model_schema *schema = db_workspace_schema(db_session_workspace(session));
    for (size_t i = 0; i < scope->entity_count; i++)
        if (model_entity_find(schema, scope->entities[i]) == NULL)
            return pb_fail(err, PB_INVALID, PB_MSG("There is no entity “{entity}”"), "entity",
                           PB_ARG(scope->entities[i]), NULL);
    for (size_t i = 0; i < scope->area_count; i++) {
        pb_str area = scope->areas[i];
        bool good = area.len > 0 && area.len <= IDENTITY_NAME_MAX;
        for (size_t k = 0; good && k < area.len; k++)
            good = area.ptr[k] == '_' || (area.ptr[k] >= 'a' && area.ptr[k] <= 'z') ||
                   (area.ptr[k] >= '0' && area.ptr[k] <= '9');
        if (!good)
            return fail_area(area, err);
    }
    return PB_OK;
}

static pb_status store(db_session *session, const identity_call *call, pb_uuid user,
                       const char *kind, const pb_str *names, size_t count, pb_error *err)
{
    static const char sql[] = "INSERT INTO t_access_scope (n, holder, kind, name, from_us,"
                              " until_us, by, why) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)";
    for (size_t i = 0; i < count; i++) {
        db_stmt *stmt;
        int64_t n;
        PB_TRY(
            db_next_number(session, "SELECT COALESCE(MAX(n), 0) + 1 FROM t_access_scope", &n, err));
        PB_TRY(db_prepare(session, sql, &stmt, err));
        db_bind_i64(stmt, 1, n);
        db_bind_blob(stmt, 2, pb_uuid_str(&user));
        db_bind_text(stmt, 3, pb_str_c(kind));
        db_bind_text(stmt, 4, names[i]);
        people_bind_since(stmt, 5, call, call->now_us, IDENTITY_OPEN);
        PB_TRY(db_run(stmt, err));
    }
    return PB_OK;
}

static pb_status end_rows(db_session *session, const identity_call *call, pb_uuid user,
                          pb_error *err)
{
    static const char sql[] = "UPDATE t_access_scope" END_SET " WHERE holder = ?4 AND " NOT_OVER;
    db_stmt *stmt;
    PB_TRY(db_prepare(session, sql, &stmt, err));
    people_bind_end(stmt, call, call->now_us);
    db_bind_blob(stmt, 4, pb_uuid_str(&user));
    return db_run(stmt, err);
}

pb_status identity_scope_set(db_session *session, const identity_call *call, pb_uuid user,
                             const identity_scope *scope, pb_error *err)
{
    PB_AUTO_ARENA arena = pb_arena_new(0);
    identity_user stands;
    if (arena == NULL)
        return pb_fail_memory(err);
    PB_TRY(people_user_standing(session, user, call->now_us, arena, &stands, err));
    if (stands.kind != IDENTITY_AUDITOR)
        return pb_fail(err, PB_INVALID, PB_MSG("“{name}” is no external auditor."), "name",
                       PB_ARG(stands.name), NULL);
    PB_TRY(check(session, scope, err));
    PB_TRY(end_rows(session, call, user, err));
    PB_TRY(store(session, call, user, "entity", scope->entities, scope->entity_count, err));
    PB_TRY(store(session, call, user, "area", scope->areas, scope->area_count, err));
    static const pb_str none;
    const people_fact facts[] = {{.key = "user", .value = people_fact_id(&user)},
                                 {.key = "name", .value = people_fact_text(stands.name)},
                                 {.key = "entities",
                                  .texts = scope->entity_count > 0 ? scope->entities : &none,
                                  .count = scope->entity_count},
                                 {.key = "areas",
                                  .texts = scope->area_count > 0 ? scope->areas : &none,
                                  .count = scope->area_count}};
    return people_event(session, call, "scope.set", facts, sizeof facts / sizeof *facts, err);
}
