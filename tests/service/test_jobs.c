/* Jobs: taken by one of many processes at a time, given to another when a worker dies, tried again,
 * noted in the ledger. Each process that does a job holds a lock of its own making meanwhile: a
 * second one that did the same job would find it taken. */
#include "service_support.h"

#include "engine.h"
#include "service/jobs.h"
#include "sys/clock.h"
#include "sys/signal.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

enum { WORKERS = 8, JOBS = 200, KILLS = 12, SECOND = 1000000 };

static const char *const all_kinds[] = {"count"};

static const char *new_workspace(office *o)
{
    pb_error err = {0};
    PB_AUTO_BUF key_path = PB_BUF_INIT(65536);
    const char *url = on_postgres() ? engine_address() : place(o, "w");
    must(service_init(o->service, &o->call, url, &o->key, &key_path, &err), &err);
    return url;
}

static void drop_workspace(office *o)
{
    pb_error err = {0};
    if (!on_postgres())
        must(sys_dir_remove_tree(place(o, "w"), &err), &err);
    must(sys_dir_remove_tree(place(o, "marks"), &err), &err);
    unlink(o->key.key_file);
}

static void make_marks(office *o)
{
    pb_error err = {0};
    must(sys_dir_make(place(o, "marks"), 0700, true, &err), &err);
}

static int64_t add(office *o, db_workspace *workspace, const char *kind, int64_t every_us,
                   int64_t most)
{
    pb_error err = {0};
    int64_t n = 0;
    service_call call = o->call;
    call.now_us = sys_now_us();
    const job_wish wish = {.kind = pb_str_c(kind),
                           .arguments = PB_STR("--to=/nowhere\n"),
                           .due_us = call.now_us,
                           .every_us = every_us,
                           .most = most};
    must(service_job_add(&call, workspace, &wish, &n, &err), &err);
    return n;
}

static job_item look(office *o, db_workspace *workspace, int64_t n)
{
    pb_error err = {0};
    job_item *jobs = NULL;
    size_t count = 0;
    const job_filter all = {.limit = 100000};
    must(service_jobs(workspace, &all, o->arena, &jobs, &count, &err), &err);
    for (size_t i = 0; i < count; i++)
        if (jobs[i].n == n)
            return jobs[i];
    fail_msg("there is no job %lld", (long long)n);
    return (job_item){0};
}

/* ---- one who works ---- */

typedef struct doing {
    office *o;
    int64_t each_us;       /* that a job takes */
    bool silent;           /* nobody is told meanwhile that it is at work */
    job_outcome outcome;   /* what comes of each */
    db_workspace *cancels; /* it cancels the job through this one while it does it; NULL: no */
    unsigned done, lost;
    bool own; /* of the last */
} doing;

static void leave(const char *path, const char *line)
{
    int fd = open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
    if (fd < 0 || write(fd, line, strlen(line)) < 0)
        _exit(7);
    close(fd);
}

static pb_status do_job(void *context, const job_item *job, service_beat *beat,
                        service_job_result *ret_result, pb_error *err)
{
    doing *d = context;
    char name[60], path[400];
    sys_lock *mark = NULL;
    snprintf(name, sizeof name, "marks/%lld", (long long)job->n);
    snprintf(path, sizeof path, "%s/%s.lock", d->o->folder, name);
    if (sys_lock_take(path, &mark, NULL) != PB_OK) {
        snprintf(path, sizeof path, "%s/two-at-once", d->o->folder);
        leave(path, name);
    }
    if (d->cancels != NULL)
        must(service_job_cancel(&d->o->call, d->cancels, job->n, err), err);
    int64_t until = sys_monotonic_us() + d->each_us;
    bool own = true;
    while (sys_monotonic_us() < until && own) {
        sys_sleep_us(d->each_us < 20000 ? d->each_us : 20000);
        own = d->silent || service_job_beat(beat);
    }
    d->lost += own ? 0 : 1;
    d->done++;
    snprintf(path, sizeof path, "%s/%s.done", d->o->folder, name);
    leave(path, "x");
    sys_lock_release(mark);
    *ret_result = (service_job_result){
        .outcome = d->outcome, .exit = d->outcome == JOB_WELL ? 0 : 2, .said = PB_STR("so it is")};
    return PB_OK;
}

static void note_own(void *context, const job_item *job, const service_job_result *result, bool own)
{
    doing *d = context;
    (void)job;
    (void)result;
    d->own = own;
}

static service_worker worker_of(doing *d, int64_t lease_us)
{
    return (service_worker){.kinds = all_kinds,
                            .kind_count = 1,
                            .lease_us = lease_us,
                            .pause_us = 20000,
                            .look_us = 50000,
                            .run = do_job,
                            .done = note_own,
                            .context = d};
}

static service_worked work(office *o, db_workspace *workspace, doing *d, int64_t lease_us,
                           bool once)
{
    pb_error err = {0};
    service_worked worked = {0};
    service_worker worker = worker_of(d, lease_us);
    worker.once = once;
    worker.until_empty = !once;
    must(service_work(&o->call, workspace, &worker, &worked, &err), &err);
    return worked;
}

/* A process of its own that works until it is asked to end. */
static pid_t start_worker(office *o, const char *url, int64_t each_us, int64_t lease_us,
                          bool silent)
{
    pid_t child = fork();
    assert_true(child >= 0);
    if (child > 0)
        return child;
    doing d = {.o = o, .each_us = each_us, .silent = silent};
    service_worker worker = worker_of(&d, lease_us);
    service_worked worked;
    pb_error err = {0};
    db_workspace *workspace = NULL;
    const db_options options = {.key = o->key};
    sys_signals_install();
    pb_status status =
        db_workspace_open(url, service_schema(o->service), &options, &workspace, &err);
    if (status == PB_OK)
        status = service_work(&o->call, workspace, &worker, &worked, &err);
    if (status != PB_OK) {
        PB_AUTO_BUF out = PB_BUF_INIT(65536);
        pb_error_render(&err, &err.primary, NULL, &out);
        fprintf(stderr, "worker: %s\n", pb_buf_cstr(&out));
    }
    db_workspace_close(workspace);
    _exit(status == PB_OK ? 0 : 9);
}

static size_t jobs_done(office *o)
{
    PB_AUTO_ARENA arena = pb_arena_new(0);
    pb_error err = {0};
    pb_str *names;
    size_t count, done = 0;
    must(sys_dir_list(place(o, "marks"), arena, &names, &count, &err), &err);
    for (size_t i = 0; i < count; i++)
        done += pb_str_ends(names[i], PB_STR(".done"));
    return done;
}

static void end_worker(pid_t child, int number, bool well)
{
    int state = 0;
    assert_int_equal(0, kill(child, number));
    assert_int_equal(child, waitpid(child, &state, 0));
    if (well)
        assert_int_equal(0, state);
}

/* ---- many at once ---- */

static void all_must_be_done(office *o, const char *url)
{
    pb_error err = {0};
    ledger_report report;
    db_workspace *workspace = open_workspace(o, url);
    job_item *jobs = NULL;
    size_t count = 0, open = 1;
    const job_filter all = {.limit = 100000};
    doing d = {.o = o, .each_us = 1000};
    for (int i = 0; i < 100 && open > 0; i++) { /* what killed workers had when they died */
        work(o, workspace, &d, SECOND, false);
        must(service_jobs(workspace, &all, o->arena, &jobs, &count, &err), &err);
        open = 0;
        for (size_t j = 0; j < count; j++)
            open += jobs[j].state != JOB_DONE;
        if (open > 0)
            usleep(100000);
    }
    assert_int_equal(0, open);
    assert_int_equal(JOBS, count);
    for (size_t j = 0; j < count; j++) {
        assert_true(jobs[j].tries >= 1);
        assert_int_equal(SYS_FILE,
                         sys_path_kind(place(o, pb_arena_printf(o->arena, "marks/%lld.done",
                                                                (long long)jobs[j].n))));
    }
    must(service_verify(o->service, &o->call, workspace, &report, &err), &err);
    /* one event when it was added, and two for each try, its end told by whoever noticed it */
    size_t tries = 0;
    for (size_t j = 0; j < count; j++)
        tries += (size_t)jobs[j].tries;
    assert_true(report.events >= JOBS + 2 * tries);
    db_workspace_close(workspace);
    assert_int_equal(SYS_NONE, sys_path_kind(place(o, "two-at-once")));
}

/* shows: PER-2 PER-3 PER-4 */
static void test_many_processes_share_jobs_and_may_be_killed(void **state)
{
    office *o = *state;
    const char *url = new_workspace(o);
    pid_t workers[WORKERS];
    db_workspace *workspace = open_workspace(o, url);
    make_marks(o);
    for (int i = 0; i < JOBS; i++)
        add(o, workspace, "count", 0, JOB_TRIES_MOST);
    db_workspace_close(workspace); /* nothing is open across a fork */
    for (int i = 0; i < WORKERS; i++)
        workers[i] = start_worker(o, url, 2000, SECOND, false);
    size_t done = 0;
    for (int killed = 0, i = 0; done < JOBS; i++) {
        assert_true(i < 6000);
        done = jobs_done(o);
        if (killed < KILLS && done >= (size_t)(killed + 1) * JOBS / (KILLS + 2)) {
            int which = killed++ % WORKERS;
            end_worker(workers[which], SIGKILL, false);
            workers[which] = start_worker(o, url, 2000, SECOND, false);
        }
        usleep(20000);
    }
    for (int i = 0; i < WORKERS; i++)
        end_worker(workers[i], SIGTERM, true);
    all_must_be_done(o, url);
    drop_workspace(o);
}

/* shows: PER-2 PER-5 */
static void test_who_is_slow_keeps_its_job_and_who_died_loses_it(void **state)
{
    office *o = *state;
    const char *url = new_workspace(o);
    db_workspace *workspace = open_workspace(o, url);
    make_marks(o);
    int64_t n = add(o, workspace, "count", 0, 5);
    db_workspace_close(workspace);
    /* it lives, but says nothing for three leases: whoever asks meanwhile gets nothing */
    pid_t slow = start_worker(o, url, 1500000, SECOND / 2, true);
    workspace = open_workspace(o, url);
    for (int i = 0; i < 500 && look(o, workspace, n).state != JOB_RUNNING; i++)
        usleep(10000);
    doing d = {.o = o, .each_us = 1000};
    while (jobs_done(o) == 0) {
        service_worked worked = work(o, workspace, &d, SECOND / 2, true);
        assert_int_equal(0, worked.done + worked.failed + worked.returned);
        usleep(50000);
    }
    for (int i = 0; i < 500 && look(o, workspace, n).state != JOB_DONE; i++)
        usleep(10000);
    job_item found = look(o, workspace, n);
    assert_int_equal(JOB_DONE, found.state);
    assert_int_equal(1, found.tries);
    end_worker(slow, SIGTERM, true);
    /* it dies: when its lease is over, and no sooner, another does it */
    n = add(o, workspace, "count", 0, 5);
    db_workspace_close(workspace);
    pid_t dies = start_worker(o, url, 60 * (int64_t)SECOND, SECOND, false);
    workspace = open_workspace(o, url);
    for (int i = 0; i < 500 && look(o, workspace, n).state != JOB_RUNNING; i++)
        usleep(10000);
    end_worker(dies, SIGKILL, false);
    int64_t until = look(o, workspace, n).until_us;
    for (int i = 0; i < 500 && look(o, workspace, n).state != JOB_DONE; i++) {
        work(o, workspace, &d, SECOND, true);
        usleep(10000);
    }
    found = look(o, workspace, n);
    assert_int_equal(JOB_DONE, found.state);
    assert_int_equal(2, found.tries);
    assert_true(found.taken_us > until);
    assert_int_equal(SYS_NONE, sys_path_kind(place(o, "two-at-once")));
    db_workspace_close(workspace);
    drop_workspace(o);
}

/* Begins when the job does, and goes on long after its lease. */
static pb_status write_for_long(db_session *session, void *context, pb_error *err)
{
    const int64_t *us = context;
    int64_t until = sys_monotonic_us() + *us;
    (void)session;
    (void)err;
    while (sys_monotonic_us() < until)
        sys_sleep_us(20000);
    return PB_OK;
}

/* shows: PER-2 */
static void test_long_writes_of_others_cost_no_job(void **state)
{
    office *o = *state;
    pb_error err = {0};
    const char *url = new_workspace(o);
    db_workspace *workspace = open_workspace(o, url);
    make_marks(o);
    int64_t n = add(o, workspace, "count", 0, 1);
    db_workspace_close(workspace);
    pid_t worker = start_worker(o, url, 1500000, SECOND, false);
    workspace = open_workspace(o, url);
    while (look(o, workspace, n).state != JOB_RUNNING)
        usleep(10000);
    int64_t long_us = 12 * (int64_t)SECOND; /* longer than is waited in a folder */
    must(db_write(workspace, write_for_long, &long_us, &err), &err);
    for (int i = 0; i < 3000 && look(o, workspace, n).state == JOB_RUNNING; i++)
        usleep(10000);
    job_item found = look(o, workspace, n);
    assert_int_equal(JOB_DONE, found.state);
    assert_int_equal(1, found.tries);
    end_worker(worker, SIGTERM, true);
    db_workspace_close(workspace);
    drop_workspace(o);
}

/* Somebody else's transaction: what it says is done when it has answered. */
typedef struct other_session {
    FILE *in, *out;
} other_session;

static void say(other_session *other, const char *sql)
{
    char line[400] = "";
    fprintf(other->in, "%s\n\\echo over\n", sql);
    fflush(other->in);
    while (strcmp(line, "over\n") != 0)
        assert_non_null(fgets(line, sizeof line, other->out));
}

static pid_t open_session(other_session *ret_other)
{
    int in[2], out[2];
    assert_int_equal(0, pipe2(in, O_CLOEXEC));
    assert_int_equal(0, pipe2(out, O_CLOEXEC));
    pid_t child = fork();
    assert_true(child >= 0);
    if (child == 0) {
        if (dup2(in[0], 0) < 0 || dup2(out[1], 1) < 0)
            _exit(99);
        execlp("psql", "psql", "-q", "-h", engine_server.folder, "-U", "postgres", (char *)NULL);
        _exit(98);
    }
    close(in[0]);
    close(out[1]);
    *ret_other = (other_session){fdopen(in[1], "w"), fdopen(out[0], "r")};
    return child;
}

/* shows: PER-2 */
static void test_a_row_that_somebody_locked_is_passed_over(void **state)
{
    office *o = *state;
    other_session other;
    char sql[200];
    int ended;
    if (!on_postgres())
        return; /* a folder has one writer, and no locks of rows */
    db_workspace *workspace = open_workspace(o, new_workspace(o));
    doing d = {.o = o};
    make_marks(o);
    int64_t locked = add(o, workspace, "count", 0, 5), free_one = add(o, workspace, "count", 0, 5);
    pid_t child = open_session(&other);
    snprintf(sql, sizeof sql, "BEGIN; SELECT n FROM w%d.t_work_job WHERE n = %lld FOR UPDATE;",
             engine_count, (long long)locked);
    say(&other, sql);
    assert_int_equal(1, work(o, workspace, &d, SECOND, false).done);
    assert_int_equal(JOB_WAITING, look(o, workspace, locked).state);
    assert_int_equal(JOB_DONE, look(o, workspace, free_one).state);
    say(&other, "ROLLBACK;");
    assert_int_equal(1, work(o, workspace, &d, SECOND, false).done);
    assert_int_equal(JOB_DONE, look(o, workspace, locked).state);
    fclose(other.in);
    fclose(other.out);
    assert_int_equal(child, waitpid(child, &ended, 0));
    db_workspace_close(workspace);
    drop_workspace(o);
}

/* ---- what becomes of a job ---- */

/* One who works at moments that the test names. */
static job_worker at_will(office *o, db_workspace *workspace)
{
    return (job_worker){.workspace = workspace,
                        .actor = o->call.actor,
                        .name = PB_STR("tester 1"),
                        .kinds = all_kinds,
                        .kind_count = 1,
                        .lease_us = 60 * (int64_t)SECOND,
                        .pause_us = 30 * (int64_t)SECOND};
}

/* Takes what is due at a moment and ends it a second later; false: nothing was due. */
static bool turn(const job_worker *worker, int64_t now_us, job_outcome outcome)
{
    PB_AUTO_ARENA arena = pb_arena_new(0);
    pb_error err = {0};
    job_held *held = NULL;
    must(job_take(worker, now_us, arena, &held, &err), &err);
    if (held == NULL)
        return false;
    must(job_end(held, outcome, outcome == JOB_WELL ? 0 : 2, PB_STR("so it is"), now_us + SECOND,
                 &err),
         &err);
    return true;
}

/* shows: PER-3 PER-4 */
static void test_a_job_is_tried_again_and_then_counts_as_failed(void **state)
{
    static const int64_t pauses[] = {30 * (int64_t)SECOND, 60 * (int64_t)SECOND,
                                     120 * (int64_t)SECOND};
    office *o = *state;
    pb_error err = {0};
    db_workspace *workspace = open_workspace(o, new_workspace(o));
    job_worker worker = at_will(o, workspace);
    make_marks(o);
    int64_t n = add(o, workspace, "count", 0, 4), now = look(o, workspace, n).due_us;
    assert_false(turn(&worker, now - 1, JOB_BAD)); /* not before it is due */
    for (int i = 0; i < 4; i++) {
        assert_true(turn(&worker, now, JOB_BAD));
        job_item found = look(o, workspace, n);
        assert_int_equal(i + 1, found.tries);
        assert_int_equal(i < 3 ? JOB_WAITING : JOB_FAILED, found.state);
        assert_true(pb_str_is(found.said, "so it is"));
        assert_int_equal(2, found.exit);
        if (i < 3) {
            assert_int_equal(pauses[i], found.due_us - found.ended_us);
            assert_false(turn(&worker, found.due_us - 1, JOB_BAD));
            now = found.due_us;
        }
    }
    assert_false(turn(&worker, INT64_MAX / 2, JOB_BAD));
    /* once more, by hand, with all its tries; and it is over only when it is */
    must(service_job_again(&o->call, workspace, n, &err), &err);
    assert_int_equal(0, look(o, workspace, n).tries);
    assert_true(turn(&worker, o->call.now_us, JOB_WELL));
    assert_int_equal(JOB_DONE, look(o, workspace, n).state);
    assert_int_equal(PB_CONFLICT, service_job_cancel(&o->call, workspace, n, &err));
    assert_int_equal(PB_NOT_FOUND, service_job_cancel(&o->call, workspace, n + 1, &err));
    assert_int_equal(PB_NOT_FOUND, service_job_again(&o->call, workspace, 0, &err));
    db_workspace_close(workspace);
    drop_workspace(o);
}

/* shows: PER-3 */
static void test_work_that_comes_again_is_due_at_its_next_turn(void **state)
{
    static const int64_t hour = 3600 * (int64_t)SECOND;
    office *o = *state;
    db_workspace *workspace = open_workspace(o, new_workspace(o));
    job_worker worker = at_will(o, workspace);
    make_marks(o);
    int64_t n = add(o, workspace, "count", hour, 1), first = look(o, workspace, n).due_us;
    /* three turns are missed: they are not made up for */
    assert_true(turn(&worker, first + 3 * hour + hour / 2, JOB_WELL));
    job_item found = look(o, workspace, n);
    assert_int_equal(JOB_WAITING, found.state);
    assert_int_equal(first + 4 * hour, found.due_us);
    assert_int_equal(0, found.tries);
    assert_false(turn(&worker, found.due_us - 1, JOB_WELL));
    /* a turn that failed is no end of it, and is not forgotten until one goes well */
    for (int i = 1; i <= 2; i++) {
        assert_true(turn(&worker, look(o, workspace, n).due_us, JOB_BAD));
        found = look(o, workspace, n);
        assert_int_equal(JOB_WAITING, found.state);
        assert_int_equal(i, found.failures);
        assert_int_equal(first + (4 + i) * hour, found.due_us);
    }
    assert_true(turn(&worker, found.due_us, JOB_WELL));
    assert_int_equal(0, look(o, workspace, n).failures);
    db_workspace_close(workspace);
    drop_workspace(o);
}

/* shows: PER-3 */
static void test_a_cancelled_job_stops_and_kinds_unknown_are_left(void **state)
{
    office *o = *state;
    db_workspace *workspace = open_workspace(o, new_workspace(o));
    doing d = {.o = o, .each_us = 60 * (int64_t)SECOND, .cancels = workspace, .own = true};
    make_marks(o);
    int64_t other = add(o, workspace, "unheard-of", 0, 1);
    int64_t n = add(o, workspace, "count", 0, 5);
    assert_int_equal(1, work(o, workspace, &d, SECOND, false).returned);
    assert_int_equal(1, d.lost);
    assert_false(d.own);
    assert_int_equal(JOB_CANCELLED, look(o, workspace, n).state);
    assert_int_equal(JOB_WAITING, look(o, workspace, other).state);
    /* given back: as if it had not been taken */
    d = (doing){.o = o, .outcome = JOB_BACK};
    n = add(o, workspace, "count", 0, 5);
    assert_int_equal(1, work(o, workspace, &d, SECOND, true).returned);
    assert_int_equal(JOB_WAITING, look(o, workspace, n).state);
    assert_int_equal(0, look(o, workspace, n).tries);
    db_workspace_close(workspace);
    drop_workspace(o);
}

/* ---- the ledger ---- */

static pb_status count_event(void *context, const ledger_event *event, bool erased, pb_error *err)
{
    unsigned *count = context;
    (void)err;
    assert_false(erased);
    assert_true(event->payload.len > 0);
    ++*count;
    return PB_OK;
}

static unsigned events_of(db_workspace *workspace, const char *kind)
{
    pb_error err = {0};
    db_session *session = NULL;
    unsigned count = 0;
    must(db_snapshot_open(workspace, &session, &err), &err);
    must(ledger_each_of(session, kind, count_event, &count, &err), &err);
    db_snapshot_close(session);
    return count;
}

/* shows: ACC-4 */
static void test_each_change_of_state_is_an_event(void **state)
{
    office *o = *state;
    pb_error err = {0};
    db_workspace *workspace = open_workspace(o, new_workspace(o));
    doing d = {.o = o, .outcome = JOB_BAD};
    make_marks(o);
    int64_t n = add(o, workspace, "count", 0, 1);
    work(o, workspace, &d, SECOND, true);
    must(service_job_again(&o->call, workspace, n, &err), &err);
    must(service_job_cancel(&o->call, workspace, n, &err), &err);
    assert_int_equal(1, events_of(workspace, "job.added"));
    assert_int_equal(1, events_of(workspace, "job.taken"));
    assert_int_equal(1, events_of(workspace, "job.ended"));
    assert_int_equal(1, events_of(workspace, "job.again"));
    assert_int_equal(1, events_of(workspace, "job.cancelled"));
    /* a lease that is renewed is none */
    add(o, workspace, "count", 0, 1);
    d = (doing){.o = o, .each_us = 2 * (int64_t)SECOND};
    work(o, workspace, &d, 4 * (int64_t)SECOND, true);
    assert_int_equal(2, events_of(workspace, "job.taken"));
    assert_int_equal(2, events_of(workspace, "job.ended"));
    db_workspace_close(workspace);
    drop_workspace(o);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_many_processes_share_jobs_and_may_be_killed),
        cmocka_unit_test(test_who_is_slow_keeps_its_job_and_who_died_loses_it),
        cmocka_unit_test(test_long_writes_of_others_cost_no_job),
        cmocka_unit_test(test_a_row_that_somebody_locked_is_passed_over),
        cmocka_unit_test(test_a_job_is_tried_again_and_then_counts_as_failed),
        cmocka_unit_test(test_work_that_comes_again_is_due_at_its_next_turn),
        cmocka_unit_test(test_a_cancelled_job_stops_and_kinds_unknown_are_left),
        cmocka_unit_test(test_each_change_of_state_is_an_event),
    };
    return cmocka_run_group_tests(tests, office_open, office_close);
}
