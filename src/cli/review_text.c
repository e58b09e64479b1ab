#include "review_text.h"

#include <stdio.h>

#include "base/bytes.h"
#include "base/time.h"

const char *review_decision_says(record_decision decision)
{
    switch (decision) {
    case RECORD_SAME:
        return PB_MSG("the two are one");
    case RECORD_DIFFERENT:
        return PB_MSG("the two are different");
    case RECORD_UNSURE:
        return PB_MSG("unsure, to be decided later");
    case RECORD_OPEN:
        break;
    }
    return PB_MSG("open again");
}

static void put_percent(double share, pb_buf *out)
{
    pb_buf_printf(out, "%.1f %%", share * 100);
}

static const char *percent(double share, char to[16])
{
    (void)snprintf(to, 16, "%.1f %%", share * 100);
    return to;
}

/* --- pairs --- */

void review_pair_line(const cli_context *context, const record_pair *pair, pb_buf *out)
{
    char left[37], right[37];
    pb_uuid_text(pair->left, left);
    pb_uuid_text(pair->right, right);
    put_percent(pair->score, out);
    pb_buf_printf(out, "  %s  %s  %s  %.*s", cli_text(context, pair->entity->label.ptr), left,
                  right, PB_STR_FMT(pair->levels));
    if (pair->state != RECORD_OPEN) {
        pb_buf_printf(out, "  (%s", cli_text(context, review_decision_says(pair->state)));
        pb_buf_printf(out, ", %.*s", PB_STR_FMT(pair->decided_by));
        if (pair->reason.len > 0)
            pb_buf_printf(out, ": %.*s", PB_STR_FMT(pair->reason));
        pb_buf_byte(out, ')');
    }
    pb_buf_byte(out, '\n');
}

static void moment_json(const char *name, int64_t us, pb_json *json)
{
    PB_AUTO_BUF at = PB_BUF_INIT(64);
    pb_instant_format(&at, us);
    pb_json_member(json, name, pb_buf_str(&at));
}

static void double_json(const char *name, double value, pb_json *json)
{
    pb_json_key(json, name);
    pb_json_double(json, value);
}

static void pair_members(const record_pair *pair, pb_json *json)
{
    char left[37], right[37];
    pb_uuid_text(pair->left, left);
    pb_uuid_text(pair->right, right);
    pb_json_member(json, "entity", pair->entity->name);
    pb_json_member(json, "left", pb_str_c(left));
    pb_json_member(json, "right", pb_str_c(right));
    double_json("score", pair->score, json);
    pb_json_member(json, "agreement", pair->levels);
    pb_json_member(json, "script", pair->script);
    moment_json("found_at", pair->at_us, json);
    pb_json_member(json, "found_by", pair->by);
    if (pair->run > 0)
        pb_json_member_i64(json, "run", pair->run);
    pb_json_member(json, "state", pb_str_c(record_decision_word(pair->state)));
    if (pair->state == RECORD_OPEN)
        return;
    pb_json_member(json, "decided_by", pair->decided_by);
    moment_json("decided_at", pair->decided_us, json);
    pb_json_member(json, "reason", pair->reason);
}

void review_pair_json(const record_pair *pair, pb_json *json)
{
    pb_json_object(json);
    pair_members(pair, json);
    pb_json_object_end(json);
}

/* --- one pair --- */

static const char *const level_words[LEVEL_COUNT] = {
    [LEVEL_MISSING] = PB_MSG("missing"),        [LEVEL_DIFFERS] = PB_MSG("different"),
    [LEVEL_PARTLY] = PB_MSG("partly alike"),    [LEVEL_SHARED] = PB_MSG("one part shared"),
    [LEVEL_SHORT] = PB_MSG("one shortened"),    [LEVEL_NEAR] = PB_MSG("nearly equal"),
    [LEVEL_CLOSE] = PB_MSG("equal but a slip"), [LEVEL_EQUAL] = PB_MSG("equal")};

static const char *const level_names[LEVEL_COUNT] = {"missing", "differs", "partly", "shared",
                                                     "short",   "near",    "close",  "equal"};

static void record_line(const cli_context *context, const record_data *record, pb_buf *out)
{
    char id[37];
    pb_uuid_text(record->id, id);
    pb_buf_printf(out, "%s ", cli_text(context, record->entity->label.ptr));
    for (size_t i = 0; i < record->entity->field_count; i++) {
        const model_field *field = &record->entity->fields[i];
        if (!field->title || record->values[i].kind == PB_NULL)
            continue;
        cli_put_value(field, record->values[i], record->currencies[i], record->refs[i], out);
        pb_buf_byte(out, ' ');
    }
    pb_buf_printf(out, "(%s", id);
    if (!pb_str_empty(record->source_id))
        pb_buf_printf(out, ", %.*s", PB_STR_FMT(record->source_id));
    pb_buf_addc(out, ")\n");
}

static void put_side(pb_str text, pb_buf *out)
{
    if (text.len == 0)
        pb_buf_addc(out, "–");
    else
        pb_buf_add(out, text);
}

static void step_line(const cli_context *context, const record_waterfall *fall, size_t c,
                      pb_buf *out)
{
    const match_step *step = &fall->comparison.steps[c];
    pb_buf_printf(out, "  %+7.2f  %s: %s", step->bits,
                  cli_text(context, fall->fields[c]->label.ptr),
                  cli_text(context, level_words[step->level]));
    if (fall->left[c].len > 0 || fall->right[c].len > 0) {
        pb_buf_addc(out, " (");
        put_side(fall->left[c], out);
        if (!pb_str_eq(fall->left[c], fall->right[c])) {
            pb_buf_addc(out, " | ");
            put_side(fall->right[c], out);
        }
        pb_buf_byte(out, ')');
    }
    pb_buf_byte(out, '\n');
}

void review_comparison_text(const cli_context *context, const service_comparison *comparison,
                            pb_buf *out)
{
    const record_waterfall *fall = &comparison->waterfall;
    char share[16];
    record_line(context, &comparison->left, out);
    record_line(context, &comparison->right, out);
    pb_buf_printf(out, "  %+7.2f  %s\n", fall->comparison.base,
                  cli_text(context, PB_MSG("before anything is compared")));
    for (size_t c = 0; c < fall->count; c++)
        if (fall->comparison.steps[c].level != LEVEL_MISSING)
            step_line(context, fall, c, out);
    pb_buf_printf(out, "  %+7.2f  ", fall->comparison.bits);
    cli_say(context, out, PB_MSG("together, in bits: {share} sure that they are one"), "share",
            percent(fall->comparison.score, share), NULL);
    pb_buf_byte(out, '\n');
    if (fall->doubtful) {
        cli_say(context, out,
                PB_MSG("They are not called one all the same: what would tell namesakes or two "
                       "firms apart speaks against it."),
                NULL);
        pb_buf_byte(out, '\n');
    } else if (fall->calibrated) {
        cli_say(context, out, PB_MSG("By the decisions made so far: {share}"), "share",
                percent(fall->sure, share), NULL);
        pb_buf_byte(out, '\n');
    }
    if (fall->learned_rows == 0) {
        cli_say(context, out,
                PB_MSG("The weights are supposed: nothing was learned from these records yet."),
                NULL);
        pb_buf_byte(out, '\n');
    } else
        cli_say_n(context, out,
                  PB_MSG_N("The weights were learned from {count} record.",
                           "The weights were learned from {count} records."),
                  fall->learned_rows, "count", cli_count(context, fall->learned_rows), NULL);
    pb_buf_byte(out, '\n');
}

static void side_json(const char *name, const record_data *record, pb_json *json)
{
    char id[37];
    pb_uuid_text(record->id, id);
    pb_json_key(json, name);
    pb_json_object(json);
    pb_json_member(json, "id", pb_str_c(id));
    if (!pb_str_empty(record->source_id))
        pb_json_member(json, "source_id", record->source_id);
    pb_json_object_end(json);
}

static void steps_json(const record_waterfall *fall, pb_json *json)
{
    pb_json_key(json, "steps");
    pb_json_array(json);
    for (size_t c = 0; c < fall->count; c++) {
        const match_step *step = &fall->comparison.steps[c];
        pb_json_object(json);
        pb_json_member(json, "field", fall->fields[c]->name);
        pb_json_member(json, "level", pb_str_c(level_names[step->level]));
        double_json("bits", step->bits, json);
        if (step->rows > 0)
            pb_json_member_i64(json, "records_with_value", step->rows);
        pb_json_member(json, "left", fall->left[c]);
        pb_json_member(json, "right", fall->right[c]);
        pb_json_object_end(json);
    }
    pb_json_array_end(json);
}

void review_comparison_json(const service_comparison *comparison, pb_buf *out)
{
    const record_waterfall *fall = &comparison->waterfall;
    pb_json json;
    pb_json_init(&json, out, 2);
    pb_json_object(&json);
    pb_json_member(&json, "entity", comparison->left.entity->name);
    side_json("left", &comparison->left, &json);
    side_json("right", &comparison->right, &json);
    double_json("base_bits", fall->comparison.base, &json);
    steps_json(fall, &json);
    double_json("bits", fall->comparison.bits, &json);
    double_json("probability", fall->comparison.score, &json);
    double_json("sure", fall->sure, &json);
    pb_json_key(&json, "doubtful");
    pb_json_bool(&json, fall->doubtful);
    pb_json_key(&json, "calibrated");
    pb_json_bool(&json, fall->calibrated);
    pb_json_member_i64(&json, "learned_from", (int64_t)fall->learned_rows);
    if (comparison->queued) {
        pb_json_key(&json, "queue");
        review_pair_json(&comparison->pair, &json);
    }
    pb_json_object_end(&json);
    pb_buf_byte(out, '\n');
}

void review_how_to_decide(const cli_context *context, const service_comparison *comparison,
                          const char *workspace, pb_buf *out)
{
    char left[37], right[37];
    pb_uuid_text(comparison->left.id, left);
    pb_uuid_text(comparison->right.id, right);
    if (comparison->queued && comparison->pair.state != RECORD_OPEN) {
        cli_say(context, out, PB_MSG("Decided: {decision}."), "decision",
                cli_text(context, review_decision_says(comparison->pair.state)), NULL);
        pb_buf_byte(out, '\n');
    } else
        cli_say(context, out,
                PB_MSG("Decide: probity review {path} --pair {left} {right} --decide "
                       "same|different|unsure --reason TEXT"),
                "path", workspace, "left", left, "right", right, NULL);
    pb_buf_byte(out, '\n');
}

/* --- quality --- */

static void share_text(const cli_context *context, const char *id, const likeness_share *share,
                       pb_buf *out)
{
    char value[16], low[16], high[16];
    pb_buf_addc(out, "  ");
    if (share->of == 0)
        cli_say(context, out, PB_MSG("{name}: cannot be told yet"), "name", cli_text(context, id),
                NULL);
    else
        cli_say(context, out, PB_MSG("{name} {value} ({low} to {high}; {part} of {of})"), "name",
                cli_text(context, id), "value", percent(share->value, value), "low",
                percent(share->low, low), "high", percent(share->high, high), "part",
                cli_count(context, share->part), "of", cli_count(context, share->of), NULL);
}

static void group_text(const cli_context *context, const likeness_group *group, const char *name,
                       pb_buf *out)
{
    pb_buf_printf(out, "  %s", name);
    share_text(context, PB_MSG("precision"), &group->precision, out);
    share_text(context, PB_MSG("recall"), &group->recall, out);
    pb_buf_byte(out, '\n');
}

static void groups_text(const cli_context *context, const likeness_group *groups, size_t count,
                        pb_buf *out)
{
    for (size_t i = 0; i < count; i++) {
        PB_AUTO_BUF name = PB_BUF_INIT(8192);
        pb_buf_add(&name, groups[i].name);
        group_text(context, &groups[i], pb_buf_cstr(&name), out);
    }
}

void review_quality_text(const cli_context *context, const service_quality *list, size_t count,
                         pb_buf *out)
{
    if (count == 0) {
        cli_say(context, out,
                PB_MSG("Nothing was decided yet, so nothing can be said about the quality. Decide "
                       "pairs: probity review {path} --next"),
                "path", context->call.arguments[0], NULL);
        pb_buf_byte(out, '\n');
    }
    for (size_t i = 0; i < count; i++) {
        const likeness_quality *of = &list[i].quality;
        char at[16];
        cli_say_n(
            context, out,
            PB_MSG_N("{entities}: {count} pair decided; called a duplicate from {threshold} on",
                     "{entities}: {count} pairs decided; called duplicates from {threshold} "
                     "on"),
            of->all.decided, "entities", cli_text(context, list[i].entity->plural.ptr), "count",
            cli_count(context, of->all.decided), "threshold", percent(of->threshold, at), NULL);
        pb_buf_byte(out, '\n');
        group_text(context, &of->all, cli_text(context, PB_MSG("all")), out);
        cli_say(context, out, PB_MSG("By script:"), NULL);
        pb_buf_byte(out, '\n');
        groups_text(context, of->scripts, of->script_count, out);
        cli_say(context, out, PB_MSG("By what agrees:"), NULL);
        pb_buf_byte(out, '\n');
        groups_text(context, of->rules, of->rule_count, out);
    }
    if (count > 0) {
        cli_say(context, out,
                PB_MSG("Intervals are Wilson's, 95 %. Recall is of the pairs that somebody looked "
                       "at: what no search found is in no queue."),
                NULL);
        pb_buf_byte(out, '\n');
    }
}

static void share_json(const char *name, const likeness_share *share, pb_json *json)
{
    pb_json_key(json, name);
    if (share->of == 0) {
        pb_json_null(json);
        return;
    }
    pb_json_object(json);
    double_json("value", share->value, json);
    double_json("low", share->low, json);
    double_json("high", share->high, json);
    pb_json_member_i64(json, "part", (int64_t)share->part);
    pb_json_member_i64(json, "of", (int64_t)share->of);
    pb_json_object_end(json);
}

static void group_json(const likeness_group *group, pb_json *json)
{
    pb_json_object(json);
    if (group->name.ptr != NULL)
        pb_json_member(json, "name", group->name);
    pb_json_member_i64(json, "decided", (int64_t)group->decided);
    share_json("precision", &group->precision, json);
    share_json("recall", &group->recall, json);
    pb_json_object_end(json);
}

static void groups_json(const char *name, const likeness_group *groups, size_t count, pb_json *json)
{
    pb_json_key(json, name);
    pb_json_array(json);
    for (size_t i = 0; i < count; i++)
        group_json(&groups[i], json);
    pb_json_array_end(json);
}

void review_quality_json(const service_quality *list, size_t count, pb_buf *out)
{
    pb_json json;
    pb_json_init(&json, out, 2);
    pb_json_array(&json);
    for (size_t i = 0; i < count; i++) {
        const likeness_quality *of = &list[i].quality;
        pb_json_object(&json);
        pb_json_member(&json, "entity", list[i].entity->name);
        double_json("threshold", of->threshold, &json);
        pb_json_key(&json, "all");
        group_json(&of->all, &json);
        groups_json("scripts", of->scripts, of->script_count, &json);
        groups_json("rules", of->rules, of->rule_count, &json);
        pb_json_object_end(&json);
    }
    pb_json_array_end(&json);
    pb_buf_byte(out, '\n');
}
