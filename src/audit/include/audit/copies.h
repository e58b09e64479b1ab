/* Groups of records that are likely one: how many, what they hold, whose they are and how they came
 * in; and how good the search is, as far as reviewers' decisions tell.
 */
#ifndef AUDIT_COPIES_H
#define AUDIT_COPIES_H

#include "audit/figures.h"
#include "likeness/quality.h"
#include "model/schema.h"

/** One owner, source or way in. */
typedef struct audit_copies_part {
    pb_str name;      /* absent: of nobody, not known */
    uint64_t records; /* it has */
    uint64_t grouped; /* of them in groups of likely duplicates */
} audit_copies_part;

enum { AUDIT_COPIES_PARTS = 10 };

/** Of one entity that was searched. */
typedef struct audit_copies {
    const model_entity *entity;
    uint64_t records;
    uint64_t groups, grouped;  /* groups, and records in them */
    uint64_t extra;            /* records that would go, were each group one */
    uint64_t largest;          /* records of the largest group */
    uint64_t split_owners;     /* groups whose records have different owners */
    int64_t amount;            /* of the records in groups, in minor units; see amount_currency */
    pb_str amount_currency;    /* as audit_finding.amount_currency */
    uint64_t linked;           /* records of other kinds that hang on those in groups: deals, cases,
                                  orders, people of a firm */
    audit_sums linked_amounts; /* what these are worth */
    audit_copies_part owners[AUDIT_COPIES_PARTS], sources[AUDIT_COPIES_PARTS],
        ways[AUDIT_COPIES_PARTS]; /* most grouped first; those without any are left out */
    size_t owner_count, source_count, way_count;
    const likeness_quality *quality; /* NULL: no decisions */
} audit_copies;

#endif
