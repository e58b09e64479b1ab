/* What the parts of a merge share.
 *
 *   load ─► order (survivor first) ─► choose (field by field) ─► notes ─► write: events, rows, keys
 *                                                                 later, once for all: links
 */
#ifndef RECORD_MERGE_INTERNAL_H
#define RECORD_MERGE_INTERNAL_H

#include "internal.h"
#include "record/merge.h"

/** A remark about a value of a side, as stored. */
typedef struct merge_note {
    const model_field *field;
    pb_str kind;
    int64_t part;
    pb_str value, problem; /* problem absent: none */
} merge_note;

typedef struct merge_notes {
    merge_note *items;
    size_t count, capacity;
} merge_notes;

/** One of the records that are one. All of it lives in the group's arena. */
typedef struct merge_side {
    layout_head head;
    pb_value *cells;
    pb_uuid *links;  /* by field: the record that a link leads to */
    size_t filled;   /* fields with a value */
    int64_t *set_us; /* by field: when its value was set; NULL until asked for */
    pb_str source;   /* the file it came from; absent: entered, or not asked for yet */
    bool source_known;
} merge_side;

typedef struct merge_group {
    record_writer *writer;
    plan *p;
    pb_arena *arena;
    merge_side *sides; /* the survivor first */
    size_t count;
    const record_merge_group *asked;
    record_merge_field *fields;  /* by field */
    pb_value *cells;             /* the survivor's, as they will be */
    merge_notes *before, *after; /* by field: the survivor's remarks, where they change */
} merge_group;

/* merge_load.c */
/** Loads the records of a group, finds or checks the survivor, puts it first. */
pb_status merge_load(merge_group *g, pb_error *err);
/** When the values of a side were set, by field. */
pb_status merge_times(merge_group *g, merge_side *side, pb_error *err);
/** The remarks about a field of a row; in `arena`. */
pb_status merge_notes_of(record_writer *writer, const plan *p, int64_t n, const model_field *field,
                         pb_arena *arena, merge_notes *ret_notes, pb_error *err);
/** True when a side has a value of its own for a field. */
bool merge_has(const merge_group *g, const merge_side *side, const model_field *field);
/** True when two sides say the same of a field. */
bool merge_same(const merge_group *g, const merge_side *a, const merge_side *b,
                const model_field *field);
/** Number of columns of a field. */
size_t merge_width(const model_field *field);

/* merge_rules.c */
/** Which of two sides has the better value, by the field's rule: above 0 the first, below 0 the
 * second, 0 neither; `*ret_why` what decided. */
pb_status merge_compare(merge_group *g, const model_field *field, merge_side *a, merge_side *b,
                        int *ret_order, const char **ret_why, pb_error *err);
/** How strictly a side answers a consent: 0 it says nothing. */
int merge_strictness(const merge_group *g, const merge_side *side, const model_field *field);

/* merge_choose.c */
/** Chooses every field: g->fields, g->cells. */
pb_status merge_choose(merge_group *g, pb_error *err);

/* merge_notes.c */
/** What becomes of the survivor's remarks and further values: g->before, g->after. */
pb_status merge_gather_notes(merge_group *g, pb_error *err);
/** Puts remarks about a field of a row in place of those that are there. */
pb_status merge_put_notes(record_writer *writer, plan *p, int64_t n, const model_field *field,
                          const merge_notes *notes, pb_error *err);
bool merge_notes_eq(const merge_notes *a, const merge_notes *b);

/* merge_event.c */
/** What a merge event says besides columns. */
typedef struct merge_kept {
    pb_uuid *ids; /* the survivor's place is empty, then those merged into it */
    size_t count;
    struct merge_kept_field {
        pb_str field;
        int from;
        pb_str why;
    } * fields;
    size_t field_count;
    struct merge_kept_notes {
        const model_field *field;
        merge_notes before, after;
    } * notes; /* by field */
} merge_kept;
pb_status merge_write_event(const merge_group *g, pb_buf *out, pb_error *err);
/** Reads it back; PB_CORRUPT. Texts are slices of `bytes`. */
pb_status merge_read_event(const model_entity *entity, pb_str bytes, pb_arena *arena,
                           merge_kept *ret_kept, pb_error *err);

/* merge_links.c */
/** Asked now and then while links are moved: PB_CANCELLED when it is to stop. */
pb_status merge_go_on(record_undo_progress progress, void *context, uint64_t done, uint64_t total,
                      pb_error *err);
/** Lets every link to a record of the entity that was merged point to its survivor. */
pb_status merge_move_links(record_writer *writer, const model_entity *entity, pb_arena *arena,
                           const record_merge_told *told, record_undo_progress progress,
                           void *context, uint64_t *count, pb_error *err);

/** One merge that still holds. */
typedef struct merge_held {
    const model_entity *entity;
    uint64_t event;
    pb_uuid survivor;
    pb_uuid *gone;
    size_t gone_count;
    bool kept; /* it cannot be taken apart */
} merge_held;

typedef struct unmerging {
    record_writer *writer;
    uint64_t first, last;         /* merges with an event of these are taken apart */
    uint64_t run_first, run_last; /* events of the run they belong to */
    uint64_t own_first;           /* event of the taking apart itself */
    record_undo_told told;        /* with `context` */
    const record_merge_told *links;
    record_undo_progress progress;
    void *context;
    record_unmerge_counts counts;
    pb_arena *arena;    /* as long as the unmerging */
    pb_arena *row;      /* of one record */
    merge_held *merges; /* newest first */
    size_t merge_count, merge_capacity;
    pb_map *gone; /* entity and id of records to come back -> 1 + position of their merge */
    struct merge_span {
        uint64_t first, last;
    } * spans; /* runs of merges, of taking them apart and back: nobody's work */
    size_t span_count, span_capacity;
} unmerging;

/* unmerge_find.c */
/** Finds the merges, and those among them that cannot be taken apart, which are told. */
pb_status unmerge_find(unmerging *u, pb_error *err);
/** True for events of a run that merged, took apart, or took back. */
bool unmerge_is_moving(const unmerging *u, uint64_t sequence);
/** The merge that a record went away in, if it is one of those to be taken apart; NULL. */
const merge_held *unmerge_of(const unmerging *u, const model_entity *entity, pb_uuid id);
pb_status unmerge_keep(unmerging *u, const model_entity *entity, pb_uuid id,
                       const model_field *field, const char *says, pb_error *err);

/* unmerge_links.c */
/** Lets links point back that the merges moved and nobody touched since. */
pb_status unmerge_links(unmerging *u, pb_error *err);

/* unmerge.c */
/** Takes all merges apart that still hold and whose events lie in [u->first, u->last]. */
pb_status unmerge_events(unmerging *u, pb_error *err);

/* unmerge_run.c */
/** As record_undo of a run that merged, or that took merges apart; `*ret_is` false: it is another
 * kind of run, and nothing was done. */
pb_status unmerge_undo(record_writer *writer, const record_run_info *run, record_undo_told told,
                       record_undo_progress progress, void *context, bool *ret_is,
                       record_undo_counts *ret_counts, int64_t *ret_number, pb_error *err);

#endif
