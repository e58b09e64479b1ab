/* Lists: the records that links of a page lead to, all of one link in one statement. */
#include <stdlib.h>
#include <string.h>

#include "list.h"
#include "read.h"
#include "record/groups.h"

enum { SQL_MAX = 256 << 10 };

/* Of one link: the ids that the rows hold, each once, and what was found for them. */
typedef struct expanding {
    const model_field *link;
    record_list_access access;
    const layout *lay;
    pb_uuid *ids;
    const record_data **found; /* by position in `ids` */
    size_t count;
} expanding;

static int by_bytes(const void *a, const void *b)
{
    return memcmp(a, b, sizeof(pb_uuid));
}

static const pb_uuid *id_of(const record_list_row *row, const model_field *link)
{
    pb_value value = row->record.values[link->index];
    return value.kind == PB_BLOB && value.as.s.len == sizeof(pb_uuid)
               ? (const pb_uuid *)value.as.s.ptr
               : NULL;
}

/* Of the first `taken` ids. */
static void keep_each_once(expanding *e, size_t taken)
{
    if (taken > 0)
        qsort(e->ids, taken, sizeof *e->ids, by_bytes);
    for (size_t i = 0; i < taken; i++)
        if (e->count == 0 || by_bytes(&e->ids[e->count - 1], &e->ids[i]) != 0)
            e->ids[e->count++] = e->ids[i];
}

static pb_status begin(const record_list_asked *asked, const model_field *link, pb_arena *arena,
                       expanding *e, pb_error *err)
{
    *e = (expanding){.link = link, .lay = layout_make(link->target, arena)};
    if (e->lay == NULL)
        return pb_fail_memory(err);
    return asked->access == NULL
               ? PB_OK
               : asked->access(asked->context, link->target, arena, &e->access, err);
}

static pb_status gather(expanding *e, const record_list_row *rows, size_t count, pb_arena *arena,
                        pb_error *err)
{
    size_t taken = 0;
    e->ids = pb_arena_array(arena, count + 1, sizeof *e->ids);
    e->found = pb_arena_array(arena, count + 1, sizeof *e->found);
    if (e->ids == NULL || e->found == NULL)
        return pb_fail_memory(err);
    for (size_t i = 0; i < count; i++) {
        const pb_uuid *id = id_of(&rows[i], e->link);
        if (id != NULL)
            memcpy(&e->ids[taken++], id, sizeof *id);
    }
    keep_each_once(e, taken);
    return PB_OK;
}

static size_t place_of(const expanding *e, const pb_uuid *id)
{
    const pb_uuid *at =
        e->count == 0 ? NULL : bsearch(id, e->ids, e->count, sizeof *e->ids, by_bytes);
    return at == NULL ? SIZE_MAX : (size_t)(at - e->ids);
}

/* The number of places is a power of two, so that few statements serve pages of all sizes; the
 * last id fills those that are left. */
static pb_status ask(db_session *session, expanding *e, db_stmt **ret_stmt, pb_error *err)
{
    PB_AUTO_BUF sql = PB_BUF_INIT(SQL_MAX);
    size_t places = 1;
    while (places < e->count)
        places *= 2;
    pb_buf_addc(&sql, "SELECT ");
    pb_buf_add(&sql, e->lay->qualified);
    pb_buf_printf(&sql, " FROM t_%.*s AS r WHERE r.deleted = 0 AND r.id IN (?",
                  PB_STR_FMT(e->lay->entity->name));
    for (size_t i = 1; i < places; i++)
        pb_buf_addc(&sql, ", ?");
    pb_buf_byte(&sql, ')');
    if (e->access.sql.ptr != NULL)
        pb_buf_printf(&sql, " AND (%.*s)", PB_STR_FMT(e->access.sql));
    if (sql.failed)
        return pb_fail_memory(err);
    PB_TRY(db_prepare_text(session, pb_buf_str(&sql), ret_stmt, err));
    for (size_t i = 0; i < places; i++)
        db_bind_blob(*ret_stmt, (int)i + 1, pb_uuid_str(&e->ids[i < e->count ? i : e->count - 1]));
    for (size_t i = 0; i < e->access.count; i++)
        db_bind_value(*ret_stmt, (int)(places + i) + 1, e->access.values[i]);
    return PB_OK;
}

/* Fields that may not be seen are empty. */
static void hide(const expanding *e, record_data *record)
{
    for (size_t i = 0; e->access.hidden != NULL && i < record->entity->field_count; i++) {
        if (!e->access.hidden[i] || (e->access.masked != NULL && e->access.masked[i]))
            continue;
        record->values[i] = PB_VALUE_NULL;
        record->refs[i] = record->currencies[i] = PB_STR_NONE;
    }
}

static pb_status take(expanding *e, db_stmt *stmt, pb_arena *arena, pb_error *err)
{
    layout_head head;
    record_data *record = pb_arena_alloc(arena, sizeof *record);
    pb_value *cells = pb_arena_array(arena, e->lay->count + 1, sizeof *cells);
    if (record == NULL || cells == NULL)
        return pb_fail_memory(err);
    PB_TRY(layout_row(e->lay, stmt, arena, &head, cells, err));
    PB_TRY(read_record(e->lay, &head, cells, arena, record, err));
    hide(e, record);
    size_t place = place_of(e, &record->id);
    if (place != SIZE_MAX)
        e->found[place] = record;
    return PB_OK;
}

static pb_status read_all(db_session *session, expanding *e, pb_arena *arena, pb_error *err)
{
    db_stmt *stmt = NULL;
    bool row = true;
    PB_TRY(ask(session, e, &stmt, err));
    pb_status status = PB_OK;
    while (status == PB_OK && row) {
        status = db_step(stmt, &row, err);
        if (status == PB_OK && row)
            status = take(e, stmt, arena, err);
    }
    db_reset(stmt);
    return status;
}

static pb_status expand_one(db_session *session, const list_query *query, size_t which,
                            record_list_row *rows, size_t count, pb_arena *arena, pb_error *err)
{
    expanding e;
    PB_TRY(begin(query->asked, query->expands[which], arena, &e, err));
    PB_TRY(gather(&e, rows, count, arena, err));
    if (e.count == 0)
        return PB_OK;
    PB_TRY(read_all(session, &e, arena, err));
    for (size_t i = 0; i < count; i++) {
        const pb_uuid *id = id_of(&rows[i], e.link);
        size_t place = id == NULL ? SIZE_MAX : place_of(&e, id);
        if (place != SIZE_MAX)
            rows[i].linked[which] = e.found[place];
    }
    return PB_OK;
}

pb_status list_expand(db_session *session, const list_query *query, record_list_row *rows,
                      size_t count, pb_arena *arena, pb_error *err)
{
    if (query->expand_count == 0)
        return PB_OK;
    for (size_t i = 0; i < count; i++) {
        rows[i].linked = pb_arena_array(arena, query->expand_count, sizeof(const record_data *));
        if (rows[i].linked == NULL)
            return pb_fail_memory(err);
    }
    for (size_t i = 0; i < query->expand_count; i++)
        PB_TRY(expand_one(session, query, i, rows, count, arena, err));
    return PB_OK;
}

pb_status record_linked_read(db_session *session, const record_list_asked *asked,
                             const model_field *link, const pb_uuid *ids, size_t count,
                             pb_arena *arena, const record_data ***ret_records, pb_error *err)
{
    expanding e;
    const record_data **records = pb_arena_array(arena, count + 1, sizeof *records);
    PB_TRY(begin(asked, link, arena, &e, err));
    e.ids = pb_arena_array(arena, count + 1, sizeof *e.ids);
    e.found = pb_arena_array(arena, count + 1, sizeof *e.found);
    if (records == NULL || e.ids == NULL || e.found == NULL)
        return pb_fail_memory(err);
    memcpy(e.ids, ids, count * sizeof *ids);
    keep_each_once(&e, count);
    if (e.count > 0)
        PB_TRY(read_all(session, &e, arena, err));
    for (size_t i = 0; i < count; i++)
        records[i] = e.found[place_of(&e, &ids[i])];
    *ret_records = records;
    return PB_OK;
}
