/* Running the controls on a read-only snapshot, and what came of it.
 *
 * The audit reads through db's read-only views and never through the code it checks.
 * The same snapshot, catalogue and `as_of` give the same result, to the byte.
 * Threads: one run, one thread; different runs may go side by side.
 */
#ifndef AUDIT_AUDIT_H
#define AUDIT_AUDIT_H

#include "audit/control.h"
#include "audit/copies.h"
#include "audit/figures.h"
#include "db/read.h"
#include "match/match.h"

typedef enum audit_outcome {
    AUDIT_PASS,
    AUDIT_FAIL,
    AUDIT_NOT_APPLICABLE, /* `reason` says why */
    AUDIT_COULD_NOT_RUN,  /* `reason` says why; never a pass */
    AUDIT_WAIVED          /* fails, but accepted until `waived_until` */
} audit_outcome;

/** One failing record. */
typedef struct audit_failure {
    int64_t n;      /* key in the entity's view; 0: about a column, not a record */
    pb_str record;  /* the source's own id, else the row number as text; absent: about a column */
    pb_str field;   /* name of the field, or header of a column; absent: the record as a whole */
    pb_str value;   /* offending value as text; absent: none */
    pb_str problem; /* English message id, may use {value} {other} {suggestion} */
    pb_str other;   /* the other record or value it is at odds with; absent: none */
    pb_str suggestion; /* the clean value where a rule knows it; absent: none */
    pb_str second;     /* another field whose clean value the same rule knows; absent: none */
    pb_str second_suggestion;
    pb_str owner;  /* label of the record's owner; absent: none */
    pb_str source; /* name of the file it came from */
    const pb_str
        *evidence; /* values of control->evidence in its order, absent where empty; NULL beyond the
                      first AUDIT_EVIDENCE failures and where no record is meant */
} audit_failure;

enum { AUDIT_MAX_FAILURES = 100000, AUDIT_EVIDENCE = 50, AUDIT_EVIDENCE_BYTES = 200 };

typedef struct audit_finding {
    const audit_control *control;
    audit_outcome outcome;
    uint64_t population, failing; /* counted in control->unit */
    uint64_t fixable;             /* of the failing: a suggestion is known */
    double score;                 /* 0…1 */
    audit_failure *failures;      /* in order of n: all of them up to AUDIT_MAX_FAILURES */
    size_t failure_count;
    int64_t amount; /* sum of the failing records' amounts in minor units; see amount_currency */
    pb_str amount_currency; /* absent: the entity has no amounts, or they differ in currency; empty:
                               the source names no currency */
    audit_sums amounts;     /* where they differ in currency */
    bool relative;          /* ages were measured from audit_result.reference_days */
    pb_str reason;          /* English message id, {value} stands for `reason_value` */
    pb_str reason_value;    /* translate it like a label: it may be one */
    pb_str waived_until, waived_by, waived_why;
} audit_finding;

/** What keeps a mark below what its controls give together. */
typedef enum audit_held {
    AUDIT_HELD_NOT,
    AUDIT_HELD_IMPORTANT, /* below 90 while an important control fails */
    AUDIT_HELD_ESSENTIAL  /* capped by failed essential controls */
} audit_held;

/** A mark for a part of the whole: an area, an entity, an owner, a source. */
typedef struct audit_mark {
    pb_str name;               /* area id, entity name, owner, file; overall: absent */
    double score;              /* 0…100 */
    char letter;               /* A…E; '-': nothing to mark */
    uint64_t records, failing; /* owners and sources: records, and those that fail anything */
    uint64_t controls, failed; /* areas and entities */
    audit_held held;
    double earned; /* what it would be if it were not held */
} audit_mark;

typedef struct audit_result {
    int64_t as_of_days;
    int64_t reference_days;  /* ages are measured from here: as_of_days, or the newest date in the
                                source  when the source is more than 180 days older than that */
    int64_t newest_days;     /* newest date in the source up to as_of_days; INT64_MIN: no dates */
    audit_finding *findings; /* order of the catalogue */
    size_t finding_count;
    audit_mark overall;
    audit_mark *areas, *entities, *owners, *sources;
    size_t area_count, entity_count, owner_count, source_count;
    audit_usage *usage; /* by owner, of those who own anything */
    size_t usage_count;
    audit_usage usage_total;
    uint32_t *kind_weeks[AUDIT_KIND_COUNT]; /* activities of all by kind, AUDIT_WEEKS counts each */
    int64_t usage_first_week;               /* Monday of the first of the AUDIT_WEEKS weeks */
    int64_t usage_first_day;                /* the first of the AUDIT_DAYS days */
    audit_usage_source *usage_sources;
    size_t usage_source_count;
    audit_decay *decay; /* by entity: as a whole, then by field, then by owner */
    size_t decay_count;
    audit_copies *copies; /* by entity that was searched for duplicates */
    size_t copies_count;
    audit_filled *filled; /* in order of the model */
    size_t filled_count;
    uint64_t records;
} audit_result;

/** A failing control accepted for a time (controls/waivers.yaml or --controls DIR/waivers.yaml). */
typedef struct audit_waiver {
    pb_str control, until, by, why; /* until: YYYY-MM-DD */
} audit_waiver;

/** What asking for the mail servers of a domain gave. */
typedef enum audit_mail {
    AUDIT_MAIL_UNKNOWN, /* could not be checked */
    AUDIT_MAIL_TAKEN,
    AUDIT_MAIL_NO_DOMAIN, /* does not exist */
    AUDIT_MAIL_NO_HOST,   /* exists, with neither mail server nor address */
    AUDIT_MAIL_REFUSED    /* says that it takes no mail */
} audit_mail;

typedef struct audit_options {
    int64_t as_of_days;
    const audit_waiver *waivers;
    size_t waiver_count;
    /** Told before each control; returning true stops (PB_CANCELLED). May be NULL. */
    bool (*progress)(void *context, const audit_control *control, size_t done, size_t total);
    void *context;
    /** Asks for domains (A-labels, each once a call); NULL: they are not to be asked for, and the
     * controls that need it are not applicable. Gets `context` too. */
    pb_status (*mail_domains)(void *context, const pb_str *domains, size_t count,
                              audit_mail *ret_verdicts, pb_error *err);
    /** A second snapshot of the same state (db_snapshot_beside): what costs most is then done on it
     * by a second thread. NULL: one thread does everything. The result is the same. */
    db_session *beside;
    /** By how many threads and in which memory duplicates are found; NULL: one, as much as there
     * is. The result is the same. */
    const match_options *matching;
} audit_options;

/** Evaluates all controls. A control that breaks is AUDIT_COULD_NOT_RUN, the others go on; only a
 * failure that concerns the whole run (memory, damaged snapshot, cancel) is returned. The result
 * lives in `arena`. */
pb_status audit_run(db_session *snapshot, const model_schema *schema,
                    const audit_catalogue *catalogue, const audit_options *options, pb_arena *arena,
                    audit_result *ret_result, pb_error *err);
/** Waivers from YAML; mistakes with file, line, column. */
pb_status audit_waivers_load(const model_source *source, const audit_catalogue *catalogue,
                             pb_arena *arena, audit_waiver **ret_waivers, size_t *ret_count,
                             pb_error *err);
/** True when the result fails at `grade` or above: a failed or could-not-run control of that grade.
 */
bool audit_fails_at(const audit_result *result, model_grade grade);

#endif
