/* Time values: no clock here (see sys/clock.h), only arithmetic and text.
 *
 * Dates are days since 1970-01-01 (proleptic Gregorian), instants are microseconds since
 * 1970-01-01T00:00:00Z. Source: H. Hinnant, "chrono-Compatible Low-Level Date Algorithms"; RFC
 * 3339.
 */
#ifndef BASE_TIME_H
#define BASE_TIME_H

#include "base/buf.h"

#define PB_US_PER_SECOND INT64_C(1000000)
#define PB_US_PER_DAY (INT64_C(86400) * PB_US_PER_SECOND)

/** Days since 1970-01-01 of a civil date. False when the date does not exist (year 1–9999). */
bool pb_date_from_civil(int year, int month, int day, int64_t *ret_days);
/** Days beyond the years 1–9999 count as the first or last day. */
void pb_date_to_civil(int64_t days, int *ret_year, int *ret_month, int *ret_day);
/** `YYYY-MM-DD`, whole slice. */
bool pb_date_parse(pb_str s, int64_t *ret_days);
void pb_date_format(pb_buf *out, int64_t days);
/** RFC 3339 date-time with offset or `Z`; also a blank instead of `T`, missing seconds, and no
 * offset (then UTC). */
bool pb_instant_parse(pb_str s, int64_t *ret_us);
/** RFC 3339 in UTC, with microseconds only when they are not zero. */
void pb_instant_format(pb_buf *out, int64_t us);
/** Day of an instant, in UTC. */
int64_t pb_instant_day(int64_t us);
/** A duration as declarations write it: `90d`, `6w`, `18mo`, `3y` (a month is 30 days, a year 365),
 * in days. */
bool pb_duration_days(pb_str s, int64_t *ret_days);
/** A length of time of work: a whole number from 1 to 1,000,000 and s, m, h, d or w: `90s`, `15m`,
 * `24h`, `30d`; in microseconds. */
bool pb_duration_us(pb_str s, int64_t *ret_us);
/** Solar Hijri (Jalali) to Gregorian days and back, years 1–3177. Source: K. M. Borkowski, "The
 * Persian calendar for 3000 years" (his table of breaks). pb_date_to_jalali gives zeros outside
 * these years. */
bool pb_date_from_jalali(int year, int month, int day, int64_t *ret_days);
void pb_date_to_jalali(int64_t days, int *ret_year, int *ret_month, int *ret_day);

#endif
