/* What came of an import, or would, as JSON. */
#include "taking.h"

#include "base/time.h"

enum { TEXT_MAX = 64 << 10, REJECTS_TOLD = 1000, NAME_ROOM = 40 };

static void put_count(pb_json *json, const char *key, uint64_t count)
{
    pb_json_member_i64(json, key, (int64_t)count);
}

/* How far the decision can be relied on, in one word. */
static const char *confidence(const exchange_column *column)
{
    switch (column->how) {
    case EXCHANGE_BY_MAP:
    case EXCHANGE_IGNORED:
        return "certain";
    case EXCHANGE_BY_VALUES:
        return "guessed";
    case EXCHANGE_UNMAPPED:
        return "none";
    default:
        return "likely";
    }
}

/* What a field of one's own for the column could be called: letters, digits, strokes. */
static pb_str field_name(pb_str header, char room[NAME_ROOM])
{
    size_t len = 0;
    for (size_t i = 0; i < header.len && len + 1 < NAME_ROOM; i++) {
        char c = header.ptr[i];
        c = c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c;
        bool letter = c >= 'a' && c <= 'z', digit = c >= '0' && c <= '9';
        if (letter || (digit && len > 0))
            room[len++] = c;
        else if (len > 0 && room[len - 1] != '_')
            room[len++] = '_';
    }
    while (len > 0 && room[len - 1] == '_')
        len--;
    return len > 0 ? pb_str_n(room, len) : PB_STR("own_field");
}

static bool is_truth(pb_str sample)
{
    static const char *const words[] = {"true",  "false", "TRUE", "FALSE", "True",
                                        "False", "yes",   "no",   "Yes",   "No"};
    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        if (pb_str_is(sample, words[i]))
            return true;
    return false;
}

static bool is_address(pb_str sample)
{
    return pb_str_starts(sample, PB_STR("https://")) || pb_str_starts(sample, PB_STR("http://"));
}

/* The type that the first value has. */
static const char *field_type(pb_str sample)
{
    int64_t whole;
    double real;
    if (is_truth(sample))
        return "boolean";
    if (is_address(sample))
        return "url";
    if (pb_date_parse(sample, &whole))
        return "date";
    if (pb_str_to_i64(sample, &whole))
        return "integer";
    if (pb_str_to_double(sample, &real))
        return "decimal";
    return pb_str_index(sample, '@') < sample.len ? "email" : "text";
}

/* A column that no field fits: the field that could be added for it, to be looked at by a person.
 */
static void put_suggestion(pb_json *json, const exchange_column *column)
{
    char room[NAME_ROOM];
    pb_json_key(json, "suggests");
    if (column->how != EXCHANGE_UNMAPPED || column->holds.ptr != NULL || column->header.len == 0) {
        pb_json_null(json);
        return;
    }
    pb_json_object(json);
    pb_json_member(json, "name", field_name(column->header, room));
    pb_json_member(json, "label", column->header);
    pb_json_member(json, "type", pb_str_c(field_type(column->sample)));
    pb_json_object_end(json);
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
    pb_json_member(json, "how",
                   column->is_source_id ? PB_STR("id") : pb_str_c(exchange_how_word(column->how)));
    pb_json_member(json, "confidence", pb_str_c(confidence(column)));
    put_count(json, "filled", column->filled);
    pb_json_member(json, "sample", column->sample);
    pb_json_member(json, "holds",
                   column->holds.ptr == NULL ? PB_STR_NONE
                                             : pb_translate_str(catalog, column->holds));
    put_suggestion(json, column);
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

/* What is known before a row is brought in. */
static void put_looked(pb_json *json, const pb_catalog *catalog, const exchange_file *file)
{
    PB_AUTO_BUF why = PB_BUF_INIT(TEXT_MAX);
    exchange_why_not(file, catalog, &why);
    pb_json_member(json, "name", file->name);
    pb_json_member(json, "form", file->form);
    pb_json_member(json, "encoding", file->encoding);
    pb_json_member(json, "entity", file->entity == NULL ? PB_STR_NONE : file->entity->name);
    pb_json_member(json, "why_not", why.len > 0 ? pb_buf_str(&why) : PB_STR_NONE);
    pb_json_key(json, "columns");
    pb_json_array(json);
    for (size_t i = 0; i < file->column_count; i++)
        put_column(json, catalog, &file->columns[i]);
    pb_json_array_end(json);
}

static void put_file(pb_json *json, const pb_catalog *catalog, const exchange_file *file)
{
    pb_json_object(json);
    put_looked(json, catalog, file);
    put_counts(json, file);
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

void http_put_columns(pb_json *json, const pb_catalog *catalog, const exchange_plan *plan)
{
    pb_json_object(json);
    pb_json_member(json, "product", plan->preset == NULL ? PB_STR_NONE : plan->preset->product);
    pb_json_key(json, "files");
    pb_json_array(json);
    for (size_t i = 0; i < plan->file_count; i++) {
        pb_json_object(json);
        put_looked(json, catalog, &plan->files[i]);
        pb_json_object_end(json);
    }
    pb_json_array_end(json);
    pb_json_object_end(json);
}
