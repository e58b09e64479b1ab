/* Time zones behind a time of day. An abbreviation that several countries use is read only where
 * the column says whose it is (format.zone_country); RFC 5322, 4.3 settles those of North America
 * but CST, which China writes too. */
#include "types/zone.h"

#include "base/time.h"
#include "model/zone.h"

#include <string.h>

#include <unicode/ucal.h>

typedef struct named_zone {
    const char *name; /* folded */
    int minutes;
    const char *country; /* that the name speaks for; "": none */
} named_zone;

static const named_zone words[] = {
    {"z", 0, ""},         {"ut", 0, ""},       {"utc", 0, ""},      {"gmt", 0, "GB"},
    {"wet", 0, ""},       {"west", 60, ""},    {"cet", 60, ""},     {"cest", 120, ""},
    {"mez", 60, ""},      {"mesz", 120, ""},   {"eet", 120, ""},    {"eest", 180, ""},
    {"msk", 180, ""},     {"trt", 180, ""},    {"sast", 120, ""},   {"eat", 180, ""},
    {"est", -300, "US"},  {"edt", -240, "US"}, {"cdt", -300, "US"}, {"mst", -420, "US"},
    {"mdt", -360, "US"},  {"pst", -480, "US"}, {"pdt", -420, "US"}, {"akst", -540, "US"},
    {"akdt", -480, "US"}, {"hst", -600, "US"}, {"adt", -180, "CA"}, {"brt", -180, ""},
    {"art", -180, ""},    {"idt", 180, "IL"},  {"irst", 210, ""},   {"irdt", 270, ""},
    {"pkt", 300, ""},     {"npt", 345, ""},    {"ict", 420, ""},    {"wib", 420, ""},
    {"hkt", 480, ""},     {"sgt", 480, ""},    {"myt", 480, ""},    {"pht", 480, ""},
    {"awst", 480, ""},    {"jst", 540, ""},    {"kst", 540, ""},    {"acst", 570, ""},
    {"acdt", 630, ""},    {"aest", 600, ""},   {"aedt", 660, ""},   {"nzst", 720, ""},
    {"nzdt", 780, ""},
};

/* Names in full; of zones that change their clocks only those that say which half they mean. */
static const named_zone names[] = {
    {"coordinated universal time", 0, ""},
    {"greenwich mean time", 0, ""},
    {"协调世界时", 0, ""},
    {"格林尼治标准时间", 0, ""},
    {"中国标准时间", 480, ""},
    {"中國標準時間", 480, ""},
    {"台北標準時間", 480, ""},
    {"香港標準時間", 480, ""},
    {"香港标准时间", 480, ""},
    {"北京时间", 480, ""},
    {"印度标准时间", 330, ""},
    {"伊朗标准时间", 210, ""},
    {"日本标准时间", 540, ""},
    {"日本標準時", 540, ""},
    {"韩国标准时间", 540, ""},
    {"中欧标准时间", 60, ""},
    {"中欧夏令时间", 120, ""},
    {"北美东部标准时间", -300, ""},
    {"北美东部夏令时间", -240, ""},
    {"北美太平洋标准时间", -480, ""},
    {"北美太平洋夏令时间", -420, ""},
    {"وقت عادی ایران", 210, ""},
    {"وقت تابستانی ایران", 270, ""},
    {"china standard time", 480, ""},
    {"hong kong standard time", 480, ""},
    {"taipei standard time", 480, ""},
    {"singapore standard time", 480, ""},
    {"india standard time", 330, ""},
    {"iran standard time", 210, ""},
    {"iran daylight time", 270, ""},
    {"japan standard time", 540, ""},
    {"tokyo standard time", 540, ""},
    {"korea standard time", 540, ""},
    {"korean standard time", 540, ""},
    {"gulf standard time", 240, ""},
    {"moscow standard time", 180, ""},
    {"israel standard time", 120, ""},
    {"israel daylight time", 180, ""},
    {"british summer time", 60, ""},
    {"irish standard time", 60, ""},
    {"central european standard time", 60, ""},
    {"central european summer time", 120, ""},
    {"eastern european standard time", 120, ""},
    {"eastern european summer time", 180, ""},
    {"mitteleuropäische normalzeit", 60, ""},
    {"mitteleuropäische zeit", 60, ""},
    {"mitteleuropäische sommerzeit", 120, ""},
    {"eastern standard time", -300, ""},
    {"eastern daylight time", -240, ""},
    {"central standard time", -360, ""},
    {"central daylight time", -300, ""},
    {"mountain standard time", -420, ""},
    {"mountain daylight time", -360, ""},
    {"pacific standard time", -480, ""},
    {"pacific daylight time", -420, ""},
};

static const named_zone shared[] = {
    {"cst", -360, "US"}, {"cst", -360, "CA"}, {"cst", -360, "MX"}, {"cst", 480, "CN"},
    {"cst", 480, "TW"},  {"cst", -300, "CU"}, {"ist", 330, "IN"},  {"ist", 120, "IL"},
    {"ist", 60, "IE"},   {"bst", 60, "GB"},   {"bst", 360, "BD"},  {"ast", -240, "CA"},
    {"ast", -240, "PR"}, {"ast", 180, "SA"},  {"ast", 180, "IQ"},  {"ast", 180, "KW"},
};

/* --- words --- */

bool model_zone_shared(pb_str word)
{
    for (size_t i = 0; i < sizeof shared / sizeof *shared; i++)
        if (pb_str_eq_nocase(word, pb_str_c(shared[i].name)))
            return true;
    return false;
}

bool model_zone_in(pb_str word, pb_str country, int64_t *ret_minutes)
{
    for (size_t i = 0; i < sizeof shared / sizeof *shared; i++)
        if (pb_str_eq_nocase(word, pb_str_c(shared[i].name)) &&
            pb_str_is(country, shared[i].country)) {
            *ret_minutes = shared[i].minutes;
            return true;
        }
    return false;
}

static const named_zone *find(const named_zone *list, size_t count, pb_str word)
{
    for (size_t i = 0; i < count; i++)
        if (pb_str_eq_nocase(word, pb_str_c(list[i].name)))
            return &list[i];
    return NULL;
}

pb_str model_zone_country(pb_str word)
{
    const named_zone *zone = find(words, sizeof words / sizeof *words, word);
    return zone == NULL || zone->country[0] == 0 ? PB_STR_NONE : pb_str_c(zone->country);
}

/* --- what is said --- */

/* `+03:30`, `-0500`, `+8`. */
static bool read_offset(pb_str s, int64_t *ret)
{
    int64_t value = 0;
    size_t digits = 0, colon = 0;
    if (s.len < 2 || (s.ptr[0] != '+' && s.ptr[0] != '-'))
        return false;
    for (size_t i = 1; i < s.len; i++) {
        if (s.ptr[i] >= '0' && s.ptr[i] <= '9' && digits < 5) {
            value = value * 10 + (s.ptr[i] - '0');
            digits++;
        } else if (s.ptr[i] == ':' && colon == 0 && (i == 2 || i == 3)) {
            colon = i;
        } else {
            return false;
        }
    }
    if (colon > 0 ? s.len - colon != 3 : digits > 4)
        return false;
    if (digits <= 2 && colon == 0)
        value *= 100;
    if (value / 100 > 15 || value % 100 > 59)
        return false;
    *ret = (value / 100 * 60 + value % 100) * (s.ptr[0] == '-' ? -1 : 1);
    return true;
}

/* An offset, alone or behind `utc`, `gmt` or `ut`; a number of hours only there. */
static bool read_from_utc(pb_str text, int64_t *ret)
{
    static const char *const heads[] = {"utc", "gmt", "ut"};
    for (size_t i = 0; i < sizeof heads / sizeof *heads; i++) {
        pb_str head = pb_str_c(heads[i]);
        if (pb_str_starts(text, head))
            return read_offset(pb_str_trim(pb_str_sub(text, head.len, text.len)), ret);
    }
    return text.len > 2 && read_offset(text, ret);
}

/* A place's name in `raw`, where its letters still have their case. */
static bool read_place(pb_str text, pb_str raw, pb_str *ret)
{
    for (size_t i = 0; i < text.len; i++) {
        char c = text.ptr[i];
        bool fits = (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '/' || c == '_' ||
                    c == '-' || c == '+';
        if (!fits)
            return false;
    }
    if (pb_str_index(text, '/') == text.len)
        return false;
    for (size_t at = 0; at + text.len <= raw.len; at++)
        if (pb_str_eq_nocase(pb_str_sub(raw, at, text.len), text)) {
            *ret = pb_str_sub(raw, at, text.len);
            return true;
        }
    return false;
}

static bool read_one(pb_str text, pb_str raw, pb_str country, zone_said *ret)
{
    *ret = (zone_said){.minutes = 0};
    if (read_from_utc(text, &ret->minutes) || read_place(text, raw, &ret->place))
        return true;
    const named_zone *zone = find(words, sizeof words / sizeof *words, text);
    if (zone == NULL)
        zone = find(names, sizeof names / sizeof *names, text);
    if (zone != NULL) {
        ret->minutes = zone->minutes;
        return true;
    }
    ret->shared = model_zone_shared(text) && !model_zone_in(text, country, &ret->minutes);
    return ret->shared || model_zone_shared(text);
}

/* What stands in brackets at the end, which is cut off; absent: nothing does. */
static pb_str take_aside(pb_str *text)
{
    char last = text->len > 0 ? text->ptr[text->len - 1] : '\0';
    char open = last == ')' ? '(' : '[';
    size_t at = text->len;
    if (last != ')' && last != ']')
        return PB_STR_NONE;
    while (at > 0 && text->ptr[at - 1] != open)
        at--;
    if (at == 0)
        return PB_STR_NONE;
    pb_str inside = pb_str_sub(*text, at, text->len - at - 1);
    *text = pb_str_trim(pb_str_sub(*text, 0, at - 1));
    return pb_str_trim(inside);
}

bool zone_read(pb_str text, pb_str raw, pb_str country, zone_said *ret)
{
    pb_str aside = PB_STR_NONE;
    text = pb_str_trim(text);
    *ret = (zone_said){.minutes = 0};
    for (pb_str next = take_aside(&text); next.ptr != NULL; next = take_aside(&text))
        aside = next;
    if (text.len == 0 && aside.ptr == NULL)
        return true;
    if (text.len == 0)
        return read_one(aside, raw, country, ret);
    if (read_one(text, raw, country, ret))
        return true;
    size_t blank = pb_str_index(text, ' '); /* `+0200 CEST`: the offset says it */
    zone_said name;
    return blank < text.len && read_from_utc(pb_str_sub(text, 0, blank), &ret->minutes) &&
           read_one(pb_str_trim(pb_str_sub(text, blank, text.len)), raw, country, &name);
}

/* --- places --- */

/* The reader's calendar in that place; the last one is kept. */
static bool open_place(model_reader *reader, pb_str place)
{
    enum { LETTERS = sizeof reader->place };
    UChar id[LETTERS], canonical[LETTERS];
    UErrorCode error = U_ZERO_ERROR;
    UBool known = false;
    if (place.len >= LETTERS)
        return false;
    if (reader->calendar != NULL && pb_str_is(place, reader->place))
        return true;
    for (size_t i = 0; i < place.len; i++)
        id[i] = (UChar)(unsigned char)place.ptr[i];
    ucal_getCanonicalTimeZoneID(id, (int32_t)place.len, canonical, LETTERS, &known, &error);
    if (U_FAILURE(error) || !known)
        return false;
    ucal_close(reader->calendar);
    reader->calendar = ucal_open(id, (int32_t)place.len, "en", UCAL_GREGORIAN, &error);
    if (U_FAILURE(error)) {
        reader->calendar = NULL;
        return false;
    }
    memcpy(reader->place, place.ptr, place.len);
    reader->place[place.len] = 0;
    return true;
}

bool zone_ahead(model_reader *reader, const zone_said *zone, int64_t local_us, int64_t *ret_us)
{
    int32_t raw = 0, summer = 0;
    UErrorCode error = U_ZERO_ERROR;
    *ret_us = zone->minutes * 60 * PB_US_PER_SECOND;
    if (zone->place.ptr == NULL)
        return true;
    if (!open_place(reader, zone->place))
        return false;
    ucal_setMillis(reader->calendar, (UDate)local_us / 1000.0, &error);
    ucal_getTimeZoneOffsetFromLocal(reader->calendar, UCAL_TZ_LOCAL_FORMER, UCAL_TZ_LOCAL_LATTER,
                                    &raw, &summer, &error);
    *ret_us = ((int64_t)raw + summer) * 1000;
    return U_SUCCESS(error);
}
