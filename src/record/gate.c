/* The gate on entry: keeps the index of keys, has it found whom a record is likely the same as,
 * refuses or tells, and puts what was found into the review queue. */

#include "gate.h"
#include "review.h"

enum { BULK_ROWS = 2000 }; /* more new records than that are filed later, in one sorted pass */

void gate_forget(record_writer *writer)
{
    writer->likely = NULL;
    writer->matches = NULL;
    writer->keys = NULL;
    writer->likely_count = writer->match_count = 0;
}

void record_writer_gate(record_writer *writer, const record_gate *gate)
{
    writer->gate = *gate;
}

void record_writer_gate_run(record_writer *writer, int64_t run)
{
    writer->gate.run = run;
}

record_likelies record_writer_likely(const record_writer *writer)
{
    return (record_likelies){writer->likely, writer->likely_count};
}

uint64_t record_writer_suspected(const record_writer *writer)
{
    return writer->suspected;
}

/* --- the index --- */

pb_status gate_know(record_writer *writer, plan *p, pb_error *err)
{
    if (!p->alike_known && !writer->last)
        PB_TRY(alike_kept(writer->session, p->entity, &p->alike, err));
    p->alike_known = true;
    return PB_OK;
}

static bool says_the_same(const pb_str *some, const pb_str *others, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (!pb_str_eq(some[i], others[i]))
            return false;
    return true;
}

pb_status gate_keys_of(record_writer *writer, const plan *p, const pb_value *cells,
                       const gate_keys **ret_keys, pb_error *err)
{
    gate_keys *keys = pb_arena_alloc(writer->row, sizeof *keys);
    if (keys == NULL)
        return pb_fail_memory(err);
    PB_TRY(alike_texts(p->alike, p->lay, writer->reader, cells, writer->row, keys->texts, err));
    *ret_keys = writer->keys;
    if (writer->keys != NULL &&
        says_the_same(writer->keys->texts, keys->texts, p->alike->fields.count))
        return PB_OK;
    *ret_keys = keys;
    return alike_keys(p->alike, keys->texts, &keys->hashes, err);
}

static bool looks(const record_writer *writer)
{
    return writer->gate.what != RECORD_DUPLICATES_IGNORE;
}

/* New records follow each other: those of a large import are left for later. */
static bool keeps_up(const record_writer *writer, const plan *p, int64_t n)
{
    bool few = looks(writer) || p->created <= BULK_ROWS;
    return p->alike->upto == n - 1 && few && !writer->gate.bulk && !writer->gate.later;
}

pb_status gate_file(record_writer *writer, plan *p, int64_t n, const pb_value *cells, pb_error *err)
{
    const gate_keys *keys;
    PB_TRY(gate_know(writer, p, err));
    if (p->alike == NULL)
        return PB_OK;
    PB_TRY(gate_put_off(writer, p, n, err));
    if (n > p->alike->upto && !keeps_up(writer, p, n))
        return PB_OK;
    if (p->alike->upto == 0)
        PB_TRY(match_index_begin(writer->session, p->alike, err));
    PB_TRY(gate_keys_of(writer, p, cells, &keys, err));
    PB_TRY(
        match_index_put(writer->session, p->alike, keys->hashes.hash, keys->hashes.filed, n, err));
    if (n > p->alike->upto) {
        p->alike->upto = n;
        p->filed_more = true;
    }
    return PB_OK;
}

pb_status gate_unfile(record_writer *writer, plan *p, int64_t n, const pb_value *cells,
                      pb_error *err)
{
    const gate_keys *keys;
    PB_TRY(gate_know(writer, p, err));
    if (p->alike == NULL || n > p->alike->upto)
        return PB_OK;
    PB_TRY(gate_keys_of(writer, p, cells, &keys, err));
    return match_index_take(writer->session, p->alike, keys->hashes.hash, keys->hashes.filed, n,
                            err);
}

/* Those that only `some` is filed under; the number of them. */
static size_t without(const alike_hashes *some, const alike_hashes *others,
                      int64_t ret_only[ALIKE_FILED])
{
    size_t kept = 0;
    for (size_t i = 0; i < some->filed; i++) {
        size_t k = 0;
        while (k < others->filed && others->hash[k] != some->hash[i])
            k++;
        if (k == others->filed)
            ret_only[kept++] = some->hash[i];
    }
    return kept;
}

static bool compares_anew(const plan *p)
{
    for (size_t i = 0; i < p->alike->fields.count; i++) {
        const model_field *field = p->alike->fields.field[i];
        size_t cell = p->lay->first[field->index] + (field->type == MODEL_LINK);
        if (!pb_value_eq(p->before[cell], p->cells[cell]))
            return true;
    }
    return false;
}

pb_status gate_refile(record_writer *writer, plan *p, int64_t n, pb_error *err)
{
    const gate_keys *old, *new;
    int64_t only[ALIKE_FILED];
    PB_TRY(gate_know(writer, p, err));
    if (p->alike == NULL || !compares_anew(p))
        return PB_OK;
    PB_TRY(gate_put_off(writer, p, n, err));
    if (n > p->alike->upto)
        return PB_OK;
    PB_TRY(gate_keys_of(writer, p, p->before, &old, err));
    PB_TRY(gate_keys_of(writer, p, p->cells, &new, err));
    size_t gone = without(&old->hashes, &new->hashes, only);
    PB_TRY(match_index_take(writer->session, p->alike, only, gone, n, err));
    size_t come = without(&new->hashes, &old->hashes, only);
    return match_index_put(writer->session, p->alike, only, come, n, err);
}

pb_status gate_finish(record_writer *writer, plan *p, pb_error *err)
{
    if (!p->filed_more)
        return PB_OK;
    p->filed_more = false;
    return alike_mark(writer->session, p->alike, err);
}

/* --- telling --- */

static pb_status name_of(record_writer *writer, const gate_match *match, pb_str *ret, pb_error *err)
{
    char text[37];
    *ret = match->source_id;
    if (!pb_str_empty(*ret))
        return PB_OK;
    pb_uuid_text(match->id, text);
    *ret = pb_arena_str(writer->row, pb_str_c(text));
    return ret->ptr != NULL ? PB_OK : pb_fail_memory(err);
}

/* What the actor may see is listed; of the rest nothing tells that it is there. */
pb_status gate_tell(record_writer *writer, const plan *p, pb_error *err)
{
    const record_gate *gate = &writer->gate;
    writer->likely_count = 0;
    writer->likely = pb_arena_array(writer->row, writer->match_count + 1, sizeof *writer->likely);
    if (writer->likely == NULL)
        return pb_fail_memory(err);
    for (size_t i = 0; i < writer->match_count; i++) {
        const gate_match *match = &writer->matches[i];
        record_likely told = {match->id, PB_STR_NONE, match->sure};
        bool visible = true;
        if (gate->may_see != NULL)
            PB_TRY(gate->may_see(gate->context, p->entity, match->id, &visible, err));
        if (!visible)
            continue;
        PB_TRY(name_of(writer, match, &told.called, err));
        writer->likely[writer->likely_count++] = told;
    }
    return PB_OK;
}

/* A refusal tells that the other one is there. Where the actor may not see that, the record is
 * written and the pair waits in the queue for who may see both. */
static pb_status refuse(gate_look *l, pb_error *err)
{
    record_writer *writer = l->writer;
    if (writer->likely_count == 0 || writer->likely[0].sure < l->refuse)
        return PB_OK;
    return input_problem(
        writer, NULL, writer->likely[0].called,
        pb_str_c(PB_MSG("Very probably the same as record {value}, which is there already.")), err);
}

pb_status gate_check(record_writer *writer, plan *p, const layout_head *head, pb_str source_id,
                     pb_error *err)
{
    gate_look l = {.writer = writer, .p = p, .head = head, .source_id = source_id};
    if (!looks(writer) || writer->gate.later || writer->last || writer->problem_count > 0)
        return PB_OK;
    PB_TRY(gate_know(writer, p, err));
    if (p->alike == NULL || (head != NULL && !head->deleted && !compares_anew(p)))
        return PB_OK;
    l.warn = record_gate_warns(&writer->gate, p->entity);
    l.refuse = record_gate_refuses(&writer->gate, p->entity);
    if (l.warn > 1 && l.refuse > 1)
        return PB_OK;
    p->looked++;
    PB_TRY(gate_find(&l, err));
    if (writer->match_count == 0)
        return PB_OK;
    PB_TRY(gate_tell(writer, p, err));
    return refuse(&l, err);
}

pb_status gate_note(record_writer *writer, plan *p, pb_uuid id, pb_str source_id, pb_error *err)
{
    const gate_keys *keys;
    if (writer->match_count == 0)
        return PB_OK;
    PB_TRY(gate_keys_of(writer, p, p->cells, &keys, err));
    const review_side self = {id, source_id, keys->texts};
    writer->suspected += writer->likely_count > 0; /* a number would tell of what is hidden */
    p->suspected += writer->likely_count > 0;
    for (size_t i = 0; i < writer->match_count; i++) {
        const gate_match *match = &writer->matches[i];
        const review_side other = {match->id, match->source_id, match->texts};
        const review_found found = {.score = match->score,
                                    .levels = match->levels,
                                    .by = writer->gate.by.ptr ? writer->gate.by : PB_STR("entry"),
                                    .run = writer->gate.run,
                                    .at_us = writer->now_us};
        bool added;
        PB_TRY(review_put(writer->session, p->alike, &self, &other, &found, &added, err));
        p->paired += added;
    }
    return PB_OK;
}
