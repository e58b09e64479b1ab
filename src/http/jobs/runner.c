/* Threads that do jobs while the server runs, and one that says that they live. */
#include "jobs.h"

#include "../server.h"

#include "base/time.h"
#include "service/serving.h"
#include "sys/clock.h"

#include <errno.h>

enum { THREADS = 2, KINDS_MAX = 32, RESULT_MAX = 32 << 20, SAID_MAX = 4000 };

#define LEASE_US (INT64_C(60) * PB_US_PER_SECOND)
#define LOOK_US (INT64_C(5) * PB_US_PER_SECOND)
#define PAUSE_US (INT64_C(5) * PB_US_PER_SECOND)
#define CLEAR_US (INT64_C(3600) * PB_US_PER_SECOND)

/* One thread and what it does. */
typedef struct labourer {
    http_jobs *all;
    pthread_t thread;
    pthread_mutex_t beating; /* while it is said that it lives */
    service_beat *beat;      /* NULL: there is nothing to say */
    int64_t n;               /* the job; 0: none */
    http_job_progress progress;
    atomic_bool stop; /* its job is to end */
    pb_buf said;
} labourer;

struct http_jobs {
    http_server *server;
    service_depot *depot;
    pthread_mutex_t mutex;
    pthread_cond_t change;
    uint64_t wishes; /* how often it was said that there may be something to do */
    atomic_bool ends;
    const char *kinds[KINDS_MAX];
    size_t kind_count;
    labourer labourers[THREADS];
    size_t count;
    pthread_t beater;
    bool beats;
};

static const http_job_kind *kind_of(pb_str name)
{
    for (const http_job_kind *const *table = http_job_kinds; *table != NULL; table++)
        for (const http_job_kind *kind = *table; kind->name != NULL; kind++)
            if (pb_str_is(name, kind->name))
                return kind;
    return NULL;
}

/* ---- one job ---- */

static bool tell_progress(void *context, const char *stage, const char *what, uint64_t done,
                          uint64_t total)
{
    labourer *l = context;
    pthread_mutex_lock(&l->all->mutex);
    http_job_progress *p = &l->progress;
    p->stage = stage;
    (void)snprintf(p->what, sizeof p->what, "%s", what == NULL ? "" : what);
    p->done = done;
    p->total = total;
    p->turn++;
    pthread_mutex_unlock(&l->all->mutex);
    return atomic_load(&l->stop);
}

static void begin_job(labourer *l, int64_t n, service_beat *beat)
{
    pthread_mutex_lock(&l->all->mutex);
    l->n = n;
    l->progress = (http_job_progress){.here = true};
    atomic_store(&l->stop, atomic_load(&l->all->ends));
    pthread_mutex_unlock(&l->all->mutex);
    pthread_mutex_lock(&l->beating);
    l->beat = beat;
    pthread_mutex_unlock(&l->beating);
}

static void end_job(labourer *l)
{
    pthread_mutex_lock(&l->beating);
    l->beat = NULL;
    pthread_mutex_unlock(&l->beating);
    pthread_mutex_lock(&l->all->mutex);
    l->n = 0;
    l->progress.here = false;
    pthread_mutex_unlock(&l->all->mutex);
}

/* What of the result there is lies in the depot: nobody but who asked finds it. */
static pb_status keep_result(http_job *job, pb_error *err)
{
    if (job->result.failed)
        return pb_fail_buffer(&job->result, PB_MSG("The answer became too long."), err);
    return job->result.len == 0
               ? PB_OK
               : http_job_file_whole(job, PB_STR("result.json"), "application/json",
                                     pb_buf_str(&job->result), err);
}

static pb_status run_kind(labourer *l, const job_item *item, http_job *job, pb_error *err)
{
    const http_job_kind *kind = kind_of(item->kind);
    const http_options *options = job->server;
    if (kind == NULL)
        return pb_fail(err, PB_INTERNAL, PB_MSG("There is no kind of job “{kind}”."), "kind",
                       PB_ARG(item->kind), NULL);
    PB_TRY(service_job_asker(options->workspace, item, sys_now_us(), job->arena, &job->call, err));
    const db_limits limits = {.stop = &l->stop};
    job->call.limits = &limits;
    job->call.memory = options->job_memory;
    job->call.progress = tell_progress;
    job->call.context = l;
    const db_limits *before = service_hold(&limits);
    pb_status status = kind->run(job, err);
    service_hold(before);
    return status == PB_OK ? keep_result(job, err) : status;
}

/* As a problem in the asker's language: it is kept with the job. */
static void word_failure(labourer *l, const http_job *job, const pb_error *error)
{
    http_request request = {.catalog = job->catalog};
    http_response response = {.body = PB_BUF_INIT(SAID_MAX), .arena = job->arena};
    http_problem(&request, &response, 0, error);
    pb_buf_clear(&l->said);
    if (!response.body.failed)
        pb_buf_add(&l->said, pb_buf_str(&response.body));
    pb_buf_free(&response.body);
}

static pb_status do_job(void *context, const job_item *item, service_beat *beat,
                        service_job_result *ret_result, pb_error *err)
{
    labourer *l = context;
    PB_AUTO_ARENA arena = pb_arena_new(0);
    pb_error why = {0};
    if (arena == NULL)
        return pb_fail_memory(err);
    begin_job(l, item->n, beat);
    http_options now; /* with the model of now, to the end of the job */
    const struct service_turn *turn = http_turn_take(l->all->server, true, &now);
    http_job job = {.server = &now,
                    .item = item,
                    .depot = l->all->depot,
                    .arena = arena,
                    .result = PB_BUF_INIT(RESULT_MAX)};
    pb_str language = service_job_option(item, "language", arena);
    job.catalog = http_server_catalog(l->all->server,
                                      language.ptr == NULL ? "en" : pb_arena_cstr(arena, language));
    pb_json_init(&job.json, &job.result, 0);
    pb_status status = run_kind(l, item, &job, &why);
    bool stopped = atomic_load(&l->stop);
    *ret_result = (service_job_result){.outcome = JOB_WELL, .exit = 0};
    if (status != PB_OK) {
        word_failure(l, &job, &why);
        ret_result->said = pb_buf_str(&l->said);
        ret_result->exit = pb_status_exit(status);
        bool again = status == PB_BUSY && !job.tried;
        ret_result->outcome = stopped ? JOB_BACK : again ? JOB_BAD : JOB_NEVER;
        if (status == PB_INTERNAL || status == PB_CORRUPT || status == PB_IO)
            http_log_error("job.failed", &why);
    }
    pb_buf_free(&job.result);
    http_turn_release(l->all->server, turn);
    end_job(l);
    return PB_OK;
}

/* ---- threads ---- */

static void wait_us(http_jobs *jobs, int64_t us)
{
    struct timespec until;
    int64_t at = sys_now_us() + us;
    until.tv_sec = (time_t)(at / PB_US_PER_SECOND);
    until.tv_nsec = (long)(at % PB_US_PER_SECOND) * 1000;
    uint64_t before = jobs->wishes;
    while (before == jobs->wishes && !atomic_load(&jobs->ends))
        if (pthread_cond_timedwait(&jobs->change, &jobs->mutex, &until) == ETIMEDOUT)
            break;
}

static void rest(void *context, int64_t us)
{
    http_jobs *jobs = ((labourer *)context)->all;
    pthread_mutex_lock(&jobs->mutex);
    wait_us(jobs, us);
    pthread_mutex_unlock(&jobs->mutex);
}

/* A worker that failed (the workspace's server is away) begins anew. */
static void *labour(void *context)
{
    labourer *l = context;
    http_jobs *jobs = l->all;
    const service_worker worker = {.kinds = jobs->kinds,
                                   .kind_count = jobs->kind_count,
                                   .lease_us = LEASE_US,
                                   .pause_us = PAUSE_US,
                                   .look_us = LOOK_US,
                                   .run = do_job,
                                   .rest = rest,
                                   .context = l};
    while (!atomic_load(&jobs->ends)) {
        pb_error error = {0};
        service_worked worked;
        service_call call = {.now_us = sys_now_us()};
        call.actor = (ledger_actor){.name = PB_STR("serve"), .via = PB_STR("API")};
        if (service_work(&call, jobs->server->options->workspace, &worker, &worked, &error) !=
            PB_OK)
            http_log_error("jobs.failed", &error);
        rest(l, LOOK_US);
    }
    return NULL;
}

static void beat_one(labourer *l)
{
    pthread_mutex_lock(&l->beating);
    bool lost = l->beat != NULL && !service_job_beat(l->beat), not_yet = false;
    if (lost) /* a plain store here is one beyond the array to gcc 12 under the sanitizers */
        (void)atomic_compare_exchange_strong(&l->stop, &not_yet, true);
    pthread_mutex_unlock(&l->beating);
}

/* Renewing waits where the job itself writes: so no thread that does a job does it. */
static void beat_all(http_jobs *jobs)
{
    for (size_t i = 0; i < jobs->count; i++)
        beat_one(&jobs->labourers[i]);
}

static void *beat(void *context)
{
    http_jobs *jobs = context;
    int64_t cleared_us = sys_monotonic_us() - CLEAR_US;
    while (!atomic_load(&jobs->ends)) {
        pb_error error = {0};
        if (sys_monotonic_us() - cleared_us >= CLEAR_US) {
            cleared_us = sys_monotonic_us();
            if (service_depot_clear(jobs->depot, sys_now_us(), &error) != PB_OK)
                http_log_error("depot.not.cleared", &error);
        }
        beat_all(jobs);
        rest(&jobs->labourers[0], LOOK_US);
    }
    return NULL;
}

static pb_status start_threads(http_jobs *jobs, pb_error *err)
{
    for (; jobs->count < THREADS; jobs->count++) {
        labourer *l = &jobs->labourers[jobs->count];
        l->all = jobs;
        l->said = PB_BUF_INIT(SAID_MAX);
        pthread_mutex_init(&l->beating, NULL);
        if (pthread_create(&l->thread, NULL, labour, l) != 0)
            return pb_fail(err, PB_BUSY, PB_MSG("The system gives no more threads."), NULL);
    }
    jobs->beats = pthread_create(&jobs->beater, NULL, beat, jobs) == 0;
    return jobs->beats ? PB_OK
                       : pb_fail(err, PB_BUSY, PB_MSG("The system gives no more threads."), NULL);
}

pb_status http_jobs_start(http_server *server, http_jobs **ret_jobs, pb_error *err)
{
    const http_options *options = server->options;
    http_jobs *jobs = options->depot == NULL ? NULL : calloc(1, sizeof *jobs);
    if (options->depot == NULL)
        return PB_OK;
    if (jobs == NULL)
        return pb_fail_memory(err);
    pthread_mutex_init(&jobs->mutex, NULL);
    pthread_cond_init(&jobs->change, NULL);
    jobs->server = server;
    for (const http_job_kind *const *table = http_job_kinds; *table != NULL; table++)
        for (const http_job_kind *kind = *table; kind->name != NULL; kind++)
            if (jobs->kind_count < KINDS_MAX)
                jobs->kinds[jobs->kind_count++] = kind->name;
    pb_status status = service_depot_open(options->workspace, options->depot, options->depot_most,
                                          &jobs->depot, err);
    if (status == PB_OK)
        status = start_threads(jobs, err);
    *ret_jobs = status == PB_OK ? jobs : http_jobs_stop(jobs);
    return status;
}

void http_jobs_end(http_jobs *jobs)
{
    if (jobs == NULL)
        return;
    pthread_mutex_lock(&jobs->mutex);
    atomic_store(&jobs->ends, true);
    for (size_t i = 0; i < jobs->count; i++)
        atomic_store(&jobs->labourers[i].stop, true);
    pthread_cond_broadcast(&jobs->change);
    pthread_mutex_unlock(&jobs->mutex);
}

bool http_jobs_busy(http_jobs *jobs)
{
    bool busy = false;
    if (jobs == NULL)
        return false;
    pthread_mutex_lock(&jobs->mutex);
    for (size_t i = 0; i < jobs->count; i++)
        busy = busy || jobs->labourers[i].n != 0;
    pthread_mutex_unlock(&jobs->mutex);
    return busy;
}

http_jobs *http_jobs_stop(http_jobs *jobs)
{
    if (jobs == NULL)
        return NULL;
    http_jobs_end(jobs);
    if (jobs->beats)
        pthread_join(jobs->beater, NULL);
    for (size_t i = 0; i < jobs->count; i++) {
        pthread_join(jobs->labourers[i].thread, NULL);
        pthread_mutex_destroy(&jobs->labourers[i].beating);
        pb_buf_free(&jobs->labourers[i].said);
    }
    service_depot_close(jobs->depot);
    pthread_cond_destroy(&jobs->change);
    pthread_mutex_destroy(&jobs->mutex);
    free(jobs);
    return NULL;
}

/* ---- for those who ask ---- */

void http_jobs_wake(http_jobs *jobs)
{
    pthread_mutex_lock(&jobs->mutex);
    jobs->wishes++;
    pthread_cond_broadcast(&jobs->change);
    pthread_mutex_unlock(&jobs->mutex);
}

http_job_progress http_jobs_progress(http_jobs *jobs, int64_t n)
{
    http_job_progress found = {.here = false};
    if (jobs == NULL)
        return found;
    pthread_mutex_lock(&jobs->mutex);
    for (size_t i = 0; i < jobs->count; i++)
        if (jobs->labourers[i].n == n)
            found = jobs->labourers[i].progress;
    pthread_mutex_unlock(&jobs->mutex);
    return found;
}

void http_jobs_cancel(http_jobs *jobs, int64_t n)
{
    if (jobs == NULL)
        return;
    pthread_mutex_lock(&jobs->mutex);
    for (size_t i = 0; i < jobs->count; i++)
        if (jobs->labourers[i].n == n)
            atomic_store(&jobs->labourers[i].stop, true);
    pthread_mutex_unlock(&jobs->mutex);
}

pb_status http_jobs_depot(const http_request *request, service_depot **ret_depot, pb_error *err)
{
    if (request->host == NULL || request->host->jobs == NULL)
        return pb_fail(err, PB_UNSUPPORTED, PB_MSG("This server does no jobs."), NULL);
    *ret_depot = request->host->jobs->depot;
    return PB_OK;
}
