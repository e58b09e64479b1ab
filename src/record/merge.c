/* Merging: one group after another is chosen and written; links follow once for all of them. */
#include "record/merge.h"

#include <stdlib.h>
#include <string.h>

#include "identity/people.h"
#include "merge_internal.h"
#include "read.h"
#include "record/review.h"

enum { EVENT_MAX = 32 << 20 };

struct record_merger {
    record_writer *writer;
    record_merge_told told;
    record_merge_counts counts;
    pb_arena *arena; /* of one group */
    bool *merged;    /* by entity index: some of its records were merged in this run */
    uint64_t first;  /* event of the run */
};

pb_status record_merger_open(record_writer *writer, const record_merge_told *told,
                             record_merger **ret_merger, pb_error *err)
{
    uint64_t first;
    PB_TRY(ledger_next(writer->session, &first, err));
    record_merger *merger = calloc(1, sizeof *merger);
    if (merger == NULL)
        return pb_fail_memory(err);
    *merger = (record_merger){.writer = writer, .arena = pb_arena_new(0), .first = first};
    merger->merged =
        pb_arena_array(writer->arena, writer->schema->entity_count + 1, sizeof *merger->merged);
    if (told != NULL)
        merger->told = *told;
    if (merger->arena == NULL || merger->merged == NULL) {
        record_merger_close(merger);
        return pb_fail_memory(err);
    }
    *ret_merger = merger;
    return PB_OK;
}

record_merger *record_merger_close(record_merger *merger)
{
    if (merger != NULL)
        pb_arena_free(merger->arena);
    free(merger);
    return NULL;
}

/* --- writing --- */

static pb_status write_survivor(merge_group *g, pb_error *err)
{
    PB_AUTO_BUF bytes = PB_BUF_INIT(EVENT_MAX);
    plan *p = g->p;
    merge_side *survivor = &g->sides[0];
    PB_TRY(merge_write_event(g, &bytes, err));
    const payload_extra said = {PB_STR("@merge"), PB_VALUE_NULL, PB_VALUE_BLOB(pb_buf_str(&bytes))};
    memcpy(p->before, survivor->cells, p->lay->count * sizeof *p->before);
    memcpy(p->cells, g->cells, p->lay->count * sizeof *p->cells);
    PB_TRY(change_write_as(g->writer, p, &survivor->head, "record.merged", &said, 1, err));
    return change_refile(g->writer, p, &survivor->head, err);
}

static pb_status remember(merge_group *g, const merge_side *gone, pb_error *err)
{
    db_stmt *stmt;
    PB_TRY(db_prepare(g->writer->session,
                      "INSERT INTO record_merged (entity, gone, survivor, event)"
                      " VALUES (?1, ?2, ?3, ?4)",
                      &stmt, err));
    db_bind_text(stmt, 1, g->p->entity->name);
    db_bind_blob(stmt, 2, pb_uuid_str(&gone->head.id));
    db_bind_blob(stmt, 3, pb_uuid_str(&g->sides[0].head.id));
    db_bind_i64(stmt, 4, (int64_t)g->sides[0].head.event);
    if (g->p->known != NULL)
        g->p->known->merged = true;
    return db_run(stmt, err);
}

/* It keeps its words and keys in the indexes: they lead to the survivor from now on. */
static pb_status absorb(merge_group *g, merge_side *gone, pb_error *err)
{
    plan *p = g->p;
    const payload_extra said[] = {
        {PB_STR("@into"), PB_VALUE_NULL, PB_VALUE_BLOB(pb_uuid_str(&g->sides[0].head.id))},
        payload_deleted(true)};
    memcpy(p->before, gone->cells, p->lay->count * sizeof *p->before);
    memcpy(p->cells, gone->cells, p->lay->count * sizeof *p->cells);
    gone->head.deleted = true;
    PB_TRY(change_write_as(g->writer, p, &gone->head, "record.absorbed", said, 2, err));
    PB_TRY(gate_unfile(g->writer, p, gone->head.n, p->cells, err));
    PB_TRY(remember(g, gone, err));
    const identity_call by = {g->writer->actor, g->writer->now_us, PB_STR_NONE};
    PB_TRY(identity_follow(g->writer->session, &by, p->entity->name, gone->head.id,
                           g->sides[0].head.id, false, err));
    return record_review_carry(g->writer->session, g->writer->actor, g->writer->now_us, p->entity,
                               gone->head.id, g->sides[0].head.id, err);
}

static pb_status write_notes(merge_group *g, pb_error *err)
{
    for (size_t i = 0; i < g->p->entity->field_count; i++)
        if (!merge_notes_eq(&g->before[i], &g->after[i]))
            PB_TRY(merge_put_notes(g->writer, g->p, g->sides[0].head.n, &g->p->entity->fields[i],
                                   &g->after[i], err));
    return PB_OK;
}

static pb_status write_group(merge_group *g, pb_error *err)
{
    PB_TRY(write_survivor(g, err));
    for (size_t i = 1; i < g->count; i++)
        PB_TRY(absorb(g, &g->sides[i], err));
    PB_TRY(write_notes(g, err));
    links_forget_refs(g->p);
    return PB_OK;
}

/* --- telling --- */

static void count_group(record_merger *merger, const merge_group *g)
{
    record_merge_counts *counts = &merger->counts;
    counts->merges++;
    counts->absorbed += g->count - 1;
    for (size_t i = 0; i < g->p->entity->field_count; i++) {
        counts->changed += g->fields[i].changed;
        counts->differing += g->fields[i].differs;
        counts->conflicts += g->fields[i].conflict;
    }
}

static pb_status tell(record_merger *merger, const merge_group *g, const record_data *before,
                      pb_error *err)
{
    record_data after;
    if (merger->told.merge == NULL)
        return PB_OK;
    PB_TRY(read_record(g->p->lay, &g->sides[0].head, g->cells, g->arena, &after, err));
    const record_merge merge = {.entity = g->p->entity,
                                .records = before,
                                .count = g->count,
                                .after = &after,
                                .fields = g->fields,
                                .event = g->sides[0].head.event};
    return merger->told.merge(merger->told.context, &merge, err);
}

static pb_status merge(record_merger *merger, const record_merge_group *asked, pb_error *err)
{
    merge_group g = {.writer = merger->writer, .arena = merger->arena, .asked = asked};
    PB_TRY(writer_plan(g.writer, asked->entity, &g.p, err));
    PB_TRY(merge_load(&g, err));
    PB_TRY(merge_choose(&g, err));
    PB_TRY(merge_gather_notes(&g, err));
    record_data *before = pb_arena_array(g.arena, g.count, sizeof *before);
    if (before == NULL)
        return pb_fail_memory(err);
    for (size_t i = 0; i < g.count; i++)
        PB_TRY(read_record(g.p->lay, &g.sides[i].head, g.sides[i].cells, g.arena, &before[i], err));
    g.writer->broken = true; /* until all of it is written */
    PB_TRY(write_group(&g, err));
    g.writer->broken = false;
    merger->merged[asked->entity->index] = true;
    count_group(merger, &g);
    return tell(merger, &g, before, err);
}

pb_status record_merger_merge(record_merger *merger, const record_merge_group *group, pb_error *err)
{
    pb_arena_reset(merger->arena);
    PB_TRY(writer_begin_row(merger->writer, err));
    return writer_end_row(merger->writer, merge(merger, group, err));
}

/* --- the end of a run --- */

pb_status record_merger_finish(record_merger *merger, pb_str about, record_undo_progress progress,
                               void *context, record_merge_counts *ret_counts, int64_t *ret_number,
                               pb_error *err)
{
    record_writer *writer = merger->writer;
    int64_t number = 0;
    for (size_t i = 0; i < writer->schema->entity_count; i++)
        if (merger->merged[i])
            PB_TRY(merge_move_links(writer, &writer->schema->entities[i], merger->arena,
                                    &merger->told, progress, context, &merger->counts.links, err));
    PB_TRY(record_writer_finish(writer, err));
    if (merger->counts.merges > 0)
        PB_TRY(record_run_end(writer->session, writer->actor, writer->now_us, "merge", about,
                              merger->first, merger->counts.absorbed, 0, &number, err));
    *ret_counts = merger->counts;
    *ret_number = number;
    return PB_OK;
}

const char *record_merge_says(pb_str why)
{
    static const struct {
        const char *word, *says;
    } words[] = {
        {"only", PB_MSG("the only value")},
        {"same", PB_MSG("all say the same")},
        {"hand", PB_MSG("chosen by hand")},
        {"with", PB_MSG("goes with the field that decides")},
        {"kept", PB_MSG("the survivor's own: the field has no history")},
        {"newest", PB_MSG("newest")},
        {"most_complete", PB_MSG("most complete")},
        {"longest", PB_MSG("longest")},
        {"verified", PB_MSG("verified")},
        {"valid", PB_MSG("entry found nothing wrong with it")},
        {"agreed", PB_MSG("most of the records say so")},
        {"source_rank", PB_MSG("from the source that ranks first")},
        {"strictest", PB_MSG("the stricter answer")},
        {"earliest", PB_MSG("earliest")},
        {"latest", PB_MSG("latest")},
        {"union", PB_MSG("all of them together")},
        {"even", PB_MSG("nothing speaks for another")},
    };
    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        if (pb_str_is(why, words[i].word))
            return words[i].says;
    return "";
}
