/* Records that are looked at when all of them are written: noted by their numbers, and looked at
 * one by one. Whoever has the whole entity compared at once takes the notes alone. */
#include <stdlib.h>

#include "gate.h"
#include "review.h"

enum { TELL_EVERY = 64 };

/* New records follow each other upwards, those an undoing brings back downwards. */
static bool extend(record_later *last, const model_entity *entity, int64_t run, int64_t n)
{
    if (last->entity != entity || last->run != run || n < last->from - 1 || n > last->to + 1)
        return false;
    last->from = n < last->from ? n : last->from;
    last->to = n > last->to ? n : last->to;
    return true;
}

pb_status gate_put_off(record_writer *writer, plan *p, int64_t n, pb_error *err)
{
    const record_later one = {p->entity, n, n, writer->gate.run};
    if (!writer->gate.later || writer->last || record_gate_warns(&writer->gate, p->entity) > 1)
        return PB_OK;
    if (writer->later_count > 0 &&
        extend(&writer->later[writer->later_count - 1], p->entity, one.run, n))
        return PB_OK;
    return PB_PUSH(writer->arena, writer->later, writer->later_count, writer->later_capacity, one)
               ? PB_OK
               : pb_fail_memory(err);
}

static int order(const void *a, const void *b)
{
    const record_later *x = a, *y = b;
    if (x->entity != y->entity)
        return x->entity->index < y->entity->index ? -1 : 1;
    if (x->from != y->from)
        return x->from < y->from ? -1 : 1;
    return x->to > y->to ? -1 : x->to < y->to;
}

pb_status record_writer_later(record_writer *writer, const record_later **ret_items,
                              size_t *ret_count, pb_error *err)
{
    record_later *items = writer->later;
    size_t kept = 0;
    (void)err;
    writer->gate.later = false;
    if (writer->later_count > 1)
        qsort(items, writer->later_count, sizeof *items, order);
    for (size_t i = 0; i < writer->later_count; i++) {
        record_later one = items[i], *last = kept > 0 ? &items[kept - 1] : NULL;
        if (last != NULL && last->entity == one.entity && one.from <= last->to)
            one.from = last->to + 1;
        if (one.from > one.to)
            continue;
        if (last != NULL && last->entity == one.entity && last->run == one.run &&
            one.from == last->to + 1)
            last->to = one.to;
        else
            items[kept++] = one;
    }
    writer->later_count = kept;
    *ret_items = items;
    *ret_count = kept;
    return PB_OK;
}

/* --- one by one --- */

typedef struct looking {
    record_writer *writer;
    plan *p;
    const record_later *items;
    size_t count;
    int64_t n; /* in hand */
} looking;

/* Of two that are both to be looked at the later one counts, as if they had come one by one. */
static bool comes_later(void *context, int64_t n)
{
    const looking *k = context;
    size_t low = 0, high = k->count;
    if (n < k->n)
        return false;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (k->items[middle].to < n)
            low = middle + 1;
        else
            high = middle;
    }
    return low < k->count && k->items[low].from <= n;
}

/* The row in hand into plan->cells; false: it is gone. */
static pb_status load(looking *k, layout_head *ret_head, bool *ret_live, pb_error *err)
{
    db_stmt *stmt;
    bool row;
    PB_TRY(layout_select(k->writer->session, k->p->lay, "WHERE n = ?", &stmt, err));
    db_bind_i64(stmt, 1, k->n);
    PB_TRY(db_step(stmt, &row, err));
    *ret_live = false;
    if (!row)
        return PB_OK;
    pb_status status = layout_row(k->p->lay, stmt, k->writer->row, ret_head, k->p->cells, err);
    *ret_live = status == PB_OK && !ret_head->deleted;
    db_reset(stmt);
    return status;
}

static pb_status look(looking *k, pb_error *err)
{
    layout_head head;
    bool live;
    record_writer *writer = k->writer;
    pb_arena_reset(writer->row);
    model_reader_reset(writer->reader);
    gate_forget(writer);
    PB_TRY(load(k, &head, &live, err));
    if (!live)
        return PB_OK;
    gate_look l = {.writer = writer,
                   .p = k->p,
                   .head = &head,
                   .source_id = head.source_id,
                   .passes_over = comes_later,
                   .context = k,
                   .warn = record_gate_warns(&writer->gate, k->p->entity),
                   .refuse = MODEL_DUPLICATE_NEVER};
    k->p->looked++;
    PB_TRY(gate_find(&l, err));
    PB_TRY(gate_tell(writer, k->p, err));
    return gate_note(writer, k->p, head.id, head.source_id, err);
}

static pb_status look_at_all(looking *k, record_look_progress progress, void *context,
                             pb_error *err)
{
    uint64_t done = 0, total = 0;
    for (size_t i = 0; i < k->count; i++)
        total += (uint64_t)(k->items[i].to - k->items[i].from + 1);
    for (size_t i = 0; i < k->count; i++) {
        k->writer->gate.run = k->items[i].run;
        for (k->n = k->items[i].from; k->n <= k->items[i].to; k->n++, done++) {
            if (done % TELL_EVERY == 0 && progress != NULL && progress(context, done, total))
                return pb_fail(err, PB_CANCELLED, PB_MSG("Stopped on request; nothing was changed"),
                               NULL);
            PB_TRY(look(k, err));
        }
    }
    return PB_OK;
}

pb_status record_writer_look(record_writer *writer, const record_later *items, size_t count,
                             record_look_progress progress, void *context,
                             record_judged *ret_judged, pb_error *err)
{
    looking k = {.writer = writer, .items = items, .count = count};
    if (count == 0)
        return PB_OK;
    PB_TRY(writer_plan(writer, items[0].entity, &k.p, err));
    PB_TRY(gate_know(writer, k.p, err));
    if (k.p->alike != NULL)
        PB_TRY(look_at_all(&k, progress, context, err));
    gate_forget(writer);
    return record_writer_judged(writer, items[0].entity, ret_judged, err);
}

pb_status record_writer_judged(record_writer *writer, const model_entity *entity,
                               record_judged *ret_judged, pb_error *err)
{
    const plan *p = &writer->plans[entity->index];
    *ret_judged = (record_judged){.entity = entity};
    if (!p->used || p->looked == 0 || p->alike == NULL)
        return PB_OK;
    (void)err;
    *ret_judged = (record_judged){.entity = entity,
                                  .records = p->looked,
                                  .among = (uint64_t)p->last_n,
                                  .suspected = p->suspected,
                                  .pairs = p->paired,
                                  .threshold = record_gate_warns(&writer->gate, entity),
                                  .learned = match_model_rows(p->alike->model)};
    return PB_OK;
}
