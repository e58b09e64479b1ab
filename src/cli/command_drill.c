/* drill. */
#include "command.h"

static pb_status chosen_faults(cli_context *context, backup_fault faults[BACKUP_FAULT_COUNT],
                               size_t *ret_count, pb_error *err)
{
    const char *const *names;
    size_t count;
    bool wanted[BACKUP_FAULT_COUNT] = {false};
    PB_TRY(cli_values(context, "fault", &names, &count, err));
    wanted[BACKUP_FAULT_NONE] = count == 0;
    for (size_t i = 0; i < count; i++) {
        backup_fault fault;
        if (backup_fault_parse(names[i], &fault))
            wanted[fault] = true;
        else /* "all": the parser let nothing else pass */
            for (size_t f = 0; f < BACKUP_FAULT_COUNT; f++)
                wanted[f] = true;
    }
    *ret_count = 0;
    for (size_t f = 0; f < BACKUP_FAULT_COUNT; f++)
        if (wanted[f])
            faults[(*ret_count)++] = (backup_fault)f;
    return PB_OK;
}

static void drill_text(const cli_context *context, const backup_drilled *drill, pb_buf *out)
{
    PB_AUTO_BUF why = PB_BUF_INIT(65536);
    const char *fault = backup_fault_name(drill->fault);
    cli_put_error(context, &drill->error, &why);
    if (!drill->ran)
        cli_say(context, out, PB_MSG("{place}, {fault}: the drill could not be run. {why}"),
                "place", drill->place, "fault", fault, "why", pb_buf_cstr(&why), NULL);
    else if (drill->fault == BACKUP_FAULT_NONE && drill->good)
        cli_say(context, out,
                PB_MSG("{place}: everything came back, in {seconds} s; {lost} s of work would be "
                       "lost. Counts, sums, records and ledger are what they were."),
                "place", drill->place, "seconds", cli_seconds(context, drill->recover_us), "lost",
                cli_seconds(context, drill->lose_us), NULL);
    else if (drill->fault == BACKUP_FAULT_NONE)
        cli_say(context, out, PB_MSG("{place}: the drill failed. {why}"), "place", drill->place,
                "why", pb_buf_cstr(&why), NULL);
    else if (drill->good)
        cli_say(context, out, PB_MSG("{place}, {fault}: noticed. {why}"), "place", drill->place,
                "fault", fault, "why", pb_buf_cstr(&why), NULL);
    else
        cli_say(context, out, PB_MSG("{place}, {fault}: not noticed!"), "place", drill->place,
                "fault", fault, NULL);
    pb_buf_byte(out, '\n');
}

static void drill_json(const cli_context *context, const backup_drilled *drill, pb_json *json)
{
    PB_AUTO_BUF why = PB_BUF_INIT(65536);
    cli_put_error(context, &drill->error, &why);
    pb_json_object(json);
    pb_json_member(json, "place", pb_str_c(drill->place));
    pb_json_member(json, "fault", pb_str_c(backup_fault_name(drill->fault)));
    pb_json_key(json, "good");
    pb_json_bool(json, drill->good);
    pb_json_key(json, "ran");
    pb_json_bool(json, drill->ran);
    pb_json_member(json, "says", why.len > 0 ? pb_buf_str(&why) : PB_STR_NONE);
    pb_json_member(json, "backup", pb_str_c(drill->restored.name));
    pb_json_member_i64(json, "recovered_in_microseconds", drill->recover_us);
    pb_json_member_i64(json, "lost_microseconds", drill->lose_us);
    pb_json_member_i64(json, "events", (int64_t)drill->restored.report.events);
    pb_json_member_i64(json, "records", (int64_t)drill->restored.report.records);
    pb_json_object_end(json);
}

static bool drills_out(const cli_context *context, const backup_drilled *drills, size_t count,
                       pb_buf *out)
{
    pb_json json;
    bool good = true;
    pb_json_init(&json, out, 2);
    if (context->json)
        pb_json_array(&json);
    for (size_t i = 0; i < count; i++) {
        good = good && drills[i].good;
        if (context->json)
            drill_json(context, &drills[i], &json);
        else if (!context->quiet)
            drill_text(context, &drills[i], out);
    }
    if (!context->json)
        return good;
    pb_json_array_end(&json);
    pb_buf_byte(out, '\n');
    return good;
}

static pb_status check_choice(const service_drills *what, pb_error *err)
{
    const char *wrong = NULL;
    if (what->pgbackrest == NULL && what->until_us != INT64_MAX)
        wrong = PB_MSG("--time goes with --pgbackrest only.");
    if (what->pgbackrest != NULL &&
        (what->place != NULL || what->if_due || what->fault_count != 1 ||
         what->faults[0] != BACKUP_FAULT_NONE))
        wrong = PB_MSG("--pgbackrest goes with no --from, --fault or --if-due.");
    return wrong == NULL ? PB_OK : pb_fail(err, PB_USAGE, wrong, NULL);
}

pb_status cli_run_drill(cli_context *context, int *ret_exit, pb_error *err)
{
    PB_AUTO_BUF out = PB_BUF_INIT(16 << 20);
    service_call call = cli_service_call(context, "drill");
    backup_fault faults[BACKUP_FAULT_COUNT];
    backup_drilled *drills = NULL;
    size_t fault_count, count = 0;
    db_workspace *workspace = NULL;
    db_options options = {.older = DB_OLDER_REFUSE,
                          .password_file = cli_value(context, "password-file")};
    service_drills what = {.place = cli_value(context, "from"),
                           .faults = faults,
                           .if_due = cli_flag(context, "if-due"),
                           .pgbackrest = cli_value(context, "pgbackrest")};
    PB_TRY(chosen_faults(context, faults, &fault_count, err));
    PB_TRY(cli_until(context, &what.until_us, err));
    what.fault_count = fault_count;
    PB_TRY(check_choice(&what, err));
    PB_TRY(cli_key_source(context, false, &options.key, err));
    PB_TRY(service_open_workspace(context->service, context->call.arguments[0], &options,
                                  &workspace, err));
    pb_status status = service_drill(context->service, &call, workspace, &options.key, &what,
                                     context->arena, &drills, &count, err);
    bool indexes = true;
    if (status == PB_OK)
        status = db_checks_indexes(workspace, &indexes, err);
    db_workspace_close(workspace);
    PB_TRY(status);
    cli_progress_end(context);
    *ret_exit = drills_out(context, drills, count, &out) ? 0 : 1;
    if (!indexes && !context->json && !context->quiet)
        cli_say_no_indexes(context, &out);
    return cli_finish(&out, err);
}
