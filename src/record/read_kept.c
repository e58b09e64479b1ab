/* Rows that a session has read, kept while nothing but the log is committed.
 *
 *   entity, id ──▶ bucket ──▶ row ──▶ row        row: head │ cells that are not empty │ their texts
 *
 * Every read is an event, and events are commits; they do not change what is read. So what is read
 * often is looked up once, not in the trees of two indexes at every read. Whatever else is
 * committed ends it all (db_session_view), and so does room that is used up: what is read again
 * comes back.
 */
#include "read_kept.h"

#include <stdlib.h>
#include <string.h>

#include "db/share.h"

enum { BUCKETS = 1 << 13, ROOM = 6 << 20 };

typedef struct kept_row {
    struct kept_row *next;
    const model_entity *entity;
    layout_head head;
    size_t cell_count, text_size;
    const char *text;
    struct kept_cell {
        size_t at;
        pb_value value;
    } cells[];
} kept_row;

typedef struct kept_rows {
    uint64_t view;
    pb_arena *arena;
    kept_row *buckets[BUCKETS];
} kept_rows;

static void forget(void *value)
{
    kept_rows *kept = value;
    pb_arena_free(kept->arena);
    free(kept);
}

static void clear(kept_rows *kept, uint64_t view)
{
    pb_arena_reset(kept->arena);
    memset(kept->buckets, 0, sizeof kept->buckets);
    kept->view = view;
}

static kept_rows *make_rows(void)
{
    kept_rows *made = calloc(1, sizeof *made);
    if (made == NULL)
        return NULL;
    made->arena = pb_arena_new(ROOM);
    if (made->arena == NULL) {
        free(made);
        return NULL;
    }
    return made;
}

/* NULL: nothing may be kept, or there is no memory for it. */
static kept_rows *rows_of(db_session *session)
{
    uint64_t view = db_session_view(session);
    kept_rows **slot = view == 0 ? NULL : (kept_rows **)db_session_slot(session, "rows", forget);
    if (slot == NULL)
        return NULL;
    if (*slot == NULL)
        *slot = make_rows();
    if (*slot != NULL && (*slot)->view != view)
        clear(*slot, view);
    return *slot;
}

/* Ids are random at their end. */
static kept_row **bucket_of(kept_rows *kept, const pb_uuid *id)
{
    uint32_t end;
    memcpy(&end, id->b + sizeof id->b - sizeof end, sizeof end);
    return &kept->buckets[end % BUCKETS];
}

static bool has_text(const pb_value *value)
{
    return (value->kind == PB_TEXT || value->kind == PB_BLOB) && value->as.s.ptr != NULL;
}

static pb_str moved(pb_str text, const char *from, const char *to)
{
    return text.ptr == NULL ? text : pb_str_n(to + (text.ptr - from), text.len);
}

static bool give(const kept_row *row, pb_arena *arena, layout_head *ret_head, pb_value *cells)
{
    char *text = pb_arena_alloc(arena, row->text_size);
    if (text == NULL)
        return false;
    memcpy(text, row->text, row->text_size);
    *ret_head = row->head;
    ret_head->source_id = moved(row->head.source_id, row->text, text);
    for (size_t i = 0; i < row->cell_count; i++) {
        pb_value value = row->cells[i].value;
        if (has_text(&value))
            value.as.s = moved(value.as.s, row->text, text);
        cells[row->cells[i].at] = value;
    }
    return true;
}

bool read_kept_find(db_session *session, const model_entity *entity, const pb_uuid *id,
                    pb_arena *arena, layout_head *ret_head, pb_value *cells)
{
    kept_rows *kept = rows_of(session);
    if (kept == NULL)
        return false;
    for (const kept_row *row = *bucket_of(kept, id); row != NULL; row = row->next)
        if (row->entity == entity && memcmp(&row->head.id, id, sizeof *id) == 0)
            return give(row, arena, ret_head, cells);
    return false;
}

static pb_str put_text(char **to, pb_str text)
{
    char *at = *to;
    if (text.ptr == NULL)
        return text;
    memcpy(at, text.ptr, text.len);
    *to += text.len;
    return pb_str_n(at, text.len);
}

static kept_row *make_row(pb_arena *arena, const layout *lay, const layout_head *head,
                          const pb_value *cells)
{
    size_t count = 0, size = head->source_id.len + 1;
    for (size_t i = 0; i < lay->count; i++) {
        count += cells[i].kind != PB_NULL;
        size += has_text(&cells[i]) ? cells[i].as.s.len : 0;
    }
    kept_row *row = pb_arena_alloc(arena, sizeof *row + count * sizeof row->cells[0]);
    char *text = pb_arena_alloc(arena, size);
    if (row == NULL || text == NULL)
        return NULL;
    *row = (kept_row){.entity = lay->entity, .head = *head, .text_size = size, .text = text};
    row->head.source_id = put_text(&text, head->source_id);
    for (size_t i = 0; i < lay->count; i++) {
        if (cells[i].kind == PB_NULL)
            continue;
        struct kept_cell *cell = &row->cells[row->cell_count++];
        *cell = (struct kept_cell){i, cells[i]};
        if (has_text(&cells[i]))
            cell->value.as.s = put_text(&text, cells[i].as.s);
    }
    return row;
}

void read_kept_add(db_session *session, const layout *lay, const layout_head *head,
                   const pb_value *cells)
{
    kept_rows *kept = rows_of(session);
    if (kept == NULL)
        return;
    kept_row *row = make_row(kept->arena, lay, head, cells);
    if (row == NULL) {
        clear(kept, kept->view);
        return;
    }
    kept_row **bucket = bucket_of(kept, &row->head.id);
    row->next = *bucket;
    *bucket = row;
}
