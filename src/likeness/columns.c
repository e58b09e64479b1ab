/* Which fields are compared, and as what text. */
#include "likeness/likeness.h"

/* Parts of an address hang together: a postcode says what the city says. */
static bool is_place(const model_field *field)
{
    return pb_str_is(field->role, "city") || pb_str_is(field->role, "state") ||
           pb_str_is(field->role, "postcode");
}

static match_kind kind_of(const model_field *field)
{
    if (is_place(field))
        return MATCH_PLACE;
    switch (field->match) {
    case MODEL_MATCH_NAME:
        return MATCH_NAME;
    case MODEL_MATCH_ORG:
        return MATCH_ORG;
    case MODEL_MATCH_PHONE:
        return MATCH_PHONE;
    case MODEL_MATCH_EMAIL:
        return MATCH_EMAIL;
    case MODEL_MATCH_DATE:
        return MATCH_DATE;
    case MODEL_MATCH_TEXT:
        return MATCH_TEXT;
    case MODEL_MATCH_NONE:
    case MODEL_MATCH_EXACT:
        break;
    }
    return MATCH_EXACT;
}

likeness_fields likeness_fields_of(const model_entity *entity)
{
    likeness_fields of = {.count = 0};
    for (size_t i = 0; i < entity->field_count && of.count < LIKENESS_FIELDS; i++) {
        const model_field *field = &entity->fields[i];
        if (field->match == MODEL_MATCH_NONE)
            continue;
        of.field[of.count] = field;
        of.kind[of.count++] = kind_of(field);
    }
    return of;
}

static bool folds(const model_field *field)
{
    return (model_type_kind(field->type) == PB_TEXT || field->type == MODEL_LINK) &&
           field->match != MODEL_MATCH_EMAIL && field->match != MODEL_MATCH_PHONE;
}

void likeness_text(model_reader *reader, const model_field *field, pb_value value, pb_buf *out)
{
    if (value.kind == PB_TEXT && folds(field))
        model_fold(reader, value.as.s, out);
    else if (value.kind == PB_TEXT)
        pb_buf_add(out, value.as.s);
    else if (value.kind != PB_NULL && field->type != MODEL_LINK)
        model_write(field, value, PB_STR_NONE, out);
}
