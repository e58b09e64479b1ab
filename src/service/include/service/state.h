/* How a workspace is, for who looks after it: can it be written, is there room, is it backed up,
 * drilled, verified, is work waiting; each in plain words, with a grade.
 *
 * Whoever asks must be allowed the operation `settings` or `backup`, or hold the workspace's key.
 * No place is asked anything. What could not be seen is “unknown”, never good.
 */
#ifndef SERVICE_STATE_H
#define SERVICE_STATE_H

#include "service/service.h"

typedef enum service_grade {
    SERVICE_GOOD,
    SERVICE_UNKNOWN,
    SERVICE_WATCH, /* somebody should look */
    SERVICE_BAD,   /* somebody must */
    SERVICE_GRADES
} service_grade;
/** good, unknown, watch, bad. */
const char *service_grade_word(service_grade grade);

typedef struct service_check {
    const char *name; /* of what is looked at: writing, size, disk, jobs, mail, backup, drill,
                        verify, clock */
    service_grade grade;
    const char *says; /* English message id, may use {value} */
    pb_str value;     /* absent: none */
    int64_t at_us;    /* of what it tells; INT64_MIN: none */
    int64_t number;   /* bytes, jobs, seconds; INT64_MIN: none */
} service_check;

enum { SERVICE_CHECKS_MOST = 10 };

typedef struct service_state {
    const char *engine; /* SQLite or PostgreSQL */
    service_check checks[SERVICE_CHECKS_MOST];
    size_t count;
} service_state;

/** Texts live in `arena`. May wait for the writer. */
pb_status service_state_read(const service_call *call, db_workspace *workspace, pb_arena *arena,
                             service_state *ret_state, pb_error *err);

#endif
