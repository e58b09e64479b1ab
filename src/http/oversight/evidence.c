/* The evidence of a finding over HTTP. */
#include "oversight.h"

#include "base/locale.h"
#include "report/control.h"

static void put_field(pb_json *json, const http_request *request, const model_field *field)
{
    pb_json_object(json);
    pb_json_member(json, "name", field->name);
    pb_json_member(json, "label", pb_translate_str(request->catalog, field->label));
    pb_json_object_end(json);
}

/* The label of the field that failed; nothing where it is a column of the source. */
static pb_str label_of(const http_request *request, const service_evidence *page, pb_str name)
{
    const model_entity *entity = page->control != NULL ? page->control->entity : NULL;
    const model_field *field =
        entity != NULL && name.len > 0 ? model_field_find(entity, name) : NULL;
    return field != NULL ? pb_translate_str(request->catalog, field->label) : PB_STR_NONE;
}

static pb_status put_row(pb_json *json, const http_request *request, const service_evidence *page,
                         const service_evidence_row *row, pb_locale *locale, pb_error *err)
{
    PB_AUTO_BUF problem = PB_BUF_INIT(1 << 20);
    const audit_failure *failure = &row->failure;
    if (page->control != NULL)
        PB_TRY(report_failing_says(service_schema(request->server->service), locale, page->control,
                                   failure, &problem, err));
    pb_json_object(json);
    if (row->record.record.entity != NULL) {
        pb_json_key(json, "record");
        http_op_put_record(json, &row->record, NULL);
    }
    pb_json_member(json, "key", failure->record);
    pb_json_member(json, "field", failure->field);
    pb_json_member(json, "field_label", label_of(request, page, failure->field));
    pb_json_member(json, "problem", pb_buf_str(&problem));
    pb_json_member(json, "value", failure->value);
    pb_json_member(json, "other", failure->other);
    pb_json_member(json, "suggestion", failure->suggestion);
    http_op_put_truth(json, "hidden", row->hidden);
    pb_json_object_end(json);
    return PB_OK;
}

static pb_status put_page(pb_json *json, const http_request *request, const service_evidence *page,
                          pb_locale *locale, pb_error *err)
{
    const finding_item *item = &page->finding.item;
    pb_json_object(json);
    pb_json_member_i64(json, "finding", item->n);
    pb_json_member_i64(json, "audit", item->last_run);
    pb_json_member(json, "control", item->control);
    pb_json_member(json, "entity", item->entity);
    pb_json_member_i64(json, "failing", (int64_t)item->failing);
    pb_json_member_i64(json, "kept", (int64_t)page->kept);
    pb_json_key(json, "fields");
    pb_json_array(json);
    for (size_t i = 0; i < page->field_count; i++)
        put_field(json, request, page->fields[i]);
    pb_json_array_end(json);
    pb_json_key(json, "rows");
    pb_json_array(json);
    for (size_t i = 0; i < page->count; i++)
        PB_TRY(put_row(json, request, page, &page->rows[i], locale, err));
    pb_json_array_end(json);
    pb_json_key(json, "next");
    if (page->next > 0)
        pb_json_i64(json, page->next);
    else
        pb_json_null(json);
    pb_json_object_end(json);
    return PB_OK;
}

pb_status http_oversight_evidence(http_request *request, http_response *response, pb_error *err)
{
    static const char *const names[] = {"after", "limit", NULL};
    int64_t n = 0, after = 0, limit = SERVICE_FAILING_USUAL;
    service_evidence page;
    pb_json json;
    PB_TRY(http_need_somebody(request, response, err));
    PB_TRY(http_op_check_query(request, names, err));
    PB_TRY(http_oversight_number(request, "finding", &n, err));
    PB_TRY(http_op_query_number(request, "after", &after, err));
    PB_TRY(http_op_query_number(request, "limit", &limit, err));
    if (limit > SERVICE_FAILING_MOST)
        return http_op_fail_value("limit", http_request_query(request, "limit"),
                                  PB_MSG("It takes 1 to 200."), err);
    if (after > FINDING_EVIDENCE_MOST)
        return http_op_fail_value("after", http_request_query(request, "after"),
                                  PB_MSG("It takes `next` of the page before."), err);
    service_call call = http_op_call(request);
    PB_TRY(service_finding_evidence(request->server->service, &call, request->server->workspace, n,
                                    after, limit, request->arena, &page, err));
    pb_locale *locale = pb_locale_open(request->language, request->catalog);
    if (locale == NULL)
        return pb_fail_memory(err);
    pb_json_init(&json, &response->body, 0);
    pb_status status = put_page(&json, request, &page, locale, err);
    pb_locale_free(locale);
    return status;
}
