/* What came of an import, or would, as JSON. */
#include "taking.h"

enum { TEXT_MAX = 64 << 10, REJECTS_TOLD = 1000 };

static void put_count(pb_json *json, const char *key, uint64_t count)
{
    pb_json_member_i64(json, key, (int64_t)count);
}

static void put_column(pb_json *json, const pb_catalog *catalog, const exchange_column *column)
{
    PB_AUTO_BUF note = PB_BUF_INIT(TEXT_MAX);
    exchange_note(column, catalog, &note);
    pb_json_object(json);
    pb_json_member(json, "header", column->header);
    pb_json_member(json, "field",
                   column->is_source_id    ? PB_STR("id")
                   : column->field != NULL ? column->field->name
                                           : PB_STR_NONE);
    put_count(json, "filled", column->filled);
    pb_json_member(json, "sample", column->sample);
    pb_json_member(json, "holds",
                   column->holds.ptr == NULL ? PB_STR_NONE
                                             : pb_translate_str(catalog, column->holds));
    pb_json_member(json, "note", note.len > 0 ? pb_buf_str(&note) : PB_STR_NONE);
    pb_json_object_end(json);
}

void http_put_reject(pb_json *json, const pb_catalog *catalog, const exchange_reject *reject)
{
    PB_AUTO_BUF says = PB_BUF_INIT(TEXT_MAX);
    char expected[24], found[24];
    (void)snprintf(expected, sizeof expected, "%lld", (long long)reject->expected);
    (void)snprintf(found, sizeof found, "%lld", (long long)reject->found);
    const pb_arg args[] = {{"value", reject->value},
                           {"field", reject->column},
                           {"expected", pb_str_c(expected)},
                           {"found", pb_str_c(found)}};
    pb_format(&says, pb_translate_str(catalog, reject->says), args, sizeof args / sizeof *args);
    pb_json_object(json);
    pb_json_member_i64(json, "row", reject->row);
    pb_json_member_i64(json, "line", reject->line);
    pb_json_member(json, "column", reject->column);
    pb_json_member(json, "value", reject->value);
    pb_json_member(json, "says", pb_buf_str(&says));
    pb_json_object_end(json);
}

static void put_counts(pb_json *json, const exchange_file *file)
{
    const struct {
        const char *name;
        uint64_t count;
    } counts[] = {{"rows", file->rows},         {"imported", file->imported},
                  {"changed", file->changed},   {"same", file->same},
                  {"rejected", file->rejected}, {"merged_away", file->led},
                  {"deleted", file->deleted},   {"aside", file->aside}};
    for (size_t i = 0; i < sizeof counts / sizeof *counts; i++)
        put_count(json, counts[i].name, counts[i].count);
    pb_json_member_i64(json, "imported_before", file->imported_before);
    pb_json_key(json, "passed_over");
    pb_json_bool(json, file->passed_over);
    pb_json_key(json, "proved");
    pb_json_bool(json, file->proved);
}

/* In how many records each field was changed. */
static void put_changes(pb_json *json, const pb_catalog *catalog, const exchange_file *file)
{
    pb_json_key(json, "changes");
    pb_json_array(json);
    for (size_t i = 0; file->field_changes != NULL && i < file->entity->field_count; i++) {
        if (file->field_changes[i] == 0)
            continue;
        pb_json_object(json);
        pb_json_member(json, "field", file->entity->fields[i].name);
        pb_json_member(json, "label", pb_translate_str(catalog, file->entity->fields[i].label));
        put_count(json, "records", file->field_changes[i]);
        pb_json_object_end(json);
    }
    pb_json_array_end(json);
}

static void put_file(pb_json *json, const pb_catalog *catalog, const exchange_file *file)
{
    PB_AUTO_BUF why = PB_BUF_INIT(TEXT_MAX);
    exchange_why_not(file, catalog, &why);
    pb_json_object(json);
    pb_json_member(json, "name", file->name);
    pb_json_member(json, "form", file->form);
    pb_json_member(json, "encoding", file->encoding);
    pb_json_member(json, "entity", file->entity == NULL ? PB_STR_NONE : file->entity->name);
    pb_json_member(json, "why_not", why.len > 0 ? pb_buf_str(&why) : PB_STR_NONE);
    put_counts(json, file);
    pb_json_key(json, "columns");
    pb_json_array(json);
    for (size_t i = 0; i < file->column_count; i++)
        put_column(json, catalog, &file->columns[i]);
    pb_json_array_end(json);
    put_changes(json, catalog, file);
    /* All of them stand in the files of rejected rows. */
    pb_json_key(json, "rejects");
    pb_json_array(json);
    for (size_t i = 0; i < file->reject_count && i < REJECTS_TOLD; i++)
        http_put_reject(json, catalog, &file->rejects[i]);
    pb_json_array_end(json);
    pb_json_object_end(json);
}

void http_put_plan(pb_json *json, const pb_catalog *catalog, const exchange_plan *plan,
                   bool dry_run)
{
    pb_json_object(json);
    pb_json_key(json, "dry_run");
    pb_json_bool(json, dry_run);
    if (!dry_run)
        pb_json_member_i64(json, "run", plan->run);
    put_count(json, "unresolved", plan->unresolved);
    put_count(json, "likely_duplicates", plan->suspected);
    pb_json_member(json, "product", plan->preset == NULL ? PB_STR_NONE : plan->preset->product);
    pb_json_key(json, "files");
    pb_json_array(json);
    for (size_t i = 0; i < plan->file_count; i++)
        put_file(json, catalog, &plan->files[i]);
    pb_json_array_end(json);
    pb_json_object_end(json);
}
