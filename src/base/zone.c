/* The days of a time zone. */
#include "base/zone.h"

#include "base/time.h"

/* Steps that count at this moment: the last of them is in force. */
static size_t steps_until(const pb_zone *zone, int64_t us)
{
    size_t from = 0, to = zone->count;
    while (from < to) {
        size_t middle = from + (to - from) / 2;
        if (zone->steps[middle].from_us <= us)
            from = middle + 1;
        else
            to = middle;
    }
    return from;
}

static int64_t ahead_behind(const pb_zone *zone, size_t steps)
{
    return steps == 0 ? zone->ahead_us : zone->steps[steps - 1].ahead_us;
}

void pb_zone_settle(int64_t ahead_us, pb_zone_step *steps, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        int64_t day = pb_instant_day(steps[i].from_us - 1 + ahead_us);
        ahead_us = steps[i].ahead_us;
        if (pb_instant_day(steps[i].from_us + ahead_us) < day)
            steps[i].from_us = day * PB_US_PER_DAY - ahead_us;
    }
}

int64_t pb_zone_shown(const pb_zone *zone, int64_t us)
{
    int64_t shown;
    if (zone == NULL)
        return us;
    return __builtin_add_overflow(us, ahead_behind(zone, steps_until(zone, us)), &shown) ? us
                                                                                         : shown;
}

int64_t pb_zone_day(const pb_zone *zone, int64_t us)
{
    return pb_instant_day(pb_zone_shown(zone, us));
}

int64_t pb_zone_begin(const pb_zone *zone, int64_t day)
{
    int64_t shown = day * PB_US_PER_DAY;
    if (zone == NULL)
        return shown;
    for (size_t i = 0; i < zone->count; i++) {
        int64_t begin = shown - ahead_behind(zone, i);
        if (begin < zone->steps[i].from_us)
            return i > 0 && begin < zone->steps[i - 1].from_us ? zone->steps[i - 1].from_us : begin;
    }
    int64_t begin = shown - ahead_behind(zone, zone->count);
    return zone->count > 0 && begin < zone->steps[zone->count - 1].from_us
               ? zone->steps[zone->count - 1].from_us
               : begin;
}
