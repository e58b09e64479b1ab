/* The days of a time zone. What a zone is stands in tables of the operating system (see
 * sys/clock.h); here is only what it comes to: by how much its clock is ahead of UTC, and since
 * when. A day has 23 or 25 hours where the clock is changed, and none at all where a zone moved
 * over the date line.
 *
 * Days go forward: where a clock that is put back at midnight would say yesterday once more, the
 * day that has begun stays. So a day is one stretch of moments, and an index can be asked for it.
 */
#ifndef BASE_ZONE_H
#define BASE_ZONE_H

#include <stddef.h>
#include <stdint.h>

typedef struct pb_zone_step {
    int64_t from_us;  /* since that moment */
    int64_t ahead_us; /* the clock is so much ahead of UTC; negative: behind */
} pb_zone_step;

typedef struct pb_zone {
    int64_t ahead_us;          /* before the first step */
    const pb_zone_step *steps; /* in order of time, as pb_zone_settle leaves them */
    size_t count;
} pb_zone;

/** Moves each step that would turn the day back to where its day begins again. The steps lie more
 * than a day apart. */
void pb_zone_settle(int64_t ahead_us, pb_zone_step *steps, size_t count);
/** The day of a moment, in days since 1970-01-01. `zone` NULL: UTC. O(log steps). */
int64_t pb_zone_day(const pb_zone *zone, int64_t us);
/** The first moment of a day, or of the next one there is. `day` is one of the years 1–9999, or
 * not much beyond. */
int64_t pb_zone_begin(const pb_zone *zone, int64_t day);
/** The moment as its clock shows it, in microseconds since 1970-01-01T00:00 of that clock. */
int64_t pb_zone_shown(const pb_zone *zone, int64_t us);

#endif
