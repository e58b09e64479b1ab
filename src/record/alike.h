/* What a writer needs to tell whether two records of an entity are likely one: the fields compared,
 * the keys they are found by, and the weights, learned or supposed. */
#ifndef RECORD_ALIKE_H
#define RECORD_ALIKE_H

#include "layout.h"
#include "likeness/likeness.h"
#include "record/record.h"

/** Keys of one record that are filed, and that are looked for: the most selective ones. Each costs
 * a page or two. */
enum { ALIKE_FILED = 7, ALIKE_ASKED = 10 };

/** Hashes of the keys of one record, each once, the most selective first: it is filed under the
 * first `filed` and looked for by the first `asked`. */
typedef struct alike_hashes {
    int64_t hash[ALIKE_ASKED];
    size_t filed, asked;
} alike_hashes;

typedef struct alike {
    const model_entity *entity;
    likeness_fields fields;         /* all that are declared: by them keys are made, for good */
    match_model *key_model, *model; /* `model`: what was learned, else the same */
    match_scorer *keyer, *scorer;
    const model_field *compared[LIKENESS_FIELDS]; /* by column of `model` */
    match_kind kinds[LIKENESS_FIELDS];
    size_t at[LIKENESS_FIELDS]; /* by column of `model`: position in `fields` */
    size_t count;
    bool names_only;
    bool calibrated;
    double slope, shift; /* of the log-odds, from decisions */
    int64_t code;        /* of the entity in match_key; 0: none yet */
    int64_t upto;        /* records up to this n are filed */
    int64_t waiting;     /* keys under minus `code`, at most; below 0: not known */
    int64_t moved_to;    /* the hash behind those that were moved last */
    int64_t stamp;       /* tells one learned model from the next */
    int64_t print;       /* of `fields` and of how many keys are filed */
    bool fresh;          /* kept: mirrors what is stored */
    bool marking;        /* kept: `upto` is still to be stored */
} alike;

/** Of an entity with nothing to compare: NULL in `*ret`, PB_OK. Owner: the caller, alike_free. */
pb_status alike_open(db_session *session, const model_entity *entity, alike **ret, pb_error *err);
alike *alike_free(alike *a);
/** The same, kept with the workspace, for those who write; what is stored is looked at again after
 * a rollback, and when somebody else wrote. */
pb_status alike_kept(db_session *session, const model_entity *entity, alike **ret, pb_error *err);
/** Has `upto` of a kept one stored when the work is done. */
pb_status alike_mark(db_session *session, alike *kept, pb_error *err);

/** Texts of a row by field compared: `ret_texts` has room for LIKENESS_FIELDS. They live in
 * `arena`. */
pb_status alike_texts(const alike *a, const layout *lay, model_reader *reader,
                      const pb_value *cells, pb_arena *arena, pb_str *ret_texts, pb_error *err);
/** The same of a record that was read. */
pb_status alike_record_texts(const alike *a, const record_data *record, model_reader *reader,
                             pb_arena *arena, pb_str *ret_texts, pb_error *err);
pb_status alike_keys(const alike *a, const pb_str *texts, alike_hashes *ret, pb_error *err);
/** Compares a record with `count` others, `others[i]` being texts by field. */
pb_status alike_compare(const alike *a, const pb_str *texts, const pb_str *const *others,
                        size_t count, pb_arena *arena, match_comparison *ret, pb_error *err);
/** How sure it is that two records are one: what the model says, calibrated where decisions were
 * made; 0 where something speaks against it. */
double alike_sure(const alike *a, const pb_str *left, const pb_str *right,
                  const match_comparison *comparison);
/** The columns of the model of a record: `ret_texts` has room for LIKENESS_FIELDS. */
void alike_columns(const alike *a, const pb_str *texts, pb_str *ret_texts);

/* --- the index, match_index.c and match_fresh.c --- */

/** The entity gets its code; what was filed by fields no longer compared goes. While `upto` is 0.
 */
pb_status match_index_begin(db_session *session, alike *a, pb_error *err);
/** The hashes of a live record, filed or taken out. Now and then some thousand others are put in
 * order with them. */
pb_status match_index_put(db_session *session, alike *a, const int64_t *hashes, size_t count,
                          int64_t n, pb_error *err);
pb_status match_index_take(db_session *session, const alike *a, const int64_t *hashes, size_t count,
                           int64_t n, pb_error *err);
/** Files what is not filed yet, sorted; the entity gets its code at first. */
pb_status match_index_complete(db_session *session, alike *a, const layout *lay,
                               model_reader *reader, pb_error *err);
/** Remembers up to where records are filed. */
pb_status match_index_mark(db_session *session, const alike *a, pb_error *err);
/** Records that share keys with these, those with most and rarest first, at most `most`; not
 * `self`, and none that shares but one key, a common one. */
pb_status match_index_find(db_session *session, const alike *a, const alike_hashes *hashes,
                           int64_t self, size_t most, pb_arena *arena, int64_t **ret_ns,
                           size_t *ret_count, pb_error *err);

#endif
