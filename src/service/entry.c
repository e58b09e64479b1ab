/* One record through the gate. */
#include "service/review.h"

#include "internal.h"

typedef struct entering {
    const service_call *call;
    const service_entry *entry;
    pb_arena *arena;
    service_entered entered;
} entering;

static bool copy(pb_arena *arena, pb_str *text)
{
    if (text->ptr == NULL)
        return true;
    *text = pb_arena_str(arena, *text);
    return text->ptr != NULL;
}

/* What the writer tells lives only as long as the writer. */
pb_status service_entered_keep(pb_arena *arena, const record_problem *problems, size_t count,
                               record_likelies likely, service_entered *entered, pb_error *err)
{
    record_problem *kept = pb_arena_array(arena, count + 1, sizeof *kept);
    record_likely *told = pb_arena_array(arena, likely.count + 1, sizeof *told);
    bool good = kept != NULL && told != NULL;
    for (size_t i = 0; i < count && good; i++) {
        kept[i] = problems[i];
        good = copy(arena, &kept[i].value) && copy(arena, &kept[i].says);
    }
    for (size_t i = 0; i < likely.count && good; i++) {
        told[i] = likely.items[i];
        good = copy(arena, &told[i].called);
    }
    if (!good)
        return pb_fail_memory(err);
    entered->problems = kept;
    entered->problem_count = count;
    entered->likely = told;
    entered->likely_count = likely.count;
    return PB_OK;
}

static pb_status write_one(entering *e, record_writer *writer, pb_error *err)
{
    const service_entry *entry = e->entry;
    const record_problem *problems = NULL;
    size_t count = 0;
    pb_status status;
    if (entry->change != NULL) {
        e->entered.id = *entry->change;
        status = record_change(writer, entry->entity, *entry->change, entry->expected_version,
                               entry->inputs, entry->count, &problems, &count, err);
    } else {
        status = record_create(writer, entry->entity, entry->inputs, entry->count,
                               (record_origin){0}, &e->entered.id, &problems, &count, err);
    }
    if (status == PB_OK || status == PB_INVALID)
        PB_TRY(service_entered_keep(e->arena, problems, count, record_writer_likely(writer),
                                    &e->entered, NULL));
    return status;
}

static pb_status enter(db_session *session, void *context, pb_error *err)
{
    entering *e = context;
    record_writer *writer = NULL;
    e->entered = (service_entered){.problem_count = 0};
    PB_TRY(
        record_writer_open(session, e->call->actor, e->call->now_us, RECORD_STRICT, &writer, err));
    record_writer_gate(writer, &e->entry->gate);
    pb_status status = write_one(e, writer, err);
    if (status == PB_OK)
        status = record_writer_finish(writer, err);
    record_writer_close(writer);
    return status;
}

pb_status service_enter(const service_call *call, db_workspace *workspace,
                        const service_entry *entry, pb_arena *arena, service_entered *ret_entered,
                        pb_error *err)
{
    entering e = {.call = call, .entry = entry, .arena = arena};
    pb_status status = db_write_within(workspace, call->limits, enter, &e, err);
    if (status == PB_OK || status == PB_INVALID)
        *ret_entered = e.entered;
    return status;
}
