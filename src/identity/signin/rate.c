/* Buckets of requests, one a key, in memory: a table of fixed size where the key that was idle
 * longest makes room for another. */
#include "internal.h"

#include "base/time.h"

#include <pthread.h>

enum { SETS = 1024, WAYS = 4, BUCKET_PART = 10 };

/* Filled at `full_us`, if nothing is taken: the later, the emptier it is. */
typedef struct bucket {
    int64_t key;
    int64_t full_us;
} bucket;

typedef struct buckets {
    pthread_mutex_t lock;
    bucket sets[SETS][WAYS];
} buckets;

static void *buckets_make(void)
{
    buckets *made = calloc(1, sizeof *made);
    if (made != NULL)
        pthread_mutex_init(&made->lock, NULL);
    return made;
}

static void buckets_free(void *all)
{
    buckets *old = all;
    if (old == NULL)
        return;
    pthread_mutex_destroy(&old->lock);
    free(old);
}

static bucket *find(buckets *all, int64_t key)
{
    bucket *set = all->sets[(uint64_t)key % SETS], *oldest = set;
    for (int i = 0; i < WAYS; i++) {
        if (set[i].key == key)
            return &set[i];
        if (set[i].full_us < oldest->full_us)
            oldest = &set[i];
    }
    *oldest = (bucket){.key = key, .full_us = INT64_MIN};
    return oldest;
}

/* Each request moves the moment at which the bucket is full by the time it takes to fill in one;
 * that moment is never further away than a whole bucket ("generic cell rate algorithm", ITU-T
 * I.371): evenly filled, and one number is all that is kept. */
static bool take(bucket *of, int64_t rate, int64_t now_us, int64_t *ret_wait_us)
{
    int64_t one = 60 * PB_US_PER_SECOND / rate;
    int64_t holds = rate / BUCKET_PART > 0 ? rate / BUCKET_PART : 1;
    int64_t full = of->full_us > now_us ? of->full_us : now_us;
    int64_t over = full + one - now_us - holds * one;
    *ret_wait_us = over > 0 ? over : 0;
    if (over <= 0)
        of->full_us = full + one;
    return over <= 0;
}

bool identity_rate_take(db_workspace *workspace, int64_t key, int64_t rate, int64_t now_us,
                        int64_t *ret_wait_us)
{
    *ret_wait_us = 0;
    if (rate <= 0)
        return true;
    buckets *all = identity_slot(workspace, "rates", buckets_make, buckets_free);
    if (all == NULL) {
        *ret_wait_us = PB_US_PER_SECOND; /* what cannot be counted is not let through */
        return false;
    }
    pthread_mutex_lock(&all->lock);
    bool good = take(find(all, key), rate, now_us, ret_wait_us);
    pthread_mutex_unlock(&all->lock);
    return good;
}
