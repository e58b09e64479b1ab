/* Import runs: which files an import read, how their columns were read, what came of their rows.
 *
 * One run belongs to one transaction. Every source file has a number of its own; it goes into
 * `record_origin.run` of the records that come from that file, so that two files of one entity stay
 * apart. What is told here is what the views `source_file` and `source_column` show, and the
 * summary that the ledger event `import.finished` holds. Order of calls: begin, then for each file:
 * file, (records), file_done, column…; finish; close. Refuses: reading files (exchange does),
 * writing records (record.h does). Threads: a run belongs to one thread.
 */
#ifndef RECORD_RUN_H
#define RECORD_RUN_H

#include "record/record.h"

typedef struct record_run record_run;

/** What came of the rows of one file. */
typedef struct record_run_counts {
    uint64_t rows, imported, rejected;
    uint64_t changed, same; /* records that were there */
    uint64_t noted;         /* values kept although not valid */
} record_run_counts;

/** Begins a run inside a write transaction. `actor` must outlive the run. Owner: the caller,
 * record_run_close. */
pb_status record_run_begin(db_session *session, ledger_actor actor, int64_t now_us,
                           record_run **ret_run, pb_error *err);
/** Adds a source file, before its first record is sent. `entity` NULL: the file is not imported.
 * `*ret_number` goes into record_origin.run of its records, and into the calls below. */
pb_status record_run_file(record_run *run, pb_str name, const model_entity *entity,
                          const uint8_t hash[32], int64_t *ret_number, pb_error *err);
/** Says what came of a file, after its last record. */
pb_status record_run_file_done(record_run *run, int64_t number, record_run_counts counts,
                               pb_error *err);
/** Says what the bytes of a file were when that is only known at its end (a live source). */
pb_status record_run_file_hash(record_run *run, int64_t number, const uint8_t hash[32],
                               pb_error *err);
/** Says how a column was read: `field` NULL: not mapped; `how`: a word (map, preset, name,
 * values, unmapped, ignored, left: its product writes it for itself, which views do not show). Call
 * after record_run_file_done of its file. `filled`: rows with a value. */
pb_status record_run_column(record_run *run, int64_t number, pb_str header,
                            const model_field *field, const char *how, uint64_t filled,
                            pb_error *err);
/** Ends the run: appends the event `import.finished` with a summary of all files and columns. */
pb_status record_run_finish(record_run *run, uint64_t unresolved, pb_error *err);
/** A run of many transactions: each begins with the one and ends with the other, which appends an
 * event `import.slice` (`row`: of the file at work) and leaves a run that can be taken back as it
 * is, of kind `unfinished`. The first one adds all files. PB_CONFLICT when it was taken back, or
 * kept as it is, meanwhile. */
pb_status record_run_continue(record_run *run, db_session *session, pb_error *err);
pb_status record_run_slice(record_run *run, int64_t row, pb_error *err);
/** Says that a writer goes on with what earlier ones of such a run wrote: records of `entity`
 * behind number `after_n` that belong to it are as if this writer had made them (an id that comes
 * twice is told), and references that they counted as unresolved are counted where they find their
 * record now (record_writer_resolved). Before the writer's first record; the run must outlive it.
 * Memory: some 12 bytes a reference that finds nothing. */
pb_status record_run_writer(record_run *run, record_writer *writer, const model_entity *entity,
                            int64_t after_n, pb_error *err);
uint64_t record_writer_resolved(const record_writer *writer);
/** What an unfinished run has written stays: it becomes one of kind `partial`, which can be taken
 * back as any other, and an import that is still at work on it ends. PB_CONFLICT when the run is
 * not unfinished. */
pb_status record_run_keep(db_session *session, ledger_actor actor, int64_t now_us, int64_t number,
                          pb_error *err);
/** Number of the run: that of its first file. */
int64_t record_run_number(const record_run *run);
typedef enum record_seen {
    RECORD_SEEN_NOT,
    RECORD_SEEN_WHOLE,
    RECORD_SEEN_PART,      /* it was cut off, and its part was kept */
    RECORD_SEEN_UNFINISHED /* it was cut off, or is still at work */
} record_seen;
/** The newest import of a file with that SHA-256 into `entity` of those before run `before` that
 * nobody took back; `*ret_number` is its number, 0 when there was none. */
pb_status record_run_seen(db_session *session, const model_entity *entity, const uint8_t hash[32],
                          int64_t before, int64_t *ret_number, record_seen *ret_seen,
                          pb_error *err);
/** Takes NULL, returns NULL. */
record_run *record_run_close(record_run *run);

#endif
