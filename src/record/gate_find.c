/* Whom a record is likely the same as: candidates from the index, weighed, without those that a
 * reviewer said are two. */
#include <stdlib.h>
#include <string.h>

#include "gate.h"
#include "review.h"

enum {
    COMPARED_MOST = 24, /* candidates weighed for one record */
    TOLD_MOST = 8       /* likely duplicates told and queued */
};

/* What earlier writers left. The reader in hand keeps the texts of the row, so another one reads.
 */
static pb_status complete(record_writer *writer, plan *p, pb_error *err)
{
    if (p->alike->upto == p->last_n)
        return PB_OK;
    model_reader *reader = model_reader_new(writer->days.today);
    if (reader == NULL)
        return pb_fail_memory(err);
    pb_status status = match_index_complete(writer->session, p->alike, p->lay, reader, err);
    model_reader_free(reader);
    return status;
}

double record_gate_warns(const record_gate *gate, const model_entity *entity)
{
    double warn = entity->duplicate_warn;
    if (gate->what == RECORD_DUPLICATES_IGNORE)
        return MODEL_DUPLICATE_NEVER;
    if (gate->threshold > 0)
        return gate->threshold;
    /* Who asks by a run is told all the same. */
    bool asked = gate->what != RECORD_DUPLICATES_DECLARED;
    return asked && warn > 1 ? MODEL_DUPLICATE_WARN : warn;
}

double record_gate_refuses(const record_gate *gate, const model_entity *entity)
{
    double refuse = entity->duplicate_refuse;
    if (gate->what == RECORD_DUPLICATES_DECLARED)
        return refuse;
    if (gate->what != RECORD_DUPLICATES_REFUSE)
        return MODEL_DUPLICATE_NEVER;
    return gate->threshold > 0 ? gate->threshold
           : refuse <= 1       ? refuse
                               : record_gate_warns(gate, entity);
}

/* A live row with its texts; false when it is gone. */
static pb_status load(gate_look *l, db_stmt *stmt, int64_t n, gate_match *ret_match, bool *ret_live,
                      pb_error *err)
{
    bool row;
    layout_head head;
    record_writer *writer = l->writer;
    plan *p = l->p;
    db_bind_i64(stmt, 1, n);
    PB_TRY(db_step(stmt, &row, err));
    *ret_live = false;
    if (!row)
        return PB_OK;
    pb_status status = layout_row(p->lay, stmt, NULL, &head, p->index.probe, err);
    if (status == PB_OK && !head.deleted) {
        pb_str *texts = pb_arena_array(writer->row, LIKENESS_FIELDS, sizeof *texts);
        ret_match->id = head.id;
        ret_match->texts = texts;
        ret_match->source_id = pb_arena_str(writer->row, head.source_id);
        *ret_live = true;
        status = texts == NULL ? pb_fail_memory(err)
                               : alike_texts(p->alike, p->lay, writer->reader, p->index.probe,
                                             writer->row, texts, err);
    }
    db_reset(stmt);
    return status;
}

static int order_matches(const void *a, const void *b)
{
    const gate_match *x = a, *y = b;
    if (x->sure < y->sure || x->sure > y->sure)
        return x->sure > y->sure ? -1 : 1;
    return memcmp(x->id.b, y->id.b, sizeof x->id.b);
}

/* True when a reviewer said that the two are different. */
static pb_status said_different(const gate_look *l, const gate_match *match, bool *ret_different,
                                pb_error *err)
{
    int64_t identity = likeness_identity(match->source_id, match->texts, l->p->alike->fields.count);
    return review_different(l->writer->session, l->p->entity, l->head ? &l->head->id : NULL,
                            &match->id, l->identity, identity, ret_different, err);
}

/* Weighs the candidates and keeps those that are likely enough, the surest first. */
static pb_status weigh(gate_look *l, gate_match *all, size_t count, pb_error *err)
{
    record_writer *writer = l->writer;
    const alike *a = l->p->alike;
    match_comparison comparisons[COMPARED_MOST];
    const pb_str *others[COMPARED_MOST] = {NULL};
    size_t kept = 0;
    for (size_t i = 0; i < count; i++)
        others[i] = all[i].texts;
    PB_TRY(alike_compare(a, l->texts, others, count, writer->row, comparisons, err));
    for (size_t i = 0; i < count; i++) {
        bool different;
        gate_match match = all[i];
        match.score = comparisons[i].score;
        match.sure = alike_sure(a, l->texts, match.texts, &comparisons[i]);
        match.levels = likeness_levels(&comparisons[i], a->count);
        if (match.sure < (l->warn < l->refuse ? l->warn : l->refuse))
            continue;
        PB_TRY(said_different(l, &match, &different, err));
        if (!different)
            all[kept++] = match;
    }
    if (kept > 1)
        qsort(all, kept, sizeof *all, order_matches);
    writer->matches = all;
    writer->match_count = kept < TOLD_MOST ? kept : TOLD_MOST;
    return PB_OK;
}

pb_status gate_find(gate_look *l, pb_error *err)
{
    record_writer *writer = l->writer;
    plan *p = l->p;
    db_stmt *stmt;
    int64_t *ns;
    size_t found, count = 0;
    gate_match *all = pb_arena_array(writer->row, COMPARED_MOST, sizeof *all);
    if (all == NULL)
        return pb_fail_memory(err);
    PB_TRY(complete(writer, p, err));
    PB_TRY(gate_keys_of(writer, p, p->cells, &writer->keys, err));
    l->texts = writer->keys->texts;
    l->identity = likeness_identity(l->source_id, l->texts, p->alike->fields.count);
    PB_TRY(match_index_find(writer->session, p->alike, &writer->keys->hashes,
                            l->head ? l->head->n : 0, COMPARED_MOST, writer->row, &ns, &found,
                            err));
    PB_TRY(layout_select(writer->session, p->lay, "WHERE n = ?", &stmt, err));
    for (size_t i = 0; i < found; i++) {
        bool live;
        if (l->passes_over != NULL && l->passes_over(l->context, ns[i]))
            continue;
        PB_TRY(load(l, stmt, ns[i], &all[count], &live, err));
        count += live;
    }
    return count > 0 ? weigh(l, all, count, err) : PB_OK;
}
