/* show, find. */
#include "command.h"

#include "base/bytes.h"
#include "base/time.h"
#include "record/merge.h"
#include "service/reads.h"

/* One record shown after another, as text or as a JSON list. */
typedef struct listing {
    cli_context *context;
    pb_buf *out;
    pb_json json;
    uint64_t count;
    pb_uuid id; /* of the record whose history is told */
} listing;

static pb_str record_title(const record_data *record, pb_buf *room)
{
    for (size_t i = 0; i < record->entity->field_count; i++) {
        const model_field *field = &record->entity->fields[i];
        if (!field->title || record->values[i].kind == PB_NULL)
            continue;
        if (room->len > 0)
            pb_buf_byte(room, ' ');
        cli_put_value(field, record->values[i], record->currencies[i], record->refs[i], room);
    }
    return pb_buf_str(room);
}

static void values_json(const record_data *record, pb_json *json)
{
    for (size_t i = 0; i < record->entity->field_count; i++) {
        const model_field *field = &record->entity->fields[i];
        PB_AUTO_BUF text = PB_BUF_INIT(16 << 20);
        if (record->values[i].kind == PB_NULL && pb_str_empty(record->refs[i]))
            continue;
        cli_put_value(field, record->values[i], record->currencies[i], record->refs[i], &text);
        pb_json_key_str(json, field->name);
        if (field->type == MODEL_INTEGER)
            pb_json_i64(json, record->values[i].as.i);
        else
            pb_json_str(json, pb_buf_str(&text));
    }
}

static void record_json(const record_data *record, pb_json *json)
{
    char id[37];
    pb_uuid_text(record->id, id);
    pb_json_member(json, "entity", record->entity->name);
    pb_json_member(json, "id", pb_str_c(id));
    if (!pb_str_empty(record->source_id))
        pb_json_member(json, "source_id", record->source_id);
    pb_json_member_i64(json, "version", record->version);
    pb_json_key(json, "deleted");
    pb_json_bool(json, record->deleted);
    pb_json_key(json, "values");
    pb_json_object(json);
    values_json(record, json);
    pb_json_object_end(json);
}

static void record_text(const cli_context *context, const record_data *record, pb_buf *out)
{
    char id[37];
    PB_AUTO_BUF title = PB_BUF_INIT(1 << 20);
    pb_uuid_text(record->id, id);
    pb_str shown = record_title(record, &title);
    pb_buf_printf(out, "%s: %.*s\n", cli_text(context, record->entity->label.ptr),
                  PB_STR_FMT(shown));
    pb_buf_printf(out, "  id: %s", id);
    if (!pb_str_empty(record->source_id))
        pb_buf_printf(out, " (%.*s)", PB_STR_FMT(record->source_id));
    pb_buf_byte(out, '\n');
    for (size_t i = 0; i < record->entity->field_count; i++) {
        const model_field *field = &record->entity->fields[i];
        if (record->values[i].kind == PB_NULL && pb_str_empty(record->refs[i]))
            continue;
        pb_buf_printf(out, "  %s: ", cli_text(context, field->label.ptr));
        cli_put_value(field, record->values[i], record->currencies[i], record->refs[i], out);
        pb_buf_byte(out, '\n');
    }
    if (record->deleted)
        pb_buf_printf(out, "  %s\n", cli_text(context, PB_MSG("This record is deleted.")));
}

static void put_uuid(pb_str bytes, pb_buf *out)
{
    char text[37];
    pb_uuid id;
    memcpy(&id, bytes.ptr, sizeof id);
    pb_uuid_text(id, text);
    pb_buf_addc(out, text);
}

static void change_value(const record_step *step, size_t i, pb_value value, pb_buf *out)
{
    const model_field *field = step->changes[i].field;
    if (value.kind == PB_NULL)
        pb_buf_addc(out, "–");
    else if (field != NULL && field->type != MODEL_LINK)
        model_write(field, value, PB_STR_NONE, out);
    else if (value.kind == PB_TEXT)
        pb_buf_add(out, value.as.s);
    else if (value.kind == PB_BLOB && value.as.s.len == sizeof(pb_uuid))
        put_uuid(value.as.s, out);
    else if (value.kind == PB_BLOB)
        pb_hex(out, value.as.s.ptr, value.as.s.len);
    else
        pb_buf_i64(out, value.as.i);
}

static pb_status history_text(void *opaque, const record_step *step, pb_error *err)
{
    listing *list = opaque;
    pb_buf *out = list->out;
    char id[37];
    (void)err;
    pb_buf_addc(out, "  ");
    pb_instant_format(out, step->event.at_us);
    const char *says = ledger_kind_says(pb_str_c(step->event.kind));
    pb_buf_printf(out, "  %.*s  %s  (%s %s)\n", PB_STR_FMT(step->event.actor.name),
                  says == NULL ? step->event.kind : cli_text(list->context, says),
                  cli_text(list->context, PB_MSG("event")), PB_ARG_INT(step->sequence));
    if (step->erased)
        pb_buf_printf(out, "    %s\n", cli_text(list->context, PB_MSG("what it held was erased")));
    if (memcmp(step->event.record.b, list->id.b, sizeof list->id.b) != 0) {
        pb_buf_addc(out, "    ");
        pb_uuid_text(step->event.record, id);
        cli_say(list->context, out, PB_MSG("of {id}, which was merged into this record"), "id", id,
                NULL);
        pb_buf_byte(out, '\n');
    }
    for (size_t i = 0; i < step->choice_count; i++) {
        const struct record_choice *choice = &step->choices[i];
        if (!choice->several)
            pb_uuid_text(choice->from, id);
        pb_buf_printf(out, "    %.*s: %s%s%s\n", PB_STR_FMT(choice->field),
                      cli_text(list->context, record_merge_says(choice->why)),
                      choice->several ? "" : ", ", choice->several ? "" : id);
    }
    for (size_t i = 0; i < step->change_count && step->event.version > 1; i++) {
        pb_buf_printf(out, "    %.*s: ", PB_STR_FMT(step->changes[i].name));
        change_value(step, i, step->changes[i].before, out);
        pb_buf_addc(out, " → ");
        change_value(step, i, step->changes[i].after, out);
        pb_buf_byte(out, '\n');
    }
    return PB_OK;
}

static void choices_json(const record_step *step, pb_json *json)
{
    pb_json_key(json, "choices");
    pb_json_object(json);
    for (size_t i = 0; i < step->choice_count; i++) {
        const struct record_choice *choice = &step->choices[i];
        char id[37];
        pb_json_key_str(json, choice->field);
        pb_json_object(json);
        pb_json_member(json, "why", choice->why);
        pb_uuid_text(choice->from, id);
        if (!choice->several)
            pb_json_member(json, "from", pb_str_c(id));
        pb_json_object_end(json);
    }
    pb_json_object_end(json);
}

static pb_status history_json(void *opaque, const record_step *step, pb_error *err)
{
    listing *list = opaque;
    pb_json *json = &list->json;
    PB_AUTO_BUF text = PB_BUF_INIT(16 << 20);
    char id[37];
    (void)err;
    pb_json_object(json);
    pb_json_member_i64(json, "event", (int64_t)step->sequence);
    pb_json_member(json, "kind", pb_str_c(step->event.kind));
    pb_instant_format(&text, step->event.at_us);
    pb_json_member(json, "at", pb_buf_str(&text));
    pb_json_member(json, "actor", step->event.actor.name);
    pb_json_member_i64(json, "version", step->event.version);
    pb_uuid_text(step->event.record, id);
    pb_json_member(json, "record", pb_str_c(id));
    if (step->choice_count > 0)
        choices_json(step, json);
    pb_json_key(json, "erased");
    pb_json_bool(json, step->erased);
    pb_json_key(json, "changes");
    pb_json_object(json);
    for (size_t i = 0; i < step->change_count; i++) {
        pb_json_key_str(json, step->changes[i].name);
        pb_json_array(json);
        for (int side = 0; side < 2; side++) {
            pb_value value = side == 0 ? step->changes[i].before : step->changes[i].after;
            pb_buf_clear(&text);
            change_value(step, i, value, &text);
            if (value.kind == PB_NULL)
                pb_json_null(json);
            else
                pb_json_str(json, pb_buf_str(&text));
        }
        pb_json_array_end(json);
    }
    pb_json_object_end(json);
    pb_json_object_end(json);
    return PB_OK;
}

/* The records that a name fits, for the error that there are several. */
typedef struct namesakes {
    pb_buf list;
    size_t count;
} namesakes;

static pb_status namesake(void *opaque, const record_data *record, pb_error *err)
{
    namesakes *all = opaque;
    char id[37];
    (void)err;
    pb_uuid_text(record->id, id);
    pb_buf_printf(&all->list, "%s", all->count++ > 0 ? ", " : "");
    if (pb_str_empty(record->source_id))
        pb_buf_addc(&all->list, id);
    else
        pb_buf_add(&all->list, record->source_id);
    return PB_OK;
}

/* Finds the record meant; when several have the name, says which. */
static pb_status look_up(cli_context *context, db_session *session, const model_entity *entity,
                         pb_uuid *ret_id, pb_error *err)
{
    enum { MOST_NAMED = 5 };
    pb_str text = pb_str_c(context->call.arguments[1]);
    namesakes all = {.list = PB_BUF_INIT(65536)};
    pb_status status = record_lookup(session, entity, text, ret_id, err);
    if (status == PB_CONFLICT &&
        record_find(session, entity, text, MOST_NAMED, namesake, &all, NULL) == PB_OK &&
        all.count > 1)
        pb_error_detail(err, PB_MSG("Possible: {list}"), "list", pb_buf_cstr(&all.list), NULL);
    pb_buf_free(&all.list);
    return status;
}

/* In the order of the view: the record first, then its history. */
static pb_status shown_json(void *opaque, const record_data *record, pb_error *err)
{
    listing *list = opaque;
    (void)err;
    record_json(record, &list->json);
    pb_json_key(&list->json, "history");
    pb_json_array(&list->json);
    return PB_OK;
}

static pb_status shown_text(void *opaque, const record_data *record, pb_error *err)
{
    listing *list = opaque;
    (void)err;
    record_text(list->context, record, list->out);
    pb_buf_printf(list->out, "%s\n", cli_text(list->context, PB_MSG("History, newest first")));
    return PB_OK;
}

static pb_status show(cli_context *context, db_workspace *workspace, const model_entity *entity,
                      pb_uuid id, pb_buf *out, pb_error *err)
{
    listing list = {.context = context, .out = out, .id = id};
    service_call call = cli_service_call(context, "show");
    service_view view = {shown_text, history_text, &list};
    if (!context->json)
        return service_show(&call, workspace, entity, id, &view, context->arena, err);
    view.record = shown_json;
    view.step = history_json;
    pb_json_init(&list.json, out, 2);
    pb_json_object(&list.json);
    PB_TRY(service_show(&call, workspace, entity, id, &view, context->arena, err));
    pb_json_array_end(&list.json);
    pb_json_object_end(&list.json);
    pb_buf_byte(out, '\n');
    return PB_OK;
}

pb_status cli_run_show(cli_context *context, int *ret_exit, pb_error *err)
{
    PB_AUTO_BUF out = PB_BUF_INIT(256 << 20);
    const model_entity *entity = NULL;
    db_workspace *workspace = NULL;
    db_session *session = NULL;
    pb_uuid id;
    PB_TRY(cli_open_workspace(context, &workspace, err));
    pb_status status = cli_entity(context, context->call.arguments[0], &entity, err);
    if (status == PB_OK)
        status = db_snapshot_open(workspace, &session, err);
    if (status == PB_OK)
        status = look_up(context, session, entity, &id, err);
    db_snapshot_close(session);
    if (status == PB_OK)
        status = show(context, workspace, entity, id, &out, err);
    db_workspace_close(workspace);
    PB_TRY(status);
    *ret_exit = 0;
    return cli_finish(&out, err);
}

static pb_status found(void *opaque, const record_data *record, pb_error *err)
{
    listing *list = opaque;
    (void)err;
    list->count++;
    if (list->context->json) {
        pb_json_object(&list->json);
        record_json(record, &list->json);
        pb_json_object_end(&list->json);
    } else {
        record_text(list->context, record, list->out);
    }
    return PB_OK;
}

static pb_status find(cli_context *context, db_workspace *workspace, const model_entity *entity,
                      int64_t limit, pb_buf *out, pb_error *err)
{
    listing list = {.context = context, .out = out};
    service_call call = cli_service_call(context, "find");
    const service_view view = {.record = found, .context = &list};
    PB_AUTO_BUF words = PB_BUF_INIT(65536);
    for (size_t i = 0; i < context->call.argument_count; i++)
        pb_buf_printf(&words, "%s%s", i > 0 ? " " : "", context->call.arguments[i]);
    pb_json_init(&list.json, out, 2);
    if (context->json)
        pb_json_array(&list.json);
    PB_TRY(service_find(&call, workspace, entity, pb_buf_str(&words), limit, &view, err));
    if (context->json) {
        pb_json_array_end(&list.json);
        pb_buf_byte(out, '\n');
    } else if (list.count == 0) {
        cli_say(context, out,
                PB_MSG("Nothing found for “{words}”. Fewer or shorter words find more."), "words",
                pb_buf_cstr(&words), NULL);
        pb_buf_byte(out, '\n');
    }
    return PB_OK;
}

pb_status cli_run_find(cli_context *context, int *ret_exit, pb_error *err)
{
    PB_AUTO_BUF out = PB_BUF_INIT(256 << 20);
    const char *name = cli_value(context, "entity");
    const model_entity *entity = NULL;
    int64_t limit;
    db_workspace *workspace = NULL;
    PB_TRY(cli_number(context, "limit", 1, 500, &limit, err));
    PB_TRY(cli_open_workspace(context, &workspace, err));
    pb_status status = name != NULL ? cli_entity(context, name, &entity, err) : PB_OK;
    if (status == PB_OK)
        status = find(context, workspace, entity, limit, &out, err);
    db_workspace_close(workspace);
    PB_TRY(status);
    *ret_exit = 0;
    return cli_finish(&out, err);
}
