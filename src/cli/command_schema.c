/* schema: the published JSON Schemas. */
#include "command.h"

static const struct published {
    const char *name, *asset, *says;
} schemas[] = {
    {"report", "doc/schema/report-1.json", PB_MSG("report.json of `probity audit`")},
    {"comparison", "doc/schema/comparison-1.json", PB_MSG("comparison.json of `probity compare`")},
};

static void list(const cli_context *context, pb_buf *out)
{
    pb_json json;
    pb_json_init(&json, out, 2);
    if (context->json)
        pb_json_array(&json);
    for (size_t i = 0; i < sizeof schemas / sizeof *schemas; i++) {
        if (context->json)
            pb_json_c(&json, schemas[i].name);
        else
            pb_buf_printf(out, "%-12s %s\n", schemas[i].name, cli_text(context, schemas[i].says));
    }
    if (context->json) {
        pb_json_array_end(&json);
        pb_buf_byte(out, '\n');
    }
}

pb_status cli_run_schema(cli_context *context, int *ret_exit, pb_error *err)
{
    PB_AUTO_BUF out = PB_BUF_INIT(16 << 20);
    *ret_exit = 0;
    if (context->call.argument_count == 0) {
        list(context, &out);
        return cli_finish(&out, err);
    }
    for (size_t i = 0; i < sizeof schemas / sizeof *schemas; i++) {
        pb_str text;
        if (strcmp(context->call.arguments[0], schemas[i].name) != 0)
            continue;
        PB_TRY(service_asset_text(context->service, schemas[i].asset, &text, err));
        pb_buf_add(&out, text);
    }
    return cli_finish(&out, err);
}
