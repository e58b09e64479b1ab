#include "command.h"

#include "base/bytes.h"
#include "base/time.h"
#include "sys/clock.h"
#include "sys/environment.h"

service_call cli_service_call(cli_context *context, const char *purpose)
{
    return (service_call){
        .actor = {sys_user_name(context->arena), pb_str_c(purpose), PB_STR("command line")},
        .now_us = sys_now_us(),
        .progress = cli_progress,
        .context = context};
}

pb_status cli_source(cli_context *context, service_source *ret_source, pb_error *err)
{
    service_source source = {.paths = context->call.arguments,
                             .path_count = context->call.argument_count,
                             .map_path = cli_value(context, "map"),
                             .as = cli_value(context, "as"),
                             .encoding = cli_value(context, "encoding"),
                             .with_deleted = cli_flag(context, "with-deleted"),
                             .password_file = cli_value(context, "password-file"),
                             .replica = cli_replica(context)};
    PB_TRY(cli_key_source(context, false, &source.key, err));
    *ret_source = source;
    return PB_OK;
}

static const char *entity_name(const void *list, size_t i)
{
    const model_schema *schema = list;
    return i < schema->entity_count ? schema->entities[i].name.ptr : NULL;
}

pb_status cli_entity(const cli_context *context, const char *name, const model_entity **ret_entity,
                     pb_error *err)
{
    const model_schema *schema = service_schema(context->service);
    const model_entity *entity = model_entity_find(schema, pb_str_c(name));
    if (entity != NULL) {
        *ret_entity = entity;
        return PB_OK;
    }
    pb_fail(err, PB_NOT_FOUND, PB_MSG("There is no entity “{entity}”"), "entity", name, NULL);
    const char *near = cli_nearest(name, entity_name, schema);
    PB_AUTO_BUF all = PB_BUF_INIT(PB_MSG_ARG_MAX);
    for (size_t i = 0; i < schema->entity_count; i++)
        pb_buf_printf(&all, "%s%.*s", i > 0 ? ", " : "", PB_STR_FMT(schema->entities[i].name));
    if (near != NULL)
        pb_error_hint(err, PB_MSG("Did you mean {near}? Possible: {list}"), "near", near, "list",
                      pb_buf_cstr(&all), NULL);
    else
        pb_error_hint(err, PB_MSG("Possible: {list}"), "list", pb_buf_cstr(&all), NULL);
    return PB_NOT_FOUND;
}

const char *cli_count(const cli_context *context, uint64_t count)
{
    PB_AUTO_BUF text = PB_BUF_INIT(128);
    pb_locale_int(context->locale, &text, (int64_t)count);
    const char *copy = pb_arena_cstr(context->arena, pb_buf_str(&text));
    return copy != NULL ? copy : "";
}

void cli_say_file(const cli_context *context, pb_buf *out, pb_str name, const char *entity_label,
                  uint64_t imported, uint64_t rows, uint64_t rejected)
{
    cli_say_n(context, out,
              PB_MSG_N("{file} → {entity}: {imported} of {rows} row imported, {rejected} rejected",
                       "{file} → {entity}: {imported} of {rows} rows imported, {rejected} "
                       "rejected"),
              rows, "file", PB_ARG(name), "entity", cli_text(context, entity_label), "imported",
              cli_count(context, imported), "rows", cli_count(context, rows), "rejected",
              cli_count(context, rejected), NULL);
}

void cli_put_value(const model_field *field, pb_value value, pb_str currency, pb_str ref,
                   pb_buf *out)
{
    if (field->type == MODEL_LINK && !pb_str_empty(ref)) {
        pb_buf_add(out, ref);
    } else if (field->type == MODEL_LINK && value.kind == PB_BLOB && value.as.s.len == 16) {
        char text[37];
        pb_uuid id;
        memcpy(id.b, value.as.s.ptr, sizeof id.b);
        pb_uuid_text(id, text);
        pb_buf_addc(out, text);
    } else if (field->type != MODEL_LINK) {
        model_write(field, value, currency, out);
        if (field->type == MODEL_MONEY && value.kind != PB_NULL && !pb_str_empty(currency))
            pb_buf_printf(out, " %.*s", PB_STR_FMT(currency));
    }
}

pb_status cli_finish(pb_buf *out, pb_error *err)
{
    return cli_print(out, err);
}

pb_status cli_open_argument(cli_context *context, db_workspace **ret_workspace, pb_error *err)
{
    db_options options = {.password_file = cli_value(context, "password-file"),
                          .replica = cli_replica(context),
                          .older = DB_OLDER_REFUSE};
    PB_TRY(cli_key_source(context, false, &options.key, err));
    PB_TRY(service_open_workspace(context->service, context->call.arguments[0], &options,
                                  ret_workspace, err));
    cli_tell_standby(context, *ret_workspace);
    return PB_OK;
}

const char *cli_seconds(const cli_context *context, int64_t us)
{
    const char *text = pb_arena_printf(context->arena, "%lld.%lld", (long long)(us / 1000000),
                                       (long long)(us / 100000 % 10));
    return text != NULL ? text : "";
}

const char *cli_moment(const cli_context *context, int64_t us)
{
    PB_AUTO_BUF text = PB_BUF_INIT(64);
    pb_instant_format(&text, us);
    const char *copy = pb_arena_cstr(context->arena, pb_buf_str(&text));
    return copy != NULL ? copy : "";
}

void cli_put_error(const cli_context *context, const pb_error *error, pb_buf *out)
{
    const pb_msg *parts[] = {&error->primary, &error->detail, &error->hint};
    for (size_t i = 0; i < 3; i++) {
        PB_AUTO_BUF text = PB_BUF_INIT(16384);
        pb_error_render(error, parts[i], context->catalog, &text);
        if (text.len > 0)
            pb_buf_printf(out, "%s%s", i > 0 ? " " : "", pb_buf_cstr(&text));
    }
}

pb_status cli_past(const cli_context *context, int64_t now_us, int64_t *ret_us, pb_error *err)
{
    const char *at = cli_value(context, "at");
    *ret_us = INT64_MAX;
    if (at == NULL)
        return PB_OK;
    if (!pb_instant_parse(pb_str_c(at), ret_us)) {
        pb_fail(err, PB_USAGE, PB_MSG("“{value}” is no moment."), "value", at, NULL);
        pb_error_hint(err, PB_MSG("Write it as 2026-11-22T08:30:00Z."), NULL);
        return PB_USAGE;
    }
    if (*ret_us > now_us)
        return pb_fail(err, PB_USAGE, PB_MSG("The moment {value} is still to come."), "value", at,
                       NULL);
    return PB_OK;
}
