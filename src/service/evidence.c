/* The evidence of a finding: which records failed, as they are now and as the audit saw them. Each
 * is decided by itself, and what is shown is noted, as with any list. */
#include "access.h"
#include "internal.h"
#include "kept_audits.h"

typedef struct showing {
    service_core *service;
    const service_call *call;
    const service_access *access;
    const model_entity *entity; /* of the finding; NULL: the source as a whole */
    int64_t n;
    size_t after, limit;
    pb_arena *arena;
    service_evidence *page;
    service_denial denial;
} showing;

/* ---- which fields ---- */

static void add_field(showing *s, const model_field *field)
{
    service_evidence *page = s->page;
    for (size_t i = 0; i < page->field_count; i++)
        if (page->fields[i] == field)
            return;
    page->fields[page->field_count++] = field;
}

/* What the control names, and what it is about; the title tells which record it is anyway. */
static pb_status choose_fields(showing *s, pb_error *err)
{
    const audit_control *control = s->page->control;
    s->page->fields = pb_arena_array(s->arena, s->entity->field_count + 1, sizeof(model_field *));
    if (s->page->fields == NULL)
        return pb_fail_memory(err);
    for (size_t i = 0; control != NULL && i < control->evidence.count; i++) {
        const model_field *field = model_field_find(s->entity, control->evidence.items[i]);
        if (field != NULL)
            add_field(s, field);
    }
    if (control != NULL && control->field != NULL && control->field->entity == s->entity)
        add_field(s, control->field);
    return PB_OK;
}

static bool is_wanted(const showing *s, const model_field *field, const audit_failure *failure)
{
    for (size_t i = 0; i < s->page->field_count; i++)
        if (s->page->fields[i] == field)
            return true;
    return field->title || pb_str_eq(field->name, failure->field);
}

/* What is not told is not noted either. */
static void keep_wanted(const showing *s, const audit_failure *failure, record_data *record)
{
    for (size_t i = 0; i < record->entity->field_count; i++) {
        if (is_wanted(s, &record->entity->fields[i], failure))
            continue;
        record->values[i] = PB_VALUE_NULL;
        record->refs[i] = PB_STR_NONE;
        record->currencies[i] = PB_STR_NONE;
    }
}

/* ---- rows ---- */

/* The field whose value failed; NULL: none of the record's own. */
static const model_field *field_of(const showing *s, const audit_failure *failure)
{
    const audit_control *control = s->page->control;
    const model_field *field =
        failure->field.len > 0 ? model_field_find(s->entity, failure->field) : NULL;
    return field != NULL || control == NULL ? field : control->field;
}

/* A value of no known field may be one of any: it shows to who sees every field whole. */
static bool shows(const showing *s, const service_evidence_row *row)
{
    const model_field *field = field_of(s, &row->failure);
    if (row->record.record.entity == NULL || row->record.rights == NULL)
        return true;
    if (field != NULL)
        return service_right(&row->record, field) >= IDENTITY_READ;
    for (size_t i = 0; i < s->entity->field_count; i++)
        if (service_right(&row->record, &s->entity->fields[i]) < IDENTITY_READ)
            return false;
    return true;
}

static void hide(service_evidence_row *row)
{
    pb_str *values[] = {&row->failure.value, &row->failure.other, &row->failure.suggestion};
    row->hidden = true;
    for (size_t i = 0; i < sizeof values / sizeof *values; i++)
        if (values[i]->len > 0)
            *values[i] = PB_STR("***");
}

/* `*ret_told`: the row may be told; that of a record that may not be seen may not. */
static pb_status see_row(const showing *s, service_evidence_row *row, bool *ret_told, pb_error *err)
{
    record_data record;
    pb_error why = {0};
    *ret_told = true;
    if (row->failure.n < 1 || s->entity == NULL)
        return PB_OK;
    pb_status status =
        record_read_number(s->access->session, s->entity, row->failure.n, s->arena, &record, &why);
    if (status == PB_NOT_FOUND) { /* erased since */
        row->failure.record = PB_STR_NONE;
        hide(row);
        return PB_OK;
    }
    if (status == PB_OK)
        status = service_see(s->access, IDENTITY_OP_READ, &record, s->arena, &row->record, &why);
    *ret_told = status == PB_OK;
    if (status == PB_NOT_FOUND || status == PB_DENIED)
        return PB_OK;
    if (status != PB_OK) {
        if (err != NULL)
            *err = why;
        return status;
    }
    if (!shows(s, row))
        hide(row);
    keep_wanted(s, &row->failure, &row->record.record);
    return PB_OK;
}

static pb_status see_rows(showing *s, pb_error *err)
{
    audit_failure *failures = NULL;
    size_t count = 0;
    service_evidence *page = s->page;
    PB_TRY(finding_evidence_read(s->access->session, page->finding.item.control, s->after, s->limit,
                                 s->arena, &failures, &count, &page->kept, err));
    page->rows = pb_arena_array(s->arena, count + 1, sizeof *page->rows);
    if (page->rows == NULL)
        return pb_fail_memory(err);
    for (size_t i = 0; i < count; i++) {
        service_evidence_row row = {.failure = failures[i]};
        bool told = false;
        PB_TRY(see_row(s, &row, &told, err));
        if (told)
            page->rows[page->count++] = row;
    }
    page->next = s->after + count < page->kept ? (int64_t)(s->after + count) : 0;
    return PB_OK;
}

static pb_status show_in(db_session *session, showing *s, pb_error *err)
{
    const audit_catalogue *catalogue = NULL;
    service_evidence *page = s->page;
    PB_TRY(service_finding_find(session, s->call, s->n, s->arena, &page->finding, err));
    PB_TRY(service_controls(s->service, &catalogue, err));
    page->control = audit_control_find(catalogue, page->finding.item.control);
    if (page->finding.item.entity.len > 0)
        s->entity = model_entity_find(s->service->schema, page->finding.item.entity);
    if (s->entity != NULL)
        PB_TRY(choose_fields(s, err));
    return see_rows(s, err);
}

static pb_status log_rows(const service_call *call, db_workspace *workspace,
                          const service_evidence *page, pb_arena *arena, pb_error *err)
{
    const record_data **shown = pb_arena_array(arena, page->count + 1, sizeof *shown);
    size_t count = 0;
    if (shown == NULL)
        return pb_fail_memory(err);
    for (size_t i = 0; i < page->count; i++)
        if (page->rows[i].record.record.entity != NULL)
            shown[count++] = &page->rows[i].record.record;
    return service_log_shown(call, workspace, shown, count, err);
}

pb_status service_finding_evidence(service_core *service, const service_call *call,
                                   db_workspace *workspace, int64_t n, int64_t after, int64_t limit,
                                   pb_arena *arena, service_evidence *ret_evidence, pb_error *err)
{
    db_session *session = NULL;
    service_access access;
    service_evidence page = {.count = 0};
    showing s = {.service = service,
                 .call = call,
                 .access = &access,
                 .n = n,
                 .after = (size_t)after,
                 .limit = (size_t)limit,
                 .arena = arena,
                 .page = &page};
    PB_TRY(service_may_do(call, workspace, IDENTITY_OP_AUDIT, err));
    PB_TRY(db_snapshot_open_within(workspace, call->limits, &session, err));
    pb_status status = service_access_open(session, call, &s.denial, &access, err);
    if (status == PB_OK) {
        status = show_in(session, &s, err);
        service_access_close(&access);
    }
    db_snapshot_close(session);
    PB_TRY(status);
    PB_TRY(log_rows(call, workspace, &page, arena, err));
    *ret_evidence = page;
    return PB_OK;
}
