/* What the parts of a writer share. */
#ifndef RECORD_INTERNAL_H
#define RECORD_INTERNAL_H

#include "base/map.h"
#include "db/lists.h"
#include "keyset.h"
#include "known.h"
#include "layout.h"
#include "model/expr.h"
#include "record/likely.h"
#include "record/undo.h"

/** A reference that found no record: the id its record will get. */
typedef struct promise {
    struct plan *target;
    pb_str text;     /* as first written */
    uint32_t number; /* 1 + its position among the writer's */
    pb_uuid id;
    pb_uuid kept_by; /* once kept: the record; another id than `id` when two promises meant one
                        record */
    bool stored;     /* has a row in link_promise, made by an earlier import */
    bool kept;
} promise;

/** A value that refers to a promise made or met by this writer. */
typedef struct pending {
    const model_field *field;
    promise *promise;
    int64_t n;
    const pb_str *text; /* the reference as this row has it; NULL: as the promise has it */
} pending;

/** There may be one for every row: they are kept in blocks, which never move. */
typedef struct pending_block {
    struct pending_block *next;
    size_t count;
    pending items[1000];
} pending_block;

/** A remark about a value, on its way to value_note. */
typedef struct note {
    const char *field;
    const char *kind; /* bad, restyled, more, unresolved */
    pb_str value;
    const char *problem; /* NULL: none */
} note;

/** How records of one entity are found by what they are called. */
typedef struct key_index {
    const layout *lay;
    const model_field **keys; /* key fields that are no links */
    size_t key_count;
    keyset set;      /* keys of records made by this writer, not yet in record_key */
    bool filed;      /* record_key may have rows of this entity */
    bool spilled;    /* some of them made by this writer */
    int64_t first_n; /* rows up to here were there before this writer */
    int64_t part_n;  /* rows behind this one, of the runs from part_first up to before part_next, */
    int64_t part_first, part_next; /* are of an earlier part of the writer's run; 0, 0: none are */
    pb_value *probe;               /* cells of a row looked at in passing */
} key_index;

/** What a writer keeps about one entity: statements made once, keys, promises. */
typedef struct plan {
    const layout *lay;
    const model_entity *entity;
    bool used;
    struct alike *alike; /* NULL: nothing of the entity is compared, or not asked for yet */
    bool alike_known;
    bool filed_more;                    /* the index reaches further than is remembered */
    known_entity *known;                /* NULL: nothing is remembered */
    uint64_t created;                   /* records made by this writer */
    bool lists_off;                     /* its indexes of lists are made when all is there */
    uint64_t looked, suspected, paired; /* by the gate: records, likely duplicates, new pairs */
    int64_t last_n;
    db_stmt *insert, *update;
    key_index index;
    pb_arena *ref_arena;
    pb_map *refs; /* reference text -> 1 + position in ref_hits */
    struct ref_hit {
        pb_uuid id;
        bool ambiguous;
    } * ref_hits;
    size_t ref_count, ref_capacity;
    bool merged;     /* records of it were merged when this writer began */
    pb_map *led;     /* source ids of rows that led to a survivor; NULL: none did */
    keyset promised; /* '=' text, '~' folded text -> 1 + position of the open promise */
    size_t open_promises;
    struct record_matcher *matcher; /* kept up to date with the keys; NULL: none */
    pb_value *cells;                /* of the row at work */
    pb_value *before;               /* a change: as it was */
    pb_value *values;               /* by field, for rules */
    pb_uuid *links;                 /* by field: bytes behind the link cells */
    bool *bound;                    /* by column: the insert's parameter is not null */
    uint8_t *given;                 /* by field: has come in already */
    size_t *country; /* by field: column that says by which country it is read, SIZE_MAX: none */
} plan;

struct record_writer {
    db_session *session;
    const model_schema *schema;
    ledger_actor actor;
    int64_t now_us;
    model_days days;
    record_policy policy;
    pb_arena *arena; /* as long as the writer */
    pb_arena *row;   /* as long as a row */
    model_reader *reader;
    plan *plans; /* by entity index */
    pb_buf payload, tokens, folded, other;
    record_problem *problems;
    size_t problem_count, problem_capacity;
    note *notes;
    size_t note_count, note_capacity;
    pending_block *pendings, *last_pendings;
    promise **promises;
    size_t promise_count, promise_capacity;
    bool stored_kept; /* a promise of an earlier import was kept */
    uint64_t unresolved;
    uint64_t resolved; /* of those that earlier parts of the run counted */
    keyset *counted;   /* what all parts counted as unresolved; NULL: the run has but one */
    uint64_t noted;    /* values kept although not valid */
    struct {
        uint8_t bytes[4096];
        size_t used, filled;
        uint32_t counter;
        int64_t us;
    } ids;
    record_gate gate;
    record_likely *likely; /* of the record in hand, see gate.c */
    struct gate_match *matches;
    const struct gate_keys *keys; /* of the record in hand as it was looked for; NULL: it was not */
    size_t likely_count, match_count;
    bool led; /* the row in hand went to the survivor of a merge */
    uint64_t suspected;
    record_later *later; /* see gate_later.c */
    size_t later_count, later_capacity;
    bool last;   /* nothing is written or searched for afterwards */
    bool broken; /* a write failed half-way: the transaction must not commit */
    bool finished;
};

/* writer.c */
/** Makes a writer's working memory; session, schema, days and policy are set. */
pb_status writer_parts(record_writer *writer, pb_error *err);
/** Makes what reading inputs of an entity needs: no statement yet. */
pb_status writer_cells(record_writer *writer, plan *p, const model_entity *entity, pb_error *err);
/** The plan of an entity, made ready at first use. */
pb_status writer_plan(record_writer *writer, const model_entity *entity, plan **ret_plan,
                      pb_error *err);
/** Forgets the row before; refuses a writer that is broken or finished. */
pb_status writer_begin_row(record_writer *writer, pb_error *err);
/** Marks the writer broken unless all went well. */
pb_status writer_end_row(record_writer *writer, pb_status status);
pb_status writer_new_id(record_writer *writer, pb_uuid *ret_id, pb_error *err);

/* input.c */
/** Reads inputs into plan->cells; problems and notes are gathered in the writer. */
pb_status input_read(record_writer *writer, plan *p, const record_input *inputs, size_t count,
                     pb_error *err);
/** Required fields and essential rules (RECORD_STRICT). */
pb_status input_check(record_writer *writer, plan *p, pb_error *err);
pb_status input_problem(record_writer *writer, const model_field *field, pb_str value, pb_str says,
                        pb_error *err);
/** PB_INVALID from the problems gathered, PB_OK when there are none. */
pb_status input_verdict(record_writer *writer, plan *p, const record_problem **ret_problems,
                        size_t *ret_count, pb_error *err);
/** Makes well-formed UTF-8 of a text. */
pb_status input_clean(record_writer *writer, pb_str *text, pb_error *err);

/* keys.c */
enum { KEY_SOURCE = 0 }; /* kind of a key: the source's own id; 1+i: key field i */
/** Files a row's keys; `cells` in order of the layout. */
pb_status keys_add(record_writer *writer, plan *p, int64_t n, pb_str source_id,
                   const pb_value *cells, pb_error *err);
pb_status keys_remove(record_writer *writer, plan *p, int64_t n, pb_str source_id,
                      const pb_value *cells, pb_error *err);
/** Writes what is only in memory to record_key. */
pb_status keys_flush(record_writer *writer, plan *p, pb_error *err);
/** True in `*ret_twice` when this writer made a record with this source id before. */
pb_status keys_source_seen(record_writer *writer, plan *p, pb_str source_id, bool *ret_twice,
                           pb_error *err);
/** The survivor of a record with this source id that was merged away, and the row of that record.
 */
pb_status keys_merged_source(record_writer *writer, plan *p, pb_str source_id, bool *ret_found,
                             pb_uuid *ret_id, int64_t *ret_gone, pb_error *err);
/** Whether another record than the survivor answers to a source id. */
pb_status keys_source_elsewhere(record_writer *writer, plan *p, pb_str source_id, pb_uuid survivor,
                                bool *ret_elsewhere, pb_error *err);
/** What a text finds as id, source id or key: 0, 1 or 2 (several) records; the first of them. */
pb_status keys_find(db_session *session, model_reader *reader, const key_index *index, pb_str text,
                    int *ret_count, pb_uuid *ret_id, pb_error *err);
/** A value as it is compared: folded, in `out`, which is emptied first. */
void keys_fold(model_reader *reader, const model_field *field, pb_value value, pb_buf *out);
/** The same for one kind of key (of a field: folded): 0, 1 or 2 (several) records. `exact` (may be
 * absent): which the value also is, but for the case of ASCII letters. `*ret_led`: by what one that
 * was merged away is called. Records that `eyes` (NULL: all are seen) do not see are not there. */
pb_status keys_called(db_session *session, model_reader *reader, const key_index *index,
                      unsigned kind, pb_str text, pb_str exact, const record_eyes *eyes,
                      int *ret_count, pb_uuid *ret_id, bool *ret_led, pb_error *err);
/** Key fields, room for a probe; in `arena`. */
pb_status keys_index(const layout *lay, pb_arena *arena, key_index *ret_index, pb_error *err);

/* gate.c */
/** Looks for likely duplicates of what stands in plan->cells, a record that is not there yet
 * (`head` NULL) or the one of `head`; a refusal becomes a problem of the record. */
pb_status gate_check(record_writer *writer, plan *p, const layout_head *head, pb_str source_id,
                     pb_error *err);
/** Puts what gate_check found into the review queue. */
pb_status gate_note(record_writer *writer, plan *p, pb_uuid id, pb_str source_id, pb_error *err);
/** Keeps the index: a record that is new or back, one whose values changed, one that goes. */
pb_status gate_file(record_writer *writer, plan *p, int64_t n, const pb_value *cells,
                    pb_error *err);
pb_status gate_refile(record_writer *writer, plan *p, int64_t n, pb_error *err);
pb_status gate_unfile(record_writer *writer, plan *p, int64_t n, const pb_value *cells,
                      pb_error *err);
pb_status gate_finish(record_writer *writer, plan *p, pb_error *err);
/** Forgets what was found for the record before. */
void gate_forget(record_writer *writer);

/* links.c */
/** Resolves the references that came in for row `n`: fills their id cells; makes or meets promises;
 * notes what is ambiguous. */
pb_status links_resolve(record_writer *writer, plan *p, int64_t n, pb_error *err);
/** The id a new record takes: a promised one when one of its keys was promised. */
pb_status links_new_id(record_writer *writer, plan *p, pb_str source_id, const pb_value *cells,
                       pb_uuid *ret_id, pb_error *err);
/** Marks promises that `id` keeps, after its keys changed. */
pb_status links_keep_promises(record_writer *writer, plan *p, pb_str source_id,
                              const pb_value *cells, pb_uuid id, pb_error *err);
/** Loads the open promises of an entity from the table. */
pb_status links_load(record_writer *writer, plan *p, pb_error *err);
/** Notes what stays unresolved, stores promises, mends links of kept ones. */
pb_status links_finish(record_writer *writer, pb_error *err);
/** Forgets what texts were found to mean: a target's keys changed. */
void links_forget_refs(plan *p);

/* promises.c */
/** The open promise filed under a text: '=' the very text, '~' its folded form. NULL: none. */
pb_status promise_find(record_writer *writer, const plan *target, char kind, pb_str text,
                       promise **ret_promise, pb_error *err);
pb_status promise_add(record_writer *writer, plan *target, pb_str text, pb_uuid id, bool stored,
                      promise **ret_promise, pb_error *err);
/** The record of this id is the one that was promised. */
pb_status promise_keep(record_writer *writer, promise *kept, pb_uuid id, pb_error *err);
/** Remembers that a field of row `n` refers to the promise. */
pb_status promise_await(record_writer *writer, const model_field *field, int64_t n,
                        promise *awaited, pb_str text, pb_error *err);
/** Drops what waits for a field of a row that changes again. */
void promise_forget(record_writer *writer, int64_t n, const model_field *field);

/* run.c */
/** Says that a run was taken back by run `by`. */
pb_status run_mark_undone(db_session *session, const record_run_info *run, int64_t by,
                          pb_error *err);
/* runs.c */
/** The event that ends a run; see record_run_end. */
pb_status run_append_end(db_session *session, ledger_actor actor, int64_t now_us, const char *kind,
                         pb_str about, uint64_t first, uint64_t records, uint64_t kept,
                         int64_t number, uint64_t *ret_sequence, pb_error *err);

/* run.c */
/** Number of the next run. */
pb_status run_next_number(db_session *session, int64_t *ret_number, pb_error *err);

/* notes.c */
pb_status notes_add(record_writer *writer, const char *field, const char *kind, pb_str value,
                    const char *problem, pb_error *err);
/** Writes the gathered notes of row `n`. */
pb_status notes_write(record_writer *writer, plan *p, int64_t n, pb_error *err);
/** Writes one; `part` tells the notes of a row apart. */
pb_status notes_write_one(record_writer *writer, plan *p, int64_t n, int64_t part,
                          const note *remark, pb_error *err);
/** Removes the notes of a field of a row (kind NULL: all kinds). */
pb_status notes_remove(record_writer *writer, plan *p, int64_t n, const char *field,
                       const char *kind, pb_error *err);

/* payload.c */
/** Payload of a new row: all that is not null. */
pb_status payload_create(record_writer *writer, plan *p, const layout_head *head, pb_error *err);
/** What a payload says besides columns: `deleted`, and what begins with @. */
typedef struct payload_extra {
    pb_str name;
    pb_value before, after;
} payload_extra;
/** Payload of a change from plan->before to plan->cells and of `extras`, in the order of their
 * keys; `*ret_any` false: no column differs. */
pb_status payload_change(record_writer *writer, plan *p, const payload_extra *extras, size_t count,
                         bool *ret_any, pb_error *err);
/** deleted 0 -> 1 or 1 -> 0. */
payload_extra payload_deleted(bool deleted);

/* change.c */
/** The row of `id` into plan->before and plan->cells; PB_NOT_FOUND. */
pb_status change_load(record_writer *writer, plan *p, pb_uuid id, layout_head *ret_head,
                      pb_error *err);
/** Writes what differs between plan->before and plan->cells: row, event, search, keys. */
pb_status change_write(record_writer *writer, plan *p, layout_head *head, bool *ret_any,
                       pb_error *err);
/** Writes an event of that kind with what differs and `extras`, and the row. What finds the row is
 * the caller's to bring up to date (change_refile). */
pb_status change_write_as(record_writer *writer, plan *p, layout_head *head, const char *kind,
                          const payload_extra *extras, size_t count, pb_error *err);
/** Search tokens and keys from plan->before to plan->cells. */
pb_status change_refile(record_writer *writer, plan *p, const layout_head *head, pb_error *err);
/** Hides the row loaded, whatever links to it. */
pb_status change_hide_row(record_writer *writer, plan *p, layout_head *head, pb_error *err);
/** Rows that link to a record through a field; `*ret_rows` lies in `arena`. */
pb_status change_linking_rows(record_writer *writer, const model_field *field, pb_uuid id,
                              pb_arena *arena, int64_t **ret_rows, size_t *ret_count,
                              pb_error *err);
/** As record_restore, inside a row already begun. */
pb_status change_show(record_writer *writer, const model_entity *entity, pb_uuid id, pb_error *err);
/** Sets a link's id without changing its text: a promise turned out to mean another record, or the
 * record was merged. `ret_head` may be NULL. */
pb_status change_repoint(record_writer *writer, plan *p, int64_t n, const model_field *field,
                         pb_uuid id, layout_head *ret_head, pb_error *err);

/* create.c */
/** As record_create, inside a row already begun. */
pb_status create_row(record_writer *writer, const model_entity *entity, const record_input *inputs,
                     size_t count, record_origin origin, pb_uuid *ret_id,
                     const record_problem **ret_problems, size_t *ret_problem_count, pb_error *err);

/* matcher.c */
/** Files a row under what it is known by, in memory. */
pb_status matcher_file(struct record_matcher *matcher, record_writer *writer, int64_t n,
                       const pb_value *cells, pb_error *err);

/* lead.c */
/** Takes the row in plan->cells to the survivor of the record that had its source id, where that
 * was merged away and no value clashes: `*ret_led`. Else plan->cells is as it was. */
pb_status lead_row(record_writer *writer, plan *p, pb_str source_id, bool *ret_led, pb_uuid *ret_id,
                   const record_problem **ret_problems, size_t *ret_problem_count, pb_error *err);
/** Whether a row with this source id led to a survivor before. */
bool lead_was_led(const plan *p, pb_str source_id);

/* search.c */
pb_status search_add(record_writer *writer, plan *p, int64_t n, const pb_value *cells,
                     pb_error *err);
pb_status search_remove(record_writer *writer, plan *p, int64_t n, pb_error *err);

#endif
