/* Taking merges apart as a run of its own, one merge or all of a run; and merging again what was
 * taken apart. */
#include <stdio.h>
#include <string.h>

#include "merge_internal.h"
#include "merged.h"
#include "steps.h"

/* --- finding the merge --- */

static pb_status newest_survived(db_session *session, pb_uuid id, uint64_t *ret_event,
                                 bool *ret_found, pb_error *err)
{
    db_stmt *stmt;
    bool row;
    PB_TRY(db_prepare(session,
                      "SELECT event FROM record_merged WHERE survivor = ?1"
                      " ORDER BY event DESC LIMIT 1",
                      &stmt, err));
    db_bind_blob(stmt, 1, pb_uuid_str(&id));
    PB_TRY(db_step(stmt, &row, err));
    *ret_found = row;
    if (row)
        *ret_event = (uint64_t)db_column_i64(stmt, 0);
    db_reset(stmt);
    return PB_OK;
}

static pb_status refuse_unmerged(const model_entity *entity, pb_uuid id, pb_error *err)
{
    char text[37];
    pb_uuid_text(id, text);
    pb_fail(err, PB_NOT_FOUND, PB_MSG("The record {id} of {entity} is part of no merge."), "id",
            text, "entity", PB_ARG(entity->label), NULL);
    pb_error_hint(err, PB_MSG("`probity runs` lists all merges."), NULL);
    return PB_NOT_FOUND;
}

static pb_status refuse_older(const model_entity *entity, pb_uuid id, pb_uuid first, pb_error *err)
{
    char text[37], other[37];
    pb_uuid_text(id, text);
    pb_uuid_text(first, other);
    pb_fail(err, PB_CONFLICT, PB_MSG("The merge of {id} was not taken apart."), "id", text,
            "entity", PB_ARG(entity->label), NULL);
    pb_error_detail(err, PB_MSG("A later merge stands on it, of {id}."), "id", other, NULL);
    pb_error_hint(err, PB_MSG("Take that one apart first: probity unmerge WORKSPACE {id}"), "id",
                  other, NULL);
    return PB_CONFLICT;
}

static pb_status run_of(db_session *session, uint64_t event, int64_t *ret_run, bool *ret_alone,
                        uint64_t *ret_first, uint64_t *ret_last, pb_error *err)
{
    db_stmt *stmt;
    bool row;
    PB_TRY(db_prepare(session,
                      "SELECT run, first, event FROM t_import_run WHERE kind = 'merge'"
                      " AND first <= ?1 AND event > ?1",
                      &stmt, err));
    db_bind_i64(stmt, 1, (int64_t)event);
    PB_TRY(db_step(stmt, &row, err));
    if (!row)
        return pb_fail(err, PB_CORRUPT, PB_MSG("The run of a merge is not known."), NULL);
    *ret_run = db_column_i64(stmt, 0);
    *ret_first = (uint64_t)db_column_i64(stmt, 1);
    *ret_last = (uint64_t)db_column_i64(stmt, 2);
    db_reset(stmt);
    PB_TRY(db_prepare(session,
                      "SELECT COUNT(DISTINCT event) FROM record_merged WHERE event >= ?1"
                      " AND event <= ?2",
                      &stmt, err));
    db_bind_i64(stmt, 1, (int64_t)*ret_first);
    db_bind_i64(stmt, 2, (int64_t)*ret_last);
    PB_TRY(db_step(stmt, &row, err));
    *ret_alone = row && db_column_i64(stmt, 0) == 1;
    db_reset(stmt);
    return PB_OK;
}

/* A merge whose survivor was merged on, or took in more since, cannot be first. */
static pb_status find_merge(db_session *session, const model_entity *entity, pb_uuid id,
                            uint64_t *ret_event, pb_error *err)
{
    pb_uuid survivor, into;
    uint64_t event, newest;
    bool absorbed, found;
    PB_TRY(merged_into(session, entity, id, &survivor, &event, &absorbed, err));
    if (!absorbed) {
        PB_TRY(newest_survived(session, id, ret_event, &found, err));
        return found ? PB_OK : refuse_unmerged(entity, id, err);
    }
    PB_TRY(merged_into(session, entity, survivor, &into, &newest, &found, err));
    if (found)
        return refuse_older(entity, id, survivor, err);
    PB_TRY(newest_survived(session, survivor, &newest, &found, err));
    if (found && newest != event)
        return refuse_older(entity, id, survivor, err);
    *ret_event = event;
    return PB_OK;
}

/* --- one merge --- */

static pb_status end_run(record_writer *writer, const char *kind, int64_t about, uint64_t first,
                         const record_unmerge_counts *counts, int64_t *ret_number, pb_error *err)
{
    char text[24];
    (void)snprintf(text, sizeof text, "%lld", (long long)about);
    PB_TRY(record_writer_finish(writer, err));
    return record_run_end(writer->session, writer->actor, writer->now_us, kind, pb_str_c(text),
                          first, counts->restored, counts->kept, ret_number, err);
}

static pb_status refuse_kept(const model_entity *entity, pb_uuid id, pb_error *err)
{
    char text[37];
    pb_uuid_text(id, text);
    pb_fail(err, PB_CONFLICT, PB_MSG("The merge of {id} was not taken apart."), "id", text,
            "entity", PB_ARG(entity->label), NULL);
    pb_error_detail(err, PB_MSG("The record that survived it was deleted since."), NULL);
    pb_error_hint(err, PB_MSG("Restore it first."), NULL);
    return PB_CONFLICT;
}

pb_status record_unmerge(record_writer *writer, const model_entity *entity, pb_uuid id,
                         record_undo_told told, const record_merge_told *links,
                         record_undo_progress progress, void *context,
                         record_unmerge_counts *ret_counts, int64_t *ret_number, pb_error *err)
{
    PB_AUTO_ARENA arena = pb_arena_new(0);
    unmerging u = {
        .writer = writer, .told = told, .links = links, .progress = progress, .context = context};
    int64_t run = 0, number;
    bool alone = false;
    uint64_t first;
    record_run_info info;
    if (arena == NULL)
        return pb_fail_memory(err);
    PB_TRY(find_merge(writer->session, entity, id, &u.first, err));
    PB_TRY(run_of(writer->session, u.first, &run, &alone, &u.run_first, &u.run_last, err));
    PB_TRY(record_run_find(writer->session, run, arena, &info, err));
    u.last = u.first;
    PB_TRY(ledger_next(writer->session, &first, err));
    PB_TRY(unmerge_events(&u, err));
    if (u.counts.merges == 0)
        return refuse_kept(entity, id, err);
    PB_TRY(end_run(writer, alone ? "undo" : "unmerge", run, first, &u.counts, &number, err));
    if (alone)
        PB_TRY(run_mark_undone(writer->session, &info, number, err));
    *ret_counts = u.counts;
    *ret_number = number;
    return PB_OK;
}

/* --- all merges of a run --- */

static pb_status undo_merges(record_writer *writer, const record_run_info *run,
                             record_undo_told told, record_undo_progress progress, void *context,
                             record_undo_counts *ret_counts, int64_t *ret_number, pb_error *err)
{
    unmerging u = {.writer = writer,
                   .first = run->first,
                   .last = run->event,
                   .run_first = run->first,
                   .run_last = run->event,
                   .told = told,
                   .progress = progress,
                   .context = context};
    uint64_t first;
    PB_TRY(ledger_next(writer->session, &first, err));
    PB_TRY(unmerge_events(&u, err));
    PB_TRY(end_run(writer, "undo", run->number, first, &u.counts, ret_number, err));
    *ret_counts = (record_undo_counts){.restored = u.counts.restored,
                                       .unmerged = u.counts.merges,
                                       .links = u.counts.links,
                                       .kept = u.counts.kept};
    return run_mark_undone(writer->session, run, *ret_number, err);
}

/* --- merging again --- */

typedef struct remerging {
    record_writer *writer;
    record_merger *merger;
    pb_arena *arena; /* of one merge */
    record_undo_told told;
    void *context;
    uint64_t kept;
} remerging;

/* Choices by hand are made again; all else is chosen by what the records hold now. */
static pb_status remerge(remerging *r, const model_entity *entity, pb_uuid survivor,
                         merge_kept *kept, pb_error *err)
{
    record_merge_take *takes = pb_arena_array(r->arena, kept->field_count + 1, sizeof *takes);
    size_t take_count = 0;
    if (takes == NULL)
        return pb_fail_memory(err);
    kept->ids[0] = survivor;
    for (size_t i = 0; i < kept->field_count; i++) {
        const model_field *field = model_field_find(entity, kept->fields[i].field);
        if (field != NULL && kept->fields[i].from >= 0 && pb_str_is(kept->fields[i].why, "hand"))
            takes[take_count++] = (record_merge_take){field, kept->ids[kept->fields[i].from]};
    }
    const record_merge_group group = {.entity = entity,
                                      .ids = kept->ids,
                                      .count = kept->count,
                                      .into = &survivor,
                                      .takes = takes,
                                      .take_count = take_count};
    pb_status status = record_merger_merge(r->merger, &group, err);
    if (status != PB_NOT_FOUND && status != PB_CONFLICT)
        return status;
    const record_undo_kept stays = {
        entity, survivor, NULL,
        pb_str_c(PB_MSG("The records were deleted or merged otherwise since"))};
    r->kept++;
    return r->told != NULL ? r->told(r->context, &stays, err) : PB_OK;
}

static const step_item *item_called(const step_item *items, size_t count, const char *name)
{
    for (size_t i = 0; i < count; i++)
        if (pb_str_is(items[i].name, name))
            return &items[i];
    return NULL;
}

static pb_status items_of(remerging *r, uint64_t sequence, const model_entity *entity,
                          ledger_event *ret_event, step_item **ret_items, size_t *ret_count,
                          pb_error *err)
{
    plan *p;
    bool erased;
    *ret_count = 0;
    PB_TRY(ledger_read(r->writer->session, sequence, r->arena, ret_event, &erased, err));
    if (entity == NULL && strcmp(ret_event->kind, "record.unmerged") == 0)
        entity = model_entity_find(r->writer->schema, ret_event->entity);
    if (erased || entity == NULL || ret_event->payload.ptr == NULL)
        return PB_OK;
    PB_TRY(writer_plan(r->writer, entity, &p, err));
    return steps_decode(p->lay, ret_event, r->arena, ret_items, ret_count, err);
}

static pb_status remerge_event(remerging *r, uint64_t sequence, pb_error *err)
{
    ledger_event event, merged;
    step_item *items = NULL;
    size_t count;
    merge_kept kept;
    pb_arena_reset(r->arena);
    PB_TRY(items_of(r, sequence, NULL, &event, &items, &count, err));
    const step_item *said = item_called(items, count, "@unmerge");
    if (said == NULL || said->after.kind != PB_INT)
        return PB_OK;
    const model_entity *entity = model_entity_find(r->writer->schema, event.entity);
    PB_TRY(items_of(r, (uint64_t)said->after.as.i, entity, &merged, &items, &count, err));
    said = item_called(items, count, "@merge");
    if (said == NULL || said->after.kind != PB_BLOB)
        return PB_OK;
    PB_TRY(merge_read_event(entity, said->after.as.s, r->arena, &kept, err));
    return remerge(r, entity, event.record, &kept, err);
}

static pb_status merge_again(record_writer *writer, const record_run_info *run,
                             const record_run_info *merges, record_merger *merger,
                             record_undo_told told, record_undo_progress progress, void *context,
                             record_undo_counts *ret_counts, int64_t *ret_number, pb_error *err)
{
    PB_AUTO_ARENA arena = pb_arena_new(0);
    remerging r = {
        .writer = writer, .merger = merger, .arena = arena, .told = told, .context = context};
    record_merge_counts counts;
    if (arena == NULL)
        return pb_fail_memory(err);
    for (uint64_t next = run->event; next > run->first; next--) { /* what went last comes first */
        if (progress != NULL && next % 256 == 0 &&
            progress(context, run->event - next, run->event - run->first))
            return pb_fail(err, PB_CANCELLED, PB_MSG("Stopped on request; nothing was changed"),
                           NULL);
        PB_TRY(remerge_event(&r, next - 1, err));
    }
    PB_TRY(record_merger_finish(merger, merges->about, NULL, NULL, &counts, ret_number, err));
    if (*ret_number == 0)
        return pb_fail(err, PB_CONFLICT,
                       PB_MSG("Nothing of run {number} could be merged again: the records were "
                              "deleted or merged otherwise since"),
                       "number", PB_ARG_INT(run->number), NULL);
    *ret_counts =
        (record_undo_counts){.merged = counts.merges, .links = counts.links, .kept = r.kept};
    return run_mark_undone(writer->session, run, *ret_number, err);
}

pb_status unmerge_undo(record_writer *writer, const record_run_info *run, record_undo_told told,
                       record_undo_progress progress, void *context, bool *ret_is,
                       record_undo_counts *ret_counts, int64_t *ret_number, pb_error *err)
{
    PB_AUTO_ARENA arena = pb_arena_new(0);
    record_run_info about;
    record_merger *merger = NULL;
    int64_t number;
    bool takes_apart = pb_str_is(run->kind, "unmerge") || pb_str_is(run->kind, "undo");
    *ret_is = pb_str_is(run->kind, "merge");
    if (arena == NULL)
        return pb_fail_memory(err);
    if (*ret_is)
        return undo_merges(writer, run, told, progress, context, ret_counts, ret_number, err);
    if (!takes_apart || !pb_str_to_i64(run->about, &number))
        return PB_OK;
    PB_TRY(record_run_find(writer->session, number, arena, &about, err));
    *ret_is = pb_str_is(about.kind, "merge");
    if (!*ret_is)
        return PB_OK;
    PB_TRY(record_merger_open(writer, NULL, &merger, err));
    pb_status status = merge_again(writer, run, &about, merger, told, progress, context, ret_counts,
                                   ret_number, err);
    record_merger_close(merger);
    return status;
}
