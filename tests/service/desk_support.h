/* A workspace whose model is changed and that is worked with, for the tests of models. */
#ifndef TESTS_SERVICE_DESK_H
#define TESTS_SERVICE_DESK_H

#include "service_support.h"

#include "db/kept.h"
#include "service/model.h"
#include "service/records.h"

typedef struct desk {
    office *o;
    const char *path;
    db_workspace *workspace;
} desk;

static inline desk open_desk(office *o)
{
    desk d = {.o = o, .path = make_workspace(o)};
    d.workspace = open_workspace(o, d.path);
    return d;
}

/* As whoever comes after a change does. */
static inline void again(desk *d)
{
    db_workspace_close(d->workspace);
    d->workspace = open_workspace(d->o, d->path);
}

static inline pb_status wish_with(desk *d, service_model_wish wish, int64_t *ret_version,
                                  pb_error *err)
{
    d->o->call.now_us += 1000000;
    return service_model_put(&d->o->call, d->workspace, &wish, false, ret_version, err);
}

static inline pb_status make(desk *d, const char *entity, const char *field, const char *body,
                             pb_error *err)
{
    int64_t version = 0;
    return wish_with(d,
                     (service_model_wish){.entity = pb_str_c(entity),
                                          .field = field == NULL ? PB_STR_NONE : pb_str_c(field),
                                          .make = true,
                                          .body = pb_str_c(body),
                                          .expected = -1},
                     &version, err);
}

static inline pb_status alter(desk *d, const char *entity, const char *field, const char *body,
                              pb_error *err)
{
    int64_t version = 0;
    return wish_with(d,
                     (service_model_wish){.entity = pb_str_c(entity),
                                          .field = field == NULL ? PB_STR_NONE : pb_str_c(field),
                                          .body = pb_str_c(body),
                                          .expected = -1},
                     &version, err);
}

static inline const model_field *field_of(const desk *d, const char *entity, const char *field)
{
    const model_entity *e = model_entity_find(db_workspace_schema(d->workspace), pb_str_c(entity));
    return e == NULL ? NULL : model_field_find(e, pb_str_c(field));
}

typedef struct said {
    const char *field, *value;
} said;

static inline pb_status enter(desk *d, const char *entity, const pb_uuid *change,
                              const said *values, size_t count, pb_uuid *ret_id,
                              service_written *written, pb_error *err)
{
    record_input inputs[16];
    for (size_t i = 0; i < count; i++) {
        inputs[i] =
            (record_input){field_of(d, entity, values[i].field), pb_str_c(values[i].value), NULL};
        assert_non_null(inputs[i].field);
    }
    if (change == NULL && strcmp(entity, "contact") == 0) /* which must be reachable */
        inputs[count++] =
            (record_input){field_of(d, entity, "phone"), PB_STR("+49 30 123456"), NULL};
    const service_write write = {
        .entity = model_entity_find(db_workspace_schema(d->workspace), pb_str_c(entity)),
        .change = change,
        .inputs = inputs,
        .count = count};
    *written = (service_written){.created = false};
    pb_status status = service_put(&d->o->call, d->workspace, &write, d->o->arena, written, err);
    if (status == PB_OK && ret_id != NULL)
        *ret_id = written->record.record.id;
    return status;
}

static inline pb_str value_of(desk *d, const char *entity, pb_uuid id, const char *field)
{
    pb_error err = {0};
    service_record record;
    must(service_read(&d->o->call, d->workspace,
                      model_entity_find(db_workspace_schema(d->workspace), pb_str_c(entity)), id,
                      d->o->arena, &record, &err),
         &err);
    pb_value value = record.record.values[field_of(d, entity, field)->index];
    return value.kind == PB_TEXT ? value.as.s : PB_STR_NONE;
}

static inline void assert_verifies(desk *d)
{
    pb_error err = {0};
    ledger_report report;
    must(service_verify(d->o->service, &d->o->call, d->workspace, &report, &err), &err);
    assert_true(report.events > 0);
}

#endif
