/* How an entity lies in its table and in the payloads of its events: one list of columns, made from
 * the declaration, that reading, writing, history and verification share.
 *
 *   t_contact:  n id version event run row source_id created_us changed_us deleted | full_name
 * account_id account_ref …
 *               `---------------------- head ----------------------------------'   `------- columns
 * ------------' payload:    {"n": 7, "row": 7, "full_name": "Li Wei", "account_id": h'0198…', …}
 * (deterministic CBOR)
 */
#ifndef RECORD_LAYOUT_H
#define RECORD_LAYOUT_H

#include "base/bytes.h"
#include "db/workspace.h"
#include "model/schema.h"

enum { LAYOUT_HEAD = 10 }; /* columns before the fields */

typedef enum layout_part {
    LAYOUT_VALUE,
    LAYOUT_REF,      /* <link>_ref */
    LAYOUT_CURRENCY, /* <money>_currency */
    LAYOUT_SOURCE    /* column of the head: n, run, row, source_id; only in payloads */
} layout_part;

typedef struct layout_column {
    pb_str name;              /* as SQL and payloads name it */
    pb_str key;               /* the name as CBOR text */
    const model_field *field; /* NULL for LAYOUT_SOURCE */
    layout_part part;
    bool history; /* stands in payloads */
} layout_column;

/** Row head as stored. */
typedef struct layout_head {
    int64_t n;
    pb_uuid id;
    int64_t version;
    uint64_t event;
    int64_t run, row;
    pb_str source_id;
    int64_t created_us, changed_us;
    bool deleted;
} layout_head;

enum { LAYOUT_N, LAYOUT_RUN, LAYOUT_ROW, LAYOUT_SOURCE_ID, LAYOUT_SOURCES };

typedef struct layout {
    const model_entity *entity;
    layout_column *columns; /* of the fields, in the order of the table */
    size_t count;
    size_t
        *first; /* by field index: its value column; a link's _ref, money's _currency follow it */
    layout_column sources[LAYOUT_SOURCES];
    const layout_column **order; /* columns and sources as a payload's keys stand */
    size_t order_count;
    pb_str list;      /* "n,id,…,<columns>" for SELECT and INSERT */
    pb_str qualified; /* the same with each name qualified by the table's alias `r` */
} layout;

/** Layout of an entity, in `arena`. NULL without memory. */
const layout *layout_make(const model_entity *entity, pb_arena *arena);
/** The same, kept in the session for the next one who asks. NULL without memory. */
const layout *layout_of(db_session *session, const model_entity *entity);
/** Column by its name as payloads have it, NULL when there is none (any more). */
const layout_column *layout_find(const layout *lay, pb_str name);
/** Value of the head that stands in payloads. */
pb_value layout_source_value(const layout_head *head, int source);
/** Reads the row a statement stands on whose columns are `list`: texts live until its next step, or
 * in `arena` when one is given. `cells` has room for all columns. */
pb_status layout_row(const layout *lay, db_stmt *stmt, pb_arena *arena, layout_head *ret_head,
                     pb_value *cells, pb_error *err);
/** Prepared `SELECT <list> FROM t_<entity> <rest>`. */
pb_status layout_select(db_session *session, const layout *lay, const char *rest,
                        db_stmt **ret_stmt, pb_error *err);

#endif
