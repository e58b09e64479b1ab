/* presets list, show. */
#include "command.h"

static void preset_json(const exchange_preset *preset, pb_json *json)
{
    pb_json_object(json);
    pb_json_member(json, "product", preset->product);
    pb_json_member(json, "title", preset->title);
    pb_json_key(json, "from");
    pb_json_array(json);
    for (size_t i = 0; i < preset->from.count; i++)
        pb_json_str(json, preset->from.items[i]);
    pb_json_array_end(json);
    pb_json_key(json, "tables");
    pb_json_array(json);
    for (size_t i = 0; i < preset->table_count; i++) {
        const exchange_preset_table *table = &preset->tables[i];
        pb_json_object(json);
        pb_json_member(json, "name", table->name);
        pb_json_member(json, "entity", table->entity->name);
        pb_json_member_i64(json, "headers", (int64_t)table->mapped);
        pb_json_member_i64(json, "left_out", (int64_t)table->ignored);
        pb_json_object_end(json);
    }
    pb_json_array_end(json);
    pb_json_object_end(json);
}

pb_status cli_run_presets_list(cli_context *context, int *ret_exit, pb_error *err)
{
    PB_AUTO_BUF out = PB_BUF_INIT(16 << 20);
    const exchange_presets *presets = NULL;
    pb_json json;
    PB_TRY(service_presets(context->service, &presets, err));
    pb_json_init(&json, &out, 2);
    if (context->json)
        pb_json_array(&json);
    for (size_t i = 0; i < exchange_preset_count(presets); i++) {
        const exchange_preset *preset = exchange_preset_at(presets, i);
        if (context->json) {
            preset_json(preset, &json);
            continue;
        }
        pb_buf_printf(&out, "%-14.*s %.*s:", PB_STR_FMT(preset->product),
                      PB_STR_FMT(preset->title));
        for (size_t t = 0; t < preset->table_count; t++)
            pb_buf_printf(&out, "%s %.*s", t > 0 ? "," : "", PB_STR_FMT(preset->tables[t].name));
        pb_buf_byte(&out, '\n');
    }
    if (context->json) {
        pb_json_array_end(&json);
        pb_buf_byte(&out, '\n');
    }
    *ret_exit = 0;
    return cli_finish(&out, err);
}

static void preset_page(const cli_context *context, const exchange_preset *preset, pb_buf *out)
{
    pb_buf_printf(out, "%.*s (--as %.*s)\n", PB_STR_FMT(preset->title),
                  PB_STR_FMT(preset->product));
    if (!pb_str_empty(preset->steps))
        pb_buf_printf(out, "\n%s\n  %.*s\n", cli_text(context, PB_MSG("Which export to make")),
                      PB_STR_FMT(pb_translate_str(context->catalog, preset->steps)));
    pb_buf_printf(out, "\n%s\n", cli_text(context, PB_MSG("Files that are known")));
    for (size_t t = 0; t < preset->table_count; t++) {
        const exchange_preset_table *table = &preset->tables[t];
        pb_buf_addc(out, "  ");
        cli_say(
            context, out,
            PB_MSG("{table} → {entity}: {mapped} headers are read, {ignored} left out"), "table",
            PB_ARG(table->name), "entity", cli_text(context, table->entity->plural.ptr), "mapped",
            cli_count(context, table->mapped), "ignored", cli_count(context, table->ignored), NULL);
        pb_buf_byte(out, '\n');
    }
    pb_buf_printf(out, "\n%s\n", cli_text(context, PB_MSG("Known from")));
    for (size_t i = 0; i < preset->from.count; i++)
        pb_buf_printf(out, "  %.*s\n", PB_STR_FMT(preset->from.items[i]));
}

pb_status cli_run_presets_show(cli_context *context, int *ret_exit, pb_error *err)
{
    PB_AUTO_BUF out = PB_BUF_INIT(16 << 20);
    const exchange_presets *presets = NULL;
    const exchange_preset *preset = NULL;
    PB_TRY(service_presets(context->service, &presets, err));
    PB_TRY(exchange_preset_find(presets, context->call.arguments[0], &preset, err));
    if (context->json) {
        pb_json json;
        pb_json_init(&json, &out, 2);
        preset_json(preset, &json);
        pb_buf_byte(&out, '\n');
    } else {
        preset_page(context, preset, &out);
    }
    *ret_exit = 0;
    return cli_finish(&out, err);
}
