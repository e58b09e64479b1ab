#include "bring.h"

#include <stdlib.h>
#include <string.h>

struct bringing {
    record_matcher *matcher;
    const model_field **fields;
    size_t field_count;
    bool clear;
    record_input *inputs; /* of a row, with those that clear */
    size_t room;
};

bringing *bring_free(bringing *b)
{
    if (b != NULL) {
        record_matcher_free(b->matcher);
        free(b->fields);
        free(b->inputs);
    }
    free(b);
    return NULL;
}

static bool is_way(const char *name)
{
    return strcmp(name, "id") == 0 || strcmp(name, "likely") == 0;
}

/* The field that rows may be matched by. */
static const model_field *field_called(const model_entity *entity, const char *name)
{
    const model_field *field = model_field_find(entity, pb_str_c(name));
    return field != NULL && field->type != MODEL_LINK ? field : NULL;
}

static pb_status fail_name(const exchange_options *options, const char *name, pb_error *err)
{
    (void)options;
    pb_fail(err, PB_USAGE, PB_MSG("Rows cannot be matched by “{value}”."), "value", name, NULL);
    pb_error_hint(err,
                  PB_MSG("Possible: id, likely, and the names of fields of what the files hold, "
                         "but for links."),
                  NULL);
    return PB_USAGE;
}

pb_status bring_check(const exchange_options *options, const exchange_plan *plan, pb_error *err)
{
    for (size_t i = 0; options->mode != RECORD_MODE_CREATE && i < options->match_count; i++) {
        bool known = is_way(options->match[i]);
        for (size_t f = 0; f < plan->file_count && !known; f++)
            known = plan->files[f].entity != NULL &&
                    field_called(plan->files[f].entity, options->match[i]) != NULL;
        if (!known)
            return fail_name(options, options->match[i], err);
    }
    return PB_OK;
}

static bool comes(const exchange_file *file, const model_field *field)
{
    for (size_t c = 0; c < file->column_count; c++) {
        const model_field *way = NULL;
        if (file->columns[c].field == field)
            return true;
        for (size_t w = 0; (way = preset_way_field(&file->columns[c], w)) != NULL; w++)
            if (way == field)
                return true;
    }
    return false;
}

static pb_status fail_nothing(const exchange_file *file, pb_error *err)
{
    pb_fail(err, PB_USAGE,
            PB_MSG("{file} has no column by which its rows could be matched with records."), "file",
            PB_ARG(file->name), NULL);
    pb_error_hint(err,
                  PB_MSG("Say by which fields they are known, or in a map file which column holds "
                         "the id."),
                  NULL);
    return PB_USAGE;
}

/* Names that another entity of the import has are passed over. */
static pb_status choose(bringing *b, const exchange_options *options, const exchange_file *file,
                        const row_shape *shape, record_matching *how, pb_error *err)
{
    how->by_id = options->match_count == 0;
    for (size_t i = 0; i < options->match_count; i++) {
        const char *name = options->match[i];
        const model_field *field = is_way(name) ? NULL : field_called(file->entity, name);
        how->by_id = how->by_id || strcmp(name, "id") == 0;
        how->by_likely = how->by_likely || strcmp(name, "likely") == 0;
        if (field != NULL && (comes(file, field) || field == shape->full_name))
            b->fields[b->field_count++] = field;
    }
    how->by_id = how->by_id && shape->has_id;
    how->fields = b->fields;
    how->field_count = b->field_count;
    return how->by_id || how->by_likely || how->field_count > 0 ? PB_OK : fail_nothing(file, err);
}

static pb_status make(bringing *b, const exchange_options *options, const exchange_file *file,
                      const row_shape *shape, pb_error *err)
{
    record_matching how = {.mode = options->mode,
                           .clear = options->clear,
                           .sure = options->duplicate_threshold,
                           .may = options->may,
                           .context = options->context,
                           .eyes = {options->may_see, options->context}};
    b->clear = options->clear;
    b->fields = calloc(options->match_count + 1, sizeof *b->fields);
    if (b->fields == NULL)
        return pb_fail_memory(err);
    PB_TRY(choose(b, options, file, shape, &how, err));
    return record_matcher_new(file->entity, &how, &b->matcher, err);
}

pb_status bring_new(const exchange_options *options, const exchange_file *file,
                    const row_shape *shape, bringing **ret_bringing, pb_error *err)
{
    *ret_bringing = NULL;
    if (options->mode == RECORD_MODE_CREATE)
        return PB_OK;
    bringing *b = calloc(1, sizeof *b);
    if (b == NULL)
        return pb_fail_memory(err);
    pb_status status = make(b, options, file, shape, err);
    *ret_bringing = status == PB_OK ? b : bring_free(b);
    return status;
}

uint64_t bring_mark(const bringing *b)
{
    return b == NULL ? 0 : record_matcher_mark(b->matcher);
}

void bring_back(bringing *b, uint64_t mark)
{
    if (b != NULL)
        record_matcher_back(b->matcher, mark);
}

pb_status bring_use(bringing *b, record_writer *writer, pb_error *err)
{
    return b == NULL ? PB_OK : record_matcher_use(b->matcher, writer, err);
}

static bool is_given(const record_input *inputs, size_t count, const model_field *field)
{
    for (size_t i = 0; i < count; i++)
        if (inputs[i].field == field)
            return true;
    return false;
}

/* Columns without a value of which no other gives the field. */
static pb_status with_blanks(bringing *b, const exchange_file *file, const table_row *row,
                             const record_input *inputs, size_t *count, pb_error *err)
{
    size_t made = *count;
    if (b->room < made + file->column_count) {
        record_input *larger = realloc(b->inputs, (made + file->column_count) * sizeof *b->inputs);
        if (larger == NULL)
            return pb_fail_memory(err);
        b->inputs = larger;
        b->room = made + file->column_count;
    }
    if (made > 0)
        memcpy(b->inputs, inputs, made * sizeof *inputs);
    for (size_t c = 0; c < file->column_count; c++) {
        const model_field *field = file->columns[c].field;
        if (field != NULL && pb_str_trim(row->cells[c]).len == 0 &&
            !is_given(b->inputs, made, field))
            b->inputs[made++] = (record_input){field, PB_STR(""), NULL};
    }
    *count = made;
    return PB_OK;
}

pb_status bring_row(bringing *b, record_writer *writer, const exchange_file *file,
                    const table_row *row, const record_input *inputs, size_t count,
                    record_origin origin, record_brought *ret_brought,
                    const record_problem **ret_problems, size_t *ret_problem_count, pb_error *err)
{
    if (b != NULL && b->clear) {
        PB_TRY(with_blanks(b, file, row, inputs, &count, err));
        inputs = b->inputs;
    }
    if (b != NULL)
        return record_bring(writer, b->matcher, inputs, count, origin, ret_brought, ret_problems,
                            ret_problem_count, err);
    *ret_brought = (record_brought){.outcome = RECORD_CAME_NEW};
    pb_status status = record_create(writer, file->entity, inputs, count, origin, &ret_brought->id,
                                     ret_problems, ret_problem_count, err);
    if (status == PB_OK && record_writer_led(writer))
        ret_brought->outcome = RECORD_CAME_LED;
    return status;
}
