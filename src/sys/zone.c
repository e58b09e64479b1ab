/* The time zone of the process, as the C library knows it, written down once: what SQL, indexes and
 * the program itself call a day is then the same by construction. */
#include "sys/clock.h"

#include "base/time.h"
#include "sys/environment.h"
#include "sys/file.h"

#include <pthread.h>
#include <time.h>

enum { STEPS_MAX = 512, DAY = 86400, WEEK = 7 * DAY, LAST_DAY = 36525 /* 2070-01-01 */ };

static pthread_once_t once = PTHREAD_ONCE_INIT;
static struct {
    pb_zone_step steps[STEPS_MAX];
    pb_zone zone;
} here;

/* By how many seconds the clock is ahead at a second. */
static int64_t ahead_at(int64_t second)
{
    time_t moment = (time_t)second;
    struct tm local;
    return localtime_r(&moment, &local) == NULL ? 0 : local.tm_gmtoff;
}

/* The first second behind `from` and up to `to` at which the clock is not as it is at `from`. */
static int64_t changed_at(int64_t from, int64_t to)
{
    int64_t before = ahead_at(from);
    while (to - from > 1) {
        int64_t middle = from + (to - from) / 2;
        if (ahead_at(middle) == before)
            from = middle;
        else
            to = middle;
    }
    return to;
}

/* Looked at week by week: no clock is put on and back again within one. */
static void write_down(void)
{
    size_t count = 0;
    int64_t ahead = ahead_at(0);
    here.zone = (pb_zone){.ahead_us = ahead * PB_US_PER_SECOND, .steps = here.steps};
    for (int64_t week = 0; week < (int64_t)LAST_DAY * DAY && count < STEPS_MAX; week += WEEK) {
        if (ahead_at(week + WEEK) == ahead)
            continue;
        int64_t second = changed_at(week, week + WEEK);
        ahead = ahead_at(week + WEEK);
        here.steps[count++] = (pb_zone_step){second * PB_US_PER_SECOND, ahead * PB_US_PER_SECOND};
    }
    pb_zone_settle(here.zone.ahead_us, here.steps, count);
    here.zone.count = count;
}

const pb_zone *sys_zone(void)
{
    pthread_once(&once, write_down);
    return &here.zone;
}

/* ---- what $TZ names ---- */

static bool is_letter(char c)
{
    return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');
}

/* `CET-1CEST,M3.5.0,M10.5.0/3`, `<+0330>-3:30`: a name and how far behind UTC (POSIX). */
static bool is_rule(const char *name)
{
    const char *at = name;
    if (*at == '<')
        at += strcspn(at, ">") + (strchr(at, '>') != NULL);
    else
        while (is_letter(*at))
            at++;
    bool named = at - name >= 3;
    at += *at == '+' || *at == '-';
    return named && *at >= '0' && *at <= '9';
}

static bool is_known(const char *name, pb_arena *arena)
{
    const char *folder = sys_getenv("TZDIR");
    if (is_rule(name) || strcmp(name, "UTC") == 0 || strcmp(name, "GMT") == 0)
        return true;
    char *path = *name == '/'
                     ? pb_arena_cstr(arena, pb_str_c(name))
                     : sys_path_join(arena, folder == NULL ? "/usr/share/zoneinfo" : folder, name);
    return path == NULL || sys_path_kind(path) == SYS_FILE;
}

pb_status sys_time_zone_check(pb_error *err)
{
    PB_AUTO_ARENA arena = pb_arena_new(1 << 16);
    const char *name = sys_getenv("TZ");
    if (arena == NULL)
        return pb_fail_memory(err);
    if (name != NULL && !is_known(name + (*name == ':'), arena)) {
        pb_fail(err, PB_INVALID, PB_MSG("There is no time zone {value}."), "value", name, NULL);
        pb_error_detail(err, PB_MSG("The environment names it as TZ; days would end as in UTC."),
                        NULL);
        pb_error_hint(err,
                      PB_MSG("Name one such as Europe/Berlin, say it in full as CET-1CEST, or "
                             "install the system's table of time zones (tzdata)."),
                      NULL);
        return PB_INVALID;
    }
    return PB_OK;
}

pb_status sys_time_zone_read(pb_error *err)
{
    PB_TRY(sys_time_zone_check(err));
    tzset();
    sys_zone();
    write_down();
    return PB_OK;
}
