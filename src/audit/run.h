/* Private to audit: one run in progress. */
#ifndef AUDIT_RUN_PRIVATE_H
#define AUDIT_RUN_PRIVATE_H

#include "audit/audit.h"
#include "base/map.h"
#include "match/match.h"
#include "model/value.h"

/** Who owns a record when nobody is named. */
enum { NO_OWNER = 0 };

/** What is known of an entity's records; filled in when first asked for. */
typedef struct entity_state {
    const model_entity *entity;
    /* from one query each, at the start of the run */
    uint64_t rows;
    int64_t max_n;
    bool has_columns;                      /* the source's columns for it are on record */
    uint64_t *filled;                      /* by field: records with a value */
    uint64_t *bad, *restyled, *unresolved; /* by field: records with such a note */
    bool *column;                          /* by field: some source has a column for it */
    /* the list of its records, see list_load; all arrays by position */
    bool listed;
    size_t count;
    int64_t *n;
    uint32_t *position; /* by n: position + 1, 0 none */
    pb_str *record;
    uint32_t *owner;        /* index into run->owners, 0 none */
    uint32_t *source;       /* index into run->sources */
    int64_t *amount;        /* NULL: the entity has none */
    pb_str amount_currency; /* as audit_finding.amount_currency */
    uint8_t *money;         /* by position: number of the amount's currency */
    pb_str *currencies;     /* of the result */
    size_t currency_count;  /* may be one more than AUDIT_CURRENCIES: too many to tell */
    uint8_t *pending;       /* by n: fails the control being evaluated */
    uint8_t *worst;         /* by n: 1 + worst grade the record fails, 0 none */
    /* ids and links, see targets_load */
    bool linked;
    uint8_t *ids;       /* by position, 16 bytes each */
    uint32_t *id_slots; /* open addressing: position + 1, 0 free */
    size_t id_slot_count;
    uint32_t **links; /* by field, then by position: position of the target + 1, LINK_NONE or
                         LINK_NOWHERE; NULL: no link, or none has a value */
    /* duplicates, see twins_load */
    bool matched;
    uint32_t *exact, *near; /* by position: position of the record it repeats, else its own */
    size_t match_fields;    /* fields that could be compared */
    /* what the pass over its texts found, see measures/scan.h */
    const struct text_scan *scan;
    /* how its fields changed, see history.h; NULL until asked for */
    const struct record_history *history;
    /* days, see days_load; by position, NO_DAY where not known */
    bool dated;
    int32_t *created, *changed, *touched, *active;
    uint8_t *hour;   /* of the entry, UTC; NO_HOUR where not known */
    uint32_t *fresh; /* bit i: fresh_fields[i] has a value; NULL: no such field */
    const model_field **fresh_fields;
    size_t fresh_count; /* at most 32 */
    bool knows_touch;   /* some day of activity, change or creation is known */
    const model_field *changed_field, *created_field, *active_field; /* filled ones, else NULL */
} entity_state;

typedef struct audit_work {
    db_session *session;
    const model_schema *schema;
    const audit_catalogue *catalogue;
    const audit_options *options;
    pb_arena *arena;   /* of the result */
    pb_arena *scratch; /* of the run */
    model_reader *reader;
    entity_state *entities; /* by entity->index */
    int64_t today, newest, reference;
    pb_map *owner_index, *source_index;
    pb_str *owners, *sources; /* [0]: none */
    size_t owner_count, owner_capacity, source_count, source_capacity;
    pb_buf failures; /* of the control being evaluated: audit_failure after audit_failure */
    pb_str *sayings; /* words of notes, each once */
    size_t saying_count, saying_capacity;
    bool users_known;
    pb_map *user_labels;            /* id of a user → index into owners */
    struct scan_tools *scan_tools;  /* NULL until a text is looked at */
    struct work_people *people;     /* NULL until people_load */
    struct work_reads *reads;       /* who read what, see measures/unread.c; NULL until asked for */
    struct audit_ahead *ahead;      /* the second thread, see ahead.h; NULL: none */
    const struct audit_ahead *self; /* set when this is the second thread */
} audit_work;

/** A link without a reference, and one whose reference leads to no record. */
#define LINK_NONE ((uint32_t)0)
#define LINK_NOWHERE UINT32_MAX

enum { NO_HOUR = 255, NO_DAY = INT32_MIN };

/** Figures of persons, counted once, see people_load. */
typedef struct work_people {
    bool loaded;
    audit_usage *of; /* by owner index; [0]: of nobody */
    size_t count;
    audit_usage total;
    uint32_t *kind_weeks[AUDIT_KIND_COUNT];
    audit_usage_source *sources; /* by source index */
    size_t source_count;
    int64_t first_week, first_day;
} work_people;

/** A control being evaluated. */
typedef struct audit_check {
    audit_work *work;
    const audit_control *control;
    entity_state *state; /* NULL: the source as a whole */
    audit_finding *finding;
    int64_t last_n;
} audit_check;

/** Fills in rows, fields and notes of all entities, and the reference day. */
pb_status work_survey(audit_work *work, pb_error *err);
/** True when the source says something about this field (has a column, or any value). */
bool work_has_field(const audit_work *work, const model_field *field);
/** Loads the list of an entity's records. */
pb_status list_load(audit_work *work, entity_state *state, pb_error *err);
/** In which currency the entity's amounts are, or in which ones. */
void list_currencies(const entity_state *state, pb_str *ret_currency, audit_sums *ret_sums);
/** Position of a record in the list, or SIZE_MAX. */
size_t list_position(const entity_state *state, int64_t n);
/** Index of an owner by the user's id, made when new. */
pb_status list_owner(audit_work *work, pb_str id, pb_str reference, uint32_t *ret, pb_error *err);

/** Adds a failing record; calls come in ascending order of n, and a record counts once. Texts are
 * copied. `failure.problem` must live as long as the catalogue. */
pb_status check_fail(audit_check *check, const audit_failure *failure, pb_error *err);
/** Lets the failing records of a finished control count in marks (`keep`), or forgets them. */
void check_settle(audit_check *check, bool keep);
/** The control does not apply. `value` is copied. */
pb_status check_not_applicable(audit_check *check, const char *reason, pb_str value, pb_error *err);
/** A SELECT that returns one number, over published views, with :today and :reference bound. */
pb_status work_number(audit_work *work, pb_str sql, int64_t *ret, pb_error *err);
/** A prepared SELECT of our own making, with :today and :reference bound; lives in the session. */
pb_status work_query(audit_work *work, pb_str sql, db_stmt **ret, pb_error *err);
/** Writes a column's value as text into the run's scratch arena; absent when null. */
pb_status work_text(audit_work *work, db_stmt *stmt, int column, const model_field *field,
                    pb_str *ret, pb_error *err);
/** SQL name of a field's column: `<name>`, links `<name>_id` or `<name>_ref`. */
void work_put_field(pb_buf *out, const model_field *field, bool reference);
/** Puts what reviewers decided of an entity's pairs into what was found among its records (said.c).
 */
pb_status duplicates_heed(db_session *snapshot, const model_entity *entity, pb_arena *arena,
                          match_result *result, pb_error *err);
/** Runs a control by SQL. */
pb_status check_sql(audit_check *check, pb_error *err);
/** Loads the list and where all links of an entity lead. */
pb_status targets_load(audit_work *work, entity_state *state, pb_error *err);
/** Where `link` leads, by position; NULL when it has no value anywhere. After targets_load. */
const uint32_t *targets_of(const entity_state *state, const model_field *link);
/** Loads the list and when each record was made and touched last. */
pb_status days_load(audit_work *work, entity_state *state, pb_error *err);
/** Counts what each person owns and did. */
pb_status people_load(audit_work *work, pb_error *err);
/** How the records age, into the result. */
pb_status decay_all(audit_work *work, audit_result *result, pb_error *err);
/** Groups of likely duplicates of the entities that were searched, into the result. */
pb_status copies_all(audit_work *work, audit_result *result, pb_error *err);
/** Fills marks, usage and the number of records into the result. */
pb_status score_all(audit_work *work, audit_result *result, pb_error *err);
/** Fills in the evidence of the first failures. */
pb_status evidence_all(audit_work *work, audit_finding *finding, pb_error *err);
double score_control(const audit_control *control, uint64_t population, uint64_t failing,
                     bool failed);
pb_status usage_all(audit_work *work, audit_result *result, pb_error *err);
/** The words known to be right for a field: its choices, and the word lists that belong to it. */
typedef struct word_book word_book;
/** NULL in `*ret`: nothing is known of this field. */
pb_status words_for(audit_work *work, const model_field *field, word_book **ret, pb_error *err);
/** True when both texts have the same digits in the same order. */
bool words_same_digits(pb_str a, pb_str b);
/** True when the folded word is in the book. */
bool words_known(const word_book *book, pb_str folded);
/** Errors between two folded words, SIZE_MAX when too many to be the same word. */
size_t words_apart(pb_str a, pb_str b);
/** The word that `value` probably means; absent when it is known itself or nothing is near. */
pb_status words_suggest(audit_work *work, const word_book *book, pb_str value, pb_str *ret,
                        pb_error *err);
/** Folds into the run's scratch arena. */
pb_status work_fold(audit_work *work, pb_str text, pb_str *ret, pb_error *err);

#endif
