/* What the parts of match share; nothing of this is public. */
#ifndef MATCH_INTERNAL_H
#define MATCH_INTERNAL_H

#include "match/model.h"
#include "texts.h"

#include <pthread.h>

enum { LEVEL_BITS = 3 };

/* ---- crew.c ---- */

enum { MATCH_THREADS = 32 };
/** Does one part; `thread` from 0 says whose memory to use, 0 is the caller's. */
typedef void (*match_part_work)(void *context, size_t part, size_t thread);
/** Does parts 0 to below `parts` by so many threads (at most MATCH_THREADS), the caller's among
 * them. */
void match_crew(size_t threads, size_t parts, match_part_work work, void *context);

/* ---- store.c ---- */

/** As realloc, in memory where `store` is NULL. */
void *match_resize(const match_store *store, void *block, size_t size);
/** As free. */
void match_release(const match_store *store, void *block);
/** A stage of the work is done. */
void match_rest(const match_store *store);
/** Says why match_resize failed. */
pb_status match_starved(const match_store *store, pb_error *err);

/** Numbers behind one another. */
typedef struct match_list {
    uint64_t *items;
    size_t count, capacity;
} match_list;
/** Makes room for `count` in all. */
bool match_list_room(const match_store *store, match_list *list, size_t count);
void match_list_free(const match_store *store, match_list *list);

/* ---- prepare.c ---- */

/** What makes two values of a column one: equal figures are equal values. */
uint64_t match_identity(match_kind kind, pb_str value);
/** Digits of a date or of the end of a phone number, the set of letters of any other text. The same
 * for values of one identity. */
uint32_t match_mark(match_kind kind, pb_str value);
/** A rough form that survives a slip; 0: none that is selective. */
uint32_t match_soft(match_kind kind, pb_str value);

/* ---- table.c ---- */

/** A value of a row: equal numbers are equal values; 0 is none. */
typedef struct match_cell {
    uint32_t id, mark;
} match_cell;

/** A value of a column, known by its number. */
typedef struct match_value {
    uint64_t hash; /* identity */
    uint64_t end;  /* of its text in the column's texts; it begins where the one before ends */
    uint32_t rows; /* that have it */
    uint32_t soft;
} match_value;

/** The different values of a column. */
typedef struct match_dictionary {
    match_value *values; /* by number, from 1 */
    uint32_t count;
    size_t filled; /* rows that have one */
    size_t capacity;
    char *texts;
    size_t text_capacity;
    struct match_place {
        uint32_t tag, id;
    } * places; /* of values by hash; none once the table is complete */
    size_t place_mask;
    match_name *names;  /* by number, of columns of names */
    uint32_t *spelling; /* by row, where values of one identity may be spelt differently: hash of
                           the text */
} match_dictionary;

/** The rows, packed: each value is kept once. */
typedef struct match_table {
    const match_column *columns;
    size_t column_count, rows, row_capacity;
    const match_store *store;
    size_t threads;    /* that may work at once */
    double population; /* rows among which a value's frequency counts: more than `rows` where a
                          model knows of others */
    match_cell *cells; /* row by row */
    uint64_t *content; /* per row: hash of all it holds */
    uint32_t *copy_of; /* per row: an earlier row that holds the same, else itself */
    match_dictionary column[MATCH_MAX_COLUMNS];
    match_words words;
    double word_chance; /* that two words of strangers are equal */
} match_table;

/** Rows on their way into a table, some thousands at a time; hashes and slices row by row. */
struct match_batch {
    const match_column *columns;
    size_t rows, most, column_count;
    char *bytes;
    size_t used, capacity;
    uint64_t *hashes; /* 0: no value */
    struct match_slice {
        uint64_t from, length;
    } * slices;
};

/** As match_batch_new, for columns that outlive it. */
pb_status match_batch_make(const match_column *columns, size_t column_count, size_t most,
                           match_batch **ret_batch, pb_error *err);
/** Takes the rows of a batch in. */
pb_status match_table_add(match_table *table, const match_batch *batch, pb_error *err);
/** Forgets columns in which nothing stands; `columns` is `kept` afterwards. */
void match_table_drop_empty(match_table *table, match_column *kept);
/** All rows are there: derives what comparing needs, but for the words of names. */
pb_status match_table_complete(match_table *table, pb_error *err);
/** Cuts the names into words; false: no memory. */
bool match_table_names(match_table *table);
void match_table_free(match_table *table);

static inline pb_str match_text(const match_table *table, size_t column, uint32_t id)
{
    const match_dictionary *dictionary = &table->column[column];
    uint64_t from = dictionary->values[id - 1].end;
    return pb_str_n(dictionary->texts + from, dictionary->values[id].end - from);
}

/** A hash of a value in 32 bits, not 0. */
static inline uint32_t match_whole(const match_table *table, size_t column, uint32_t id)
{
    return (uint32_t)(table->column[column].values[id].hash >> 32) | 1;
}

static inline const match_cell *match_row(const match_table *table, uint32_t row)
{
    return table->cells + (size_t)row * table->column_count;
}

/* ---- compare.c ---- */

/** Compares the values of one column of two rows; MISSING when one has none. */
match_level match_compare(match_table *table, size_t column, uint32_t left, uint32_t right,
                          match_name *ret_equal);
/** A table that another thread may compare by: what comparing remembers is its own. */
bool match_view_start(match_table *view, const match_table *table);
void match_view_end(match_table *view);
/** True when comparing two different values of a column needs no look at their texts. */
bool match_is_quick(const match_table *table, size_t column, match_cell a, match_cell b);
/** Local part of an address, without a `+tag`. */
pb_str match_email_local(pb_str email);
/** True for mailboxes that stand for a role, not for a person (info, sales, …). */
bool match_email_is_role(pb_str local);
/** Last digits of a phone number; absent when there are fewer than seven. */
pb_str match_phone_tail(pb_str phone);

/* ---- plan.c ---- */

/** A kind of key. */
typedef enum match_key_form {
    KEY_NAME,   /* all words of a name, rough, in any order */
    KEY_STARTS, /* a word of a name, rough, and the start of another */
    KEY_WORD,   /* a word of a name, rough, with a part of another column */
    KEY_SOUND,  /* a name as it sounds in any script, or a word of it with a part of a column */
    KEY_ONE,    /* a part of a column */
    KEY_TWO,    /* parts of two columns */
    KEY_DECLARED
} match_key_form;

typedef enum match_key_part {
    PART_WHOLE,
    PART_SOFT,
    PART_DATE, /* with day and month in any order */
    PART_YEAR_MONTH,
    PART_MONTH_DAY,
    PART_YEAR_DAY
} match_key_part;

typedef struct match_key_plan {
    match_key_form form;
    size_t a, b; /* columns */
    match_key_part part_a, part_b;
    const char *declared;
    uint64_t salt; /* keeps keys of different kinds apart */
} match_key_plan;

enum { MOST_ROW_KEYS = NAME_PARTS * NAME_PARTS };

/** All kinds of keys that the columns make. */
typedef struct match_plans {
    match_key_plan *items; /* malloc'ed */
    size_t count, capacity;
} match_plans;

/** Lists the kinds of keys for a table, in a fixed order. `least_distinct`: values that a column
 * must have to make a key by itself. */
pb_status match_plan(const match_table *table, const char *const *blocks, size_t least_distinct,
                     match_plans *plans, pb_error *err);
/** Keys of one row; at most MOST_ROW_KEYS. `bones`: the rough words of the plan's column of names
 * where they were gathered, else NULL. */
size_t match_row_keys(const match_table *table, const match_key_plan *plan, uint32_t row,
                      const uint32_t *bones, uint64_t *ret_keys);
/** What a row holds of a column other than one of names; 0: nothing. */
uint64_t match_part_of(const match_table *table, size_t column, match_key_part part, uint32_t row);
/** The rough words of a name; 0 behind the last. */
void match_gather_bones(const match_table *table, size_t column, uint32_t row,
                        uint32_t ret_bones[BONES]);

/* ---- match.c ---- */

/** Finds pairs and clusters in a complete table. */
pb_status match_find(match_table *table, const match_options *options, match_progress progress,
                     void *context, pb_arena *arena, match_result *ret_result, pb_error *err);
/** True when all columns present on both sides hold the same text. */
bool match_is_exact(const match_table *table, uint32_t left, uint32_t right);
/** The five levels that the caller sees. */
uint64_t match_public_levels(const match_table *table, uint64_t levels);

/* ---- runs.c ---- */

enum { MATCH_RUNS = 64 };
/** Pairs in order, each once: left row in the upper half, right row in the lower. */
typedef struct match_runs {
    const match_store *store;
    unsigned row_bits;
    pthread_mutex_t lock;
    match_list items[MATCH_RUNS];
    size_t count;
} match_runs;
bool match_runs_start(match_runs *runs, const match_table *table);
/** Takes pairs in any order, leaves their list empty; by any thread. */
bool match_runs_add(match_runs *runs, match_list *pairs, match_list *scratch);
/** All as one. */
bool match_runs_end(match_runs *runs, match_list *ret_all);
void match_runs_free(match_runs *runs);

/* ---- block.c, split.c ---- */

enum { MATCH_MOST_CAP = 100 };
/** What a thread makes keys and pairs with. */
typedef struct match_room {
    uint8_t *seen;   /* by key, two bits each: rows that have it, 2 at most */
    match_list keys; /* key in the upper half, row in the lower */
    match_list pairs, scratch;
    match_list over[2], split[2]; /* keys of blocks that are too large, and of their parts */
} match_room;
/** Adds the pairs that blocks make, by their size up to `most`. Keys are in order. */
void match_count_blocks(const match_list *keys, size_t most, uint64_t pairs[MATCH_MOST_CAP + 1]);
/** The size up to which blocks make no more than `share` pairs, which is then what they make. */
size_t match_cap_of(const uint64_t pairs[MATCH_MOST_CAP + 1], size_t most, uint64_t *share);
/** Pairs the blocks up to a size; the keys of others go behind those of `larger`
 * (NULL: nowhere). */
bool match_pair_blocks(const match_table *table, match_room *room, const match_list *keys,
                       size_t cap, match_list *larger);
/** True for a kind of key whose large blocks are split. */
bool match_is_split(const match_table *table, const match_key_plan *plan);
/** Pairs within the blocks of `room->over[0]` by what else their rows share: for each of that
 * half of `share` at most, `most` in all. */
bool match_split(const match_table *table, const match_key_plan *plan, size_t cap, uint64_t share,
                 uint64_t most, match_room *room);

/** Candidate pairs: left row in the upper half, right row in the lower. */
typedef struct match_candidates {
    uint64_t *items; /* of the table's store; sorted, each once */
    size_t count;
} match_candidates;

/** What can be done while keys are made: `work[0]` while those without names are (it cuts the
 * names), `work[1]` while those of names are. False: no memory. */
typedef struct match_aside {
    bool (*work[2])(void *context);
    void *context;
} match_aside;

/** Finds the pairs of rows that share at least one key. */
pb_status match_block(const match_table *table, const match_options *options, uint64_t max_pairs,
                      const match_aside *aside, match_candidates *candidates, pb_error *err);

/* ---- weigh.c, learn.c ---- */

/** What agreement is worth. */
typedef struct match_weights {
    double base;                                        /* log2 of the prior odds */
    double same;                                        /* rows of one thing, on average */
    double m[MATCH_MAX_COLUMNS][LEVEL_COUNT];           /* share among pairs that belong together */
    double u[MATCH_MAX_COLUMNS][LEVEL_COUNT];           /* among strangers */
    double level[MATCH_MAX_COLUMNS][LEVEL_COUNT];       /* log2 (m/u); EQUAL: log2 m */
    double most[MATCH_MAX_COLUMNS];                     /* the most a column may add yet */
    double apart[MATCH_MAX_COLUMNS][MATCH_MAX_COLUMNS]; /* of places: share of what the second says
                                                           that the first has not said */
} match_weights;

/** A pair compared: its levels and how common the values are on which it agrees. */
typedef struct match_evidence {
    uint64_t levels;
    float rare[MATCH_MAX_COLUMNS]; /* EQUAL: rows with the value; names: see weigh.c */
    float chance[MATCH_MAX_COLUMNS];
} match_evidence;

/** Weights before anything was learned: m and u as kinds of columns have them. */
void match_weights_default(const match_column *columns, size_t column_count, double rows,
                           match_weights *weights);
/** Turns m, u, `base` and `same` into the other figures. */
void match_weights_settle(const match_column *columns, size_t column_count, match_weights *weights);
/** m as kinds of columns have it, u from random pairs; false: no memory. */
bool match_weights_start(match_table *table, match_weights *weights);
/** How much parts of an address hang together in these data (places.c); false: no
 * memory. */
bool match_weights_places(match_table *table, match_weights *weights);
/** Learns m and the prior from pairs compared. */
pb_status match_weights_learn(match_table *table, const match_candidates *candidates,
                              match_weights *weights, pb_error *err);
/** Compares all columns. */
void match_gather(match_table *table, uint32_t left, uint32_t right, match_evidence *evidence);
/** Compares, cheapest first, until it is clear that the pair stays below `least` bits: false. */
bool match_gather_above(match_table *table, const match_weights *weights, uint32_t left,
                        uint32_t right, double least, match_evidence *evidence);
/** log2 of the odds that the pair belongs together. */
double match_weigh(const match_table *table, const match_weights *weights,
                   const match_evidence *evidence);
/** The same; `parts` gets what each column counts for, which with `base` make the sum. */
double match_weigh_parts(const match_table *table, const match_weights *weights,
                         const match_evidence *evidence, double parts[MATCH_MAX_COLUMNS]);
/** The score of rows that are copies of each other, whose weighing gave `bits`. */
double match_copy_score(double bits);
/** True when rows hold so much that equality in all of it makes them one record. */
bool match_tells(const match_table *table, uint32_t row);

/* ---- model.c ---- */

enum { MODEL_VALUES = 4096, MODEL_WORDS = 16384 };

/** How often something stands: ascending by `key`. */
typedef struct match_frequency {
    uint32_t key; /* hash of the value or word */
    uint32_t rows;
} match_frequency;

/** The commonest of a kind, and what is supposed of all others. */
typedef struct match_frequencies {
    match_frequency *items;
    size_t count;
    uint32_t others;
} match_frequencies;

struct match_model {
    pb_arena *arena;
    match_column columns[MATCH_MAX_COLUMNS];
    size_t column_count;
    double rows; /* 0: supposed */
    double population;
    double word_chance;
    match_weights weights;
    match_frequencies values[MATCH_MAX_COLUMNS], words;
};

/** An empty model of these columns. */
pb_status match_model_new(const match_column *columns, size_t column_count, match_model **ret_model,
                          pb_error *err);
/** Rows in which something is supposed to stand. */
uint32_t match_frequency_of(const match_frequencies *frequencies, uint32_t key);
/** The key of a word. */
uint32_t match_word_key(pb_str text);

/** The model of a table whose weights were learned. Owner: the caller, match_model_free. */
pb_status match_model_of(const match_table *table, const match_weights *weights,
                         match_model **ret_model, pb_error *err);

/* ---- pairs.c ---- */

/** Compares all candidates; those that reach the threshold are the pairs of `result`, in order.
 * `ret_capacity`: room in their array. */
pb_status match_compare_all(const match_table *table, const match_weights *weights,
                            const match_candidates *candidates, double threshold,
                            match_progress progress, void *context, pb_arena *arena,
                            match_result *result, size_t *ret_capacity, pb_error *err);

/* ---- cluster.c, apart.c ---- */

/** Clusters while they are made: members of one as a list from its root. */
typedef struct match_forest {
    match_table *table;
    const match_weights *weights;
    uint32_t *parent, *next, *last; /* `next` ends with UINT32_MAX; `last` is true of roots */
} match_forest;

enum { MATCH_MOST_BITS = 10 };
/** log2 of the odds that two rows are one, within ±MATCH_MOST_BITS. */
double match_bits_between(const match_forest *forest, uint32_t x, uint32_t y);
/** Cuts clusters at single links across which members contradict each other, and joins those of
 * more than ten members anew by all they hold. Pairs are those of the result, in order. */
pb_status match_take_apart(match_forest *forest, const match_result *result, pb_error *err);

/** Joins pairs into clusters; a pair whose joining the other members contradict is left out. Pairs
 * that clusters imply are added. `capacity`: room in the array of pairs. */
pb_status match_cluster(match_table *table, const match_weights *weights, double threshold,
                        pb_arena *arena, match_result *result, size_t capacity, pb_error *err);
#endif
