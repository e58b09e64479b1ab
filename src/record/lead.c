/* A row whose source id is that of a record which was merged away: it leads to the survivor, which
 * gets what is new in it.
 *
 *   the row says, field by field            the survivor
 *   what it held when it was merged         stays as it is
 *   something else, and the survivor …
 *     has nothing, or what the row held     takes it: the value was this source's, or nobody's
 *     has what this source said since       takes it
 *     has another value, chosen otherwise   the row becomes a record of its own, for review
 *     may not be changed so by who brings   the same
 *     the row in
 */
#include <string.h>

#include "internal.h"
#include "read.h"
#include "steps.h"

/* A row on its way to the survivor. */
typedef struct leading {
    record_writer *writer;
    plan *p;
    pb_str source_id;
    pb_uuid survivor;
    int64_t gone_n;
    layout_head head;           /* of the survivor */
    pb_value *says, *held, *is; /* the row, the record that was merged away, the survivor */
    bool *takes;                /* by field */
    bool any;
} leading;

static pb_status make_room(leading *l, pb_error *err)
{
    pb_arena *arena = l->writer->row;
    size_t cells = l->p->lay->count + 1;
    l->says = pb_arena_array(arena, cells, sizeof *l->says);
    l->held = pb_arena_array(arena, cells, sizeof *l->held);
    l->is = pb_arena_array(arena, cells, sizeof *l->is);
    l->takes = pb_arena_array(arena, l->p->entity->field_count + 1, sizeof *l->takes);
    return l->says && l->held && l->is && l->takes ? PB_OK : pb_fail_memory(err);
}

/* The record that was merged away as it is kept, and the survivor. */
static pb_status load(leading *l, pb_error *err)
{
    db_stmt *stmt;
    bool row;
    layout_head gone;
    const plan *p = l->p;
    memcpy(l->says, p->cells, p->lay->count * sizeof *l->says);
    PB_TRY(layout_select(l->writer->session, p->lay, "WHERE n = ?", &stmt, err));
    db_bind_i64(stmt, 1, l->gone_n);
    PB_TRY(db_step(stmt, &row, err));
    pb_status status =
        row ? layout_row(p->lay, stmt, l->writer->row, &gone, l->held, err)
            : pb_fail(err, PB_CORRUPT, PB_MSG("A record of {entity} that was merged away is gone."),
                      "entity", PB_ARG(p->entity->label), NULL);
    db_reset(stmt);
    PB_TRY(status);
    PB_TRY(change_load(l->writer, l->p, l->survivor, &l->head, err));
    memcpy(l->is, p->cells, p->lay->count * sizeof *l->is);
    return PB_OK;
}

/* Of a link the reference counts, its id follows from that. */
static bool is_same(const plan *p, const model_field *field, const pb_value *a, const pb_value *b)
{
    size_t first = p->lay->first[field->index], link = field->type == MODEL_LINK;
    bool same = pb_value_eq(a[first + link], b[first + link]);
    return field->type == MODEL_MONEY ? same && pb_value_eq(a[first + 1], b[first + 1]) : same;
}

static bool is_empty(const plan *p, const model_field *field, const pb_value *cells)
{
    return cells[p->lay->first[field->index] + (field->type == MODEL_LINK)].kind == PB_NULL;
}

/* --- whose value it is --- */

static bool changes(const step_item *items, size_t count, const model_field *field)
{
    for (size_t i = 0; i < count; i++)
        if (items[i].column != NULL && items[i].column->field == field)
            return true;
    return false;
}

static bool is_said_by(const step_item *items, size_t count, pb_str source_id)
{
    for (size_t i = 0; i < count; i++)
        if (pb_str_is(items[i].name, "@source"))
            return items[i].after.kind == PB_TEXT && pb_str_eq(items[i].after.as.s, source_id);
    return false;
}

/* Whether the newest event that changed the field says that this source did. */
static pb_status said_since(const leading *l, const model_field *field, bool *ret_said,
                            pb_error *err)
{
    PB_AUTO_ARENA arena = pb_arena_new(0);
    if (arena == NULL)
        return pb_fail_memory(err);
    *ret_said = false;
    for (uint64_t next = l->head.event + 1; next > 0;) {
        ledger_event event;
        bool erased;
        step_item *items;
        size_t count;
        pb_arena_reset(arena);
        PB_TRY(ledger_read(l->writer->session, next - 1, arena, &event, &erased, err));
        next = event.previous;
        if (erased || !steps_changes(&event))
            continue;
        PB_TRY(steps_decode(l->p->lay, &event, arena, &items, &count, err));
        if (!changes(items, count, field))
            continue;
        *ret_said = is_said_by(items, count, l->source_id);
        return PB_OK;
    }
    return PB_OK;
}

/* --- what is new --- */

static pb_status has_note(const leading *l, const note *remark, bool *ret_has, pb_error *err)
{
    db_stmt *stmt;
    PB_TRY(
        db_prepare(l->writer->session,
                   "SELECT 1 FROM t_value_note WHERE entity = ?1 AND field = ?2 AND kind = 'more'"
                   " AND n IN (?3, ?4) AND value = ?5",
                   &stmt, err));
    db_bind_text(stmt, 1, l->p->entity->name);
    db_bind_text(stmt, 2, pb_str_c(remark->field));
    db_bind_i64(stmt, 3, l->gone_n);
    db_bind_i64(stmt, 4, l->head.n);
    db_bind_text(stmt, 5, remark->value);
    PB_TRY(db_step(stmt, ret_has, err));
    db_reset(stmt);
    return PB_OK;
}

/* A further value of a field is new when neither of the two has it in any place. */
static pb_status knows_more(const leading *l, const model_field *field, bool *ret_known,
                            pb_error *err)
{
    const pb_value *held = &l->held[l->p->lay->first[field->index]];
    const pb_value *is = &l->is[l->p->lay->first[field->index]];
    *ret_known = true;
    for (size_t i = 0; i < l->writer->note_count && *ret_known; i++) {
        const note *remark = &l->writer->notes[i];
        const pb_value value = PB_VALUE_TEXT(remark->value);
        if (!pb_str_is(field->name, remark->field) || strcmp(remark->kind, "more") != 0 ||
            pb_value_eq(*held, value) || pb_value_eq(*is, value))
            continue;
        PB_TRY(has_note(l, remark, ret_known, err));
    }
    return PB_OK;
}

/* `*ret_clashes`: what is to hold, a reviewer must say. */
static pb_status judge(leading *l, const model_field *field, bool *ret_clashes, pb_error *err)
{
    const plan *p = l->p;
    bool mine = is_empty(p, field, l->is) || is_same(p, field, l->is, l->held);
    *ret_clashes = false;
    if (is_same(p, field, l->says, l->held) || is_same(p, field, l->says, l->is)) {
        bool known;
        PB_TRY(knows_more(l, field, &known, err));
        *ret_clashes = !known;
        return PB_OK;
    }
    if (!mine && field->history)
        PB_TRY(said_since(l, field, &mine, err));
    *ret_clashes = !mine;
    l->takes[field->index] = mine;
    l->any = l->any || mine;
    return PB_OK;
}

static pb_status judge_all(leading *l, bool *ret_clashes, pb_error *err)
{
    const plan *p = l->p;
    *ret_clashes = false;
    for (size_t i = 0; i < p->entity->field_count && !*ret_clashes; i++)
        if (p->given[i] != 0)
            PB_TRY(judge(l, &p->entity->fields[i], ret_clashes, err));
    return PB_OK;
}

/* --- who may --- */

/* The survivor as it would be. */
static pb_value *becomes(const leading *l)
{
    const layout *lay = l->p->lay;
    pb_value *cells = pb_arena_array(l->writer->row, lay->count + 1, sizeof *cells);
    for (size_t i = 0; cells != NULL && i < lay->count; i++)
        cells[i] = l->takes[lay->columns[i].field->index] ? l->says[i] : l->is[i];
    return cells;
}

static pb_status ask(const leading *l, const pb_value *cells, bool after, bool *ret_may,
                     pb_error *err)
{
    record_writer *writer = l->writer;
    const model_entity *entity = l->p->entity;
    const model_field *field = NULL;
    record_data record;
    record_reach reach = RECORD_REACH_WRITE;
    size_t count = 0;
    record_input *inputs = pb_arena_array(writer->row, entity->field_count + 1, sizeof *inputs);
    uint8_t *shown = pb_arena_array(writer->row, entity->field_count + 1, 1);
    if (inputs == NULL || shown == NULL || cells == NULL)
        return pb_fail_memory(err);
    for (size_t i = 0; i < entity->field_count; i++)
        if (l->takes[i])
            inputs[count++] = (record_input){&entity->fields[i], PB_STR_NONE, NULL};
    PB_TRY(read_record(l->p->lay, &l->head, cells, writer->row, &record, err));
    PB_TRY(writer->gate.may(writer->gate.context, &record, inputs, count, after, shown, &reach,
                            &field, err));
    *ret_may = reach == RECORD_REACH_WRITE;
    return PB_OK;
}

/* As it is and as it would become: who it belongs to may be among what changes. */
static pb_status may_change(const leading *l, bool *ret_may, pb_error *err)
{
    *ret_may = true;
    if (!l->any || l->writer->gate.may == NULL)
        return PB_OK;
    PB_TRY(ask(l, l->is, false, ret_may, err));
    return *ret_may ? ask(l, becomes(l), true, ret_may, err) : PB_OK;
}

/* --- writing --- */

static bool takes_note(const leading *l, const note *remark)
{
    const model_field *field = model_field_find(l->p->entity, pb_str_c(remark->field));
    return field != NULL && l->takes[field->index];
}

/* The survivor with what it takes; of the remarks on the row only those stay that are about it. */
static void put_together(leading *l)
{
    plan *p = l->p;
    record_writer *writer = l->writer;
    size_t kept = 0;
    memcpy(p->cells, l->is, p->lay->count * sizeof *p->cells);
    for (size_t i = 0; i < p->lay->count; i++)
        if (l->takes[p->lay->columns[i].field->index])
            p->cells[i] = l->says[i];
    for (size_t i = 0; i < p->entity->field_count; i++)
        if (!l->takes[i])
            p->given[i] = 0;
    for (size_t i = 0; i < writer->note_count; i++)
        if (takes_note(l, &writer->notes[i]))
            writer->notes[kept++] = writer->notes[i];
    writer->note_count = kept;
}

static pb_status write(leading *l, pb_error *err)
{
    record_writer *writer = l->writer;
    plan *p = l->p;
    const payload_extra by = {PB_STR("@source"), PB_VALUE_NULL, PB_VALUE_TEXT(l->source_id)};
    for (size_t i = 0; i < p->entity->field_count; i++) {
        const model_field *field = &p->entity->fields[i];
        if (!l->takes[i])
            continue;
        if (field->type == MODEL_LINK)
            promise_forget(writer, l->head.n, field);
        PB_TRY(notes_remove(writer, p, l->head.n, field->name.ptr, NULL, err));
    }
    PB_TRY(links_resolve(writer, p, l->head.n, err));
    PB_TRY(change_write_as(writer, p, &l->head, "record.changed", &by, 1, err));
    PB_TRY(change_refile(writer, p, &l->head, err));
    PB_TRY(gate_note(writer, p, l->head.id, l->head.source_id, err));
    return notes_write(writer, p, l->head.n, err);
}

static pb_status change_survivor(leading *l, const record_problem **ret_problems,
                                 size_t *ret_problem_count, pb_error *err)
{
    record_writer *writer = l->writer;
    put_together(l);
    if (!l->any)
        return PB_OK;
    PB_TRY(input_check(writer, l->p, err));
    PB_TRY(gate_check(writer, l->p, &l->head, l->head.source_id, err));
    PB_TRY(input_verdict(writer, l->p, ret_problems, ret_problem_count, err));
    writer->broken = true; /* until all of it is written */
    PB_TRY(write(l, err));
    writer->broken = false;
    return PB_OK;
}

/* Each source id leads once in one writer. */
static pb_status remember(record_writer *writer, plan *p, pb_str source_id, pb_error *err)
{
    if (p->led == NULL)
        p->led = pb_map_new(writer->arena);
    return p->led == NULL || pb_map_put(p->led, source_id, NULL) == NULL ? pb_fail_memory(err)
                                                                         : PB_OK;
}

bool lead_was_led(const plan *p, pb_str source_id)
{
    return p->led != NULL && source_id.len > 0 && pb_map_get(p->led, source_id) != NULL;
}

pb_status lead_row(record_writer *writer, plan *p, pb_str source_id, bool *ret_led, pb_uuid *ret_id,
                   const record_problem **ret_problems, size_t *ret_problem_count, pb_error *err)
{
    leading l = {.writer = writer, .p = p, .source_id = source_id};
    bool found = false, clashes = false, elsewhere = false, may = true;
    *ret_led = false;
    if (!p->merged || writer->last || source_id.len == 0 || writer->problem_count > 0 ||
        lead_was_led(p, source_id))
        return PB_OK;
    PB_TRY(keys_merged_source(writer, p, source_id, &found, &l.survivor, &l.gone_n, err));
    if (found)
        PB_TRY(keys_source_elsewhere(writer, p, source_id, l.survivor, &elsewhere, err));
    if (!found || elsewhere) /* somebody said, or has yet to say, that it is another one */
        return PB_OK;
    if (writer->gate.may_see != NULL) {
        bool visible;
        PB_TRY(writer->gate.may_see(writer->gate.context, p->entity, l.survivor, &visible, err));
        if (!visible) /* nothing tells that it is there */
            return PB_OK;
    }
    PB_TRY(make_room(&l, err));
    PB_TRY(load(&l, err));
    PB_TRY(judge_all(&l, &clashes, err));
    if (!clashes)
        PB_TRY(may_change(&l, &may, err));
    if (clashes || !may) {
        memcpy(p->cells, l.says, p->lay->count * sizeof *p->cells);
        return PB_OK;
    }
    *ret_led = true;
    *ret_id = l.survivor;
    PB_TRY(change_survivor(&l, ret_problems, ret_problem_count, err));
    return remember(writer, p, source_id, err);
}
