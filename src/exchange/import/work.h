/* An import at work, in one transaction or in slices. */
#ifndef EXCHANGE_WORK_H
#define EXCHANGE_WORK_H

#include "bring.h"
#include "proof.h"

#include "record/run.h"

/** Working state of one import. */
typedef struct importing {
    const exchange_options *options;
    exchange_plan *plan;
    pb_arena *arena;
    record_writer *writer;
    record_run *run;
    db_session *session;
    exchange_file *file; /* at work */
    row_shape *shape;
    bringing *bring;     /* NULL: every row is a new record */
    import_proof *proof; /* NULL: values are kept although not valid, sums say nothing */
    table_reader *reader;
    int64_t number; /* of the file in its run */
    size_t reject_capacity;
    uint64_t told_bytes;
    int64_t told_us;
    unsigned unlooked; /* rows since the clock was looked at */
    bool rehearsed;    /* a dry run came to its end */
} importing;

/** Tells how far the file is, now and then; `always`: now. PB_CANCELLED. */
pb_status import_tell(importing *im, bool always, pb_error *err);
/** A row that could not be taken apart. */
pb_status import_fault(importing *im, pb_error *err);
/** A row on its way, with all that comes of it. */
pb_status import_take(importing *im, const table_row *row, pb_error *err);
/** What came of the file at work, and how its columns were read. */
pb_status import_columns(importing *im, pb_error *err);
/** What became clear once the whole file was read. */
pb_status import_facts(importing *im, pb_error *err);
void import_forget(exchange_file *file);
/** Whether an earlier run imported the very same bytes; PB_CONFLICT when that one brought in
 * only a part of it, which rows would double. */
pb_status import_look_back(importing *im, exchange_file *file, pb_error *err);
/** Whether some file is imported, none of them passed over for an earlier run. */
bool import_anything_new(const exchange_plan *plan);
pb_status import_begin_bringing(importing *im, pb_error *err);
record_gate import_gate(const importing *im);

/** Does the work of an import's one transaction where nothing of it is kept and nobody waits. */
pb_status import_rehearse(importing *im, db_workspace *workspace, db_work work, pb_error *err);
/** As exchange_import, some hundreds of rows a transaction. */
pb_status import_in_slices(importing *im, db_workspace *workspace, pb_error *err);

#endif
