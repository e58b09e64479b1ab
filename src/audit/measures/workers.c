/* stopped_using, bulk_entry and quiet_owners: how people work with the system, judged by the days
 * of what they own. Asked of the source as a whole, for owners need not be on a list of users. */
#include "../measure.h"

#include "base/time.h"

enum {
    WAS_ACTIVE_DAYS = 5,  /* different days with entries that make somebody a user */
    WAS_ACTIVE_SPAN = 28, /* over this long */
    STOPPED_AFTER = 42,
    BULK_ENTRIES = 40,
    BULK_SPAN = 56,
    BULK_DAYS = 6,
    BULK_WEEKDAY = 70,   /* per cent on one day of the week */
    BULK_MONTH_END = 60, /* per cent on the last two days of months */
    QUIET_AFTER = 30
};

/* Who has left, by the list of users: nobody expects entries of them. By owner index. */
static pb_status find_gone(audit_work *work, bool **ret, pb_error *err)
{
    bool *gone = pb_arena_array(work->scratch, work->owner_count + 1, sizeof *gone);
    if (!gone)
        return pb_fail_memory(err);
    *ret = gone;
    const model_entity *users = model_entity_find(work->schema, PB_STR("staff"));
    if (!users || !work->entities[users->index].rows)
        return PB_OK;
    const model_field *active = model_field_role(users, "is_active");
    const model_field *left = model_field_role(users, "ended_on");
    PB_AUTO_BUF sql = PB_BUF_INIT(4096);
    pb_buf_addc(&sql, "select id, 0 = 1");
    if (active && active->type == MODEL_BOOLEAN)
        pb_buf_printf(&sql, " or coalesce(%.*s, 1) = 0", PB_STR_FMT(active->name));
    if (left && left->type == MODEL_DATE)
        pb_buf_printf(&sql, " or coalesce(%.*s, :today + 1) <= :today", PB_STR_FMT(left->name));
    pb_buf_printf(&sql, " from %.*s order by n", PB_STR_FMT(users->name));
    db_stmt *stmt;
    PB_TRY(work_query(work, pb_buf_str(&sql), &stmt, err));
    for (;;) {
        bool row;
        uint32_t owner;
        PB_TRY(db_step(stmt, &row, err));
        if (!row)
            return PB_OK;
        PB_TRY(list_owner(work, db_column_blob(stmt, 0), PB_STR_NONE, &owner, err));
        if (owner && db_column_i64(stmt, 1))
            gone[owner] = true;
    }
}

/* Of one person: does the question concern them, and how do they fail it. */
typedef struct worker_answer {
    bool asked, fails;
    int64_t number;      /* for {value} */
    bool is_day;         /* `number` is a day */
    int64_t other;       /* for {other}; -1: none */
    const char *problem; /* PB_MSG */
} worker_answer;

typedef worker_answer (*worker_question)(const audit_usage *usage, int64_t end);

static pb_status fail_worker(audit_check *check, size_t owner, const worker_answer *answer,
                             pb_error *err)
{
    PB_AUTO_BUF value = PB_BUF_INIT(32);
    PB_AUTO_BUF other = PB_BUF_INIT(32);
    if (answer->is_day)
        pb_date_format(&value, answer->number);
    else
        pb_buf_i64(&value, answer->number);
    audit_failure failure = {.record = check->work->owners[owner]};
    failure.owner = failure.record;
    failure.problem = pb_str_c(answer->problem);
    failure.value = pb_buf_str(&value);
    if (answer->other >= 0) {
        pb_buf_i64(&other, answer->other);
        failure.other = pb_buf_str(&other);
    }
    return check_fail(check, &failure, err);
}

static pb_status ask_workers(audit_check *check, worker_question question, pb_error *err)
{
    audit_work *work = check->work;
    bool *gone = NULL;
    PB_TRY(people_load(work, err));
    PB_TRY(find_gone(work, &gone, err));
    int64_t end = work->people->total.last_touch;
    check->finding->relative = work->reference != work->today;
    for (size_t i = 1; i < work->people->count; i++) {
        worker_answer answer = {.other = -1};
        if (gone[i] || !work->people->of[i].records)
            continue;
        answer = question(&work->people->of[i], end);
        check->finding->population += answer.asked;
        if (answer.asked && answer.fails)
            PB_TRY(fail_worker(check, i, &answer, err));
    }
    return PB_OK;
}

/* The end is the newest entry of all, so that an export some weeks old accuses nobody. */
static worker_answer ask_stopped(const audit_usage *usage, int64_t end)
{
    int64_t last = usage->last_touch;
    worker_answer answer = {.is_day = true, .number = last, .other = -1};
    answer.asked = usage->has_days && usage->days_with_entries >= WAS_ACTIVE_DAYS &&
                   usage->last_day - usage->first_day >= WAS_ACTIVE_SPAN;
    answer.fails = end - last > STOPPED_AFTER;
    answer.problem = PB_MSG("Worked with the system until {value}, and no more since.");
    return answer;
}

pb_status measure_stopped_using(audit_check *check, pb_error *err)
{
    return ask_workers(check, ask_stopped, err);
}

/* A person most of whose entries fall on one day was imported, and typed nothing in. */
static worker_answer ask_bulk(const audit_usage *usage, int64_t end)
{
    (void)end;
    worker_answer answer = {.other = -1};
    answer.asked = usage->entered >= BULK_ENTRIES && usage->entered_days >= BULK_DAYS &&
                   usage->last_day - usage->first_day >= BULK_SPAN &&
                   usage->most_on_a_day * 2 <= usage->entered;
    if (!answer.asked)
        return answer;
    uint64_t fullest = 0;
    for (int day = 0; day < 7; day++)
        if (usage->weekday[day] > fullest)
            fullest = usage->weekday[day];
    bool weekly = fullest * 100 >= usage->entered * BULK_WEEKDAY;
    bool monthly = usage->month_end * 100 >= usage->entered * BULK_MONTH_END;
    answer.fails = weekly || monthly;
    answer.number = (int64_t)((monthly ? usage->month_end : fullest) * 100 / usage->entered);
    answer.other = (int64_t)usage->entered;
    answer.problem =
        monthly
            ? PB_MSG("Of {other} records, {value} % were entered on the last two days of a month.")
            : PB_MSG("Of {other} records, {value} % were entered on one day of the week.");
    return answer;
}

pb_status measure_bulk_entry(audit_check *check, pb_error *err)
{
    return ask_workers(check, ask_bulk, err);
}

static worker_answer ask_quiet(const audit_usage *usage, int64_t end)
{
    worker_answer answer = {.asked = usage->open > 0, .other = (int64_t)usage->open};
    answer.fails = usage->last_activity == INT64_MIN || end - usage->last_activity > QUIET_AFTER;
    answer.is_day = usage->last_activity != INT64_MIN;
    answer.number = answer.is_day ? usage->last_activity : 0;
    answer.problem = answer.is_day ? PB_MSG("Owns {other} open deals; last activity on {value}.")
                                   : PB_MSG("Owns {other} open deals, and no activity at all.");
    return answer;
}

pb_status measure_quiet_owners(audit_check *check, pb_error *err)
{
    PB_TRY(people_load(check->work, err));
    if (check->work->people->total.last_activity == INT64_MIN)
        return check_not_applicable(check, PB_MSG("The source says of no activity when it was."),
                                    PB_STR_NONE, err);
    return ask_workers(check, ask_quiet, err);
}
