/* Randomness. */
#include "sys/random.h"

#include <sodium.h>

pb_status sys_sodium_init(pb_error *err)
{
    if (sodium_init() >= 0)
        return PB_OK;
    pb_fail(err, PB_INTERNAL, PB_MSG("Could not ready the cryptographic library"), NULL);
    pb_error_hint(err, PB_MSG("Check that the system's source of randomness works."), NULL);
    return PB_INTERNAL;
}

void sys_random(void *to, size_t size)
{
    randombytes_buf(to, size);
}
