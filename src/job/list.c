/* Reading the list. */
#include "internal.h"

typedef struct gathered {
    pb_arena *arena;
    job_item *items;
    size_t count, capacity;
} gathered;

static pb_status add_job(void *context, db_stmt *stmt, pb_error *err)
{
    gathered *jobs = context;
    job_item found;
    PB_TRY(job_row_read(stmt, jobs->arena, &found, err));
    return PB_PUSH(jobs->arena, jobs->items, jobs->count, jobs->capacity, found)
               ? PB_OK
               : pb_fail_memory(err);
}

pb_status job_list(db_session *session, const job_filter *filter, pb_arena *arena,
                   job_item **ret_jobs, size_t *ret_count, pb_error *err)
{
    static const char open_sql[] = "SELECT " JOB_COLUMNS " FROM t_work_job"
                                   " WHERE state IN (?1, ?2) ORDER BY due_us, n";
    static const char over_sql[] =
        "SELECT " JOB_COLUMNS " FROM t_work_job WHERE state IN (?1, ?2, ?3)"
        " ORDER BY COALESCE(ended_us, at_us) DESC, n DESC LIMIT ?4";
    static const job_state open_states[] = {JOB_WAITING, JOB_RUNNING};
    static const job_state over_states[] = {JOB_DONE, JOB_FAILED, JOB_CANCELLED};
    gathered jobs = {.arena = arena};
    db_stmt *stmt;
    PB_TRY(db_prepare(session, open_sql, &stmt, err));
    for (int i = 0; i < 2; i++)
        db_bind_text(stmt, i + 1,
                     pb_str_c(job_state_word(filter->one_state ? filter->state : open_states[i])));
    if (!filter->one_state || filter->state <= JOB_RUNNING)
        PB_TRY(db_each(stmt, add_job, &jobs, err));
    PB_TRY(db_prepare(session, over_sql, &stmt, err));
    for (int i = 0; i < 3; i++)
        db_bind_text(stmt, i + 1,
                     pb_str_c(job_state_word(filter->one_state ? filter->state : over_states[i])));
    db_bind_i64(stmt, 4, filter->limit);
    if (!filter->one_state || filter->state > JOB_RUNNING)
        PB_TRY(db_each(stmt, add_job, &jobs, err));
    *ret_jobs = jobs.items;
    *ret_count = jobs.count;
    return PB_OK;
}

bool job_is_overdue(const job_item *job, int64_t now_us)
{
    bool short_turn = job->every_us > 0 && job->every_us < PB_US_PER_DAY;
    int64_t late_us = now_us - (short_turn ? job->every_us : PB_US_PER_DAY);
    if (job->state == JOB_RUNNING)
        return job->until_us < late_us;
    return job->state == JOB_WAITING && job->due_us < late_us;
}
