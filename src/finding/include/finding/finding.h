/* What audits of the workspace found, kept in it: runs with their outcomes and reports, and a work
 * list with one finding for each control that ever failed.
 *
 * The next audit proves the mend: a finding that was said to be mended is so only when its control
 * passes, and is open again when it fails. What could not be checked proves nothing.
 * Every change is an event of the ledger. Refuses: running controls (audit does), deciding who may
 * do what (service does). Threads: as the session.
 */
#ifndef FINDING_FINDING_H
#define FINDING_FINDING_H

#include "audit/audit.h"
#include "ledger/ledger.h"

/* ---- runs ---- */

typedef struct finding_run {
    int64_t n;
    int64_t at_us, as_of_days;
    pb_str by;    /* who asked for it */
    pb_str title; /* of what was audited */
    int64_t plan; /* by which it was run; 0: by none. Read only */
    bool own;     /* this workspace, as of its day: the list goes on from it */
    char letter;  /* A…E; '-': nothing to mark */
    double score; /* 0…100, to a hundredth; NAN: nothing to mark */
    uint64_t records, controls, failed;
    uint8_t rules[32]; /* hash of the controls and the model */
} finding_run;

/** What came of one control in a run. */
typedef struct finding_outcome {
    int64_t run;
    pb_str control, area, grade;
    pb_str entity; /* absent: the source as a whole */
    audit_outcome outcome;
    uint64_t population, failing, fixable;
    pb_str reason; /* English message id with {value} for `reason_value`; absent: none */
    pb_str reason_value;
} finding_outcome;
/** pass, fail, not_applicable, could_not_run, waived. */
const char *finding_outcome_word(audit_outcome outcome);

/** Who does something, and when. */
typedef struct finding_call {
    ledger_actor actor;
    int64_t now_us;
} finding_call;

/** Keeps what came of an audit; of one's `own` workspace the work list goes on from it. Inside
 * db_write. */
pb_status finding_run_keep(db_session *session, const finding_call *call, const finding_run *run,
                           const audit_result *result, int64_t *ret_run, pb_error *err);
/** Runs, newest first: those below `below` (0: all), at most `limit`. In `arena`. */
pb_status finding_run_list(db_session *session, int64_t below, int64_t limit, pb_arena *arena,
                           finding_run **ret_runs, size_t *ret_count, pb_error *err);
/** PB_NOT_FOUND. */
pb_status finding_run_read(db_session *session, int64_t n, pb_arena *arena, finding_run *ret_run,
                           pb_error *err);
/** What came of every control of a run, in its order. */
pb_status finding_outcomes(db_session *session, int64_t run, pb_arena *arena,
                           finding_outcome **ret_outcomes, size_t *ret_count, pb_error *err);
/** What came of one control, in the newest `limit` runs of one's own workspace, newest first. */
pb_status finding_trend(db_session *session, pb_str control, int64_t limit, pb_arena *arena,
                        finding_outcome **ret_outcomes, size_t *ret_count, pb_error *err);

/** A report of a run as a file: `form` is html, json, csv, pdf or xlsx. */
typedef struct finding_report {
    const char *form, *language;
    pb_str bytes;
} finding_report;
/** Keeps it beside its run. Inside db_write. */
pb_status finding_report_keep(db_session *session, int64_t run, const finding_report *report,
                              pb_error *err);
/** PB_NOT_FOUND when the run has none of that form. `*ret_language` lives in `arena`. */
pb_status finding_report_read(db_session *session, int64_t run, const char *form, pb_arena *arena,
                              pb_buf *out, pb_str *ret_language, pb_error *err);

/* ---- evidence ---- */

enum { FINDING_EVIDENCE_MOST = 10000 }; /* failing records of a control that are kept */

/** Keeps which records failed a control in a run, in place of those of its earlier runs; texts are
 * kept as they are given, so that what is masked in reports is to be masked in them. Beyond the
 * first FINDING_EVIDENCE_MOST nothing is kept. Inside db_write. */
pb_status finding_evidence_keep(db_session *session, int64_t run, pb_str control,
                                const audit_failure *failures, size_t count, pb_error *err);
/** Kept failures of a control behind the first `after`, at most `limit`, in their order; those of
 * the last run that could check it. `evidence` and `source` are not kept. `*ret_total`: how many
 * are kept; 0 where the control passed. In `arena`. */
pb_status finding_evidence_read(db_session *session, pb_str control, size_t after, size_t limit,
                                pb_arena *arena, audit_failure **ret_failures, size_t *ret_count,
                                size_t *ret_total, pb_error *err);

/* ---- the work list ---- */

typedef enum finding_state {
    FINDING_OPEN,     /* nobody has taken it up */
    FINDING_ACCEPTED, /* somebody has, until a day */
    FINDING_MENDED,   /* is said to be; `proved` once an audit saw it */
    FINDING_WAIVED,   /* is let be until a day, for a reason */
    FINDING_STATES
} finding_state;
/** open, accepted, mended, waived. */
const char *finding_state_word(finding_state state);
bool finding_state_parse(pb_str word, finding_state *ret_state);

enum { FINDING_NOTE_MAX = 4000 };

typedef struct finding_item {
    int64_t n;
    pb_str control, area, grade;
    pb_str entity; /* absent: the source as a whole */
    finding_state state;
    int64_t proved;               /* mended, and this run was the first to see it; 0: none did */
    pb_uuid owner;                /* a user; zeros: nobody */
    int64_t due;                  /* day by which it is to be mended; INT64_MIN: none */
    int64_t until;                /* last day for which it is let be; INT64_MIN: none */
    pb_str note;                  /* absent: none */
    pb_str said_by;               /* who changed it last; absent: an audit did */
    uint64_t population, failing; /* by the last run that could check it */
    int64_t first_run, last_run;
    int64_t opened_us, changed_us;
    int64_t version;
} finding_item;

/** The audit that proved the mend; 0: none did, or it was not noted which (workspaces of former
 * versions only noted that one did, as 1). Whichever saw a finding first cannot have proved it. */
static inline int64_t finding_proved_by(const finding_item *item)
{
    return item->proved > item->first_run ? item->proved : 0;
}

/** Which findings: what is absent or not set leaves it open. */
typedef struct finding_filter {
    bool one_state;
    finding_state state;
    pb_str area, grade, entity;
    const pb_uuid *owner;
    int64_t due_until; /* due on that day or before, and not mended; 0: whatever */
} finding_filter;
/** Those that fit, the gravest first. In `arena`. */
pb_status finding_list(db_session *session, const finding_filter *filter, pb_arena *arena,
                       finding_item **ret_items, size_t *ret_count, pb_error *err);
/** PB_NOT_FOUND. */
pb_status finding_read(db_session *session, int64_t n, pb_arena *arena, finding_item *ret_item,
                       pb_error *err);

/** What is to be changed of a finding. */
typedef struct finding_change {
    bool has_state, has_owner, has_due, has_until, has_note;
    finding_state state;
    pb_uuid owner;      /* zeros: nobody */
    int64_t due, until; /* INT64_MIN: none */
    pb_str note;        /* absent: none */
    bool waivable;      /* the control may be let be */
} finding_change;
/** Changes it. `version` 0: whatever it is. PB_CONFLICT: it is another by now; PB_INVALID: accepted
 * without owner and day, waived without reason and coming day, or though its control may not be;
 * names field, value and mend. Nothing is written when it says what was said. Inside db_write. */
pb_status finding_put(db_session *session, const finding_call *call, int64_t n, int64_t version,
                      const finding_change *change, pb_arena *arena, finding_item *ret_item,
                      pb_error *err);

/** What is let be on that day, for the options of an audit. In `arena`. */
pb_status finding_waivers(db_session *session, int64_t day, pb_arena *arena,
                          audit_waiver **ret_waivers, size_t *ret_count, pb_error *err);

#endif
