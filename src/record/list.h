/* What the parts of a list share: what was asked for, understood and checked. */
#ifndef RECORD_LIST_INTERNAL_H
#define RECORD_LIST_INTERNAL_H

#include "layout.h"
#include "record/list.h"

/** One name of the order. */
typedef struct list_key {
    const model_field *field; /* NULL: a column that every record has */
    pb_str column;
    bool falling;
    bool filled; /* it is never absent */
} list_key;

typedef struct list_query {
    const record_list_asked *asked;
    const layout *lay;
    record_list_access access;
    list_key keys[RECORD_LIST_SORTS];
    size_t key_count;
    model_bound filter; /* `sql` absent: none */
    bool *used;         /* by field index: the list is chosen or sorted by it */
    const model_field **fields;
    size_t field_count;
    const model_field *expands[RECORD_LIST_EXPANDS];
    size_t expand_count;
    int64_t limit;
    bool continued; /* behind the row with these values */
    pb_value after[RECORD_LIST_SORTS];
    int64_t after_n;
} list_query;

/* list_ask.c */
/** Understands what was asked for, but for the cursor. */
pb_status list_understand(const record_list_asked *asked, pb_arena *arena, list_query *query,
                          pb_error *err);

/* list.c */
/** A statement on its way: SQL and what is bound to it. */
typedef struct list_draft {
    pb_arena *arena;
    pb_buf sql;
    pb_value *values;
    size_t count, capacity;
    bool failed;
} list_draft;
enum { LIST_SQL_MAX = 1 << 20 };
/** ` FROM … WHERE …`: the records that were asked for, the table as `r`. */
void list_put_from(list_draft *draft, const list_query *query);
/** Belongs to the session. */
pb_status list_prepare(db_session *session, list_draft *draft, db_stmt **ret_stmt, pb_error *err);

/* list_cursor.c */
/** The cursor behind a row. */
pb_status list_cursor_make(db_session *session, const list_query *query, const record_data *record,
                           pb_arena *arena, pb_str *ret_cursor, pb_error *err);
/** Reads the cursor that was asked for, if any, into `query`. */
pb_status list_cursor_read(db_session *session, list_query *query, pb_arena *arena, pb_error *err);

/* list_expand.c */
/** The records that links lead to. */
pb_status list_expand(db_session *session, const list_query *query, record_list_row *rows,
                      size_t count, pb_arena *arena, pb_error *err);

#endif
