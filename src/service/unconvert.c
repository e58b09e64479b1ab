/* Taking a conversion back: its run is undone, and what stays is told. */
#include "convert.h"

#include "internal.h"

typedef struct unconvert_work {
    const service_call *call;
    const model_entity *entity;
    const char *name;
    bool dry_run;
    pb_arena *arena;
    service_unconverted *done;
    size_t capacity;
    service_denial denial;
} unconvert_work;

static pb_status keep(void *context, const record_undo_kept *kept, pb_error *err)
{
    unconvert_work *work = context;
    service_unconverted *done = work->done;
    if (done->kept_count == SERVICE_KEPT_MOST)
        return PB_OK;
    return PB_PUSH(work->arena, done->kept, done->kept_count, work->capacity, *kept)
               ? PB_OK
               : pb_fail_memory(err);
}

static pb_status fail_not_converted(const record_data *record, pb_error *err)
{
    return pb_fail(err, PB_CONFLICT, PB_MSG("This record of {entity} is not converted."), "entity",
                   PB_ARG(record->entity->label), NULL);
}

/* Who converted takes back his own; anybody else deletes what others made. What is gone already is
 * nobody's to be asked about. */
static pb_status may_delete(const service_access *access, const record_run_info *run,
                            pb_arena *arena, pb_error *err)
{
    record_made *made;
    size_t count;
    const identity_actor *who = access->call->who;
    if (who == NULL || pb_str_eq(run->actor, who->name))
        return PB_OK;
    PB_TRY(record_run_made(access->session, run, arena, &made, &count, err));
    for (size_t i = 0; i < count; i++) {
        record_data record;
        PB_TRY(record_read(access->session, made[i].entity, made[i].id, arena, &record, err));
        if (!record.deleted)
            PB_TRY(service_may(access, IDENTITY_OP_DELETE, &record, err));
    }
    return PB_OK;
}

static bool shows(const service_record *seen, const model_field *field)
{
    if (field != NULL)
        return service_right(seen, field) >= IDENTITY_READ;
    for (size_t i = 0; i < seen->record.entity->field_count; i++)
        if (service_right(seen, &seen->record.entity->fields[i]) > IDENTITY_HIDDEN)
            return true;
    return false;
}

/* What stays is told as far as it shows. */
static pb_status see_kept(const service_access *access, unconvert_work *work, pb_error *err)
{
    service_unconverted *done = work->done;
    size_t kept = 0;
    for (size_t i = 0; i < done->kept_count; i++) {
        const record_undo_kept *one = &done->kept[i];
        service_record seen;
        PB_TRY(convert_see(access, one->entity, one->id, work->arena, &seen, err));
        if (shows(&seen, one->field))
            done->kept[kept++] = *one;
    }
    done->kept_count = kept;
    return PB_OK;
}

static pb_status undo(const service_access *access, unconvert_work *work,
                      const record_run_info *run, pb_error *err)
{
    record_writer *writer = NULL;
    PB_TRY(record_writer_open(access->session, work->call->actor, work->call->now_us, RECORD_KEEP,
                              &writer, err));
    pb_status status =
        record_undo(writer, run, keep, NULL, work, &work->done->counts, &work->done->run, err);
    record_writer_close(writer);
    return status;
}

static pb_status unconvert_decided(const service_access *access, unconvert_work *work,
                                   pb_error *err)
{
    record_data record;
    record_run_info run;
    bool found;
    PB_TRY(convert_find(access, work->entity, work->name, work->arena, &record, err));
    PB_TRY(record_conversion(access->session, record.id, work->arena, &run, &found, err));
    if (!found)
        return fail_not_converted(&record, err);
    PB_TRY(may_delete(access, &run, work->arena, err));
    PB_TRY(undo(access, work, &run, err));
    work->done->entity = record.entity;
    PB_TRY(see_kept(access, work, err));
    return convert_see(access, record.entity, record.id, work->arena, &work->done->record, err);
}

static pb_status unconvert(db_session *session, void *context, pb_error *err)
{
    unconvert_work *work = context;
    service_access access;
    *work->done = (service_unconverted){.run = 0};
    work->capacity = 0;
    PB_TRY(service_access_open(session, work->call, &work->denial, &access, err));
    pb_status status = unconvert_decided(&access, work, err);
    service_access_close(&access);
    return status == PB_OK && work->dry_run ? PB_CANCELLED : status;
}

pb_status service_unconvert(const service_call *call, db_workspace *workspace,
                            const model_entity *entity, const char *name, bool dry_run,
                            pb_arena *arena, service_unconverted *ret_unconverted, pb_error *err)
{
    service_unconverted done = {.run = 0};
    unconvert_work work = {.call = call,
                           .entity = entity,
                           .name = name,
                           .dry_run = dry_run,
                           .arena = arena,
                           .done = &done};
    pb_status status = db_write_within(workspace, call->limits, unconvert, &work, err);
    bool rehearsal = dry_run && status == PB_CANCELLED && done.run > 0;
    if (status != PB_OK && !rehearsal)
        return service_refused(call, workspace, &work.denial, status, err);
    if (call->who != NULL) {
        const record_data *shown = &done.record.record;
        PB_TRY(service_log_shown(call, workspace, &shown, 1, err));
    }
    *ret_unconverted = done;
    return PB_OK;
}
