/* Converting a record: what it becomes is made or chosen, it is marked, and what linked to it links
 * to what it became. */
#include "convert.h"

#include "base/bytes.h"
#include "internal.h"

/* --- values --- */

/* What does not show whole to who acts would show where it is passed on to. */
static pb_status check_shows(const service_access *access, const convert_work *work,
                             const model_field *from, pb_error *err)
{
    return from == NULL || service_right(&work->seen, from) >= IDENTITY_READ
               ? PB_OK
               : service_fail_hidden(access, &work->record, from, err);
}

static bool is_said(const service_convert_wish *wish, const model_field *field)
{
    for (size_t i = 0; i < wish->count; i++)
        if (wish->inputs[i].field == field)
            return true;
    return false;
}

/* What comes from the record, but for what is said otherwise. */
static pb_status gather(const service_access *access, convert_work *work, size_t at,
                        record_input **ret_inputs, size_t *ret_count, pb_error *err)
{
    const service_convert_wish *wish = convert_wish_of(work, at);
    const model_convert_step *step = convert_step_of(work, at)->step;
    size_t count = 0, kept = 0, all;
    PB_TRY(record_convert_read(access->session, &work->record, step->values, step->count,
                               work->call->now_us, work->arena, &work->inputs[at], &all, err));
    record_input *inputs = pb_arena_array(work->arena, all + wish->count + 1, sizeof *inputs);
    if (inputs == NULL)
        return pb_fail_memory(err);
    for (size_t i = 0; i < all; i++) {
        const record_convert_input one = work->inputs[at][i];
        if (is_said(wish, one.input.field))
            continue;
        PB_TRY(check_shows(access, work, one.from, err));
        work->inputs[at][kept++] = one;
        inputs[count++] = one.input;
    }
    work->counts[at] = kept;
    for (size_t i = 0; i < wish->count; i++)
        inputs[count++] = wish->inputs[i];
    *ret_inputs = inputs;
    *ret_count = count;
    return PB_OK;
}

/* --- what it becomes --- */

static pb_status make(const service_access *access, convert_work *work, size_t at, pb_error *err)
{
    service_converted_step *told = &work->converted->steps[at];
    const record_problem *problems = NULL;
    service_entered entered = {.problem_count = 0};
    record_input *inputs = NULL;
    size_t count = 0, problem_count = 0;
    PB_TRY(service_may_at_all(access, IDENTITY_OP_CREATE, told->step->entity, err));
    PB_TRY(gather(access, work, at, &inputs, &count, err));
    pb_status status =
        record_create(work->writer, told->step->entity, inputs, count, (record_origin){0},
                      &work->ids[at], &problems, &problem_count, err);
    if (status == PB_OK || status == PB_INVALID)
        PB_TRY(service_entered_keep(work->arena, problems, problem_count,
                                    record_writer_likely(work->writer), &entered, NULL));
    if (status == PB_INVALID) {
        work->converted->refused = told->step->entity;
        work->converted->entered = entered;
    }
    told->made = status == PB_OK;
    told->likely = entered.likely;
    told->likely_count = entered.likely_count;
    return status;
}

static pb_status use(const service_access *access, convert_work *work, size_t at, pb_uuid id,
                     pb_error *err)
{
    service_converted_step *told = &work->converted->steps[at];
    record_data record;
    service_record seen;
    char text[37];
    if (told->step->link == NULL)
        return pb_fail(err, PB_INVALID,
                       PB_MSG("{entity} cannot be one that is there already: it is made anew or "
                              "left out."),
                       "entity", PB_ARG(told->step->entity->label), NULL);
    PB_TRY(record_read(access->session, told->step->entity, id, work->arena, &record, err));
    PB_TRY(service_in_scope(access, IDENTITY_OP_READ, record.entity, err));
    PB_TRY(service_see(access, IDENTITY_OP_READ, &record, work->arena, &seen, err));
    pb_uuid_text(id, text);
    if (record.deleted)
        return pb_fail(err, PB_CONFLICT, PB_MSG("The record {id} of {entity} was deleted."), "id",
                       text, "entity", PB_ARG(record.entity->label), NULL);
    work->ids[at] = id;
    told->used = true;
    return PB_OK;
}

/* A link of the record that leads to one already is followed, where that shows. */
static bool has_link(const service_access *access, convert_work *work,
                     const model_convert_step *step, pb_uuid *ret_id)
{
    record_data record;
    service_record seen;
    if (step->link == NULL || work->record.values[step->link->index].kind != PB_BLOB)
        return false;
    memcpy(ret_id, work->record.values[step->link->index].as.s.ptr, sizeof *ret_id);
    pb_status status =
        record_read(access->session, step->entity, *ret_id, work->arena, &record, NULL);
    if (status == PB_OK)
        status = service_see(access, IDENTITY_OP_READ, &record, work->arena, &seen, NULL);
    access->denial->refused = false;
    return status == PB_OK && !record.deleted;
}

static pb_status take_step(const service_access *access, convert_work *work, size_t at,
                           pb_error *err)
{
    const service_convert_wish *wish = convert_wish_of(work, at);
    const model_convert_step *step = convert_step_of(work, at)->step;
    bool needed = !step->optional &&
                  (step->needs == NULL || work->record.values[step->needs->index].kind != PB_NULL);
    pb_uuid id;
    if (wish->way == SERVICE_CONVERT_LEAVE)
        return PB_OK;
    if (wish->way == SERVICE_CONVERT_USE)
        return use(access, work, at, wish->id, err);
    if (wish->way == SERVICE_CONVERT_DECLARED && has_link(access, work, step, &id))
        return use(access, work, at, id, err);
    return wish->way == SERVICE_CONVERT_MAKE || needed ? make(access, work, at, err) : PB_OK;
}

/* The steps behind read the link from the record. */
static pb_status set_link(convert_work *work, size_t at, pb_error *err)
{
    const model_field *link = convert_step_of(work, at)->step->link;
    if (link == NULL || !convert_is_there(work, at))
        return PB_OK;
    pb_str id = pb_arena_str(work->arena, pb_uuid_str(&work->ids[at]));
    if (id.ptr == NULL)
        return pb_fail_memory(err);
    work->record.values[link->index] = PB_VALUE_BLOB(id);
    if (work->seen.rights != NULL && service_right(&work->seen, link) < IDENTITY_READ) {
        /* who acts chose or made it */
        uint8_t *rights = pb_arena_array(work->arena, work->record.entity->field_count + 1, 1);
        if (rights == NULL)
            return pb_fail_memory(err);
        memcpy(rights, work->seen.rights, work->record.entity->field_count);
        rights[link->index] = IDENTITY_READ;
        work->seen.rights = rights;
    }
    return PB_OK;
}

/* --- the record itself --- */

static pb_status write_fields(const service_access *access, convert_work *work,
                              const record_data *record, const record_input *inputs, size_t count,
                              pb_error *err)
{
    for (size_t i = 0; i < count; i++)
        PB_TRY(service_may_write(access, IDENTITY_OP_CHANGE, record, inputs[i].field, err));
    return record_change(work->writer, record->entity, record->id, 0, inputs, count,
                         &work->converted->entered.problems,
                         &work->converted->entered.problem_count, err);
}

static pb_status mark(const service_access *access, convert_work *work, pb_error *err)
{
    const model_convert *convert = work->record.entity->convert;
    record_convert_input *set;
    size_t all, count = 0;
    PB_TRY(record_convert_read(access->session, &work->record, convert->values, convert->count,
                               work->call->now_us, work->arena, &set, &all, err));
    record_input *inputs = pb_arena_array(work->arena, all + convert->step_count, sizeof *inputs);
    if (inputs == NULL)
        return pb_fail_memory(err);
    for (size_t i = 0; i < all; i++)
        inputs[count++] = set[i].input;
    for (size_t i = 0; i < convert->step_count; i++)
        if (convert->steps[i].link != NULL && convert_is_there(work, i))
            PB_TRY(convert_add_link(work, convert->steps[i].link, i, inputs, &count, err));
    pb_status status = write_fields(access, work, &work->record, inputs, count, err);
    if (status != PB_INVALID)
        return status;
    work->converted->refused = work->record.entity;
    return service_entered_keep(work->arena, work->converted->entered.problems,
                                work->converted->entered.problem_count, (record_likelies){NULL, 0},
                                &work->converted->entered, err) == PB_OK
               ? PB_INVALID
               : PB_INTERNAL;
}

/* --- the whole --- */

static pb_status write_all(const service_access *access, convert_work *work, pb_error *err)
{
    for (size_t i = 0; i < work->converted->count; i++) {
        PB_TRY(take_step(access, work, i, err));
        PB_TRY(set_link(work, i, err));
    }
    PB_TRY(mark(access, work, err));
    PB_TRY(convert_follow(access, work, err));
    return record_writer_finish(work->writer, err);
}

static pb_status write(const service_access *access, convert_work *work, pb_error *err)
{
    const service_call *call = work->call;
    const record_gate gate = {.what = work->ask->duplicates,
                              .may_see = access->policy == NULL ? NULL : service_sees,
                              .context = (void *)(uintptr_t)access,
                              .by = PB_STR("entry")};
    PB_TRY(record_writer_open(access->session, call->actor, call->now_us, RECORD_STRICT,
                              &work->writer, err));
    record_writer_gate(work->writer, &gate);
    pb_status status = write_all(access, work, err);
    work->writer = record_writer_close(work->writer);
    return status;
}

static pb_status make_room(convert_work *work, pb_error *err)
{
    service_converted *converted = work->converted;
    const model_convert *convert = work->record.entity->convert;
    size_t count = convert->step_count;
    converted->steps = pb_arena_array(work->arena, count, sizeof *converted->steps);
    work->ids = pb_arena_array(work->arena, count, sizeof *work->ids);
    work->inputs = pb_arena_array(work->arena, count, sizeof *work->inputs);
    work->counts = pb_arena_array(work->arena, count, sizeof *work->counts);
    if (converted->steps == NULL || work->ids == NULL || work->inputs == NULL ||
        work->counts == NULL)
        return pb_fail_memory(err);
    converted->count = count;
    for (size_t i = 0; i < count; i++)
        converted->steps[i].step = &convert->steps[i];
    return PB_OK;
}

static pb_status end_run(const service_access *access, convert_work *work, pb_error *err)
{
    service_converted *converted = work->converted;
    uint64_t records = 1 + converted->linked;
    char about[37];
    for (size_t i = 0; i < converted->count; i++)
        records += converted->steps[i].made;
    pb_uuid_text(work->record.id, about);
    return record_run_end(access->session, work->call->actor, work->call->now_us, "convert",
                          pb_str_c(about), work->first, records, converted->left, &converted->run,
                          err);
}

static pb_status convert_now(const service_access *access, convert_work *work, pb_error *err)
{
    record_provenance *known;
    PB_TRY(make_room(work, err));
    PB_TRY(record_provenance_read(access->session, &work->record, work->arena, &known, err));
    PB_TRY(ledger_next(access->session, &work->first, err));
    PB_TRY(write(access, work, err));
    PB_TRY(convert_state(access, work, known, err));
    PB_TRY(end_run(access, work, err));
    return convert_look(access, work, err);
}

/* The same wish again does no harm; another one is in the way of what was done. */
static pb_status tell_again(const service_access *access, convert_work *work,
                            const record_run_info *run, pb_error *err)
{
    service_converted *converted = work->converted;
    PB_TRY(convert_tell(access, &work->record, run, work->arena, converted, err));
    converted->already = true;
    for (size_t i = 0; i < converted->count; i++) {
        const service_convert_wish *wish = convert_wish_of(work, i);
        const service_converted_step *told = &converted->steps[i];
        bool other = (wish->way == SERVICE_CONVERT_MAKE && !told->made) ||
                     (wish->way == SERVICE_CONVERT_LEAVE && (told->made || told->used)) ||
                     (wish->way == SERVICE_CONVERT_USE &&
                      !pb_str_eq(pb_uuid_str(&told->record.record.id), pb_uuid_str(&wish->id)));
        if (!other)
            continue;
        pb_fail(err, PB_CONFLICT,
                PB_MSG("It was converted before, and with {entity} otherwise than is wished."),
                "entity", PB_ARG(told->step->entity->label), NULL);
        pb_error_hint(err, PB_MSG("Take the conversion back first."), NULL);
        return PB_CONFLICT;
    }
    return PB_OK;
}

static pb_status convert_decided(const service_access *access, convert_work *work, pb_error *err)
{
    record_run_info run;
    bool found;
    char text[37];
    PB_TRY(
        convert_find(access, work->ask->entity, work->ask->name, work->arena, &work->record, err));
    work->converted->entity = work->record.entity;
    PB_TRY(service_see(access, IDENTITY_OP_READ, &work->record, work->arena, &work->seen, err));
    PB_TRY(record_conversion(access->session, work->record.id, work->arena, &run, &found, err));
    pb_uuid_text(work->record.id, text);
    if (work->record.deleted)
        return pb_fail(err, PB_CONFLICT, PB_MSG("The record {id} of {entity} was deleted."), "id",
                       text, "entity", PB_ARG(work->record.entity->label), NULL);
    return found ? tell_again(access, work, &run, err) : convert_now(access, work, err);
}

static pb_status convert_work_in(db_session *session, void *context, pb_error *err)
{
    convert_work *work = context;
    service_access access;
    *work->converted = (service_converted){.run = 0};
    PB_TRY(service_access_open(session, work->call, &work->denial, &access, err));
    pb_status status = convert_decided(&access, work, err);
    service_access_close(&access);
    return status == PB_OK && work->ask->dry_run ? PB_CANCELLED : status;
}

/* Who converts sees what it becomes. */
static pb_status log_shown(const convert_work *work, db_workspace *workspace, pb_error *err)
{
    const service_converted *converted = work->converted;
    const record_data **shown = pb_arena_array(work->arena, converted->count + 1, sizeof *shown);
    size_t count = 0;
    if (work->call->who == NULL)
        return PB_OK;
    if (shown == NULL)
        return pb_fail_memory(err);
    shown[count++] = &converted->record.record;
    for (size_t i = 0; i < converted->count; i++) /* what a preview makes is nobody's to be read */
        if (converted->steps[i].used || (converted->steps[i].made && !work->ask->dry_run))
            shown[count++] = &converted->steps[i].record.record;
    return service_log_shown(work->call, workspace, shown, count, err);
}

pb_status service_convert(const service_call *call, db_workspace *workspace,
                          const service_convert_ask *ask, pb_arena *arena,
                          service_converted *ret_converted, pb_error *err)
{
    service_converted converted = {.run = 0};
    convert_work work = {.call = call, .ask = ask, .arena = arena, .converted = &converted};
    pb_status status = db_write_within(workspace, call->limits, convert_work_in, &work, err);
    bool rehearsal = ask->dry_run && status == PB_CANCELLED && converted.run > 0;
    if (status == PB_INVALID)
        *ret_converted = converted;
    if (status != PB_OK && !rehearsal)
        return service_refused(call, workspace, &work.denial, status, err);
    PB_TRY(log_shown(&work, workspace, err));
    *ret_converted = converted;
    return PB_OK;
}
