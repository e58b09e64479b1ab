/* How much memory comparing records may take, and where the rest lies. */
#include "internal.h"

#include "sys/environment.h"
#include "sys/spill.h"

enum { KEYS_SHARE = 4, LEAST_KEYS = 64 << 20 };

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
                         "with --memory."),
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
