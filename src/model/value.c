#include "base/utf8.h"
#include "reader.h"

#include <unicode/ucal.h>
#include <unicode/uloc.h>

enum { SCRATCH_MAX = 16 << 20 };

static const model_format standard_format;

model_reader *model_reader_new(int64_t today_days)
{
    model_reader *reader = calloc(1, sizeof *reader);
    if (reader == NULL)
        return NULL;
    reader->today = today_days;
    reader->texts = pb_arena_new(0);
    reader->kept = pb_arena_new(0);
    reader->scratch = PB_BUF_INIT(SCRATCH_MAX);
    reader->scratch2 = PB_BUF_INIT(SCRATCH_MAX);
    if (reader->kept != NULL)
        reader->choices = pb_map_new(reader->kept);
    if (reader->texts == NULL || reader->choices == NULL)
        return model_reader_free(reader);
    for (const char *const *code = uloc_getISOCountries(); code != NULL && *code != NULL; code++)
        reader->iso[(*code)[0] - 'A'] |= 1u << ((*code)[1] - 'A');
    reader->iso['X' - 'A'] |= 1u << ('K' - 'A'); /* Kosovo: user-assigned, in common use */
    return reader;
}

void model_reader_zone(model_reader *reader, const pb_zone *zone)
{
    if (reader != NULL)
        reader->zone = zone;
}

model_reader *model_reader_free(model_reader *reader)
{
    if (reader != NULL) {
        pb_arena_free(reader->texts);
        pb_arena_free(reader->kept);
        pb_buf_free(&reader->scratch);
        pb_buf_free(&reader->scratch2);
        ucal_close(reader->calendar);
        free(reader);
    }
    return NULL;
}

void model_reader_reset(model_reader *reader)
{
    pb_arena_reset(reader->texts);
}

model_reading model_empty(void)
{
    return (model_reading){.verdict = MODEL_EMPTY, .value = PB_VALUE_NULL};
}

model_reading model_bad_null(const char *problem)
{
    return (model_reading){.verdict = MODEL_BAD, .value = PB_VALUE_NULL, .problem = problem};
}

model_reading model_bad(model_reader *reader, pb_str text, const char *problem)
{
    pb_str copy = pb_arena_str(reader->texts, text);
    if (copy.ptr == NULL)
        return model_bad_null(PB_MSG("Memory ran out while {value} was read"));
    return (model_reading){.verdict = MODEL_BAD, .value = PB_VALUE_TEXT(copy), .problem = problem};
}

model_reading model_good(model_reader *reader, pb_str raw, pb_str standard)
{
    pb_str copy = pb_arena_str(reader->texts, standard);
    if (copy.ptr == NULL)
        return model_bad_null(PB_MSG("Memory ran out while {value} was read"));
    return (model_reading){.verdict = pb_str_eq(raw, standard) ? MODEL_SAME : MODEL_RESTYLED,
                           .value = PB_VALUE_TEXT(copy)};
}

model_reading model_good_int(int64_t value, bool same)
{
    return (model_reading){.verdict = same ? MODEL_SAME : MODEL_RESTYLED,
                           .value = PB_VALUE_INT(value)};
}

model_reading model_good_limited(model_reader *reader, const model_field *field, pb_str raw,
                                 pb_str standard, size_t limit)
{
    if (field->max_length > 0)
        limit = field->max_length;
    if (standard.len > limit && pb_utf8_count(standard) > limit)
        return model_bad(reader, standard, PB_MSG("{value} is longer than this field allows"));
    return model_good(reader, raw, standard);
}

const char *model_range(const model_reader *reader, const model_field *field, int64_t value,
                        int64_t today)
{
    (void)reader;
    if (field->has_min && value < field->min)
        return PB_MSG("{value} is below the least value allowed");
    if (field->max_is_today && value > today)
        return PB_MSG("{value} lies in the future");
    if (field->has_max && !field->max_is_today && value > field->max)
        return PB_MSG("{value} is above the greatest value allowed");
    return NULL;
}

/* Words that say "nothing is known here". `word`: letters only, so perhaps a name or a code. */
#define NOTHING(text, word)                                                                        \
    {                                                                                              \
        text, sizeof(text) - 1, word                                                               \
    }
static const struct {
    const char *text;
    uint8_t len;
    bool word;
} nothings[] = {
    NOTHING("-", false),
    NOTHING("--", false),
    NOTHING("---", false),
    NOTHING("?", false),
    NOTHING("??", false),
    NOTHING("???", false),
    NOTHING("n/a", false),
    NOTHING("n.a.", false),
    NOTHING("na", true),
    NOTHING("nan", true),
    NOTHING("null", true),
    NOTHING("none", true),
    NOTHING("nil", true),
    NOTHING("(none)", false),
    NOTHING("(null)", false),
    NOTHING("<null>", false),
    NOTHING("not available", false),
    NOTHING("not applicable", false),
    NOTHING("unknown", false),
    NOTHING("\u65e0", false),                                     /* 无 */
    NOTHING("\u7121", false),                                     /* 無 */
    NOTHING("\u7a7a", false),                                     /* 空 */
    NOTHING("\u6682\u65e0", false),                               /* 暂无 */
    NOTHING("\u66ab\u7121", false),                               /* 暫無 */
    NOTHING("\u672a\u77e5", false),                               /* 未知 */
    NOTHING("\u4e0d\u8be6", false),                               /* 不详 */
    NOTHING("\u0646\u062f\u0627\u0631\u062f", false),             /* ندارد */
    NOTHING("\u0646\u0627\u0645\u0634\u062e\u0635", false),       /* نامشخص */
    NOTHING("\u0646\u0627\u0645\u0639\u0644\u0648\u0645", false), /* نامعلوم */
    NOTHING("\u0647\u06cc\u0686", false),                         /* هیچ */
    NOTHING("\u2014", false),                                     /* — */
    NOTHING("\u2013", false),                                     /* – */
    NOTHING("\u2014\u2014", false),
    NOTHING("\uff0d", false), /* － */
};

/* True for first bytes of the words above; NA is Namibia where a country is expected. */
static bool may_be_nothing(pb_str text)
{
    unsigned char c = (unsigned char)text.ptr[0];
    return c >= 0x80 || c == '-' || c == '?' || c == '#' || c == '(' || c == '<' ||
           (c | 0x20) == 'n' || (c | 0x20) == 'u';
}

bool model_is_nothing(pb_str text, model_type type)
{
    if (text.len > 14 || !may_be_nothing(text))
        return false;
    for (size_t i = 0; i < sizeof nothings / sizeof *nothings; i++) {
        if (text.len == nothings[i].len &&
            pb_str_eq_nocase(text, pb_str_n(nothings[i].text, nothings[i].len)))
            return !(nothings[i].word && type == MODEL_PERSON_NAME) &&
                   !(type == MODEL_COUNTRY && pb_str_eq_nocase(text, PB_STR("na")));
    }
    return false;
}

/* A family may be called Null, a daughter Na: written as a name is, it is one. “NULL” is none. */
static model_type nothing_type(const model_field *field, pb_str text)
{
    bool part = pb_str_is(field->role, "given_name") || pb_str_is(field->role, "family_name");
    bool as_name = text.len > 1 && text.ptr[0] >= 'A' && text.ptr[0] <= 'Z' && text.ptr[1] >= 'a' &&
                   text.ptr[1] <= 'z';
    return part && as_name ? MODEL_PERSON_NAME : field->type;
}

/* What a spreadsheet puts in place of a value it could not compute. */
static bool is_spreadsheet_error(pb_str text)
{
    static const char *const errors[] = {"#N/A",   "#DIV/0!", "#REF!",   "#VALUE!",
                                         "#NAME?", "#NULL!",  "#NUM!",   "#SPILL!",
                                         "#CALC!", "#FIELD!", "#ERROR!", "#GETTING_DATA"};
    if (text.ptr[0] != '#')
        return false;
    for (size_t i = 0; i < sizeof errors / sizeof *errors; i++)
        if (pb_str_eq_nocase(text, pb_str_c(errors[i])))
            return true;
    return false;
}

/* ASCII white space trimmed, in place of the library's call on the hot path. */
static pb_str trim(pb_str s)
{
    if (s.len > 0 && (unsigned char)s.ptr[0] > ' ' && (unsigned char)s.ptr[s.len - 1] > ' ')
        return s;
    return pb_str_trim(s);
}

static model_reading read_typed(model_reader *reader, const model_field *field, pb_str text,
                                const model_format *format)
{
    switch (field->type) {
    case MODEL_EMAIL:
        return model_read_email(reader, field, text);
    case MODEL_PHONE:
        return model_read_phone(reader, field, text, format);
    case MODEL_URL:
        return model_read_url(reader, field, text);
    case MODEL_COUNTRY:
        return model_read_country(reader, field, text);
    case MODEL_POSTCODE:
        return model_read_postcode(reader, field, text, format);
    case MODEL_CHOICE:
        return model_read_choice(reader, field, text);
    case MODEL_BOOLEAN:
        return model_read_boolean(reader, text);
    case MODEL_INTEGER:
        return model_read_integer(reader, field, text, format);
    case MODEL_DECIMAL:
        return model_read_decimal(reader, field, text, format);
    case MODEL_MONEY:
        return model_read_money(reader, field, text, format);
    case MODEL_DATE:
        return model_read_date(reader, field, text, format);
    case MODEL_INSTANT:
        return model_read_instant(reader, field, text, format);
    default:
        return model_type_is_id(field->type) ? model_read_id(reader, field, text, format)
                                             : model_read_text(reader, field, text);
    }
}

model_reading model_read(model_reader *reader, const model_field *field, pb_str raw,
                         const model_format *format)
{
    pb_str text = trim(raw);
    if (text.len == 0)
        return model_empty();
    if (is_spreadsheet_error(text)) {
        static const char *const says = PB_MSG("{value} is an error of a spreadsheet, not a value");
        bool is_text = field->type <= MODEL_CHOICE;
        return is_text ? model_bad(reader, text, says) : model_bad_null(says);
    }
    if (field->type != MODEL_CHOICE && field->type != MODEL_BOOLEAN &&
        model_is_nothing(text, nothing_type(field, text)))
        return model_empty();
    model_reading reading =
        read_typed(reader, field, text, format != NULL ? format : &standard_format);
    /* Without its noise a text may say "nothing" after all. */
    if (reading.verdict == MODEL_RESTYLED && reading.value.kind == PB_TEXT &&
        field->type != MODEL_COUNTRY && field->type != MODEL_CHOICE && reading.value.as.s.len > 0 &&
        model_is_nothing(reading.value.as.s, nothing_type(field, reading.value.as.s)))
        return model_empty();
    if (reading.verdict == MODEL_SAME && text.len != raw.len)
        reading.verdict = MODEL_RESTYLED;
    return reading;
}
