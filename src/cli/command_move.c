/* move. */
#include "command.h"

#include "base/bytes.h"
#include "service/move.h"

static pb_status take_back(cli_context *context, db_workspace *workspace, pb_buf *out,
                           pb_error *err)
{
    service_call call = cli_service_call(context, "move");
    PB_TRY(service_take_back(&call, workspace, err));
    if (context->json) {
        pb_json json;
        pb_json_init(&json, out, 2);
        pb_json_object(&json);
        pb_json_member(&json, "workspace", pb_str_c(db_workspace_url(workspace)));
        pb_json_object_end(&json);
        pb_buf_byte(out, '\n');
    } else if (!context->quiet) {
        cli_say(context, out, PB_MSG("{workspace} is written here again. Do not use the copy."),
                "workspace", db_workspace_url(workspace), NULL);
        pb_buf_byte(out, '\n');
    }
    return PB_OK;
}

static void amount(const service_moved_sum *sum, pb_buf *out)
{
    cli_put_value(sum->field, PB_VALUE_INT(sum->minor), sum->currency, PB_STR_NONE, out);
}

static void moved_json(const service_moved *moved, const char *to, pb_buf *out)
{
    PB_AUTO_BUF root = PB_BUF_INIT(128);
    pb_json json;
    pb_hex(&root, moved->head.root, sizeof moved->head.root);
    pb_json_init(&json, out, 2);
    pb_json_object(&json);
    pb_json_member(&json, "workspace", pb_str_c(to));
    pb_json_member_i64(&json, "rows", (int64_t)moved->tables.rows);
    pb_json_key(&json, "records");
    pb_json_object(&json);
    for (size_t i = 0; i < moved->count_count; i++)
        if (moved->counts[i].records > 0)
            pb_json_member_i64(&json, PB_ARG(moved->counts[i].entity->name),
                               (int64_t)moved->counts[i].records);
    pb_json_object_end(&json);
    pb_json_key(&json, "sums");
    pb_json_array(&json);
    for (size_t i = 0; i < moved->sum_count; i++) {
        const service_moved_sum *sum = &moved->sums[i];
        pb_json_object(&json);
        pb_json_member(&json, "entity", sum->entity->name);
        pb_json_member(&json, "field", sum->field->name);
        pb_json_member(&json, "currency", sum->currency);
        pb_json_member_i64(&json, "values", (int64_t)sum->values);
        pb_json_member_i64(&json, "minor", sum->minor);
        pb_json_object_end(&json);
    }
    pb_json_array_end(&json);
    pb_json_member_i64(&json, "events", (int64_t)moved->head.size);
    pb_json_member(&json, "root", pb_buf_str(&root));
    pb_json_object_end(&json);
    pb_buf_byte(out, '\n');
}

static void moved_text(const cli_context *context, const service_moved *moved, const char *from,
                       const char *to, pb_buf *out)
{
    PB_AUTO_BUF root = PB_BUF_INIT(128);
    pb_hex(&root, moved->head.root, sizeof moved->head.root);
    cli_say(context, out, PB_MSG("Moved {from} to {to}. The same on both sides:"), "from", from,
            "to", to, NULL);
    pb_buf_byte(out, '\n');
    for (size_t i = 0; i < moved->count_count; i++) {
        if (moved->counts[i].records == 0)
            continue;
        pb_buf_addc(out, "  ");
        cli_say(context, out, PB_MSG("{entities}: {count}"), "entities",
                cli_text(context, moved->counts[i].entity->plural.ptr), "count",
                cli_count(context, moved->counts[i].records), NULL);
        pb_buf_byte(out, '\n');
    }
    for (size_t i = 0; i < moved->sum_count; i++) {
        PB_AUTO_BUF text = PB_BUF_INIT(256);
        amount(&moved->sums[i], &text);
        pb_buf_addc(out, "  ");
        cli_say(context, out, PB_MSG("sum of {field}: {sum} ({count} values)"), "field",
                cli_text(context, moved->sums[i].field->label.ptr), "sum", pb_buf_cstr(&text),
                "count", cli_count(context, moved->sums[i].values), NULL);
        pb_buf_byte(out, '\n');
    }
    pb_buf_addc(out, "  ");
    cli_say(context, out, PB_MSG("all {rows} rows; the ledger's {events} events, head {root}"),
            "rows", cli_count(context, moved->tables.rows), "events",
            cli_count(context, moved->head.size), "root", pb_buf_cstr(&root), NULL);
    pb_buf_byte(out, '\n');
    cli_say(context, out,
            PB_MSG("{from} can still be read, but not be written. Delete it when you no longer "
                   "want it; to go on there instead: probity move --take-back {from}"),
            "from", from, NULL);
    pb_buf_byte(out, '\n');
}

static pb_status move(cli_context *context, db_workspace *workspace, pb_buf *out, pb_error *err)
{
    const char *to = context->call.arguments[1];
    service_call call = cli_service_call(context, "move");
    service_moved moved;
    PB_TRY(service_move(context->service, &call, workspace, to, context->arena, &moved, err));
    cli_progress_end(context);
    if (context->json)
        moved_json(&moved, db_moved_to(workspace), out);
    else if (!context->quiet)
        moved_text(context, &moved, db_workspace_url(workspace), db_moved_to(workspace), out);
    return PB_OK;
}

pb_status cli_run_move(cli_context *context, int *ret_exit, pb_error *err)
{
    PB_AUTO_BUF out = PB_BUF_INIT(1 << 20);
    db_options options = {.older = DB_OLDER_REFUSE};
    db_workspace *workspace = NULL;
    bool back = cli_flag(context, "take-back");
    if (back == (context->call.argument_count > 1))
        return pb_fail(err, PB_USAGE,
                       back ? PB_MSG("--take-back wants the workspace that was left, and no TO")
                            : PB_MSG("Where to? Name a folder to make, or the URL of a database"),
                       NULL);
    PB_TRY(cli_key_source(context, false, &options.key, err));
    PB_TRY(service_open_workspace(context->service, context->call.arguments[0], &options,
                                  &workspace, err));
    pb_status status =
        back ? take_back(context, workspace, &out, err) : move(context, workspace, &out, err);
    db_workspace_close(workspace);
    PB_TRY(status);
    *ret_exit = 0;
    return cli_finish(&out, err);
}
