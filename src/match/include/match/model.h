/* What a run learned, kept: by it one record is scored against others without looking at the rest
 * (the gate on entry, reviews, explanations), and its keys find the others to compare it with.
 *
 * Arithmetic only, no I/O. Threads: a model may be read by several threads at once; a scorer
 * belongs to one. Refuses: learning (match_run does), deciding what a score means.
 */
#ifndef MATCH_MODEL_H
#define MATCH_MODEL_H

#include "match/match.h"

/** How well two values of one column agree. A kind of column uses some of them; the five levels of
 * a match_pair are made of them. */
typedef enum match_level {
    LEVEL_MISSING, /* one side has no value: says nothing */
    LEVEL_DIFFERS,
    LEVEL_PARTLY, /* a word alike; an address whose digits differ */
    LEVEL_SHARED, /* a word of two names; the mailbox at another provider; dates a year apart */
    LEVEL_SHORT,  /* one name is the other one written short; texts roughly alike */
    LEVEL_NEAR,   /* every word alike; one slip in a number; two of three parts of a date */
    LEVEL_CLOSE,  /* a slip in one word, a date or a text */
    LEVEL_EQUAL,
    LEVEL_COUNT
} match_level;

/** Weights of levels, frequencies of the values and words that are common, and how many records are
 * one on average. */
typedef struct match_model match_model;

/** What is supposed before anything was learned; `values` of the columns are not looked at. Owner:
 * the caller, match_model_free. */
pb_status match_model_default(const match_column *columns, size_t column_count,
                              match_model **ret_model, pb_error *err);
/** Takes NULL, returns NULL. */
match_model *match_model_free(match_model *model);
/** The columns of a model in their order, without values. A record of it is as many folded texts.
 */
const match_column *match_model_columns(const match_model *model, size_t *ret_count);
/** Records it was learned from; 0: it is supposed. */
uint64_t match_model_rows(const match_model *model);

/** Appends the model as bytes: deterministic CBOR with a version and a checksum, at most about 600
 * kB. */
void match_model_write(const match_model *model, pb_buf *out);
/** Reads it back: PB_CORRUPT when bytes are damaged, PB_UNSUPPORTED when a newer program wrote
 * them. Owner: the caller, match_model_free. */
pb_status match_model_read(pb_str bytes, match_model **ret_model, pb_error *err);

/** Working memory for scoring under a model, which must outlive it. */
typedef struct match_scorer match_scorer;
/** Owner: the caller, match_scorer_free. About 100 kB. */
pb_status match_scorer_new(const match_model *model, match_scorer **ret_scorer, pb_error *err);
/** Takes NULL, returns NULL. */
match_scorer *match_scorer_free(match_scorer *scorer);

/** One step of the waterfall: what the comparison of one column counts for. */
typedef struct match_step {
    match_level level;
    double bits;   /* log2 of the factor by which it changes the odds; 0: says nothing */
    uint32_t rows; /* on equality: records that have the value, as far as the model knows, else 0 */
} match_step;

/** How two records compare: base + the bits of all steps = bits. */
typedef struct match_comparison {
    double score; /* probability 0…1 that they are one */
    double bits;  /* log2 of the odds of that; copies of each other score at least 0.99 */
    double base;  /* log2 of the odds before anything is compared */
    bool exact;   /* all columns present on both sides are equal */
    match_step steps[MATCH_MAX_COLUMNS];
} match_comparison;

/** Compares a record with `count` others, which follow each other: `others[i * columns + c]`. Which
 * of two is `record` makes no difference. About 5 µs and 1 µs for each of the others. */
pb_status match_score(match_scorer *scorer, const pb_str *record, const pb_str *others,
                      size_t count, match_comparison *ret_comparisons, pb_error *err);

/** Keys of one record at most, and records that a key may have before it tells nothing: who looks
 * for candidates leaves a key out that more have. */
enum { MATCH_MOST_KEYS = 32, MATCH_KEY_ROWS = 64 };

/** Hashes by which the records that may be the same are found: two such records share at least one
 * of their keys, as a rule several. The most selective come first; each once. They stay the same
 * between runs and machines for the same columns. About 5 µs. */
pb_status match_record_keys(match_scorer *scorer, const pb_str *record,
                            uint64_t ret_keys[MATCH_MOST_KEYS], size_t *ret_count, pb_error *err);

#endif
