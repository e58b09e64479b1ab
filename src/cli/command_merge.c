/* merge (of a few records), unmerge. */
#include "command_merge.h"
#include "command.h"

#include "base/bytes.h"

/* What a record is called in a list: the source's own id, else its id, written into `room`. */
static pb_str record_name(const record_data *record, char room[37])
{
    if (!pb_str_empty(record->source_id))
        return record->source_id;
    pb_uuid_text(record->id, room);
    return pb_str_c(room);
}

void cli_merge_way_back(const cli_context *context, bool dry_run, const char *way, pb_buf *out)
{
    if (dry_run)
        cli_say(context, out, PB_MSG("This was a rehearsal: nothing was changed."), NULL);
    else
        cli_say(context, out, PB_MSG("To take it apart again: {command}"), "command", way, NULL);
    pb_buf_byte(out, '\n');
}

/* --- as text --- */

static void value_text(const record_data *record, const model_field *field, pb_buf *out)
{
    size_t i = field->index;
    if (record->values[i].kind == PB_NULL && pb_str_empty(record->refs[i]))
        pb_buf_addc(out, "–");
    else
        cli_put_value(field, record->values[i], record->currencies[i], record->refs[i], out);
}

static void field_text(const cli_context *context, const service_merged *merged,
                       const record_merge_field *field, pb_buf *out)
{
    char room[37];
    pb_buf_printf(out, "  %s: ", cli_text(context, field->field->label.ptr));
    value_text(&merged->after, field->field, out);
    const char *why = cli_text(context, record_merge_says(pb_str_c(field->why)));
    if (field->from >= 0) {
        pb_str from = record_name(&merged->records[field->from], room);
        pb_buf_printf(out, "  (%.*s: %s", PB_STR_FMT(from), why);
    } else {
        pb_buf_printf(out, "  (%s", why);
    }
    if (field->more > 0) {
        pb_buf_addc(out, "; ");
        cli_say(context, out, PB_MSG("further values put beside it: {count}"), "count",
                cli_count(context, field->more), NULL);
    }
    pb_buf_addc(out, ")\n");
    for (size_t i = 0; i < merged->count && field->differs; i++) {
        size_t at = field->field->index;
        pb_str name = record_name(&merged->records[i], room);
        if (merged->records[i].values[at].kind == PB_NULL)
            continue;
        pb_buf_printf(out, "    %.*s: ", PB_STR_FMT(name));
        value_text(&merged->records[i], field->field, out);
        pb_buf_byte(out, '\n');
    }
    if (field->conflict)
        pb_buf_printf(out, "    %s\n",
                      cli_text(context, PB_MSG("Two different values of this kind may mean that "
                                               "these are two and not one.")));
}

static void fields_text(const cli_context *context, const service_merged *merged, pb_buf *out)
{
    uint64_t alike = 0;
    for (size_t i = 0; i < merged->entity->field_count; i++) {
        const record_merge_field *field = &merged->fields[i];
        if (field->changed || field->differs || field->more > 0 ||
            pb_str_is(pb_str_c(field->why), "hand"))
            field_text(context, merged, field, out);
        else
            alike += field->from >= 0;
    }
    cli_say(context, out, PB_MSG("  Fields that stay as they are: {count}"), "count",
            cli_count(context, alike), NULL);
    pb_buf_byte(out, '\n');
}

static void gain_text(const cli_context *context, const service_gain *gain, pb_buf *out)
{
    PB_AUTO_BUF fields = PB_BUF_INIT(65536);
    pb_buf_addc(out, "  ");
    if (gain->loses) {
        cli_say(context, out, PB_MSG("{who} no longer sees what was merged away"), "who",
                PB_ARG(gain->who), NULL);
        pb_buf_byte(out, '\n');
        return;
    }
    for (size_t i = 0; i < gain->field_count; i++)
        pb_buf_printf(&fields, "%s%s", i > 0 ? ", " : "",
                      cli_text(context, gain->fields[i]->label.ptr));
    cli_say(context, out,
            PB_MSG("{who} sees now what {records} of these records held: history, linked records "
                   "{links}, fields {fields}"),
            "who", PB_ARG(gain->who), "records", cli_count(context, gain->records), "links",
            cli_count(context, gain->links), "fields", fields.len > 0 ? pb_buf_cstr(&fields) : "–",
            NULL);
    pb_buf_byte(out, '\n');
}

static void merged_text(const cli_context *context, const service_merged *merged, bool dry_run,
                        pb_buf *out)
{
    char room[37], id[37];
    PB_AUTO_BUF gone = PB_BUF_INIT(1 << 20), way = PB_BUF_INIT(4096);
    for (size_t i = 1; i < merged->count; i++) {
        pb_str name = record_name(&merged->records[i], room);
        pb_buf_printf(&gone, "%s%.*s", i > 1 ? ", " : "", PB_STR_FMT(name));
    }
    cli_say(context, out, PB_MSG("{entity} {survivor} survives; merged into it: {gone}"), "entity",
            cli_text(context, merged->entity->label.ptr), "survivor",
            PB_ARG(record_name(&merged->records[0], room)), "gone", pb_buf_cstr(&gone), NULL);
    pb_buf_byte(out, '\n');
    fields_text(context, merged, out);
    cli_say(context, out, PB_MSG("Links moved: {count}"), "count",
            cli_count(context, merged->counts.links), NULL);
    pb_buf_byte(out, '\n');
    if (merged->gain_count > 0)
        pb_buf_printf(out, "%s\n",
                      cli_text(context, PB_MSG("Who sees more, or less, than before")));
    for (size_t i = 0; i < merged->gain_count; i++)
        gain_text(context, &merged->gains[i], out);
    if (merged->said_different)
        pb_buf_printf(out, "%s\n",
                      cli_text(context, PB_MSG("A reviewer had said that two of these records are "
                                               "not one.")));
    pb_uuid_text(merged->records[0].id, id);
    pb_buf_printf(&way, "probity unmerge %s %s", context->call.arguments[0], id);
    cli_merge_way_back(context, dry_run, pb_buf_cstr(&way), out);
}

/* --- as JSON --- */

static void put_id(pb_json *json, const char *name, pb_uuid id)
{
    char text[37];
    pb_uuid_text(id, text);
    pb_json_member(json, name, pb_str_c(text));
}

static void put_member_value(pb_json *json, const record_data *record, const model_field *field)
{
    PB_AUTO_BUF text = PB_BUF_INIT(16 << 20);
    size_t i = field->index;
    if (record->values[i].kind == PB_NULL && pb_str_empty(record->refs[i])) {
        pb_json_null(json);
        return;
    }
    cli_put_value(field, record->values[i], record->currencies[i], record->refs[i], &text);
    pb_json_str(json, pb_buf_str(&text));
}

static void field_json(const service_merged *merged, const record_merge_field *field, pb_json *json)
{
    pb_json_key_str(json, field->field->name);
    pb_json_object(json);
    pb_json_key(json, "value");
    put_member_value(json, &merged->after, field->field);
    if (field->from >= 0)
        put_id(json, "from", merged->records[field->from].id);
    pb_json_member(json, "why", pb_str_c(field->why));
    pb_json_key(json, "changed");
    pb_json_bool(json, field->changed);
    pb_json_key(json, "differs");
    pb_json_bool(json, field->differs);
    pb_json_key(json, "conflict");
    pb_json_bool(json, field->conflict);
    pb_json_member_i64(json, "more", (int64_t)field->more);
    pb_json_key(json, "values");
    pb_json_array(json);
    for (size_t i = 0; i < merged->count; i++)
        put_member_value(json, &merged->records[i], field->field);
    pb_json_array_end(json);
    pb_json_object_end(json);
}

static void gain_json(const service_gain *gain, pb_json *json)
{
    pb_json_object(json);
    pb_json_member(json, "who", gain->who);
    pb_json_key(json, "loses");
    pb_json_bool(json, gain->loses);
    pb_json_member_i64(json, "records", (int64_t)gain->records);
    pb_json_member_i64(json, "linked_records", (int64_t)gain->links);
    pb_json_key(json, "fields");
    pb_json_array(json);
    for (size_t i = 0; i < gain->field_count; i++)
        pb_json_str(json, gain->fields[i]->name);
    pb_json_array_end(json);
    pb_json_object_end(json);
}

static void records_json(const service_merged *merged, pb_json *json)
{
    char id[37];
    pb_json_member(json, "entity", merged->entity->name);
    put_id(json, "survivor", merged->records[0].id);
    pb_json_key(json, "merged");
    pb_json_array(json);
    for (size_t i = 1; i < merged->count; i++) {
        pb_uuid_text(merged->records[i].id, id);
        pb_json_str(json, pb_str_c(id));
    }
    pb_json_array_end(json);
}

static void merged_json(const service_merged *merged, bool dry_run, pb_buf *out)
{
    pb_json json;
    pb_json_init(&json, out, 2);
    pb_json_object(&json);
    records_json(merged, &json);
    pb_json_key(&json, "dry_run");
    pb_json_bool(&json, dry_run);
    pb_json_member_i64(&json, "run", dry_run ? 0 : merged->run);
    pb_json_member_i64(&json, "links_moved", (int64_t)merged->counts.links);
    pb_json_key(&json, "said_different");
    pb_json_bool(&json, merged->said_different);
    pb_json_key(&json, "fields");
    pb_json_object(&json);
    for (size_t i = 0; i < merged->entity->field_count; i++)
        if (merged->fields[i].from != RECORD_MERGE_NONE || merged->fields[i].changed)
            field_json(merged, &merged->fields[i], &json);
    pb_json_object_end(&json);
    pb_json_key(&json, "links");
    pb_json_array(&json);
    for (size_t i = 0; i < merged->link_count; i++) {
        pb_json_object(&json);
        pb_json_member(&json, "entity", merged->links[i].field->entity->name);
        put_id(&json, "record", merged->links[i].id);
        pb_json_member(&json, "field", merged->links[i].field->name);
        put_id(&json, "from", merged->links[i].from);
        pb_json_object_end(&json);
    }
    pb_json_array_end(&json);
    pb_json_key(&json, "visibility");
    pb_json_array(&json);
    for (size_t i = 0; i < merged->gain_count; i++)
        gain_json(&merged->gains[i], &json);
    pb_json_array_end(&json);
    pb_json_object_end(&json);
    pb_buf_byte(out, '\n');
}

/* --- the commands --- */

static pb_status merge_few(cli_context *context, const char *entity, pb_buf *out, pb_error *err)
{
    service_call call = cli_service_call(context, "merge");
    service_merged merged;
    db_workspace *workspace = NULL;
    service_merge_ask ask = {.names = context->call.arguments + 1,
                             .name_count = context->call.argument_count - 1,
                             .into = cli_value(context, "into"),
                             .dry_run = cli_flag(context, "dry-run")};
    PB_TRY(cli_values(context, "take", &ask.takes, &ask.take_count, err));
    PB_TRY(cli_open_argument(context, &workspace, err));
    pb_status status = entity != NULL ? cli_entity(context, entity, &ask.entity, err) : PB_OK;
    if (status == PB_OK)
        status = service_merge(&call, workspace, &ask, context->arena, &merged, err);
    db_workspace_close(workspace);
    cli_progress_end(context);
    PB_TRY(status);
    if (context->json)
        merged_json(&merged, ask.dry_run, out);
    else if (!context->quiet)
        merged_text(context, &merged, ask.dry_run, out);
    return PB_OK;
}

static pb_status refuse_usage(const char *detail, pb_error *err)
{
    pb_fail(err, PB_USAGE, PB_MSG("Nothing was merged."), NULL);
    pb_error_detail(err, detail, NULL);
    pb_error_hint(err, PB_MSG("`probity merge --help` shows examples."), NULL);
    return PB_USAGE;
}

pb_status cli_run_merge(cli_context *context, int *ret_exit, pb_error *err)
{
    PB_AUTO_BUF out = PB_BUF_INIT(256 << 20);
    const char *name = cli_value(context, "entity");
    int lists = (cli_value(context, "clusters") != NULL) + (cli_value(context, "pairs") != NULL) +
                cli_flag(context, "decided");
    bool few = context->call.argument_count > 1;
    if (lists + few != 1)
        return refuse_usage(PB_MSG("Name two records or more, or one list: --clusters, --pairs or "
                                   "--decided."),
                            err);
    if (few && context->call.argument_count < 3)
        return refuse_usage(PB_MSG("A merge needs two records or more."), err);
    if (cli_flag(context, "decided") && name == NULL)
        return refuse_usage(PB_MSG("Say of which kind with --entity."), err);
    PB_TRY(few ? merge_few(context, name, &out, err) : cli_merge_many(context, name, &out, err));
    *ret_exit = 0;
    return cli_finish(&out, err);
}

static void unmerged_text(const cli_context *context, const service_unmerged *unmerged,
                          bool dry_run, pb_buf *out)
{
    PB_AUTO_BUF way = PB_BUF_INIT(4096);
    cli_say(context, out,
            PB_MSG("Records brought back: {restored}; links that point to them again: {links}; "
                   "left as they are: {kept}"),
            "restored", cli_count(context, unmerged->counts.restored), "links",
            cli_count(context, unmerged->counts.links), "kept",
            cli_count(context, unmerged->counts.kept), NULL);
    pb_buf_byte(out, '\n');
    for (size_t i = 0; i < unmerged->kept_count; i++) {
        const record_undo_kept *kept = &unmerged->kept[i];
        pb_buf_printf(out, "  %s%s%s\n",
                      kept->field ? cli_text(context, kept->field->label.ptr) : "",
                      kept->field ? ": " : "", cli_text(context, kept->says.ptr));
    }
    if (dry_run)
        cli_say(context, out, PB_MSG("This was a rehearsal: nothing was changed."), NULL);
    else
        cli_say(context, out, PB_MSG("To merge them again: {command}"), "command",
                (pb_buf_printf(&way, "probity undo %s -w %s", PB_ARG_INT(unmerged->run),
                               context->call.arguments[0]),
                 pb_buf_cstr(&way)),
                NULL);
    pb_buf_byte(out, '\n');
}

static void unmerged_json(const service_unmerged *unmerged, bool dry_run, pb_buf *out)
{
    pb_json json;
    pb_json_init(&json, out, 2);
    pb_json_object(&json);
    pb_json_member(&json, "entity", unmerged->entity->name);
    put_id(&json, "record", unmerged->id);
    pb_json_key(&json, "dry_run");
    pb_json_bool(&json, dry_run);
    pb_json_member_i64(&json, "run", dry_run ? 0 : unmerged->run);
    pb_json_member_i64(&json, "restored", (int64_t)unmerged->counts.restored);
    pb_json_member_i64(&json, "links", (int64_t)unmerged->counts.links);
    pb_json_member_i64(&json, "kept", (int64_t)unmerged->counts.kept);
    pb_json_key(&json, "kept_values");
    pb_json_array(&json);
    for (size_t i = 0; i < unmerged->kept_count; i++) {
        pb_json_object(&json);
        put_id(&json, "record", unmerged->kept[i].id);
        if (unmerged->kept[i].field != NULL)
            pb_json_member(&json, "field", unmerged->kept[i].field->name);
        pb_json_member(&json, "why", unmerged->kept[i].says);
        pb_json_object_end(&json);
    }
    pb_json_array_end(&json);
    pb_json_object_end(&json);
    pb_buf_byte(out, '\n');
}

pb_status cli_run_unmerge(cli_context *context, int *ret_exit, pb_error *err)
{
    PB_AUTO_BUF out = PB_BUF_INIT(16 << 20);
    service_call call = cli_service_call(context, "unmerge");
    const char *name = cli_value(context, "entity");
    const model_entity *entity = NULL;
    bool dry_run = cli_flag(context, "dry-run");
    db_workspace *workspace = NULL;
    service_unmerged unmerged;
    PB_TRY(cli_open_argument(context, &workspace, err));
    pb_status status = name != NULL ? cli_entity(context, name, &entity, err) : PB_OK;
    if (status == PB_OK)
        status = service_unmerge(&call, workspace, entity, context->call.arguments[1], dry_run,
                                 context->arena, &unmerged, err);
    db_workspace_close(workspace);
    PB_TRY(status);
    if (context->json)
        unmerged_json(&unmerged, dry_run, &out);
    else if (!context->quiet)
        unmerged_text(context, &unmerged, dry_run, &out);
    *ret_exit = 0;
    return cli_finish(&out, err);
}
