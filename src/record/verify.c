/* Replaying a record's chain of events and comparing what it says with the row, cell by cell. */
#include "record/verify.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "base/cbor.h"

#include "internal.h"
#include "merged.h"
#include "steps.h"

/* What is needed of an entity. */
typedef struct prepared {
    const layout *lay;
    pb_value *cells; /* of the row that is looked at */
    pb_value *sources;
    const pb_value **ordered; /* cells and sources as the keys of a payload stand */
    pb_str sql;               /* rows of a part, each with its newest event */
    bool merged;              /* some of its records were merged */
} prepared;

/* Working memory of one thread. */
typedef struct bench {
    struct bench *next; /* of those that nobody uses */
    pb_arena *arena;    /* layouts */
    pb_arena *row;
    const prepared **entities;  /* by index, made at first use */
    const model_schema *schema; /* whose entities */
} bench;

struct record_checker {
    pthread_mutex_t lock;
    bench *idle;
};

/* One row under comparison. Events come newest first, so the first that names a column settles it.
 */
typedef struct check {
    const layout *lay;
    layout_head head;
    pb_value *cells;
    bool *settled; /* by column */
    bool source[LAYOUT_SOURCES];
    bool deleted_settled;
    bool absorbed; /* the newest event that hides it is a merge */
    pb_uuid into;  /* … into this record, unless the payload was erased */
    bool into_known;
} check;

record_checker *record_checker_new(void)
{
    record_checker *checker = calloc(1, sizeof *checker);
    if (checker == NULL)
        return NULL;
    pthread_mutex_init(&checker->lock, NULL);
    return checker;
}

static bench *bench_free(bench *b)
{
    pb_arena_free(b->arena);
    pb_arena_free(b->row);
    free(b);
    return NULL;
}

record_checker *record_checker_free(record_checker *checker)
{
    if (checker == NULL)
        return NULL;
    while (checker->idle != NULL) {
        bench *b = checker->idle;
        checker->idle = b->next;
        bench_free(b);
    }
    pthread_mutex_destroy(&checker->lock);
    free(checker);
    return NULL;
}

static bench *bench_new(const model_schema *schema)
{
    bench *b = calloc(1, sizeof *b);
    if (b == NULL)
        return NULL;
    b->arena = pb_arena_new(0);
    b->row = pb_arena_new(0);
    b->entities =
        b->arena ? pb_arena_array(b->arena, schema->entity_count + 1, sizeof(prepared *)) : NULL;
    b->schema = schema;
    return b->entities && b->row ? b : bench_free(b);
}

/* One that is idle and knows this schema, or a new one; NULL without memory. */
static bench *bench_take(record_checker *checker, const model_schema *schema)
{
    bench *b = NULL;
    pthread_mutex_lock(&checker->lock);
    for (bench **place = &checker->idle; b == NULL && *place != NULL; place = &(*place)->next)
        if ((*place)->schema == schema) {
            b = *place;
            *place = b->next;
            break;
        }
    pthread_mutex_unlock(&checker->lock);
    return b != NULL ? b : bench_new(schema);
}

static void bench_give(record_checker *checker, bench *b)
{
    pthread_mutex_lock(&checker->lock);
    b->next = checker->idle;
    checker->idle = b;
    pthread_mutex_unlock(&checker->lock);
}

static pb_status altered(const check *c, pb_str what, pb_error *err)
{
    char text[37];
    pb_uuid_text(c->head.id, text);
    pb_fail(err, PB_CORRUPT, PB_MSG("The record {id} of {entity} was altered: {field}."), "id",
            text, "entity", PB_ARG(c->lay->entity->name), "field", PB_ARG(what), NULL);
    pb_error_detail(err, PB_MSG("What is stored is not what the ledger says was written."), NULL);
    pb_error_hint(err, PB_MSG("Look at the record's history for the value that was written."),
                  NULL);
    return PB_CORRUPT;
}

static pb_status compare_item(check *c, const step_item *item, pb_error *err)
{
    const layout_column *column = item->column;
    if (column == NULL) {
        if (pb_str_is(item->name, "@into") && item->after.kind == PB_BLOB &&
            item->after.as.s.len == sizeof c->into.b && !c->into_known) {
            memcpy(c->into.b, item->after.as.s.ptr, sizeof c->into.b);
            c->into_known = true;
        }
        return PB_OK;
    }
    bool is_source = column->part == LAYOUT_SOURCE;
    size_t at = is_source ? (size_t)(column - c->lay->sources) : (size_t)(column - c->lay->columns);
    bool *settled = is_source ? &c->source[at] : &c->settled[at];
    pb_value stored = is_source ? layout_source_value(&c->head, (int)at) : c->cells[at];
    if (*settled)
        return PB_OK;
    *settled = true;
    return pb_value_eq(stored, item->after) ? PB_OK : altered(c, column->name, err);
}

/* What the first event does not name was empty. */
static pb_status compare_rest(check *c, pb_error *err)
{
    for (size_t i = 0; i < c->lay->count; i++)
        if (!c->settled[i] && c->lay->columns[i].history && c->cells[i].kind != PB_NULL)
            return altered(c, c->lay->columns[i].name, err);
    for (int i = 0; i < LAYOUT_SOURCES; i++)
        if (!c->source[i] && layout_source_value(&c->head, i).kind != PB_NULL)
            return altered(c, c->lay->sources[i].name, err);
    return PB_OK;
}

static pb_status compare_event(check *c, const ledger_event *event, int64_t version, pb_error *err)
{
    if (memcmp(event->record.b, c->head.id.b, sizeof event->record.b) != 0 ||
        !pb_str_eq(event->entity, c->lay->entity->name))
        return altered(c, PB_STR("event"), err);
    if (event->version != version)
        return altered(c, PB_STR("version"), err);
    if (version == c->head.version && event->at_us != c->head.changed_us)
        return altered(c, PB_STR("changed_us"), err);
    if (steps_creates(event) &&
        (event->at_us != c->head.created_us || version != 1 || event->previous != 0))
        return altered(c, PB_STR("created_us"), err);
    int hides = steps_hides(event);
    if (hides >= 0 && !c->deleted_settled) {
        if (c->head.deleted != (hides == 1))
            return altered(c, PB_STR("deleted"), err);
        c->absorbed = strcmp(event->kind, "record.absorbed") == 0;
        c->deleted_settled = true;
    }
    return PB_OK;
}

/* The newest event came with the row. */
static pb_status replay(check *c, const ledger_event *newest, bool newest_erased,
                        db_session *session, pb_arena *arena, pb_error *err)
{
    bool erased = newest_erased; /* behind an erased payload, what is not settled stays unknown */
    int64_t version = c->head.version;
    ledger_event event = *newest;
    for (uint64_t at = c->head.event;; version--) {
        bool gone;
        step_item *items;
        size_t count = 0;
        PB_TRY(compare_event(c, &event, version, err));
        if (!erased && event.payload.ptr != NULL)
            PB_TRY(steps_decode(c->lay, &event, arena, &items, &count, err));
        for (size_t i = 0; i < count; i++)
            PB_TRY(compare_item(c, &items[i], err));
        if (event.previous > at || (event.previous == 0 && !steps_creates(&event)))
            return altered(c, PB_STR("event"), err);
        if (event.previous == 0)
            return erased ? PB_OK : compare_rest(c, err);
        at = event.previous - 1;
        PB_TRY(ledger_read(session, at, arena, &event, &gone, err));
        erased = erased || gone;
    }
}

/* A record that nothing happened to since it was made, as most are: its payload has one form, so
 * what the row gives must stand in it, item after item. Where it does not, replaying finds out what
 * differs, or that the declaration changed since. */
static bool stands_as_made(const prepared *p, const check *c, const ledger_event *event)
{
    const layout *lay = p->lay;
    pb_cbor in = {event->payload, 0, false};
    if (!steps_creates(event) || event->previous != 0 || c->head.version != 1 || c->head.deleted ||
        event->at_us != c->head.changed_us || event->at_us != c->head.created_us)
        return false;
    for (int i = 0; i < LAYOUT_SOURCES; i++)
        p->sources[i] = layout_source_value(&c->head, i);
    size_t left = pb_cbor_get_map(&in);
    for (size_t i = 0; i < lay->order_count; i++) {
        const pb_value *value = p->ordered[i];
        const pb_str *key = &lay->order[i]->key;
        if (value->kind == PB_NULL)
            continue;
        if (left-- == 0 || in.in.len - in.pos < key->len ||
            memcmp(in.in.ptr + in.pos, key->ptr, key->len) != 0)
            return false;
        in.pos += key->len;
        if (!pb_cbor_pass(&in, value))
            return false;
    }
    return left == 0 && pb_cbor_done(&in);
}

/* Where the ledger says that a record was merged into another, and only there, its id leads to that
 * one. */
static pb_status compare_merged(check *c, db_session *session, pb_error *err)
{
    pb_uuid into;
    bool found;
    PB_TRY(merged_into(session, c->lay->entity, c->head.id, &into, NULL, &found, err));
    if (found != c->absorbed ||
        (found && c->into_known && memcmp(into.b, c->into.b, sizeof into.b) != 0))
        return altered(c, PB_STR("merged"), err);
    return PB_OK;
}

/* Reading earlier events may take away what the statement stands on: texts are kept. */
static pb_status replay_row(bench *b, check *c, const ledger_event *newest, bool erased,
                            db_session *session, db_stmt *stmt, pb_error *err)
{
    ledger_event event = *newest;
    pb_arena_reset(b->row);
    c->settled = pb_arena_array(b->row, c->lay->count + 1, sizeof *c->settled);
    event.entity = pb_arena_str(b->row, event.entity);
    if (event.payload.ptr != NULL)
        event.payload = pb_arena_str(b->row, event.payload);
    if (c->settled == NULL || event.entity.ptr == NULL ||
        (event.payload.ptr == NULL && newest->payload.ptr != NULL))
        return pb_fail_memory(err);
    PB_TRY(layout_row(c->lay, stmt, b->row, &c->head, c->cells, err));
    return replay(c, &event, erased, session, b->row, err);
}

/* The row that the statement stands on. */
static pb_status verify_row(bench *b, const prepared *p, ledger_rows *rows, db_session *session,
                            db_stmt *stmt, pb_error *err)
{
    check c = {.lay = p->lay, .cells = p->cells};
    ledger_event event;
    bool erased;
    int behind = LAYOUT_HEAD + (int)p->lay->count;
    const ledger_row row = {.n = db_column_i64(stmt, 0),
                            .id = db_column_blob(stmt, 1),
                            .version = db_column_i64(stmt, 2),
                            .event = db_column_i64(stmt, 3),
                            .body = db_column_blob(stmt, behind),
                            .payload = db_column_blob(stmt, behind + 1)};
    PB_TRY(ledger_row_take(rows, &row, &event, &erased, err));
    PB_TRY(layout_row(p->lay, stmt, NULL, &c.head, c.cells, err));
    if (erased || !stands_as_made(p, &c, &event))
        PB_TRY(replay_row(b, &c, &event, erased, session, stmt, err));
    return c.head.deleted || p->merged ? compare_merged(&c, session, err) : PB_OK;
}

static bool prepare_cells(prepared *p, pb_arena *arena)
{
    const layout *lay = p->lay;
    p->cells = pb_arena_array(arena, lay->count + 1, sizeof *p->cells);
    p->sources = pb_arena_array(arena, LAYOUT_SOURCES, sizeof *p->sources);
    p->ordered = pb_arena_array(arena, lay->order_count + 1, sizeof(pb_value *));
    if (p->cells == NULL || p->sources == NULL || p->ordered == NULL)
        return false;
    for (size_t i = 0; i < lay->order_count; i++) {
        const layout_column *column = lay->order[i];
        p->ordered[i] = column->part == LAYOUT_SOURCE ? &p->sources[column - lay->sources]
                                                      : &p->cells[column - lay->columns];
    }
    return true;
}

static pb_status prepare(bench *b, db_session *session, const model_entity *entity,
                         const prepared **ret_prepared, pb_error *err)
{
    PB_AUTO_BUF sql = PB_BUF_INIT(1 << 17);
    prepared *p = pb_arena_alloc(b->arena, sizeof *p);
    if (p == NULL)
        return pb_fail_memory(err);
    PB_TRY(merged_any(session, entity, &p->merged, err));
    p->lay = layout_make(entity, b->arena);
    if (p->lay == NULL || !prepare_cells(p, b->arena))
        return pb_fail_memory(err);
    pb_buf_addc(&sql, "SELECT ");
    pb_buf_add(&sql, p->lay->qualified);
    pb_buf_printf(&sql,
                  "," LEDGER_ROW_COLUMNS " FROM t_%.*s AS r" LEDGER_ROW_JOINS
                  " WHERE r.n >= ?1 AND r.n <= ?2 ORDER BY r.n",
                  PB_STR_FMT(entity->name));
    p->sql = pb_arena_str(b->arena, pb_buf_str(&sql));
    if (sql.failed || p->sql.ptr == NULL)
        return pb_fail_memory(err);
    b->entities[entity->index] = p;
    *ret_prepared = p;
    return PB_OK;
}

static pb_status verify_part(bench *b, db_session *session, const model_entity *entity,
                             int64_t from, int64_t to, ledger_rows *rows, pb_error *err)
{
    const prepared *p = b->entities[entity->index];
    db_stmt *stmt;
    if (p == NULL)
        PB_TRY(prepare(b, session, entity, &p, err));
    PB_TRY(db_prepare_text(session, p->sql, &stmt, err));
    db_bind_i64(stmt, 1, from);
    db_bind_i64(stmt, 2, to);
    for (;;) {
        bool row;
        PB_TRY(db_step(stmt, &row, err));
        if (!row)
            return PB_OK;
        pb_status status = verify_row(b, p, rows, session, stmt, err);
        if (status != PB_OK) {
            db_reset(stmt);
            return status;
        }
    }
}

pb_status record_verify_rows(void *checker, db_session *session, const model_entity *entity,
                             int64_t from, int64_t to, ledger_rows *rows, pb_error *err)
{
    bench *b = bench_take(checker, db_workspace_schema(db_session_workspace(session)));
    if (b == NULL)
        return pb_fail_memory(err);
    pb_status status = verify_part(b, session, entity, from, to, rows, err);
    bench_give(checker, b);
    return status;
}
