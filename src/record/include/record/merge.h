/* Merging records that describe the same thing, and taking a merge apart again.
 *
 * One record survives; of every field the model says whose value wins (`survive`, see model's
 * README), or the caller does. The others are absorbed: they stay as they were, hidden, and their
 * id, source id and names lead to the survivor. What linked to them links to the survivor. All
 * merges of one merger are one run, which record_undo takes back as a whole; record_unmerge takes
 * one merge apart. What comes back, and what stays, is said in doc/decisions.
 *
 * Refuses: deciding which records are one (match and people do); merging records of two entities.
 * Threads: as record_writer.
 */
#ifndef RECORD_MERGE_H
#define RECORD_MERGE_H

#include "record/undo.h"

/** The record that one leads to now, over all merges; itself when it was not merged. */
pb_status record_survivor(db_session *session, const model_entity *entity, pb_uuid id,
                          pb_uuid *ret_id, pb_error *err);

/** A choice by hand: the field's value comes from that record. */
typedef struct record_merge_take {
    const model_field *field;
    pb_uuid from;
} record_merge_take;

/** Records that are one. */
typedef struct record_merge_group {
    const model_entity *entity;
    const pb_uuid *ids;
    size_t count;
    const pb_uuid *into; /* the survivor; NULL: chosen by what the records hold, the same whatever
                            the order of `ids` */
    const record_merge_take *takes;
    size_t take_count;
} record_merge_group;

enum { RECORD_MERGE_NONE = -1, RECORD_MERGE_SEVERAL = -2 };

/** What became of one field. */
typedef struct record_merge_field {
    const model_field *field;
    int from;        /* position in record_merge.records, or none of them has a value, or several
                        values were put together */
    const char *why; /* a word: only, same, hand, with, kept, agreed, verified, or the name of the
                        rule that decided; record_merge_says tells it to people */
    bool changed;    /* the survivor's value is another than before */
    bool differs;    /* the records say different things */
    bool conflict;   /* and what they say names one thing each, such as a tax number */
    size_t more;     /* further values that were put beside it */
} record_merge_field;

/** One merge, told after it was written. All of it lives until the call returns. */
typedef struct record_merge {
    const model_entity *entity;
    const record_data *records; /* as they were, the survivor first */
    size_t count;
    const record_data *after;         /* the survivor as it is now */
    const record_merge_field *fields; /* in order of the entity */
    uint64_t event;                   /* of the survivor */
} record_merge;

/** A link that pointed to a record that is gone and points to its survivor now, or points back. */
typedef struct record_merge_link {
    const model_field *field;
    pb_uuid id; /* of the record that holds the link */
    pb_uuid from, to;
    bool deleted; /* the record that holds it is hidden */
} record_merge_link;

typedef struct record_merge_told {
    pb_status (*merge)(void *context, const record_merge *merge, pb_error *err); /* may be NULL */
    pb_status (*link)(void *context, const record_merge_link *link,
                      pb_error *err); /* may be NULL */
    void *context;
} record_merge_told;

typedef struct record_merge_counts {
    uint64_t merges, absorbed, links;
    uint64_t changed;   /* values of survivors that are others than before */
    uint64_t differing; /* fields of which the records said different things */
    uint64_t conflicts;
} record_merge_counts;

/** Records that one merge takes. */
enum { RECORD_MERGE_MOST = 1000 };

typedef struct record_merger record_merger;

/** Begins a run of merges with a writer whose transaction it is. Owner: the caller,
 * record_merger_close. */
pb_status record_merger_open(record_writer *writer, const record_merge_told *told,
                             record_merger **ret_merger, pb_error *err);
/** Merges one group. PB_INVALID: fewer than two records, or one of them twice, or a take that names
 * none of them; PB_NOT_FOUND: no such record, or deleted; PB_CONFLICT: merged already. After these
 * the merger can go on. O(fields × records + events of the records). */
pb_status record_merger_merge(record_merger *merger, const record_merge_group *group,
                              pb_error *err);
/** Moves the links, ends the writer, and ends the run; `about` is what decided that the records are
 * one. `*ret_number` 0: nothing was merged. One pass over each table that links to them. */
pb_status record_merger_finish(record_merger *merger, pb_str about, record_undo_progress progress,
                               void *context, record_merge_counts *ret_counts, int64_t *ret_number,
                               pb_error *err);
/** Takes NULL, returns NULL. */
record_merger *record_merger_close(record_merger *merger);
/** What a word of record_merge_field.why means, as English message id. */
const char *record_merge_says(pb_str why);

typedef struct record_unmerge_counts {
    uint64_t merges;   /* taken apart */
    uint64_t restored; /* records that are back */
    uint64_t links;    /* that point to them again */
    uint64_t kept;     /* records, or values, that stay as they are */
} record_unmerge_counts;

/** Takes the merge apart that `id` is part of: the one that absorbed it, else the newest that it
 * survived. Ends the writer, and ends the unmerging as a run of its own: as the undoing of the
 * merge's run when that holds no other merge. `told` hears what could not be put back and why,
 * `links` (may be NULL) of the links that go back. PB_NOT_FOUND: the record was never merged, or
 * that was taken apart. PB_CONFLICT: a later merge stands on it, which must be taken apart first,
 * or the survivor was deleted. */
pb_status record_unmerge(record_writer *writer, const model_entity *entity, pb_uuid id,
                         record_undo_told told, const record_merge_told *links,
                         record_undo_progress progress, void *context,
                         record_unmerge_counts *ret_counts, int64_t *ret_number, pb_error *err);

#endif
