/* What of a value is shown when values are masked. */
#include "mask.h"
#include "model/mask.h"

#include "base/time.h"
#include "base/utf8.h"

/* A count has few digits. */
enum { COUNT_DIGITS = 6, MASK_MAX = 1 << 16 };

static bool is_secret(const model_field *field)
{
    return field != NULL && model_mask_always(field);
}

/* Owners are named throughout, for they are who mends; so are the users of the source. */
static bool names_owner(const report_writer *writer, const model_field *field)
{
    if (field->type == MODEL_LINK)
        return pb_str_is(field->role, "owner");
    if (!pb_str_is(field->role, "full_name") && !pb_str_is(field->role, "name"))
        return false;
    for (size_t i = 0; i < writer->report->schema->entity_count; i++) {
        const model_field *owner = model_field_role(&writer->report->schema->entities[i], "owner");
        if (owner != NULL && owner->type == MODEL_LINK && owner->target == field->entity)
            return true;
    }
    return false;
}

static bool is_personal(const model_field *field)
{
    return field->personal.declared ||
           (field->type == MODEL_LINK && field->target != NULL && field->target->personal);
}

/* Types whose values are no prose: nothing strays into them unseen by their own control. */
static bool is_plain(const model_field *field)
{
    switch (field->type) {
    case MODEL_BOOLEAN:
    case MODEL_INTEGER:
    case MODEL_DECIMAL:
    case MODEL_MONEY:
    case MODEL_DATE:
    case MODEL_INSTANT:
    case MODEL_IDENTIFIER:
    case MODEL_EMAIL:
    case MODEL_PHONE:
        return true;
    default:
        return model_type_is_id(field->type);
    }
}

static pb_str keep(const report_writer *writer, pb_buf *text)
{
    return text->failed ? PB_STR("***") : pb_arena_str(writer->arena, pb_buf_str(text));
}

static pb_str of_field(const report_writer *writer, const model_field *field, pb_str value)
{
    PB_AUTO_BUF text = PB_BUF_INIT(MASK_MAX);
    if (names_owner(writer, field))
        return value;
    if (is_secret(field) || is_personal(field)) {
        model_mask_listed(field, value, &text);
    } else if (field->type == MODEL_NOTE) {
        /* Free text may hold anybody's name: its length says enough. */
        PB_AUTO_BUF count = PB_BUF_INIT(64);
        size_t length = pb_utf8_count(value);
        pb_locale_int(writer->locale, &count, (int64_t)length);
        report_say_n(writer, &text,
                     PB_MSG_N("(text of {count} character)", "(text of {count} characters)"),
                     length, "count", pb_buf_cstr(&count), NULL);
    } else if (is_plain(field)) {
        return value;
    } else {
        model_mask_strays(value, &text);
    }
    return keep(writer, &text);
}

/* A text that belongs to no field: a count and a day are shown, of people's records nothing else.
 */
static pb_str of_nobody_knows(const report_writer *writer, bool personal, pb_str value)
{
    PB_AUTO_BUF text = PB_BUF_INIT(MASK_MAX);
    int64_t number, days;
    if (pb_str_to_i64(value, &number) && value.len <= COUNT_DIGITS)
        return value;
    if (value.len == 10 && pb_date_parse(value, &days))
        return value;
    if (!personal)
        model_mask_strays(value, &text);
    else
        model_mask_text(value, &text);
    return keep(writer, &text);
}

pb_str mask_raw(const report_writer *writer, const model_field *field, pb_str value)
{
    if (pb_str_empty(value) || (writer->report->show_values && !is_secret(field)))
        return value;
    return field != NULL ? of_field(writer, field, value) : of_nobody_knows(writer, true, value);
}

/* The field a failure's value belongs to, or NULL. */
static const model_field *field_of(const audit_finding *finding, const audit_failure *failure)
{
    const audit_control *control = finding->control;
    if (control->value_field != NULL)
        return control->value_field;
    if (control->entity != NULL && !pb_str_empty(failure->field)) {
        const model_field *field = model_field_find(control->entity, failure->field);
        if (field != NULL)
            return field;
    }
    return control->field;
}

static pb_str in_finding(const report_writer *writer, const audit_finding *finding,
                         const model_field *field, pb_str value)
{
    const model_entity *entity = finding->control->entity;
    if (pb_str_empty(value) || (writer->report->show_values && !is_secret(field)))
        return value;
    return field != NULL ? of_field(writer, field, value)
                         : of_nobody_knows(writer, entity != NULL && entity->personal, value);
}

static pb_str of_column(const report_writer *writer, pb_str value)
{
    return writer->report->show_values || pb_str_empty(value)
               ? value
               : of_nobody_knows(writer, false, value);
}

/* Secrets found in texts come masked already, as the part that matters. */
static bool is_masked(const audit_finding *finding)
{
    return pb_str_is(audit_control_measure(finding->control), "forbidden_text");
}

pb_str mask_value(const report_writer *writer, const audit_finding *finding,
                  const audit_failure *failure)
{
    if (is_masked(finding))
        return failure->value;
    if (failure->n == 0) /* about a column: mostly a count */
        return of_column(writer, failure->value);
    return in_finding(writer, finding, field_of(finding, failure), failure->value);
}

pb_str mask_other(const report_writer *writer, const audit_finding *finding,
                  const audit_failure *failure)
{
    const audit_control *control = finding->control;
    /* The other record of a pair, by its id. */
    if (pb_str_is(audit_control_measure(control), "duplicates"))
        return failure->other;
    if (failure->n == 0)
        return of_column(writer, failure->other);
    return in_finding(writer, finding, control->other_field, failure->other);
}

pb_str mask_suggestion(const report_writer *writer, const audit_finding *finding,
                       const audit_failure *failure)
{
    return in_finding(writer, finding, field_of(finding, failure), failure->suggestion);
}

pb_str mask_evidence(const report_writer *writer, const audit_finding *finding,
                     const audit_failure *failure, size_t position)
{
    const audit_control *control = finding->control;
    if (failure->evidence == NULL)
        return PB_STR_NONE;
    pb_str name = control->evidence.items[position], value = failure->evidence[position];
    if (pb_str_is(name, "record") || pb_str_is(name, "source") || pb_str_empty(value))
        return value;
    return in_finding(writer, finding, model_field_find(control->entity, name), value);
}
