/* Running the cases that prove each control right: one that passes, one that fails, one that it
 * does not apply to.
 *
 * audit sees neither record nor exchange: the caller loads the records of a case down the one road
 * into an empty scratch workspace and hands over a snapshot. Threads: one run, one thread.
 */
#ifndef AUDIT_FIXTURES_H
#define AUDIT_FIXTURES_H

#include "audit/audit.h"

/** Loads `fixture` into a workspace that holds nothing else and opens a snapshot of it. */
typedef pb_status (*audit_fixture_load)(void *context, const audit_fixture *fixture,
                                        db_session **ret_snapshot, pb_error *err);
/** Ends what `load` began. */
typedef void (*audit_fixture_unload)(void *context, db_session *snapshot);

typedef struct audit_fixture_loader {
    audit_fixture_load load;
    audit_fixture_unload unload;
    void *context;
} audit_fixture_loader;

/** What came of one case. */
typedef struct audit_fixture_result {
    const audit_control *control;
    const audit_fixture *fixture;
    bool good;
    audit_outcome outcome;
    pb_str says;     /* not good: English message id with {expected} and {found} */
    pb_str expected; /* ids or outcome */
    pb_str found;
} audit_fixture_result;

/** Runs all cases of all controls, or of those whose base id or id is `only` (absent: all). Every
 * case gives a result, good or not; only what concerns the run as a whole is returned as a failure.
 * PB_NOT_FOUND when nothing was run. */
pb_status audit_fixtures_run(const model_schema *schema, const audit_catalogue *catalogue,
                             pb_str only, const audit_fixture_loader *loader, pb_arena *arena,
                             audit_fixture_result **ret_results, size_t *ret_count, pb_error *err);

/** The records of one entity of a case as a CSV file a source could send: the header is `id` and
 * the names of all columns used. `*ret_rows` 0: the case has none of them, nothing was written. */
pb_status audit_fixture_csv(const audit_fixture *fixture, const model_entity *entity, pb_buf *out,
                            size_t *ret_rows, pb_error *err);

#endif
