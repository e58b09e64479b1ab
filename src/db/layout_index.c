/* The indexes of a layout: those every workspace has, and those that the schema's entities ask for.
 */
#include "layout_index.h"

#include "base/buf.h"

#define FNV_BASIS 2166136261u

static const db_index fixed_indexes[] = {
    {PB_STR("search_fresh_n"), PB_STR("search_fresh"), "entity, n", false},
    {PB_STR("t_review_pair_ids"), PB_STR("t_review_pair"), "entity, left_id, right_id", true},
    {PB_STR("t_review_pair_right"), PB_STR("t_review_pair"), "entity, right_id", false},
    {PB_STR("t_review_pair_keys"), PB_STR("t_review_pair"), "entity, left_key, right_key", false},
    {PB_STR("t_review_pair_state"), PB_STR("t_review_pair"), "state, entity, score", false},
    {PB_STR("t_work_job_due"), PB_STR("t_work_job"), "state, due_us, n", false},
    {PB_STR("t_audit_outcome_run"), PB_STR("t_audit_outcome"), "run", false},
    {PB_STR("t_audit_outcome_control"), PB_STR("t_audit_outcome"), "control, n", false},
    {PB_STR("t_audit_report_run"), PB_STR("t_audit_report"), "run, form, part", true},
    {PB_STR("t_audit_evidence_control"), PB_STR("t_audit_evidence"), "control, part", true},
    {PB_STR("t_audit_plan_version"), PB_STR("t_audit_plan"), "plan, version", true},
    {PB_STR("t_audit_plan_run"), PB_STR("t_audit_plan"), "run", false},
    {PB_STR("t_finding_control"), PB_STR("t_finding"), "control", true},
    {PB_STR("t_access_user_id"), PB_STR("t_access_user"), "id, from_us", false},
    {PB_STR("t_access_user_key"), PB_STR("t_access_user"), "key", false},
    {PB_STR("t_access_user_staff"), PB_STR("t_access_user"), "staff", false},
    {PB_STR("t_access_user_portal"), PB_STR("t_access_user"), "portal", false},
    {PB_STR("t_access_role_holder"), PB_STR("t_access_role"), "holder, role", false},
    {PB_STR("t_access_team_id"), PB_STR("t_access_team"), "id", false},
    {PB_STR("t_access_team_key"), PB_STR("t_access_team"), "key", false},
    {PB_STR("t_access_member_of"), PB_STR("t_access_member"), "member, team", false},
    {PB_STR("t_access_member_team"), PB_STR("t_access_member"), "team", false},
    {PB_STR("t_access_superior_below"), PB_STR("t_access_superior"), "below", false},
    {PB_STR("t_access_superior_above"), PB_STR("t_access_superior"), "above", false},
    {PB_STR("t_access_scope_holder"), PB_STR("t_access_scope"), "holder", false},
    {PB_STR("t_access_review_of"), PB_STR("t_access_review_item"), "review", false},
    {PB_STR("t_sign_credential_owner"), PB_STR("t_sign_credential"), "owner, kind", false},
    {PB_STR("t_sign_credential_handle"), PB_STR("t_sign_credential"), "handle, kind", false},
    {PB_STR("t_sign_session_hash"), PB_STR("t_sign_session"), "hash", true},
    {PB_STR("t_sign_session_owner"), PB_STR("t_sign_session"), "owner, until_us", false},
    {PB_STR("t_sign_session_key"), PB_STR("t_sign_session"), "by_key", false},
    {PB_STR("t_sign_session_until"), PB_STR("t_sign_session"), "until_us", false},
    {PB_STR("t_sign_browser_id"), PB_STR("t_sign_browser"), "id", true},
    {PB_STR("t_sign_browser_owner"), PB_STR("t_sign_browser"), "owner, seen_us", false},
    {PB_STR("t_sign_slow_last"), PB_STR("t_sign_slow"), "kind, last_us", false},
    {PB_STR("t_sign_spent_until"), PB_STR("t_sign_spent"), "until_us", false},
    {PB_STR("t_mail_message_due"), PB_STR("t_mail_message"), "state, due_us", false},
    {PB_STR("t_screen_feedback_author"), PB_STR("t_screen_feedback"), "author, at_us", false},
    {PB_STR("t_screen_view_owner"), PB_STR("t_screen_view"), "owner", false},
    {PB_STR("request_done_at"), PB_STR("request_done"), "at_us", false},
    {PB_STR("t_source_file_run"), PB_STR("t_source_file"), "run, entity", false},
    {PB_STR("t_access_duty_name"), PB_STR("t_access_duty"), "name, from_us", false},
    {PB_STR("record_merged_into"), PB_STR("record_merged"), "survivor", false},
};

enum { FIXED_INDEXES = sizeof fixed_indexes / sizeof fixed_indexes[0] };

/* Names of columns, then the row's number: what a list is sorted by at the end. */
static bool put_list_columns(const model_entity *entity, pb_str list, pb_buf *out)
{
    pb_str rest = list, part;
    while (pb_str_split(&rest, '+', &part)) {
        part = pb_str_trim(part);
        const model_field *field = model_field_find(entity, part);
        if (field == NULL)
            pb_buf_addc(out, pb_str_is(part, "created_at") ? "created_us" : "changed_us");
        else
            pb_buf_printf(out, "%.*s%s", PB_STR_FMT(part), field->type == MODEL_LINK ? "_id" : "");
        pb_buf_byte(out, ',');
    }
    pb_buf_byte(out, 'n');
    return !out->failed;
}

/* The name says the columns, in short: another list is another index. */
static uint32_t hash_columns(uint32_t hash, pb_str columns) /* FNV-1a */
{
    for (size_t i = 0; i < columns.len; i++)
        hash = (hash ^ (unsigned char)columns.ptr[i]) * 16777619u;
    return hash;
}

static pb_status add_list_index(pb_arena *arena, db_layout *layout, const db_table *table,
                                const model_entity *entity, pb_str list, pb_error *err)
{
    PB_AUTO_BUF columns = PB_BUF_INIT(4096);
    if (!put_list_columns(entity, list, &columns))
        return pb_fail_memory(err);
    uint32_t hash = hash_columns(FNV_BASIS, pb_buf_str(&columns));
    char *former = pb_arena_printf(arena, "%.*s_l_%08x", PB_STR_FMT(table->name), hash);
    char *name = pb_arena_printf(arena, "%.*s_l_%08x", PB_STR_FMT(table->name),
                                 hash_columns(hash, PB_STR(" living")));
    db_index *index = &layout->indexes[layout->index_count++];
    *index = (db_index){.name = pb_str_c(name),
                        .table = table->name,
                        .columns = pb_arena_cstr(arena, pb_buf_str(&columns)),
                        .listed = true,
                        .former = pb_str_c(former)};
    return name == NULL || former == NULL || index->columns == NULL ? pb_fail_memory(err) : PB_OK;
}

static bool leads_a_list(const model_entity *entity, const model_field *field)
{
    for (size_t i = 0; i < entity->lists.count; i++) {
        pb_str rest = entity->lists.items[i], first;
        if (pb_str_split(&rest, '+', &first) && pb_str_eq(pb_str_trim(first), field->name))
            return true;
    }
    return false;
}

/* What links to a record is looked for when that goes, or is merged: by an index, also where no
 * list goes by the link. It holds the rows that link, so a link that nobody sets costs nothing. */
static pb_status add_link_index(pb_arena *arena, db_layout *layout, const db_table *table,
                                const model_field *field, pb_error *err)
{
    char *columns = pb_arena_printf(arena, "\"%.*s_id\"", PB_STR_FMT(field->name));
    if (columns == NULL)
        return pb_fail_memory(err);
    char *name = pb_arena_printf(arena, "%.*s_k_%08x", PB_STR_FMT(table->name),
                                 hash_columns(FNV_BASIS, pb_str_c(columns)));
    const char *where = pb_arena_printf(arena, " WHERE %s IS NOT NULL", columns);
    layout->indexes[layout->index_count++] = (db_index){
        .name = pb_str_c(name), .table = table->name, .columns = columns, .where = where};
    return name == NULL || where == NULL ? pb_fail_memory(err) : PB_OK;
}

size_t layout_index_room(const model_schema *schema)
{
    size_t room = FIXED_INDEXES + schema->entity_count;
    for (size_t i = 0; i < schema->entity_count; i++)
        room += schema->entities[i].lists.count + schema->entities[i].field_count;
    return room;
}

void layout_index_fixed(db_layout *layout)
{
    for (size_t i = 0; i < FIXED_INDEXES; i++)
        layout->indexes[layout->index_count++] = fixed_indexes[i];
}

pb_status layout_index_entity(pb_arena *arena, db_layout *layout, const db_table *table,
                              const model_entity *entity, pb_error *err)
{
    db_index *index = &layout->indexes[layout->index_count++];
    index->name = pb_str_c(pb_arena_printf(arena, "%.*s_id", PB_STR_FMT(table->name)));
    index->table = table->name;
    index->columns = "id";
    index->unique = true;
    if (index->name.ptr == NULL)
        return pb_fail_memory(err);
    for (size_t i = 0; i < entity->lists.count; i++)
        PB_TRY(add_list_index(arena, layout, table, entity, entity->lists.items[i], err));
    for (size_t i = 0; i < entity->field_count; i++)
        if (entity->fields[i].type == MODEL_LINK && !leads_a_list(entity, &entity->fields[i]))
            PB_TRY(add_link_index(arena, layout, table, &entity->fields[i], err));
    return PB_OK;
}
