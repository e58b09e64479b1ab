/* Why two records are called one, or not: in a workspace, or in files that are laid out for it. */
#include "service/review.h"

#include "audit/duplicates.h"
#include "internal.h"

/* --- names --- */

/* Whom two names mean, while all records pass by. */
typedef struct naming {
    pb_str names[2];
    pb_uuid ids[2];
    bool found[2];
} naming;

static pb_status meet(void *context, const record_data *record, pb_error *err)
{
    naming *n = context;
    char row[24], id[37];
    (void)err;
    (void)snprintf(row, sizeof row, "%lld", (long long)(record->row > 0 ? record->row : record->n));
    pb_uuid_text(record->id, id);
    pb_str called = pb_str_empty(record->source_id) ? pb_str_c(row) : record->source_id;
    for (int i = 0; i < 2; i++) {
        if (n->found[i] || !(pb_str_eq(n->names[i], called) || pb_str_is(n->names[i], id)))
            continue;
        n->ids[i] = record->id;
        n->found[i] = true;
    }
    return PB_OK;
}

static pb_status not_both(pb_str a, pb_str b, pb_error *err)
{
    pb_fail(err, PB_NOT_FOUND,
            PB_MSG("There are no two records of one kind that are called {first} and {second}"),
            "first", PB_ARG(a), "second", PB_ARG(b), NULL);
    pb_error_hint(err, PB_MSG("Name them as the list of pairs does, or by their ids."), NULL);
    return PB_NOT_FOUND;
}

static pb_status look_up(db_session *snapshot, const model_entity *entity, pb_str a, pb_str b,
                         pb_uuid *ret_a, pb_uuid *ret_b, pb_error *err)
{
    PB_TRY(record_lookup(snapshot, entity, a, ret_a, err));
    return record_lookup(snapshot, entity, b, ret_b, err);
}

/* A name that is not filed (files are laid out without an index) is looked for row by row. */
static pb_status by_rows(db_session *snapshot, const model_entity *entity, pb_str a, pb_str b,
                         pb_uuid *ret_a, pb_uuid *ret_b, bool *ret_found, pb_error *err)
{
    naming n = {.names = {a, b}};
    PB_TRY(record_scan(snapshot, entity, meet, &n, err));
    *ret_found = n.found[0] && n.found[1];
    if (*ret_found) {
        *ret_a = n.ids[0];
        *ret_b = n.ids[1];
    }
    return PB_OK;
}

static pb_status find_names(db_session *snapshot, const model_entity *entity, bool scratch,
                            pb_str a, pb_str b, const model_entity **ret_entity, pb_uuid *ret_a,
                            pb_uuid *ret_b, pb_error *err)
{
    const model_schema *schema = db_workspace_schema(db_session_workspace(snapshot));
    for (size_t i = 0; i < schema->entity_count; i++) {
        const model_entity *one = &schema->entities[i];
        pb_error why = {0};
        bool found = false;
        pb_status status = PB_OK;
        if (entity != NULL && entity != one)
            continue;
        if (!scratch)
            status = look_up(snapshot, one, a, b, ret_a, ret_b, &why);
        found = !scratch && status == PB_OK;
        if (scratch || (status == PB_NOT_FOUND && entity != NULL))
            status = by_rows(snapshot, one, a, b, ret_a, ret_b, &found, &why);
        if (status != PB_OK && status != PB_NOT_FOUND) {
            if (err != NULL)
                *err = why;
            return status;
        }
        *ret_entity = one;
        if (found)
            return PB_OK;
    }
    return not_both(a, b, err);
}

pb_status service_review_names(db_workspace *workspace, const model_entity *entity, pb_str a,
                               pb_str b, const model_entity **ret_entity, pb_uuid *ret_a,
                               pb_uuid *ret_b, pb_error *err)
{
    db_session *snapshot = NULL;
    PB_TRY(db_snapshot_open(workspace, &snapshot, err));
    pb_status status = find_names(snapshot, entity, false, a, b, ret_entity, ret_a, ret_b, err);
    db_snapshot_close(snapshot);
    return status;
}

/* --- learning from files --- */

typedef struct learning {
    const service_call *call;
    const model_entity *entity;
    const match_model *model;
    bool names_only;
} learning;

static pb_status keep(db_session *session, void *context, pb_error *err)
{
    const learning *l = context;
    return record_likely_learned(session, l->call->actor, l->call->now_us, l->entity, l->model,
                                 l->names_only, NULL, err);
}

static pb_status learn(const service_call *call, db_workspace *workspace,
                       const model_entity *entity, pb_error *err)
{
    PB_AUTO_ARENA arena = pb_arena_new(0);
    service_duplicate_progress progress = {call, entity};
    audit_duplicates found = {0};
    match_model *model = NULL;
    match_options options;
    db_session *snapshot = NULL;
    if (arena == NULL)
        return pb_fail_memory(err);
    PB_TRY(service_matching(call, 0, arena, &options, err));
    options.ret_model = &model;
    PB_TRY(db_snapshot_open_within(workspace, call->limits, &snapshot, err));
    pb_status status = audit_duplicates_search(snapshot, entity, &options, service_comparing,
                                               &progress, arena, &found, err);
    db_snapshot_close(snapshot);
    learning l = {call, entity, model, found.names_only};
    if (status == PB_OK && model != NULL)
        status = db_write_within(workspace, call->limits, keep, &l, err);
    match_model_free(model);
    return status;
}

static pb_status explain(const service_call *call, const service_opened *opened,
                         const model_entity *entity, pb_str a, pb_str b, pb_arena *arena,
                         service_comparison *ret, pb_error *err)
{
    db_session *snapshot = NULL;
    pb_uuid one, other;
    PB_TRY(db_snapshot_open_within(opened->workspace, call->limits, &snapshot, err));
    pb_status status =
        find_names(snapshot, entity, opened->scratch, a, b, &entity, &one, &other, err);
    db_snapshot_close(snapshot);
    if (status == PB_OK && opened->scratch)
        status = learn(call, opened->workspace, entity, err);
    return status == PB_OK
               ? service_review_show(call, opened->workspace, entity, one, other, arena, ret, err)
               : status;
}

pb_status service_explain(const service_core *service, const service_call *call,
                          const service_source *source, const model_entity *entity, pb_str a,
                          pb_str b, pb_arena *arena, service_comparison *ret_comparison,
                          pb_error *err)
{
    service_opened opened;
    PB_TRY(service_open_source(service, call, source, arena, &opened, err));
    pb_status status = explain(call, &opened, entity, a, b, arena, ret_comparison, err);
    service_close_source(&opened);
    return status;
}
