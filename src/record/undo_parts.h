/* What taking a run back shares: what happened to a record, and putting it back. */
#ifndef RECORD_UNDO_PARTS_H
#define RECORD_UNDO_PARTS_H

#include "internal.h"
#include "record/undo.h"

/** Events that stand next to each other, `event` the last of them. */
typedef struct span {
    uint64_t first, event;
} span;

/** In ascending order. */
typedef struct spans {
    span *items;
    size_t count, capacity;
} spans;

/** What became of one column. */
typedef struct column_story {
    bool in_run, since; /* changed by the run, changed after it */
    bool closed;        /* changed by others between two parts of the run: older is not looked at */
    pb_value before;    /* as it was before the run */
    pb_value after;     /* as the run left it */
} column_story;

/** What became of one record, from its events, newest first. */
typedef struct story {
    bool created;              /* by the run */
    bool touched, was_deleted; /* the run deleted it or brought it back; as it was before */
    bool changed;              /* the run changed values */
    bool since;                /* anything happened after the run */
    bool met;                  /* an event of the run was met */
    bool others;               /* and one of others before it */
    bool between;              /* others worked on it between two parts of the run */
    column_story *columns;     /* by column of the layout */
} story;

typedef struct undoing {
    record_writer *writer;
    const record_run_info *run;
    record_undo_told told;
    record_undo_progress progress;
    void *context;
    record_undo_counts counts;
    pb_arena *seen_arena, *event_arena, *story_arena;
    pb_map *seen;   /* ids of records that were looked at */
    uint64_t first; /* first event of the undoing itself */
    spans own;      /* events of the run: one piece, or that of each part of it */
    spans undone;   /* later runs that were taken back, and the taking back: nobody's work */
    struct relinked {
        const model_field *field;
        pb_uuid id;
    } * relinked; /* links that were put back */
    size_t relinked_count, relinked_capacity;
    /* How far it is: first values (0), then what was made (1), then links that were put back (2).
     */
    int stage;
    uint64_t at;
    uint64_t records; /* looked at */
    uint64_t attempt,
        kept_attempt; /* of parts: what a part that failed looked at is looked at again */
} undoing;

/* undo_story.c */
/** Adds the events of a run: one piece, or that of each part of it. */
pb_status undo_add_run(undoing *u, db_session *session, spans *list, int64_t run, span whole,
                       pb_error *err);
/** Those of its parts that end in `within`. */
pb_status undo_add_parts(undoing *u, db_session *session, spans *list, int64_t run, span within,
                         pb_error *err);
/** Later runs that were taken back, and their taking back. */
pb_status undo_load_undone(undoing *u, db_session *session, pb_error *err);
bool undo_is_in(const spans *list, uint64_t sequence);
/** Others' work: not of a run that was taken back, nor of the undoing. */
bool undo_is_since(const undoing *u, uint64_t sequence);
/** Columns of one field stand next to each other: an amount and its currency are one value. */
size_t undo_columns_end(const plan *p, size_t from);
/** Walks a record's events back to the beginning of the run. */
pb_status undo_read_story(undoing *u, const plan *p, uint64_t newest, story *ret_story,
                          pb_error *err);

/* undo.c */
/** How much of a run is taken back at once; zeros: all of it. */
typedef struct undo_share {
    size_t records, events;
} undo_share;
/** Goes on from where it is; `*ret_done`: to the end. */
pb_status undo_go_on(undoing *u, undo_share share, bool *ret_done, pb_error *err);
/** What the run had undone itself holds again. */
pb_status undo_hold_again(db_session *session, int64_t run, pb_error *err);
pb_status undo_refuse_twice(int64_t run, pb_error *err);

/* undo_record.c */
/** Takes back what the run did to one record: `created`, those that it made; else the others. */
pb_status undo_record(undoing *u, const model_entity *entity, pb_uuid id, bool created,
                      pb_error *err);

#endif
