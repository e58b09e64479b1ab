/* Feeding a standby: from a backup once, then by the log. */
#include "standby.h"

#include "shiplog.h"

#include "sys/clock.h"

enum {
    BATCH = 8, /* pieces applied at once: 136 MiB at most, half a second */
    WAIT_US = 10 * 1000 * 1000
};

static int64_t wait_of(const standby_work *w)
{
    return w->options->wait_us > 0 ? w->options->wait_us : WAIT_US;
}

static bool is_none(const pb_uuid *id)
{
    static const pb_uuid none = {{0}};
    return memcmp(id->b, none.b, sizeof none.b) == 0;
}

static bool same(const pb_uuid *a, const pb_uuid *b)
{
    return memcmp(a->b, b->b, sizeof a->b) == 0;
}

/* ---- beginning and ending ---- */

static pb_status whole_place(standby_work *w, const char *from, pb_error *err)
{
    const char *here = sys_path_real(w->arena, ".");
    bool url = strstr(from, "://") != NULL;
    w->place = url || here == NULL ? from : sys_path_join(w->arena, here, from);
    return w->place == NULL ? pb_fail_memory(err) : PB_OK;
}

static pb_status refuse_folder(const standby_work *w, pb_error *err)
{
    pb_fail(err, PB_EXISTS, PB_MSG("{path} is no standby."), "path", w->options->folder, NULL);
    pb_error_hint(err, PB_MSG("Name a new folder for the standby, or one that is a standby."),
                  NULL);
    return PB_EXISTS;
}

/* A folder that is no standby must be empty, or hold nothing but the locks of one that was begun.
 */
static pb_status check_folder(const standby_work *w, pb_error *err)
{
    pb_str *names;
    size_t count;
    sys_kind kind = sys_path_kind(w->options->folder);
    if (kind == SYS_NONE || db_standby_there(w->options->folder))
        return PB_OK;
    if (kind != SYS_FOLDER)
        return refuse_folder(w, err);
    PB_TRY(sys_dir_list(w->options->folder, w->arena, &names, &count, err));
    for (size_t i = 0; i < count; i++)
        if (!pb_str_ends(names[i], PB_STR(".lock")) &&
            !pb_str_starts(names[i], PB_STR("standby.new")))
            return refuse_folder(w, err);
    return PB_OK;
}

static pb_status need_place(pb_error *err)
{
    pb_fail(err, PB_USAGE, PB_MSG("Where is the standby to be fed from?"), NULL);
    pb_error_hint(err, PB_MSG("Name the place the primary backs up to: --from PLACE"), NULL);
    return PB_USAGE;
}

pb_status standby_begin(standby_work *w, pb_error *err)
{
    w->arena = pb_arena_new((size_t)8 << 30);
    if (w->arena == NULL)
        return pb_fail_memory(err);
    const char *folder = w->options->folder;
    bool there = db_standby_there(folder);
    if (!there && w->options->from == NULL)
        return need_place(err);
    PB_TRY(check_folder(w, err));
    w->made = sys_path_kind(folder) == SYS_NONE;
    PB_TRY(sys_dir_make(folder, 0700, true, err));
    char *lock = sys_path_join(w->arena, folder, "feeding.lock");
    if (lock == NULL)
        return pb_fail_memory(err);
    PB_TRY(sys_lock_take(lock, &w->lock, err));
    w->state = (db_standby){.step = DB_STANDBY_BUILDING};
    if (db_standby_there(folder))
        PB_TRY(db_standby_read(folder, &w->state, err));
    return whole_place(w, w->options->from != NULL ? w->options->from : w->state.from, err);
}

static void close_place(standby_work *w)
{
    if (w->opened)
        source_close(&w->source);
    w->opened = false;
    w->target = backup_target_close(w->target);
}

void standby_end(standby_work *w)
{
    close_place(w);
    if (w->made && !db_standby_there(w->options->folder)) /* nothing came of it */
        sys_dir_remove_tree(w->options->folder, NULL);
    sys_lock_release(w->lock);
    pb_arena_free(w->arena);
}

pb_status standby_open_place(standby_work *w, pb_error *err)
{
    char id[37];
    const char *wanted = w->options->workspace;
    close_place(w);
    if (!is_none(&w->state.workspace)) {
        pb_uuid_text(w->state.workspace, id);
        wanted = id;
    }
    PB_TRY(backup_target_find(w->place, &w->target, err));
    w->opened = true;
    PB_TRY(source_open(&w->source, w->target, wanted, INT64_MAX, &w->options->key, err));
    if (manifest_is_rows(&w->source.m)) {
        pb_fail(err, PB_UNSUPPORTED, PB_MSG("The primary lies on a server: no folder follows it."),
                NULL);
        pb_error_hint(err,
                      PB_MSG("A server follows a server by streaming replication: probity standby "
                             "postgres://… --from postgres://…"),
                      NULL);
        return PB_UNSUPPORTED;
    }
    w->fed->manifest_size = w->source.m.facts.ledger_size;
    memcpy(w->fed->manifest_root, w->source.m.facts.ledger_root, sizeof w->fed->manifest_root);
    return PB_OK;
}

/* ---- building ---- */

pb_status standby_verify(standby_work *w, db_workspace *workspace, ledger_report *ret_report,
                         pb_error *err)
{
    db_session *session = NULL;
    PB_TRY(db_snapshot_open(workspace, &session, err));
    pb_status status = backup_verify(session, w->call, &w->options->check, ret_report, err);
    db_snapshot_close(session);
    return status;
}

/* Opened as a standby, so that nothing is written to it. */
static pb_status verify_build(standby_work *w, const char *next, pb_error *err)
{
    db_workspace *workspace = NULL;
    db_options options = {.key = w->options->key};
    ledger_report report;
    PB_TRY(db_standby_write(next, &w->state, err));
    PB_TRY(db_workspace_open(next, w->schema, &options, &workspace, err));
    pb_status status = standby_verify(w, workspace, &report, err);
    db_workspace_close(workspace);
    return status;
}

/* Beside what is there, which stays readable until the new one is whole and proved. */
static pb_status build(standby_work *w, pb_error *err)
{
    const char *folder = w->options->folder;
    const char *next = NULL;
    backup_restored restored = {.at_us = w->source.m.at_us};
    if (w->state.step == DB_STANDBY_BUILDING) {
        w->state.workspace = w->source.m.workspace;
        snprintf(w->state.from, sizeof w->state.from, "%s", w->place);
        PB_TRY(db_standby_write(folder, &w->state, err));
    }
    PB_TRY(db_standby_next(folder, w->arena, &next, err));
    PB_TRY(
        source_build(&w->source, w->call, next, &w->options->key, INT64_MAX, &restored, NULL, err));
    w->fed->built = true;
    w->fed->pieces += restored.pieces;
    w->state.rest = restored.rest;
    w->state.state_us = restored.at_us;
    w->state.step = DB_STANDBY_READY;
    pb_status status = verify_build(w, next, err);
    if (status != PB_OK) {
        sys_dir_remove_tree(next, NULL);
        return status;
    }
    return db_standby_switch(folder, wait_of(w), &w->state, err);
}

/* ---- following ---- */

static pb_status fail_gap(const standby_work *w, uint64_t sequence, pb_error *err)
{
    pb_fail(err, PB_CORRUPT, PB_MSG("Piece {sequence} of the log is missing at {place}."),
            "sequence", PB_ARG_INT(sequence), "place", w->place, NULL);
    pb_error_hint(err,
                  PB_MSG("Make a whole backup of the primary to the place: the standby is then "
                         "built anew."),
                  NULL);
    return PB_CORRUPT;
}

/* Fetches what follows piece `*newest`, which moves on; what is behind a gap is left. */
static pb_status fetch_pieces(standby_work *w, const uint64_t *sequences, size_t count,
                              uint64_t *newest, int64_t *ret_sealed_us, pb_error *err)
{
    PB_AUTO_BUF plain = PB_BUF_INIT(DB_LOG_PIECE_MAX + 4096);
    for (size_t i = 0; i < count && sequences[i] == *newest + 1; i++) {
        db_log_facts about;
        PB_TRY(shiplog_get(&w->source.room, &w->state.rest.position.timeline, sequences[i], &plain,
                           err));
        PB_TRY(db_log_describe(pb_buf_str(&plain), &about, err));
        PB_TRY(db_standby_put(w->options->folder, sequences[i], pb_buf_str(&plain), err));
        *ret_sealed_us = about.sealed_us;
        *newest = sequences[i];
        w->fed->log_pieces++;
    }
    return PB_OK;
}

static pb_status apply_batch(standby_work *w, int64_t sealed_us, uint64_t last, pb_error *err)
{
    PB_TRY(db_standby_apply(w->options->folder, &w->options->key, wait_of(w), &w->state, err));
    if (w->state.rest.position.sequence >= last && sealed_us > w->state.state_us)
        w->state.state_us = sealed_us;
    return db_standby_write(w->options->folder, &w->state, err);
}

/* What is here beside, from before. */
static pb_status newest_beside(standby_work *w, uint64_t *ret_newest, pb_error *err)
{
    uint64_t *sequences;
    size_t count;
    *ret_newest = w->state.rest.position.sequence;
    PB_TRY(db_standby_beside(w->options->folder, w->arena, &sequences, &count, err));
    for (size_t i = 0; i < count && sequences[i] <= *ret_newest + 1; i++)
        if (sequences[i] > *ret_newest)
            *ret_newest = sequences[i];
    return PB_OK;
}

static pb_status follow(standby_work *w, bool *ret_gap, pb_error *err)
{
    uint64_t *sequences, newest;
    size_t count;
    int64_t sealed_us = 0;
    PB_TRY(newest_beside(w, &newest, err));
    PB_TRY(shiplog_list(&w->source.room, &w->state.rest.position.timeline, newest, w->arena,
                        &sequences, &count, err));
    for (size_t i = 0; i < count && !*ret_gap; i += BATCH) {
        size_t some = count - i < BATCH ? count - i : BATCH;
        uint64_t before = newest;
        if (w->call->progress != NULL &&
            w->call->progress(w->call->context, PB_MSG("Following"), w->place, i, count))
            return pb_fail(err, PB_CANCELLED, PB_MSG("Stopped on request"), NULL);
        PB_TRY(fetch_pieces(w, sequences + i, some, &newest, &sealed_us, err));
        if (newest > before)
            PB_TRY(apply_batch(w, sealed_us, newest, err));
        *ret_gap = newest != sequences[i + some - 1];
    }
    return PB_OK;
}

static bool behind_backup(const standby_work *w)
{
    const db_position *mine = &w->state.rest.position;
    const db_position *its = &w->source.m.position;
    bool kept = !is_none(&mine->timeline);
    return w->source.m.at_us > w->state.state_us &&
           (!kept || !same(&mine->timeline, &its->timeline));
}

static pb_status follow_or_build(standby_work *w, pb_error *err)
{
    bool gap = false;
    const db_position *mine = &w->state.rest.position;
    PB_TRY(db_standby_apply(w->options->folder, &w->options->key, wait_of(w), &w->state, err));
    if (w->anew || behind_backup(w))
        return build(w, err);
    if (is_none(&mine->timeline))
        return PB_OK; /* no log is kept, and no newer backup is there */
    PB_TRY(follow(w, &gap, err));
    /* What a newer backup made needless may have been cleared away at the place. */
    if (same(&w->source.m.position.timeline, &mine->timeline) &&
        w->source.m.position.sequence > mine->sequence)
        return build(w, err);
    return gap ? fail_gap(w, mine->sequence + 1, err) : PB_OK;
}

static pb_status note_primary(standby_work *w, pb_error *err)
{
    fence_primary primary;
    PB_TRY(fence_told(&w->source.room, &primary, err));
    if (primary.there) {
        snprintf(w->state.primary, sizeof w->state.primary, "%s", primary.name);
        w->state.epoch = primary.epoch;
        w->state.known = primary.size;
    }
    snprintf(w->state.from, sizeof w->state.from, "%s", w->place);
    w->state.fed_us = sys_now_us();
    return db_standby_write(w->options->folder, &w->state, err);
}

pb_status standby_bring(standby_work *w, pb_error *err)
{
    PB_TRY(w->state.step == DB_STANDBY_BUILDING ? build(w, err) : follow_or_build(w, err));
    PB_TRY(note_primary(w, err));
    w->fed->state = w->state;
    return PB_OK;
}

static pb_status feed(standby_work *w, pb_error *err)
{
    PB_TRY(standby_begin(w, err));
    if (!is_none(&w->state.claim)) {
        pb_fail(err, PB_CONFLICT, PB_MSG("The standby {path} began to take over."), "path",
                w->options->folder, NULL);
        pb_error_hint(err, PB_MSG("Finish it with: probity standby --promote {path}"), "path",
                      w->options->folder, NULL);
        return PB_CONFLICT;
    }
    PB_TRY(standby_open_place(w, err));
    return standby_bring(w, err);
}

pb_status backup_standby_feed(const model_schema *schema, const backup_call *call,
                              const backup_standby_options *options, backup_fed *ret_fed,
                              pb_error *err)
{
    int64_t start = sys_monotonic_us();
    standby_work w = {.schema = schema, .call = call, .options = options, .fed = ret_fed};
    *ret_fed = (backup_fed){0};
    pb_status status = feed(&w, err);
    standby_end(&w);
    ret_fed->us = sys_monotonic_us() - start;
    return status;
}
