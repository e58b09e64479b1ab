/* A workspace shared by all calls of a server. */
#include "service/serving.h"

#include "internal.h"

#include "db/kept.h"
#include "db/rows.h"
#include "db/standby.h"
#include "sys/environment.h"

enum {
    QUEUE = 4096,
    READERS_LEAST = 4,
    READERS_MOST = 32,
    READERS_A_CORE = 2,   /* one may wait for the disk while another works */
    SERVED_A_CORE = 4,    /* by a database server: one waits for it all the time */
    KEEP_ALL = 128 << 20, /* bytes that all readers keep together */
    KEEP_LEAST = 256 << 10
};

static size_t within(size_t value, size_t least, size_t most)
{
    return value < least ? least : value > most ? most : value;
}

void service_share(db_workspace *workspace, const service_serving *serving)
{
    bool server = db_place_is_server(db_workspace_url(workspace));
    size_t usual = within(sys_cores() * (server ? SERVED_A_CORE : READERS_A_CORE), READERS_LEAST,
                          READERS_MOST);
    db_share share = {.readers = serving->readers > 0 ? serving->readers : usual,
                      .queue = serving->queue > 0 ? serving->queue : QUEUE};
    size_t all = serving->read_memory > 0 ? serving->read_memory : KEEP_ALL;
    share.reader_bytes = within(all / share.readers, KEEP_LEAST, SIZE_MAX);
    db_share_as(workspace, &share);
}

pb_status service_serve(service_core *service, const char *path, const service_serving *serving,
                        db_workspace **ret_workspace, pb_error *err)
{
    const audit_catalogue *catalogue = NULL;
    const db_options options = {.key = serving->key,
                                .password_file = serving->password_file,
                                .replica = serving->replica,
                                .older = DB_OLDER_REFUSE};
    db_workspace *workspace = NULL;
    PB_TRY(service_open_workspace(service, path, &options, &workspace, err));
    pb_status status = service_controls(service, &catalogue, err);
    if (status != PB_OK) {
        db_workspace_close(workspace);
        return status;
    }
    service_share(workspace, serving);
    *ret_workspace = workspace;
    return PB_OK;
}

bool service_brief(const db_workspace *workspace)
{
    return workspace != NULL && !db_place_is_server(db_workspace_url(workspace)) &&
           db_standby_of(workspace) == NULL && !db_model_passed(workspace);
}

const db_limits *service_hold(const db_limits *limits)
{
    return db_limits_hold(limits);
}

void service_serving_tick(db_workspace *workspace)
{
    db_share_tick(workspace);
}

void service_serving_rest(db_workspace *workspace)
{
    db_share_rest(workspace);
}

/* ---- figures ---- */

static void head(pb_buf *out, const char *name, const char *type, const char *says)
{
    pb_buf_printf(out, "# HELP probity_%s %s\n# TYPE probity_%s %s\n", name, says, name, type);
}

static void count(pb_buf *out, const char *name, const char *says, uint64_t value)
{
    head(out, name, "counter", says);
    pb_buf_printf(out, "probity_%s %llu\n", name, (unsigned long long)value);
}

static void level(pb_buf *out, const char *name, const char *says, size_t value)
{
    head(out, name, "gauge", says);
    pb_buf_printf(out, "probity_%s %zu\n", name, value);
}

static void seconds(pb_buf *out, const char *name, const char *says, int64_t us)
{
    head(out, name, "counter", says);
    pb_buf_printf(out, "probity_%s %lld.%06lld\n", name, (long long)(us / 1000000),
                  (long long)(us % 1000000));
}

static void batches(pb_buf *out, const db_figures *figures)
{
    static const char name[] = "commit_works";
    uint64_t sum = 0;
    head(out, name, "histogram", "Works in one commit.");
    for (size_t i = 0; i < DB_BATCH_STEPS; i++) {
        sum += figures->batches[i];
        pb_buf_printf(out, "probity_%s_bucket{le=\"%zu\"} %llu\n", name, (size_t)1 << i,
                      (unsigned long long)sum);
    }
    pb_buf_printf(out, "probity_%s_bucket{le=\"+Inf\"} %llu\n", name, (unsigned long long)sum);
    pb_buf_printf(out, "probity_%s_sum %llu\nprobity_%s_count %llu\n", name,
                  (unsigned long long)figures->written, name, (unsigned long long)figures->commits);
}

void service_figures(db_workspace *workspace, pb_buf *out)
{
    db_figures f;
    db_figures_read(workspace, &f);
    count(out, "works_total", "Transactions asked for.", f.works);
    count(out, "works_failed_total", "Transactions of which nothing was written.", f.failed);
    count(out, "works_refused_total", "Transactions refused because too many waited.", f.refused);
    count(out, "works_late_total", "Transactions whose time was over before their turn.", f.late);
    level(out, "works_waiting", "Transactions waiting for a commit.", f.queued);
    level(out, "works_waiting_most", "The most that waited at once.", f.queued_most);
    seconds(out, "works_wait_seconds_total", "Time transactions waited for their turn.",
            f.queue_us);
    batches(out, &f);
    seconds(out, "commit_seconds_total", "Time spent on commits and what is in them.", f.commit_us);
    count(out, "snapshots_total", "Snapshots taken.", f.snapshots);
    count(out, "snapshot_waits_total", "Snapshots that waited for a reader.", f.snapshot_waits);
    seconds(out, "snapshot_wait_seconds_total", "Time waited for a reader.", f.snapshot_wait_us);
    level(out, "readers_open", "Connections for reading.", f.readers);
    level(out, "readers_idle", "Of these, those that nobody uses.", f.readers_idle);
}
