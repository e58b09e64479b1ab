/* How a workspace is. */
#include "service/state.h"

#include "access.h"
#include "base/time.h"
#include "mail/outbox.h"
#include "service/health.h"
#include "service/jobs.h"
#include "service/places.h"
#include "sys/clock.h"
#include "sys/file.h"

#define GIB (INT64_C(1) << 30)
#define AHEAD_US (5 * INT64_C(60) * PB_US_PER_SECOND)
#define VERIFY_EVERY_US (31 * PB_US_PER_DAY)

/* Events of the newest that are looked through for the last verification. */
enum { WINDOW = 50000, WINDOWS = 4 };

typedef struct looking {
    const service_call *call;
    db_workspace *workspace;
    pb_arena *arena;
    service_state *state;
} looking;

const char *service_grade_word(service_grade grade)
{
    static const char *const words[] = {"good", "unknown", "watch", "bad"};
    return words[grade];
}

static service_check *add(looking *l, const char *name, service_grade grade, const char *says)
{
    service_check *check = &l->state->checks[l->state->count++];
    *check = (service_check){
        .name = name, .grade = grade, .says = says, .at_us = INT64_MIN, .number = INT64_MIN};
    return check;
}

static void put_bytes(const looking *l, service_check *check, int64_t bytes)
{
    char *text = bytes >= GIB ? pb_arena_printf(l->arena, "%.1f GiB", (double)bytes / (double)GIB)
                              : pb_arena_printf(l->arena, "%.1f MiB", (double)bytes / (1 << 20));
    check->number = bytes;
    check->value = pb_str_c(text);
}

static void put_day(const looking *l, service_check *check, int64_t at_us)
{
    PB_AUTO_BUF text = PB_BUF_INIT(64);
    pb_date_format(&text, sys_day_of(at_us));
    check->at_us = at_us;
    check->value = pb_arena_str(l->arena, pb_buf_str(&text));
}

/* ---- writing, size, disk ---- */

static void look_at_writing(looking *l)
{
    service_health_state health;
    pb_error why = {0};
    pb_status status = service_health(l->workspace, &health, &why);
    if (status == PB_OK)
        add(l, "writing", SERVICE_GOOD, PB_MSG("The workspace can be read and written."));
    else
        add(l, "writing", SERVICE_BAD, PB_MSG("Nothing can be written into the workspace."));
    if (status == PB_LIMIT)
        add(l, "disk", SERVICE_BAD, PB_MSG("The disk is full, or nearly so."));
    if (status != PB_OK)
        return;
    if (!health.disk_known) {
        add(l, "disk", SERVICE_UNKNOWN,
            PB_MSG("The database server's disk is not seen from here."));
        return;
    }
    bool room = health.free_bytes >= (uint64_t)(2 * GIB);
    service_check *check =
        add(l, "disk", room ? SERVICE_GOOD : SERVICE_WATCH,
            room ? PB_MSG("{value} are free on the disk of the workspace.")
                 : PB_MSG("Only {value} are free on the disk of the workspace."));
    put_bytes(l, check, (int64_t)health.free_bytes);
}

static void look_at_size(looking *l)
{
    const char *place = db_workspace_url(l->workspace);
    pb_str *names = NULL;
    size_t count = 0;
    int64_t all = 0;
    if (sys_path_kind(place) != SYS_FOLDER ||
        sys_dir_list(place, l->arena, &names, &count, NULL) != PB_OK) {
        add(l, "size", SERVICE_UNKNOWN, PB_MSG("The size of the workspace is not seen from here."));
        return;
    }
    for (size_t i = 0; i < count; i++) {
        const char *path = sys_path_join(l->arena, place, pb_arena_cstr(l->arena, names[i]));
        uint64_t size = 0;
        int64_t changed = 0;
        if (path != NULL && sys_path_kind(path) == SYS_FILE &&
            sys_path_about(path, &changed, &size, NULL) == PB_OK)
            all += (int64_t)size;
    }
    put_bytes(l, add(l, "size", SERVICE_GOOD, PB_MSG("The workspace takes {value}.")), all);
}

/* ---- jobs ---- */

static pb_status look_at_jobs(looking *l, db_session *session, pb_error *err)
{
    const job_filter filter = {.limit = 100};
    job_item *jobs = NULL;
    size_t count = 0;
    int64_t waiting = 0, failed = 0, overdue = 0;
    PB_TRY(job_list(session, &filter, l->arena, &jobs, &count, err));
    for (size_t i = 0; i < count; i++) {
        waiting += jobs[i].state == JOB_WAITING || jobs[i].state == JOB_RUNNING;
        failed += jobs[i].state == JOB_FAILED;
        overdue += job_is_overdue(&jobs[i], l->call->now_us);
    }
    service_check *check =
        overdue > 0  ? add(l, "jobs", SERVICE_BAD, PB_MSG("Nobody does {value} jobs that are due."))
        : failed > 0 ? add(l, "jobs", SERVICE_WATCH, PB_MSG("{value} jobs failed."))
                     : add(l, "jobs", SERVICE_GOOD, PB_MSG("{value} jobs wait or are being done."));
    check->number = overdue > 0 ? overdue : failed > 0 ? failed : waiting;
    check->value = pb_str_c(pb_arena_printf(l->arena, "%lld", (long long)check->number));
    return PB_OK;
}

/* Where mail was never set up nothing is said of it. */
static pb_status look_at_mail(looking *l, db_session *session, pb_error *err)
{
    mail_settings settings;
    mail_counts counts;
    PB_TRY(mail_settings_read(session, false, l->arena, &settings, err));
    PB_TRY(mail_count(session, &counts, err));
    int64_t failed = counts.number[MAIL_FAILED], waiting = counts.number[MAIL_WAITING];
    if (settings.host.ptr == NULL && failed + waiting == 0)
        return PB_OK;
    service_check *check =
        failed > 0 ? add(l, "mail", SERVICE_WATCH, PB_MSG("{value} messages could not be sent."))
        : counts.tried > 0
            ? add(l, "mail", SERVICE_WATCH, PB_MSG("{value} messages wait to be tried again."))
            : add(l, "mail", SERVICE_GOOD, PB_MSG("{value} messages wait to be sent."));
    check->number = failed > 0 ? failed : counts.tried > 0 ? counts.tried : waiting;
    check->value = pb_str_c(pb_arena_printf(l->arena, "%lld", (long long)check->number));
    return PB_OK;
}

/* ---- backups and drills ---- */

static void put_backup(looking *l, const service_backups *all)
{
    int64_t newest = INT64_MIN;
    bool late = false;
    for (size_t i = 0; i < all->place_count; i++) {
        late = late || all->places[i].late;
        if (all->places[i].state.at_us > newest)
            newest = all->places[i].state.at_us;
    }
    if (newest == INT64_MIN) {
        add(l, "backup", SERVICE_BAD, PB_MSG("The workspace was never backed up."));
        return;
    }
    put_day(l,
            add(l, "backup", late ? SERVICE_BAD : SERVICE_GOOD,
                late ? PB_MSG("The newest backup, of {value}, is older than what may be lost.")
                     : PB_MSG("The newest backup is of {value}.")),
            newest);
}

static void put_drill(looking *l, const service_backups *all)
{
    const backup_filed *last = NULL;
    bool late = false;
    for (size_t i = 0; i < all->drill_count; i++)
        if (last == NULL && pb_str_is(all->drills[i].fault, "none"))
            last = &all->drills[i];
    for (size_t i = 0; i < all->place_count; i++)
        late = late || all->places[i].drill_late;
    if (last == NULL) {
        add(l, "drill", SERVICE_WATCH,
            PB_MSG("Nobody has tried yet whether a backup brings back."));
        return;
    }
    service_check *check =
        !last->good ? add(l, "drill", SERVICE_BAD, PB_MSG("The drill of {value} went wrong."))
        : late ? add(l, "drill", SERVICE_WATCH, PB_MSG("The last drill was on {value}: it is due."))
               : add(l, "drill", SERVICE_GOOD, PB_MSG("The drill of {value} went well."));
    put_day(l, check, last->at_us);
}

/* ---- the ledger ---- */

static pb_status take_moment(void *context, uint64_t sequence, const ledger_event *event,
                             bool erased, pb_error *err)
{
    int64_t *last = context;
    (void)sequence;
    (void)erased;
    (void)err;
    *last = event->at_us;
    return PB_OK;
}

static pb_status look_at_ledger(looking *l, db_session *session, pb_error *err)
{
    ledger_head head;
    int64_t verified = INT64_MIN;
    PB_TRY(ledger_head_read(session, &head, err));
    uint64_t until = head.size;
    for (int i = 0; i < WINDOWS && until > 0 && verified == INT64_MIN; i++) {
        uint64_t from = until > WINDOW ? until - WINDOW : 0;
        PB_TRY(ledger_each_between(session, "ledger.verified", from, until, take_moment, &verified,
                                   err));
        until = from;
    }
    if (verified == INT64_MIN) {
        add(l, "verify", SERVICE_WATCH, PB_MSG("The log was not verified lately."));
    } else {
        bool late = l->call->now_us - verified > VERIFY_EVERY_US;
        put_day(l,
                add(l, "verify", late ? SERVICE_WATCH : SERVICE_GOOD,
                    late ? PB_MSG("The log was verified last on {value}, a month ago or longer.")
                         : PB_MSG("The log was verified on {value}.")),
                verified);
    }
    bool behind = head.at_us - l->call->now_us > AHEAD_US;
    service_check *check =
        add(l, "clock", behind ? SERVICE_BAD : SERVICE_GOOD,
            behind ? PB_MSG("The clock is behind what the log knows: it was set back.")
                   : PB_MSG("The clock goes on from what the log knows."));
    check->at_us = l->call->now_us;
    return PB_OK;
}

pb_status service_state_read(const service_call *call, db_workspace *workspace, pb_arena *arena,
                             service_state *ret_state, pb_error *err)
{
    static const identity_operation operations[] = {IDENTITY_OP_SETTINGS, IDENTITY_OP_BACKUP};
    service_state state = {.count = 0};
    looking l = {call, workspace, arena, &state};
    db_session *session = NULL;
    service_call holder = *call; /* what it may see of backups was decided by now */
    service_backups backups;
    PB_TRY(service_may_do_one(call, workspace, operations, 2, err));
    holder.who = NULL;
    bool folder = sys_path_kind(db_workspace_url(workspace)) == SYS_FOLDER;
    state.engine = folder ? "SQLite" : "PostgreSQL";
    look_at_writing(&l);
    look_at_size(&l);
    PB_TRY(service_backups_read(&holder, workspace, SERVICE_EVIDENCE_USUAL, arena, &backups, err));
    put_backup(&l, &backups);
    put_drill(&l, &backups);
    PB_TRY(db_snapshot_open_within(workspace, call->limits, &session, err));
    pb_status status = look_at_jobs(&l, session, err);
    if (status == PB_OK)
        status = look_at_mail(&l, session, err);
    if (status == PB_OK)
        status = look_at_ledger(&l, session, err);
    db_snapshot_close(session);
    PB_TRY(status);
    *ret_state = state;
    return PB_OK;
}
