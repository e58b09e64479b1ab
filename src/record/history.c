/* History: the chain of a record's events, walked from the newest, payloads taken apart. */
#include <string.h>

#include "base/cbor.h"
#include "internal.h"
#include "read.h"
#include "steps.h"

bool steps_creates(const ledger_event *event)
{
    return strcmp(event->kind, "record.created") == 0;
}

static step_item read_item(const layout *lay, pb_cbor *in, bool creates)
{
    step_item item = {.name = pb_cbor_get_text(in)};
    item.column = layout_find(lay, item.name);
    if (!creates) {
        if (pb_cbor_get_array(in) != 2)
            in->bad = true;
        item.before = pb_cbor_get_value(in);
    }
    item.after = pb_cbor_get_value(in);
    return item;
}

pb_status steps_decode(const layout *lay, const ledger_event *event, pb_arena *arena,
                       step_item **ret_items, size_t *ret_count, pb_error *err)
{
    pb_cbor in = {event->payload, 0, false};
    size_t count = pb_cbor_get_map(&in);
    step_item *items = pb_arena_array(arena, count + 1, sizeof *items);
    if (items == NULL)
        return pb_fail_memory(err);
    for (size_t i = 0; i < count; i++)
        items[i] = read_item(lay, &in, steps_creates(event));
    if (!pb_cbor_done(&in))
        return pb_fail(err, PB_CORRUPT,
                       PB_MSG("The payload of an event of {entity} could not be read."), "entity",
                       PB_ARG(lay->entity->name), NULL);
    *ret_items = items;
    *ret_count = count;
    return PB_OK;
}

/* Numbers of row, run and source row are bookkeeping, and `deleted` is told by the event's kind. */
static bool tells_people(const layout *lay, const step_item *item)
{
    if (item->column == NULL)
        return !pb_str_is(item->name, "deleted");
    return item->column->part != LAYOUT_SOURCE || item->column == &lay->sources[LAYOUT_SOURCE_ID];
}

static pb_status fill_step(const layout *lay, pb_arena *arena, record_step *step, pb_error *err)
{
    step_item *items;
    size_t count;
    if (step->erased || step->event.payload.ptr == NULL)
        return PB_OK;
    PB_TRY(steps_decode(lay, &step->event, arena, &items, &count, err));
    step->changes = pb_arena_array(arena, count + 1, sizeof *step->changes);
    if (step->changes == NULL)
        return pb_fail_memory(err);
    for (size_t i = 0; i < count; i++) {
        const layout_column *column = items[i].column;
        if (!tells_people(lay, &items[i]))
            continue;
        struct record_change_item *change = &step->changes[step->change_count++];
        change->field = column ? column->field : NULL;
        change->name = column && column->field && column->part == LAYOUT_VALUE ? column->field->name
                                                                               : items[i].name;
        change->before = items[i].before;
        change->after = items[i].after;
    }
    return PB_OK;
}

static pb_status newest_event(db_session *session, const model_entity *entity, pb_uuid id,
                              pb_arena *arena, uint64_t *ret_sequence, pb_error *err)
{
    record_data record;
    PB_TRY(record_read(session, entity, id, arena, &record, err));
    *ret_sequence = record.event;
    return PB_OK;
}

pb_status record_history(db_session *session, const model_entity *entity, pb_uuid id,
                         record_history_each each, void *context, pb_error *err)
{
    PB_AUTO_ARENA arena = pb_arena_new(0);
    PB_AUTO_ARENA step_arena = pb_arena_new(0);
    const layout *lay = arena ? layout_make(entity, arena) : NULL;
    if (lay == NULL || step_arena == NULL)
        return pb_fail_memory(err);
    uint64_t next;
    PB_TRY(newest_event(session, entity, id, arena, &next, err));
    for (next++; next > 0;) {
        record_step step = {.sequence = next - 1};
        pb_arena_reset(step_arena);
        PB_TRY(ledger_read(session, step.sequence, step_arena, &step.event, &step.erased, err));
        if (step.event.previous > step.sequence)
            return pb_fail(err, PB_CORRUPT,
                           PB_MSG("The history of a record of {entity} is broken."), "entity",
                           PB_ARG(entity->name), NULL);
        PB_TRY(fill_step(lay, step_arena, &step, err));
        PB_TRY(each(context, &step, err));
        next = step.event.previous;
    }
    return PB_OK;
}
