/* Finding records that describe the same thing: comparing, weighing and clustering columns of text.
 *
 * Arithmetic only, no I/O: the caller hands in columns already in folded form (model_fold) and gets
 * pairs and clusters back.
 * Threads: a run is one caller's, and works by as many as its options say. The result depends
 * neither on their number nor on the order of rows.
 */
#ifndef MATCH_MATCH_H
#define MATCH_MATCH_H

#include "base/arena.h"
#include "base/error.h"

/** How two values of a column are compared. */
typedef enum match_kind {
    MATCH_EXACT, /* equal or not */
    MATCH_NAME,  /* person: order of parts, initials, typing errors */
    MATCH_ORG,   /* organisation: legal forms apart, typing errors */
    MATCH_EMAIL, /* local part and domain */
    MATCH_PHONE, /* last digits */
    MATCH_DATE,  /* ISO text; swapped day and month, one wrong digit */
    MATCH_TEXT,  /* typing errors */
    MATCH_PLACE  /* city, postcode, state: as text; such parts of an address say less where the data
                    show that they hang together */
} match_kind;

/** One column: `values[row]`, folded; an absent or empty value is neutral. */
typedef struct match_column {
    pb_str name;
    match_kind kind;
    const pb_str *values;
} match_column;

/** Columns that are compared at most. */
enum { MATCH_MAX_COLUMNS = 16 };

/** Two rows thought to be one; `left < right`. */
typedef struct match_pair {
    uint32_t left, right;
    double score;    /* probability 0…1 */
    uint64_t levels; /* 3 bits a column, the first column lowest: how well each agreed (0 missing,
                        1 differs … 4 equal) */
    bool exact;      /* all columns present on both sides are equal */
} match_pair;

typedef struct match_result {
    match_pair *pairs; /* by left, then right */
    size_t pair_count;
    uint32_t *cluster; /* per row: the smallest row of its cluster */
    size_t rows;
    uint64_t compared;
} match_result;

/** Where large arrays lie: what the caller has beside malloc, such as files once a limit is
 * reached. Several threads call it at once. */
typedef struct match_store {
    void *(*resize)(void *context, void *block, size_t size); /* as realloc; size 0 frees */
    void (*rest)(void *context); /* a stage is done: not all of it will be read at once */
    pb_status (*why)(const void *context, pb_error *err); /* why resize gave NULL */
    void *context;
} match_store;

typedef struct match_options {
    double threshold;   /* 0: the default, 0.6 */
    uint64_t max_pairs; /* compared at most, beside copies; 0: 20 a row, at least 4 million. What is
                           more is left out, the largest blocks first */
    const char *const *blocks; /* NULL-ended list "name" or "name+name" of columns that make keys
                                  besides the built-in ones; NULL: none */
    uint64_t memory; /* bytes that keys and candidates may take beside the packed rows, about; 0:
                        256 million. Where it is short, keys are made part by part, which takes
                        longer */
    const match_store *store;       /* of what match_run and rows made with it need; NULL: memory */
    size_t threads;                 /* 0: one; the result is the same for any number */
    struct match_model **ret_model; /* what was learned, for match/model.h; owner: the caller,
                                       match_model_free; NULL: not wanted */
} match_options;

/** Told now and then; may be NULL. Returning true stops the run (PB_CANCELLED). */
typedef bool (*match_progress)(void *context, uint64_t done, uint64_t total);

/** Finds pairs and clusters among `rows` rows. The result lives in `arena`. */
pb_status match_run(const match_column *columns, size_t column_count, size_t rows,
                    const match_options *options, match_progress progress, void *context,
                    pb_arena *arena, match_result *ret_result, pb_error *err);

/** Rows packed for comparing, given in batches: each different value is kept once, some 20 bytes
 * beside its text, and 8 bytes a value and 20 a row. Threads: rows belong to one thread. */
typedef struct match_rows match_rows;

/** `values` of the columns are not looked at. `store` (NULL: memory) holds the rows and all that
 * comparing them needs; it must outlive them. Owner: the caller, match_rows_free. */
pb_status match_rows_new(const match_column *columns, size_t column_count, const match_store *store,
                         match_rows **ret_rows, pb_error *err);
/** Some rows made ready by a thread of its own, to be taken in one after the other. */
typedef struct match_batch match_batch;
/** For at most `most` rows of `rows`. Owner: the caller, match_batch_free. */
pb_status match_batch_new(const match_rows *rows, size_t most, match_batch **ret_batch,
                          pb_error *err);
/** Adds a row: a folded text for each column, copied; the batch must have room. */
pb_status match_batch_add(match_batch *batch, const pb_str *values, pb_error *err);
/** Takes NULL, returns NULL. */
match_batch *match_batch_free(match_batch *batch);
/** Takes the rows of a batch in, behind those that are there; the batch is empty then. */
pb_status match_rows_take(match_rows *rows, match_batch *batch, pb_error *err);

/** Says that all rows were given. `drop_empty`: forgets the columns in which nothing stands. */
pb_status match_rows_end(match_rows *rows, bool drop_empty, pb_error *err);
/** After the end: the columns that are left, how many rows have a value in one of them, a value
 * (absent when the row has none; a phone number as it was first spelt). */
const match_column *match_rows_columns(const match_rows *rows, size_t *ret_count);
size_t match_rows_count(const match_rows *rows);
size_t match_rows_filled(const match_rows *rows, size_t column);
pb_str match_rows_value(const match_rows *rows, size_t row, size_t column);
/** As match_run, over the rows given; once. */
pb_status match_rows_find(match_rows *rows, const match_options *options, match_progress progress,
                          void *context, pb_arena *arena, match_result *ret_result, pb_error *err);
/** Takes NULL, returns NULL. */
match_rows *match_rows_free(match_rows *rows);

/** The name of an organisation without its legal form: `acme` of `acme co ltd`; a part of `folded`.
 */
pb_str match_org_core(pb_str folded);
/** Similarity 0…1 of two short texts by bytes of their code points (Jaro–Winkler, 1990). */
double match_similarity(pb_str a, pb_str b);
/** Optimal string alignment distance (Damerau, restricted), at most `limit`+1. */
size_t match_distance(pb_str a, pb_str b, size_t limit);

#endif
