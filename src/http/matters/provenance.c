/* Where values come from: told with a record, and stated with its values. */
#include "base/time.h"

#include "matters.h"

/* ---- told ---- */

/* The field that says when this one was verified, where the model declares one. */
static int64_t verified_at(const service_record *record, const model_field *field)
{
    const model_field *by = field->survive_verified;
    if (by == NULL || service_right(record, by) < IDENTITY_READ)
        return INT64_MIN;
    pb_value value = record->record.values[by->index];
    if (value.kind != PB_INT)
        return INT64_MIN;
    return by->type == MODEL_DATE ? value.as.i * PB_US_PER_DAY : value.as.i;
}

static void put_basis(pb_json *json, const model_field *field, const record_provenance *p)
{
    pb_json_key(json, "basis");
    pb_json_array(json);
    if (p->stated && p->said.basis.ptr != NULL)
        pb_json_str(json, p->said.basis);
    else
        for (size_t i = 0; i < field->personal.basis.count; i++)
            pb_json_str(json, field->personal.basis.items[i]);
    pb_json_array_end(json);
}

static void put_setter(pb_json *json, const record_provenance *p)
{
    pb_json_member(json, "by", p->by);
    pb_json_member(json, "via", p->via);
    http_op_put_moment(json, "at", p->set_us);
    pb_json_member_i64(json, "event", (int64_t)p->sequence);
}

static void put_one(pb_json *json, const service_origins *origins, const model_field *field)
{
    const record_provenance *p = &origins->list[field->index];
    bool source = p->stated && p->said.source.ptr != NULL;
    bool verified = p->stated && p->said.verified;
    pb_json_key_str(json, field->name);
    pb_json_object(json);
    pb_json_member(json, "source", source ? p->said.source : p->file);
    http_op_put_moment(json, "collected_at",
                       p->stated && p->said.collected ? p->said.collected_us : INT64_MIN);
    http_op_put_moment(json, "verified_at",
                       verified ? p->said.verified_us : verified_at(&origins->record, field));
    pb_json_member(json, "verified_by", p->stated ? p->said.verified_by : PB_STR_NONE);
    put_basis(json, field, p);
    http_op_put_truth(json, "stated", p->stated);
    http_op_put_uuid(json, "merged_from", p->merged ? p->from : (pb_uuid){{0}});
    pb_json_member(json, "file", p->file);
    if (p->row > 0)
        pb_json_member_i64(json, "row", p->row);
    if (origins->history && p->known)
        put_setter(json, p);
    pb_json_object_end(json);
}

void http_provenance_put(pb_json *json, const service_origins *origins)
{
    const record_data *record = &origins->record.record;
    pb_json_object(json);
    for (size_t i = 0; i < record->entity->field_count; i++) {
        const model_field *field = &record->entity->fields[i];
        bool there = record->values[i].kind != PB_NULL || record->refs[i].ptr != NULL;
        if (there && service_right(&origins->record, field) >= IDENTITY_READ)
            put_one(json, origins, field);
    }
    pb_json_object_end(json);
}

/* ---- stated ---- */

static pb_status read_one(const json_value *one, record_statement *s, pb_error *err)
{
    static const char *const names[] = {"source",      "collected_at", "verified_at",
                                        "verified_by", "basis",        NULL};
    if (one->kind != JSON_OBJECT)
        return pb_fail(err, PB_USAGE,
                       PB_MSG("“provenance” must be an object of fields, each with an object."),
                       NULL);
    PB_TRY(http_op_check_members(one, names, err));
    s->collected_us = s->verified_us = INT64_MIN;
    PB_TRY(http_op_body_text(one, "source", &s->source, err));
    PB_TRY(http_op_body_text(one, "verified_by", &s->verified_by, err));
    PB_TRY(http_op_body_text(one, "basis", &s->basis, err));
    PB_TRY(http_op_body_instant(one, "collected_at", &s->collected_us, err));
    PB_TRY(http_op_body_instant(one, "verified_at", &s->verified_us, err));
    s->collected = s->collected_us != INT64_MIN;
    s->verified = s->verified_us != INT64_MIN;
    return PB_OK;
}

pb_status http_provenance_read(const http_request *request, const model_entity *entity,
                               const json_value *body, service_write *write, http_op_inputs *in,
                               pb_error *err)
{
    const json_value *all = http_json_member(body, "provenance");
    if (all == NULL)
        return PB_OK;
    if (all->kind != JSON_OBJECT)
        return pb_fail(err, PB_USAGE,
                       PB_MSG("“provenance” must be an object of fields, each with an object."),
                       NULL);
    record_statement *statements =
        pb_arena_array(request->arena, all->count + 1, sizeof *statements);
    record_problem *problems =
        pb_arena_array(request->arena, in->problem_count + all->count + 1, sizeof *problems);
    if (statements == NULL || problems == NULL)
        return pb_fail_memory(err);
    if (in->problem_count > 0)
        memcpy(problems, in->problems, in->problem_count * sizeof *problems);
    in->problems = problems;
    for (const json_value *one = all->first; one != NULL; one = one->next) {
        record_statement *s = &statements[write->statement_count];
        s->field = model_field_find(entity, one->key);
        PB_TRY(read_one(one, s, err));
        if (s->field == NULL)
            problems[in->problem_count++] =
                (record_problem){NULL, one->key, PB_STR("There is no field “{value}”.")};
        else if (record_statement_good(s, request->now_us, &problems[in->problem_count]))
            write->statement_count++;
        else
            in->problem_count++;
    }
    write->statements = statements;
    return PB_OK;
}
