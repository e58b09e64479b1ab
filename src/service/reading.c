/* How a source was read, in the words of a report. */
#include "internal.h"

static const char *how_text(exchange_how how)
{
    switch (how) {
    case EXCHANGE_BY_MAP:
        return PB_MSG("by the map file");
    case EXCHANGE_BY_PRESET:
        return PB_MSG("as its product means it");
    case EXCHANGE_LEFT:
        return PB_MSG("left out, as is usual for its product");
    case EXCHANGE_CURRENCY:
        return PB_MSG("as a currency");
    case EXCHANGE_PART:
        return PB_MSG("as a part of a date");
    case EXCHANGE_BY_NAME:
        return PB_MSG("by its header");
    case EXCHANGE_BY_VALUES:
        return PB_MSG("by its values");
    case EXCHANGE_IGNORED:
        return PB_MSG("left out, as the map file says");
    case EXCHANGE_UNMAPPED:
        break;
    }
    return PB_MSG("fits no field: left out");
}

/* Only what was judged from the values and could be judged wrongly is worth telling. */
static pb_str format_text(const exchange_column *column)
{
    static const char *const orders[] = {PB_MSG("year, month, day"), PB_MSG("day, month, year"),
                                         PB_MSG("month, day, year")};
    if (column->field == NULL)
        return PB_STR_NONE;
    if (column->field->type == MODEL_DATE || column->field->type == MODEL_INSTANT)
        return column->format.jalali ? pb_str_c(PB_MSG("Jalali calendar"))
                                     : pb_str_c(orders[column->format.date_order]);
    if (column->format.decimal_mark == ',')
        return pb_str_c(PB_MSG("decimal comma"));
    return PB_STR_NONE;
}

static pb_status read_columns(const exchange_file *file, pb_arena *arena, report_source_file *out,
                              pb_error *err)
{
    report_source_column *columns = pb_arena_array(arena, file->column_count + 1, sizeof *columns);
    if (columns == NULL)
        return pb_fail_memory(err);
    for (size_t i = 0; i < file->column_count; i++) {
        const exchange_column *column = &file->columns[i];
        columns[i] = (report_source_column){.header = column->header,
                                            .how = pb_str_c(how_text(column->how)),
                                            .filled = column->filled,
                                            .format = format_text(column),
                                            .holds = column->holds,
                                            .note = column->note,
                                            .note_args = column->note_args,
                                            .note_arg_count = column->note_arg_count};
        if (column->is_source_id && column->field == NULL)
            columns[i].field = pb_str_c(PB_MSG("Id of the record in its source"));
        else if (column->field != NULL)
            columns[i].field = column->field->label;
    }
    out->columns = columns;
    out->column_count = file->column_count;
    return PB_OK;
}

/* The field that a column of the file was read as, by its header. */
static const model_field *field_of(const exchange_file *file, pb_str header)
{
    for (size_t i = 0; i < file->column_count && !pb_str_empty(header); i++)
        if (pb_str_eq(file->columns[i].header, header))
            return file->columns[i].field;
    return NULL;
}

static pb_status read_rejects(const exchange_file *file, pb_arena *arena, report_source_file *out,
                              pb_error *err)
{
    report_source_reject *rejects = pb_arena_array(arena, file->reject_count + 1, sizeof *rejects);
    if (rejects == NULL)
        return pb_fail_memory(err);
    for (size_t i = 0; i < file->reject_count; i++) {
        const exchange_reject *reject = &file->rejects[i];
        rejects[i] = (report_source_reject){.line = reject->line,
                                            .column = reject->column,
                                            .value = reject->value,
                                            .says = reject->says,
                                            .expected = reject->expected,
                                            .found = reject->found,
                                            .model = field_of(file, reject->column)};
    }
    out->rejects = rejects;
    out->reject_count = file->reject_count;
    return PB_OK;
}

pb_status service_reading(const exchange_plan *plan, pb_arena *arena, report_reading *ret_reading,
                          pb_error *err)
{
    report_source_file *files = pb_arena_array(arena, plan->file_count + 1, sizeof *files);
    if (files == NULL)
        return pb_fail_memory(err);
    for (size_t i = 0; i < plan->file_count; i++) {
        const exchange_file *file = &plan->files[i];
        files[i] = (report_source_file){.name = file->name,
                                        .why_not = file->why_not,
                                        .why_args = file->why_args,
                                        .why_arg_count = file->why_arg_count,
                                        .form = file->form,
                                        .encoding = file->encoding,
                                        .sure = file->sure,
                                        .delimiter = file->delimiter,
                                        .hidden = file->hidden,
                                        .above = file->above,
                                        .formulas = file->formulas,
                                        .merged = file->merged,
                                        .bytes = file->bytes,
                                        .rows = file->rows,
                                        .imported = file->imported,
                                        .rejected = file->rejected,
                                        .deleted = file->deleted,
                                        .aside = file->aside,
                                        .noted = file->noted,
                                        .notes = file->notes,
                                        .note_count = file->note_count};
        if (file->entity != NULL)
            files[i].entity = file->entity->label;
        memcpy(files[i].hash, file->hash, sizeof files[i].hash);
        PB_TRY(read_columns(file, arena, &files[i], err));
        PB_TRY(read_rejects(file, arena, &files[i], err));
    }
    *ret_reading = (report_reading){.files = files,
                                    .file_count = plan->file_count,
                                    .unresolved = plan->unresolved,
                                    .product_asked = plan->preset_asked};
    if (plan->preset != NULL)
        ret_reading->product = plan->preset->title;
    return PB_OK;
}
