/* Moments of a zone as moments of UTC: what a database writes without a zone is what a clock on the
 * wall showed.
 *
 * The zones are those of ICU. A server's own word for its zone is an abbreviation of the day
 * (`CEST`), which several zones share: it is believed only when it agrees with what the server's
 * clock is ahead of UTC.
 */
#include <unicode/ucal.h>
#include <unicode/ustring.h>

#include "base/time.h"
#include "internal.h"

enum { ZONE_LETTERS = 64, MINUTE_MS = 60000 };

struct live_clock {
    UCalendar *calendar;
    char zone[ZONE_LETTERS];
};

live_clock *live_clock_free(live_clock *clock)
{
    if (clock != NULL)
        ucal_close(clock->calendar);
    free(clock);
    return NULL;
}

const char *live_clock_zone(const live_clock *clock)
{
    return clock->zone;
}

/* `+03:30`, `+0330`, `-8`. */
static bool read_offset(const char *text, int64_t *ret_minutes)
{
    if (text[0] != '+' && text[0] != '-')
        return false;
    int64_t numbers[2] = {0, 0};
    size_t digits = 0;
    const char *c = text + 1;
    while (digits < 2 && *c >= '0' && *c <= '9' && ++digits)
        numbers[0] = numbers[0] * 10 + (*c++ - '0');
    c += *c == ':' && digits > 0;
    for (digits = digits > 0 ? 0 : 9; digits < 2 && *c >= '0' && *c <= '9'; digits++)
        numbers[1] = numbers[1] * 10 + (*c++ - '0');
    if (digits == 9 || digits == 1 || *c != '\0' || numbers[0] > 14 || numbers[1] > 59)
        return false;
    *ret_minutes = (numbers[0] * 60 + numbers[1]) * (text[0] == '-' ? -1 : 1);
    return true;
}

/* Opens ICU's zone of that name under the name that is shown. NULL: there is none, or no memory. */
static live_clock *open_zone(const char *name, const char *shown)
{
    UChar id[ZONE_LETTERS], canonical[ZONE_LETTERS];
    UErrorCode error = U_ZERO_ERROR;
    UBool known = false;
    size_t length = strlen(name);
    if (length == 0 || length >= ZONE_LETTERS || strlen(shown) >= ZONE_LETTERS)
        return NULL;
    for (size_t i = 0; i <= length; i++)
        id[i] = (UChar)(unsigned char)name[i];
    ucal_getCanonicalTimeZoneID(id, -1, canonical, ZONE_LETTERS, &known, &error);
    /* GMT+03:30 is no zone of the list, and read all the same; what is nothing becomes Unknown */
    bool custom = strncmp(name, "GMT+", 4) == 0 || strncmp(name, "GMT-", 4) == 0;
    if (U_FAILURE(error) || (!known && !custom))
        return NULL;
    live_clock *clock = calloc(1, sizeof *clock);
    if (clock == NULL)
        return NULL;
    clock->calendar = ucal_open(id, -1, "en", UCAL_GREGORIAN, &error);
    if (U_FAILURE(error))
        return live_clock_free(clock);
    memcpy(clock->zone, shown, strlen(shown) + 1);
    return clock;
}

static live_clock *open_offset(int64_t minutes)
{
    char name[32];
    int64_t size = minutes < 0 ? -minutes : minutes;
    snprintf(name, sizeof name, "GMT%c%02d:%02d", minutes < 0 ? '-' : '+', (int)(size / 60) % 100,
             (int)(size % 60));
    return open_zone(name, minutes == 0 ? "UTC" : name + 3);
}

pb_status live_clock_new(const char *zone, live_clock **ret, pb_error *err)
{
    int64_t minutes = 0;
    live_clock *clock = read_offset(zone, &minutes) ? open_offset(minutes) : open_zone(zone, zone);
    if (clock == NULL) {
        pb_fail(err, PB_USAGE, PB_MSG("There is no time zone “{value}”"), "value", zone, NULL);
        pb_error_hint(err,
                      PB_MSG("Write its name as Europe/Paris, or what it is ahead of UTC as "
                             "+03:30 (in an address: %2B03:30)"),
                      NULL);
        return PB_USAGE;
    }
    *ret = clock;
    return PB_OK;
}

/* What the zone is ahead of UTC at a moment of its own clock. */
static bool offset_of(const live_clock *clock, double local_ms, int64_t *ret_ms)
{
    UErrorCode error = U_ZERO_ERROR;
    int32_t raw = 0, summer = 0;
    UCalendar *own = ucal_clone(clock->calendar, &error);
    ucal_setMillis(own, local_ms, &error);
    ucal_getTimeZoneOffsetFromLocal(own, UCAL_TZ_LOCAL_FORMER, UCAL_TZ_LOCAL_LATTER, &raw, &summer,
                                    &error);
    ucal_close(own);
    *ret_ms = (int64_t)raw + summer;
    return U_SUCCESS(error);
}

static bool agrees(const live_clock *clock, int64_t minutes)
{
    int64_t ahead = 0;
    double local = ucal_getNow() + (double)minutes * MINUTE_MS;
    return offset_of(clock, local, &ahead) && ahead == minutes * MINUTE_MS;
}

/* Zones that write these abbreviations for a part of the year; several lines: the one that agrees
 * with the clock. */
static const char *const abbreviations[][2] = {
    {"CEST", "Europe/Berlin"},      {"CET", "Europe/Berlin"},     {"EEST", "Europe/Helsinki"},
    {"EET", "Europe/Helsinki"},     {"WEST", "Europe/Lisbon"},    {"WET", "Europe/Lisbon"},
    {"BST", "Europe/London"},       {"EDT", "America/New_York"},  {"EST", "America/New_York"},
    {"CDT", "America/Chicago"},     {"CST", "America/Chicago"},   {"CST", "Asia/Shanghai"},
    {"MDT", "America/Denver"},      {"MST", "America/Denver"},    {"PDT", "America/Los_Angeles"},
    {"PST", "America/Los_Angeles"}, {"AEDT", "Australia/Sydney"}, {"AEST", "Australia/Sydney"},
    {"IST", "Asia/Kolkata"},        {"IST", "Europe/Dublin"},     {"IDT", "Asia/Jerusalem"},
    {"IST", "Asia/Jerusalem"},      {"NZDT", "Pacific/Auckland"}, {"NZST", "Pacific/Auckland"},
};

pb_status live_clock_of_server(pb_str name, int64_t minutes, live_clock **ret, pb_error *err)
{
    live_clock *clock = NULL;
    for (size_t i = 0; i < sizeof abbreviations / sizeof *abbreviations && clock == NULL; i++)
        if (pb_str_is(name, abbreviations[i][0])) {
            clock = open_zone(abbreviations[i][1], abbreviations[i][1]);
            if (clock != NULL && !agrees(clock, minutes))
                clock = live_clock_free(clock);
        }
    char text[ZONE_LETTERS] = "";
    if (name.len < sizeof text)
        memcpy(text, name.len > 0 ? name.ptr : "", name.len);
    if (clock == NULL)
        clock = open_zone(text, text);
    if (clock != NULL && !agrees(clock, minutes))
        clock = live_clock_free(clock);
    if (clock == NULL)
        clock = open_offset(minutes);
    if (clock == NULL)
        return pb_fail_memory(err);
    *ret = clock;
    return PB_OK;
}

pb_str live_clock_read(const live_clock *clock, pb_arena *arena, pb_str raw)
{
    int64_t us = 0, ahead = 0;
    if (!pb_instant_parse(raw, &us) || !offset_of(clock, (double)us / 1000, &ahead))
        return raw; /* 0000-00-00 00:00:00: a bad value, told as it is */
    PB_AUTO_BUF out = PB_BUF_INIT(64);
    pb_instant_format(&out, us - ahead * 1000);
    return out.failed ? PB_STR_NONE : pb_arena_str(arena, pb_buf_str(&out));
}
