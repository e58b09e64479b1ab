/* Members of a body, read as what they must be. */
#include "operations.h"

#include "base/time.h"

enum { WORDS_MAX = 4 << 10 };

static pb_status fail_member(const char *id, const char *key, pb_error *err)
{
    return pb_fail(err, PB_USAGE, id, "value", key, NULL);
}

/* The member, where there is one that says something. */
static const json_value *said(const json_value *body, const char *key)
{
    const json_value *value = http_json_member(body, key);
    return value == NULL || value->kind == JSON_NULL ? NULL : value;
}

pb_status http_op_body_text(const json_value *body, const char *key, pb_str *ret, pb_error *err)
{
    const json_value *value = said(body, key);
    if (value != NULL && value->kind != JSON_TEXT)
        return fail_member(PB_MSG("“{value}” must be a text."), key, err);
    if (value != NULL)
        *ret = value->text;
    return PB_OK;
}

pb_status http_op_body_needed(const json_value *body, const char *key, pb_str *ret, pb_error *err)
{
    pb_str text = PB_STR_NONE;
    PB_TRY(http_op_body_text(body, key, &text, err));
    if (pb_str_trim(text).len == 0)
        return fail_member(PB_MSG("The body must have a member “{value}”, a text."), key, err);
    *ret = text;
    return PB_OK;
}

pb_status http_op_body_truth(const json_value *body, const char *key, bool *ret, pb_error *err)
{
    const json_value *value = said(body, key);
    if (value != NULL && value->kind != JSON_TRUTH)
        return fail_member(PB_MSG("“{value}” must be true or false."), key, err);
    if (value != NULL)
        *ret = value->truth;
    return PB_OK;
}

pb_status http_op_body_number(const json_value *body, const char *key, int64_t *ret, pb_error *err)
{
    const json_value *value = said(body, key);
    if (value == NULL)
        return PB_OK;
    return value->kind == JSON_NUMBER && pb_str_to_i64(value->text, ret)
               ? PB_OK
               : fail_member(PB_MSG("“{value}” must be a whole number."), key, err);
}

pb_status http_op_body_amount(const json_value *body, const char *key, double *ret, bool *ret_said,
                              pb_error *err)
{
    const json_value *value = said(body, key);
    *ret_said = value != NULL;
    if (value == NULL)
        return PB_OK;
    return value->kind == JSON_NUMBER && pb_str_to_double(value->text, ret)
               ? PB_OK
               : fail_member(PB_MSG("“{value}” must be a number."), key, err);
}

pb_status http_op_body_instant(const json_value *body, const char *key, int64_t *ret, pb_error *err)
{
    const json_value *value = said(body, key);
    if (value == NULL)
        return PB_OK;
    if (value->kind == JSON_TEXT && pb_instant_parse(value->text, ret))
        return PB_OK;
    fail_member(PB_MSG("“{value}” must be a moment."), key, err);
    pb_error_hint(err, PB_MSG("It takes a moment such as 2026-01-31T09:00:00Z."), NULL);
    return PB_USAGE;
}

pb_status http_op_body_texts(const json_value *body, const char *key, pb_arena *arena,
                             const pb_str **ret_texts, size_t *ret_count, pb_error *err)
{
    const json_value *value = said(body, key);
    if (value == NULL)
        return PB_OK;
    if (value->kind != JSON_LIST)
        return fail_member(PB_MSG("“{value}” must be a list of texts."), key, err);
    pb_str *texts = pb_arena_array(arena, value->count + 1, sizeof *texts);
    size_t count = 0;
    if (texts == NULL)
        return pb_fail_memory(err);
    for (const json_value *one = value->first; one != NULL; one = one->next) {
        if (one->kind != JSON_TEXT)
            return fail_member(PB_MSG("“{value}” must be a list of texts."), key, err);
        texts[count++] = one->text;
    }
    *ret_texts = texts;
    *ret_count = count;
    return PB_OK;
}

pb_status http_op_word(pb_str text, const char *field, const char *const *words, size_t count,
                       const char *hint, size_t *ret_at, pb_error *err)
{
    PB_AUTO_BUF all = PB_BUF_INIT(WORDS_MAX);
    for (size_t i = 0; i < count; i++) {
        if (pb_str_is(text, words[i])) {
            *ret_at = i;
            return PB_OK;
        }
        pb_buf_printf(&all, "%s%s", i > 0 ? ", " : "", words[i]);
    }
    pb_fail(err, PB_INVALID, PB_MSG("“{field}” cannot be “{value}”."), "field", field, "value",
            PB_ARG(text), NULL);
    pb_error_hint(err, hint != NULL ? hint : PB_MSG("It is one of: {words}."), "words",
                  pb_buf_cstr(&all), NULL);
    return PB_INVALID;
}
