/* What a run did to a record, from its events: which are the run's, which are somebody's since. */
#include <stdlib.h>
#include <string.h>

#include "base/cbor.h"
#include "steps.h"
#include "undo_parts.h"

static pb_status note_columns(undoing *u, const plan *p, const ledger_event *event, bool since,
                              story *told, pb_error *err)
{
    step_item *items;
    size_t count;
    PB_TRY(steps_decode(p->lay, event, u->story_arena, &items, &count, err));
    for (size_t i = 0; i < count; i++) {
        if (items[i].column == NULL || items[i].column->part == LAYOUT_SOURCE)
            continue;
        column_story *column = &told->columns[items[i].column - p->lay->columns];
        if (since) {
            column->since = true;
            continue;
        }
        if (column->closed)
            continue;
        if (!column->in_run)
            column->after = items[i].after;
        column->before = items[i].before; /* the oldest is read last */
        column->in_run = true;
    }
    return PB_OK;
}

static void note_kind(const ledger_event *event, bool since, story *told)
{
    told->since = told->since || since;
    if (since)
        return;
    told->created = told->created || steps_creates(event);
    int hides = steps_creates(event) ? -1 : steps_hides(event);
    if (hides >= 0) {
        told->touched = true;
        told->was_deleted = hides == 0; /* the oldest is read last */
    }
    told->changed = told->changed || steps_changes(event);
}

bool undo_is_in(const spans *list, uint64_t sequence)
{
    size_t low = 0, high = list->count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (list->items[middle].event < sequence)
            low = middle + 1;
        else
            high = middle;
    }
    return low < list->count && list->items[low].first <= sequence;
}

bool undo_is_since(const undoing *u, uint64_t sequence)
{
    return sequence > u->run->first && sequence < u->first && !undo_is_in(&u->own, sequence) &&
           !undo_is_in(&u->undone, sequence);
}

static pb_status add_span(undoing *u, spans *list, span one, pb_error *err)
{
    return PB_PUSH(u->seen_arena, list->items, list->count, list->capacity, one)
               ? PB_OK
               : pb_fail_memory(err);
}

/* The first event of a part of a run; false: the event is none that ends one. */
static bool part_of(const ledger_event *event, uint64_t *ret_first)
{
    bool found = false;
    if (strcmp(event->kind, "import.slice") != 0)
        return false;
    pb_cbor in = {event->payload, 0, false};
    size_t pairs = pb_cbor_get_map(&in);
    for (size_t i = 0; i < pairs; i++) {
        if (pb_str_is(pb_cbor_get_text(&in), "first")) {
            *ret_first = pb_cbor_get_uint(&in);
            found = true;
        } else {
            pb_cbor_skip(&in);
        }
    }
    return found;
}

static bool is_of_run(const ledger_event *event, int64_t run)
{
    int64_t number = -1;
    pb_cbor in = {event->payload, 0, false};
    size_t pairs = pb_cbor_get_map(&in);
    for (size_t i = 0; i < pairs; i++) {
        if (pb_str_is(pb_cbor_get_text(&in), "run"))
            number = pb_cbor_get_int(&in);
        else
            pb_cbor_skip(&in);
    }
    return number == run;
}

pb_status undo_add_parts(undoing *u, db_session *session, spans *list, int64_t run, span within,
                         pb_error *err)
{
    ledger_event event;
    bool erased;
    uint64_t first = 0;
    for (uint64_t at = within.first; at <= within.event; at++) {
        pb_arena_reset(u->event_arena);
        PB_TRY(ledger_read(session, at, u->event_arena, &event, &erased, err));
        if (!erased && part_of(&event, &first) && is_of_run(&event, run))
            PB_TRY(add_span(u, list, (span){first, at}, err));
    }
    return PB_OK;
}

/* An import that let others write in between says where its parts are; any other run is one. */
pb_status undo_add_run(undoing *u, db_session *session, spans *list, int64_t run, span whole,
                       pb_error *err)
{
    ledger_event event;
    bool erased;
    uint64_t first = 0;
    PB_TRY(ledger_read(session, whole.first, u->event_arena, &event, &erased, err));
    return erased || !part_of(&event, &first) ? add_span(u, list, whole, err)
                                              : undo_add_parts(u, session, list, run, whole, err);
}

typedef struct later_run {
    int64_t run;
    span whole;
} later_run;

static int span_order(const void *a, const void *b)
{
    const span *x = a, *y = b;
    return x->first < y->first ? -1 : x->first > y->first;
}

pb_status undo_load_undone(undoing *u, db_session *session, pb_error *err)
{
    db_stmt *stmt;
    bool row;
    later_run *runs = NULL;
    size_t count = 0, capacity = 0;
    PB_TRY(db_prepare(
        session,
        "SELECT MIN(run), first, event FROM t_import_run WHERE first > ?1"
        " AND (undone IS NOT NULL OR kind IN ('undo', 'undoing')) GROUP BY first, event ORDER BY 2",
        &stmt, err));
    db_bind_i64(stmt, 1, (int64_t)u->run->first);
    for (;;) {
        PB_TRY(db_step(stmt, &row, err));
        if (!row)
            break;
        const later_run one = {
            db_column_i64(stmt, 0),
            {(uint64_t)db_column_i64(stmt, 1), (uint64_t)db_column_i64(stmt, 2)}};
        if (!PB_PUSH(u->seen_arena, runs, count, capacity, one)) {
            db_reset(stmt);
            return pb_fail_memory(err);
        }
    }
    for (size_t i = 0; i < count; i++)
        PB_TRY(undo_add_run(u, session, &u->undone, runs[i].run, runs[i].whole, err));
    if (u->undone.count > 1) /* parts of several runs may stand between each other */
        qsort(u->undone.items, u->undone.count, sizeof *u->undone.items, span_order);
    return PB_OK;
}

size_t undo_columns_end(const plan *p, size_t from)
{
    size_t end = from + 1;
    while (end < p->lay->count && p->lay->columns[end].field == p->lay->columns[from].field)
        end++;
    return end;
}

static void close_field(const plan *p, const model_field *field, story *told)
{
    size_t from = p->lay->first[field->index], end = undo_columns_end(p, from);
    bool in_run = false;
    for (size_t i = from; i < end; i++)
        in_run = in_run || told->columns[i].in_run;
    for (size_t i = from; i < end; i++)
        told->columns[i].closed = in_run;
}

/* What others changed between two parts of the run is what the later part found. */
static pb_status close_columns(undoing *u, const plan *p, const ledger_event *event, story *told,
                               pb_error *err)
{
    step_item *items;
    size_t count;
    PB_TRY(steps_decode(p->lay, event, u->story_arena, &items, &count, err));
    for (size_t i = 0; i < count; i++)
        if (items[i].column != NULL && items[i].column->part != LAYOUT_SOURCE)
            close_field(p, items[i].column->field, told);
    return PB_OK;
}

pb_status undo_read_story(undoing *u, const plan *p, uint64_t newest, story *ret_story,
                          pb_error *err)
{
    story told = {.columns =
                      pb_arena_array(u->story_arena, p->lay->count + 1, sizeof *told.columns)};
    if (told.columns == NULL)
        return pb_fail_memory(err);
    for (uint64_t next = newest + 1; next > u->run->first;) {
        ledger_event event;
        bool erased;
        PB_TRY(ledger_read(u->writer->session, next - 1, u->story_arena, &event, &erased, err));
        uint64_t sequence = next - 1;
        next = event.previous;
        bool since = undo_is_since(u, sequence);
        if (!since && !undo_is_in(&u->own, sequence))
            continue;
        if (since && told.met) {
            told.others = true;
            if (!erased && steps_changes(&event))
                PB_TRY(close_columns(u, p, &event, &told, err));
            continue;
        }
        told.met = told.met || !since;
        told.between = told.between || told.others;
        note_kind(&event, since, &told);
        if (!erased && steps_changes(&event))
            PB_TRY(note_columns(u, p, &event, since, &told, err));
    }
    *ret_story = told;
    return PB_OK;
}
