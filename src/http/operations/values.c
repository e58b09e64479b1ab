/* Parameters read, and values of every kind told: what all operations share. */
#include "operations.h"

#include "base/time.h"

pb_status http_op_fail_value(const char *name, pb_str value, const char *wanted, pb_error *err)
{
    pb_fail(err, PB_USAGE, PB_MSG("The parameter {name} cannot be “{value}”."), "name", name,
            "value", PB_ARG(value), NULL);
    pb_error_hint(err, wanted, NULL);
    return PB_USAGE;
}

pb_status http_op_query_number(const http_request *request, const char *name, int64_t *ret,
                               pb_error *err)
{
    pb_str text = http_request_query(request, name);
    if (text.ptr == NULL)
        return PB_OK;
    return pb_str_to_i64(text, ret) && *ret > 0
               ? PB_OK
               : http_op_fail_value(name, text, PB_MSG("It takes a whole number above 0."), err);
}

pb_status http_op_query_words(const http_request *request, pb_str *ret_words, pb_error *err)
{
    pb_str words = http_request_query(request, "q");
    if (words.ptr != NULL && pb_str_trim(words).len == 0)
        return http_op_fail_value("q", words, PB_MSG("It takes words of a name."), err);
    *ret_words = words;
    return PB_OK;
}

pb_status http_op_query_truth(const http_request *request, const char *name, bool *ret,
                              pb_error *err)
{
    pb_str text = http_request_query(request, name);
    if (text.ptr == NULL)
        return PB_OK;
    *ret = pb_str_is(text, "true");
    return *ret || pb_str_is(text, "false")
               ? PB_OK
               : http_op_fail_value(name, text, PB_MSG("It takes true or false."), err);
}

pb_status http_op_query_instant(const http_request *request, const char *name, int64_t *ret,
                                pb_error *err)
{
    pb_str text = http_request_query(request, name);
    if (text.ptr == NULL)
        return PB_OK;
    return pb_instant_parse(text, ret)
               ? PB_OK
               : http_op_fail_value(name, text,
                                    PB_MSG("It takes a moment such as 2026-01-31T09:00:00Z."), err);
}

/* ---- telling ---- */

void http_op_put_uuid(pb_json *json, const char *key, pb_uuid id)
{
    static const pb_uuid zeros = {{0}};
    char text[37];
    pb_uuid_text(id, text);
    pb_json_member(json, key, memcmp(&id, &zeros, sizeof id) == 0 ? PB_STR_NONE : pb_str_c(text));
}

void http_op_put_moment(pb_json *json, const char *key, int64_t at_us)
{
    PB_AUTO_BUF text = PB_BUF_INIT(64);
    if (at_us != INT64_MIN)
        pb_instant_format(&text, at_us);
    pb_json_member(json, key, at_us == INT64_MIN ? PB_STR_NONE : pb_buf_str(&text));
}

void http_op_put_day(pb_json *json, const char *key, int64_t day)
{
    PB_AUTO_BUF text = PB_BUF_INIT(64);
    if (day != INT64_MIN)
        pb_date_format(&text, day);
    pb_json_member(json, key, day == INT64_MIN ? PB_STR_NONE : pb_buf_str(&text));
}

void http_op_put_truth(pb_json *json, const char *key, bool truth)
{
    pb_json_key(json, key);
    pb_json_bool(json, truth);
}

pb_str http_op_label(const http_request *request, const model_labels *labels, pb_str label)
{
    pb_str own = model_label_in(labels, request->language == NULL ? "en" : request->language);
    if (own.ptr != NULL || pb_str_empty(label))
        return own.ptr != NULL ? own : label;
    return pb_translate_str(request->catalog, label);
}
