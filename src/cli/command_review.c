/* review: the queue of likely duplicates, decisions about them, and what these say of the search.
 */
#include "command.h"

#include "review_text.h"

#include "base/bytes.h"
#include "base/time.h"

typedef struct pair_list {
    cli_context *context;
    pb_buf *out;
    pb_json json;
    record_pair first; /* the surest */
    uint64_t count;
} pair_list;

static pb_status put_pair(void *opaque, const record_pair *pair, pb_error *err)
{
    pair_list *list = opaque;
    (void)err;
    if (list->count++ == 0)
        list->first = *pair;
    if (list->context->json)
        review_pair_json(pair, &list->json);
    else
        review_pair_line(list->context, pair, list->out);
    return PB_OK;
}

static pb_status take_first(void *opaque, const record_pair *pair, pb_error *err)
{
    pair_list *list = opaque;
    (void)err;
    list->first = *pair;
    list->count++;
    return PB_OK;
}

/* What there is to do next where nothing waits. */
static void empty_text(const cli_context *context, const uint64_t *counts, pb_buf *out)
{
    uint64_t decided = counts[RECORD_SAME] + counts[RECORD_DIFFERENT] + counts[RECORD_UNSURE];
    if (decided > 0) {
        cli_say_n(context, out,
                  PB_MSG_N("No pair waits: the one that was found is decided.",
                           "No pair waits: all {count} that were found are decided."),
                  decided, "count", cli_count(context, decided), NULL);
        pb_buf_byte(out, '\n');
    } else
        cli_say(context, out, PB_MSG("No pair waits for review."), NULL);
    pb_buf_byte(out, '\n');
    cli_say(context, out, PB_MSG("Look for likely duplicates: probity duplicates {path} --queue"),
            "path", context->call.arguments[0], NULL);
    pb_buf_byte(out, '\n');
}

static void counts_json(const uint64_t *counts, pb_json *json)
{
    for (int i = RECORD_OPEN; i <= RECORD_UNSURE; i++)
        pb_json_member_i64(json, record_decision_word((record_decision)i), (int64_t)counts[i]);
}

static void counts_text(const cli_context *context, const uint64_t *counts, pb_buf *out)
{
    cli_say(context, out,
            PB_MSG("Waiting: {open}; decided the same: {same}, different: {different}, unsure: "
                   "{unsure}"),
            "open", cli_count(context, counts[RECORD_OPEN]), "same",
            cli_count(context, counts[RECORD_SAME]), "different",
            cli_count(context, counts[RECORD_DIFFERENT]), "unsure",
            cli_count(context, counts[RECORD_UNSURE]), NULL);
    pb_buf_byte(out, '\n');
}

static pb_status list_pairs(cli_context *context, db_workspace *workspace,
                            const model_entity *entity, pb_buf *out, pb_error *err)
{
    pair_list list = {.context = context, .out = out};
    record_review_filter filter = {.entity = entity, .live = true};
    uint64_t counts[4];
    const char *state = cli_value(context, "state");
    if (state != NULL)
        (void)record_decision_parse(pb_str_c(state), &filter.state);
    PB_TRY(cli_number(context, "limit", 1, 1000000, &filter.limit, err));
    PB_TRY(service_review_count(workspace, entity, counts, err));
    pb_json_init(&list.json, out, 2);
    if (context->json) {
        pb_json_object(&list.json);
        counts_json(counts, &list.json);
        pb_json_key(&list.json, "pairs");
        pb_json_array(&list.json);
    } else {
        counts_text(context, counts, out);
    }
    PB_TRY(service_review_list(workspace, &filter, put_pair, &list, err));
    if (context->json) {
        pb_json_array_end(&list.json);
        pb_json_object_end(&list.json);
        pb_buf_byte(out, '\n');
    } else if (list.count == 0 && filter.state == RECORD_OPEN) {
        empty_text(context, counts, out);
    }
    return PB_OK;
}

static pb_status show_pair(cli_context *context, db_workspace *workspace,
                           const model_entity *entity, pb_uuid a, pb_uuid b, pb_buf *out,
                           pb_error *err)
{
    service_call call = cli_service_call(context, "review");
    service_comparison comparison;
    PB_TRY(service_review_show(&call, workspace, entity, a, b, context->arena, &comparison, err));
    if (context->json) {
        review_comparison_json(&comparison, out);
        return PB_OK;
    }
    review_comparison_text(context, &comparison, out);
    review_how_to_decide(context, &comparison, context->call.arguments[0], out);
    return PB_OK;
}

static pb_status show_next(cli_context *context, db_workspace *workspace,
                           const model_entity *entity, pb_buf *out, pb_error *err)
{
    pair_list list = {.context = context};
    const record_review_filter filter = {.entity = entity, .live = true, .limit = 1};
    uint64_t counts[4];
    PB_TRY(service_review_list(workspace, &filter, take_first, &list, err));
    if (list.count > 0)
        return show_pair(context, workspace, list.first.entity, list.first.left, list.first.right,
                         out, err);
    PB_TRY(service_review_count(workspace, entity, counts, err));
    if (context->json)
        pb_buf_addc(out, "null\n");
    else
        empty_text(context, counts, out);
    return PB_OK;
}

static pb_status decide(cli_context *context, db_workspace *workspace, const model_entity *entity,
                        pb_uuid a, pb_uuid b, const char *word, pb_buf *out, pb_error *err)
{
    service_call call = cli_service_call(context, "review");
    record_decision decision = RECORD_OPEN;
    uint64_t calibrated;
    const char *reason = cli_value(context, "reason");
    if (!record_decision_parse(pb_str_c(word), &decision))
        return pb_fail(err, PB_USAGE,
                       PB_MSG("--decide must be same, different, unsure or open, not “{value}”"),
                       "value", word, NULL);
    PB_TRY(service_review_decide(&call, workspace, entity, a, b, decision,
                                 reason != NULL ? pb_str_c(reason) : PB_STR_NONE, &calibrated,
                                 err));
    if (context->json) {
        pb_json json;
        pb_json_init(&json, out, 2);
        pb_json_object(&json);
        pb_json_member(&json, "decision", pb_str_c(word));
        pb_json_member_i64(&json, "calibrated_by", (int64_t)calibrated);
        pb_json_object_end(&json);
        pb_buf_byte(out, '\n');
    } else if (!context->quiet) {
        cli_say(context, out, PB_MSG("Decided: {decision}."), "decision",
                cli_text(context, review_decision_says(decision)), NULL);
        pb_buf_byte(out, '\n');
        if (calibrated > 0) {
            cli_say_n(context, out,
                      PB_MSG_N("How sure the gate says it is now follows from {count} decision.",
                               "How sure the gate says it is now follows from {count} decisions."),
                      calibrated, "count", cli_count(context, calibrated), NULL);
            pb_buf_byte(out, '\n');
        }
    }
    return PB_OK;
}

static pb_status one_pair(cli_context *context, db_workspace *workspace, const model_entity *entity,
                          pb_buf *out, pb_error *err)
{
    const char *word = cli_value(context, "decide"), *second;
    pb_uuid a, b;
    if (context->call.argument_count < 2)
        return pb_fail(err, PB_USAGE, PB_MSG("--pair needs two records: --pair A B"), NULL);
    second = context->call.arguments[context->call.argument_count - 1];
    PB_TRY(service_review_names(workspace, entity, pb_str_c(cli_value(context, "pair")),
                                pb_str_c(second), &entity, &a, &b, err));
    return word == NULL ? show_pair(context, workspace, entity, a, b, out, err)
                        : decide(context, workspace, entity, a, b, word, out, err);
}

static pb_status quality(cli_context *context, db_workspace *workspace, const model_entity *entity,
                         pb_buf *out, pb_error *err)
{
    service_quality *list;
    size_t count;
    double threshold = 0;
    const char *given = cli_value(context, "threshold");
    if (given != NULL &&
        (!pb_str_to_double(pb_str_c(given), &threshold) || threshold < 0.5 || threshold > 1))
        return pb_fail(err, PB_USAGE,
                       PB_MSG("--threshold must be a number from 0.5 to 1, not “{value}”"), "value",
                       given, NULL);
    PB_TRY(
        service_review_quality(workspace, entity, threshold, context->arena, &list, &count, err));
    if (context->json)
        review_quality_json(list, count, out);
    else
        review_quality_text(context, list, count, out);
    return PB_OK;
}

static pb_status run(cli_context *context, db_workspace *workspace, const model_entity *entity,
                     pb_buf *out, pb_error *err)
{
    if (cli_flag(context, "quality"))
        return quality(context, workspace, entity, out, err);
    if (cli_value(context, "pair") != NULL)
        return one_pair(context, workspace, entity, out, err);
    if (cli_value(context, "decide") != NULL)
        return pb_fail(err, PB_USAGE, PB_MSG("--decide needs the pair: --pair A B"), NULL);
    if (cli_flag(context, "next"))
        return show_next(context, workspace, entity, out, err);
    return list_pairs(context, workspace, entity, out, err);
}

pb_status cli_run_review(cli_context *context, int *ret_exit, pb_error *err)
{
    PB_AUTO_BUF out = PB_BUF_INIT(64 << 20);
    const char *entity_name = cli_value(context, "entity");
    const model_entity *entity = NULL;
    db_workspace *workspace = NULL;
    if (context->call.argument_count > 1 && cli_value(context, "pair") == NULL)
        return pb_fail(err, PB_USAGE, PB_MSG("{value} is one argument too many"), "value",
                       context->call.arguments[1], NULL);
    PB_TRY(cli_open_argument(context, &workspace, err));
    pb_status status = entity_name != NULL ? cli_entity(context, entity_name, &entity, err) : PB_OK;
    if (status == PB_OK)
        status = run(context, workspace, entity, &out, err);
    db_workspace_close(workspace);
    PB_TRY(status);
    *ret_exit = 0;
    return cli_finish(&out, err);
}
