/* What is left to do once a converted record and what it became are written: what links to it,
 * where the values come from, and whether all of it may be. */
#include "convert.h"

#include "base/bytes.h"
#include "internal.h"

pb_status convert_add_link(convert_work *work, const model_field *field, size_t step,
                           record_input *inputs, size_t *count, pb_error *err)
{
    char text[37];
    pb_uuid_text(work->ids[step], text);
    inputs[*count] = (record_input){field, pb_arena_str(work->arena, pb_str_c(text)), NULL};
    return inputs[(*count)++].raw.ptr != NULL ? PB_OK : pb_fail_memory(err);
}

/* --- what links to it --- */

static bool is_first_of(const model_convert *convert, size_t at)
{
    for (size_t i = 0; i < at; i++)
        if (convert->follows[i].link == convert->follows[at].link)
            return false;
    return true;
}

/* Who acts changes what may be changed; of the rest only what shows is told. */
static pb_status follow_one(const service_access *access, convert_work *work,
                            const record_data *record, const record_input *inputs, size_t count,
                            pb_error *err)
{
    pb_status status = service_may(access, IDENTITY_OP_CHANGE, record, NULL);
    for (size_t i = 0; i < count && status == PB_OK; i++)
        status = service_may_write(access, IDENTITY_OP_CHANGE, record, inputs[i].field, NULL);
    if (status == PB_OK) {
        status = record_change(work->writer, record->entity, record->id, 0, inputs, count, NULL,
                               NULL, err);
        work->converted->linked += status == PB_OK;
        /* What is not good in it already is not this conversion's to mend. */
        work->converted->left += status == PB_INVALID;
        return status == PB_INVALID ? PB_OK : status;
    }
    access->denial->refused = false;
    work->converted->left += status == PB_DENIED;
    return status == PB_DENIED || status == PB_NOT_FOUND ? PB_OK : pb_fail_memory(err);
}

static pb_status follow_by(const service_access *access, convert_work *work, size_t at, pb_uuid id,
                           pb_error *err)
{
    const model_convert *convert = work->record.entity->convert;
    PB_AUTO_ARENA room = pb_arena_new(0);
    record_data record;
    size_t count = 0;
    if (room == NULL)
        return pb_fail_memory(err);
    record_input *inputs = pb_arena_array(work->arena, convert->follow_count, sizeof *inputs);
    if (inputs == NULL)
        return pb_fail_memory(err);
    PB_TRY(record_read(access->session, convert->follows[at].link->entity, id, room, &record, err));
    for (size_t i = at; i < convert->follow_count; i++) {
        const model_convert_follow *follow = &convert->follows[i];
        if (follow->link == convert->follows[at].link && convert_is_there(work, follow->step) &&
            record.values[follow->field->index].kind == PB_NULL &&
            pb_str_empty(record.refs[follow->field->index]))
            PB_TRY(convert_add_link(work, follow->field, follow->step, inputs, &count, err));
    }
    return count > 0 ? follow_one(access, work, &record, inputs, count, err) : PB_OK;
}

/* What was made links to the record itself, and is none of those that did before. */
static bool is_made(const convert_work *work, const model_entity *entity, pb_uuid id)
{
    for (size_t i = 0; i < work->converted->count; i++)
        if (convert_step_of(work, i)->made && convert_step_of(work, i)->step->entity == entity &&
            pb_str_eq(pb_uuid_str(&work->ids[i]), pb_uuid_str(&id)))
            return true;
    return false;
}

pb_status convert_follow(const service_access *access, convert_work *work, pb_error *err)
{
    const model_convert *convert = work->record.entity->convert;
    for (size_t i = 0; i < convert->follow_count; i++) {
        const model_field *link = convert->follows[i].link;
        pb_uuid *ids;
        size_t count;
        if (!is_first_of(convert, i))
            continue;
        PB_TRY(
            record_linking(access->session, link, work->record.id, work->arena, &ids, &count, err));
        for (size_t k = 0; k < count; k++)
            if (!is_made(work, link->entity, ids[k]))
                PB_TRY(follow_by(access, work, i, ids[k], err));
    }
    return PB_OK;
}

/* --- where the values come from --- */

static bool declares(const model_field *field, pb_str basis)
{
    for (size_t i = 0; i < field->personal.basis.count; i++)
        if (pb_str_eq(field->personal.basis.items[i], basis))
            return true;
    return false;
}

/* From the record that was converted, with what is stated of the value there. */
static pb_status state_step(const service_access *access, convert_work *work,
                            const record_provenance *known, size_t at, pb_error *err)
{
    const model_entity *entity = convert_step_of(work, at)->step->entity;
    char id[37];
    size_t count = 0;
    pb_uuid_text(work->record.id, id);
    const char *source =
        pb_arena_printf(work->arena, "%.*s %s", PB_STR_FMT(work->record.entity->label), id);
    record_statement *list = pb_arena_array(work->arena, work->counts[at] + 1, sizeof *list);
    if (source == NULL || list == NULL)
        return pb_fail_memory(err);
    for (size_t i = 0; i < work->counts[at]; i++) {
        const model_field *from = work->inputs[at][i].from, *to = work->inputs[at][i].input.field;
        bool again = i > 0 && work->inputs[at][i - 1].input.field == to; /* a further value */
        if (from == NULL || again || to->type == MODEL_LINK)
            continue;
        record_statement one = known[from->index].said;
        one.field = to;
        one.source = pb_str_c(source);
        if (!one.collected && known[from->index].set_us > 0) {
            one.collected = true;
            one.collected_us = known[from->index].set_us;
        }
        if (one.basis.ptr != NULL && !declares(to, one.basis))
            one.basis = PB_STR_NONE;
        list[count++] = one;
    }
    return count == 0 ? PB_OK
                      : record_state(access->session, work->call->actor, work->call->now_us, entity,
                                     work->ids[at], list, count, err);
}

pb_status convert_state(const service_access *access, convert_work *work,
                        const record_provenance *known, pb_error *err)
{
    for (size_t i = 0; i < work->converted->count; i++)
        if (convert_step_of(work, i)->made)
            PB_TRY(state_step(access, work, known, i, err));
    return PB_OK;
}

/* --- as it is then --- */

/* Nobody makes what he may not make, nor gives a record to where he could not have changed it. */
static pb_status check_made(const service_access *access, convert_work *work, size_t at,
                            pb_error *err)
{
    const service_convert_wish *wish = convert_wish_of(work, at);
    record_data made;
    PB_TRY(record_read(access->session, convert_step_of(work, at)->step->entity, work->ids[at],
                       work->arena, &made, err));
    PB_TRY(service_may(access, IDENTITY_OP_CREATE, &made, err));
    for (size_t i = 0; i < work->counts[at]; i++)
        PB_TRY(service_may_write(access, IDENTITY_OP_CREATE, &made, work->inputs[at][i].input.field,
                                 err));
    for (size_t i = 0; i < wish->count; i++)
        PB_TRY(service_may_write(access, IDENTITY_OP_CREATE, &made, wish->inputs[i].field, err));
    return PB_OK;
}

pb_status convert_look(const service_access *access, convert_work *work, pb_error *err)
{
    service_converted *converted = work->converted;
    for (size_t i = 0; i < converted->count; i++) {
        service_converted_step *told = &converted->steps[i];
        if (told->made)
            PB_TRY(check_made(access, work, i, err));
        if (convert_is_there(work, i))
            PB_TRY(convert_see(access, told->step->entity, work->ids[i], work->arena, &told->record,
                               err));
    }
    return convert_see(access, work->record.entity, work->record.id, work->arena,
                       &converted->record, err);
}
