/* Roles said anew, and what that changes. */
#include "service/rights.h"

#include "access.h"

static const identity_operation asking[] = {IDENTITY_OP_USERS, IDENTITY_OP_ROLES,
                                            IDENTITY_OP_LEDGER};

pb_status service_may_ask_rights(const service_call *call, db_workspace *workspace, pb_error *err)
{
    return service_may_do_one(call, workspace, asking, sizeof asking / sizeof *asking, err);
}

pb_status service_policy(const service_call *call, db_workspace *workspace, int64_t at_us,
                         identity_policy **ret_policy, pb_error *err)
{
    db_session *session = NULL;
    PB_TRY(service_may_ask_rights(call, workspace, err));
    PB_TRY(db_snapshot_open_within(workspace, call->limits, &session, err));
    pb_status status = at_us == IDENTITY_OPEN ? identity_policy_now(session, ret_policy, err)
                                              : identity_policy_at(session, at_us, ret_policy, err);
    db_snapshot_close(session);
    return status;
}

/* ---- what changes ---- */

/* Two policies side by side. */
typedef struct comparing {
    const model_schema *schema;
    identity_policy *before, *after;
    pb_arena *arena;
    service_right_change *changes;
    size_t count, capacity;
} comparing;

static void put_scopes(pb_buf *out, const identity_grant *grant)
{
    static const char *const words[] = {"own", "team", "below", "portal", "all"};
    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        if ((grant->scopes >> i & 1) != 0)
            pb_buf_printf(out, "%s%s", out->len > 0 ? " " : "", words[i]);
    if (grant->when.len > 0)
        pb_buf_printf(out, " (%.*s)", PB_STR_FMT(grant->when));
}

/* Of which records a role holds an operation, in words; empty: of none. */
static pb_status reach_of(const comparing *c, const identity_policy *policy, int64_t number,
                          const model_entity *entity, pb_str reach[IDENTITY_OPERATIONS],
                          pb_error *err)
{
    identity_holding *holdings;
    size_t count;
    PB_TRY(identity_holdings(policy, number, entity, c->arena, &holdings, &count, err));
    for (int o = 0; o < IDENTITY_OPERATIONS; o++) {
        PB_AUTO_BUF text = PB_BUF_INIT(1 << 16);
        for (size_t i = 0; i < count; i++) {
            if ((holdings[i].operations >> o & 1) == 0)
                continue;
            pb_buf_addc(&text, text.len > 0 && entity != NULL ? ", " : "");
            if (entity != NULL)
                put_scopes(&text, holdings[i].grant);
            else if (text.len == 0)
                pb_buf_addc(&text, "all");
        }
        reach[o] = text.failed ? PB_STR_NONE : pb_arena_str(c->arena, pb_buf_str(&text));
        if (reach[o].ptr == NULL)
            return pb_fail_memory(err);
    }
    return PB_OK;
}

static pb_status add_change(comparing *c, service_right_change change, pb_error *err)
{
    if (pb_str_eq(change.before, change.after))
        return PB_OK;
    return PB_PUSH(c->arena, c->changes, c->count, c->capacity, change) ? PB_OK
                                                                        : pb_fail_memory(err);
}

static pb_status compare_fields(comparing *c, const identity_role_row *row,
                                const model_entity *entity, pb_error *err)
{
    for (size_t i = 0; i < entity->field_count; i++) {
        const model_field *field = &entity->fields[i];
        const service_right_change change = {
            .role = row->role.name,
            .entity = entity,
            .field = field,
            .before =
                pb_str_c(identity_right_word(identity_right_best(c->before, row->number, field))),
            .after =
                pb_str_c(identity_right_word(identity_right_best(c->after, row->number, field)))};
        PB_TRY(add_change(c, change, err));
    }
    return PB_OK;
}

static pb_status compare_entity(comparing *c, const identity_role_row *row,
                                const model_entity *entity, pb_error *err)
{
    pb_str before[IDENTITY_OPERATIONS], after[IDENTITY_OPERATIONS];
    PB_TRY(reach_of(c, c->before, row->number, entity, before, err));
    PB_TRY(reach_of(c, c->after, row->number, entity, after, err));
    for (int o = 0; o < IDENTITY_OPERATIONS; o++)
        PB_TRY(add_change(c,
                          (service_right_change){.role = row->role.name,
                                                 .entity = entity,
                                                 .operation = (identity_operation)o,
                                                 .before = before[o],
                                                 .after = after[o]},
                          err));
    return entity == NULL ? PB_OK : compare_fields(c, row, entity, err);
}

static pb_status compare_role(comparing *c, const identity_role_row *row, pb_error *err)
{
    for (size_t i = 0; i < c->schema->entity_count; i++)
        PB_TRY(compare_entity(c, row, &c->schema->entities[i], err));
    return compare_entity(c, row, NULL, err);
}

/* ---- defining ---- */

typedef struct defining {
    const service_call *call;
    identity_call by;
    pb_str name; /* of one that ends, or must be put */
    pb_arena *arena;
    service_role_plan *plan; /* NULL: the role ends */
    bool dry_run, done;
    service_denial denial;
} defining;

static const identity_role_row *row_named(const identity_role_row *rows, size_t count, pb_str name)
{
    for (size_t i = 0; i < count; i++)
        if (pb_str_eq(rows[i].role.name, name))
            return &rows[i];
    return NULL;
}

/* Whoever holds a role would lift herself by it, and by those it is cut by. */
static bool is_own(const identity_actor *who, const identity_role_row *rows, size_t count,
                   pb_str name)
{
    for (size_t held = 0; held < who->role_count; held++)
        for (size_t i = 0; i < count; i++) {
            const identity_role_row *at = rows[i].number == who->roles[held] ? &rows[i] : NULL;
            for (size_t depth = 0; at != NULL && depth <= count; depth++) {
                if (pb_str_eq(at->role.name, name))
                    return true;
                at = row_named(rows, count, at->role.parent);
            }
        }
    return false;
}

static pb_status check(db_session *session, defining *d, const identity_role_row *rows,
                       size_t count, pb_error *err)
{
    const identity_actor *who = d->call->who;
    service_access access;
    PB_TRY(service_access_open(session, d->call, &d->denial, &access, err));
    pb_status status = service_may_at_all(&access, IDENTITY_OP_ROLES, NULL, err);
    if (status == PB_OK && !d->dry_run && d->plan != NULL)
        status = service_need_proof(&access, IDENTITY_OP_ROLES, err);
    service_access_close(&access);
    PB_TRY(status);
    if (d->dry_run || who == NULL || who->holder || !is_own(who, rows, count, d->name))
        return PB_OK;
    d->denial = (service_denial){.refused = true, .operation = IDENTITY_OP_ROLES};
    pb_fail(err, PB_DENIED, PB_MSG("Nobody changes a role of her own."), NULL);
    pb_error_hint(err, PB_MSG("Ask somebody else who administers roles."), NULL);
    return PB_DENIED;
}

static bool is_among(const pb_str *names, size_t count, pb_str name)
{
    for (size_t i = 0; i < count; i++)
        if (pb_str_eq(names[i], name))
            return true;
    return false;
}

/* Whoever holds a role of which something changes. */
static pb_status find_holders(db_session *session, const defining *d, const comparing *c,
                              const identity_role_row *rows, size_t count, pb_error *err)
{
    identity_user *users;
    size_t user_count, kept = 0;
    PB_TRY(identity_user_list(session, d->by.now_us, d->arena, &users, &user_count, err));
    pb_str *names = pb_arena_array(d->arena, user_count + 1, sizeof *names);
    if (names == NULL)
        return pb_fail_memory(err);
    for (size_t i = 0; i < user_count; i++) {
        const identity_tie_filter filter = {.user = users[i].id, .at_us = d->by.now_us};
        identity_tie *ties;
        size_t tie_count;
        bool touched = false;
        PB_TRY(
            identity_ties(session, IDENTITY_TIE_ROLE, &filter, d->arena, &ties, &tie_count, err));
        for (size_t k = 0; k < tie_count; k++)
            for (size_t r = 0; r < count && !touched; r++)
                for (size_t n = 0; rows[r].number == ties[k].role && n < c->count && !touched; n++)
                    touched = pb_str_eq(c->changes[n].role, rows[r].role.name);
        if (touched && !is_among(names, kept, users[i].name))
            names[kept++] = users[i].name;
    }
    d->plan->holders = names;
    d->plan->holder_count = kept;
    return PB_OK;
}

/* ---- what is cut ---- */

static const identity_grant *grant_named(const identity_role *role, pb_str name)
{
    for (size_t i = 0; i < role->grant_count; i++)
        if (pb_str_eq(role->grants[i].name, name))
            return &role->grants[i];
    return NULL;
}

typedef struct holding_list {
    service_role_holding *items;
    size_t count, capacity;
} holding_list;

/* What was found lives as long as its policy: what is told of it is made the plan's own. */
static pb_status add_holdings(defining *d, const identity_policy *policy, int64_t number,
                              const model_entity *entity, holding_list *list, pb_error *err)
{
    identity_holding *found;
    size_t count;
    PB_TRY(identity_holdings(policy, number, entity, d->arena, &found, &count, err));
    for (size_t i = 0; i < count; i++) {
        service_role_holding one = {entity, found[i]};
        one.holding.grant = grant_named(&d->plan->role, found[i].grant->name);
        one.holding.cut_by = pb_arena_str(d->arena, found[i].cut_by);
        if (!PB_PUSH(d->arena, list->items, list->count, list->capacity, one))
            return pb_fail_memory(err);
    }
    return PB_OK;
}

static pb_status tell_holdings(defining *d, const comparing *c, int64_t number, pb_error *err)
{
    holding_list list = {NULL, 0, 0};
    for (size_t i = 0; i < c->schema->entity_count; i++)
        PB_TRY(add_holdings(d, c->after, number, &c->schema->entities[i], &list, err));
    PB_TRY(add_holdings(d, c->after, number, NULL, &list, err));
    d->plan->holdings = list.items;
    d->plan->holding_count = list.count;
    return PB_OK;
}

static pb_status tell_field_cuts(defining *d, const comparing *c, const identity_policy *alone,
                                 int64_t number, pb_error *err)
{
    service_field_cut *cuts = NULL;
    size_t count = 0, capacity = 0;
    for (size_t e = 0; e < c->schema->entity_count; e++)
        for (size_t i = 0; i < c->schema->entities[e].field_count; i++) {
            const model_field *field = &c->schema->entities[e].fields[i];
            const service_field_cut cut = {field, identity_right_best(alone, number, field),
                                           identity_right_best(c->after, number, field)};
            if (cut.granted > cut.left && !PB_PUSH(d->arena, cuts, count, capacity, cut))
                return pb_fail_memory(err);
        }
    d->plan->cuts = cuts;
    d->plan->cut_count = count;
    return PB_OK;
}

/* What the role holds is laid beside what it would hold if it inherited from none. */
static pb_status tell_cuts(defining *d, const comparing *c, identity_role_row *rows, size_t count,
                           pb_error *err)
{
    identity_policy *alone = NULL;
    size_t at = 0;
    while (!pb_str_eq(rows[at].role.name, d->plan->role.name))
        at++; /* it was put before the list was read */
    PB_TRY(tell_holdings(d, c, rows[at].number, err));
    if (pb_str_empty(rows[at].role.parent))
        return PB_OK;
    rows[at].role.parent = PB_STR_NONE;
    PB_TRY(identity_policy_compile(c->schema, rows, count, &alone, err));
    pb_status status = tell_field_cuts(d, c, alone, rows[at].number, err);
    identity_policy_release(alone);
    return status;
}

static pb_status compare(db_session *session, defining *d, comparing *c,
                         const identity_role_row *rows, size_t count, pb_error *err)
{
    identity_role_row *now;
    size_t now_count;
    PB_TRY(identity_policy_compile(c->schema, rows, count, &c->before, err));
    PB_TRY(identity_role_put(session, &d->by, &d->plan->role, NULL, err));
    PB_TRY(identity_role_list(session, IDENTITY_OPEN, d->arena, &now, &now_count, err));
    PB_TRY(identity_policy_compile(c->schema, now, now_count, &c->after, err));
    for (size_t i = 0; i < now_count; i++)
        PB_TRY(compare_role(c, &now[i], err));
    d->plan->fresh = row_named(rows, count, d->plan->role.name) == NULL;
    d->plan->changes = c->changes;
    d->plan->change_count = c->count;
    PB_TRY(find_holders(session, d, c, now, now_count, err));
    return tell_cuts(d, c, now, now_count, err);
}

static pb_status define_work(db_session *session, void *context, pb_error *err)
{
    defining *d = context;
    comparing c = {.schema = db_workspace_schema(db_session_workspace(session)), .arena = d->arena};
    identity_role_row *rows;
    size_t count;
    d->done = false;
    PB_TRY(identity_role_list(session, IDENTITY_OPEN, d->arena, &rows, &count, err));
    PB_TRY(check(session, d, rows, count, err));
    if (d->plan == NULL)
        return identity_role_end(session, &d->by, d->name, err);
    pb_status status = compare(session, d, &c, rows, count, err);
    identity_policy_release(c.before);
    identity_policy_release(c.after);
    PB_TRY(status);
    d->done = true;
    return d->dry_run ? PB_CANCELLED : PB_OK; /* a rehearsal is rolled back */
}

static pb_status run(defining *d, db_workspace *workspace, pb_error *err)
{
    pb_status status = db_write_within(workspace, d->call->limits, define_work, d, err);
    if (status == PB_CANCELLED && d->dry_run && d->done)
        return PB_OK;
    return service_refused(d->call, workspace, &d->denial, status, err);
}

pb_status service_role_define(const service_call *call, db_workspace *workspace, pb_str name,
                              const model_source *source, pb_str why, bool dry_run, pb_arena *arena,
                              service_role_plan *ret_plan, pb_error *err)
{
    service_role_plan plan = {.fresh = false};
    defining d = {.call = call,
                  .by = {call->actor, call->now_us, why},
                  .name = name,
                  .arena = arena,
                  .plan = &plan,
                  .dry_run = dry_run};
    PB_TRY(service_may_do(call, workspace, IDENTITY_OP_ROLES, err));
    PB_TRY(identity_role_parse(source, db_workspace_schema(workspace), arena, &plan.role, err));
    if (!pb_str_eq(plan.role.name, name))
        return pb_fail(err, PB_INVALID, PB_MSG("The role is called “{other}”, not “{name}”."),
                       "other", PB_ARG(plan.role.name), "name", PB_ARG(name), NULL);
    PB_TRY(run(&d, workspace, err));
    *ret_plan = plan;
    return PB_OK;
}

pb_status service_role_drop(const service_call *call, db_workspace *workspace, pb_str name,
                            pb_str why, pb_error *err)
{
    defining d = {.call = call, .by = {call->actor, call->now_us, why}, .name = name};
    PB_AUTO_ARENA arena = pb_arena_new(0);
    if (arena == NULL)
        return pb_fail_memory(err);
    d.arena = arena;
    return run(&d, workspace, err);
}
