/* controls list, show, test; version. */
#include "command.h"
#include "limit_text.h"

#include "base/bytes.h"
#include "report/control.h"

static const char *grade_text(const cli_context *context, model_grade grade)
{
    static const char *const names[] = {PB_MSG("desirable"), PB_MSG("important"),
                                        PB_MSG("essential")};
    return cli_text(context, names[grade]);
}

/* The controls as --workspace judges by them; without it (NULL) as they ship. */
static pb_status read_catalogue(cli_context *context, db_workspace *workspace,
                                const audit_catalogue **ret_catalogue, pb_error *err)
{
    service_call call = cli_service_call(context, "controls");
    return workspace == NULL ? service_controls(context->service, ret_catalogue, err)
                             : service_audit_controls(context->service, &call, workspace,
                                                      context->arena, ret_catalogue, err);
}

static pb_status open_asked(cli_context *context, db_workspace **ret_workspace, pb_error *err)
{
    *ret_workspace = NULL;
    return cli_value(context, "workspace") == NULL
               ? PB_OK
               : cli_open_workspace(context, ret_workspace, err);
}

static void control_json(const cli_context *context, const audit_control *control,
                         const service_threshold *said, pb_json *json)
{
    pb_json_object(json);
    report_control_put_head(json, control);
    limit_json(control, json);
    if (said != NULL && said->control != NULL)
        limit_history_json(said, json);
    report_control_put_words(json, context->catalog, control, said != NULL);
    pb_json_object_end(json);
}

/* How many of the controls from `first` on are the same one, asked of a field or entity each. */
static size_t same_base(const audit_catalogue *catalogue, size_t first)
{
    size_t i = first + 1;
    while (i < catalogue->count &&
           pb_str_eq(catalogue->controls[i].base, catalogue->controls[first].base))
        i++;
    return i - first;
}

/* What a workspace said of a control, or of some of `count` that are the same one. */
static void set_note(const cli_context *context, const audit_control *control, size_t count,
                     pb_buf *out)
{
    size_t set = 0;
    bool alike = true;
    for (size_t i = 0; i < count; i++) {
        set += control[i].limit_set;
        alike = alike && control[i].pass_limit == control->pass_limit;
    }
    if (set == 0)
        return;
    pb_buf_addc(out, "\n    ");
    if (alike && set == count)
        limit_says(context, control, out);
    else
        cli_say(context, out, PB_MSG("This workspace set what may fail for {count} of {all}."),
                "count", cli_count(context, set), "all", cli_count(context, count), NULL);
}

/* One line: a control, or (`count` above 1) one that is asked of so many fields or entities. */
static void control_line(const cli_context *context, const audit_control *control, size_t count,
                         pb_buf *out)
{
    pb_buf_printf(out, count > 0 ? "%-26.*s %-10s " : "%-44.*s %-10s ",
                  PB_STR_FMT(count > 0 ? control->base : control->id),
                  grade_text(context, control->grade));
    report_control_says(context->catalog, control, control->title, count > 1, out);
    if (count > 1)
        pb_buf_printf(out, " (× %s)", cli_count(context, count));
    set_note(context, control, count > 0 ? count : 1, out);
    pb_buf_byte(out, '\n');
}

/* By default each control once, however many fields it is asked of; with --all every one. */
pb_status cli_run_controls_list(cli_context *context, int *ret_exit, pb_error *err)
{
    PB_AUTO_BUF out = PB_BUF_INIT(64 << 20);
    const audit_catalogue *catalogue;
    bool all = context->json || cli_flag(context, "all");
    size_t shown = 0;
    db_workspace *workspace;
    pb_json json;
    PB_TRY(open_asked(context, &workspace, err));
    pb_status status = read_catalogue(context, workspace, &catalogue, err);
    db_workspace_close(workspace);
    PB_TRY(status);
    pb_json_init(&json, &out, 2);
    if (context->json)
        pb_json_array(&json);
    for (size_t i = 0, count = 1; i < catalogue->count; i += count, shown++) {
        count = all ? 1 : same_base(catalogue, i);
        if (context->json)
            control_json(context, &catalogue->controls[i], NULL, &json);
        else
            control_line(context, &catalogue->controls[i], all ? 0 : count, &out);
    }
    if (context->json) {
        pb_json_array_end(&json);
        pb_buf_byte(&out, '\n');
    } else if (!all && !context->quiet) {
        cli_say_n(context, &out,
                  PB_MSG_N("{count} control; asked of each field and entity there are {all}, which "
                           "--all lists.",
                           "{count} controls; asked of each field and entity they are {all}, which "
                           "--all lists."),
                  shown, "count", cli_count(context, shown), "all",
                  cli_count(context, catalogue->count), NULL);
        pb_buf_byte(&out, '\n');
    }
    *ret_exit = 0;
    return cli_finish(&out, err);
}

static void control_page(const cli_context *context, const audit_control *control,
                         const service_threshold *said, pb_buf *out)
{
    const struct {
        const char *label;
        pb_str text;
    } parts[] = {{PB_MSG("Criterion"), control->criterion},
                 {PB_MSG("Why it matters"), control->why},
                 {PB_MSG("Cause"), control->cause},
                 {PB_MSG("Effect"), control->effect},
                 {PB_MSG("What to do"), control->remedy}};
    pb_buf_printf(out, "%.*s (%s)\n", PB_STR_FMT(control->id), grade_text(context, control->grade));
    report_control_says(context->catalog, control, control->title, false, out);
    pb_buf_byte(out, '\n');
    for (size_t i = 0; i < sizeof parts / sizeof *parts; i++) {
        if (pb_str_empty(parts[i].text))
            continue;
        pb_buf_printf(out, "\n%s\n  ", cli_text(context, parts[i].label));
        report_control_says(context->catalog, control, parts[i].text, false, out);
        pb_buf_byte(out, '\n');
    }
    if (control->fails_sql.len > 0)
        pb_buf_printf(out, "\n%s\n  %.*s\n", cli_text(context, PB_MSG("Check")),
                      PB_STR_FMT(control->fails_sql));
    else
        pb_buf_printf(out, "\n%s\n  %.*s\n", cli_text(context, PB_MSG("Check")),
                      PB_STR_FMT(audit_control_measure(control)));
    pb_buf_printf(out, "\n%s\n  ", cli_text(context, PB_MSG("May fail")));
    limit_says(context, control, out);
    pb_buf_byte(out, '\n');
    limit_history(context, said, out);
    for (size_t i = 0; i < control->map_count; i++)
        pb_buf_printf(out, "%s%.*s %.*s\n", i == 0 ? "\n" : "", PB_STR_FMT(control->maps[i].name),
                      PB_STR_FMT(control->maps[i].clause));
}

/* By the id of an instance or, for a control asked of many fields, of the whole. */
static const audit_control *find_control(const audit_catalogue *catalogue, pb_str id)
{
    for (size_t i = 0; i < catalogue->count; i++) {
        const audit_control *control = &catalogue->controls[i];
        if (pb_str_eq_nocase(control->id, id) || pb_str_eq_nocase(control->base, id))
            return control;
    }
    return NULL;
}

static pb_status show(cli_context *context, db_workspace *workspace, pb_buf *out, pb_error *err)
{
    const audit_catalogue *catalogue;
    service_threshold said = {0};
    pb_json json;
    service_call call = cli_service_call(context, "controls");
    PB_TRY(read_catalogue(context, workspace, &catalogue, err));
    const audit_control *control = find_control(catalogue, pb_str_c(context->call.arguments[0]));
    if (control == NULL) {
        pb_fail(err, PB_NOT_FOUND, PB_MSG("There is no control “{control}”"), "control",
                context->call.arguments[0], NULL);
        pb_error_hint(err, PB_MSG("“probity controls list” lists them."), NULL);
        return PB_NOT_FOUND;
    }
    if (workspace != NULL)
        PB_TRY(service_threshold_read(context->service, &call, workspace, control->id,
                                      context->arena, &said, err));
    pb_json_init(&json, out, 2);
    if (context->json) {
        control_json(context, control, &said, &json);
        pb_buf_byte(out, '\n');
    } else {
        control_page(context, control, &said, out);
    }
    return PB_OK;
}

pb_status cli_run_controls_show(cli_context *context, int *ret_exit, pb_error *err)
{
    PB_AUTO_BUF out = PB_BUF_INIT(64 << 20);
    db_workspace *workspace;
    PB_TRY(open_asked(context, &workspace, err));
    pb_status status = show(context, workspace, &out, err);
    db_workspace_close(workspace);
    PB_TRY(status);
    *ret_exit = 0;
    return cli_finish(&out, err);
}

static void test_lines(const cli_context *context, const audit_fixture_result *results,
                       size_t count, size_t *ret_failed, pb_buf *out)
{
    for (size_t i = 0; i < count; i++) {
        const audit_fixture_result *r = &results[i];
        if (r->good)
            continue;
        ++*ret_failed;
        const pb_arg args[] = {{"expected", r->expected}, {"found", r->found}};
        pb_buf_printf(out, "%.*s:%d: %.*s: ", PB_STR_FMT(r->fixture->place.file),
                      r->fixture->place.line, PB_STR_FMT(r->control->id));
        pb_format(out, pb_translate_str(context->catalog, r->says), args, 2);
        pb_buf_byte(out, '\n');
    }
}

pb_status cli_run_controls_test(cli_context *context, int *ret_exit, pb_error *err)
{
    PB_AUTO_BUF out = PB_BUF_INIT(64 << 20);
    service_call call = cli_service_call(context, "controls test");
    size_t names = context->call.argument_count, failed = 0, total = 0;
    for (size_t i = 0; i < (names > 0 ? names : 1); i++) {
        audit_fixture_result *results;
        size_t count;
        pb_str only = names > 0 ? pb_str_c(context->call.arguments[i]) : PB_STR_NONE;
        PB_TRY(service_controls_test(context->service, &call, only, context->arena, &results,
                                     &count, err));
        total += count;
        test_lines(context, results, count, &failed, &out);
    }
    cli_progress_end(context);
    if (context->json) {
        pb_json json;
        pb_buf_clear(&out);
        pb_json_init(&json, &out, 2);
        pb_json_object(&json);
        pb_json_member_i64(&json, "passed", (int64_t)(total - failed));
        pb_json_member_i64(&json, "failed", (int64_t)failed);
        pb_json_object_end(&json);
    } else {
        cli_say_n(context, &out,
                  PB_MSG_N("{passed} case passed, {failed} failed",
                           "{passed} cases passed, {failed} failed"),
                  total - failed, "passed", cli_count(context, total - failed), "failed",
                  cli_count(context, failed), NULL);
    }
    pb_buf_byte(&out, '\n');
    *ret_exit = failed > 0 ? 1 : 0;
    return cli_finish(&out, err);
}

pb_status cli_run_version(cli_context *context, int *ret_exit, pb_error *err)
{
    PB_AUTO_BUF out = PB_BUF_INIT(65536), model = PB_BUF_INIT(128), rules = PB_BUF_INIT(128);
    audit_rules controls;
    PB_TRY(service_rules(context->service, &controls, err));
    pb_hex(&model, service_schema(context->service)->hash, 32);
    pb_hex(&rules, controls.hash, 32);
    if (context->json) {
        pb_json json;
        pb_json_init(&json, &out, 2);
        pb_json_object(&json);
        pb_json_member(&json, "version", pb_str_c(context->version));
        pb_json_member(&json, "model", pb_buf_str(&model));
        pb_json_member(&json, "controls_version", controls.version);
        pb_json_member(&json, "controls", pb_buf_str(&rules));
        pb_json_object_end(&json);
        pb_buf_byte(&out, '\n');
    } else {
        pb_buf_printf(&out, "probity %s\n", context->version);
        cli_say(context, &out, PB_MSG("model {hash}"), "hash", pb_buf_cstr(&model), NULL);
        pb_buf_byte(&out, '\n');
        cli_say(context, &out, PB_MSG("controls {version} {hash}"), "version",
                PB_ARG(controls.version), "hash", pb_buf_cstr(&rules), NULL);
        pb_buf_byte(&out, '\n');
    }
    *ret_exit = 0;
    return cli_finish(&out, err);
}
