/* History: the chain of a record's events, walked from the newest, payloads taken apart. */
#include <string.h>

#include "base/cbor.h"
#include "merge_internal.h"
#include "merged.h"
#include "read.h"
#include "steps.h"

bool steps_creates(const ledger_event *event)
{
    return strcmp(event->kind, "record.created") == 0;
}

bool steps_changes(const ledger_event *event)
{
    static const char *const kinds[] = {"record.changed", "record.merged", "record.unmerged",
                                        "record.released"};
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++)
        if (strcmp(event->kind, kinds[i]) == 0)
            return true;
    return false;
}

int steps_hides(const ledger_event *event)
{
    if (strcmp(event->kind, "record.deleted") == 0 || strcmp(event->kind, "record.absorbed") == 0)
        return 1;
    return steps_creates(event) || strcmp(event->kind, "record.restored") == 0 ||
                   strcmp(event->kind, "record.released") == 0
               ? 0
               : -1;
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

/* Numbers of row, run and source row are bookkeeping; `deleted` is told by the event's kind, and
 * what was merged has a reader of its own. */
static bool tells_people(const layout *lay, const step_item *item)
{
    if (item->column == NULL)
        return !pb_str_is(item->name, "deleted") && !pb_str_starts(item->name, PB_STR("@"));
    return item->column->part != LAYOUT_SOURCE || item->column == &lay->sources[LAYOUT_SOURCE_ID];
}

static pb_status fill_choices(const layout *lay, pb_arena *arena, pb_str bytes, record_step *step,
                              pb_error *err)
{
    merge_kept kept;
    PB_TRY(merge_read_event(lay->entity, bytes, arena, &kept, err));
    kept.ids[0] = step->event.record;
    step->choices = pb_arena_array(arena, kept.field_count + 1, sizeof *step->choices);
    if (step->choices == NULL)
        return pb_fail_memory(err);
    for (size_t i = 0; i < kept.field_count; i++) {
        struct record_choice *choice = &step->choices[step->choice_count];
        if (kept.fields[i].from == RECORD_MERGE_NONE)
            continue;
        choice->field = kept.fields[i].field;
        choice->why = kept.fields[i].why;
        choice->several = kept.fields[i].from == RECORD_MERGE_SEVERAL;
        if (!choice->several)
            choice->from = kept.ids[kept.fields[i].from];
        step->choice_count++;
    }
    return PB_OK;
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
        if (pb_str_is(items[i].name, "@merge") && items[i].after.kind == PB_BLOB)
            PB_TRY(fill_choices(lay, arena, items[i].after.as.s, step, err));
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

/* The newest event not told yet of each record that the history is made of. */
typedef struct lines {
    uint64_t *next; /* 1 + sequence; 0: told to its beginning */
    size_t count;
} lines;

/* Records that were merged into this one had lives of their own: their events stand among its. */
static pb_status open_lines(db_session *session, const model_entity *entity, pb_uuid id,
                            pb_arena *arena, lines *ret_lines, pb_error *err)
{
    pb_uuid *ids;
    lines all = {0};
    PB_TRY(merged_all(session, entity, id, arena, &ids, &all.count, err));
    all.next = pb_arena_array(arena, all.count, sizeof *all.next);
    if (all.next == NULL)
        return pb_fail_memory(err);
    for (size_t i = 0; i < all.count; i++) {
        record_data record;
        PB_TRY(record_read(session, entity, ids[i], arena, &record, err));
        all.next[i] = record.event + 1;
    }
    *ret_lines = all;
    return PB_OK;
}

static uint64_t *newest_line(const lines *all)
{
    uint64_t *newest = &all->next[0];
    for (size_t i = 1; i < all->count; i++)
        if (all->next[i] > *newest)
            newest = &all->next[i];
    return newest;
}

pb_status record_history(db_session *session, const model_entity *entity, pb_uuid id,
                         record_history_each each, void *context, pb_error *err)
{
    PB_AUTO_ARENA arena = pb_arena_new(0);
    PB_AUTO_ARENA step_arena = pb_arena_new(0);
    const layout *lay = arena ? layout_of(session, entity) : NULL;
    lines all = {0};
    if (lay == NULL || step_arena == NULL)
        return pb_fail_memory(err);
    PB_TRY(open_lines(session, entity, id, arena, &all, err));
    for (uint64_t *line = newest_line(&all); *line > 0; line = newest_line(&all)) {
        record_step step = {.sequence = *line - 1};
        pb_arena_reset(step_arena);
        PB_TRY(ledger_read(session, step.sequence, step_arena, &step.event, &step.erased, err));
        if (step.event.previous > step.sequence)
            return pb_fail(err, PB_CORRUPT,
                           PB_MSG("The history of a record of {entity} is broken."), "entity",
                           PB_ARG(entity->name), NULL);
        PB_TRY(fill_step(lay, step_arena, &step, err));
        PB_TRY(each(context, &step, err));
        *line = step.event.previous;
    }
    return PB_OK;
}
