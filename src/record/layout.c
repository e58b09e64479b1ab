#include "layout.h"

#include <stdlib.h>
#include <string.h>

#include "base/cbor.h"

static const char *const head_list =
    "n,id,version,event,run,row,source_id,created_us,changed_us,deleted";
static const char *const qualified_head =
    "r.n,r.id,r.version,r.event,r.run,r.row,r.source_id,r.created_us,r.changed_us,r.deleted";

enum { SQL_MAX = 64 * 1024 };

static bool set_column(layout_column *column, pb_arena *arena, const model_field *field,
                       layout_part part, const char *name)
{
    PB_AUTO_BUF key = PB_BUF_INIT(1024);
    if (name == NULL)
        return false;
    column->name = pb_str_c(name);
    pb_cbor_text(&key, column->name);
    column->key = pb_arena_str(arena, pb_buf_str(&key));
    column->field = field;
    column->part = part;
    column->history = field == NULL || field->history;
    return !key.failed && column->key.ptr != NULL;
}

static size_t field_columns(const model_field *field)
{
    return field->type == MODEL_LINK || field->type == MODEL_MONEY ? 2 : 1;
}

static bool add_field(layout *lay, pb_arena *arena, const model_field *field)
{
    layout_column *column = &lay->columns[lay->count];
    lay->first[field->index] = lay->count;
    lay->count += field_columns(field);
    const char *name = pb_arena_cstr(arena, field->name);
    if (name == NULL)
        return false;
    if (field->type == MODEL_LINK)
        return set_column(column, arena, field, LAYOUT_VALUE,
                          pb_arena_printf(arena, "%s_id", name)) &&
               set_column(column + 1, arena, field, LAYOUT_REF,
                          pb_arena_printf(arena, "%s_ref", name));
    if (field->type == MODEL_MONEY)
        return set_column(column, arena, field, LAYOUT_VALUE, name) &&
               set_column(column + 1, arena, field, LAYOUT_CURRENCY,
                          pb_arena_printf(arena, "%s_currency", name));
    return set_column(column, arena, field, LAYOUT_VALUE, name);
}

static bool add_columns(layout *lay, pb_arena *arena)
{
    size_t total = 0;
    for (size_t i = 0; i < lay->entity->field_count; i++)
        total += field_columns(&lay->entity->fields[i]);
    lay->columns = pb_arena_array(arena, total, sizeof *lay->columns);
    lay->first = pb_arena_array(arena, lay->entity->field_count, sizeof *lay->first);
    lay->order = pb_arena_array(arena, total + LAYOUT_SOURCES, sizeof *lay->order);
    if (lay->columns == NULL || lay->first == NULL || lay->order == NULL)
        return false;
    for (size_t i = 0; i < lay->entity->field_count; i++)
        if (!add_field(lay, arena, &lay->entity->fields[i]))
            return false;
    static const char *const names[LAYOUT_SOURCES] = {"n", "run", "row", "source_id"};
    for (size_t i = 0; i < LAYOUT_SOURCES; i++)
        if (!set_column(&lay->sources[i], arena, NULL, LAYOUT_SOURCE, names[i]))
            return false;
    return true;
}

/* Order of the keys of a deterministic map: that of their encoded bytes. Insertion sort: some
 * twenty columns, once. */
static void insert_ordered(layout *lay, const layout_column *column)
{
    size_t at = lay->order_count++;
    while (at > 0 && pb_str_cmp(lay->order[at - 1]->key, column->key) > 0) {
        lay->order[at] = lay->order[at - 1];
        at--;
    }
    lay->order[at] = column;
}

static pb_str list_of(const layout *lay, pb_arena *arena, const char *head, const char *alias)
{
    PB_AUTO_BUF list = PB_BUF_INIT(SQL_MAX);
    pb_buf_addc(&list, head);
    for (size_t i = 0; i < lay->count; i++) {
        pb_buf_byte(&list, ',');
        pb_buf_addc(&list, alias);
        pb_buf_byte(&list, '"');
        pb_buf_add(&list, lay->columns[i].name);
        pb_buf_byte(&list, '"');
    }
    return list.failed ? PB_STR_NONE : pb_arena_str(arena, pb_buf_str(&list));
}

static bool make_lists(layout *lay, pb_arena *arena)
{
    lay->list = list_of(lay, arena, head_list, "");
    lay->qualified = list_of(lay, arena, qualified_head, "r.");
    return lay->list.ptr != NULL && lay->qualified.ptr != NULL;
}

const layout *layout_make(const model_entity *entity, pb_arena *arena)
{
    layout *lay = pb_arena_alloc(arena, sizeof *lay);
    if (lay == NULL)
        return NULL;
    lay->entity = entity;
    if (!add_columns(lay, arena) || !make_lists(lay, arena))
        return NULL;
    for (size_t i = 0; i < lay->count; i++)
        if (lay->columns[i].history)
            insert_ordered(lay, &lay->columns[i]);
    for (size_t i = 0; i < LAYOUT_SOURCES; i++)
        insert_ordered(lay, &lay->sources[i]);
    return lay;
}

/* Layouts that a session keeps, by entity->index; each with an arena of its own, so that one can be
 * made anew when the same number means another entity. */
typedef struct kept_layouts {
    size_t count;
    struct {
        const layout *lay;
        pb_arena *arena;
    } of[];
} kept_layouts;

static void forget_layouts(void *value)
{
    kept_layouts *kept = value;
    for (size_t i = 0; i < kept->count; i++)
        pb_arena_free(kept->of[i].arena);
    free(kept);
}

static kept_layouts *layouts_kept(db_session *session)
{
    kept_layouts **slot = (kept_layouts **)db_session_slot(session, "layouts", forget_layouts);
    if (slot == NULL || *slot != NULL)
        return slot == NULL ? NULL : *slot;
    size_t count = db_workspace_schema(db_session_workspace(session))->entity_count;
    kept_layouts *made = calloc(1, sizeof *made + count * sizeof made->of[0]);
    if (made != NULL)
        made->count = count;
    return *slot = made;
}

const layout *layout_of(db_session *session, const model_entity *entity)
{
    kept_layouts *kept = layouts_kept(session);
    size_t at = entity->index;
    if (kept == NULL || at >= kept->count)
        return NULL;
    if (kept->of[at].lay != NULL && kept->of[at].lay->entity == entity)
        return kept->of[at].lay;
    pb_arena_free(kept->of[at].arena);
    kept->of[at].arena = pb_arena_new(0);
    kept->of[at].lay = kept->of[at].arena == NULL ? NULL : layout_make(entity, kept->of[at].arena);
    return kept->of[at].lay;
}

const layout_column *layout_find(const layout *lay, pb_str name)
{
    for (size_t i = 0; i < lay->order_count; i++)
        if (pb_str_eq(lay->order[i]->name, name))
            return lay->order[i];
    return NULL;
}

pb_value layout_source_value(const layout_head *head, int source)
{
    switch (source) {
    case LAYOUT_N:
        return PB_VALUE_INT(head->n);
    case LAYOUT_RUN:
        return head->run ? PB_VALUE_INT(head->run) : PB_VALUE_NULL;
    case LAYOUT_ROW:
        return head->row ? PB_VALUE_INT(head->row) : PB_VALUE_NULL;
    default:
        return head->source_id.ptr ? PB_VALUE_TEXT(head->source_id) : PB_VALUE_NULL;
    }
}

static bool keep(pb_arena *arena, pb_str *s)
{
    if (arena == NULL || s->ptr == NULL)
        return true;
    *s = pb_arena_str(arena, *s);
    return s->ptr != NULL;
}

pb_status layout_row(const layout *lay, db_stmt *stmt, pb_arena *arena, layout_head *ret_head,
                     pb_value *cells, pb_error *err)
{
    pb_str id = db_column_blob(stmt, 1);
    if (id.len != sizeof ret_head->id.b)
        return pb_fail(err, PB_CORRUPT, PB_MSG("The id of record {n} of {entity} is damaged."), "n",
                       PB_ARG_INT(db_column_i64(stmt, 0)), "entity", PB_ARG(lay->entity->name),
                       NULL);
    layout_head head = {.n = db_column_i64(stmt, 0),
                        .version = db_column_i64(stmt, 2),
                        .event = (uint64_t)db_column_i64(stmt, 3),
                        .run = db_column_i64(stmt, 4),
                        .row = db_column_i64(stmt, 5),
                        .created_us = db_column_i64(stmt, 7),
                        .changed_us = db_column_i64(stmt, 8),
                        .deleted = db_column_i64(stmt, 9) != 0};
    memcpy(head.id.b, id.ptr, sizeof head.id.b);
    if (!db_column_is_null(stmt, 6))
        head.source_id = db_column_text(stmt, 6);
    bool kept = keep(arena, &head.source_id);
    db_column_values(stmt, LAYOUT_HEAD, lay->count, cells);
    for (size_t i = 0; arena != NULL && i < lay->count; i++) {
        if (cells[i].kind == PB_TEXT || cells[i].kind == PB_BLOB)
            kept = keep(arena, &cells[i].as.s) && kept;
    }
    if (!kept)
        return pb_fail_memory(err);
    *ret_head = head;
    return PB_OK;
}

pb_status layout_select(db_session *session, const layout *lay, const char *rest,
                        db_stmt **ret_stmt, pb_error *err)
{
    PB_AUTO_BUF sql = PB_BUF_INIT(SQL_MAX);
    pb_buf_addc(&sql, "SELECT ");
    pb_buf_add(&sql, lay->list);
    pb_buf_addc(&sql, " FROM t_");
    pb_buf_add(&sql, lay->entity->name);
    pb_buf_byte(&sql, ' ');
    pb_buf_addc(&sql, rest);
    if (sql.failed)
        return pb_fail_memory(err);
    return db_prepare_text(session, pb_buf_str(&sql), ret_stmt, err);
}
