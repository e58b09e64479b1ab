/* convert, unconvert. */
#include "command.h"

#include "base/bytes.h"
#include "command_merge.h"
#include "service/convert.h"

/* --- what is asked for --- */

/* The kind that is named, else the only one whose records become others. */
static pb_status find_entity(const cli_context *context, db_workspace *workspace,
                             const model_entity **ret_entity, pb_error *err)
{
    const model_schema *schema = db_workspace_schema(workspace);
    const char *name = cli_value(context, "entity");
    const model_entity *found = NULL;
    size_t count = 0;
    if (name != NULL)
        return cli_entity(context, name, ret_entity, err);
    for (size_t i = 0; i < schema->entity_count; i++)
        if (schema->entities[i].convert != NULL) {
            found = &schema->entities[i];
            count++;
        }
    if (count != 1)
        return pb_fail(err, PB_USAGE, PB_MSG("Say of which kind with --entity."), NULL);
    *ret_entity = found;
    return PB_OK;
}

static pb_status find_step(const model_entity *entity, pb_str name, size_t *ret_at, pb_error *err)
{
    for (size_t i = 0; entity->convert != NULL && i < entity->convert->step_count; i++)
        if (pb_str_eq(entity->convert->steps[i].entity->name, name)) {
            *ret_at = i;
            return PB_OK;
        }
    return pb_fail(err, PB_USAGE, PB_MSG("Records of {entity} do not become “{name}”."), "entity",
                   PB_ARG(entity->label), "name", PB_ARG(name), NULL);
}

/* KIND=RECORD: it is that one, by its id, source id or name. */
static pb_status read_use(db_workspace *workspace, const model_entity *entity, const char *text,
                          service_convert_wish *wishes, pb_error *err)
{
    db_session *session = NULL;
    pb_str kind, rest = pb_str_c(text);
    size_t at = 0;
    pb_str_split(&rest, '=', &kind);
    if (pb_str_empty(rest))
        return pb_fail(err, PB_USAGE, PB_MSG("--use must be KIND=RECORD, not “{value}”"), "value",
                       text, NULL);
    PB_TRY(find_step(entity, kind, &at, err));
    wishes[at].way = SERVICE_CONVERT_USE;
    PB_TRY(db_snapshot_open(workspace, &session, err));
    pb_status status =
        record_lookup(session, entity->convert->steps[at].entity, rest, &wishes[at].id, err);
    db_snapshot_close(session);
    return status;
}

static pb_status read_wishes(cli_context *context, db_workspace *workspace,
                             const model_entity *entity, const service_convert_wish **ret_wishes,
                             pb_error *err)
{
    const char *const *names = NULL;
    size_t count = 0, at = 0, steps = entity->convert == NULL ? 0 : entity->convert->step_count;
    service_convert_wish *wishes = pb_arena_array(context->arena, steps + 1, sizeof *wishes);
    if (wishes == NULL)
        return pb_fail_memory(err);
    PB_TRY(cli_values(context, "use", &names, &count, err));
    for (size_t i = 0; i < count; i++)
        PB_TRY(read_use(workspace, entity, names[i], wishes, err));
    PB_TRY(cli_values(context, "make", &names, &count, err));
    for (size_t i = 0; i < count; i++) {
        PB_TRY(find_step(entity, pb_str_c(names[i]), &at, err));
        wishes[at].way = SERVICE_CONVERT_MAKE;
    }
    PB_TRY(cli_values(context, "leave", &names, &count, err));
    for (size_t i = 0; i < count; i++) {
        PB_TRY(find_step(entity, pb_str_c(names[i]), &at, err));
        wishes[at].way = SERVICE_CONVERT_LEAVE;
    }
    *ret_wishes = wishes;
    return PB_OK;
}

/* --- what came of it --- */

static void put_id(pb_json *json, const char *name, pb_uuid id)
{
    char text[37];
    pb_uuid_text(id, text);
    pb_json_member(json, name, pb_str_c(text));
}

static void step_text(const cli_context *context, const service_converted_step *told, bool dry_run,
                      pb_buf *out)
{
    char id[37];
    const char *says = !told->made && !told->used ? PB_MSG("{entity}: left out")
                       : told->used               ? PB_MSG("{entity}: {id}, which was there")
                       : dry_run                  ? PB_MSG("{entity}: would be made")
                                                  : PB_MSG("{entity}: {id}, made");
    pb_uuid_text(told->record.record.id, id);
    pb_buf_addc(out, "  ");
    cli_say(context, out, says, "entity", cli_text(context, told->step->entity->label.ptr), "id",
            id, NULL);
    pb_buf_byte(out, '\n');
    for (size_t i = 0; i < told->likely_count; i++) {
        pb_buf_addc(out, "    ");
        cli_say(context, out, PB_MSG("likely the same as {name}: --use {kind}={name}"), "name",
                PB_ARG(told->likely[i].called), "kind", PB_ARG(told->step->entity->name), NULL);
        pb_buf_byte(out, '\n');
    }
}

static void converted_text(const cli_context *context, const service_converted *converted,
                           bool dry_run, pb_buf *out)
{
    PB_AUTO_BUF way = PB_BUF_INIT(4096);
    char id[37];
    pb_uuid_text(converted->record.record.id, id);
    cli_say(context, out,
            converted->already ? PB_MSG("{entity} {id} was converted before into:")
                               : PB_MSG("{entity} {id} is converted into:"),
            "entity", cli_text(context, converted->entity->label.ptr), "id", id, NULL);
    pb_buf_byte(out, '\n');
    for (size_t i = 0; i < converted->count; i++)
        step_text(context, &converted->steps[i], dry_run, out);
    cli_say(context, out, PB_MSG("Records that link to what it became, too: {count}"), "count",
            cli_count(context, converted->linked), NULL);
    pb_buf_byte(out, '\n');
    pb_buf_printf(&way, "probity unconvert %s %s", context->call.arguments[0], id);
    cli_merge_way_back(context, dry_run && !converted->already, pb_buf_cstr(&way), out);
}

static void converted_json(const service_converted *converted, bool dry_run, pb_buf *out)
{
    pb_json json;
    pb_json_init(&json, out, 2);
    pb_json_object(&json);
    pb_json_member(&json, "entity", converted->entity->name);
    put_id(&json, "record", converted->record.record.id);
    pb_json_key(&json, "dry_run");
    pb_json_bool(&json, dry_run);
    pb_json_key(&json, "already");
    pb_json_bool(&json, converted->already);
    pb_json_member_i64(&json, "run", dry_run && !converted->already ? 0 : converted->run);
    pb_json_key(&json, "steps");
    pb_json_array(&json);
    for (size_t i = 0; i < converted->count; i++) {
        const service_converted_step *told = &converted->steps[i];
        pb_json_object(&json);
        pb_json_member(&json, "entity", told->step->entity->name);
        pb_json_member(&json, "what",
                       told->made   ? PB_STR("made")
                       : told->used ? PB_STR("used")
                                    : PB_STR("left_out"));
        if (told->used || (told->made && (!dry_run || converted->already)))
            put_id(&json, "record", told->record.record.id);
        pb_json_key(&json, "likely");
        pb_json_array(&json);
        for (size_t k = 0; k < told->likely_count; k++)
            pb_json_str(&json, told->likely[k].called);
        pb_json_array_end(&json);
        pb_json_object_end(&json);
    }
    pb_json_array_end(&json);
    pb_json_member_i64(&json, "linked", (int64_t)converted->linked);
    pb_json_object_end(&json);
    pb_buf_byte(out, '\n');
}

pb_status cli_run_convert(cli_context *context, int *ret_exit, pb_error *err)
{
    PB_AUTO_BUF out = PB_BUF_INIT(16 << 20);
    service_call call = cli_service_call(context, "convert");
    service_convert_ask ask = {.name = context->call.arguments[1],
                               .duplicates = RECORD_DUPLICATES_DECLARED,
                               .dry_run = cli_flag(context, "dry-run")};
    service_converted converted = {.run = 0};
    db_workspace *workspace = NULL;
    PB_TRY(cli_open_argument(context, &workspace, err));
    pb_status status = find_entity(context, workspace, &ask.entity, err);
    if (status == PB_OK)
        status = read_wishes(context, workspace, ask.entity, &ask.wishes, err);
    if (status == PB_OK)
        status = service_convert(&call, workspace, &ask, context->arena, &converted, err);
    db_workspace_close(workspace);
    PB_TRY(status);
    if (context->json)
        converted_json(&converted, ask.dry_run, &out);
    else if (!context->quiet)
        converted_text(context, &converted, ask.dry_run, &out);
    *ret_exit = 0;
    return cli_finish(&out, err);
}

/* --- taken back --- */

static void unconverted_text(const cli_context *context, const service_unconverted *done,
                             bool dry_run, pb_buf *out)
{
    PB_AUTO_BUF way = PB_BUF_INIT(4096);
    cli_say(context, out,
            PB_MSG("Records deleted: {deleted}; with values put back: {changed}; left as they are: "
                   "{kept}"),
            "deleted", cli_count(context, done->counts.deleted), "changed",
            cli_count(context, done->counts.changed), "kept", cli_count(context, done->counts.kept),
            NULL);
    pb_buf_byte(out, '\n');
    for (size_t i = 0; i < done->kept_count; i++) {
        const record_undo_kept *kept = &done->kept[i];
        char id[37];
        pb_uuid_text(kept->id, id);
        pb_buf_printf(out, "  %s %s%s%s: %s\n", cli_text(context, kept->entity->label.ptr), id,
                      kept->field ? ", " : "",
                      kept->field ? cli_text(context, kept->field->label.ptr) : "",
                      cli_text(context, kept->says.ptr));
    }
    if (dry_run)
        cli_say(context, out, PB_MSG("This was a rehearsal: nothing was changed."), NULL);
    else
        cli_say(context, out, PB_MSG("To convert it again: {command}"), "command",
                (pb_buf_printf(&way, "probity undo %s -w %s", PB_ARG_INT(done->run),
                               context->call.arguments[0]),
                 pb_buf_cstr(&way)),
                NULL);
    pb_buf_byte(out, '\n');
}

static void unconverted_json(const service_unconverted *done, bool dry_run, pb_buf *out)
{
    pb_json json;
    pb_json_init(&json, out, 2);
    pb_json_object(&json);
    pb_json_member(&json, "entity", done->entity->name);
    put_id(&json, "record", done->record.record.id);
    pb_json_key(&json, "dry_run");
    pb_json_bool(&json, dry_run);
    pb_json_member_i64(&json, "run", dry_run ? 0 : done->run);
    pb_json_member_i64(&json, "deleted", (int64_t)done->counts.deleted);
    pb_json_member_i64(&json, "changed", (int64_t)done->counts.changed);
    pb_json_member_i64(&json, "kept", (int64_t)done->counts.kept);
    pb_json_object_end(&json);
    pb_buf_byte(out, '\n');
}

pb_status cli_run_unconvert(cli_context *context, int *ret_exit, pb_error *err)
{
    PB_AUTO_BUF out = PB_BUF_INIT(16 << 20);
    service_call call = cli_service_call(context, "unconvert");
    const model_entity *entity = NULL;
    bool dry_run = cli_flag(context, "dry-run");
    db_workspace *workspace = NULL;
    service_unconverted done;
    PB_TRY(cli_open_argument(context, &workspace, err));
    pb_status status = find_entity(context, workspace, &entity, err);
    if (status == PB_OK)
        status = service_unconvert(&call, workspace, entity, context->call.arguments[1], dry_run,
                                   context->arena, &done, err);
    db_workspace_close(workspace);
    PB_TRY(status);
    if (context->json)
        unconverted_json(&done, dry_run, &out);
    else if (!context->quiet)
        unconverted_text(context, &done, dry_run, &out);
    *ret_exit = 0;
    return cli_finish(&out, err);
}
