/* What somebody decides of a pair of records, for everybody's pairs and for the queue. */
#ifndef SERVICE_VERDICT_H
#define SERVICE_VERDICT_H

#include "service/review.h"

typedef struct service_verdict {
    const service_call *call;
    const model_entity *entity;
    pb_uuid a, b;
    record_decision decision;
    pb_str reason;
    uint64_t calibrated; /* pairs that weights were learned from, once it is kept */
} service_verdict;

/** Stores it and learns from it. */
pb_status service_verdict_keep(db_session *session, service_verdict *verdict, pb_error *err);

#endif
