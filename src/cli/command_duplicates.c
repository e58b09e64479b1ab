#include "command.h"

#include "review_text.h"

#include "base/csv.h"
#include "sys/file.h"

static pb_status pairs_csv(const service_duplicates *lists, size_t count, const char *path,
                           pb_error *err)
{
    PB_AUTO_BUF out = PB_BUF_INIT((size_t)1 << 32);
    pb_buf_addc(&out, "left_id,right_id,score\r\n");
    for (size_t l = 0; l < count; l++) {
        for (size_t i = 0; i < lists[l].result.pair_count; i++) {
            const match_pair *pair = &lists[l].result.pairs[i];
            pb_csv_put(&out, lists[l].ids[pair->left], true, false);
            pb_csv_put(&out, lists[l].ids[pair->right], false, false);
            pb_buf_printf(&out, ",%.6f\r\n", pair->score);
        }
    }
    return out.failed ? pb_fail_memory(err)
                      : sys_file_write_atomic(path, pb_buf_str(&out), 0600, err);
}

static pb_status clusters_csv(const service_duplicates *lists, size_t count, const char *path,
                              pb_error *err)
{
    PB_AUTO_BUF out = PB_BUF_INIT((size_t)1 << 32);
    pb_buf_addc(&out, "id,cluster\r\n");
    for (size_t l = 0; l < count; l++) {
        for (size_t row = 0; row < lists[l].result.rows; row++) {
            pb_csv_put(&out, lists[l].ids[row], true, false);
            pb_csv_put(&out, lists[l].ids[lists[l].result.cluster[row]], false, false);
            pb_buf_addc(&out, "\r\n");
        }
    }
    return out.failed ? pb_fail_memory(err)
                      : sys_file_write_atomic(path, pb_buf_str(&out), 0600, err);
}

/* Records that belong to a cluster of two or more, and the number of such clusters. */
static void count_clusters(const match_result *result, uint64_t *ret_clusters,
                           uint64_t *ret_records)
{
    uint64_t clusters = 0, outside = 0;
    for (size_t row = 0; row < result->rows; row++)
        outside += result->cluster[row] != row;
    for (size_t i = 0; i < result->pair_count; i++)
        clusters += result->cluster[result->pairs[i].left] == result->pairs[i].left &&
                    (i == 0 || result->pairs[i].left != result->pairs[i - 1].left);
    *ret_clusters = clusters;
    *ret_records = clusters + outside;
}

static void list_line(const cli_context *context, const service_duplicates *list, uint64_t records,
                      uint64_t clusters, pb_buf *out)
{
    char threshold[16];
    PB_AUTO_BUF all = PB_BUF_INIT(256), groups = PB_BUF_INIT(256), pairs = PB_BUF_INIT(256);
    (void)snprintf(threshold, sizeof threshold, "%.2f", list->threshold);
    cli_say_n(context, &all, PB_MSG_N("{count} record", "{count} records"), list->result.rows,
              "count", cli_count(context, list->result.rows), NULL);
    cli_say_n(context, &groups,
              PB_MSG_N("{count} group of duplicates", "{count} groups of duplicates"), clusters,
              "count", cli_count(context, clusters), NULL);
    cli_say_n(context, &pairs, PB_MSG_N("{count} pair", "{count} pairs"), list->result.pair_count,
              "count", cli_count(context, list->result.pair_count), NULL);
    cli_say(
        context, out,
        PB_MSG("{entities}: {records} of {all} in {groups} ({pairs}), called so from {threshold}"
               " on"),
        "entities", cli_text(context, list->entity->plural.ptr), "records",
        cli_count(context, records), "all", pb_buf_cstr(&all), "groups", pb_buf_cstr(&groups),
        "pairs", pb_buf_cstr(&pairs), "threshold", threshold, NULL);
    pb_buf_byte(out, '\n');
}

/* What else there is to say of a list: rows left out, and what became of the weights. */
static void list_notes(const cli_context *context, const service_duplicates *list, pb_buf *out)
{
    if (list->unread > 0) {
        cli_say_n(context, out,
                  PB_MSG_N("{count} row is no record and was left out: import the file as a "
                           "rehearsal to see why",
                           "{count} rows are no records and were left out: import the file as a "
                           "rehearsal to see why"),
                  list->unread, "count", cli_count(context, list->unread), NULL);
        pb_buf_byte(out, '\n');
    }
    if (list->kept || list->unkept) {
        cli_say(context, out,
                list->kept
                    ? PB_MSG("What was learned of {entities} is kept for the gate on entry.")
                    : PB_MSG("What was learned of {entities} could not be kept for the gate on "
                             "entry: the workspace cannot be written now."),
                "entities", cli_text(context, list->entity->plural.ptr), NULL);
        pb_buf_byte(out, '\n');
    }
}

static void list_json(const service_duplicates *list, uint64_t records, uint64_t clusters,
                      pb_json *json)
{
    pb_json_object(json);
    pb_json_member(json, "entity", list->entity->name);
    pb_json_member_i64(json, "records", (int64_t)list->result.rows);
    pb_json_member_i64(json, "compared", (int64_t)list->result.compared);
    pb_json_member_i64(json, "pairs", (int64_t)list->result.pair_count);
    pb_json_member_i64(json, "clusters", (int64_t)clusters);
    pb_json_member_i64(json, "records_in_clusters", (int64_t)records);
    pb_json_member_i64(json, "rows_left_out", (int64_t)list->unread);
    pb_json_key(json, "threshold");
    pb_json_double(json, list->threshold);
    pb_json_key(json, "weights_kept");
    pb_json_bool(json, list->kept);
    pb_json_object_end(json);
}

static void summary(const cli_context *context, const service_duplicates *lists, size_t count,
                    pb_buf *out)
{
    pb_json json;
    pb_json_init(&json, out, 2);
    if (context->json)
        pb_json_array(&json);
    for (size_t l = 0; l < count; l++) {
        uint64_t clusters, records;
        count_clusters(&lists[l].result, &clusters, &records);
        if (context->json) {
            list_json(&lists[l], records, clusters, &json);
            continue;
        }
        list_line(context, &lists[l], records, clusters, out);
        list_notes(context, &lists[l], out);
    }
    if (context->json) {
        pb_json_array_end(&json);
        pb_buf_byte(out, '\n');
    }
}

static pb_status call_of(cli_context *context, service_call *ret_call, pb_error *err)
{
    *ret_call = cli_service_call(context, "duplicates");
    return cli_memory(context, "memory", &ret_call->memory, err);
}

/* --explain ID ID: the second id stands last among the arguments. */
static pb_status explain(cli_context *context, const model_entity *entity, pb_buf *out,
                         pb_error *err)
{
    service_call call;
    service_comparison comparison;
    service_source source;
    if (context->call.argument_count < 2)
        return pb_fail(err, PB_USAGE, PB_MSG("--explain needs a source and two records"), NULL);
    PB_TRY(call_of(context, &call, err));
    const char *second = context->call.arguments[--context->call.argument_count];
    PB_TRY(cli_source(context, &source, err));
    PB_TRY(service_explain(context->service, &call, &source, entity,
                           pb_str_c(cli_value(context, "explain")), pb_str_c(second),
                           context->arena, &comparison, err));
    cli_progress_end(context);
    if (context->json)
        review_comparison_json(&comparison, out);
    else
        review_comparison_text(context, &comparison, out);
    return PB_OK;
}

static void queue_line(const cli_context *context, const service_queue *queue, pb_buf *out)
{
    cli_say_n(
        context, out,
        PB_MSG_N("{entities}: {records} compared, {count} likely pair, {added} new in the queue",
                 "{entities}: {records} compared, {count} likely pairs, {added} of them new in "
                 "the queue"),
        queue->pairs, "entities", cli_text(context, queue->entity->plural.ptr), "records",
        cli_count(context, queue->records), "count", cli_count(context, queue->pairs), "added",
        cli_count(context, queue->added), NULL);
    pb_buf_byte(out, '\n');
}

static void queue_text(const cli_context *context, const service_queue *queues, size_t count,
                       uint64_t waiting, pb_buf *out)
{
    for (size_t i = 0; i < count; i++)
        queue_line(context, &queues[i], out);
    if (count == 0) {
        cli_say(context, out, PB_MSG("The workspace has no records that could be compared."), NULL);
        pb_buf_byte(out, '\n');
    } else if (waiting > 0) {
        cli_say_n(context, out,
                  PB_MSG_N("{count} pair waits. Next: probity review {path} --next",
                           "{count} pairs wait. Next: probity review {path} --next"),
                  waiting, "count", cli_count(context, waiting), "path", context->call.arguments[0],
                  NULL);
        pb_buf_byte(out, '\n');
    }
}

static void queue_json(const service_queue *queues, size_t count, uint64_t waiting, pb_buf *out)
{
    pb_json json;
    pb_json_init(&json, out, 2);
    pb_json_object(&json);
    pb_json_member_i64(&json, "waiting", (int64_t)waiting);
    pb_json_key(&json, "entities");
    pb_json_array(&json);
    for (size_t i = 0; i < count; i++) {
        pb_json_object(&json);
        pb_json_member(&json, "entity", queues[i].entity->name);
        pb_json_member_i64(&json, "records", (int64_t)queues[i].records);
        pb_json_member_i64(&json, "pairs", (int64_t)queues[i].pairs);
        pb_json_member_i64(&json, "added", (int64_t)queues[i].added);
        pb_json_object_end(&json);
    }
    pb_json_array_end(&json);
    pb_json_object_end(&json);
    pb_buf_byte(out, '\n');
}

static pb_status fill_queue(cli_context *context, db_workspace *workspace,
                            const model_entity *entity, pb_buf *out, pb_error *err)
{
    service_call call;
    service_queue *queues;
    size_t count;
    uint64_t counts[4];
    PB_TRY(call_of(context, &call, err));
    PB_TRY(service_queue_fill(&call, workspace, entity != NULL ? entity->name : PB_STR_NONE,
                              context->arena, &queues, &count, err));
    PB_TRY(service_review_count(workspace, entity, counts, err));
    cli_progress_end(context);
    if (context->json)
        queue_json(queues, count, counts[RECORD_OPEN], out);
    else if (!context->quiet)
        queue_text(context, queues, count, counts[RECORD_OPEN], out);
    return PB_OK;
}

static pb_status queue(cli_context *context, const model_entity *entity, pb_buf *out, pb_error *err)
{
    db_workspace *workspace = NULL;
    const char *path = context->call.arguments[0];
    if (context->call.argument_count != 1 || !db_workspace_exists(path)) {
        pb_fail(err, PB_USAGE, PB_MSG("{path} is no workspace: only a workspace has a queue"),
                "path", path, NULL);
        pb_error_hint(err, PB_MSG("Make one with “probity init” and import the files."), NULL);
        return PB_USAGE;
    }
    PB_TRY(cli_open_argument(context, &workspace, err));
    pb_status status = fill_queue(context, workspace, entity, out, err);
    db_workspace_close(workspace);
    return status;
}

pb_status cli_run_duplicates(cli_context *context, int *ret_exit, pb_error *err)
{
    PB_AUTO_BUF out = PB_BUF_INIT(1 << 20);
    service_call call;
    service_source source;
    service_duplicates *lists;
    size_t count;
    double threshold = 0;
    const char *entity_name = cli_value(context, "entity"), *pairs = cli_value(context, "pairs");
    const char *clusters = cli_value(context, "clusters"), *given = cli_value(context, "threshold");
    const model_entity *entity = NULL;
    if (entity_name != NULL)
        PB_TRY(cli_entity(context, entity_name, &entity, err));
    if (given != NULL &&
        (!pb_str_to_double(pb_str_c(given), &threshold) || threshold < 0.5 || threshold > 1))
        return pb_fail(err, PB_USAGE,
                       PB_MSG("--threshold must be a number from 0.5 to 1, not “{value}”"), "value",
                       given, NULL);
    if (cli_value(context, "explain") != NULL || cli_flag(context, "queue")) {
        PB_TRY(cli_flag(context, "queue") ? queue(context, entity, &out, err)
                                          : explain(context, entity, &out, err));
        *ret_exit = 0;
        return cli_finish(&out, err);
    }
    PB_TRY(call_of(context, &call, err));
    PB_TRY(cli_source(context, &source, err));
    PB_TRY(service_find_duplicates(context->service, &call, &source,
                                   entity != NULL ? entity->name : PB_STR_NONE, threshold,
                                   context->arena, &lists, &count, err));
    cli_progress_end(context);
    if (pairs != NULL)
        PB_TRY(pairs_csv(lists, count, pairs, err));
    if (clusters != NULL)
        PB_TRY(clusters_csv(lists, count, clusters, err));
    if (!context->quiet)
        summary(context, lists, count, &out);
    *ret_exit = 0;
    return cli_finish(&out, err);
}
