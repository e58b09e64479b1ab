/* What a standby is: the file that says so, the lock, and what opening it means. */
#include "standby.h"

#include "setting.h"

#include "sys/clock.h"

enum { STATE_MAX = 8192, PAUSE_US = 10 * 1000, FORMAT = 1, PATH_ROOM = 4096 };

static const char *const steps[] = {"building", "ready", "applying", "switching"};

char *db_standby_path(pb_arena *arena, const char *folder, const char *name)
{
    return arena == NULL ? NULL : sys_path_join(arena, folder, name);
}

bool db_standby_there(const char *folder)
{
    char path[PATH_ROOM]; /* no memory is asked for: without any a standby is one all the same */
    int len = snprintf(path, sizeof path, "%s/" DB_STANDBY_FILE, folder);
    return len > 0 && (size_t)len < sizeof path && sys_path_kind(path) == SYS_FILE;
}

/* ---- the file ---- */

static void write_state(const db_standby *standby, pb_buf *out)
{
    char id[37], claim[37];
    pb_uuid_text(standby->workspace, id);
    pb_uuid_text(standby->claim, claim);
    pb_buf_addc(out, "# This folder follows another workspace and is not written. Made by "
                     "`probity standby`; leave it as it is.\n");
    pb_buf_printf(out, "format: %d\nworkspace: %s\nstep: %s\nfrom: %s\nprimary: %s\n", FORMAT, id,
                  steps[standby->step], standby->from, standby->primary);
    pb_buf_addc(out, "position: ");
    db_position_text(&standby->rest.position, out);
    pb_buf_addc(out, "\ntag: ");
    pb_hex(out, standby->rest.tag, sizeof standby->rest.tag);
    pb_buf_printf(out, "\npages: %lld\nepoch: %lld\nknown: %lld\nfed: %lld\nstate: %lld\n",
                  (long long)standby->rest.page_count, (long long)standby->epoch,
                  (long long)standby->known, (long long)standby->fed_us,
                  (long long)standby->state_us);
    pb_buf_printf(out, "claim: %s\n", claim);
}

static bool text(pb_str *rest, const char *name, char ret[DB_STANDBY_TEXT])
{
    pb_str value;
    if (!db_line(rest, name, &value) || value.len >= DB_STANDBY_TEXT)
        return false;
    snprintf(ret, DB_STANDBY_TEXT, "%.*s", PB_STR_FMT(value));
    return true;
}

static bool step(pb_str *rest, db_standby_step *ret)
{
    pb_str value;
    if (!db_line(rest, "step", &value))
        return false;
    for (size_t i = 0; i < sizeof steps / sizeof *steps; i++) {
        if (pb_str_eq(value, pb_str_c(steps[i]))) {
            *ret = (db_standby_step)i;
            return true;
        }
    }
    return false;
}

static bool parse_state(pb_str rest, db_standby *s)
{
    pb_str value;
    int64_t format, pages, epoch, known;
    if (!pb_str_split(&rest, '\n', &value) || !db_line_number(&rest, "format", &format) ||
        format != FORMAT || !db_line(&rest, "workspace", &value) ||
        !pb_uuid_parse(value, &s->workspace) || !step(&rest, &s->step) ||
        !text(&rest, "from", s->from) || !text(&rest, "primary", s->primary) ||
        !db_line(&rest, "position", &value) || !db_position_parse(value, &s->rest.position) ||
        !db_line(&rest, "tag", &value) || value.len != 2 * sizeof s->rest.tag ||
        !pb_unhex(value, s->rest.tag, sizeof s->rest.tag) ||
        !db_line_number(&rest, "pages", &pages) || !db_line_number(&rest, "epoch", &epoch) ||
        !db_line_number(&rest, "known", &known) || !db_line_number(&rest, "fed", &s->fed_us) ||
        !db_line_number(&rest, "state", &s->state_us) || !db_line(&rest, "claim", &value) ||
        !pb_uuid_parse(value, &s->claim))
        return false;
    s->rest.page_count = (uint64_t)pages;
    s->epoch = (uint64_t)epoch;
    s->known = (uint64_t)known;
    return true;
}

pb_status db_standby_read(const char *folder, db_standby *ret_standby, pb_error *err)
{
    PB_AUTO_ARENA arena = pb_arena_new(1 << 16);
    PB_AUTO_BUF bytes = PB_BUF_INIT(STATE_MAX);
    db_standby standby = {0};
    char *path = db_standby_path(arena, folder, DB_STANDBY_FILE);
    if (path == NULL)
        return pb_fail_memory(err);
    PB_TRY(sys_file_read(path, STATE_MAX, &bytes, err));
    if (parse_state(pb_buf_str(&bytes), &standby)) {
        *ret_standby = standby;
        return PB_OK;
    }
    pb_fail(err, PB_CORRUPT, PB_MSG("The file {path} of the standby was altered."), "path", path,
            NULL);
    pb_error_hint(err, PB_MSG("Remove the standby and build it anew from the backups."), NULL);
    return PB_CORRUPT;
}

/* What would not be read back as it is does not go into the file. */
static bool fits(const char *value)
{
    pb_str s = pb_str_c(value);
    return s.len < DB_STANDBY_TEXT && pb_str_index(s, '\n') == s.len &&
           pb_str_eq(s, pb_str_trim(s));
}

pb_status db_standby_write(const char *folder, const db_standby *standby, pb_error *err)
{
    PB_AUTO_ARENA arena = pb_arena_new(1 << 16);
    PB_AUTO_BUF bytes = PB_BUF_INIT(STATE_MAX);
    char *path = db_standby_path(arena, folder, DB_STANDBY_FILE);
    if (!fits(standby->from) || !fits(standby->primary))
        return pb_fail(err, PB_INVALID, PB_MSG("“{value}” cannot be noted as a place."), "value",
                       fits(standby->from) ? standby->primary : standby->from, NULL);
    write_state(standby, &bytes);
    if (path == NULL || bytes.failed)
        return pb_fail_memory(err);
    return sys_file_write_atomic(path, pb_buf_str(&bytes), 0600, err);
}

/* ---- the lock ---- */

pb_status db_standby_lock(const char *folder, bool alone, int64_t wait_us, sys_lock **ret_lock,
                          pb_error *err)
{
    PB_AUTO_ARENA arena = pb_arena_new(1 << 16);
    char *path = db_standby_path(arena, folder, "standby.lock");
    int64_t until = sys_monotonic_us() + wait_us;
    if (path == NULL)
        return pb_fail_memory(err);
    for (;;) {
        pb_status status =
            alone ? sys_lock_take(path, ret_lock, NULL) : sys_lock_share(path, ret_lock, NULL);
        if (status == PB_OK)
            return PB_OK;
        if (status != PB_BUSY)
            return alone ? sys_lock_take(path, ret_lock, err) : sys_lock_share(path, ret_lock, err);
        if (sys_monotonic_us() >= until)
            break;
        sys_sleep_us(PAUSE_US);
    }
    pb_fail(err, PB_BUSY,
            alone ? PB_MSG("Somebody has the standby {workspace} open.")
                  : PB_MSG("The standby {workspace} is just being brought forward."),
            "workspace", folder, NULL);
    pb_error_hint(err, PB_MSG("Wait until the other process has ended, then try again."), NULL);
    return PB_BUSY;
}

/* ---- opening and writing ---- */

const db_standby *db_standby_of(const db_workspace *workspace)
{
    return workspace->standby;
}

pb_status db_standby_refuse(const db_workspace *workspace, pb_error *err)
{
    const db_standby *standby = workspace->standby;
    const char *primary = standby->primary[0] != '\0' ? standby->primary : standby->from;
    pb_fail(err, PB_CONFLICT,
            PB_MSG("The workspace {workspace} is a standby: it follows {primary} and cannot be "
                   "written."),
            "workspace", workspace->target.place, "primary", primary, NULL);
    pb_error_hint(err,
                  PB_MSG("Work on the primary. If it is lost: probity standby --promote "
                         "{workspace}"),
                  "workspace", workspace->target.place, NULL);
    return PB_CONFLICT;
}

static pb_status fail_building(const db_workspace *workspace, pb_error *err)
{
    pb_fail(err, PB_NOT_FOUND, PB_MSG("The standby {workspace} was not built to its end."),
            "workspace", workspace->target.place, NULL);
    pb_error_hint(err, PB_MSG("Go on with: probity standby {workspace}"), "workspace",
                  workspace->target.place, NULL);
    return PB_NOT_FOUND;
}

/* The lock is the workspace's from here on, until it is closed. */
static pb_status enter_locked(db_workspace *workspace, const db_options *options,
                              db_standby *standby, bool *ret_again, pb_error *err)
{
    const char *folder = workspace->target.place;
    PB_TRY(db_standby_read(folder, standby, err));
    if (standby->step == DB_STANDBY_BUILDING)
        return fail_building(workspace, err);
    if (standby->step == DB_STANDBY_READY)
        return PB_OK;
    if (options->takes_over)
        return db_standby_settle(folder, &options->key, standby, err);
    workspace->lock_file = sys_lock_release(workspace->lock_file);
    sys_lock *lock = NULL;
    PB_TRY(db_standby_lock(folder, true, DB_STANDBY_WAIT_US, &lock, err));
    pb_status status = db_standby_settle(folder, &options->key, standby, err);
    sys_lock_release(lock);
    *ret_again = true;
    return status;
}

pb_status db_standby_enter(db_workspace *workspace, const db_options *options, pb_error *err)
{
    const char *folder = workspace->target.place;
    db_standby *standby = pb_arena_alloc(workspace->arena, sizeof *standby);
    bool again = true;
    if (standby == NULL)
        return pb_fail_memory(err);
    while (again) {
        again = false;
        if (!db_standby_there(folder))
            return PB_OK;
        PB_TRY(db_standby_lock(folder, options->takes_over, DB_STANDBY_WAIT_US,
                               &workspace->lock_file, err));
        if (!db_standby_there(folder)) /* it took over meanwhile */
            return PB_OK;
        PB_TRY(enter_locked(workspace, options, standby, &again, err));
    }
    if (!options->takes_over)
        workspace->standby = standby;
    workspace->target.follows = !options->takes_over;
    return PB_OK;
}

pb_status db_standby_taken_over(db_workspace *workspace, bool *ret_done, pb_error *err)
{
    static const pb_uuid none = {{0}};
    const pb_uuid *claim = &workspace->standby->claim;
    db_epoch epoch = {0};
    db_session *session = NULL;
    *ret_done = false;
    if (memcmp(claim->b, none.b, sizeof none.b) == 0)
        return PB_OK;
    PB_TRY(db_snapshot_open(workspace, &session, err));
    pb_status status = db_epoch_read(session, &epoch, err);
    db_snapshot_close(session);
    *ret_done = status == PB_OK && memcmp(epoch.holder.b, claim->b, sizeof claim->b) == 0;
    return status;
}

/* ---- epochs ---- */

#define SETTING_EPOCH PB_STR("epoch")

pb_status db_epoch_read(db_session *session, db_epoch *ret_epoch, pb_error *err)
{
    PB_AUTO_BUF value = PB_BUF_INIT(256);
    bool found = false;
    db_epoch epoch = {0};
    int64_t number = 0;
    PB_TRY(db_setting_read(session, SETTING_EPOCH, &value, &found, err));
    pb_str rest = pb_buf_str(&value), first;
    if (found && (!pb_str_split(&rest, ' ', &first) || !pb_str_to_i64(first, &number) ||
                  number < 1 || !pb_uuid_parse(rest, &epoch.holder)))
        return pb_fail(err, PB_CORRUPT, PB_MSG("The epoch of the workspace was altered."), NULL);
    epoch.number = (uint64_t)number;
    *ret_epoch = epoch;
    return PB_OK;
}

pb_status db_epoch_write(db_session *session, const db_epoch *epoch, pb_error *err)
{
    char holder[37], value[64];
    pb_uuid_text(epoch->holder, holder);
    snprintf(value, sizeof value, "%llu %s", (unsigned long long)epoch->number, holder);
    return db_setting_write(session, SETTING_EPOCH, pb_str_c(value), err);
}
