/* Whose a record is: by a link of its own, else through the record it belongs to. */
#include "internal.h"

#include <string.h>

/* What a record may belong to, the nearest first. */
static const char *const belongs[] = {"order",   "opportunity", "case",     "lead",
                                      "contact", "account",     "campaign", NULL};

static const model_field *link_of(const model_entity *entity, const char *role)
{
    const model_field *field = model_field_role(entity, role);
    return field != NULL && field->type == MODEL_LINK ? field : NULL;
}

/* Its link to whom it belongs: an owner, a contact that is a customer. */
static const model_field *link_to_whom(const model_entity *entity, const char *role)
{
    const model_field *field = link_of(entity, role);
    bool contact = pb_str_is(PB_STR("contact"), role);
    bool good = field != NULL && (!contact || pb_str_is(field->target->name, "contact"));
    return good ? field : NULL;
}

static void add_via(const model_entity *entity, const char *role, policy_path *path)
{
    for (const char *const *word = belongs; *word != NULL; word++) {
        const model_field *via = link_of(entity, *word);
        const model_field *there = via == NULL ? NULL : link_to_whom(via->target, role);
        if (there == NULL)
            continue;
        path->via[path->count] = via;
        path->there[path->count++] = there;
    }
}

void policy_owner_path(const model_entity *entity, policy_path *ret_path)
{
    policy_path path = {.own = link_to_whom(entity, "owner")};
    if (path.own == NULL)
        add_via(entity, "owner", &path);
    *ret_path = path;
}

void policy_customer_path(const model_entity *entity, policy_path *ret_path)
{
    policy_path path = {.self = pb_str_is(entity->name, "contact")};
    if (!path.self)
        path.own = link_to_whom(entity, "contact");
    if (!path.self && path.own == NULL)
        add_via(entity, "contact", &path);
    *ret_path = path;
}

static pb_uuid as_id(pb_value value)
{
    pb_uuid id = {{0}};
    if (value.kind == PB_BLOB && value.as.s.len == sizeof id.b)
        memcpy(id.b, value.as.s.ptr, sizeof id.b);
    return id;
}

static bool is_somebody(pb_uuid id)
{
    static const pb_uuid nobody;
    return memcmp(id.b, nobody.b, sizeof id.b) != 0;
}

/* What a link of another record says now. */
static pb_status read_now(void *context, const model_field *link, pb_uuid record, pb_uuid *ret_id,
                          pb_error *err)
{
    char sql[256];
    db_stmt *stmt;
    bool row;
    snprintf(sql, sizeof sql, "SELECT %.*s_id FROM t_%.*s WHERE id = ?1", PB_STR_FMT(link->name),
             PB_STR_FMT(link->entity->name));
    PB_TRY(db_prepare_text(context, pb_str_c(sql), &stmt, err));
    db_bind_blob(stmt, 1, pb_uuid_str(&record));
    PB_TRY(db_step(stmt, &row, err));
    if (row)
        *ret_id = as_id(db_column_value(stmt, 0));
    db_reset(stmt);
    return PB_OK;
}

static pb_status follow(const policy_path *path, const identity_record *record,
                        identity_link_read read, void *context, pb_uuid *ret_id, pb_error *err)
{
    pb_uuid found = {{0}};
    if (path->self)
        found = record->id;
    else if (path->own != NULL)
        found = as_id(record->values[path->own->index]);
    for (size_t i = 0; i < path->count && !is_somebody(found); i++) {
        pb_uuid via = as_id(record->values[path->via[i]->index]);
        if (is_somebody(via))
            PB_TRY(read(context, path->there[i], via, &found, err));
    }
    *ret_id = found;
    return PB_OK;
}

pb_status identity_record_by(const model_entity *entity, pb_uuid id, const pb_value *values,
                             identity_link_read read, void *context, identity_record *ret_record,
                             pb_error *err)
{
    identity_record record = {.entity = entity, .id = id, .values = values};
    policy_path owner, customer;
    policy_owner_path(entity, &owner);
    policy_customer_path(entity, &customer);
    PB_TRY(follow(&owner, &record, read, context, &record.owner, err));
    PB_TRY(follow(&customer, &record, read, context, &record.customer, err));
    *ret_record = record;
    return PB_OK;
}

pb_status identity_record_of(db_session *session, const model_entity *entity, pb_uuid id,
                             const pb_value *values, identity_record *ret_record, pb_error *err)
{
    return identity_record_by(entity, id, values, read_now, session, ret_record, err);
}
