#include "limit_text.h"

#include "base/time.h"
#include "command.h"

static const char *limit_text(const cli_context *context, const audit_control *control,
                              double limit)
{
    PB_AUTO_BUF text = PB_BUF_INIT(256);
    if (control->pass_share)
        pb_locale_limit(context->locale, &text, limit);
    else
        pb_locale_int(context->locale, &text, (int64_t)limit);
    const char *kept = pb_arena_cstr(context->arena, pb_buf_str(&text));
    return kept != NULL ? kept : "";
}

void limit_says(const cli_context *context, const audit_control *control, pb_buf *out)
{
    const char *limit = limit_text(context, control, control->pass_limit);
    if (control->limit_set)
        cli_say(context, out,
                PB_MSG("At most {limit} (set in this workspace; as shipped: {shipped})"), "limit",
                limit, "shipped", limit_text(context, control, control->limit_shipped), NULL);
    else
        cli_say(context, out, PB_MSG("At most {limit}"), "limit", limit, NULL);
}

void limit_json(const audit_control *control, pb_json *json)
{
    pb_json_member(json, "limit_of", control->pass_share ? PB_STR("share") : PB_STR("count"));
    pb_json_key(json, "limit");
    pb_json_double(json, control->pass_limit);
    pb_json_key(json, "limit_set");
    pb_json_bool(json, control->limit_set);
    if (!control->limit_set)
        return;
    pb_json_key(json, "limit_shipped");
    pb_json_double(json, control->limit_shipped);
}

void limit_history(const cli_context *context, const service_threshold *threshold, pb_buf *out)
{
    for (size_t i = 0; i < threshold->said_count; i++) {
        const finding_threshold *said = &threshold->said[i];
        pb_buf_printf(out, "  %s  %.*s  %.*s  ", cli_moment(context, said->at_us),
                      PB_STR_FMT(said->by), PB_STR_FMT(said->control));
        if (said->shipped)
            pb_buf_addc(out, cli_text(context, PB_MSG("as shipped")));
        else
            pb_buf_addc(out, limit_text(context, threshold->control, said->limit));
        pb_buf_printf(out, "  %.*s\n", PB_STR_FMT(said->reason));
    }
}

void limit_history_json(const service_threshold *threshold, pb_json *json)
{
    PB_AUTO_BUF at = PB_BUF_INIT(64);
    pb_json_key(json, "history");
    pb_json_array(json);
    for (size_t i = 0; i < threshold->said_count; i++) {
        const finding_threshold *said = &threshold->said[i];
        pb_json_object(json);
        pb_json_member(json, "control", said->control);
        pb_json_key(json, "limit");
        if (said->shipped)
            pb_json_null(json);
        else
            pb_json_double(json, said->limit);
        pb_json_member(json, "reason", said->reason);
        pb_json_member(json, "changed_by", said->by);
        pb_buf_clear(&at);
        pb_instant_format(&at, said->at_us);
        pb_json_member(json, "changed_at", pb_buf_str(&at));
        pb_json_object_end(json);
    }
    pb_json_array_end(json);
}
