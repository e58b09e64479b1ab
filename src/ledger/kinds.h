/* The kinds of events, from declare/events.yaml. */
#ifndef LEDGER_KINDS_H
#define LEDGER_KINDS_H

#include "base/str.h"

typedef struct ledger_kind {
    const char *name;
    bool record;      /* a step in one record's history */
    bool payload;     /* something may lie beside the event */
    const char *says; /* English message id */
} ledger_kind;

/** In order of the name. */
extern const ledger_kind ledger_kinds[];
extern const size_t ledger_kind_count;

/** NULL when it is not declared. O(log n). */
const ledger_kind *ledger_kind_find(pb_str name);

#endif
