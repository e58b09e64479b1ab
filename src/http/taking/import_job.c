/* Bringing a file in that was sent. */
#include "taking.h"

/* Rejected rows go into files of the job as they are read again. */
typedef struct rejected {
    http_job *job;
    service_depositing *file;
} rejected;

static pb_status begin_rejected(void *context, const char *name, pb_error *err)
{
    rejected *r = context;
    const char *called = pb_arena_printf(r->job->arena, "rejected-%s", name);
    return called == NULL ? pb_fail_memory(err)
                          : http_job_file(r->job, pb_str_c(called), "text/csv", &r->file, err);
}

static pb_status add_rejected(void *context, pb_str bytes, pb_error *err)
{
    const rejected *r = context;
    return service_deposit_add(r->file, bytes, err);
}

static pb_status end_rejected(void *context, bool keep, pb_error *err)
{
    const rejected *r = context;
    pb_uuid id;
    if (keep)
        return service_deposit_end(r->file, &id, err);
    service_deposit_drop(r->file);
    return PB_OK;
}

static pb_status keep_rejected(http_job *job, const exchange_plan *plan, pb_error *err)
{
    rejected r = {job, NULL};
    const exchange_outlet outlet = {begin_rejected, add_rejected, end_rejected, &r};
    return service_give_rejected(plan, &outlet, job->arena, err);
}

static const char *option(const http_job *job, const char *name)
{
    pb_str text = http_job_option(job, name);
    return text.ptr == NULL ? NULL : pb_arena_cstr(job->arena, text);
}

static void read_source(http_job *job, service_source *source, service_gate *gate)
{
    int64_t duplicates;
    source->as = option(job, "as");
    source->encoding = option(job, "encoding");
    source->with_deleted = option(job, "with-deleted") != NULL;
    source->again = option(job, "again") != NULL;
    if (pb_str_to_i64(http_job_option(job, "duplicates"), &duplicates)) {
        gate->duplicates = (record_duplicates)duplicates;
        source->gate = gate;
    }
}

pb_status http_with_upload(http_job *job, http_upload_work work, pb_error *err)
{
    pb_uuid id = {{0}};
    http_upload upload;
    service_gate gate = {.threshold = 0};
    service_source source = {.path_count = 0};
    (void)pb_uuid_parse(http_job_option(job, "upload"), &id);
    PB_TRY(http_upload_open(job->depot, job->call.who->user, id, job->arena, &upload, err));
    http_upload_source(&upload, http_job_option(job, "map"), &source);
    read_source(job, &source, &gate);
    pb_status status = work(job, &source, err);
    http_upload_close(&upload);
    return status;
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

static pb_status bring_in_with(http_job *job, const service_source *source, pb_error *err)
{
    bool dry_run = option(job, "dry-run") != NULL;
    exchange_plan plan;
    PB_TRY(service_import_within(job->server->service, &job->call, job->server->workspace, source,
                                 dry_run, true, job->arena, &plan, err));
    http_put_plan(&job->json, job->catalog, &plan, dry_run);
    return keep_rejected(job, &plan, err);
}

/* What came of each row is kept wherever it is more than that it is new. */
static pb_status bring_in(http_job *job, const service_source *given, pb_error *err)
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
    pb_status status = bring_in_with(job, &source, err);
    if (diff == NULL)
        return status;
    pb_status kept = http_diff_end(diff, status == PB_OK, status == PB_OK ? err : NULL);
    return status == PB_OK ? kept : status;
}

pb_status http_import_job(http_job *job, pb_error *err)
{
    return http_with_upload(job, bring_in, err);
}
