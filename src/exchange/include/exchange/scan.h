/* The rows of planned files as inputs of records, for who looks at them and keeps nothing: no
 * workspace, no record is written. What import would take is given, what it would leave out is
 * counted in the plan in the same way.
 *
 * Rows are read by the caller's thread, turned into inputs by several, and what these made of them
 * is taken in one after the other in the order of the rows.
 */
#ifndef EXCHANGE_SCAN_H
#define EXCHANGE_SCAN_H

#include "exchange/import.h"

enum { EXCHANGE_SCAN_THREADS = 32, EXCHANGE_SCAN_SLOTS = 40, EXCHANGE_SCAN_ROWS = 512 };

/** A row. Texts live until `take` returns. */
typedef struct exchange_row {
    const exchange_file *file;
    int64_t row; /* data row from 1 */
    const record_input *inputs;
    size_t count;
    pb_str source_id; /* the source's own id; absent: none */
} exchange_row;

/** Where rows go. */
typedef struct exchange_sink {
    size_t threads; /* at most EXCHANGE_SCAN_THREADS; 0 counts as 1 */
    /** Called before the rows of a file, by the caller's thread; false: they are not wanted. */
    bool (*wants)(void *context, const exchange_file *file);
    /** Called for each row by thread `thread` (from 0): at most EXCHANGE_SCAN_ROWS rows go into a
     * slot, by one thread at a time, then the slot is kept. */
    pb_status (*take)(void *context, size_t thread, size_t slot, const exchange_row *row,
                      pb_error *err);
    /** Called for each slot in the order of rows, by one thread at a time. */
    pb_status (*keep)(void *context, size_t slot, const exchange_file *file, pb_error *err);
    void *context;
} exchange_sink;

/** Gives every row of the plan's files to `sink`; counts rows, imported (given), rejected and
 * deleted ones in the plan's files. PB_CONFLICT when a file changes meanwhile. The failure of the
 * first row that fails is returned, whatever the number of threads. */
pb_status exchange_scan(const exchange_options *options, exchange_plan *plan,
                        const exchange_sink *sink, pb_error *err);

#endif
