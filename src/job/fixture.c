#include "job/fixture.h"

#include "internal.h"

#include "base/time.h"
#include "model/case.h"

static pb_status read_item(const model_yaml *item, job_item *job, pb_error *err)
{
    static const char *const keys[] = {"kind", "state", "due", "every", "failures", "until", NULL};
    static const char *const states[] = {"waiting", "running", "done", "failed", "cancelled", NULL};
    int64_t every = 0;
    int state = 0;
    *job = (job_item){.until_us = INT64_MIN, .ended_us = INT64_MIN, .exit = JOB_EXIT_NONE};
    PB_TRY(model_yaml_check_keys(item, keys, err));
    PB_TRY(model_yaml_need(item, "kind", NULL, err));
    PB_TRY(model_yaml_text(item, "kind", &job->kind, err));
    PB_TRY(model_yaml_need(item, "due", NULL, err));
    PB_TRY(model_case_day(item, "due", &job->due_us, err));
    PB_TRY(model_case_day(item, "until", &job->until_us, err));
    PB_TRY(model_yaml_choice(item, "state", states, &state, err));
    PB_TRY(model_yaml_days(item, "every", &every, err));
    PB_TRY(model_yaml_int(item, "failures", 0, JOB_TRIES_MOST, &job->failures, err));
    job->state = (job_state)state;
    job->every_us = every * PB_US_PER_DAY;
    return PB_OK;
}

typedef struct fixture {
    const model_yaml *list;
} fixture;

static pb_status work(db_session *session, void *context, pb_error *err)
{
    const fixture *f = context;
    const model_yaml *list = f->list;
    const job_call nobody = {.actor = {.name = PB_STR("fixture")}};
    for (size_t i = 0; i < list->count; i++) {
        job_item job;
        PB_TRY(read_item(list->items[i], &job, err));
        const job_wish wish = {
            .kind = job.kind, .due_us = job.due_us, .every_us = job.every_us, .most = 1};
        PB_TRY(job_row_add(session, &nobody, &wish, &job.n, err));
        PB_TRY(job_row_store(session, &job, err));
    }
    return PB_OK;
}

pb_status job_fixture(db_workspace *workspace, const model_yaml *list, pb_error *err)
{
    PB_TRY(model_yaml_expect(list, MODEL_YAML_LIST, err));
    fixture f = {list};
    return db_write(workspace, work, &f, err);
}
