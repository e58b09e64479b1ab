/* A new record on its way down the road. */
#include "internal.h"
#include "record/review.h"

static pb_status insert_row(plan *p, const layout_head *head, pb_error *err)
{
    db_stmt *stmt = p->insert;
    db_bind_i64(stmt, 1, head->n);
    db_bind_blob(stmt, 2, pb_uuid_str(&head->id));
    db_bind_i64(stmt, 3, head->version);
    db_bind_i64(stmt, 4, (int64_t)head->event);
    for (int i = LAYOUT_RUN; i < LAYOUT_SOURCES; i++)
        db_bind_value(stmt, 4 + i, layout_source_value(head, i));
    db_bind_i64(stmt, 8, head->created_us);
    db_bind_i64(stmt, 9, head->changed_us);
    db_bind_i64(stmt, 10, head->deleted);
    /* Most columns of most rows are empty: what is bound as null already is left alone. */
    for (size_t i = 0; i < p->lay->count; i++) {
        bool filled = p->cells[i].kind != PB_NULL;
        if (filled || p->bound[i])
            db_bind_value(stmt, LAYOUT_HEAD + 1 + (int)i, p->cells[i]);
        p->bound[i] = filled;
    }
    return db_run(stmt, err);
}

static pb_status append_event(record_writer *writer, const plan *p, layout_head *head,
                              pb_error *err)
{
    ledger_event event = {.kind = "record.created",
                          .at_us = writer->now_us,
                          .actor = writer->actor,
                          .entity = p->entity->name,
                          .record = head->id,
                          .version = head->version,
                          .payload = pb_buf_str(&writer->payload)};
    return ledger_append(writer->session, &event, &head->event, err);
}

/* The duplicate gate that needs no weighing: one source, one id, two rows. */
static pb_status check_twice(record_writer *writer, plan *p, pb_str source_id, pb_error *err)
{
    bool twice;
    const char *says = PB_MSG("The id {value} appears twice.");
    PB_TRY(keys_source_seen(writer, p, source_id, &twice, err));
    if (!twice && !lead_was_led(p, source_id))
        return PB_OK;
    if (writer->policy == RECORD_STRICT)
        return input_problem(writer, NULL, source_id, pb_str_c(says), err);
    return notes_add(writer, "source_id", "bad", source_id, says, err);
}

/* A row that was merged into another comes again, and says what the survivor cannot take as well
 * (lead.c): a reviewer decides. */
static pb_status meet_survivor(record_writer *writer, plan *p, const layout_head *head,
                               pb_error *err)
{
    record_offer offer = {.left = head->id, .score = 1, .run = head->run};
    uint64_t added = 0;
    int64_t gone;
    bool found = false, visible = true;
    if (p->merged && !writer->last)
        PB_TRY(keys_merged_source(writer, p, head->source_id, &found, &offer.right, &gone, err));
    if (!found)
        return PB_OK;
    const char *by = pb_str_is(writer->gate.by, "import") ? "import" : "entry";
    PB_TRY(record_review_offer(writer->session, p->entity, &offer, 1, by, writer->now_us, &added,
                               err));
    if (writer->gate.may_see != NULL) /* a number would tell of what is hidden */
        PB_TRY(writer->gate.may_see(writer->gate.context, p->entity, offer.right, &visible, err));
    writer->suspected += visible ? added : 0;
    return PB_OK;
}

/* A first import: see db/lists.h. What is thrown away afterwards is never listed. */
static pb_status put_off_lists(record_writer *writer, plan *p, pb_error *err)
{
    enum { MANY = 4096 };
    if (p->created != MANY || p->index.first_n != 0)
        return PB_OK;
    p->lists_off = true;
    return db_lists_put_off(writer->session, p->entity, err);
}

static pb_status write(record_writer *writer, plan *p, record_origin origin, pb_uuid *ret_id,
                       pb_error *err)
{
    layout_head head = {.n = p->last_n + 1,
                        .version = 1,
                        .run = origin.run,
                        .row = origin.row,
                        .source_id = origin.source_id.len ? origin.source_id : PB_STR_NONE,
                        .created_us = writer->now_us,
                        .changed_us = writer->now_us};
    PB_TRY(links_resolve(writer, p, head.n, err));
    PB_TRY(links_new_id(writer, p, head.source_id, p->cells, &head.id, err));
    PB_TRY(payload_create(writer, p, &head, err));
    PB_TRY(append_event(writer, p, &head, err));
    PB_TRY(insert_row(p, &head, err));
    p->last_n = head.n;
    if (p->known != NULL)
        p->known->last_n = head.n;
    PB_TRY(search_add(writer, p, head.n, p->cells, err));
    PB_TRY(keys_add(writer, p, head.n, head.source_id, p->cells, err));
    p->created++;
    PB_TRY(put_off_lists(writer, p, err));
    PB_TRY(gate_file(writer, p, head.n, p->cells, err));
    PB_TRY(gate_note(writer, p, head.id, head.source_id, err));
    PB_TRY(links_keep_promises(writer, p, head.source_id, p->cells, head.id, err));
    PB_TRY(notes_write(writer, p, head.n, err));
    PB_TRY(meet_survivor(writer, p, &head, err));
    *ret_id = head.id;
    return PB_OK;
}

pb_status create_row(record_writer *writer, const model_entity *entity, const record_input *inputs,
                     size_t count, record_origin origin, pb_uuid *ret_id,
                     const record_problem **ret_problems, size_t *ret_problem_count, pb_error *err)
{
    plan *p;
    if (entity->retired && writer->policy == RECORD_STRICT)
        return pb_fail(err, PB_CONFLICT, PB_MSG("{entity} is retired: there are no new records."),
                       "entity", PB_ARG(entity->label), NULL);
    PB_TRY(writer_plan(writer, entity, &p, err));
    for (size_t i = 0; i < p->lay->count; i++)
        p->cells[i] = PB_VALUE_NULL;
    PB_TRY(input_read(writer, p, inputs, count, err));
    PB_TRY(input_clean(writer, &origin.source_id, err));
    PB_TRY(check_twice(writer, p, origin.source_id, err));
    PB_TRY(lead_row(writer, p, origin.source_id, &writer->led, ret_id, ret_problems,
                    ret_problem_count, err));
    if (writer->led)
        return PB_OK;
    PB_TRY(input_check(writer, p, err));
    PB_TRY(gate_check(writer, p, NULL, origin.source_id, err));
    PB_TRY(input_verdict(writer, p, ret_problems, ret_problem_count, err));
    writer->broken = true; /* until all of it is written */
    PB_TRY(write(writer, p, origin, ret_id, err));
    writer->broken = false;
    return PB_OK;
}

bool record_writer_led(const record_writer *writer)
{
    return writer->led;
}

pb_status record_create(record_writer *writer, const model_entity *entity,
                        const record_input *inputs, size_t count, record_origin origin,
                        pb_uuid *ret_id, const record_problem **ret_problems,
                        size_t *ret_problem_count, pb_error *err)
{
    PB_TRY(writer_begin_row(writer, err));
    pb_uuid id;
    pb_status status = create_row(writer, entity, inputs, count, origin, &id, ret_problems,
                                  ret_problem_count, err);
    if (status == PB_OK && ret_id != NULL)
        *ret_id = id;
    return writer_end_row(writer, status);
}
