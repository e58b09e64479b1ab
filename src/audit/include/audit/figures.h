/* Figures the audit counts and does not judge: how the system is used, and how its records age.
 *
 * All of it is counted from the records' own dates and owners; who typed an entry is not known
 * where a source only says who it belongs to.
 */
#ifndef AUDIT_FIGURES_H
#define AUDIT_FIGURES_H

#include "model/schema.h"

/** Kinds of activity, by the role the model gives their names. */
typedef enum audit_activity_kind {
    AUDIT_CALL,
    AUDIT_EMAIL,
    AUDIT_VISIT,
    AUDIT_MEETING,
    AUDIT_MESSAGE,
    AUDIT_TASK,
    AUDIT_NOTE,
    AUDIT_OTHER_ACTIVITY, /* letters, kinds without a role, and those not said */
    AUDIT_KIND_COUNT
} audit_activity_kind;

/** What is counted by week. */
typedef enum audit_flow {
    AUDIT_FLOW_CREATED,      /* records made, of all entities but activities */
    AUDIT_FLOW_ACTIVITIES,   /* activities that took place */
    AUDIT_FLOW_WON,          /* deals */
    AUDIT_FLOW_LOST,         /* deals */
    AUDIT_FLOW_CASES_CLOSED, /* cases */
    AUDIT_FLOW_COUNT
} audit_flow;

enum {
    AUDIT_WEEKS = 53,         /* the weeks (Monday to Sunday) up to that of the reference day */
    AUDIT_DAYS = 91,          /* the days up to the reference day */
    AUDIT_SERIES_USERS = 2000 /* users of whom series are kept, those met first */
};

/** Sums of amounts in several currencies, each by itself: they are never added up. */
enum { AUDIT_CURRENCIES = 8 };
typedef struct audit_sums {
    const pb_str *currency; /* ISO 4217; empty: the source names none */
    size_t count;           /* 0: there is but one, none at all, or more than AUDIT_CURRENCIES */
    int64_t minor[AUDIT_CURRENCIES];
} audit_sums;

/** Figures of one person's work, or of all together. */
typedef struct audit_usage {
    pb_str owner;     /* as the users of the source are called; absent: all, also of no owner */
    uint64_t records; /* owned, of all entities */
    uint64_t deals;   /* whose stage is not known is neither of the following */
    uint64_t open, won, lost;
    int64_t won_amount;     /* minor units */
    pb_str amount_currency; /* as in audit_finding */
    audit_sums won_sums;    /* likewise */
    uint64_t activities;
    bool has_days;
    int64_t first_day, last_day;      /* of dated entries, up to the reference day */
    int64_t last_touch;               /* newest creation, change or activity of what is owned, up to
                                         the reference day; INT64_MIN: none */
    uint64_t dated;                   /* entries whose day is known */
    uint64_t days_with_entries;       /* different days */
    double entries_per_day;           /* dated entries by working day between first and last */
    uint64_t kinds[AUDIT_KIND_COUNT]; /* of the activities */
    uint64_t cases_open, cases_closed;
    double deals_closed_per_week; /* won and lost, mean of the AUDIT_WEEKS weeks, or of those since
                                     the first entry */
    double cases_closed_per_week;
    int64_t last_activity;   /* newest activity of the person's, or with what the person owns, up to
                                the reference day; INT64_MIN: none */
    uint64_t entered;        /* records whose day of creation is known: when they were typed in */
    uint64_t entered_days;   /* different days of those */
    uint64_t most_on_a_day;  /* of those, on the fullest day */
    uint64_t weekday[7];     /* of those, Monday first */
    uint64_t month_end;      /* of those, on the last two days of a month */
    uint64_t timed;          /* of those, whose time of day is known */
    uint64_t weekend, night; /* of the entered: on Saturday or Sunday; of the timed: between 22 and
                                6 o'clock UTC. Information, and no reproach */
    uint32_t *weeks[AUDIT_FLOW_COUNT]; /* AUDIT_WEEKS counts each, oldest first; NULL: no series */
    uint32_t *days;                    /* AUDIT_DAYS counts of dated entries; NULL: no series */
} audit_usage;

/** Activities by the file they came from. */
typedef struct audit_usage_source {
    pb_str source;
    uint64_t activities;
    uint64_t kinds[AUDIT_KIND_COUNT];
    bool has_days;
    int64_t first_day, last_day;
    double per_day[AUDIT_KIND_COUNT]; /* by working day between first and last */
} audit_usage_source;

enum {
    AUDIT_AGE_MONTHS = 37,   /* ages of 0…35 months of 30 days, then 36 and older */
    AUDIT_DECAY_OWNERS = 50, /* owners told of each entity, those with most records */
    AUDIT_DECAY_AHEAD = 90   /* days */
};

/** How old the knowledge of one entity is: as a whole, by owner, or of one field.
 *
 * The age of a record is the time since its last activity, change or creation, whichever is newest;
 * a value is no younger than its record was touched last. Method of the outlook: what is stale
 * today counts as stale in AUDIT_DECAY_AHEAD days too; of what passes its time until then if nobody
 * touches it, the share is taken off that was touched in the last AUDIT_DECAY_AHEAD days:
 * share_in_90_days = (stale + soon * (1 - touch_rate)) / records. */
typedef struct audit_decay {
    const model_entity *entity;
    const model_field *field; /* NULL: the record as a whole */
    pb_str owner;             /* absent: of all owners; empty: of nobody */
    int64_t limit_days;       /* the model's time for looking it over */
    uint64_t records;         /* whose age is known (with a value, when `field` is set) */
    uint64_t undated;         /* whose age is not */
    uint64_t stale, soon;     /* past the limit today; past it in 90 days if not touched */
    uint64_t touched;         /* of those made before the last 90 days: touched within them */
    uint64_t older;           /* made before the last 90 days (or at a time not known) */
    double touch_rate;        /* touched / older */
    double share_now, share_in_90_days; /* 0…1 */
    int64_t median_age_days;
    bool has_interval;                 /* some are known to have been changed after creation */
    int64_t median_interval_days;      /* of those changed after creation: days between the two */
    uint64_t never_changed;            /* of those with both: never changed after creation */
    uint64_t with_interval;            /* with both */
    uint32_t months[AUDIT_AGE_MONTHS]; /* records by age */
} audit_decay;

/** How far a field is filled: of every field the source has a column for or a value in. */
typedef struct audit_filled {
    const model_entity *entity;
    const model_field *field;
    uint64_t filled, records;
} audit_filled;

#endif
