/* Roles, and who may what. */
#include "service/roles.h"

#include "base/cbor.h"
#include "internal.h"
#include "service/rights.h"

/* ---- roles ---- */

static bool is_role(const service_asset *asset)
{
    return pb_str_starts(pb_str_c(asset->path), PB_STR("roles/"));
}

/* The roles that come with the program, in `arena`. */
static pb_status shipped_roles(const service_core *service, pb_arena *arena,
                               identity_role **ret_roles, size_t *ret_count, pb_error *err)
{
    size_t count = 0;
    for (size_t i = 0; i < service->asset_count; i++)
        count += is_role(&service->assets[i]);
    identity_role *roles = pb_arena_array(arena, count + 1, sizeof *roles);
    if (roles == NULL)
        return pb_fail_memory(err);
    count = 0;
    for (size_t i = 0; i < service->asset_count; i++) {
        const service_asset *asset = &service->assets[i];
        const model_source source = {pb_str_c(asset->path), pb_str_n(asset->bytes, asset->size)};
        if (is_role(asset))
            PB_TRY(identity_role_parse(&source, service->schema, arena, &roles[count++], err));
    }
    *ret_roles = roles;
    *ret_count = count;
    return PB_OK;
}

/* What one transaction does to the roles. */
typedef struct role_work {
    identity_call call;
    const identity_role *roles; /* that ship, or one that is put */
    size_t count;
    pb_str end; /* the name of one that ends */
} role_work;

static pb_status ship_work(db_session *session, void *context, pb_error *err)
{
    const role_work *work = context;
    return identity_role_ship(session, &work->call, work->roles, work->count, err);
}

static pb_status put_work(db_session *session, void *context, pb_error *err)
{
    const role_work *work = context;
    return identity_role_put(session, &work->call, work->roles, NULL, err);
}

static pb_status end_work(db_session *session, void *context, pb_error *err)
{
    const role_work *work = context;
    return identity_role_end(session, &work->call, work->end, err);
}

static identity_call call_of(const service_call *call, pb_str why)
{
    return (identity_call){call->actor, call->now_us, why};
}

/* Whether any role was ever there. */
static pb_status any_role(db_session *session, bool *ret_any, pb_error *err)
{
    db_stmt *stmt;
    PB_TRY(db_prepare(session, "SELECT 1 FROM t_access_duty WHERE n = 1", &stmt, err));
    PB_TRY(db_step(stmt, ret_any, err));
    db_reset(stmt);
    return PB_OK;
}

/* Whether one of them was never there: a look before a transaction that would change nothing. */
static pb_status lacks_one(db_workspace *workspace, const identity_role *roles, size_t count,
                           bool *ret_lacks, pb_error *err)
{
    db_session *session = NULL;
    *ret_lacks = false;
    PB_TRY(db_snapshot_open(workspace, &session, err));
    pb_status status = PB_OK;
    for (size_t i = 0; status == PB_OK && i < count && !*ret_lacks; i++) {
        bool there = false;
        status = identity_role_known(session, roles[i].name, &there, err);
        *ret_lacks = !there;
    }
    db_snapshot_close(session);
    return status;
}

pb_status service_ship_roles(const service_core *service, const service_call *call,
                             db_workspace *workspace, pb_error *err)
{
    PB_AUTO_ARENA arena = pb_arena_new(0);
    identity_role *roles;
    size_t count;
    bool lacks;
    if (arena == NULL)
        return pb_fail_memory(err);
    PB_TRY(shipped_roles(service, arena, &roles, &count, err));
    PB_TRY(lacks_one(workspace, roles, count, &lacks, err));
    role_work work = {call_of(call, PB_STR_NONE), roles, count, PB_STR_NONE};
    return lacks ? db_write(workspace, ship_work, &work, err) : PB_OK;
}

static pb_status shipped_policy(const service_core *service, const model_schema *schema,
                                identity_policy **ret_policy, pb_error *err)
{
    PB_AUTO_ARENA arena = pb_arena_new(0);
    identity_role *roles;
    size_t count;
    if (arena == NULL)
        return pb_fail_memory(err);
    PB_TRY(shipped_roles(service, arena, &roles, &count, err));
    identity_role_row *rows = pb_arena_array(arena, count + 1, sizeof *rows);
    if (rows == NULL)
        return pb_fail_memory(err);
    for (size_t i = 0; i < count; i++)
        rows[i] = (identity_role_row){
            .number = (int64_t)i + 1, .role = roles[i], .until_us = IDENTITY_OPEN};
    return identity_policy_compile(schema, rows, count, ret_policy, err);
}

pb_status service_roles(const service_core *service, db_workspace *workspace, int64_t at_us,
                        identity_policy **ret_policy, bool *ret_shipped, pb_error *err)
{
    db_session *session = NULL;
    bool any = false;
    PB_TRY(db_snapshot_open(workspace, &session, err));
    pb_status status = any_role(session, &any, err);
    if (status == PB_OK && any)
        status = at_us == IDENTITY_OPEN ? identity_policy_now(session, ret_policy, err)
                                        : identity_policy_at(session, at_us, ret_policy, err);
    db_snapshot_close(session);
    if (status == PB_OK && !any)
        status = shipped_policy(service, db_workspace_schema(workspace), ret_policy, err);
    if (status == PB_OK)
        *ret_shipped = !any;
    return status;
}

pb_status service_role_put(const service_core *service, const service_call *call, pb_str why,
                           db_workspace *workspace, const model_source *source, pb_arena *arena,
                           identity_role *ret_role, pb_error *err)
{
    PB_TRY(identity_role_parse(source, db_workspace_schema(workspace), arena, ret_role, err));
    PB_TRY(service_ship_roles(service, call, workspace, err));
    role_work work = {call_of(call, why), ret_role, 1, PB_STR_NONE};
    return db_write(workspace, put_work, &work, err);
}

pb_status service_role_end(const service_core *service, const service_call *call, pb_str why,
                           db_workspace *workspace, pb_str name, pb_error *err)
{
    PB_TRY(service_ship_roles(service, call, workspace, err));
    role_work work = {call_of(call, why), NULL, 0, name};
    return db_write(workspace, end_work, &work, err);
}

/* ---- a record as it was ---- */

typedef struct going_back {
    const model_entity *entity;
    pb_uuid id;
    int64_t at_us;
    pb_arena *arena;
    pb_value *values;
    bool done; /* what follows is older */
} going_back;

static pb_status keep_value(going_back *g, const model_field *field, pb_value value, pb_error *err)
{
    if (value.kind == PB_TEXT || value.kind == PB_BLOB) {
        value.as.s = pb_arena_str(g->arena, value.as.s);
        if (value.as.s.ptr == NULL)
            return pb_fail_memory(err);
    }
    g->values[field->index] = value;
    return PB_OK;
}

static pb_status not_yet(const going_back *g, pb_error *err)
{
    char text[37];
    pb_uuid_text(g->id, text);
    return pb_fail(err, PB_NOT_FOUND, PB_MSG("The record {id} of {entity} was not there yet."),
                   "id", text, "entity", PB_ARG(g->entity->label), NULL);
}

/* Takes a step back, from the newest on. */
static pb_status step_back(void *context, const record_step *step, pb_error *err)
{
    going_back *g = context;
    if (memcmp(step->event.record.b, g->id.b, sizeof g->id.b) != 0 || g->done)
        return PB_OK;
    g->done = step->event.at_us <= g->at_us;
    if (g->done)
        return PB_OK;
    if (strcmp(step->event.kind, "record.created") == 0)
        return not_yet(g, err);
    if (step->erased)
        return pb_fail(err, PB_UNSUPPORTED,
                       PB_MSG("What the record of {entity} said then was erased: who could see it "
                              "cannot be said."),
                       "entity", PB_ARG(g->entity->label), NULL);
    for (size_t i = 0; i < step->change_count; i++) {
        const model_field *field = step->changes[i].field;
        if (field != NULL && pb_str_eq(step->changes[i].name, field->name))
            PB_TRY(keep_value(g, field, step->changes[i].before, err));
    }
    return PB_OK;
}

/* A record as it was at a moment (IDENTITY_OPEN: now): values in the order of entity->fields, in
 * `arena`, put together from its history. PB_NOT_FOUND: it was not made yet; PB_UNSUPPORTED: what
 * it said then was erased. Fields that keep no history are as they are now. */
static pb_status record_at(db_session *session, const model_entity *entity, pb_uuid id,
                           int64_t at_us, pb_arena *arena, pb_value **ret_values, pb_error *err)
{
    record_data record;
    PB_TRY(record_read(session, entity, id, arena, &record, err));
    going_back g = {.entity = entity, .id = id, .at_us = at_us, .arena = arena};
    g.values = record.values;
    if (at_us != IDENTITY_OPEN)
        PB_TRY(record_history(session, entity, id, step_back, &g, err));
    *ret_values = g.values;
    return PB_OK;
}

/* ---- who can ---- */

typedef struct asking {
    db_session *session;
    pb_arena *arena;
    int64_t at_us;
} asking;

/* What a link of another record said at the moment asked about. */
static pb_status link_then(void *context, const model_field *link, pb_uuid record, pb_uuid *ret_id,
                           pb_error *err)
{
    const asking *a = context;
    pb_value *values;
    pb_status status =
        record_at(a->session, link->entity, record, a->at_us, a->arena, &values, err);
    if (status == PB_NOT_FOUND)
        return PB_OK;
    PB_TRY(status);
    pb_value value = values[link->index];
    if (value.kind == PB_BLOB && value.as.s.len == sizeof ret_id->b)
        memcpy(ret_id->b, value.as.s.ptr, sizeof ret_id->b);
    return PB_OK;
}

/* The first operation that lets the most through. */
static service_may best_of(const identity_policy *policy, const identity_actor *actor,
                           const identity_record *record, const model_field *field, bool change)
{
    static const identity_operation seeing[] = {IDENTITY_OP_READ, IDENTITY_OP_LIST,
                                                IDENTITY_OP_REPORT, IDENTITY_OP_EXPORT,
                                                IDENTITY_OP_HISTORY};
    static const identity_operation changing[] = {IDENTITY_OP_CHANGE, IDENTITY_OP_MERGE,
                                                  IDENTITY_OP_IMPORT};
    const identity_operation *operations = change ? changing : seeing;
    size_t count = change ? sizeof changing / sizeof *changing : sizeof seeing / sizeof *seeing;
    service_may best = {.operation = operations[0]};
    for (size_t i = 0; i < count && best.decision.outcome != IDENTITY_ALLOW; i++) {
        identity_decision decision =
            identity_decide(policy, actor, operations[i], field->entity, record, field);
        if (decision.outcome <= best.decision.outcome)
            continue;
        best.operation = operations[i];
        best.decision = decision;
    }
    return best;
}

static pb_status ask_all(const asking *a, const identity_record *record, int64_t moment_us,
                         bool change, service_who *who, pb_error *err)
{
    identity_user *users;
    PB_TRY(identity_user_list(a->session, moment_us, a->arena, &users, &who->asked, err));
    who->users = pb_arena_array(a->arena, who->asked + 1, sizeof *who->users);
    if (who->users == NULL)
        return pb_fail_memory(err);
    for (size_t i = 0; i < who->asked; i++) {
        identity_actor actor;
        PB_TRY(identity_actor_read(a->session, users[i].id, moment_us, a->arena, &actor, err));
        actor.second_factor = true;
        service_may may = best_of(who->policy, &actor, record, who->field, change);
        may.user = users[i];
        if (may.decision.outcome != IDENTITY_DENY)
            who->users[who->count++] = may;
    }
    return PB_OK;
}

static pb_status who_can(const asking *a, int64_t now_us, pb_str name, bool change,
                         service_who *who, pb_error *err)
{
    const model_entity *entity = who->field->entity;
    identity_record record;
    pb_value *values;
    asking then = *a;
    PB_TRY(record_lookup(a->session, entity, name, &who->record, err));
    PB_TRY(record_at(a->session, entity, who->record, a->at_us, a->arena, &values, err));
    PB_TRY(identity_record_by(entity, who->record, values, link_then, &then, &record, err));
    bool now = a->at_us == IDENTITY_OPEN;
    PB_TRY(now ? identity_policy_now(a->session, &who->policy, err)
               : identity_policy_at(a->session, a->at_us, &who->policy, err));
    who->at_us = now ? now_us : a->at_us;
    return ask_all(a, &record, who->at_us, change, who, err);
}

/* Asking whose record it is tells something of it: so it stands in the log. Keys in the order of
 * RFC 8949 4.2.1. */
static pb_status log_asking(const service_call *call, db_workspace *workspace,
                            const service_who *who, bool change, pb_error *err)
{
    PB_AUTO_BUF payload = PB_BUF_INIT(4096);
    if (call->who == NULL)
        return PB_OK;
    pb_cbor_map(&payload, 5 + (size_t)(call->device.len > 0) + (size_t)(call->address.len > 0));
    pb_cbor_text(&payload, PB_STR("at"));
    pb_cbor_int(&payload, who->at_us);
    service_put_place(&payload, "field", who->field->name);
    pb_cbor_text(&payload, PB_STR("change"));
    pb_cbor_value(&payload, PB_VALUE_INT(change));
    service_put_place(&payload, "device", call->device);
    service_put_place(&payload, "entity", who->field->entity->name);
    pb_cbor_text(&payload, PB_STR("record"));
    pb_cbor_bytes(&payload, pb_uuid_str(&who->record));
    service_put_place(&payload, "address", call->address);
    return payload.failed ? pb_fail_memory(err)
                          : service_log(workspace, call, "access.asked", pb_buf_str(&payload), err);
}

pb_status service_who_can(const service_call *call, db_workspace *workspace,
                          const model_field *field, pb_str record, int64_t at_us, bool change,
                          pb_arena *arena, service_who *ret_who, pb_error *err)
{
    asking a = {.arena = arena, .at_us = at_us};
    service_who who = {.field = field};
    PB_TRY(service_may_ask_rights(call, workspace, err));
    PB_TRY(db_snapshot_open(workspace, &a.session, err));
    pb_status status = who_can(&a, call->now_us, record, change, &who, err);
    db_snapshot_close(a.session);
    if (status == PB_OK)
        status = log_asking(call, workspace, &who, change, err);
    if (status != PB_OK)
        service_who_end(&who);
    else
        *ret_who = who;
    return status;
}

void service_who_end(service_who *who)
{
    who->policy = identity_policy_release(who->policy);
}
