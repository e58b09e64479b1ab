/* Reading inputs without writing them: a writer that has no session. */
#include "internal.h"

#include "record/values.h"
#include "sys/clock.h"

#include <stdlib.h>
#include <string.h>

struct record_values {
    record_writer *writer;
};

pb_status record_values_new(const model_schema *schema, int64_t now_us, record_values **ret_values,
                            pb_error *err)
{
    record_values *values = calloc(1, sizeof *values);
    record_writer *writer = calloc(1, sizeof *writer);
    if (values == NULL || writer == NULL) {
        free(values);
        free(writer);
        return pb_fail_memory(err);
    }
    values->writer = writer;
    writer->schema = schema;
    writer->now_us = now_us;
    writer->days = (model_days){sys_day_of(now_us), sys_zone()};
    writer->policy = RECORD_KEEP;
    pb_status status = writer_parts(writer, err);
    if (status == PB_OK)
        *ret_values = values;
    else
        record_values_free(values);
    return status;
}

/* Dates that are none, as they were written: a slip of the pen leaves most of a date right. */
static void keep_bad_dates(const record_writer *writer, const model_entity *entity, plan *p)
{
    for (size_t i = 0; i < writer->note_count; i++) {
        const note *bad = &writer->notes[i];
        const model_field *field =
            strcmp(bad->kind, "bad") == 0 ? model_field_find(entity, pb_str_c(bad->field)) : NULL;
        if (field == NULL || field->type != MODEL_DATE)
            continue;
        pb_value *value = &p->values[field->index];
        if (value->kind == PB_NULL && bad->value.len > 0)
            *value = PB_VALUE_TEXT(bad->value);
    }
}

pb_status record_values_read(record_values *values, const model_entity *entity,
                             const record_input *inputs, size_t count, pb_str *source_id,
                             const pb_value **ret_values, pb_error *err)
{
    record_writer *writer = values->writer;
    PB_TRY(writer_begin_row(writer, err));
    plan *p = &writer->plans[entity->index];
    if (!p->used) {
        PB_TRY(writer_cells(writer, p, entity, err));
        p->used = true;
    }
    for (size_t i = 0; i < p->lay->count; i++)
        p->cells[i] = PB_VALUE_NULL;
    PB_TRY(input_read(writer, p, inputs, count, err));
    PB_TRY(input_clean(writer, source_id, err));
    for (size_t i = 0; i < entity->field_count; i++)
        p->values[i] = p->cells[p->lay->first[i]];
    keep_bad_dates(writer, entity, p);
    *ret_values = p->values;
    return PB_OK;
}

record_values *record_values_free(record_values *values)
{
    if (values != NULL)
        record_writer_close(values->writer);
    free(values);
    return NULL;
}
