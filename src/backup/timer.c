/* The schedule of a workspace as units of systemd. */
#include "units.h"

#include "sys/unit.h"

#include "base/time.h"
#include "db/log.h"
#include "sys/file.h"

/* Often enough that what is due is not late by more than an eighth: each call leaves out what is
 * not due. */
static const char *calendar_for(int64_t every_us)
{
    static const struct {
        int64_t minutes;
        const char *calendar;
    } steps[] = {{60, "hourly"}, {15, "*:0/15"}, {5, "*:0/5"}, {1, "*:*"}};
    size_t i = 0;
    while (i + 1 < sizeof steps / sizeof *steps &&
           steps[i].minutes * 60 * PB_US_PER_SECOND > every_us / 8)
        i++;
    return steps[i].calendar;
}

static pb_status put_one(units *all, const backup_timer *timer, const char *what, const char *says,
                         const char *const *words, const char *calendar, pb_error *err)
{
    PB_AUTO_BUF command = PB_BUF_INIT(1 << 16);
    char name[120];
    sys_unit_word(&command, timer->program);
    for (size_t i = 0; words[i] != NULL; i++)
        sys_unit_word(&command, words[i]);
    for (size_t i = 0; timer->options[i] != NULL; i++)
        sys_unit_word(&command, timer->options[i]);
    sys_unit_word(&command, "--");
    sys_unit_word(&command, timer->workspace);
    if (command.failed)
        return pb_fail_memory(err);
    snprintf(name, sizeof name, "probity-%s-%s", what, timer->name);
    return units_timer(all, name, says, pb_str_sub(pb_buf_str(&command), 1, command.len), NULL,
                       calendar, err);
}

static pb_status put_all(units *all, const backup_timer *timer, const backup_plan *plan,
                         bool log_kept, pb_error *err)
{
    static const char *const backup[] = {"backup", "--if-due", "--quiet", NULL};
    static const char *const log[] = {"backup", "--log", "--quiet", NULL};
    static const char *const drill[] = {"drill", "--if-due", "--quiet", NULL};
    PB_TRY(put_one(all, timer, "backup", "Back up a workspace of Probity", backup,
                   calendar_for(plan->every_us), err));
    if (log_kept)
        PB_TRY(put_one(all, timer, "log", "Send the kept log of a workspace of Probity", log,
                       calendar_for(plan->lose_us), err));
    return put_one(all, timer, "drill", "Rehearse the restore of a workspace of Probity", drill,
                   calendar_for(plan->drill_us), err);
}

static pb_status no_plan(pb_error *err)
{
    pb_fail(err, PB_INVALID, PB_MSG("Nothing is declared that a timer could follow."), NULL);
    pb_error_hint(err, PB_MSG("Declare places and times: probity backups --declare FILE"), NULL);
    return PB_INVALID;
}

/* A password would stand in a file that everybody may read. */
static bool holds_password(const char *url)
{
    pb_str rest = pb_str_c(url);
    size_t login = pb_str_find(rest, PB_STR("://"));
    if (login == SIZE_MAX)
        return false;
    rest = pb_str_sub(rest, login + 3, rest.len);
    size_t end = pb_str_index(rest, '@'), colon = pb_str_index(rest, ':');
    return (end < rest.len && colon < end) || pb_str_find(rest, PB_STR("password=")) != SIZE_MAX;
}

static pb_status no_password(pb_error *err)
{
    pb_fail(err, PB_DENIED, PB_MSG("A password does not belong into a unit of systemd."), NULL);
    pb_error_hint(err,
                  PB_MSG("Put it into ~/.pgpass of the user that the timer runs as, and name the "
                         "workspace without it."),
                  NULL);
    return PB_DENIED;
}

pb_status backup_timer_write(db_workspace *workspace, const backup_timer *timer, const char *folder,
                             pb_arena *arena, backup_written *ret_written, pb_error *err)
{
    units all = {.folder = folder, .arena = arena};
    db_session *session = NULL;
    backup_plan plan;
    bool log_kept = false;
    if (holds_password(timer->workspace))
        return no_password(err);
    PB_TRY(db_snapshot_open(workspace, &session, err));
    pb_status status = backup_plan_load(session, arena, &plan, err);
    db_snapshot_close(session);
    PB_TRY(status);
    if (!plan.declared)
        return no_plan(err);
    PB_TRY(db_log_is_kept(workspace, &log_kept, err));
    PB_TRY(sys_dir_make(folder, 0755, true, err));
    PB_TRY(put_all(&all, timer, &plan, log_kept, err));
    *ret_written = (backup_written){.files = all.files, .file_count = all.count};
    return PB_OK;
}
