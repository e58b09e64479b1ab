/* The day of a moment as SQL: whole numbers alone, which every engine reckons alike. */
#include "base/time.h"
#include "model/expr.h"

/* Moments of the years 1-9999 are positive with so many days more, so that division rounds down. */
enum { SHIFT_DAYS = 800000 };

/* By how much the clock is ahead, of the steps from `from` up to `to`; halved, so that a row costs
 * some eight comparisons and not one for each step. */
static void put_ahead(const pb_zone *zone, size_t from, size_t to, pb_str moment, pb_buf *out)
{
    if (from == to) {
        pb_buf_i64(out, from == 0 ? zone->ahead_us : zone->steps[from - 1].ahead_us);
        return;
    }
    size_t middle = from + (to - from) / 2;
    pb_buf_addc(out, "CASE WHEN ");
    pb_buf_add(out, moment);
    pb_buf_addc(out, " < ");
    pb_buf_i64(out, zone->steps[middle].from_us);
    pb_buf_addc(out, " THEN ");
    put_ahead(zone, from, middle, moment, out);
    pb_buf_addc(out, " ELSE ");
    put_ahead(zone, middle + 1, to, moment, out);
    pb_buf_addc(out, " END");
}

/* Division rounds towards zero in SQL; days before 1970 need the floor. */
static void put_utc(pb_str moment, pb_buf *out)
{
    const char *parts[] = {"(CASE WHEN ", " % 86400000000 < 0 THEN ", " / 86400000000 - 1 ELSE ",
                           " / 86400000000 END)"};
    for (size_t i = 0; i < 3; i++) {
        pb_buf_addc(out, parts[i]);
        pb_buf_add(out, moment);
    }
    pb_buf_addc(out, parts[3]);
}

void model_put_day(const pb_zone *zone, pb_str moment, pb_buf *out)
{
    if (zone == NULL || (zone->count == 0 && zone->ahead_us == 0)) {
        put_utc(moment, out);
        return;
    }
    pb_buf_addc(out, "((");
    pb_buf_add(out, moment);
    pb_buf_addc(out, " + ");
    put_ahead(zone, 0, zone->count, moment, out);
    pb_buf_addc(out, " + ");
    pb_buf_i64(out, SHIFT_DAYS * PB_US_PER_DAY);
    pb_buf_printf(out, ") / 86400000000 - %d)", SHIFT_DAYS);
}
