/* Jobs, as people and programs read them. */
#include "job_text.h"

#include "base/time.h"

static const char *state_says(job_state state)
{
    static const char *const says[JOB_STATES] = {
        [JOB_WAITING] = PB_MSG("waiting"),     [JOB_RUNNING] = PB_MSG("being done"),
        [JOB_DONE] = PB_MSG("done"),           [JOB_FAILED] = PB_MSG("failed"),
        [JOB_CANCELLED] = PB_MSG("cancelled"),
    };
    return says[state];
}

bool job_text_failed(const job_item *job)
{
    return job->state == JOB_FAILED || (job->state == JOB_WAITING && job->failures > 0);
}

/* As --every takes it. */
static const char *length_of_time(const cli_context *context, int64_t us)
{
    static const struct {
        char letter;
        int64_t seconds;
    } units[] = {{'w', 604800}, {'d', 86400}, {'h', 3600}, {'m', 60}, {'s', 1}};
    int64_t seconds = us / PB_US_PER_SECOND;
    size_t i = 0;
    while (i + 1 < sizeof units / sizeof *units && seconds % units[i].seconds != 0)
        i++;
    const char *text = pb_arena_printf(context->arena, "%lld%c",
                                       (long long)(seconds / units[i].seconds), units[i].letter);
    return text != NULL ? text : "";
}

static void add_line(pb_buf *out)
{
    pb_buf_byte(out, '\n');
}

static void when_text(const cli_context *context, const job_item *job, int64_t now_us, pb_buf *out)
{
    const char *due = cli_moment(context, job->due_us);
    if (job->state == JOB_RUNNING)
        cli_say(context, out, PB_MSG("by {worker} since {time}, try {try} of {most}"), "worker",
                PB_ARG(job->worker), "time", cli_moment(context, job->taken_us), "try",
                PB_ARG_INT(job->tries), "most", PB_ARG_INT(job->most), NULL);
    else if (job->state != JOB_WAITING)
        cli_say(context, out, PB_MSG("at {time}"), "time",
                cli_moment(context, job->ended_us != INT64_MIN ? job->ended_us : job->at_us), NULL);
    else if (job->every_us > 0 && job_is_overdue(job, now_us))
        cli_say(context, out, PB_MSG("overdue since {time}, every {length}"), "time", due, "length",
                length_of_time(context, job->every_us), NULL);
    else if (job_is_overdue(job, now_us))
        cli_say(context, out, PB_MSG("overdue since {time}"), "time", due, NULL);
    else if (job->every_us > 0)
        cli_say(context, out, PB_MSG("due {time}, every {length}"), "time", due, "length",
                length_of_time(context, job->every_us), NULL);
    else
        cli_say(context, out, PB_MSG("due {time}"), "time", due, NULL);
}

/* What was said by the last try, each line of it further in. */
static void said_text(pb_str said, pb_buf *out)
{
    pb_str one;
    said = pb_str_trim(said);
    while (pb_str_split(&said, '\n', &one))
        pb_buf_printf(out, "     %.*s\n", PB_STR_FMT(one));
}

static void last_text(const cli_context *context, const job_item *job, pb_buf *out)
{
    if (job->exit == JOB_EXIT_NONE)
        return;
    pb_buf_addc(out, "   ");
    if (job->exit == JOB_EXIT_LOST && job->state == JOB_RUNNING)
        cli_say(context, out, PB_MSG("the worker of the try before was not heard of again"), NULL);
    else if (job->exit == JOB_EXIT_LOST)
        cli_say(context, out, PB_MSG("its worker {worker} was not heard of again"), "worker",
                PB_ARG(job->worker), NULL);
    else if (job->state == JOB_WAITING && job->tries > 0)
        cli_say(context, out, PB_MSG("try {try} of {most} failed at {time}, exit code {exit}:"),
                "try", PB_ARG_INT(job->tries), "most", PB_ARG_INT(job->most), "time",
                cli_moment(context, job->ended_us), "exit", PB_ARG_INT(job->exit), NULL);
    else if (job->state == JOB_WAITING && job->failures > 0)
        cli_say_n(context, out,
                  PB_MSG_N("its last turn failed, at {time}, exit code {exit}:",
                           "its last {count} turns failed, the last at {time}, exit code {exit}:"),
                  (uint64_t)job->failures, "count", cli_count(context, (uint64_t)job->failures),
                  "time", cli_moment(context, job->ended_us), "exit", PB_ARG_INT(job->exit), NULL);
    else
        cli_say(context, out, PB_MSG("last done at {time}, exit code {exit}:"), "time",
                cli_moment(context, job->ended_us), "exit", PB_ARG_INT(job->exit), NULL);
    add_line(out);
    said_text(job->said, out);
}

void job_text(const cli_context *context, const job_item *job, int64_t now_us, pb_buf *out)
{
    pb_str arguments = job->arguments, one;
    pb_buf_printf(out, "%lld  %.*s", (long long)job->n, PB_STR_FMT(job->kind));
    while (pb_str_split(&arguments, '\n', &one))
        if (!pb_str_empty(one))
            pb_buf_printf(out, " %.*s", PB_STR_FMT(one));
    pb_buf_printf(out, "  %s  ", cli_text(context, state_says(job->state)));
    when_text(context, job, now_us, out);
    add_line(out);
    last_text(context, job, out);
}

static void member_moment(const cli_context *context, pb_json *json, const char *name, int64_t us)
{
    pb_json_member(json, name, us == INT64_MIN ? PB_STR_NONE : pb_str_c(cli_moment(context, us)));
}

void job_json(const cli_context *context, const job_item *job, int64_t now_us, pb_json *json)
{
    pb_str arguments = job->arguments, one;
    pb_json_object(json);
    pb_json_member_i64(json, "job", job->n);
    pb_json_member(json, "kind", job->kind);
    pb_json_key(json, "arguments");
    pb_json_array(json);
    while (pb_str_split(&arguments, '\n', &one))
        if (!pb_str_empty(one))
            pb_json_str(json, one);
    pb_json_array_end(json);
    pb_json_member(json, "state", pb_str_c(job_state_word(job->state)));
    member_moment(context, json, "due", job->due_us);
    pb_json_key(json, "overdue");
    pb_json_bool(json, job_is_overdue(job, now_us));
    pb_json_member_i64(json, "every_seconds", job->every_us / PB_US_PER_SECOND);
    pb_json_member_i64(json, "tries", job->tries);
    pb_json_member_i64(json, "tries_at_most", job->most);
    pb_json_member_i64(json, "turns_failed", job->failures);
    pb_json_member(json, "asked_by", job->by);
    member_moment(context, json, "asked", job->at_us);
    pb_json_member(json, "worker", job->worker);
    member_moment(context, json, "taken", job->taken_us);
    member_moment(context, json, "lease_until", job->until_us);
    member_moment(context, json, "ended", job->ended_us);
    pb_json_key(json, "exit");
    if (job->exit == JOB_EXIT_NONE || job->exit == JOB_EXIT_LOST)
        pb_json_null(json);
    else
        pb_json_i64(json, job->exit);
    pb_json_key(json, "worker_lost");
    pb_json_bool(json, job->exit == JOB_EXIT_LOST);
    pb_json_member(json, "said", job->said);
    pb_json_object_end(json);
}

static const char *outcome_word(const service_job_result *result, bool own)
{
    if (!own)
        return "taken away";
    return result->outcome == JOB_WELL  ? "done"
           : result->outcome == JOB_BAD ? "failed"
                                        : "given back";
}

static const char *outcome_says(const service_job_result *result, bool own)
{
    if (!own)
        return PB_MSG("{job} {kind}: was taken away, nothing was noted");
    switch (result->outcome) {
    case JOB_WELL:
        return PB_MSG("{job} {kind}: done, exit code {exit}");
    case JOB_BAD:
        return PB_MSG("{job} {kind}: failed, exit code {exit}:");
    default:
        return PB_MSG("{job} {kind}: given back");
    }
}

void job_text_outcome(const cli_context *context, const job_item *job,
                      const service_job_result *result, bool own, pb_buf *out)
{
    cli_say(context, out, outcome_says(result, own), "job", PB_ARG_INT(job->n), "kind",
            PB_ARG(job->kind), "exit", PB_ARG_INT(result->exit), NULL);
    add_line(out);
    if (own && result->outcome == JOB_BAD)
        said_text(result->said, out);
}

void job_json_outcome(const job_item *job, const service_job_result *result, bool own,
                      pb_json *json)
{
    pb_json_object(json);
    pb_json_member_i64(json, "job", job->n);
    pb_json_member(json, "kind", job->kind);
    pb_json_member(json, "outcome", pb_str_c(outcome_word(result, own)));
    if (result->exit != JOB_EXIT_NONE)
        pb_json_member_i64(json, "exit", result->exit);
    pb_json_member(json, "said", result->said);
    pb_json_object_end(json);
}
