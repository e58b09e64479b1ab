/* How much memory comparing records may take, and where the rest lies. */
#include "internal.h"

#include "sys/environment.h"
#include "sys/spill.h"

enum { KEYS_SHARE = 4, LEAST_KEYS = 64 << 20 };

/* Of a search in files: what the program itself takes (its code and tables, what reads a file),
 * what of a row lies in memory wherever the rest does (words of names, its cluster, pairs found),
 * and a margin for blocks too small to count. Measured, see doc/performance.md. */
enum { PROGRAM = 56 << 20, MARGIN = 24 << 20, ROW = 72 };

static void end(void *context)
{
    sys_spill_free(context);
}

static pb_status why(const void *spill, pb_error *err)
{
    pb_status status = sys_spill_why(spill, err);
    if (status == PB_MEMORY)
        return status;
    pb_error_hint(err,
                  PB_MSG("Comparing takes more memory than it may have, and the rest goes to that "
                         "folder: free space there, name another one by TMPDIR, or allow more "
                         "with --memory, for jobs of a server with --job-memory."),
                  NULL);
    return status;
}

pb_status service_matching(const service_call *call, double threshold, pb_arena *arena,
                           match_options *ret_options, pb_error *err)
{
    uint64_t limit = call->memory > 0 ? call->memory : sys_memory() / 2;
    match_store *store = pb_arena_alloc(arena, sizeof *store);
    sys_spill *spill = NULL;
    if (store == NULL)
        return pb_fail_memory(err);
    PB_TRY(sys_spill_new(limit, NULL, &spill, err));
    if (!pb_arena_defer(arena, end, spill)) {
        sys_spill_free(spill);
        return pb_fail_memory(err);
    }
    *store = (match_store){sys_spill_resize, sys_spill_rest, why, spill};
    *ret_options = (match_options){
        .threshold = threshold,
        .memory = limit / KEYS_SHARE > LEAST_KEYS ? limit / KEYS_SHARE : LEAST_KEYS,
        .store = store,
        .threads = sys_cores(),
    };
    return PB_OK;
}

pb_status service_matching_bound(const service_call *call, const match_options *options,
                                 uint64_t rows, pb_error *err)
{
    uint64_t limit = call->memory > 0 ? call->memory : sys_memory() / 2;
    uint64_t least = PROGRAM + MARGIN + rows * ROW;
    if (limit < least && call->memory > 0) {
        char given[24], needed[24];
        uint64_t has = limit / 1000000, needs = least / 1000000 + 1;
        (void)snprintf(given, sizeof given, "%lluMB", (unsigned long long)has);
        (void)snprintf(needed, sizeof needed, "%lluMB", (unsigned long long)needs);
        pb_fail(err, PB_USAGE,
                PB_MSG("Records to be compared: {count}; that cannot be done in {given} of memory"),
                "count", PB_ARG_INT((int64_t)rows), "given", given, NULL);
        pb_error_hint(err, PB_MSG("Allow at least {needed}: --memory {needed}"), "needed", needed,
                      NULL);
        return PB_USAGE;
    }
    sys_spill_bound(options->store->context, limit > least ? limit - least : 0);
    return PB_OK;
}
