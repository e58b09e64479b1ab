/* merge, of all that a list or the review queue says is one. */
#include "command.h"
#include "command_merge.h"

static void left_text(const cli_context *context, const service_bulk *bulk, pb_buf *out)
{
    size_t listed = bulk->left_count < SERVICE_KEPT_MOST ? bulk->left_count : SERVICE_KEPT_MOST;
    for (size_t i = 0; i < listed; i++) {
        pb_buf_printf(out, "  %.*s: ", PB_STR_FMT(bulk->left[i].name));
        cli_say(context, out, bulk->left[i].says.ptr, "name", PB_ARG(bulk->left[i].who), NULL);
        pb_buf_byte(out, '\n');
    }
    if (bulk->left_count > listed) {
        cli_say(context, out, PB_MSG("  … and {count} more"), "count",
                cli_count(context, bulk->left_count - listed), NULL);
        pb_buf_byte(out, '\n');
    }
}

static void fields_text(const cli_context *context, const service_bulk *bulk, pb_buf *out)
{
    for (size_t i = 0; i < bulk->entity->field_count; i++) {
        const service_bulk_field *field = &bulk->fields[i];
        if (field->changed == 0 && field->differing == 0)
            continue;
        pb_buf_printf(out, "  %s: ", cli_text(context, field->field->label.ptr));
        cli_say(context, out,
                PB_MSG("survivors with another value than before {changed}, groups whose records "
                       "differ {differing}"),
                "changed", cli_count(context, field->changed), "differing",
                cli_count(context, field->differing), NULL);
        if (field->conflicts > 0) {
            pb_buf_addc(out, ", ");
            cli_say(context, out, PB_MSG("which may be two and not one {conflicts}"), "conflicts",
                    cli_count(context, field->conflicts), NULL);
        }
        pb_buf_byte(out, '\n');
    }
}

static void sums_text(const cli_context *context, const service_bulk *bulk, pb_buf *out)
{
    for (size_t i = 0; i < bulk->sum_count; i++) {
        const service_bulk_sum *sum = &bulk->sums[i];
        PB_AUTO_BUF before = PB_BUF_INIT(256), after = PB_BUF_INIT(256);
        cli_put_value(sum->field, PB_VALUE_INT(sum->before), sum->currency, PB_STR_NONE, &before);
        cli_put_value(sum->field, PB_VALUE_INT(sum->after), sum->currency, PB_STR_NONE, &after);
        pb_buf_addc(out, "  ");
        cli_say(context, out, PB_MSG("{field}: sum of all records {before}, of survivors {after}"),
                "field", cli_text(context, sum->field->label.ptr), "before", pb_buf_cstr(&before),
                "after", pb_buf_cstr(&after), NULL);
        pb_buf_byte(out, '\n');
    }
}

static void bulk_text(const cli_context *context, const service_bulk *bulk, bool dry_run,
                      pb_buf *out)
{
    PB_AUTO_BUF way = PB_BUF_INIT(4096);
    cli_say(context, out,
            PB_MSG("Groups merged: {merges} of {groups}; records merged away: {gone}; links moved: "
                   "{links}; below the threshold: {below}; left as they are: {left}"),
            "merges", cli_count(context, bulk->counts.merges), "groups",
            cli_count(context, bulk->groups), "gone", cli_count(context, bulk->counts.absorbed),
            "links", cli_count(context, bulk->counts.links), "below",
            cli_count(context, bulk->below), "left", cli_count(context, bulk->left_count), NULL);
    pb_buf_byte(out, '\n');
    left_text(context, bulk, out);
    if (bulk->entity != NULL) {
        fields_text(context, bulk, out);
        sums_text(context, bulk, out);
    }
    if (bulk->counts.merges == 0)
        return;
    pb_buf_printf(&way, "probity undo %s -w %s", PB_ARG_INT(bulk->run), context->call.arguments[0]);
    cli_merge_way_back(context, dry_run, pb_buf_cstr(&way), out);
}

static void left_json(const service_bulk *bulk, pb_json *json)
{
    pb_json_key(json, "left_groups");
    pb_json_array(json);
    for (size_t i = 0; i < bulk->left_count && i < SERVICE_KEPT_MOST; i++) {
        pb_json_object(json);
        pb_json_member(json, "group", bulk->left[i].name);
        pb_json_member(json, "why", bulk->left[i].says);
        if (!pb_str_empty(bulk->left[i].who))
            pb_json_member(json, "name", bulk->left[i].who);
        pb_json_object_end(json);
    }
    pb_json_array_end(json);
}

static void fields_json(const service_bulk *bulk, pb_json *json)
{
    pb_json_key(json, "fields");
    pb_json_object(json);
    for (size_t i = 0; bulk->entity != NULL && i < bulk->entity->field_count; i++) {
        const service_bulk_field *field = &bulk->fields[i];
        if (field->changed == 0 && field->differing == 0)
            continue;
        pb_json_key_str(json, field->field->name);
        pb_json_object(json);
        pb_json_member_i64(json, "changed", (int64_t)field->changed);
        pb_json_member_i64(json, "differing", (int64_t)field->differing);
        pb_json_member_i64(json, "conflicts", (int64_t)field->conflicts);
        pb_json_object_end(json);
    }
    pb_json_object_end(json);
    pb_json_key(json, "sums");
    pb_json_array(json);
    for (size_t i = 0; i < bulk->sum_count; i++) {
        pb_json_object(json);
        pb_json_member(json, "field", bulk->sums[i].field->name);
        if (bulk->sums[i].currency.ptr != NULL)
            pb_json_member(json, "currency", bulk->sums[i].currency);
        pb_json_member_i64(json, "before_minor", bulk->sums[i].before);
        pb_json_member_i64(json, "after_minor", bulk->sums[i].after);
        pb_json_object_end(json);
    }
    pb_json_array_end(json);
}

static void bulk_json(const service_bulk *bulk, bool dry_run, pb_buf *out)
{
    pb_json json;
    pb_json_init(&json, out, 2);
    pb_json_object(&json);
    if (bulk->entity != NULL)
        pb_json_member(&json, "entity", bulk->entity->name);
    pb_json_key(&json, "dry_run");
    pb_json_bool(&json, dry_run);
    pb_json_member_i64(&json, "run", dry_run ? 0 : bulk->run);
    pb_json_member_i64(&json, "groups", (int64_t)bulk->groups);
    pb_json_member_i64(&json, "merged", (int64_t)bulk->counts.merges);
    pb_json_member_i64(&json, "records_merged_away", (int64_t)bulk->counts.absorbed);
    pb_json_member_i64(&json, "links_moved", (int64_t)bulk->counts.links);
    pb_json_member_i64(&json, "below_threshold", (int64_t)bulk->below);
    pb_json_member_i64(&json, "left", (int64_t)bulk->left_count);
    left_json(bulk, &json);
    fields_json(bulk, &json);
    pb_json_object_end(&json);
    pb_buf_byte(out, '\n');
}

pb_status cli_merge_many(cli_context *context, const char *entity, pb_buf *out, pb_error *err)
{
    service_call call = cli_service_call(context, "merge");
    service_bulk bulk;
    db_workspace *workspace = NULL;
    const char *given = cli_value(context, "threshold");
    service_bulk_ask ask = {.clusters = cli_value(context, "clusters"),
                            .pairs = cli_value(context, "pairs"),
                            .decided = cli_flag(context, "decided"),
                            .dry_run = cli_flag(context, "dry-run")};
    if (!pb_str_to_double(pb_str_c(given), &ask.threshold) || ask.threshold < 0.5 ||
        ask.threshold > 1)
        return pb_fail(err, PB_USAGE,
                       PB_MSG("--threshold must be a number from 0.5 to 1, not “{value}”"), "value",
                       given, NULL);
    PB_TRY(cli_open_argument(context, &workspace, err));
    pb_status status = entity != NULL ? cli_entity(context, entity, &ask.entity, err) : PB_OK;
    if (status == PB_OK)
        status = service_merge_bulk(context->service, &call, workspace, &ask, context->arena, &bulk,
                                    err);
    db_workspace_close(workspace);
    cli_progress_end(context);
    PB_TRY(status);
    if (context->json)
        bulk_json(&bulk, ask.dry_run, out);
    else if (!context->quiet)
        bulk_text(context, &bulk, ask.dry_run, out);
    return PB_OK;
}
