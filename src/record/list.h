/* What the parts of a list share: what was asked for, understood and checked. */
#ifndef RECORD_LIST_INTERNAL_H
#define RECORD_LIST_INTERNAL_H

#include "db/lists.h"
#include "layout.h"
#include "model/expr.h"
#include "record/list.h"
#include "sys/clock.h"

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
    model_bound filter;       /* `sql` absent: none */
    record_list_among *parts; /* tests of one column each, which all records of the list pass */
    size_t part_count, part_room;
    bool parts_all; /* together they say all that the list is chosen by */
    bool *used;     /* by field index: the list is chosen or sorted by it */
    const model_field **fields;
    size_t field_count;
    const model_field *expands[RECORD_LIST_EXPANDS];
    size_t expand_count;
    int64_t limit;
    bool continued; /* behind the row with these values */
    pb_value after[RECORD_LIST_SORTS];
    int64_t after_n;
} list_query;

/* How a stretch stands to the value of one name of the order. */
typedef enum stretch_part {
    PART_FREE,
    PART_SAME,
    PART_BEHIND,
    PART_ABSENT,
    PART_THERE
} stretch_part;

/* The keys before `at` are the same as in the last row; key `at` (the row's number, when it is
 * key_count) is behind it. */
typedef struct stretch {
    size_t at;
    stretch_part part;
} stretch;

/** What days mean to a list: those of the server. */
static inline model_days list_days(const record_list_asked *asked)
{
    return (model_days){asked->today_days, sys_zone()};
}

enum { LIST_STRETCHES = 2 * RECORD_LIST_SORTS + 1 };

/* A statement on its way: SQL and what is bound to it. */
typedef struct list_draft {
    pb_arena *arena;
    pb_buf sql;
    pb_value *values;
    size_t count, capacity;
    bool failed;
} list_draft;
enum { LIST_SQL_MAX = 1 << 20 };

typedef struct list_page {
    record_list_row *rows; /* one more than the page holds: is there a next one? */
    size_t count, room;
} list_page;

/* list_sql.c: parts of statements over the table as `r` */
void list_put_value(list_draft *d, pb_value value);
void list_put_test(list_draft *d, const char *before, pb_str sql, const pb_value *values,
                   size_t count);
/** FROM … WHERE deleted …; `by`: the place of a list, DB_BY_ROWS, or LIST_BY_ENGINE. */
void list_put_table(list_draft *d, db_session *session, const list_query *query, size_t by);
/** AND …: all that the list is chosen by. */
void list_put_tests(list_draft *d, const list_query *query);
/** ` FROM … WHERE …`: the records that were asked for, read as the engine likes. */
void list_put_from(list_draft *d, const list_query *query);
/** What stands in a stretch, `before` in front of it; NULL: everything. */
void list_put_stretch(list_draft *d, const list_query *query, const stretch *s, const char *before);
/** ORDER BY what is not the same in the whole stretch. */
void list_put_order(list_draft *d, const list_query *query, const stretch *s);
/** Behind LIMIT: how many rows are passed over. */
void list_put_skip(list_draft *d, const list_query *query);
/** The stretches behind the last row of the page before, nearest first. */
size_t list_stretches(const list_query *query, stretch to[LIST_STRETCHES]);
pb_status list_prepare(db_session *session, const list_draft *d, db_stmt **ret_stmt, pb_error *err);
/** Runs what is bound and takes the rows it gives, columns in the order of the layout, until the
 * page is full. */
pb_status list_take_from(const list_query *query, db_stmt *stmt, pb_arena *arena, list_page *page,
                         pb_error *err);
/** The same for a statement on its way. */
pb_status list_take(db_session *session, const list_query *query, const list_draft *d,
                    pb_arena *arena, list_page *page, pb_error *err);
/** The one number it gives. */
pb_status list_number(db_session *session, const list_draft *d, int64_t *ret_number, pb_error *err);

#define LIST_BY_ENGINE (SIZE_MAX - 1)

/* list.c */
/** The page, the way to it as the engine chooses. */
pb_status list_by_engine(db_session *session, const list_query *query, pb_arena *arena,
                         list_page *page, pb_error *err);

/* list_plan.c */
/** Ways to the rows of a list: by which index they stand in its order, and which indexes know of
 * one of its tests. */
enum { LIST_WAYS = 8 };
typedef struct list_plan {
    bool steered;     /* else the engine chooses */
    bool walks;       /* there is an index, or the rows, in the order of the list */
    size_t walk;      /* that one */
    pb_str prefix[4]; /* columns before those of the order, of which one value passes */
    size_t prefix_count;
    bool plain;             /* the list is chosen by the prefix alone */
    size_t ways[LIST_WAYS]; /* indexes by a tested column, the best first */
    pb_str way_columns[LIST_WAYS];
    size_t way_count;
    size_t ones; /* so many of them are by one value: the first */
    int64_t last_n;
} list_plan;
pb_status list_plan_make(db_session *session, const list_query *query, list_plan *ret_plan,
                         pb_error *err);
/** Whether the walk stands behind one value of this column. */
bool list_in_prefix(const list_plan *plan, pb_str column);
/** AND the tests of a column. */
void list_put_column_tests(list_draft *d, const list_query *query, pb_str column);

/* list_steer.c */
/** How a page was found, for whoever counts. */
typedef struct list_found {
    size_t few; /* of the plan's ways: the one that leads to few rows; SIZE_MAX: none */
} list_found;
pb_status list_steer(db_session *session, const list_query *query, const list_plan *plan,
                     pb_arena *arena, list_page *page, list_found *ret_found, pb_error *err);
/** Whether list_count is to count: always, but where somebody wants to know more than is cheap. */
bool list_counts(const list_query *query, const list_plan *plan, const list_found *found);
/** How many rows there are as far as that costs no more than the page did; `*ret_capped`: or more.
 */
pb_status list_count(db_session *session, const list_query *query, const list_plan *plan,
                     const list_page *page, const list_found *found, pb_arena *arena,
                     int64_t *ret_total, bool *ret_capped, pb_error *err);

/* list_ask.c */
/** Understands what was asked for, but for the cursor. */
pb_status list_understand(const record_list_asked *asked, pb_arena *arena, list_query *query,
                          pb_error *err);

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
