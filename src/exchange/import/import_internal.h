/* What the parts of an import share: how the rows of one file become inputs of the one road. */
#ifndef EXCHANGE_IMPORT_INTERNAL_H
#define EXCHANGE_IMPORT_INTERNAL_H

#include "../preset/row.h"
#include "../table.h"
#include "base/csv.h"
#include "base/map.h"
#include "exchange/import.h"
#include "model/value.h"

enum { MAX_REJECTS = 1000, REJECT_VALUE = 200 };

/** A mapped column. */
typedef struct binding {
    size_t column;
    const model_field *field;
    model_format format;
    const model_field *while_open; /* instead of `field` in rows of deals not over; NULL: none */
    bool by_country;               /* format.country is set row by row */
    size_t currency;               /* of money: the column with its currency + 1; 0: none */
    char money[64];                /* then: amount and currency of the row in hand */
    size_t month, day;             /* of a date in three columns: those of its parts + 1; 0: none */
    char date[64];                 /* then: the date of the row in hand */
    pb_str within;                 /* of a link: what stands before the id; absent: nothing */
    char id[512];                  /* then: both */
    size_t country;                /* then: the column that holds the country */
} binding;

/** A plan that would import nothing is no import: PB_INVALID, with why. */
pb_status import_any(const exchange_plan *plan, pb_error *err);

/** How the rows of one file become inputs; made once a file. */
typedef struct row_shape {
    binding *bindings;
    size_t count;
    preset_shape *preset; /* NULL: the file has none */
    record_input *inputs; /* room for all bindings and a composed name */
    bool currencies;      /* some amounts have their currency in another column */
    bool has_id;
    size_t id_column;
    pb_str id_within; /* stands before the id; absent: nothing does */
    char id[512];
    /* a full name put together from its parts; NULL: not needed */
    const model_field *full_name;
    ptrdiff_t given, middle, family; /* columns, -1: none */
    const model_field *parts[3];     /* the fields of these, in this order */
    pb_buf name_room;
    size_t stage;         /* column by which deals are over */
    pb_map *roles;        /* spellings of its values -> role; NULL: no column asks */
    model_reader *reader; /* reads countries */
    pb_arena *country_arena;
    pb_map *countries; /* as written -> two letters, so that each is read once */
    char country_codes[4096][2];
    size_t country_count;
} row_shape;

/** Owner: the caller, row_shape_free. */
pb_status row_shape_new(const exchange_file *file, int64_t today_days, row_shape **ret_shape,
                        pb_error *err);
row_shape *row_shape_free(row_shape *shape);
/** The inputs of a row: only columns with a value. They live until the next call. */
const record_input *row_shape_inputs(row_shape *shape, const table_row *row, size_t *ret_count,
                                     pb_str *ret_source_id);

#endif
