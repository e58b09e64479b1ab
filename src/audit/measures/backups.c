/* backups: what a workspace of our own remembers of its backups and drills, held against what was
 * declared. Ages are measured from the beginning of the day of the audit, so that the same day
 * gives the same answer. */
#include "base/time.h"

#include "../measure.h"

typedef struct backups {
    audit_check *check;
    int64_t from_us; /* the beginning of the day of the audit */
    int64_t
        until_us; /* a day after its end: what is dated later was dated by a clock that was wrong */
    int64_t lose_us, drill_us;
} backups;

static pb_status ask(const backups *b, const char *sql, db_stmt **ret_stmt, pb_error *err)
{
    return db_prepare_foreign(b->check->work->session, pb_str_c(sql), 0, ret_stmt, err);
}

static pb_status tell(const backups *b, const char *problem, pb_str value, pb_str other,
                      pb_error *err)
{
    audit_failure failure = {.value = value, .other = other, .problem = pb_str_c(problem)};
    return check_fail(b->check, &failure, err);
}

static pb_status read_goal(backups *b, bool *ret_there, pb_error *err)
{
    db_stmt *stmt = NULL;
    PB_TRY(ask(b, "SELECT lose_us, drill_us FROM backup_goal", &stmt, err));
    pb_status status = db_step(stmt, ret_there, err);
    if (status == PB_OK && *ret_there) {
        b->lose_us = db_column_i64(stmt, 0);
        b->drill_us = db_column_i64(stmt, 1);
    }
    db_stmt_close(stmt);
    return status;
}

/* Each row of a query, one after the other. */
typedef pb_status (*each_row)(backups *b, db_stmt *stmt, pb_error *err);

static pb_status for_each(backups *b, const char *sql, each_row each, pb_error *err)
{
    db_stmt *stmt = NULL;
    bool row = true;
    PB_TRY(ask(b, sql, &stmt, err));
    pb_status status = db_step(stmt, &row, err);
    while (status == PB_OK && row) {
        status = each(b, stmt, err);
        if (status == PB_OK)
            status = db_step(stmt, &row, err);
    }
    db_stmt_close(stmt);
    return status;
}

static pb_status day_value(int64_t at_us, pb_buf *out)
{
    pb_date_format(out, pb_instant_day(at_us));
    return out->failed ? PB_MEMORY : PB_OK;
}

static pb_status place_age(backups *b, db_stmt *stmt, pb_error *err)
{
    PB_AUTO_BUF day = PB_BUF_INIT(64);
    b->check->finding->population++;
    if (db_column_is_null(stmt, 2))
        return tell(b, PB_MSG("{value} never got a backup."), db_column_text(stmt, 0), PB_STR_NONE,
                    err);
    if (db_column_is_null(stmt, 1)) {
        if (day_value(db_column_i64(stmt, 2), &day) != PB_OK)
            return pb_fail_memory(err);
        return tell(b, PB_MSG("The newest backup at {value} is dated {other}, in the future."),
                    db_column_text(stmt, 0), pb_buf_str(&day), err);
    }
    if (db_column_i64(stmt, 1) >= b->from_us - b->lose_us)
        return PB_OK;
    if (day_value(db_column_i64(stmt, 1), &day) != PB_OK)
        return pb_fail_memory(err);
    return tell(b, PB_MSG("The newest backup at {value} is of {other}."), db_column_text(stmt, 0),
                pb_buf_str(&day), err);
}

static pb_status ask_ages(backups *b, pb_error *err)
{
    char sql[400];
    snprintf(sql, sizeof sql,
             "SELECT p.place, MAX(CASE WHEN r.at_us < %lld THEN r.at_us END), MAX(r.at_us) FROM"
             " (SELECT place FROM backup_place UNION SELECT place FROM backup_run) p"
             " LEFT JOIN backup_run r ON r.place = p.place GROUP BY p.place ORDER BY p.place",
             (long long)b->until_us);
    PB_TRY(for_each(b, sql, place_age, err));
    if (b->check->finding->population > 0)
        return PB_OK;
    b->check->finding->population = 1;
    return tell(b, PB_MSG("No backup was ever made."), PB_STR_NONE, PB_STR_NONE, err);
}

static pb_status ask_places(backups *b, pb_error *err)
{
    db_stmt *stmt = NULL;
    bool row;
    char count[24] = "0";
    PB_TRY(ask(b, "SELECT COUNT(DISTINCT place) FROM backup_run WHERE same_disk = 0", &stmt, err));
    pb_status status = db_step(stmt, &row, err);
    int64_t places = status == PB_OK ? db_column_i64(stmt, 0) : 0;
    db_stmt_close(stmt);
    PB_TRY(status);
    b->check->finding->population = 1;
    snprintf(count, sizeof count, "%lld", (long long)places);
    return places >= 2 ? PB_OK
                       : tell(b, PB_MSG("Places on other disks that got backups: {value}."),
                              pb_str_c(count), PB_STR_NONE, err);
}

/* The newest drill of a place and a fault. */
static pb_status drill_result(backups *b, db_stmt *stmt, pb_error *err)
{
    PB_AUTO_BUF day = PB_BUF_INIT(64);
    pb_str fault = db_column_text(stmt, 1);
    bool plain = pb_str_is(fault, "none");
    b->check->finding->population++;
    if (db_column_i64(stmt, 3) == 0)
        return plain ? tell(b, PB_MSG("The newest restore drill of {value} failed."),
                            db_column_text(stmt, 0), PB_STR_NONE, err)
                     : tell(b,
                            PB_MSG("The simulated fault {other} went by unnoticed at {value}, "
                                   "or could not be tried."),
                            db_column_text(stmt, 0), fault, err);
    bool ahead = db_column_i64(stmt, 2) >= b->until_us;
    if (!plain || (!ahead && db_column_i64(stmt, 2) >= b->from_us - b->drill_us))
        return PB_OK;
    if (day_value(db_column_i64(stmt, 2), &day) != PB_OK)
        return pb_fail_memory(err);
    if (ahead)
        return tell(b,
                    PB_MSG("The newest restore drill of {value} is dated {other}, in the future."),
                    db_column_text(stmt, 0), pb_buf_str(&day), err);
    return tell(b, PB_MSG("The newest restore drill of {value} is of {other}."),
                db_column_text(stmt, 0), pb_buf_str(&day), err);
}

static pb_status ask_drills(backups *b, pb_error *err)
{
    static const char sql[] =
        "SELECT d.place, d.fault, d.at_us, d.good FROM backup_drill d WHERE d.n ="
        " (SELECT MAX(e.n) FROM backup_drill e WHERE e.place = d.place AND e.fault = d.fault)"
        " ORDER BY d.place, d.fault";
    static const char plain_sql[] = "SELECT COUNT(*) FROM backup_drill WHERE fault = 'none'";
    int64_t plain = 0;
    PB_TRY(for_each(b, sql, drill_result, err));
    PB_TRY(work_number(b->check->work, pb_str_c(plain_sql), &plain, err));
    if (plain > 0)
        return PB_OK;
    b->check->finding->population++;
    return tell(b, PB_MSG("No restore was ever rehearsed."), PB_STR_NONE, PB_STR_NONE, err);
}

pb_status measure_backups(audit_check *check, pb_error *err)
{
    backups b = {.check = check, .from_us = check->work->today * PB_US_PER_DAY};
    b.until_us = b.from_us + 2 * PB_US_PER_DAY; /* a day in the east ends later than here */
    pb_str what = check->control->measure_args.items[0];
    bool there;
    check->finding->population = 0;
    PB_TRY(read_goal(&b, &there, err));
    if (!there)
        return check_not_applicable(
            check, PB_MSG("The source is an export: how it is backed up it does not say."),
            PB_STR_NONE, err);
    if (pb_str_is(what, "age"))
        return ask_ages(&b, err);
    return pb_str_is(what, "places") ? ask_places(&b, err) : ask_drills(&b, err);
}
