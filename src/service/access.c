/* Decisions about records in hand; values that may not be seen are taken out, masked ones
 * replaced. */
#include "access.h"

#include "identity/credential.h"
#include "model/mask.h"

pb_status service_access_open(db_session *session, const service_call *call, service_denial *denial,
                              service_access *ret_access, pb_error *err)
{
    static const pb_uuid nobody = {{0}};
    service_access access = {
        .call = call, .session = session, .denial = denial, .listing = IDENTITY_OP_LIST};
    *denial = (service_denial){.refused = false};
    if (call->who != NULL && !call->who->holder) {
        PB_TRY(identity_policy_now(session, &access.policy, err));
        /* Customers look at their own data. */
        access.purpose_missing = identity_policy_purpose(access.policy) &&
                                 pb_str_trim(call->actor.purpose).len == 0 &&
                                 pb_str_eq(pb_uuid_str(&call->who->portal), pb_uuid_str(&nobody));
    }
    *ret_access = access;
    return PB_OK;
}

void service_access_close(service_access *access)
{
    access->policy = identity_policy_release(access->policy);
}

static void keep_denial(const service_access *access, identity_operation operation,
                        const model_entity *entity, const record_data *record,
                        const model_field *field)
{
    service_denial *denial = access->denial;
    *denial = (service_denial){true, operation, entity, NULL, field, {{0}}};
    if (record != NULL) {
        denial->id = record->id;
        denial->record = &denial->id;
    }
}

static pb_status fail_absent(const model_entity *entity, pb_uuid id, pb_error *err)
{
    char text[37];
    pb_uuid_text(id, text);
    return pb_fail(err, PB_NOT_FOUND, PB_MSG("There is no record of {entity} with the id {id}."),
                   "entity", PB_ARG(entity->label), "id", text, NULL);
}

/* A key may reach to less than who it acts for. */
pb_status service_in_scope(const service_access *access, identity_operation operation,
                           const model_entity *entity, pb_error *err)
{
    char scope[200];
    const char *word = identity_operation_word(operation);
    pb_str scopes = access->call->scopes;
    if (entity == NULL)
        (void)snprintf(scope, sizeof scope, "%s", word);
    else
        (void)snprintf(scope, sizeof scope, "%.*s.%s", PB_STR_FMT(entity->name), word);
    if (identity_scope_has(scopes, pb_str_c(word)) || identity_scope_has(scopes, pb_str_c(scope)))
        return PB_OK;
    keep_denial(access, operation, entity, NULL, NULL);
    pb_fail(err, PB_DENIED, PB_MSG("The key has not the scope {scope}."), "scope", scope, NULL);
    pb_error_hint(err, PB_MSG("Use a key made with that scope."), NULL);
    return PB_DENIED;
}

uint32_t service_operations_of(const identity_policy *policy, const identity_actor *who,
                               const model_entity *entity)
{
    uint32_t bits = 0;
    for (int o = 0; o < IDENTITY_OPERATIONS; o++) {
        identity_operation operation = (identity_operation)o;
        if (identity_operation_on_records(operation) != (entity != NULL))
            continue;
        if (policy == NULL ||
            identity_decide(policy, who, operation, entity, NULL, NULL).outcome != IDENTITY_DENY)
            bits |= UINT32_C(1) << o;
    }
    return bits;
}

pb_status service_may_at_all(const service_access *access, identity_operation operation,
                             const model_entity *entity, pb_error *err)
{
    PB_TRY(service_in_scope(access, operation, entity, err));
    if (access->policy == NULL)
        return PB_OK;
    identity_decision decision =
        identity_decide(access->policy, access->call->who, operation, entity, NULL, NULL);
    if (decision.outcome != IDENTITY_DENY)
        return PB_OK;
    keep_denial(access, operation, entity, NULL, NULL);
    return identity_refuse(&decision, operation, entity, NULL, err);
}

pb_status service_decide(const service_call *call, db_workspace *workspace, service_deciding decide,
                         const void *context, pb_error *err)
{
    service_access access;
    service_denial denial = {.refused = false};
    db_session *session = NULL;
    PB_TRY(db_snapshot_open_within(workspace, call->limits, &session, err));
    pb_status status = service_access_open(session, call, &denial, &access, err);
    if (status == PB_OK) {
        status = decide(&access, context, err);
        service_access_close(&access);
    }
    db_snapshot_close(session);
    return service_refused(call, workspace, &denial, status, err);
}

typedef struct operations {
    const identity_operation *items;
    size_t count;
} operations;

static pb_status may_one(const service_access *access, const void *context, pb_error *err)
{
    const operations *any = context;
    pb_status status = PB_DENIED;
    for (size_t i = any->count; status == PB_DENIED && i-- > 0;) {
        status = service_may_at_all(access, any->items[i], NULL, err);
        access->denial->refused = status != PB_OK;
    }
    return status;
}

pb_status service_may_do_one(const service_call *call, db_workspace *workspace,
                             const identity_operation *items, size_t count, pb_error *err)
{
    const operations any = {items, count};
    return service_decide(call, workspace, may_one, &any, err);
}

pb_status service_may_do(const service_call *call, db_workspace *workspace,
                         identity_operation operation, pb_error *err)
{
    return service_may_do_one(call, workspace, &operation, 1, err);
}

pb_status service_fail_proof(pb_error *err)
{
    pb_fail(err, PB_DENIED,
            PB_MSG("This asks for a proof of who you are that is not older than ten minutes."),
            NULL);
    pb_error_hint(err, PB_MSG("Give the password or use the passkey once more, then ask again."),
                  NULL);
    return PB_DENIED;
}

pb_status service_need_proof(const service_access *access, identity_operation operation,
                             pb_error *err)
{
    const service_call *call = access->call;
    const char *word = identity_operation_word(operation);
    bool made_for = call->program && identity_operation_on_records(operation) &&
                    call->scopes.ptr != NULL && identity_scope_has(call->scopes, pb_str_c(word));
    if (call->who == NULL || call->who->holder || call->proved || made_for)
        return PB_OK;
    keep_denial(access, operation, NULL, NULL, NULL);
    if (call->program) {
        pb_fail(err, PB_DENIED, PB_MSG("A key alone is not enough for this."), NULL);
        pb_error_hint(err, PB_MSG("Let a person do it who is signed in."), NULL);
        return PB_DENIED;
    }
    return service_fail_proof(err);
}

static pb_status owner_of(const service_access *access, const record_data *record,
                          identity_record *ret_record, pb_error *err)
{
    return identity_record_of(access->session, record->entity, record->id, record->values,
                              ret_record, err);
}

pb_status service_may(const service_access *access, identity_operation operation,
                      const record_data *record, pb_error *err)
{
    identity_record about;
    const identity_actor *who = access->call->who;
    PB_TRY(service_in_scope(access, operation, record->entity, err));
    if (access->policy == NULL)
        return PB_OK;
    PB_TRY(owner_of(access, record, &about, err));
    identity_decision decision =
        identity_decide(access->policy, who, operation, record->entity, &about, NULL);
    if (decision.outcome != IDENTITY_DENY)
        return PB_OK;
    keep_denial(access, operation, record->entity, record, NULL);
    identity_decision read =
        identity_decide(access->policy, who, IDENTITY_OP_READ, record->entity, &about, NULL);
    return read.outcome == IDENTITY_DENY
               ? fail_absent(record->entity, record->id, err)
               : identity_refuse(&decision, operation, record->entity, NULL, err);
}

pb_status service_may_write(const service_access *access, identity_operation operation,
                            const record_data *record, const model_field *field, pb_error *err)
{
    identity_record about;
    if (access->policy == NULL)
        return PB_OK;
    PB_TRY(owner_of(access, record, &about, err));
    identity_decision decision = identity_decide(access->policy, access->call->who, operation,
                                                 record->entity, &about, field);
    if (decision.outcome == IDENTITY_ALLOW)
        return PB_OK;
    keep_denial(access, operation, record->entity, record, field);
    return identity_refuse(&decision, operation, record->entity, field, err);
}

/* ---- what is shown of values ---- */

/* Numbers, dates and links have no half: they are taken out. */
static pb_status mask(const model_field *field, pb_value *value, pb_arena *arena, pb_error *err)
{
    PB_AUTO_BUF text = PB_BUF_INIT(1 << 16);
    if (value->kind != PB_TEXT) {
        *value = PB_VALUE_NULL;
        return PB_OK;
    }
    model_mask(field, value->as.s, &text);
    value->as.s = pb_arena_str(arena, pb_buf_str(&text));
    return text.failed || value->as.s.ptr == NULL ? pb_fail_memory(err) : PB_OK;
}

static pb_status take_out(service_record *seen, pb_arena *arena, pb_error *err)
{
    record_data *record = &seen->record;
    size_t count = record->entity->field_count;
    pb_value *values = pb_arena_array(arena, count + 1, sizeof *values);
    pb_str *refs = pb_arena_array(arena, count + 1, sizeof *refs);
    pb_str *currencies = pb_arena_array(arena, count + 1, sizeof *currencies);
    if (values == NULL || refs == NULL || currencies == NULL)
        return pb_fail_memory(err);
    for (size_t i = 0; i < count; i++) {
        const model_field *field = &record->entity->fields[i];
        identity_right right = service_right(seen, field);
        values[i] = right == IDENTITY_HIDDEN ? PB_VALUE_NULL : record->values[i];
        if (right == IDENTITY_MASKED)
            PB_TRY(mask(field, &values[i], arena, err));
        bool whole = right > IDENTITY_MASKED;
        refs[i] = whole ? record->refs[i] : PB_STR_NONE;
        currencies[i] = whole ? record->currencies[i] : PB_STR_NONE;
    }
    record->values = values;
    record->refs = refs;
    record->currencies = currencies;
    return PB_OK;
}

pb_status service_fail_purpose(pb_error *err)
{
    pb_fail(err, PB_USAGE, PB_MSG("Personal data is shown here to who says what for."), NULL);
    pb_error_hint(err, PB_MSG("Send the purpose with the request: Probity-Purpose: …"), NULL);
    return PB_USAGE;
}

/* Where the workspace wants to know what personal data is read for. */
pb_status service_need_purpose(const service_access *access, const service_record *seen,
                               pb_error *err)
{
    const record_data *record = &seen->record;
    for (size_t i = 0; access->purpose_missing && i < record->entity->field_count; i++) {
        const model_field *field = &record->entity->fields[i];
        bool there = record->values[i].kind != PB_NULL || record->refs[i].ptr != NULL;
        if (!field->personal.declared || !there || service_right(seen, field) == IDENTITY_HIDDEN)
            continue;
        return service_fail_purpose(err);
    }
    return PB_OK;
}

pb_status service_see(const service_access *access, identity_operation operation,
                      const record_data *record, pb_arena *arena, service_record *ret_record,
                      pb_error *err)
{
    service_record seen = {.record = *record};
    identity_record about;
    if (access->policy != NULL) {
        uint8_t *rights = pb_arena_array(arena, record->entity->field_count + 1, 1);
        if (rights == NULL)
            return pb_fail_memory(err);
        PB_TRY(owner_of(access, record, &about, err));
        if (!identity_rights_to(access->policy, access->call->who, operation, record->entity,
                                &about, rights)) {
            keep_denial(access, operation, record->entity, record, NULL);
            return fail_absent(record->entity, record->id, err);
        }
        seen.rights = rights;
        PB_TRY(take_out(&seen, arena, err));
    }
    if (!db_session_writes(access->session)) /* what is written is no reading */
        PB_TRY(service_need_purpose(access, &seen, err));
    *ret_record = seen;
    return PB_OK;
}

static bool title_shows(const service_record *seen)
{
    const model_entity *entity = seen->record.entity;
    for (size_t i = 0; i < entity->field_count; i++)
        if (entity->fields[i].title && service_right(seen, &entity->fields[i]) < IDENTITY_READ)
            return false;
    return true;
}

pb_status service_sees(void *context, const model_entity *entity, pb_uuid id, bool *ret_visible,
                       pb_error *err)
{
    const service_access *access = context;
    PB_AUTO_ARENA arena = pb_arena_new(0);
    record_data record;
    service_record seen;
    if (arena == NULL)
        return pb_fail_memory(err);
    PB_TRY(record_read(access->session, entity, id, arena, &record, err));
    pb_status status = service_in_scope(access, IDENTITY_OP_READ, entity, NULL);
    if (status == PB_OK)
        status = service_see(access, IDENTITY_OP_READ, &record, arena, &seen, NULL);
    *ret_visible = status == PB_OK && title_shows(&seen);
    return status == PB_NOT_FOUND || status == PB_DENIED ? PB_OK : status;
}

pb_status service_fail_hidden(const service_access *access, const record_data *record,
                              const model_field *field, pb_error *err)
{
    keep_denial(access, IDENTITY_OP_READ, record->entity, record, field);
    pb_fail(err, PB_DENIED,
            PB_MSG("The value of “{field}” does not show to you whole, so you cannot pass it on."),
            "field", PB_ARG(field->label), NULL);
    pb_error_hint(err, PB_MSG("Ask somebody who may read all of the record."), NULL);
    return PB_DENIED;
}

/* ---- lists ---- */

pb_status service_field_shows(const service_access *access, const model_field *field, bool always,
                              bool *ret_shows, pb_error *err)
{
    identity_use use = IDENTITY_USE_ALWAYS;
    if (access->policy != NULL)
        PB_TRY(identity_field_use(access->policy, access->call->who, IDENTITY_OP_LIST,
                                  field->entity, field, &use, err));
    *ret_shows = always ? use == IDENTITY_USE_ALWAYS : use != IDENTITY_USE_NEVER;
    return PB_OK;
}

/* A list may be chosen or sorted by a field only where the field shows. What shows masked comes
 * along, as service_see leaves it. */
static pb_status limit_field(const service_access *access, const model_field *field,
                             pb_arena *arena, bool *hidden, bool *masked, model_bound *only,
                             pb_error *err)
{
    identity_use use;
    identity_condition condition;
    const identity_actor *who = access->call->who;
    PB_TRY(
        identity_field_use(access->policy, who, access->listing, field->entity, field, &use, err));
    *hidden = use == IDENTITY_USE_NEVER;
    *masked = *hidden &&
              identity_decide(access->policy, who, IDENTITY_OP_LIST, field->entity, NULL, field)
                      .outcome != IDENTITY_DENY;
    if (use != IDENTITY_USE_WHERE)
        return PB_OK;
    PB_TRY(identity_predicate(access->policy, who, access->listing, field->entity, field, "r",
                              arena, &condition, err));
    *only = (model_bound){condition.sql, condition.values, condition.count};
    return PB_OK;
}

pb_status service_list_access(void *context, const model_entity *entity, pb_arena *arena,
                              record_list_access *ret_access, pb_error *err)
{
    const service_access *access = context;
    identity_condition condition;
    if (access->policy == NULL) {
        *ret_access = (record_list_access){.count = 0};
        return PB_OK;
    }
    PB_TRY(identity_predicate(access->policy, access->call->who, access->listing, entity, NULL, "r",
                              arena, &condition, err));
    bool *hidden = pb_arena_array(arena, entity->field_count + 1, sizeof *hidden);
    bool *masked = pb_arena_array(arena, entity->field_count + 1, sizeof *masked);
    model_bound *only = pb_arena_array(arena, entity->field_count + 1, sizeof *only);
    if (hidden == NULL || masked == NULL || only == NULL)
        return pb_fail_memory(err);
    for (size_t i = 0; i < entity->field_count; i++)
        PB_TRY(
            limit_field(access, &entity->fields[i], arena, &hidden[i], &masked[i], &only[i], err));
    *ret_access = (record_list_access){.hidden = hidden, .masked = masked, .only = only};
    if (!condition.all) {
        ret_access->sql = condition.sql;
        ret_access->values = condition.values;
        ret_access->count = condition.count;
        ret_access->among =
            (record_list_among){condition.among.column, condition.among.sql, condition.among.values,
                                condition.among.count, condition.among.count == 1};
    }
    return PB_OK;
}
