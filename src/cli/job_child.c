/* Doing a job: its command, run as a process of its own. What it holds goes with it, and whatever
 * becomes of it leaves the worker alone. */
#include "job_child.h"

#include "base/utf8.h"
#include "job_kinds.h"
#include "sys/clock.h"
#include "sys/environment.h"
#include "sys/process.h"
#include "sys/signal.h"

enum { WAIT_US = 250000, GRACE_US = 5000000, OUTPUT_MAX = 1 << 20, WORDS = 256 };

/* What is no text is left out. */
static pb_str readable(const pb_buf *said, pb_buf *room)
{
    pb_str rest = pb_str_trim(pb_buf_str(said));
    pb_buf_clear(room);
    while (!pb_str_empty(rest)) {
        size_t bad = pb_utf8_first_bad(rest);
        size_t good = bad < rest.len ? bad : rest.len;
        pb_buf_add(room, pb_str_sub(rest, 0, good));
        rest = pb_str_sub(rest, good < rest.len ? good + 1 : good, rest.len);
    }
    return room->failed ? PB_STR_NONE : pb_buf_str(room);
}

typedef struct watching {
    sys_child *child;
    service_beat *beat;
    bool asked;       /* to end, because this process is to */
    bool lost;        /* the job is not ours any more */
    int64_t until_us; /* after that it is killed */
} watching;

/* True when it is to be waited for no longer. */
static bool watch(watching *w)
{
    bool end = sys_interrupted(), own = service_job_beat(w->beat);
    w->lost = w->lost || !own;
    if ((end || !own) && !w->asked) {
        w->asked = true;
        w->until_us = own ? sys_monotonic_us() + GRACE_US : 0;
        sys_child_ask(w->child);
    }
    return w->asked && sys_monotonic_us() > w->until_us;
}

static pb_status wait_for(watching *w, bool *ret_ended, int *ret_exit, pb_error *err)
{
    do {
        PB_TRY(sys_child_wait(w->child, WAIT_US, ret_ended, ret_exit, err));
    } while (!*ret_ended && !watch(w));
    return PB_OK;
}

static void judge(const watching *w, const job_kind *kind, bool ended, int exit,
                  service_job_result *result)
{
    bool good = ended && (exit == 0 || (exit == 1 && kind->finds));
    result->exit = exit;
    result->outcome = good ? JOB_WELL : w->asked || w->lost ? JOB_BACK : JOB_BAD;
}

static pb_status whole_line(cli_context *context, const job_kind *kind, pb_str arguments,
                            const char **words, pb_error *err)
{
    const char *const *line;
    size_t i = 0;
    words[0] = sys_program_path(context->arena);
    if (words[0] == NULL)
        return pb_fail_memory(err);
    PB_TRY(job_kind_line(context, kind, arguments, &line, err));
    for (; line[i] != NULL && i + 2 < WORDS; i++)
        words[i + 1] = line[i];
    words[i + 1] = NULL;
    return PB_OK;
}

pb_status job_child_run(cli_context *context, const job_item *job, service_beat *beat,
                        pb_buf *said_room, service_job_result *ret_result, pb_error *err)
{
    PB_AUTO_BUF said = PB_BUF_INIT(OUTPUT_MAX);
    const job_kind *kind = job_kind_find(job->kind);
    const char *words[WORDS];
    watching w = {.beat = beat};
    bool ended = false;
    int exit = 0;
    if (kind == NULL) /* a worker asks for no other */
        return pb_fail(err, PB_INTERNAL, PB_MSG("There is no kind of job “{kind}”."), "kind",
                       PB_ARG(job->kind), NULL);
    PB_TRY(whole_line(context, kind, job->arguments, words, err));
    PB_TRY(sys_child_start(words, &w.child, err));
    pb_status status = wait_for(&w, &ended, &exit, err);
    if (status == PB_OK)
        status = sys_child_output(w.child, &said, err);
    sys_child_end(w.child);
    PB_TRY(status);
    judge(&w, kind, ended, exit, ret_result);
    ret_result->said = readable(&said, said_room);
    return PB_OK;
}
