/* backup, backups, restore. */
#include "command.h"

#include "base/time.h"

/* ---- backup ---- */

void cli_put_backup(const cli_context *context, const service_backup *backup, pb_buf *out)
{
    const backup_sent *sent = &backup->sent;
    if (sent->status != PB_OK) {
        PB_AUTO_BUF why = PB_BUF_INIT(65536);
        cli_put_error(context, &sent->error, &why);
        cli_say(context, out, PB_MSG("{place}: no backup was made. {why}"), "place", sent->place,
                "why", pb_buf_cstr(&why), NULL);
        pb_buf_byte(out, '\n');
        return;
    }
    if (sent->name[0] == '\0') {
        cli_say(
            context, out, PB_MSG("{place}: log: {sent} pieces sent, {bytes} bytes, {seconds} s"),
            "place", sent->place, "sent", cli_count(context, sent->log_pieces), "bytes",
            cli_count(context, sent->bytes_sent), "seconds", cli_seconds(context, sent->us), NULL);
        pb_buf_byte(out, '\n');
        return;
    }
    cli_say(context, out,
            PB_MSG("{place}: backup {name}: {sent} pieces sent, {kept} kept, {bytes} bytes, "
                   "{seconds} s"),
            "place", sent->place, "name", sent->name, "sent", cli_count(context, sent->pieces_sent),
            "kept", cli_count(context, sent->pieces_kept), "bytes",
            cli_count(context, sent->bytes_sent), "seconds", cli_seconds(context, sent->us), NULL);
    pb_buf_byte(out, '\n');
    if (sent->same_disk) {
        pb_buf_addc(out, "  ");
        cli_say(context, out,
                PB_MSG("This place is on the same disk as the workspace: it will be lost with it."),
                NULL);
        pb_buf_byte(out, '\n');
    }
    if (backup->pruned.backups > 0 || backup->pruned.pieces > 0) {
        pb_buf_addc(out, "  ");
        cli_say(context, out, PB_MSG("cleared away: {backups} old backups, {pieces} pieces"),
                "backups", cli_count(context, backup->pruned.backups), "pieces",
                cli_count(context, backup->pruned.pieces), NULL);
        pb_buf_byte(out, '\n');
    }
}

void cli_put_backup_json(const cli_context *context, const service_backup *backup, pb_json *json)
{
    const backup_sent *sent = &backup->sent;
    pb_json_object(json);
    pb_json_member(json, "place", pb_str_c(sent->place));
    pb_json_member(json, "status", pb_str_c(pb_status_name(sent->status)));
    if (sent->status != PB_OK) {
        PB_AUTO_BUF why = PB_BUF_INIT(65536);
        cli_put_error(context, &sent->error, &why);
        pb_json_member(json, "error", pb_buf_str(&why));
    } else {
        pb_json_member(json, "backup", pb_str_c(sent->name));
        pb_json_member(json, "at", pb_str_c(cli_moment(context, sent->at_us)));
        pb_json_member_i64(json, "pages", (int64_t)sent->pages);
        pb_json_member_i64(json, "pages_sent", (int64_t)sent->pages_sent);
        pb_json_member_i64(json, "pieces_sent", (int64_t)sent->pieces_sent);
        pb_json_member_i64(json, "pieces_kept", (int64_t)sent->pieces_kept);
        pb_json_member_i64(json, "log_pieces_sent", (int64_t)sent->log_pieces);
        pb_json_member_i64(json, "bytes_read", (int64_t)sent->bytes_read);
        pb_json_member_i64(json, "bytes_sent", (int64_t)sent->bytes_sent);
        pb_json_member_i64(json, "erasures_listed", (int64_t)sent->erasures);
        pb_json_member_i64(json, "microseconds", sent->us);
        pb_json_key(json, "same_disk");
        pb_json_bool(json, sent->same_disk);
        pb_json_member_i64(json, "backups_removed", (int64_t)backup->pruned.backups);
        pb_json_member_i64(json, "pieces_removed", (int64_t)backup->pruned.pieces);
    }
    pb_json_object_end(json);
}

static void backups_out(const cli_context *context, const service_backup *backups, size_t count,
                        pb_buf *out)
{
    pb_json json;
    if (!context->json) {
        for (size_t i = 0; i < count; i++)
            cli_put_backup(context, &backups[i], out);
        if (count == 0) {
            cli_say(context, out, PB_MSG("No backup is due yet."), NULL);
            pb_buf_byte(out, '\n');
        }
        return;
    }
    pb_json_init(&json, out, 2);
    pb_json_array(&json);
    for (size_t i = 0; i < count; i++)
        cli_put_backup_json(context, &backups[i], &json);
    pb_json_array_end(&json);
    pb_buf_byte(out, '\n');
}

pb_status cli_run_backup(cli_context *context, int *ret_exit, pb_error *err)
{
    const char *timer = cli_value(context, "write-timer");
    const char *pgbackrest = cli_value(context, "write-pgbackrest");
    if (timer != NULL || pgbackrest != NULL) {
        *ret_exit = 0;
        return cli_write_units(context, timer, pgbackrest, err);
    }
    PB_AUTO_BUF out = PB_BUF_INIT(16 << 20);
    service_call call = cli_service_call(context, "backup");
    const char *const *places;
    size_t place_count, count = 0;
    service_backup *backups = NULL;
    db_workspace *workspace = NULL;
    PB_TRY(cli_values(context, "to", &places, &place_count, err));
    PB_TRY(cli_open_argument(context, &workspace, err));
    pb_status status =
        service_backup_make(&call, workspace, places, place_count, cli_flag(context, "if-due"),
                            cli_flag(context, "log"), context->arena, &backups, &count, err);
    db_workspace_close(workspace);
    cli_progress_end(context);
    /* Of several places some may have succeeded: that is said, too. */
    if (!context->quiet && backups != NULL && (status == PB_OK || (count > 1 && !context->json)))
        backups_out(context, backups, count, &out);
    pb_status printed = cli_finish(&out, status == PB_OK ? err : NULL);
    *ret_exit = 0;
    return status == PB_OK ? printed : status;
}

/* ---- backups ---- */

static const char *due(const cli_context *context, int64_t us)
{
    return us == INT64_MIN ? cli_text(context, PB_MSG("now")) : cli_moment(context, us);
}

static void place_text(const cli_context *context, const service_place *place, pb_buf *out)
{
    PB_AUTO_BUF why = PB_BUF_INIT(65536);
    if (place->status != PB_OK) {
        cli_put_error(context, &place->error, &why);
        cli_say(context, out, PB_MSG("{place}: could not be asked. {why}"), "place",
                place->state.place, "why", pb_buf_cstr(&why), NULL);
    } else if (place->count == 0) {
        cli_say(context, out, PB_MSG("{place}: no backup yet"), "place", place->state.place, NULL);
    } else if (place->newest_us == INT64_MIN) {
        cli_say(context, out,
                PB_MSG("{place}: {count} backups, all dated in the future: how old they are nobody "
                       "knows"),
                "place", place->state.place, "count", cli_count(context, place->count), NULL);
    } else {
        cli_say(context, out,
                place->late
                    ? PB_MSG("{place}: {count} backups, the newest of {time}: too old")
                    : PB_MSG("{place}: {count} backups, the newest of {time}: young enough"),
                "place", place->state.place, "count", cli_count(context, place->count), "time",
                cli_moment(context, place->newest_us), NULL);
    }
    pb_buf_byte(out, '\n');
    if (place->ahead > 0 && place->newest_us != INT64_MIN) {
        pb_buf_addc(out, "  ");
        cli_say(context, out,
                PB_MSG("dated in the future, the first of {time}, made while a clock was wrong and "
                       "not counted as young: {count}"),
                "time", cli_moment(context, place->ahead_us), "count",
                cli_count(context, place->ahead), NULL);
        pb_buf_byte(out, '\n');
    }
    if (place->former_us != INT64_MIN) {
        pb_buf_addc(out, "  ");
        cli_say(context, out,
                PB_MSG("the state before the last upgrade, which stays until the next: {time}"),
                "time", cli_moment(context, place->former_us), NULL);
        pb_buf_byte(out, '\n');
    }
    if (place->declared) {
        pb_buf_addc(out, "  ");
        cli_say(context, out, PB_MSG("next backup due: {backup}; next drill due: {drill}"),
                "backup", due(context, place->next_us), "drill", due(context, place->drill_us),
                NULL);
        pb_buf_byte(out, '\n');
    }
    if (place->state.same_disk) {
        pb_buf_addc(out, "  ");
        cli_say(context, out,
                PB_MSG("This place is on the same disk as the workspace: it will be lost with it."),
                NULL);
        pb_buf_byte(out, '\n');
    }
}

static void moment_json(const cli_context *context, const char *name, int64_t us, pb_json *json)
{
    pb_json_member(json, name, us != INT64_MIN ? pb_str_c(cli_moment(context, us)) : PB_STR_NONE);
}

static void place_json(const cli_context *context, const service_place *place, pb_json *json)
{
    pb_json_object(json);
    pb_json_member(json, "place", pb_str_c(place->state.place));
    pb_json_key(json, "declared");
    pb_json_bool(json, place->declared);
    pb_json_member(json, "status", pb_str_c(pb_status_name(place->status)));
    pb_json_member_i64(json, "backups", (int64_t)place->count);
    moment_json(context, "newest", place->newest_us, json);
    pb_json_member_i64(json, "dated_in_the_future", (int64_t)place->ahead);
    moment_json(context, "oldest", place->oldest_us, json);
    moment_json(context, "before_the_last_upgrade", place->former_us, json);
    moment_json(context, "next_backup_due", place->next_us, json);
    moment_json(context, "next_drill_due", place->drill_us, json);
    pb_json_key(json, "too_old");
    pb_json_bool(json, place->late);
    pb_json_key(json, "same_disk");
    pb_json_bool(json, place->state.same_disk);
    pb_json_object_end(json);
}

typedef struct log_state {
    bool kept;
    uint64_t behind; /* commits */
} log_state;

static void places_out(const cli_context *context, const backup_plan *plan,
                       const service_place *places, size_t count, const log_state *log, pb_buf *out)
{
    pb_json json;
    if (context->json) {
        pb_json_init(&json, out, 2);
        pb_json_object(&json);
        pb_json_key(&json, "declared");
        pb_json_bool(&json, plan->declared);
        pb_json_member_i64(&json, "lose_at_most_seconds", plan->lose_us / 1000000);
        pb_json_member_i64(&json, "recover_within_seconds", plan->recover_us / 1000000);
        pb_json_key(&json, "log_kept");
        pb_json_bool(&json, log->kept);
        pb_json_member_i64(&json, "commits_in_no_piece", (int64_t)log->behind);
        pb_json_key(&json, "places");
        pb_json_array(&json);
        for (size_t i = 0; i < count; i++)
            place_json(context, &places[i], &json);
        pb_json_array_end(&json);
        pb_json_object_end(&json);
        pb_buf_byte(out, '\n');
        return;
    }
    for (size_t i = 0; i < count; i++)
        place_text(context, &places[i], out);
    if (log->kept) {
        cli_say(context, out, PB_MSG("The log is kept; commits in no piece of it yet: {count}"),
                "count", cli_count(context, log->behind), NULL);
        pb_buf_byte(out, '\n');
    }
    if (count == 0) {
        cli_say(context, out, PB_MSG("No backup was ever made, and none is declared."), NULL);
        pb_buf_byte(out, '\n');
    }
}

pb_status cli_run_backups(cli_context *context, int *ret_exit, pb_error *err)
{
    PB_AUTO_BUF out = PB_BUF_INIT(16 << 20);
    service_call call = cli_service_call(context, "backups");
    const char *declare = cli_value(context, "declare");
    db_workspace *workspace = NULL;
    backup_plan plan;
    service_place *places;
    size_t count = 0;
    log_state log = {0};
    PB_TRY(cli_open_argument(context, &workspace, err));
    pb_status status = PB_OK;
    if (declare != NULL)
        status = service_backup_declare(&call, workspace, declare, context->arena, err);
    if (status == PB_OK)
        status = service_places(&call, workspace, context->arena, &plan, &places, &count, err);
    if (status == PB_OK)
        status = service_log_behind(workspace, &log.kept, &log.behind, err);
    db_workspace_close(workspace);
    PB_TRY(status);
    if (!context->quiet)
        places_out(context, &plan, places, count, &log, &out);
    *ret_exit = 0;
    for (size_t i = 0; i < count && declare == NULL; i++)
        if (places[i].declared && places[i].late)
            *ret_exit = 1;
    return cli_finish(&out, err);
}

/* ---- restore ---- */

static void restored_text(const cli_context *context, const backup_restored *restored,
                          const char *into, pb_buf *out)
{
    cli_say(context, out,
            PB_MSG("Restored {path}, state of {time}: {pieces} pieces, {bytes} bytes, {seconds} s"),
            "path", into, "time", cli_moment(context, restored->at_us), "pieces",
            cli_count(context, restored->pieces), "bytes", cli_count(context, restored->bytes),
            "seconds", cli_seconds(context, restored->us), NULL);
    pb_buf_byte(out, '\n');
    cli_say(
        context, out,
        PB_MSG("The ledger is whole: {events} events, {heads} signed heads, {payloads} payloads "
               "({erased} erased), {records} records agree with it."),
        "events", cli_count(context, restored->report.events), "heads",
        cli_count(context, restored->report.heads), "payloads",
        cli_count(context, restored->report.payloads), "erased",
        cli_count(context, restored->report.erased), "records",
        cli_count(context, restored->report.records), NULL);
    pb_buf_byte(out, '\n');
    cli_say(context, out,
            restored->compared ? PB_MSG("Counts, sums and sampled records are what they were.")
            : restored->commits > 0
                ? PB_MSG("From the log: {count} commits, each record compared with its history.")
                : PB_MSG("The model changed since: counts and sums were not compared."),
            "count", cli_count(context, restored->commits), NULL);
    pb_buf_byte(out, '\n');
    if (restored->undated) {
        cli_say(context, out,
                PB_MSG("A process or the machine stopped short before the change that came next: "
                       "when it was stored is not known, it may belong before the moment asked "
                       "for."),
                NULL);
        pb_buf_byte(out, '\n');
    }
    if (restored->passed_us != INT64_MIN) {
        cli_say(context, out,
                PB_MSG("The backup dated {time} holds an earlier state: a clock was wrong. This is "
                       "the latest one by its ledger."),
                "time", cli_moment(context, restored->passed_us), NULL);
        pb_buf_byte(out, '\n');
    }
    if (restored->unread > 0) {
        cli_say(context, out,
                PB_MSG("Manifests of other backups that could not be read, so that nobody knows "
                       "whether one of them is later: {count}"),
                "count", cli_count(context, restored->unread), NULL);
        pb_buf_byte(out, '\n');
    }
    if (restored->erased > 0) {
        cli_say(context, out, PB_MSG("Erased again: {count} payloads"), "count",
                cli_count(context, restored->erased), NULL);
        pb_buf_byte(out, '\n');
    }
    if (restored->unknown_erasures) {
        cli_say(context, out,
                PB_MSG("What was erased after the newest list nobody knows; the ledger says so."),
                NULL);
        pb_buf_byte(out, '\n');
        if (restored->erasures_us != INT64_MIN) {
            cli_say(context, out, PB_MSG("Erasures are on record until {time}."), "time",
                    cli_moment(context, restored->erasures_us), NULL);
            pb_buf_byte(out, '\n');
        }
    }
}

static void restored_json(const cli_context *context, const backup_restored *restored,
                          const char *into, pb_buf *out)
{
    pb_json json;
    pb_json_init(&json, out, 2);
    pb_json_object(&json);
    pb_json_member(&json, "workspace", pb_str_c(into));
    pb_json_member(&json, "backup", pb_str_c(restored->name));
    pb_json_member(&json, "at", pb_str_c(cli_moment(context, restored->at_us)));
    if (restored->passed_us != INT64_MIN)
        pb_json_member(&json, "dated_later_but_earlier",
                       pb_str_c(cli_moment(context, restored->passed_us)));
    pb_json_member_i64(&json, "manifests_unread", (int64_t)restored->unread);
    pb_json_member_i64(&json, "pages", (int64_t)restored->pages);
    pb_json_member_i64(&json, "pieces", (int64_t)restored->pieces);
    pb_json_member_i64(&json, "bytes", (int64_t)restored->bytes);
    pb_json_member_i64(&json, "events", (int64_t)restored->report.events);
    pb_json_member_i64(&json, "records", (int64_t)restored->report.records);
    pb_json_member_i64(&json, "commits_from_log", (int64_t)restored->commits);
    pb_json_key(&json, "next_commit_undated");
    pb_json_bool(&json, restored->undated);
    pb_json_member_i64(&json, "erased_again", (int64_t)restored->erased);
    if (restored->erasures_us != INT64_MIN)
        pb_json_member(&json, "erasures_until",
                       pb_str_c(cli_moment(context, restored->erasures_us)));
    pb_json_key(&json, "unknown_erasures");
    pb_json_bool(&json, restored->unknown_erasures);
    pb_json_key(&json, "compared");
    pb_json_bool(&json, restored->compared);
    pb_json_member_i64(&json, "microseconds", restored->us);
    pb_json_object_end(&json);
    pb_buf_byte(out, '\n');
}

pb_status cli_until(const cli_context *context, int64_t *ret_us, pb_error *err)
{
    const char *time = cli_value(context, "time");
    *ret_us = INT64_MAX;
    if (time == NULL || pb_instant_parse(pb_str_c(time), ret_us))
        return PB_OK;
    pb_fail(err, PB_USAGE, PB_MSG("“{value}” is no moment."), "value", time, NULL);
    pb_error_hint(err, PB_MSG("Write it as 2026-11-22T08:30:00Z."), NULL);
    return PB_USAGE;
}

pb_status cli_run_restore(cli_context *context, int *ret_exit, pb_error *err)
{
    PB_AUTO_BUF out = PB_BUF_INIT(1 << 20);
    service_call call = cli_service_call(context, "restore");
    backup_restored restored;
    backup_restore_options options = {.from = cli_value(context, "from"),
                                      .into = cli_value(context, "into"),
                                      .password_file = cli_value(context, "password-file"),
                                      .workspace = cli_value(context, "id"),
                                      .ledger = cli_value(context, "ledger"),
                                      .unknown_erasures = cli_flag(context, "unknown-erasures")};
    PB_TRY(cli_until(context, &options.until_us, err));
    PB_TRY(cli_key_source(context, false, &options.key, err));
    PB_TRY(service_restore(context->service, &call, &options, &restored, err));
    cli_progress_end(context);
    const char *into = db_workspace_shown(options.into, context->arena); /* without a password */
    *ret_exit = 0;
    if (context->json)
        restored_json(context, &restored, into, &out);
    else if (!context->quiet)
        restored_text(context, &restored, into, &out);
    return cli_finish(&out, err);
}
