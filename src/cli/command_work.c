/* work: doing the jobs of a workspace. */
#include "command.h"

#include "base/time.h"
#include "job_child.h"
#include "job_kinds.h"
#include "job_text.h"

enum { KINDS_MAX = 32 };

typedef struct working {
    cli_context *context;
    pb_buf said; /* of the job at hand */
} working;

static pb_status run_one(void *opaque, const job_item *job, service_beat *beat,
                         service_job_result *ret_result, pb_error *err)
{
    working *w = opaque;
    return job_child_run(w->context, job, beat, &w->said, ret_result, err);
}

/* A line each, as it happens. */
static void tell_one(void *opaque, const job_item *job, const service_job_result *result, bool own)
{
    const working *w = opaque;
    PB_AUTO_BUF out = PB_BUF_INIT(1 << 20);
    pb_json json;
    pb_json_init(&json, &out, 0);
    if (w->context->json) {
        job_json_outcome(job, result, own, &json);
        pb_buf_byte(&out, '\n');
    } else if (!w->context->quiet) {
        job_text_outcome(w->context, job, result, own, &out);
    }
    cli_print(&out, NULL);
}

/* --kinds, or all. */
static pb_status read_kinds(const cli_context *context, const char **kinds, size_t *ret_count,
                            pb_error *err)
{
    const char *given = cli_value(context, "kinds");
    pb_str rest = given != NULL ? pb_str_c(given) : PB_STR_NONE, one;
    size_t count = 0;
    for (const job_kind *kind = job_kinds; given == NULL && kind->name != NULL; kind++)
        kinds[count++] = kind->name;
    while (count < KINDS_MAX && pb_str_split(&rest, ',', &one)) {
        const job_kind *kind = job_kind_find(pb_str_trim(one));
        if (kind == NULL) {
            PB_AUTO_BUF all = PB_BUF_INIT(PB_MSG_ARG_MAX);
            job_kind_list(&all);
            pb_fail(err, PB_USAGE, PB_MSG("There is no kind of job “{kind}”."), "kind",
                    PB_ARG(pb_str_trim(one)), NULL);
            pb_error_hint(err, PB_MSG("Possible: {list}"), "list", pb_buf_cstr(&all), NULL);
            return PB_USAGE;
        }
        kinds[count++] = kind->name;
    }
    *ret_count = count;
    return PB_OK;
}

static pb_status read_times(const cli_context *context, service_worker *worker, pb_error *err)
{
    int64_t lease, pause, look;
    PB_TRY(cli_number(context, "lease", 2, 3600, &lease, err));
    PB_TRY(cli_number(context, "pause", 1, 3600, &pause, err));
    PB_TRY(cli_number(context, "look", 1, 3600, &look, err));
    worker->lease_us = lease * PB_US_PER_SECOND;
    worker->pause_us = pause * PB_US_PER_SECOND;
    worker->look_us = look * PB_US_PER_SECOND;
    return PB_OK;
}

static pb_status no_passphrase(pb_error *err)
{
    pb_fail(err, PB_USAGE, PB_MSG("A worker cannot ask for a passphrase for every job."), NULL);
    pb_error_hint(err, PB_MSG("Give it a key with --key-file or --credential."), NULL);
    return PB_USAGE;
}

static pb_status read_request(const cli_context *context, service_worker *worker,
                              const char **kinds, pb_error *err)
{
    worker->once = cli_flag(context, "once");
    worker->until_empty = cli_flag(context, "until-empty");
    if (worker->once && worker->until_empty)
        return pb_fail(err, PB_USAGE, PB_MSG("Only one of --once and --until-empty can be given"),
                       NULL);
    if (cli_flag(context, "passphrase"))
        return no_passphrase(err);
    PB_TRY(read_times(context, worker, err));
    worker->kinds = kinds;
    return read_kinds(context, kinds, &worker->kind_count, err);
}

pb_status cli_run_work(cli_context *context, int *ret_exit, pb_error *err)
{
    const char *kinds[KINDS_MAX];
    working w = {context, PB_BUF_INIT(1 << 20)};
    service_call call = cli_service_call(context, "work");
    service_worker worker = {.run = run_one, .done = tell_one, .context = &w};
    db_options options = {.password_file = cli_value(context, "password-file")};
    db_workspace *workspace = NULL;
    service_worked worked;
    PB_TRY(read_request(context, &worker, kinds, err));
    PB_TRY(cli_key_source(context, false, &options.key, err));
    PB_TRY(cli_open_to_write(context, context->call.arguments[0], &options, &workspace, err));
    pb_status status = service_work(&call, workspace, &worker, &worked, err);
    db_workspace_close(workspace);
    pb_buf_free(&w.said);
    PB_TRY(status);
    *ret_exit = (worker.once || worker.until_empty) && worked.failed > 0 ? 1 : 0;
    return PB_OK;
}
