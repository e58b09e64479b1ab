/* All kinds of jobs that the server does: a new table of them is a line here. */
#include "jobs/jobs.h"
#include "oversight/oversight.h"
#include "taking/taking.h"

/* clang-format off */
const http_job_kind *const http_job_kinds[] = {
    http_oversight_kinds,
    http_taking_kinds,
    NULL,
};
/* clang-format on */
