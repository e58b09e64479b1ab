/* Jobs that are over: cleared from the list when that is long ago, kept by the ledger; and jobs
 * that nobody does, told by the audit. All moments are given: no clock is asked. */
#include "asked.h"
#include "service_support.h"

#include "ledger/ledger.h"
#include "service/jobs.h"

#define NOW INT64_C(1750000000000000)
#define LONG_AGO (NOW - JOB_KEPT_US)

static db_workspace *new_workspace(office *o)
{
    return open_workspace(o, make_workspace(o));
}

static void drop_workspace(office *o, db_workspace *workspace)
{
    pb_error err = {0};
    db_workspace_close(workspace);
    if (!on_postgres())
        must(sys_dir_remove_tree(place(o, "w"), &err), &err);
    sys_file_remove(o->key.key_file, NULL);
}

static job_call at(const office *o, int64_t us)
{
    return (job_call){o->call.actor, us};
}

static int64_t add(office *o, db_workspace *workspace, int64_t due_us)
{
    pb_error err = {0};
    int64_t n = 0;
    const job_call call = at(o, due_us);
    const job_wish wish = {.kind = PB_STR("count"), .due_us = due_us, .most = 1};
    must(job_add(workspace, &call, &wish, &n, &err), &err);
    return n;
}

/* A job that is taken and ends so, both at `us`. */
static int64_t add_ended(office *o, db_workspace *workspace, job_outcome outcome, int64_t us)
{
    static const char *const kinds[] = {"count"};
    const job_worker worker = {.workspace = workspace,
                               .actor = o->call.actor,
                               .name = PB_STR("worker"),
                               .kinds = kinds,
                               .kind_count = 1,
                               .lease_us = PB_US_PER_SECOND,
                               .pause_us = PB_US_PER_SECOND};
    PB_AUTO_ARENA arena = pb_arena_new(0);
    pb_error err = {0};
    job_held *held = NULL;
    int64_t n = add(o, workspace, us);
    must(job_take(&worker, us, arena, &held, &err), &err);
    assert_non_null(held);
    assert_int_equal(n, held->job.n);
    must(job_end(held, outcome, 0, PB_STR_NONE, us, &err), &err);
    return n;
}

static void cancel(office *o, db_workspace *workspace, int64_t n, int64_t us)
{
    pb_error err = {0};
    const job_call call = at(o, us);
    must(job_cancel(workspace, &call, n, &err), &err);
}

static int64_t clear(office *o, db_workspace *workspace, int64_t now_us)
{
    pb_error err = {0};
    int64_t cleared = -1;
    const job_call call = at(o, now_us);
    must(job_clear(workspace, &call, &cleared, &err), &err);
    return cleared;
}

static size_t jobs_kept(office *o, db_workspace *workspace, job_item **ret_jobs)
{
    pb_error err = {0};
    size_t count = 0;
    const job_filter all = {.limit = 100000};
    must(service_jobs(workspace, &all, o->arena, ret_jobs, &count, &err), &err);
    return count;
}

static bool is_kept(office *o, db_workspace *workspace, int64_t n)
{
    job_item *jobs;
    size_t count = jobs_kept(o, workspace, &jobs);
    for (size_t i = 0; i < count; i++)
        if (jobs[i].n == n)
            return true;
    return false;
}

/* shows: PER-2 ACC-4 */
static void test_what_is_long_over_leaves_the_list_not_the_ledger(void **state)
{
    office *o = *state;
    db_workspace *workspace = new_workspace(o);
    int64_t old = add_ended(o, workspace, JOB_WELL, LONG_AGO - 1);
    int64_t young = add_ended(o, workspace, JOB_WELL, LONG_AGO);
    int64_t failed = add_ended(o, workspace, JOB_BAD, LONG_AGO - PB_US_PER_DAY);
    int64_t unwanted = add(o, workspace, NOW + PB_US_PER_DAY);
    int64_t dropped = add_ended(o, workspace, JOB_BAD, LONG_AGO - 2);
    int64_t waiting = add(o, workspace, LONG_AGO - 5 * PB_US_PER_DAY);
    cancel(o, workspace, unwanted, LONG_AGO - 1);
    cancel(o, workspace, dropped, LONG_AGO - 1); /* what failed and is not wanted any more */
    assert_int_equal(0, clear(o, workspace, NOW - 1));
    assert_int_equal(3, clear(o, workspace, NOW));
    assert_int_equal(0, clear(o, workspace, NOW));
    assert_false(is_kept(o, workspace, old));
    assert_false(is_kept(o, workspace, unwanted));
    assert_false(is_kept(o, workspace, dropped));
    assert_true(is_kept(o, workspace, young));
    assert_true(is_kept(o, workspace, failed));
    assert_true(is_kept(o, workspace, waiting));
    assert_int_equal(6, asked_events(workspace, "job.added"));
    assert_int_equal(4, asked_events(workspace, "job.ended"));
    assert_int_equal(1, asked_events(workspace, "job.cleared"));
    drop_workspace(o, workspace);
}

/* shows: PER-2 */
static void test_no_number_is_given_twice(void **state)
{
    office *o = *state;
    db_workspace *workspace = new_workspace(o);
    int64_t last = 0;
    for (int i = 0; i < 3; i++)
        last = add_ended(o, workspace, JOB_WELL, LONG_AGO - 10 + i);
    assert_int_equal(2, clear(o, workspace, NOW));
    assert_true(is_kept(o, workspace, last));
    assert_int_equal(last + 1, add(o, workspace, NOW));
    assert_int_equal(1, clear(o, workspace, NOW));
    drop_workspace(o, workspace);
}

static pb_status never_run(void *context, const job_item *job, service_beat *beat,
                           service_job_result *ret_result, pb_error *err)
{
    (void)context;
    (void)job;
    (void)beat;
    (void)ret_result;
    return pb_fail(err, PB_INTERNAL, PB_MSG("There was nothing to do."), NULL);
}

/* Four hundred and one go in three transactions; a worker does it beside its work, by its clock,
 * for which the year 2001 is long ago whatever it says. */
/* shows: PER-2 */
static void test_a_worker_clears_in_small_transactions(void **state)
{
    static const char *const kinds[] = {"count"};
    office *o = *state;
    pb_error err = {0};
    db_workspace *workspace = new_workspace(o);
    job_item *jobs;
    service_worked worked;
    const int64_t year_2001 = INT64_C(1000000000000000);
    for (int i = 0; i < 402; i++)
        cancel(o, workspace, add(o, workspace, year_2001), year_2001);
    const service_worker worker = {.kinds = kinds,
                                   .kind_count = 1,
                                   .lease_us = PB_US_PER_SECOND,
                                   .pause_us = PB_US_PER_SECOND,
                                   .look_us = PB_US_PER_SECOND,
                                   .once = true,
                                   .run = never_run};
    must(service_work(&o->call, workspace, &worker, &worked, &err), &err);
    assert_int_equal(1, jobs_kept(o, workspace, &jobs));
    assert_int_equal(402, jobs[0].n);
    assert_int_equal(3, asked_events(workspace, "job.cleared"));
    drop_workspace(o, workspace);
}

/* shows: PER-2 */
static void test_overdue_is_what_waited_for_more_than_a_turn_or_a_day(void **state)
{
    const int64_t hour = 3600 * PB_US_PER_SECOND, day = PB_US_PER_DAY;
    static const job_state over[] = {JOB_DONE, JOB_FAILED, JOB_CANCELLED};
    (void)state;
    job_item once = {.state = JOB_WAITING, .due_us = NOW};
    assert_false(job_is_overdue(&once, NOW + day));
    assert_true(job_is_overdue(&once, NOW + day + 1));
    job_item hourly = {.state = JOB_WAITING, .due_us = NOW, .every_us = hour};
    assert_false(job_is_overdue(&hourly, NOW + hour));
    assert_true(job_is_overdue(&hourly, NOW + hour + 1));
    job_item weekly = {.state = JOB_WAITING, .due_us = NOW, .every_us = 7 * day};
    assert_false(job_is_overdue(&weekly, NOW + day));
    assert_true(job_is_overdue(&weekly, NOW + day + 1));
    job_item left = {.state = JOB_RUNNING, .due_us = NOW - 9 * day, .until_us = NOW};
    assert_false(job_is_overdue(&left, NOW + day));
    assert_true(job_is_overdue(&left, NOW + day + 1));
    for (size_t i = 0; i < 3; i++) {
        job_item one = {.state = over[i], .due_us = NOW - 900 * day, .until_us = INT64_MIN};
        assert_false(job_is_overdue(&one, NOW));
    }
}

static const audit_finding *finding_of(const audit_result *result, const char *id)
{
    for (size_t i = 0; i < result->finding_count; i++)
        if (pb_str_is(result->findings[i].control->id, id))
            return &result->findings[i];
    fail_msg("there is no control %s", id);
    return NULL;
}

/* The controls on jobs, asked of a workspace that keeps some. */
static void audit_jobs(office *o, db_workspace *workspace, audit_outcome failed, uint64_t failing,
                       audit_outcome overdue, uint64_t waiting_too_long)
{
    pb_error err = {0};
    const audit_catalogue *catalogue;
    db_session *session = NULL;
    audit_result result;
    const audit_options options = {.as_of_days = NOW / PB_US_PER_DAY};
    must(service_controls(o->service, &catalogue, &err), &err);
    must(db_snapshot_open(workspace, &session, &err), &err);
    must(audit_run(session, service_schema(o->service), catalogue, &options, o->arena, &result,
                   &err),
         &err);
    db_snapshot_close(session);
    const audit_finding *one = finding_of(&result, "OPS-JOB-FAILED");
    assert_int_equal(failed, one->outcome);
    assert_int_equal(failing, one->failing);
    one = finding_of(&result, "OPS-JOB-OVERDUE");
    assert_int_equal(overdue, one->outcome);
    assert_int_equal(waiting_too_long, one->failing);
    if (waiting_too_long == 0)
        return;
    assert_true(pb_str_eq(one->failures[0].value, PB_STR("count 2")));
    assert_true(pb_str_eq(one->failures[0].other, PB_STR("2")));
}

/* shows: PER-2 PER-3 AUD-3 */
static void test_the_audit_tells_what_failed_and_what_nobody_does(void **state)
{
    office *o = *state;
    pb_error err = {0};
    db_workspace *workspace = new_workspace(o);
    const int64_t midnight = NOW / PB_US_PER_DAY * PB_US_PER_DAY;
    const job_call now = at(o, NOW);
    audit_jobs(o, workspace, AUDIT_NOT_APPLICABLE, 0, AUDIT_NOT_APPLICABLE, 0);
    int64_t one = add_ended(o, workspace, JOB_BAD, midnight - 10 * PB_US_PER_DAY);
    int64_t two = add(o, workspace, midnight - 2 * PB_US_PER_DAY - 1);
    add(o, workspace, midnight - PB_US_PER_DAY);
    audit_jobs(o, workspace, AUDIT_FAIL, 1, AUDIT_FAIL, 1);
    cancel(o, workspace, one, NOW);
    must(job_again(workspace, &now, two, &err), &err);
    audit_jobs(o, workspace, AUDIT_PASS, 0, AUDIT_PASS, 0);
    drop_workspace(o, workspace);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_what_is_long_over_leaves_the_list_not_the_ledger),
        cmocka_unit_test(test_no_number_is_given_twice),
        cmocka_unit_test(test_a_worker_clears_in_small_transactions),
        cmocka_unit_test(test_overdue_is_what_waited_for_more_than_a_turn_or_a_day),
        cmocka_unit_test(test_the_audit_tells_what_failed_and_what_nobody_does),
    };
    return cmocka_run_group_tests(tests, office_open, office_close);
}
