/* The parts of a field that are more than one word: type, bounds, choices, personal data, access,
 * history, quality. */
#include "schema_build.h"
#include "schema_words.h"

#include "base/time.h"

enum { CHOICE_BYTES = 200, CENTS = 100 };

pb_status schema_read_type(schema_builder *b, model_field *f, const model_yaml *node)
{
    const model_yaml *type = node;
    if (node->kind != MODEL_YAML_SCALAR)
        PB_TRY(model_yaml_need(node, "type", &type, b->err));
    PB_TRY(model_yaml_expect(type, MODEL_YAML_SCALAR, b->err));
    if (pb_str_is(type->text, "link")) {
        model_yaml_fail(type, b->err, PB_MSG("A link cannot stand below “fields”."), NULL);
        pb_error_hint(b->err, PB_MSG("Write it below “links:” as “{name}: {{to: ENTITY}”."), "name",
                      PB_ARG(f->name), NULL);
        return PB_INVALID;
    }
    int index = schema_word_index(schema_types, type->text);
    if (index < 0) {
        model_yaml_fail(type, b->err, PB_MSG("“{value}” is not a type."), "value",
                        PB_ARG(type->text), NULL);
        model_yaml_hint_names(b->err, type->text, schema_types);
        return PB_INVALID;
    }
    f->type = (model_type)index;
    return PB_OK;
}

/* --- between --- */

static pb_status bad_bound(schema_builder *b, const model_field *f, const model_yaml *node)
{
    model_yaml_fail(node, b->err, PB_MSG("“{value}” cannot be a limit of the type {type}."),
                    "value", PB_ARG(node->text), "type", model_type_name(f->type), NULL);
    if (f->type == MODEL_DATE || f->type == MODEL_INSTANT)
        pb_error_hint(b->err,
                      PB_MSG("Write a date as YYYY-MM-DD; the upper limit may be “today”, "
                             "and ~ means no limit."),
                      NULL);
    else
        pb_error_hint(b->err, PB_MSG("Write a whole number; ~ means no limit."), NULL);
    return PB_INVALID;
}

static pb_status read_bound(schema_builder *b, const model_field *f, const model_yaml *node,
                            int64_t *ret)
{
    PB_TRY(model_yaml_expect(node, MODEL_YAML_SCALAR, b->err));
    bool date = f->type == MODEL_DATE || f->type == MODEL_INSTANT;
    int64_t value = 0, scale = f->type == MODEL_MONEY     ? CENTS
                               : f->type == MODEL_INSTANT ? PB_US_PER_DAY
                                                          : 1;
    if (!(date ? pb_date_parse(node->text, &value) : pb_str_to_i64(node->text, &value)))
        return bad_bound(b, f, node);
    return __builtin_mul_overflow(value, scale, ret) ? bad_bound(b, f, node) : PB_OK;
}

static pb_status read_upper(schema_builder *b, model_field *f, const model_yaml *node)
{
    bool date = f->type == MODEL_DATE || f->type == MODEL_INSTANT;
    f->has_max = true;
    f->max_is_today = date && node->kind == MODEL_YAML_SCALAR && pb_str_is(node->text, "today");
    if (f->max_is_today) {
        f->max = INT64_MAX;
        return PB_OK;
    }
    PB_TRY(read_bound(b, f, node, &f->max));
    if (f->type == MODEL_INSTANT) /* to the end of that day */
        f->max += PB_US_PER_DAY - 1;
    return PB_OK;
}

pb_status schema_read_between(schema_builder *b, model_field *f, const model_yaml *node)
{
    const model_yaml *between = model_yaml_get(node, "between");
    if (between == NULL)
        return PB_OK;
    PB_TRY(model_yaml_expect(between, MODEL_YAML_LIST, b->err));
    if (between->count != 2) {
        model_yaml_fail(between, b->err, PB_MSG("“between” takes two limits."), NULL);
        pb_error_hint(b->err, PB_MSG("Write “between: [lowest, highest]”; ~ means no limit."),
                      NULL);
        return PB_INVALID;
    }
    f->has_min = !model_yaml_is_null(between->items[0]);
    f->has_max = f->max_is_today = false;
    if (f->has_min)
        PB_TRY(read_bound(b, f, between->items[0], &f->min));
    if (!model_yaml_is_null(between->items[1]))
        PB_TRY(read_upper(b, f, between->items[1]));
    if (f->has_min && f->has_max && f->min > f->max)
        return model_yaml_fail(between, b->err, PB_MSG("The lower limit is above the upper limit."),
                               NULL);
    return PB_OK;
}

/* --- choices --- */

static bool means(const model_choice *choice, pb_str text)
{
    if (pb_str_eq_nocase(choice->value, text))
        return true;
    for (size_t i = 0; i < choice->aliases.count; i++)
        if (pb_str_eq_nocase(choice->aliases.items[i], text))
            return true;
    return false;
}

static pb_status check_spelling(schema_builder *b, const model_field *f, const model_yaml *at,
                                pb_str text)
{
    for (size_t i = 0; i < f->choice_count; i++) {
        if (!means(&f->choices[i], text))
            continue;
        model_yaml_fail(at, b->err, PB_MSG("“{value}” is a value already."), "value", PB_ARG(text),
                        NULL);
        pb_error_hint(b->err,
                      PB_MSG("It belongs to “{value}”; each spelling may mean one value "
                             "only."),
                      "value", PB_ARG(f->choices[i].value), NULL);
        return PB_INVALID;
    }
    if (text.len > CHOICE_BYTES)
        return model_yaml_fail(at, b->err, PB_MSG("The text is longer than {count} bytes."),
                               "count", PB_ARG_INT(CHOICE_BYTES), NULL);
    return PB_OK;
}

static pb_status read_choice(schema_builder *b, const model_field *f, const model_yaml *node,
                             model_choice *choice)
{
    static const char *const keys[] = {"value", "label", "aliases", "role", NULL};
    if (node->kind == MODEL_YAML_SCALAR) {
        if (pb_str_trim(node->text).len == 0)
            return model_yaml_fail(node, b->err, PB_MSG("An empty text stands here."), NULL);
        choice->value = node->text;
        return check_spelling(b, f, node, choice->value);
    }
    PB_TRY(model_yaml_check_keys(node, keys, b->err));
    PB_TRY(model_yaml_need(node, "value", NULL, b->err));
    PB_TRY(model_yaml_text(node, "value", &choice->value, b->err));
    PB_TRY(check_spelling(b, f, model_yaml_get(node, "value"), choice->value));
    PB_TRY(schema_read_text(b, node, "label", &choice->label));
    PB_TRY(model_yaml_texts(b->arena, node, "aliases", &choice->aliases, b->err));
    const model_yaml *aliases = model_yaml_get(node, "aliases");
    for (size_t i = 0; i < choice->aliases.count; i++)
        PB_TRY(check_spelling(b, f, aliases->kind == MODEL_YAML_LIST ? aliases->items[i] : aliases,
                              choice->aliases.items[i]));
    int role = -1;
    PB_TRY(model_yaml_choice(node, "role", schema_choice_roles, &role, b->err));
    if (role >= 0)
        choice->role = pb_str_c(schema_choice_roles[role]);
    return PB_OK;
}

/* Appends the choices of a list to those that are there. */
static pb_status add_choices(schema_builder *b, model_field *f, const model_yaml *values)
{
    PB_TRY(model_yaml_expect(values, MODEL_YAML_LIST, b->err));
    size_t count = f->choice_count + values->count;
    if (count > SCHEMA_CHOICES_MAX)
        return model_yaml_fail(values, b->err, PB_MSG("There are more than {count} values."),
                               "count", PB_ARG_INT(SCHEMA_CHOICES_MAX), NULL);
    model_choice *choices = pb_arena_array(b->arena, count + 1, sizeof *choices);
    if (choices == NULL)
        return pb_fail_memory(b->err);
    if (f->choice_count > 0)
        memcpy(choices, f->choices, f->choice_count * sizeof *choices);
    f->choices = choices;
    for (size_t i = 0; i < values->count; i++) {
        model_choice *choice = &f->choices[f->choice_count];
        PB_TRY(read_choice(b, f, values->items[i], choice));
        if (choice->label.ptr == NULL)
            choice->label = choice->value;
        f->choice_count++;
    }
    return PB_OK;
}

/* Values that nothing new is given. */
static pb_status retire_choices(schema_builder *b, model_field *f, const model_yaml *node)
{
    model_strs gone = {0};
    PB_TRY(model_yaml_texts(b->arena, node, "retired_values", &gone, b->err));
    for (size_t i = 0; i < gone.count; i++) {
        const model_choice *choice = model_choice_find(f, gone.items[i]);
        if (choice == NULL)
            return model_yaml_fail(model_yaml_get(node, "retired_values"), b->err,
                                   PB_MSG("“{value}” is not a value of “{field}”."), "value",
                                   PB_ARG(gone.items[i]), "field", PB_ARG(f->name), NULL);
        f->choices[choice - f->choices].retired = true;
    }
    return PB_OK;
}

/* `values` are all there are, `more_values` stand behind them. */
pb_status schema_read_choices(schema_builder *b, model_field *f, const model_yaml *node)
{
    const model_yaml *values = model_yaml_get(node, "values");
    const model_yaml *more = model_yaml_get(node, "more_values");
    if (f->type != MODEL_CHOICE)
        return PB_OK;
    if (values != NULL) {
        f->choice_count = 0;
        PB_TRY(add_choices(b, f, values));
    }
    if (more != NULL)
        PB_TRY(add_choices(b, f, more));
    return model_yaml_get(node, "retired_values") != NULL ? retire_choices(b, f, node) : PB_OK;
}

/* --- personal data, access, history, quality --- */

static pb_status read_sensitive(schema_builder *b, model_field *f, const model_yaml *personal)
{
    static const char *const keys[] = {"age", "law", NULL};
    const model_yaml *sensitive = model_yaml_get(personal, "sensitive_under");
    if (sensitive == NULL)
        return PB_OK;
    PB_TRY(model_yaml_check_keys(sensitive, keys, b->err));
    PB_TRY(model_yaml_need(sensitive, "age", NULL, b->err));
    PB_TRY(model_yaml_need(sensitive, "law", NULL, b->err));
    int64_t age = 0;
    PB_TRY(model_yaml_int(sensitive, "age", 1, 30, &age, b->err));
    f->personal.sensitive_under_age = (int)age;
    PB_TRY(schema_read_text(b, sensitive, "law", &f->personal.sensitive_law));
    /* "PIPL 31": the name of the law, then the article */
    pb_str law = f->personal.sensitive_law;
    for (int i = 0; schema_laws[i] != NULL; i++) {
        pb_str known = pb_str_c(schema_laws[i]);
        if (pb_str_starts(law, known) && (law.len == known.len || law.ptr[known.len] == ' '))
            return PB_OK;
    }
    const model_yaml *at = model_yaml_get(sensitive, "law");
    model_yaml_fail(at, b->err, PB_MSG("“{value}” is not a known law."), "value", PB_ARG(law),
                    NULL);
    model_yaml_hint_names(b->err, pb_str_sub(law, 0, pb_str_index(law, ' ')), schema_laws);
    return PB_INVALID;
}

/* Classes that laws protect more than others (GDPR 9, PIPL 28). */
static bool class_is_sensitive(pb_str klass)
{
    return pb_str_is(klass, "government_id") || pb_str_is(klass, "health") ||
           pb_str_is(klass, "biometric") || pb_str_is(klass, "special");
}

/* What lies enciphered on a server cannot stand in an index of words there. */
static pb_status check_sensitive(schema_builder *b, const model_field *f, const model_yaml *node)
{
    if (!f->personal.sensitive || (!f->search && !f->title && f->type != MODEL_LINK))
        return PB_OK;
    const char *other = f->search ? "search" : f->title ? "title" : "to";
    model_yaml_fail(model_yaml_get(node, "personal"), b->err,
                    PB_MSG("The field “{field}” is sensitive and has “{key}”: what is sensitive "
                           "must not lie readable in an index or a link."),
                    "field", PB_ARG(f->name), "key", other, NULL);
    pb_error_hint(b->err, PB_MSG("Leave “{key}” out, or write “sensitive: false”."), "key", other,
                  NULL);
    return PB_INVALID;
}

pb_status schema_read_personal(schema_builder *b, model_field *f, const model_yaml *node)
{
    static const char *const keys[] = {"class",     "purposes",        "basis",
                                       "sensitive", "sensitive_under", NULL};
    const model_yaml *personal = model_yaml_get(node, "personal");
    if (personal == NULL)
        return PB_OK;
    PB_TRY(model_yaml_check_keys(personal, keys, b->err));
    for (size_t i = 0; i < 3; i++)
        PB_TRY(model_yaml_need(personal, keys[i], NULL, b->err));
    f->personal = (model_personal){.declared = true};
    int klass = 0;
    PB_TRY(model_yaml_choice(personal, "class", schema_personal_classes, &klass, b->err));
    f->personal.klass = pb_str_c(schema_personal_classes[klass]);
    f->personal.sensitive = class_is_sensitive(f->personal.klass);
    PB_TRY(model_yaml_bool(personal, "sensitive", &f->personal.sensitive, b->err));
    PB_TRY(schema_read_words(b, personal, "purposes", schema_purposes, &f->personal.purposes));
    PB_TRY(schema_read_words(b, personal, "basis", schema_bases, &f->personal.basis));
    for (size_t i = 1; i < 3; i++) {
        const model_yaml *list = model_yaml_get(personal, keys[i]);
        if (list->kind == MODEL_YAML_LIST && list->count == 0)
            return model_yaml_fail(list, b->err, PB_MSG("“{key}” is empty."), "key", keys[i], NULL);
    }
    PB_TRY(check_sensitive(b, f, node));
    return read_sensitive(b, f, personal);
}

pb_status schema_read_access(schema_builder *b, model_field *f, const model_yaml *node)
{
    static const char *const keys[] = {"read", "write", "mask", "log_reads", NULL};
    PB_TRY(schema_read_text(b, node, "mask", &f->mask));
    const model_yaml *access = model_yaml_get(node, "access");
    if (access == NULL)
        return PB_OK;
    PB_TRY(model_yaml_check_keys(access, keys, b->err));
    if (model_yaml_get(access, "mask") != NULL && model_yaml_get(node, "mask") != NULL)
        return model_yaml_fail(model_yaml_key(access, "mask"), b->err,
                               PB_MSG("“{key}” is written twice."), "key", "mask", NULL);
    PB_TRY(schema_read_text(b, access, "mask", &f->mask));
    PB_TRY(schema_read_words(b, access, "read", schema_people, &f->readers));
    PB_TRY(schema_read_words(b, access, "write", schema_people, &f->writers));
    return model_yaml_bool(access, "log_reads", &f->log_reads, b->err);
}

pb_status schema_read_history(schema_builder *b, model_field *f, const model_yaml *node)
{
    static const char *const keys[] = {"keep", "reason", NULL};
    const model_yaml *history = model_yaml_get(node, "history");
    if (history == NULL)
        return PB_OK;
    if (history->kind == MODEL_YAML_MAP) {
        PB_TRY(model_yaml_check_keys(history, keys, b->err));
        PB_TRY(model_yaml_need(history, "keep", NULL, b->err));
        PB_TRY(model_yaml_bool(history, "keep", &f->history, b->err));
        PB_TRY(schema_read_text(b, history, "reason", &f->history_reason));
    } else {
        PB_TRY(model_yaml_bool(node, "history", &f->history, b->err));
    }
    if (f->history || f->history_reason.ptr != NULL)
        return PB_OK;
    model_yaml_fail(history, b->err, PB_MSG("A field without history needs a reason."), NULL);
    pb_error_hint(b->err, PB_MSG("Write “history: {{keep: false, reason: …}”."), NULL);
    return PB_INVALID;
}

pb_status schema_read_quality(schema_builder *b, model_field *f, const model_yaml *node)
{
    static const char *const keys[] = {"stale_after", "grade", NULL};
    const model_yaml *quality = model_yaml_get(node, "quality");
    if (quality == NULL)
        return PB_OK;
    PB_TRY(model_yaml_check_keys(quality, keys, b->err));
    PB_TRY(model_yaml_days(quality, "stale_after", &f->stale_after, b->err));
    return model_yaml_grade(quality, "grade", &f->grade, b->err);
}
