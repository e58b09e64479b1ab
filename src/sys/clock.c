/* The clock. */
#include "sys/clock.h"

#include "base/time.h"

#include <time.h>

static int64_t read_clock(clockid_t id)
{
    struct timespec now = {0};
    clock_gettime(id, &now);
    return (int64_t)now.tv_sec * PB_US_PER_SECOND + now.tv_nsec / 1000;
}

int64_t sys_now_us(void)
{
    return read_clock(CLOCK_REALTIME);
}

int64_t sys_monotonic_us(void)
{
    return read_clock(CLOCK_MONOTONIC);
}

int64_t sys_coarse_us(void)
{
    return read_clock(CLOCK_MONOTONIC_COARSE);
}

int64_t sys_cpu_us(void)
{
    return read_clock(CLOCK_PROCESS_CPUTIME_ID);
}

void sys_sleep_us(int64_t us)
{
    struct timespec time = {us / PB_US_PER_SECOND, us % PB_US_PER_SECOND * 1000};
    nanosleep(&time, NULL);
}

int64_t sys_today(void)
{
    return sys_day_of(sys_now_us());
}

int64_t sys_day_of(int64_t us)
{
    return pb_zone_day(sys_zone(), us);
}
