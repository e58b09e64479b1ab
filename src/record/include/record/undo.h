/* Taking a run back: what an import or a correction did to records is undone, as far as nobody
 * worked on them since.
 *
 * A run is one transaction, so its events stand next to each other in the log; or (an import of
 * many) several, each of which says by an event `import.slice` where it began: what others wrote in
 * between is theirs. A record that the run made is deleted, one that it deleted comes back, a value
 * that it changed gets what it was before; a reference to a record that goes is text again. What
 * was changed since stays as it is and is told. Values of fields without history (`history: {keep:
 * false}`) are not known any more and stay. Refuses: undoing half-way; forgetting that it happened
 * (the undoing is a run of its own, which can be taken back as well). Threads: as record_writer.
 */
#ifndef RECORD_UNDO_H
#define RECORD_UNDO_H

#include "record/record.h"

/** A run as it stands in the workspace. Texts live until the call they are given to returns. */
typedef struct record_run_info {
    int64_t number; /* of its first file */
    int64_t at_us;
    pb_str actor;
    pb_str kind;      /* import, unfinished (an import that is at work, or ended half-way), partial
                         (one that ended so, and what it wrote was kept), fix, merge, unmerge, convert,
                         undo, undoing (one that is at work, or was cut off) */
    pb_str about;     /* names of the files, id of the control, what decided which records are
                         one, id of the record converted, number of the run taken back or of which
                         merges were */
    uint64_t records; /* imported, changed or put back */
    uint64_t first, event; /* its events: from `first` up to the closing one, `event` */
    bool undone;
} record_run_info;

typedef pb_status (*record_run_each)(void *context, const record_run_info *run, pb_error *err);
/** Calls `each` for every run, newest first. */
pb_status record_run_list(db_session *session, record_run_each each, void *context, pb_error *err);
/** The run of that number, or one of whose files has it; texts live in `arena`. PB_NOT_FOUND. */
pb_status record_run_find(db_session *session, int64_t number, pb_arena *arena,
                          record_run_info *ret_run, pb_error *err);

/** Ends a run that read no files, begun when ledger_next gave `first`: `kind` fix (`about` is the
 * control), merge, convert (the id of the record), or unmerge and undo (the number of the run).
 * Appends its event. */
pb_status record_run_end(db_session *session, ledger_actor actor, int64_t now_us, const char *kind,
                         pb_str about, uint64_t first, uint64_t records, uint64_t kept,
                         int64_t *ret_number, pb_error *err);

typedef struct record_undo_counts {
    uint64_t deleted, restored; /* records */
    uint64_t changed;           /* records that got values back */
    uint64_t unmerged, merged;  /* merges taken apart, and merged again */
    uint64_t links;             /* that point to where they pointed before these */
    uint64_t kept;              /* records, or values, that stay as they are */
} record_undo_counts;

/** What stays as it is. */
typedef struct record_undo_kept {
    const model_entity *entity;
    pb_uuid id;
    const model_field *field; /* NULL: the record */
    pb_str says;              /* why: English message id */
} record_undo_kept;
typedef pb_status (*record_undo_told)(void *context, const record_undo_kept *kept, pb_error *err);
/** Told now and then; true stops: PB_CANCELLED, the transaction must be rolled back. */
typedef bool (*record_undo_progress)(void *context, uint64_t done, uint64_t total);

/** Takes back what a run did, ends the writer (record_writer_finish), and ends the undoing as a run
 * of its own. A run that was taken back already is PB_CONFLICT. O(events of the run). Of a run that
 * merged, all merges are taken apart that nothing stands on (record/merge.h); of one that took
 * merges apart, they are merged again, which is a run of merges. */
pb_status record_undo(record_writer *writer, const record_run_info *run, record_undo_told told,
                      record_undo_progress progress, void *context, record_undo_counts *ret_counts,
                      int64_t *ret_number, pb_error *err);

/** A run that is taken back in many transactions, so that others write in between: each says by an
 * event `import.slice` what is its own. From the first on the run counts as taken back, and the
 * undoing is a run of kind `undoing`, which becomes `undo` at its end. One that was cut off is gone
 * on with by taking the run back once more. Runs of merges are taken back in one part. Threads: one
 * object, one thread. */
typedef struct record_undoing record_undoing;
/** Looks what run `number` did, in a snapshot: O(its events) where it was written in parts.
 * `rehearse`: every part is to be rolled back. Errors as record_undo. Owner: the caller,
 * record_undoing_close. */
pb_status record_undoing_open(db_session *snapshot, int64_t number, bool rehearse,
                              record_undo_told told, record_undo_progress progress, void *context,
                              record_undoing **ret_undoing, pb_error *err);
/** The next part, in a transaction of its own: some records. Ends the writer. A transaction
 * that is done again begins where it began; record_undoing_kept says that it was committed (or, of
 * a rehearsal, rolled back). `*ret_done`: it is the last. */
pb_status record_undoing_part(record_undoing *undoing, record_writer *writer, bool *ret_done,
                              pb_error *err);
void record_undoing_kept(record_undoing *undoing);
/** Whether a part of it was written: what is left is a run that is taken back half-way. */
bool record_undoing_begun(const record_undoing *undoing);
const record_run_info *record_undoing_run(const record_undoing *undoing);
/** What it did since it was opened, and the number of the undoing (of a rehearsal 0). */
record_undo_counts record_undoing_counts(const record_undoing *undoing);
int64_t record_undoing_number(const record_undoing *undoing);
/** Takes NULL, returns NULL. */
record_undoing *record_undoing_close(record_undoing *undoing);

#endif
