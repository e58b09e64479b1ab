/* From raw texts to cells: validation by model, what to do with values that are not valid, required
 * fields and rules. */
#include <string.h>

#include "base/utf8.h"
#include "internal.h"
#include "model/expr.h"

enum given { GIVEN_NOT, GIVEN_BAD, GIVEN_VALID };

static bool keeps_text(const model_field *field)
{
    return model_type_kind(field->type) == PB_TEXT;
}

pb_status input_problem(record_writer *writer, const model_field *field, pb_str value, pb_str says,
                        pb_error *err)
{
    record_problem problem = {field, value.ptr ? pb_arena_str(writer->row, value) : value, says};
    return PB_PUSH(writer->row, writer->problems, writer->problem_count, writer->problem_capacity,
                   problem)
               ? PB_OK
               : pb_fail_memory(err);
}

/* Malformed bytes cannot be kept as text: each becomes U+FFFD. */
static pb_str clean_text(record_writer *writer, pb_str text)
{
    if (pb_utf8_valid(text))
        return text;
    PB_AUTO_BUF clean = PB_BUF_INIT(3 * text.len + 1);
    for (size_t pos = 0; pos < text.len;)
        pb_utf8_put(&clean, pb_utf8_next(text, &pos));
    return clean.failed ? PB_STR_NONE : pb_arena_str(writer->row, pb_buf_str(&clean));
}

pb_status input_clean(record_writer *writer, pb_str *text, pb_error *err)
{
    if (text->ptr == NULL)
        return PB_OK;
    *text = clean_text(writer, *text);
    return text->ptr ? PB_OK : pb_fail_memory(err);
}

static void set_cell(plan *p, const model_field *field, const model_reading *reading)
{
    pb_value *cell = &p->cells[p->lay->first[field->index]];
    cell[0] = reading->value;
    if (field->type == MODEL_MONEY) {
        pb_str currency = reading->currency.ptr ? reading->currency : field->currency;
        bool has = reading->value.kind != PB_NULL && currency.ptr != NULL;
        cell[1] = has ? PB_VALUE_TEXT(currency) : PB_VALUE_NULL;
    }
    if (field->type == MODEL_LINK)
        cell[1] = reading->value; /* links.c puts the id into cell 0 */
}

static pb_status take_bad(record_writer *writer, plan *p, const model_field *field, pb_str raw,
                          const model_reading *reading, pb_error *err)
{
    if (writer->policy == RECORD_STRICT)
        return input_problem(writer, field, raw, pb_str_c(reading->problem), err);
    pb_str written = clean_text(writer, raw);
    if (p->given[field->index] == GIVEN_NOT) {
        p->given[field->index] = GIVEN_BAD;
        model_reading kept = {.value = PB_VALUE_NULL};
        if (keeps_text(field) && !pb_str_empty(pb_str_trim(written)))
            kept.value = PB_VALUE_TEXT(pb_str_trim(written));
        set_cell(p, field, &kept);
    }
    return notes_add(writer, field->name.ptr, "bad", written, reading->problem, err);
}

/* A second value of one field: many-valued fields keep it as a note, in standard form. */
static pb_status take_more(record_writer *writer, plan *p, const model_field *field, pb_str raw,
                           const model_reading *reading, pb_error *err)
{
    const pb_value *cell = &p->cells[p->lay->first[field->index]];
    if (pb_value_eq(*cell, reading->value))
        return PB_OK;
    if (!field->many && writer->policy == RECORD_STRICT)
        return input_problem(
            writer, field, raw,
            pb_str_c(PB_MSG("This field takes one value, and a second one was given: "
                            "leave out one of the two.")),
            err);
    pb_buf_clear(&writer->folded);
    if (field->type == MODEL_LINK)
        pb_buf_add(&writer->folded, reading->value.as.s);
    else
        model_write(field, reading->value, reading->currency, &writer->folded);
    pb_str text = pb_arena_str(writer->row, pb_buf_str(&writer->folded));
    if (writer->folded.failed || text.ptr == NULL)
        return pb_fail_memory(err);
    return notes_add(writer, field->name.ptr, "more", text, NULL, err);
}

/* What is retired may stay as it is. */
static bool is_retired(const plan *p, const model_field *field, const model_reading *reading)
{
    const model_choice *choice =
        reading->value.kind == PB_TEXT ? model_choice_find(field, reading->value.as.s) : NULL;
    const pb_value *cell = &p->cells[p->lay->first[field->index] + (field->type == MODEL_LINK)];
    return (field->retired || (choice != NULL && choice->retired)) &&
           !pb_value_eq(*cell, reading->value);
}

static pb_status take(record_writer *writer, plan *p, const model_field *field, pb_str raw,
                      const model_reading *reading, pb_error *err)
{
    if (reading->verdict == MODEL_BAD)
        return take_bad(writer, p, field, raw, reading, err);
    if (writer->policy == RECORD_STRICT && is_retired(p, field, reading))
        return input_problem(
            writer, field, raw,
            pb_str_c(field->retired ? PB_MSG("This field is retired: nothing new is entered.")
                                    : PB_MSG("The value {value} is retired: choose another.")),
            err);
    if (p->given[field->index] == GIVEN_VALID)
        return take_more(writer, p, field, raw, reading, err);
    p->given[field->index] = GIVEN_VALID;
    set_cell(p, field, reading);
    if (reading->verdict == MODEL_RESTYLED && writer->policy == RECORD_KEEP)
        return notes_add(writer, field->name.ptr, "restyled", raw, NULL, err);
    return PB_OK;
}

static bool separates(char c)
{
    return c == ';' || c == ',' || c == '|' || c == '\n';
}

static pb_str next_part(pb_str *rest)
{
    size_t end = 0;
    while (end < rest->len && !separates(rest->ptr[end]))
        end++;
    pb_str part = pb_str_sub(*rest, 0, end);
    *rest = end < rest->len ? pb_str_sub(*rest, end + 1, rest->len) : PB_STR_NONE;
    return part;
}

/* One cell may hold several values of a many-valued field: `a@x.org; b@y.org`. Only taken apart
 * when every part is valid by itself. */
static bool reads_as_several(record_writer *writer, const record_input *input)
{
    size_t parts = 0;
    pb_str rest = input->raw;
    while (rest.ptr != NULL) {
        pb_str part = next_part(&rest);
        model_reading reading = model_read(writer->reader, input->field, part, input->format);
        if (reading.verdict == MODEL_BAD)
            return false;
        parts += reading.verdict != MODEL_EMPTY;
    }
    return parts > 1;
}

static pb_status take_several(record_writer *writer, plan *p, const record_input *input,
                              pb_error *err)
{
    pb_str rest = input->raw;
    while (rest.ptr != NULL) {
        pb_str part = pb_str_trim(next_part(&rest));
        model_reading reading = model_read(writer->reader, input->field, part, input->format);
        if (reading.verdict != MODEL_EMPTY)
            PB_TRY(take(writer, p, input->field, part, &reading, err));
    }
    return PB_OK;
}

static pb_status read_one(record_writer *writer, plan *p, const record_input *input, pb_error *err)
{
    const model_field *field = input->field;
    model_reading reading = model_read(writer->reader, field, input->raw, input->format);
    if (reading.verdict == MODEL_EMPTY) {
        if (p->given[field->index] == GIVEN_NOT)
            set_cell(p, field, &(model_reading){.value = PB_VALUE_NULL});
        return PB_OK;
    }
    if (reading.verdict == MODEL_BAD && field->many && reads_as_several(writer, input))
        return take_several(writer, p, input, err);
    return take(writer, p, field, input->raw, &reading, err);
}

/* National phone numbers and postcodes are read by the country that the record itself names. */
static pb_status read_by_country(record_writer *writer, plan *p, const record_input *input,
                                 pb_error *err)
{
    pb_value country = p->cells[p->country[input->field->index]];
    model_format format = input->format ? *input->format : (model_format){0};
    if (country.kind == PB_TEXT && country.as.s.len == 2)
        format.country = country.as.s;
    record_input by_country = {input->field, input->raw, &format};
    return read_one(writer, p, &by_country, err);
}

pb_status input_read(record_writer *writer, plan *p, const record_input *inputs, size_t count,
                     pb_error *err)
{
    bool later = false;
    memset(p->given, GIVEN_NOT, p->entity->field_count);
    for (size_t i = 0; i < count; i++) {
        const model_field *field = inputs[i].field;
        if (inputs[i].raw.ptr == NULL)
            continue;
        if (field->entity != p->entity)
            return pb_fail(err, PB_INTERNAL, PB_MSG("The field {field} is not one of {entity}."),
                           "field", PB_ARG(field->name), "entity", PB_ARG(p->entity->name), NULL);
        if (p->country[field->index] != SIZE_MAX)
            later = true;
        else
            PB_TRY(read_one(writer, p, &inputs[i], err));
    }
    for (size_t i = 0; later && i < count; i++)
        if (inputs[i].raw.ptr != NULL && p->country[inputs[i].field->index] != SIZE_MAX)
            PB_TRY(read_by_country(writer, p, &inputs[i], err));
    return PB_OK;
}

static bool has_problem(const record_writer *writer, const model_field *field)
{
    for (size_t i = 0; i < writer->problem_count; i++)
        if (writer->problems[i].field == field)
            return true;
    return false;
}

static bool is_required(const record_writer *writer, const plan *p, const model_field *field)
{
    return field->required ||
           (field->required_when != NULL &&
            model_expr_eval(field->required_when, p->values, writer->days) == MODEL_TRUE);
}

pb_status input_check(record_writer *writer, plan *p, pb_error *err)
{
    const model_entity *entity = p->entity;
    if (writer->policy != RECORD_STRICT)
        return PB_OK;
    for (size_t i = 0; i < entity->field_count; i++)
        p->values[i] = p->cells[p->lay->first[i]];
    for (size_t i = 0; i < entity->field_count; i++) {
        const model_field *field = &entity->fields[i];
        if (p->values[i].kind == PB_NULL && !has_problem(writer, field) &&
            is_required(writer, p, field))
            PB_TRY(input_problem(writer, field, PB_STR_NONE,
                                 pb_str_c(PB_MSG("A value is required here: fill in {field}.")),
                                 err));
    }
    /* A rule over a value that could not be read would only say again that it is wrong. */
    for (size_t i = 0; i < entity->rule_count && writer->problem_count == 0; i++) {
        const model_rule *rule = &entity->rules[i];
        if (rule->grade == MODEL_ESSENTIAL &&
            model_expr_eval(rule->check, p->values, writer->days) == MODEL_FALSE)
            PB_TRY(input_problem(writer, NULL, PB_STR_NONE, rule->says, err));
    }
    return PB_OK;
}

static void say(const plan *p, const record_problem *problem, size_t count, pb_error *err)
{
    if (problem->field == NULL)
        pb_fail(err, PB_INVALID, PB_MSG("The record of {entity} was not saved."), "entity",
                PB_ARG(p->entity->label), NULL);
    else if (problem->value.ptr == NULL)
        pb_fail(err, PB_INVALID,
                PB_MSG("The record of {entity} was not saved: {field} has no value."), "entity",
                PB_ARG(p->entity->label), "field", PB_ARG(problem->field->label), NULL);
    else
        pb_fail(err, PB_INVALID,
                PB_MSG("The record of {entity} was not saved: {field} is “{value}”."), "entity",
                PB_ARG(p->entity->label), "field", PB_ARG(problem->field->label), "value",
                PB_ARG(problem->value), NULL);
    pb_error_detail(err, problem->says.ptr, "value", PB_ARG(problem->value), "field",
                    problem->field ? PB_ARG(problem->field->label) : "", NULL);
    if (count > 1)
        pb_error_hint(err,
                      count == 2 ? PB_MSG("Mend this and one more problem, then save again.")
                                 : PB_MSG("Mend this and {count} more problems, then save again."),
                      "count", PB_ARG_INT(count - 1), NULL);
    else
        pb_error_hint(err, PB_MSG("Mend this, then save again."), NULL);
}

pb_status input_verdict(record_writer *writer, plan *p, const record_problem **ret_problems,
                        size_t *ret_count, pb_error *err)
{
    if (ret_problems != NULL)
        *ret_problems = writer->problems;
    if (ret_count != NULL)
        *ret_count = writer->problem_count;
    if (writer->problem_count == 0)
        return PB_OK;
    if (err != NULL)
        say(p, &writer->problems[0], writer->problem_count, err);
    return PB_INVALID;
}
