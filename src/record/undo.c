/* Taking a run back, record by record: what its events did, what others did since, what can go. */
#include <stdlib.h>
#include <string.h>

#include "base/cbor.h"
#include "base/map.h"
#include "merge_internal.h"
#include "merged.h"
#include "read.h"
#include "record/undo.h"
#include "steps.h"

enum { TELL_EVERY = 256 };

/* Events that stand next to each other, `event` the last of them. */
typedef struct span {
    uint64_t first, event;
} span;

/* In ascending order. */
typedef struct spans {
    span *items;
    size_t count, capacity;
} spans;

/* What became of one column. */
typedef struct column_story {
    bool in_run, since; /* changed by the run, changed after it */
    bool closed;        /* changed by others between two parts of the run: older is not looked at */
    pb_value before;    /* as it was before the run */
    pb_value after;     /* as the run left it */
} column_story;

/* What became of one record, from its events, newest first. */
typedef struct story {
    bool created;              /* by the run */
    bool touched, was_deleted; /* the run deleted it or brought it back; as it was before */
    bool changed;              /* the run changed values */
    bool since;                /* anything happened after the run */
    bool met;                  /* an event of the run was met */
    bool others;               /* and one of others before it */
    bool between;              /* others worked on it between two parts of the run */
    column_story *columns;     /* by column of the layout */
} story;

typedef struct undoing {
    record_writer *writer;
    const record_run_info *run;
    record_undo_told told;
    record_undo_progress progress;
    void *context;
    record_undo_counts counts;
    pb_arena *seen_arena, *event_arena, *story_arena;
    pb_map *seen;   /* ids of records that were looked at */
    uint64_t first; /* first event of the undoing itself */
    spans own;      /* events of the run: one piece, or that of each part of it */
    spans undone;   /* later runs that were taken back, and the taking back: nobody's work */
    struct relinked {
        const model_field *field;
        pb_uuid id;
    } * relinked; /* links that were put back */
    size_t relinked_count, relinked_capacity;
} undoing;

static pb_status keep(undoing *u, const plan *p, pb_uuid id, const model_field *field,
                      const char *says, pb_error *err)
{
    const record_undo_kept kept = {p->entity, id, field, pb_str_c(says)};
    u->counts.kept++;
    return u->told != NULL ? u->told(u->context, &kept, err) : PB_OK;
}

/* --- reading what happened --- */

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

static bool is_in(const spans *list, uint64_t sequence)
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

/* Others' work: not of a run that was taken back, nor of the undoing. */
static bool is_since(const undoing *u, uint64_t sequence)
{
    return sequence > u->run->first && sequence < u->first && !is_in(&u->own, sequence) &&
           !is_in(&u->undone, sequence);
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

/* An import that let others write in between says where its parts are; any other run is one. */
static pb_status add_run(undoing *u, spans *list, int64_t run, span whole, pb_error *err)
{
    ledger_event event;
    bool erased;
    uint64_t first = 0;
    PB_TRY(ledger_read(u->writer->session, whole.first, u->event_arena, &event, &erased, err));
    if (erased || !part_of(&event, &first))
        return add_span(u, list, whole, err);
    for (uint64_t at = whole.first; at <= whole.event; at++) {
        pb_arena_reset(u->event_arena);
        PB_TRY(ledger_read(u->writer->session, at, u->event_arena, &event, &erased, err));
        if (!erased && part_of(&event, &first) && is_of_run(&event, run))
            PB_TRY(add_span(u, list, (span){first, at}, err));
    }
    return PB_OK;
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

static pb_status load_undone(undoing *u, pb_error *err)
{
    db_stmt *stmt;
    bool row;
    later_run *runs = NULL;
    size_t count = 0, capacity = 0;
    PB_TRY(db_prepare(u->writer->session,
                      "SELECT MIN(run), first, event FROM t_import_run WHERE first > ?1"
                      " AND (undone IS NOT NULL OR kind = 'undo') GROUP BY first, event ORDER BY 2",
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
        PB_TRY(add_run(u, &u->undone, runs[i].run, runs[i].whole, err));
    if (u->undone.count > 1) /* parts of several runs may stand between each other */
        qsort(u->undone.items, u->undone.count, sizeof *u->undone.items, span_order);
    return PB_OK;
}

/* Columns of one field stand next to each other: an amount and its currency are one value. */
static size_t columns_end(const plan *p, size_t from)
{
    size_t end = from + 1;
    while (end < p->lay->count && p->lay->columns[end].field == p->lay->columns[from].field)
        end++;
    return end;
}

static void close_field(const plan *p, const model_field *field, story *told)
{
    size_t from = p->lay->first[field->index], end = columns_end(p, from);
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

/* Walks a record's events back to the beginning of the run. */
static pb_status read_story(undoing *u, const plan *p, uint64_t newest, story *ret_story,
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
        bool since = is_since(u, sequence);
        if (!since && !is_in(&u->own, sequence))
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

/* --- putting back --- */

/* Of a link the reference counts, its id follows from that: the undoing itself may have hidden the
 * record that it led to. */
static bool is_as_left(const plan *p, size_t at, const column_story *column)
{
    const layout_column *place = &p->lay->columns[at];
    bool follows = place->field->type == MODEL_LINK && place->part == LAYOUT_VALUE;
    return follows || !column->in_run || pb_value_eq(p->cells[at], column->after);
}

/* A field of several columns is put back whole, or stays whole. */
static pb_status put_field(undoing *u, plan *p, const layout_head *head, const story *told,
                           size_t from, bool *any, pb_error *err)
{
    size_t end = columns_end(p, from);
    bool in_run = false, stays = false;
    for (size_t i = from; i < end; i++) {
        const column_story *column = &told->columns[i];
        in_run = in_run || column->in_run;
        stays = stays || column->since || !is_as_left(p, i, column);
    }
    if (!in_run)
        return PB_OK;
    if (stays)
        return keep(u, p, head->id, p->lay->columns[from].field,
                    PB_MSG("The value was changed since"), err);
    for (size_t i = from; i < end; i++)
        if (told->columns[i].in_run)
            p->cells[i] = told->columns[i].before;
    *any = true;
    return PB_OK;
}

static pb_status put_back(undoing *u, plan *p, layout_head *head, const story *told, pb_error *err)
{
    bool any = false;
    for (size_t i = 0; i < p->lay->count; i = columns_end(p, i))
        PB_TRY(put_field(u, p, head, told, i, &any, err));
    if (!any)
        return PB_OK;
    u->writer->broken = true; /* until all of it is written */
    PB_TRY(change_write(u->writer, p, head, &any, err));
    for (size_t i = 0; i < p->entity->field_count; i++) {
        const column_story *link = &told->columns[p->lay->first[i]];
        const struct relinked put = {&p->entity->fields[i], head->id};
        if (put.field->type == MODEL_LINK && (link[0].in_run || link[1].in_run) &&
            !PB_PUSH(u->seen_arena, u->relinked, u->relinked_count, u->relinked_capacity, put))
            return pb_fail_memory(err);
    }
    u->writer->broken = false;
    u->counts.changed += any;
    return PB_OK;
}

/* What links to a record, and whether that is somebody's later work. */
static pb_status linked_since(undoing *u, const model_field *field, pb_uuid id, bool *ret_since,
                              int64_t **ret_rows, size_t *ret_count, pb_error *err)
{
    db_stmt *stmt;
    bool row;
    PB_AUTO_BUF sql = PB_BUF_INIT(4096);
    PB_TRY(change_linking_rows(u->writer, field, id, u->story_arena, ret_rows, ret_count, err));
    if (*ret_count == 0)
        return PB_OK;
    pb_buf_printf(&sql, "SELECT event FROM t_%s WHERE \"%s_id\" = ?1 AND deleted = 0",
                  field->entity->name.ptr, field->name.ptr);
    if (sql.failed)
        return pb_fail_memory(err);
    PB_TRY(db_prepare_text(u->writer->session, pb_buf_str(&sql), &stmt, err));
    db_bind_blob(stmt, 1, pb_uuid_str(&id));
    for (;;) {
        PB_TRY(db_step(stmt, &row, err));
        if (!row)
            return PB_OK;
        *ret_since = *ret_since || is_since(u, (uint64_t)db_column_i64(stmt, 0));
    }
}

/* A field that links to the entity, and the rows that link to the record by it. */
typedef struct linking {
    const model_field *field;
    int64_t *rows;
    size_t count;
} linking;

static pb_status find_linking(undoing *u, const model_entity *target, pb_uuid id, bool *ret_since,
                              linking **ret_links, size_t *ret_count, pb_error *err)
{
    const model_schema *schema = u->writer->schema;
    linking *links = NULL;
    size_t count = 0, capacity = 0;
    for (size_t i = 0; i < schema->entity_count; i++)
        for (size_t k = 0; k < schema->entities[i].field_count; k++) {
            linking link = {&schema->entities[i].fields[k], NULL, 0};
            if (link.field->target != target)
                continue;
            PB_TRY(linked_since(u, link.field, id, ret_since, &link.rows, &link.count, err));
            if (link.count > 0 && !PB_PUSH(u->story_arena, links, count, capacity, link))
                return pb_fail_memory(err);
        }
    *ret_links = links;
    *ret_count = count;
    return PB_OK;
}

/* What linked to a record that is gone refers by text again, as before it came. */
static pb_status refer_by_text(undoing *u, const linking *link, pb_error *err)
{
    for (size_t i = 0; i < link->count; i++) {
        record_data record;
        bool found;
        PB_TRY(read_by(u->writer->session, link->field->entity, "WHERE n = ?",
                       PB_VALUE_INT(link->rows[i]), u->story_arena, &record, &found, err));
        pb_str ref = found ? record.refs[link->field->index] : PB_STR_NONE;
        const record_input input = {link->field, ref.ptr ? ref : PB_STR(""), NULL};
        if (found)
            PB_TRY(record_change(u->writer, link->field->entity, record.id, 0, &input, 1, NULL,
                                 NULL, err));
    }
    return PB_OK;
}

/* The run made the record, or brought it back: it goes. */
static pb_status take_away(undoing *u, plan *p, layout_head *head, const story *told, pb_error *err)
{
    linking *links = NULL;
    size_t count = 0;
    bool since = false;
    if (told->since || told->between)
        return keep(u, p, head->id, NULL, PB_MSG("The record was worked on since"), err);
    PB_TRY(find_linking(u, p->entity, head->id, &since, &links, &count, err));
    if (since)
        return keep(u, p, head->id, NULL, PB_MSG("Records made since link to it"), err);
    if (!head->deleted) {         /* the run itself may have deleted what it made */
        u->writer->broken = true; /* until all of it is written */
        PB_TRY(change_hide_row(u->writer, p, head, err));
        u->writer->broken = false;
        u->counts.deleted++;
    }
    for (size_t i = 0; i < count; i++)
        PB_TRY(refer_by_text(u, &links[i], err));
    return PB_OK;
}

/* A record that was there before the run becomes what it was. A deleted one is shown for as long as
 * its values are put back. */
static pb_status undo_work(undoing *u, plan *p, layout_head *head, const story *told, pb_error *err)
{
    bool deleted = told->touched ? told->was_deleted : head->deleted;
    if (!told->touched && !told->changed)
        return PB_OK;
    if (head->deleted && told->since) {
        pb_uuid into;
        bool absorbed;
        PB_TRY(merged_into(u->writer->session, p->entity, head->id, &into, NULL, &absorbed, err));
        return keep(u, p, head->id, NULL,
                    absorbed ? PB_MSG("The record was merged into another since")
                             : PB_MSG("The record was deleted since"),
                    err);
    }
    if (head->deleted) {
        PB_TRY(change_show(u->writer, p->entity, head->id, err));
        u->counts.restored += !deleted;
        PB_TRY(change_load(u->writer, p, head->id, head, err));
    }
    if (told->changed)
        PB_TRY(put_back(u, p, head, told, err));
    if (!deleted)
        return PB_OK;
    PB_TRY(change_load(u->writer, p, head->id, head, err));
    return take_away(u, p, head, told, err);
}

static pb_status undo_record(undoing *u, const model_entity *entity, pb_uuid id, bool created,
                             pb_error *err)
{
    plan *p;
    layout_head head;
    story told = {0};
    pb_arena_reset(u->story_arena);
    PB_TRY(writer_begin_row(u->writer, err));
    PB_TRY(writer_plan(u->writer, entity, &p, err));
    PB_TRY(change_load(u->writer, p, id, &head, err));
    PB_TRY(read_story(u, p, head.event, &told, err));
    if (told.created != created)
        return PB_OK;
    return created ? take_away(u, p, &head, &told, err) : undo_work(u, p, &head, &told, err);
}

/* --- the run --- */

static pb_status undo_event(undoing *u, uint64_t sequence, bool created, pb_error *err)
{
    ledger_event event;
    bool erased, fresh = true;
    if (!is_in(&u->own, sequence))
        return PB_OK;
    pb_arena_reset(u->event_arena);
    PB_TRY(ledger_read(u->writer->session, sequence, u->event_arena, &event, &erased, err));
    const model_entity *entity =
        event.version > 0 ? model_entity_find(u->writer->schema, event.entity) : NULL;
    if (entity == NULL || steps_creates(&event) != created)
        return PB_OK;
    if (!created && pb_map_put(u->seen, pb_uuid_str(&event.record), &fresh) == NULL)
        return pb_fail_memory(err);
    return fresh ? undo_record(u, entity, event.record, created, err) : PB_OK;
}

/* A reference without a record is read again, as entry does: it is noted, and the record that may
 * come will be found. */
static pb_status refer_again(undoing *u, const struct relinked *link, pb_error *err)
{
    plan *p;
    layout_head head;
    db_stmt *stmt;
    bool found = false;
    PB_TRY(writer_begin_row(u->writer, err));
    PB_TRY(writer_plan(u->writer, link->field->entity, &p, err));
    PB_TRY(change_load(u->writer, p, link->id, &head, err));
    const pb_value *cells = &p->cells[p->lay->first[link->field->index]];
    PB_TRY(notes_remove(u->writer, p, head.n, link->field->name.ptr, "unresolved", err));
    if (cells[0].kind == PB_BLOB) {
        PB_AUTO_BUF sql = PB_BUF_INIT(4096);
        pb_buf_printf(&sql, "SELECT 1 FROM t_%s WHERE id = ?1 AND deleted = 0",
                      link->field->target->name.ptr);
        if (sql.failed)
            return pb_fail_memory(err);
        PB_TRY(db_prepare_text(u->writer->session, pb_buf_str(&sql), &stmt, err));
        db_bind_value(stmt, 1, cells[0]);
        PB_TRY(db_step(stmt, &found, err));
        db_reset(stmt);
    }
    if (found || head.deleted || cells[1].kind != PB_TEXT)
        return PB_OK;
    pb_str text = pb_arena_str(u->event_arena, cells[1].as.s);
    if (text.ptr == NULL)
        return pb_fail_memory(err);
    const record_input input = {link->field, text, NULL};
    return record_change(u->writer, link->field->entity, link->id, 0, &input, 1, NULL, NULL, err);
}

/* First what was there gets back what it was, so that it links no more to what then goes. */
static pb_status undo_events(undoing *u, pb_error *err)
{
    uint64_t count = u->run->event - u->run->first;
    for (int created = 0; created <= 1; created++)
        for (uint64_t done = 0; done < count; done++) {
            if (u->progress != NULL && done % TELL_EVERY == 0 &&
                u->progress(u->context, (uint64_t)created * count + done, 2 * count))
                return pb_fail(err, PB_CANCELLED, PB_MSG("Stopped on request; nothing was changed"),
                               NULL);
            PB_TRY(undo_event(u, u->run->event - 1 - done, created == 1, err));
        }
    for (size_t i = 0; i < u->relinked_count; i++) {
        pb_arena_reset(u->event_arena);
        PB_TRY(refer_again(u, &u->relinked[i], err));
    }
    return PB_OK;
}

/* The run is undone by run `number`; what it had undone itself holds again. */
static pb_status mark_runs(const undoing *u, int64_t number, pb_error *err)
{
    db_stmt *stmt;
    PB_TRY(run_mark_undone(u->writer->session, u->run, number, err));
    PB_TRY(db_prepare(u->writer->session, "UPDATE t_import_run SET undone = NULL WHERE undone = ?1",
                      &stmt, err));
    db_bind_i64(stmt, 1, u->run->number);
    return db_run(stmt, err);
}

static pb_status end(undoing *u, int64_t *ret_number, pb_error *err)
{
    char about[24];
    const record_undo_counts *counts = &u->counts;
    (void)snprintf(about, sizeof about, "%lld", (long long)u->run->number);
    PB_TRY(record_writer_finish(u->writer, err));
    PB_TRY(record_run_end(
        u->writer->session, u->writer->actor, u->writer->now_us, "undo", pb_str_c(about), u->first,
        counts->deleted + counts->restored + counts->changed, counts->kept, ret_number, err));
    return mark_runs(u, *ret_number, err);
}

pb_status record_undo(record_writer *writer, const record_run_info *run, record_undo_told told,
                      record_undo_progress progress, void *context, record_undo_counts *ret_counts,
                      int64_t *ret_number, pb_error *err)
{
    PB_AUTO_ARENA seen = pb_arena_new(0);
    PB_AUTO_ARENA events = pb_arena_new(0);
    PB_AUTO_ARENA stories = pb_arena_new(0);
    undoing u = {.writer = writer,
                 .run = run,
                 .told = told,
                 .progress = progress,
                 .context = context,
                 .seen_arena = seen,
                 .event_arena = events,
                 .story_arena = stories};
    int64_t number;
    if (run->undone) {
        pb_fail(err, PB_CONFLICT, PB_MSG("Run {number} was taken back already"), "number",
                PB_ARG_INT(run->number), NULL);
        pb_error_hint(err, PB_MSG("To bring it back, take back the run that undid it"), NULL);
        return PB_CONFLICT;
    }
    bool merges;
    PB_TRY(
        unmerge_undo(writer, run, told, progress, context, &merges, ret_counts, ret_number, err));
    if (merges)
        return PB_OK;
    u.seen = seen != NULL ? pb_map_new(seen) : NULL;
    if (u.seen == NULL || events == NULL || stories == NULL)
        return pb_fail_memory(err);
    PB_TRY(ledger_next(writer->session, &u.first, err));
    PB_TRY(add_run(&u, &u.own, run->number, (span){run->first, run->event}, err));
    PB_TRY(load_undone(&u, err));
    PB_TRY(undo_events(&u, err));
    PB_TRY(end(&u, &number, err));
    *ret_counts = u.counts;
    *ret_number = number;
    return PB_OK;
}
