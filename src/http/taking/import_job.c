/* Bringing a file in that was sent: it lies in memory while it is read, and nowhere else as it is.
 */
#include "taking.h"

#include "sys/file.h"

enum { REJECTED_MAX = 64 << 20 };

static pb_status unpack(service_depot *depot, pb_uuid user, pb_uuid id, const char *path,
                        pb_error *err)
{
    service_withdrawing *from = NULL;
    sys_writer *to = NULL;
    pb_str bytes = PB_STR_NONE;
    PB_TRY(service_withdraw_begin(depot, user, id, &from, err));
    pb_status status = sys_writer_open(path, 0600, &to, err);
    do {
        if (status == PB_OK)
            status = service_withdraw(from, &bytes, err);
        if (status == PB_OK && bytes.len > 0)
            status = sys_writer_write(to, bytes, err);
    } while (status == PB_OK && bytes.len > 0);
    service_withdraw_end(from);
    if (status == PB_OK)
        return sys_writer_finish(to, err);
    sys_writer_abort(to);
    return status;
}

typedef struct rejected {
    http_job *job;
    pb_status status;
    pb_error *err;
} rejected;

/* A file of rejected rows, kept with the job. */
static void keep_rejected(void *context, const char *path, uint64_t rows)
{
    rejected *r = context;
    PB_AUTO_BUF bytes = PB_BUF_INIT(REJECTED_MAX);
    (void)rows;
    if (r->status != PB_OK)
        return;
    r->status = sys_file_read(path, REJECTED_MAX, &bytes, r->err);
    const char *name =
        pb_arena_printf(r->job->arena, "rejected-%.*s", PB_STR_FMT(sys_path_name(path)));
    if (r->status == PB_OK)
        r->status = name == NULL ? pb_fail_memory(r->err)
                                 : http_job_file_whole(r->job, pb_str_c(name), "text/csv",
                                                       pb_buf_str(&bytes), r->err);
}

static pb_status write_rejected(http_job *job, const exchange_plan *plan, const char *folder,
                                pb_error *err)
{
    rejected r = {job, PB_OK, err};
    const char *dir = sys_path_join(job->arena, folder, "rejected");
    bool any = false;
    for (size_t i = 0; i < plan->file_count; i++)
        any = any || plan->files[i].reject_count > 0;
    if (!any)
        return PB_OK;
    if (dir == NULL)
        return pb_fail_memory(err);
    PB_TRY(sys_dir_make(dir, 0700, true, err));
    PB_TRY(service_write_rejected(plan, dir, job->arena, keep_rejected, &r, err));
    return r.status;
}

static const char *option(const http_job *job, const char *name)
{
    pb_str text = http_job_option(job, name);
    return text.ptr == NULL ? NULL : pb_arena_cstr(job->arena, text);
}

static pb_status read_source(http_job *job, const char *folder, service_source *source,
                             service_gate *gate, pb_error *err)
{
    pb_str map = http_job_option(job, "map");
    int64_t duplicates;
    source->as = option(job, "as");
    source->encoding = option(job, "encoding");
    source->with_deleted = option(job, "with-deleted") != NULL;
    source->again = option(job, "again") != NULL;
    if (pb_str_to_i64(http_job_option(job, "duplicates"), &duplicates)) {
        gate->duplicates = (record_duplicates)duplicates;
        source->gate = gate;
    }
    if (map.ptr == NULL)
        return PB_OK;
    source->map_path = sys_path_join(job->arena, folder, "map.yaml");
    if (source->map_path == NULL)
        return pb_fail_memory(err);
    return sys_file_write(source->map_path, map, 0600, err);
}

pb_status http_upload_unpack(service_depot *depot, pb_uuid user, pb_uuid id, const char *folder,
                             pb_arena *arena, const char **ret_path, pb_error *err)
{
    service_deposit upload;
    PB_TRY(service_deposit_find(depot, user, id, arena, &upload, err));
    const char *inner = sys_path_join(arena, folder, "sent");
    char *name = pb_arena_cstr(arena, upload.name);
    *ret_path = inner == NULL || name == NULL ? NULL : sys_path_join(arena, inner, name);
    if (*ret_path == NULL)
        return pb_fail_memory(err);
    PB_TRY(sys_dir_make(inner, 0700, false, err));
    return unpack(depot, user, upload.id, *ret_path, err);
}

pb_status http_upload_folder(pb_arena *arena, char **ret_folder, pb_error *err)
{
    static const char memory[] = "/dev/shm";
    return sys_temp_dir_in(sys_path_kind(memory) == SYS_FOLDER ? memory : NULL, arena, ret_folder,
                           err);
}

pb_status http_with_upload(http_job *job, http_upload_work work, pb_error *err)
{
    const char *path = NULL;
    char *folder = NULL;
    pb_uuid id = {{0}};
    service_gate gate = {.threshold = 0};
    service_source source = {.paths = &path, .path_count = 1};
    (void)pb_uuid_parse(http_job_option(job, "upload"), &id);
    PB_TRY(http_upload_folder(job->arena, &folder, err));
    pb_status status =
        http_upload_unpack(job->depot, job->call.who->user, id, folder, job->arena, &path, err);
    if (status == PB_OK)
        status = read_source(job, folder, &source, &gate, err);
    if (status == PB_OK)
        status = work(job, folder, &source, err);
    pb_status removed = sys_dir_remove_tree(folder, status == PB_OK ? err : NULL);
    return status == PB_OK ? removed : status;
}

/* What rows may do, and what says which record they are about. */
static pb_status read_bringing(http_job *job, service_bringing *bring, pb_error *err)
{
    pb_str mode = http_job_option(job, "mode"), rest = http_job_option(job, "match"), one;
    const char **names = pb_arena_array(job->arena, rest.len / 2 + 2, sizeof *names);
    if (names == NULL)
        return pb_fail_memory(err);
    *bring = (service_bringing){.mode = pb_str_is(mode, "update")   ? RECORD_MODE_UPDATE
                                        : pb_str_is(mode, "upsert") ? RECORD_MODE_UPSERT
                                                                    : RECORD_MODE_CREATE,
                                .match = names,
                                .clear = option(job, "clear") != NULL};
    while (rest.ptr != NULL && pb_str_split(&rest, ' ', &one)) {
        names[bring->match_count] = pb_arena_cstr(job->arena, one);
        if (names[bring->match_count++] == NULL)
            return pb_fail_memory(err);
    }
    return PB_OK;
}

static pb_status bring_in_with(http_job *job, const char *folder, const service_source *source,
                               pb_error *err)
{
    bool dry_run = option(job, "dry-run") != NULL;
    exchange_plan plan;
    PB_TRY(service_import_within(job->server->service, &job->call, job->server->workspace, source,
                                 dry_run, true, job->arena, &plan, err));
    http_put_plan(&job->json, job->catalog, &plan, dry_run);
    return write_rejected(job, &plan, folder, err);
}

/* What came of each row is kept wherever it is more than that it is new. */
static pb_status bring_in(http_job *job, const char *folder, const service_source *given,
                          pb_error *err)
{
    service_source source = *given;
    service_bringing bring;
    http_diff *diff = NULL;
    PB_TRY(read_bringing(job, &bring, err));
    source.bring = &bring;
    bring.sliced = option(job, "dry-run") == NULL;
    if (bring.mode != RECORD_MODE_CREATE || option(job, "dry-run") != NULL) {
        PB_TRY(http_diff_begin(job, &diff, err));
        bring.each = http_diff_each;
        bring.slice = http_diff_slice;
        bring.context = diff;
    }
    pb_status status = bring_in_with(job, folder, &source, err);
    if (diff == NULL)
        return status;
    pb_status kept = http_diff_end(diff, status == PB_OK, status == PB_OK ? err : NULL);
    return status == PB_OK ? kept : status;
}

pb_status http_import_job(http_job *job, pb_error *err)
{
    return http_with_upload(job, bring_in, err);
}
