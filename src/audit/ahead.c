#include "ahead.h"

#include <pthread.h>
#include <stdatomic.h>

#include "measure.h"
#include "measures/scan.h"

/* One thing to be found: the duplicates or the texts of one entity. */
typedef struct ahead_task {
    entity_state state; /* as far as the thread needs it, and what it found */
    measure_needs what;
    bool done;
    pb_status status;
    pb_error why;
} ahead_task;

struct audit_ahead {
    audit_work work; /* the thread's own */
    const audit_work *first;
    ahead_task *tasks; /* all duplicates, then all texts */
    size_t count;
    pthread_t thread;
    pthread_mutex_t lock; /* for `surveyed`, and `done` of tasks */
    pthread_cond_t change;
    bool surveyed;
    atomic_bool stopped;
};

bool ahead_stopped(const audit_ahead *ahead)
{
    return ahead && atomic_load_explicit(&ahead->stopped, memory_order_relaxed);
}

/* The texts need to know which fields are filled; the duplicates need nothing, and begin at once.
 */
static bool await_survey(audit_ahead *ahead)
{
    pthread_mutex_lock(&ahead->lock);
    while (!ahead->surveyed && !ahead_stopped(ahead))
        pthread_cond_wait(&ahead->change, &ahead->lock);
    pthread_mutex_unlock(&ahead->lock);
    return !ahead_stopped(ahead);
}

static pb_status do_task(audit_ahead *ahead, ahead_task *task)
{
    const text_scan *scan;
    if (task->what == NEEDS_TWINS)
        return twins_find(&ahead->work, &task->state, &task->why);
    if (!await_survey(ahead))
        return pb_fail(&task->why, PB_CANCELLED, PB_MSG("The audit was stopped."), NULL);
    const entity_state *surveyed = &ahead->first->entities[task->state.entity->index];
    ahead->work.today = ahead->first->today;
    ahead->work.reference = ahead->first->reference;
    task->state.rows = surveyed->rows;
    task->state.filled = surveyed->filled;
    return scan_texts(&ahead->work, &task->state, &scan, &task->why);
}

static void *run_ahead(void *context)
{
    audit_ahead *ahead = context;
    for (size_t i = 0; i < ahead->count; i++) {
        ahead_task *task = &ahead->tasks[i];
        pb_status status = do_task(ahead, task);
        pthread_mutex_lock(&ahead->lock);
        task->status = status;
        task->done = true;
        pthread_cond_broadcast(&ahead->change);
        pthread_mutex_unlock(&ahead->lock);
    }
    return NULL;
}

static bool is_wanted(const audit_catalogue *catalogue, const model_entity *entity,
                      measure_needs what)
{
    for (size_t i = 0; i < catalogue->count; i++) {
        const audit_control *control = &catalogue->controls[i];
        if (control->entity == entity && control->measure && control->measure->needs == what)
            return true;
    }
    return false;
}

static pb_status list_tasks(audit_ahead *ahead, pb_error *err)
{
    const model_schema *schema = ahead->work.schema;
    ahead->tasks =
        pb_arena_array(ahead->work.scratch, schema->entity_count * 2 + 1, sizeof *ahead->tasks);
    if (!ahead->tasks)
        return pb_fail_memory(err);
    for (int what = NEEDS_TWINS; what < NEEDS_COUNT; what++)
        for (size_t i = 0; i < schema->entity_count; i++)
            if (is_wanted(ahead->work.catalogue, &schema->entities[i], (measure_needs)what))
                ahead->tasks[ahead->count++] = (ahead_task){
                    .state = {.entity = &schema->entities[i]}, .what = (measure_needs)what};
    return PB_OK;
}

static pb_status begin_thread(audit_ahead *ahead, pb_error *err)
{
    PB_TRY(list_tasks(ahead, err));
    if (pthread_mutex_init(&ahead->lock, NULL) != 0)
        return pb_fail_memory(err);
    if (pthread_cond_init(&ahead->change, NULL) != 0) {
        pthread_mutex_destroy(&ahead->lock);
        return pb_fail_memory(err);
    }
    if (pthread_create(&ahead->thread, NULL, run_ahead, ahead) == 0)
        return PB_OK;
    pthread_cond_destroy(&ahead->change);
    pthread_mutex_destroy(&ahead->lock);
    return pb_fail_memory(err);
}

pb_status ahead_start(audit_work *work, pb_error *err)
{
    if (!work->options->beside)
        return PB_OK;
    pb_arena *scratch = pb_arena_new((size_t)4 << 30);
    audit_ahead *ahead = scratch ? pb_arena_alloc(scratch, sizeof *ahead) : NULL;
    if (!ahead) {
        pb_arena_free(scratch);
        return pb_fail_memory(err);
    }
    ahead->first = work;
    ahead->work = (audit_work){.session = work->options->beside,
                               .schema = work->schema,
                               .catalogue = work->catalogue,
                               .options = work->options,
                               .arena = scratch,
                               .scratch = scratch,
                               .self = ahead};
    pb_status status = begin_thread(ahead, err);
    if (status == PB_OK)
        work->ahead = ahead;
    else
        pb_arena_free(scratch);
    return status;
}

void ahead_surveyed(audit_work *work)
{
    audit_ahead *ahead = work->ahead;
    if (!ahead)
        return;
    pthread_mutex_lock(&ahead->lock);
    ahead->surveyed = true;
    pthread_cond_broadcast(&ahead->change);
    pthread_mutex_unlock(&ahead->lock);
}

static pb_status take_task(audit_work *work, const entity_state *state, measure_needs what,
                           const entity_state **ret_found, pb_error *err)
{
    audit_ahead *ahead = work->ahead;
    ahead_task *task = NULL;
    *ret_found = NULL;
    for (size_t i = 0; ahead && i < ahead->count && !task; i++)
        if (ahead->tasks[i].what == what && ahead->tasks[i].state.entity == state->entity)
            task = &ahead->tasks[i];
    if (!task)
        return PB_OK;
    pthread_mutex_lock(&ahead->lock);
    while (!task->done)
        pthread_cond_wait(&ahead->change, &ahead->lock);
    pthread_mutex_unlock(&ahead->lock);
    if (task->status == PB_OK)
        *ret_found = &task->state;
    else if (err)
        *err = task->why;
    return task->status;
}

pb_status ahead_twins(audit_work *work, entity_state *state, bool *ret_taken, pb_error *err)
{
    const entity_state *found;
    PB_TRY(take_task(work, state, NEEDS_TWINS, &found, err));
    *ret_taken = found != NULL;
    if (found) {
        state->match_fields = found->match_fields;
        state->exact = found->exact;
        state->near = found->near;
        state->matched = true;
    }
    return PB_OK;
}

pb_status ahead_texts(audit_work *work, entity_state *state, bool *ret_taken, pb_error *err)
{
    const entity_state *found;
    PB_TRY(take_task(work, state, NEEDS_TEXTS, &found, err));
    *ret_taken = found != NULL;
    if (found)
        state->scan = found->scan;
    return PB_OK;
}

void ahead_end(audit_ahead *ahead)
{
    if (!ahead)
        return;
    pthread_mutex_lock(&ahead->lock);
    atomic_store(&ahead->stopped, true);
    pthread_cond_broadcast(&ahead->change);
    pthread_mutex_unlock(&ahead->lock);
    pthread_join(ahead->thread, NULL);
    pthread_cond_destroy(&ahead->change);
    pthread_mutex_destroy(&ahead->lock);
    pb_arena_free(ahead->work.scratch);
}
