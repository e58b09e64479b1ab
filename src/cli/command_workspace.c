/* init, export. */
#include "command.h"

pb_status cli_run_init(cli_context *context, int *ret_exit, pb_error *err)
{
    PB_AUTO_BUF key_path = PB_BUF_INIT(65536), out = PB_BUF_INIT(1 << 20);
    const char *path = context->call.arguments[0];
    service_call call = cli_service_call(context, "init");
    db_key_source key;
    PB_TRY(
        service_can_init(context->service, path, err)); /* nobody types a passphrase for nothing */
    PB_TRY(cli_key_source(context, true, &key, err));
    PB_TRY(service_init(context->service, &call, path, &key, &key_path, err));
    path = db_workspace_shown(path, context->arena); /* without a password */
    *ret_exit = 0;
    if (context->json) {
        pb_json json;
        pb_json_init(&json, &out, 2);
        pb_json_object(&json);
        pb_json_member(&json, "workspace", pb_str_c(path));
        if (key_path.len > 0)
            pb_json_member(&json, "key_file", pb_buf_str(&key_path));
        pb_json_object_end(&json);
        pb_buf_byte(&out, '\n');
    } else if (!context->quiet) {
        cli_say(context, &out, PB_MSG("Made workspace {path}."), "path", path, NULL);
        pb_buf_byte(&out, '\n');
        if (key_path.len > 0) {
            cli_say(
                context, &out,
                PB_MSG("Its key is in {path}. Keep a copy in another safe place: without it nobody "
                       "can read the workspace."),
                "path", pb_buf_cstr(&key_path), NULL);
            pb_buf_byte(&out, '\n');
        }
        cli_say(context, &out, PB_MSG("Next: probity import EXPORT --workspace {path}"), "path",
                path, NULL);
        pb_buf_byte(&out, '\n');
    }
    return cli_finish(&out, err);
}
typedef struct export_list {
    cli_context *context;
    pb_buf *out;
    pb_json json;
    uint64_t files;
} export_list;

static void exported(void *opaque, const model_entity *entity, const char *path, uint64_t rows)
{
    export_list *list = opaque;
    list->files++;
    if (list->context->json) {
        pb_json_object(&list->json);
        pb_json_member(&list->json, "entity", entity->name);
        pb_json_member(&list->json, "path", pb_str_c(path));
        pb_json_member_i64(&list->json, "records", (int64_t)rows);
        pb_json_object_end(&list->json);
    } else if (!list->context->quiet) {
        cli_say_n(list->context, list->out,
                  PB_MSG_N("Written: {path} ({count} record)", "Written: {path} ({count} records)"),
                  rows, "path", path, "count", cli_count(list->context, rows), NULL);
        pb_buf_byte(list->out, '\n');
    }
}

static pb_status chosen_entities(cli_context *context, const model_entity ***ret_entities,
                                 size_t *ret_count, pb_error *err)
{
    const char *const *names;
    size_t count;
    PB_TRY(cli_values(context, "entity", &names, &count, err));
    const model_entity **entities = pb_arena_array(context->arena, count + 1, sizeof *entities);
    if (entities == NULL)
        return pb_fail_memory(err);
    for (size_t i = 0; i < count; i++)
        PB_TRY(cli_entity(context, names[i], &entities[i], err));
    *ret_entities = entities;
    *ret_count = count;
    return PB_OK;
}

pb_status cli_run_export(cli_context *context, int *ret_exit, pb_error *err)
{
    PB_AUTO_BUF out = PB_BUF_INIT(16 << 20);
    export_list list = {.context = context, .out = &out};
    const model_entity **entities = NULL;
    size_t count = 0;
    db_workspace *workspace = NULL;
    service_call call = cli_service_call(context, "export");
    PB_TRY(cli_open_workspace(context, &workspace, err));
    pb_json_init(&list.json, &out, 2);
    if (context->json)
        pb_json_array(&list.json);
    pb_status status = chosen_entities(context, &entities, &count, err);
    if (status == PB_OK)
        status = service_export(context->service, &call, workspace, entities, count,
                                cli_value(context, "out"), exported, &list, err);
    db_workspace_close(workspace);
    PB_TRY(status);
    if (context->json) {
        pb_json_array_end(&list.json);
        pb_buf_byte(&out, '\n');
    } else if (list.files == 0 && !context->quiet) {
        cli_say(context, &out, PB_MSG("There are no records to export."), NULL);
        pb_buf_byte(&out, '\n');
    }
    *ret_exit = 0;
    return cli_finish(&out, err);
}
