/* Work in parts, by several threads. Which thread does which part is chance; what a part does must
 * not depend on it. */
#include "internal.h"

#include <pthread.h>
#include <stdatomic.h>

typedef struct crew {
    match_part_work work;
    void *context;
    size_t parts;
    atomic_size_t next;
} crew;

typedef struct crew_member {
    crew *of;
    size_t number;
    pthread_t id;
} crew_member;

static void *take_parts(void *context)
{
    crew_member *member = context;
    crew *of = member->of;
    for (;;) {
        size_t part = atomic_fetch_add(&of->next, 1);
        if (part >= of->parts)
            return NULL;
        of->work(of->context, part, member->number);
    }
}

/* A thread that cannot be had is done without: the caller does its parts. */
void match_crew(size_t threads, size_t parts, match_part_work work, void *context)
{
    crew of = {.work = work, .context = context, .parts = parts};
    crew_member members[MATCH_THREADS];
    size_t wanted = threads < parts ? threads : parts, running = 0;
    atomic_init(&of.next, 0);
    for (size_t i = 1; i < wanted && i < MATCH_THREADS; i++) {
        members[running] = (crew_member){.of = &of, .number = running + 1};
        if (pthread_create(&members[running].id, NULL, take_parts, &members[running]) != 0)
            break;
        running++;
    }
    crew_member self = {.of = &of, .number = 0};
    take_parts(&self);
    for (size_t i = 0; i < running; i++)
        pthread_join(members[i].id, NULL);
}
