/* standby of a folder. */
#include "command_standby.h"

#include "db/rows.h"
#include "service/standby.h"
#include "sys/clock.h"
#include "sys/signal.h"

enum { EVERY_MAX = 86400, PAUSE_US = 200 * 1000 };

static pb_status options_of(cli_context *context, backup_standby_options *options, pb_error *err)
{
    *options = (backup_standby_options){.folder = context->call.arguments[0],
                                        .from = cli_value(context, "from"),
                                        .workspace = cli_value(context, "id"),
                                        .accept_loss = cli_value(context, "accept-loss")};
    return cli_key_source(context, false, &options->key, err);
}

/* ---- following ---- */

static void fed_json(const cli_context *context, const backup_fed *fed, pb_buf *out)
{
    pb_json json;
    const db_standby *state = &fed->state;
    pb_json_init(&json, out, 2);
    pb_json_object(&json);
    pb_json_member(&json, "workspace", pb_str_c(context->call.arguments[0]));
    pb_json_member(&json, "from", pb_str_c(state->from));
    pb_json_member(&json, "primary", pb_str_c(state->primary));
    pb_json_key(&json, "built");
    pb_json_bool(&json, fed->built);
    pb_json_member_i64(&json, "log_pieces", (int64_t)fed->log_pieces);
    pb_json_member(&json, "at", pb_str_c(cli_moment(context, state->state_us)));
    pb_json_member_i64(&json, "microseconds", fed->us);
    pb_json_object_end(&json);
    pb_buf_byte(out, '\n');
}

static void fed_text(const cli_context *context, const backup_fed *fed, pb_buf *out)
{
    const db_standby *state = &fed->state;
    cli_say(context, out,
            fed->built ? PB_MSG("{workspace}: built and verified from {place}, as of {time}, "
                                "{seconds} s")
                       : PB_MSG("{workspace}: {pieces} pieces of the log from {place}, as of "
                                "{time}, {seconds} s"),
            "workspace", context->call.arguments[0], "place", state->from, "time",
            cli_moment(context, state->state_us), "pieces", cli_count(context, fed->log_pieces),
            "seconds", cli_seconds(context, fed->us), NULL);
    pb_buf_byte(out, '\n');
}

static pb_status feed_once(cli_context *context, const backup_standby_options *options,
                           bool even_nothing, pb_error *err)
{
    PB_AUTO_BUF out = PB_BUF_INIT(1 << 20);
    service_call call = cli_service_call(context, "standby");
    backup_fed fed;
    PB_TRY(service_standby_feed(context->service, &call, options, &fed, err));
    cli_progress_end(context);
    bool anything = fed.built || fed.log_pieces > 0 || even_nothing;
    if (anything && context->json)
        fed_json(context, &fed, &out);
    else if (anything && !context->quiet)
        fed_text(context, &fed, &out);
    return cli_finish(&out, err);
}

/* What passes by itself, or by somebody's hand at the place: the next round tries again. */
static bool passes(pb_status status)
{
    return status == PB_BUSY || status == PB_IO || status == PB_DENIED || status == PB_NOT_FOUND ||
           status == PB_LIMIT;
}

static void rest(int64_t us)
{
    int64_t until = sys_monotonic_us() + us;
    while (!sys_interrupted() && sys_monotonic_us() < until) {
        int64_t left = until - sys_monotonic_us();
        sys_sleep_us(left < PAUSE_US ? left : PAUSE_US);
    }
}

static pb_status follow(cli_context *context, const backup_standby_options *options, pb_error *err)
{
    int64_t every;
    bool failed = false;
    PB_TRY(cli_number(context, "every", 1, EVERY_MAX, &every, err));
    PB_TRY(feed_once(context, options, true, err)); /* what is wrong from the start ends it */
    while (!sys_interrupted()) {
        pb_error error = {0};
        rest(every * 1000 * 1000);
        pb_status status = sys_interrupted() ? PB_OK : feed_once(context, options, failed, &error);
        if (status == PB_CANCELLED)
            return PB_OK;
        if (status != PB_OK && !passes(status)) {
            *err = error;
            return status;
        }
        if (status != PB_OK && !failed)
            cli_print_error(context, &error);
        failed = status != PB_OK;
    }
    return PB_OK;
}

/* ---- status ---- */

static void seen_json(const cli_context *context, const backup_standby_seen *seen, pb_buf *out)
{
    pb_json json;
    pb_json_init(&json, out, 2);
    pb_json_object(&json);
    pb_json_member(&json, "workspace", pb_str_c(context->call.arguments[0]));
    pb_json_member(&json, "role", seen->standby ? PB_STR("standby") : PB_STR("primary"));
    pb_json_member_i64(&json, "takeover", (int64_t)seen->epoch.number);
    pb_json_member_i64(&json, "events", (int64_t)seen->events);
    pb_json_member(&json, "last_event",
                   seen->event_us > 0 ? pb_str_c(cli_moment(context, seen->event_us))
                                      : PB_STR_NONE);
    if (seen->standby) {
        const db_standby *state = &seen->state;
        pb_json_member(&json, "from", pb_str_c(state->from));
        pb_json_member(&json, "primary", pb_str_c(state->primary));
        pb_json_member(&json, "as_of", pb_str_c(cli_moment(context, state->state_us)));
        pb_json_member(&json, "asked", pb_str_c(cli_moment(context, state->fed_us)));
        pb_json_member_i64(&json, "notes", (int64_t)seen->notes);
    }
    pb_json_key(&json, "place_answers");
    pb_json_bool(&json, seen->asked);
    if (seen->asked) {
        pb_json_member_i64(&json, "primary_events", (int64_t)seen->told_events);
        pb_json_member(&json, "primary_told",
                       seen->told_us > 0 ? pb_str_c(cli_moment(context, seen->told_us))
                                         : PB_STR_NONE);
        pb_json_member_i64(&json, "pieces_waiting", (int64_t)seen->waiting);
        pb_json_member_i64(&json, "takeover_at_place", (int64_t)seen->takeover);
    } else if (seen->error.status != PB_OK) {
        PB_AUTO_BUF why = PB_BUF_INIT(65536);
        cli_put_error(context, &seen->error, &why);
        pb_json_member(&json, "error", pb_buf_str(&why));
    }
    pb_json_object_end(&json);
    pb_buf_byte(out, '\n');
}

static void place_text(const cli_context *context, const backup_standby_seen *seen, pb_buf *out)
{
    if (!seen->asked) {
        PB_AUTO_BUF why = PB_BUF_INIT(65536);
        cli_put_error(context, &seen->error, &why);
        cli_say(context, out, PB_MSG("The place could not be asked. {why}"), "why",
                pb_buf_cstr(&why), NULL);
        pb_buf_byte(out, '\n');
        return;
    }
    uint64_t behind = seen->told_events > seen->events ? seen->told_events - seen->events : 0;
    cli_say(context, out,
            PB_MSG("Behind: {pieces} pieces of the log wait at {place}; by what the primary told "
                   "at {time}, {events} events"),
            "pieces", cli_count(context, seen->waiting), "place", seen->state.from, "time",
            seen->told_us > 0 ? cli_moment(context, seen->told_us) : "-", "events",
            cli_count(context, behind), NULL);
    pb_buf_byte(out, '\n');
    if (seen->takeover > seen->epoch.number) {
        cli_say(context, out, PB_MSG("{by} has taken over: takeover {number}"), "by",
                seen->taken_over_by, "number", PB_ARG_INT(seen->takeover), NULL);
        pb_buf_byte(out, '\n');
    }
}

static void seen_text(const cli_context *context, const backup_standby_seen *seen, pb_buf *out)
{
    const char *events = cli_count(context, seen->events);
    const char *when = seen->event_us > 0 ? cli_moment(context, seen->event_us) : "-";
    if (!seen->standby) {
        cli_say(context, out,
                PB_MSG("{workspace} is no standby: it is written here. {events} events, the last "
                       "of {time}"),
                "workspace", context->call.arguments[0], "events", events, "time", when, NULL);
        pb_buf_byte(out, '\n');
        return;
    }
    const db_standby *state = &seen->state;
    cli_say(context, out,
            PB_MSG("{workspace} follows {primary} as of {asof}: {events} events, the last of "
                   "{time}"),
            "workspace", context->call.arguments[0], "primary",
            state->primary[0] != '\0' ? state->primary : state->from, "asof",
            cli_moment(context, state->state_us), "events", events, "time", when, NULL);
    pb_buf_byte(out, '\n');
    if (seen->notes > 0) {
        cli_say(context, out, PB_MSG("{count} reads and audits are noted here until it takes over"),
                "count", cli_count(context, seen->notes), NULL);
        pb_buf_byte(out, '\n');
    }
    place_text(context, seen, out);
}

static pb_status show_status(cli_context *context, const backup_standby_options *options,
                             int *ret_exit, pb_error *err)
{
    PB_AUTO_BUF out = PB_BUF_INIT(1 << 20);
    service_call call = cli_service_call(context, "standby");
    backup_standby_seen seen;
    PB_TRY(service_standby_look(context->service, &call, options, &seen, err));
    *ret_exit = seen.standby ? 0 : 1;
    if (context->json)
        seen_json(context, &seen, &out);
    else if (!context->quiet)
        seen_text(context, &seen, &out);
    return cli_finish(&out, err);
}

/* ---- taking over ---- */

static void promoted_json(const cli_context *context, const backup_promoted *done, pb_buf *out)
{
    pb_json json;
    pb_json_init(&json, out, 2);
    pb_json_object(&json);
    pb_json_member(&json, "workspace", pb_str_c(context->call.arguments[0]));
    pb_json_member_i64(&json, "takeover", (int64_t)done->epoch.number);
    pb_json_member_i64(&json, "events", (int64_t)done->events);
    pb_json_member_i64(&json, "records", (int64_t)done->report.records);
    pb_json_key(&json, "lost");
    if (done->unknown)
        pb_json_str(&json, PB_STR("unknown"));
    else
        pb_json_i64(&json, (int64_t)done->lost_events);
    pb_json_member_i64(&json, "erased_again", (int64_t)done->erased);
    pb_json_member_i64(&json, "notes", (int64_t)done->notes);
    pb_json_key(&json, "place_told");
    pb_json_bool(&json, done->fenced);
    pb_json_member_i64(&json, "microseconds", done->fed.us);
    pb_json_object_end(&json);
    pb_buf_byte(out, '\n');
}

static void promoted_text(const cli_context *context, const backup_promoted *done, pb_buf *out)
{
    cli_say(context, out,
            PB_MSG("{workspace} is the primary now (takeover {number}): {events} events and "
                   "{records} records verified, {seconds} s"),
            "workspace", context->call.arguments[0], "number", PB_ARG_INT(done->epoch.number),
            "events", cli_count(context, done->report.events), "records",
            cli_count(context, done->report.records), "seconds", cli_seconds(context, done->fed.us),
            NULL);
    pb_buf_byte(out, '\n');
    if (done->unknown)
        cli_say(context, out, PB_MSG("What was lost nobody knows; the ledger says so."), NULL);
    else if (done->lost)
        cli_say(context, out, PB_MSG("{count} events were lost; the ledger says so."), "count",
                cli_count(context, done->lost_events), NULL);
    else
        cli_say(context, out, PB_MSG("Nothing that the place knows of was lost."), NULL);
    pb_buf_byte(out, '\n');
    cli_say(context, out,
            done->fenced
                ? PB_MSG("The former primary is refused at the place from now on. Back this one "
                         "up: probity backup {workspace}")
                : PB_MSG("The place could not be told: see that nobody writes to the former "
                         "primary, and back this one up: probity backup {workspace}"),
            "workspace", context->call.arguments[0], NULL);
    pb_buf_byte(out, '\n');
}

static pb_status promote(cli_context *context, const backup_standby_options *options, pb_error *err)
{
    PB_AUTO_BUF out = PB_BUF_INIT(1 << 20);
    service_call call = cli_service_call(context, "standby");
    backup_promoted done;
    PB_TRY(service_standby_promote(context->service, &call, options, &done, err));
    cli_progress_end(context);
    if (context->json)
        promoted_json(context, &done, &out);
    else if (!context->quiet)
        promoted_text(context, &done, &out);
    return cli_finish(&out, err);
}

/* ---- the command ---- */

static pb_status check_choice(const cli_context *context, pb_error *err)
{
    static const char *const modes[] = {"once", "follow", "status", "promote"};
    int chosen = 0;
    for (size_t i = 0; i < sizeof modes / sizeof *modes; i++)
        chosen += cli_flag(context, modes[i]);
    if (chosen > 1)
        return pb_fail(err, PB_USAGE,
                       PB_MSG("Only one of --once, --follow, --status and --promote can be given"),
                       NULL);
    if (cli_value(context, "accept-loss") != NULL && !cli_flag(context, "promote"))
        return pb_fail(err, PB_USAGE, PB_MSG("--accept-loss belongs to --promote"), NULL);
    return PB_OK;
}

pb_status cli_run_standby(cli_context *context, int *ret_exit, pb_error *err)
{
    backup_standby_options options;
    *ret_exit = 0;
    PB_TRY(check_choice(context, err));
    if (db_place_is_server(context->call.arguments[0]))
        return cli_standby_server(context, ret_exit, err);
    PB_TRY(options_of(context, &options, err));
    if (cli_flag(context, "status"))
        return show_status(context, &options, ret_exit, err);
    if (cli_flag(context, "promote"))
        return promote(context, &options, err);
    if (cli_flag(context, "follow"))
        return follow(context, &options, err);
    return feed_once(context, &options, true, err);
}
