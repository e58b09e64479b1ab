/* Lists: the records of one entity that fulfil a condition, in an order, page by page.
 *
 *   filter  an expression of the model (model/expr.h): country = 'DE' and changed_on >= today - 30
 *   sort    names separated by commas, `-` before those that fall: -changed_at,full_name
 *           fields, and created_at, changed_at. Texts stand in the order of their code points,
 *           absent values before all others (behind them when falling); records that are equal in
 *           all of it stand in the order they were made
 *   fields  names separated by commas: which values are wanted
 *   expand  names of links separated by commas: the records they lead to come along
 *   skip    so many records from the beginning are passed over, in a list without a cursor: for
 *           going far at once. They are walked through, so it costs what they are
 *   cursor  where the page before ended: what came in or changed since is shown at its place, and
 *           nothing is shown twice or left out but what was moved by a change of a sorted value
 *
 * A page is read from the index of its order where the model declares one (`lists`, see model's
 * README), and by cursor never by counting rows from the beginning: page 10,000 costs what page 1
 * costs.
 * Of a `many` field the first value counts. Refuses: deciding who may see what (the caller hands
 * in a condition and the fields that are hidden); sorting or choosing by what is sealed on a
 * server. Threads: as the session.
 */
#ifndef RECORD_LIST_H
#define RECORD_LIST_H

#include "model/expr.h"
#include "record/record.h"

/** Rows of one page at most, and without a wish; names in `sort` and in `expand`; rows that a total
 * counts at most without a wish, and that may be counted or skipped. */
enum {
    RECORD_LIST_MOST = 200,
    RECORD_LIST_USUAL = 50,
    RECORD_LIST_SORTS = 4,
    RECORD_LIST_EXPANDS = 8,
    RECORD_LIST_TOTAL = 10000,
    RECORD_LIST_FAR = 10000000
};

/** A test of one column of the table alone: an index may be asked for it. */
typedef struct record_list_among {
    pb_str column;
    pb_str sql; /* over the table's columns as `r` */
    const pb_value *values;
    size_t count;
    bool one; /* it lets one value pass */
} record_list_among;

/** Which records and fields of an entity somebody may see. */
typedef struct record_list_access {
    pb_str sql;             /* a condition over the table's columns as `r`; absent: all records */
    const pb_value *values; /* of its parameters, each a `?` */
    size_t count;
    record_list_among among; /* what `sql` cannot hold without; its column absent: not known */
    const bool *hidden; /* by field index: neither shown, nor chosen or sorted by; NULL: none */
    const bool *masked; /* of those, the ones that come along all the same, since whoever asks for
                           the list replaces what they say before it is shown; NULL: none */
    const model_bound
        *only; /* by field index: a list that is chosen or sorted by the field holds
                  only records that fulfil this, too; without `sql`: all; NULL: none */
} record_list_access;

/** Says it for an entity, of the list itself or of one a link leads to. What it gives lives in
 * `arena`, or longer. */
typedef pb_status (*record_list_access_of)(void *context, const model_entity *entity,
                                           pb_arena *arena, record_list_access *ret_access,
                                           pb_error *err);

/** What is asked for; everything absent or 0 means no wish. */
typedef struct record_list_asked {
    const model_entity *entity;
    pb_str filter, sort, fields, expand, cursor;
    int64_t limit; /* rows of the page */
    int64_t skip;
    int64_t created_from_us, created_until_us; /* made in [from, until) */
    int64_t changed_from_us, changed_until_us; /* changed last in [from, until) */
    bool deleted;                              /* those that were deleted, instead */
    bool total;                                /* how many there are */
    int64_t total_most; /* counted up to so many, whatever that costs; 0: up to RECORD_LIST_TOTAL,
                           and no further than costs what the page did */
    int64_t today_days; /* what `today` means in the filter */
    pb_str asker;       /* whose list it is: a cursor serves its asker only */
    record_list_access_of access; /* NULL: everything may be seen */
    void *context;
} record_list_asked;

typedef struct record_list_row {
    record_data record;
    const record_data **linked; /* by place in `expand`; NULL: the link is empty, or what it leads
                                   to is gone or may not be seen */
} record_list_row;

typedef struct record_list_page {
    const record_list_row *rows;
    size_t count;
    const model_field *const *fields; /* those to show, in the order asked for, else the entity's */
    size_t field_count;
    const model_field *const *expands; /* the links whose records came along */
    size_t expand_count;
    pb_str next;       /* cursor of the page behind this one; absent: this was the last */
    int64_t total;     /* -1: not asked for */
    bool total_capped; /* there are `total` or more */
} record_list_page;

/** Reads one page; it lives in `arena`. PB_INVALID names what is wrong in what was asked: a name
 * that is no field, an expression that is none, a cursor that is not of this list; PB_DENIED: a
 * field that is hidden. Cost: with an index for its order and conditions, that of the rows read
 * (see src/record/README.md). */
pb_status record_list_read(db_session *session, const record_list_asked *asked, pb_arena *arena,
                           record_list_page *ret_page, pb_error *err);
/** Whether it can be asked for: the failures of record_list_read, but for the cursor's. Reads
 * nothing. */
pb_status record_list_check(const record_list_asked *asked, pb_arena *arena, pb_error *err);

#endif
