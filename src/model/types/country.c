/* Countries: ISO 3166-1 alpha-2 from the names ICU knows in English, Chinese, Persian and the
 * country's own language, from alpha-3 codes and from the spellings below. A misspelt name is
 * refused here; the audit's control for misspelt categories says what was meant. */
#include "base/utf8.h"
#include "fold.h"
#include "reader.h"

#include <unicode/uloc.h>
#include <unicode/ustring.h>

enum { COUNTRY_LIMIT = 200 };

/* Spellings in use that ICU does not list. */
static const struct {
    const char *code;
    const char *names; /* separated by | */
} aliases[] = {
    {"AE", "UAE|U.A.E.|Emirates|\u963f\u8054\u914b|\u0627\u0645\u0627\u0631\u0627\u062a"},
    {"BA", "Bosnia"},
    {"BN", "Brunei Darussalam"},
    {"BO", "Plurinational State of Bolivia"},
    {"CD", "DR Congo|DRC|Democratic Republic of the Congo|Congo, Democratic Republic of the"},
    {"CG", "Republic of the Congo"},
    {"CH", "Schweiz|Suisse|Svizzera"},
    {"CI", "Ivory Coast|Cote d'Ivoire"},
    {"CN", "PRC|P.R. China|PR China|People's Republic of China|Mainland China|China Mainland|"
           "\u4e2d\u534e\u4eba\u6c11\u5171\u548c\u56fd|\u4e2d\u56fd\u5927\u9646"},
    {"CV", "Cape Verde"},
    {"CZ", "Czech Republic"},
    {"FM", "Micronesia, Federated States of|Federated States of Micronesia"},
    {"GB", "UK|U.K.|Great Britain|Britain|England|Scotland|Wales|Northern Ireland|"
           "United Kingdom of Great Britain and Northern Ireland|\u82f1\u683c\u5170|"
           "\u0627\u0646\u06af\u0644\u0633\u062a\u0627\u0646|\u0627\u0646\u06af\u0644\u06cc\u0633"},
    {"HK", "Hong Kong|Hongkong|HKSAR|\u9999\u6e2f|\u4e2d\u56fd\u9999\u6e2f"},
    {"IR", "Islamic Republic of Iran|Iran, Islamic Republic of|I.R. Iran|Persia|"
           "\u062c\u0645\u0647\u0648\u0631\u06cc \u0627\u0633\u0644\u0627\u0645\u06cc "
           "\u0627\u06cc\u0631\u0627\u0646"},
    {"KP", "DPRK|Democratic People's Republic of Korea|Korea, Democratic People's Republic of|"
           "\u5317\u671d\u9c9c"},
    {"KR", "Korea|Republic of Korea|Korea, Republic of|Korea, "
           "South|\u5357\u97e9|\u5927\u97e9\u6c11\u56fd"},
    {"LA", "Lao|Lao PDR|Lao People's Democratic Republic"},
    {"MD", "Republic of Moldova|Moldova, Republic of"},
    {"MK", "Macedonia|Republic of North Macedonia"},
    {"MM", "Burma"},
    {"MO", "Macau|Macao|\u6fb3\u95e8|\u4e2d\u56fd\u6fb3\u95e8"},
    {"NL", "Holland|The Netherlands|\u8377\u5170"},
    {"PH", "The Philippines"},
    {"PS", "Palestine|State of Palestine|Palestine, State of"},
    {"RU", "Russian Federation|Russian Fed"},
    {"SA", "KSA|Kingdom of Saudi Arabia"},
    {"SK", "Slovak Republic"},
    {"SY", "Syrian Arab Republic"},
    {"SZ", "Swaziland"},
    {"TL", "East Timor"},
    {"TR", "Turkey|Turkiye|T\u00fcrkiye"},
    {"TW", "Taiwan|Taiwan, Province of China|\u53f0\u6e7e|\u4e2d\u56fd\u53f0\u6e7e"},
    {"TZ", "United Republic of Tanzania|Tanzania, United Republic of"},
    {"US", "USA|U.S.|U.S.A.|America|United States of America|The United States|"
           "\u7f8e\u5229\u575a\u5408\u4f17\u56fd|\u0622\u0645\u0631\u06cc\u06a9\u0627|"
           "\u0627\u06cc\u0627\u0644\u0627\u062a \u0645\u062a\u062d\u062f\u0647 "
           "\u0622\u0645\u0631\u06cc\u06a9\u0627"},
    {"VA", "Holy See|Vatican"},
    {"VE", "Bolivarian Republic of Venezuela|Venezuela, Bolivarian Republic of"},
    {"VN", "Viet Nam"},
    {"XK", "Kosovo|XKX"},
};

static unsigned pack(const char *code)
{
    return (unsigned)code[0] * 256 + (unsigned char)code[1];
}

/* Adds a name, unless another country has it already. */
static void add_name(model_reader *reader, pb_str name, unsigned code)
{
    bool fresh = false;
    pb_buf_clear(&reader->scratch);
    model_fold_text(name, false, &reader->scratch);
    if (reader->scratch.len == 0)
        return;
    uint64_t *place = pb_map_put(reader->countries, pb_buf_str(&reader->scratch), &fresh);
    if (place != NULL && fresh)
        *place = code;
}

static void add_display_name(model_reader *reader, const char *code, const char *language)
{
    char locale[8] = {'u', 'n', 'd', '_', code[0], code[1], '\0'};
    UChar wide[160];
    char name[480];
    int32_t len = 0;
    UErrorCode status = U_ZERO_ERROR;
    int32_t wide_len = uloc_getDisplayCountry(locale, language, wide, 160, &status);
    if (U_FAILURE(status))
        return;
    u_strToUTF8(name, sizeof name, &len, wide, wide_len, &status);
    if (U_SUCCESS(status) && len > 2)
        add_name(reader, pb_str_n(name, (size_t)len), pack(code));
}

static void add_country(model_reader *reader, const char *code)
{
    static const char *const languages[] = {"en", "zh", "zh_Hant", "fa"};
    char locale[8] = {'u', 'n', 'd', '_', code[0], code[1], '\0'};
    char likely[64] = "";
    UErrorCode status = U_ZERO_ERROR;
    for (size_t i = 0; i < sizeof languages / sizeof *languages; i++)
        add_display_name(reader, code, languages[i]);
    uloc_addLikelySubtags(locale, likely, sizeof likely, &status);
    if (U_SUCCESS(status) && likely[0] != '\0')
        add_display_name(reader, code, likely);
    add_name(reader, pb_str_c(code), pack(code));
    add_name(reader, pb_str_c(uloc_getISO3Country(locale)), pack(code));
}

static bool prepare(model_reader *reader)
{
    if (reader->countries != NULL)
        return true;
    reader->countries = pb_map_new(reader->kept);
    if (reader->countries == NULL)
        return false;
    for (size_t i = 0; i < sizeof aliases / sizeof *aliases; i++) {
        pb_str rest = pb_str_c(aliases[i].names), name;
        while (pb_str_split(&rest, '|', &name))
            add_name(reader, name, pack(aliases[i].code));
    }
    for (const char *const *code = uloc_getISOCountries(); code != NULL && *code != NULL; code++)
        add_country(reader, *code);
    add_name(reader, PB_STR("XK"), pack("XK"));
    return true;
}

bool model_country_exists(const model_reader *reader, pb_str code)
{
    return code.len == 2 && code.ptr[0] >= 'A' && code.ptr[0] <= 'Z' && code.ptr[1] >= 'A' &&
           code.ptr[1] <= 'Z' && (reader->iso[code.ptr[0] - 'A'] >> (code.ptr[1] - 'A') & 1) != 0;
}

/* Alpha-2 code of a country's name or code, or 0: first letter × 256 + second. The first call takes
 * some milliseconds (names of all countries), later ones a fold and a look-up. */
static unsigned country_code(model_reader *reader, pb_str text)
{
    if (model_country_exists(reader, text))
        return pack(text.ptr);
    if (!prepare(reader))
        return 0;
    pb_buf_clear(&reader->scratch);
    model_fold_text(text, false, &reader->scratch);
    const uint64_t *code = pb_map_get(reader->countries, pb_buf_str(&reader->scratch));
    return code != NULL ? (unsigned)*code : 0;
}

model_reading model_read_country(model_reader *reader, const model_field *field, pb_str raw)
{
    if (model_country_exists(reader, raw))
        return model_good(reader, raw, raw);
    pb_str text;
    const char *problem = model_tidy(reader, raw, MODEL_TIDY_WIDTH, &text);
    if (problem != NULL)
        return model_bad(reader, text, problem);
    if (text.len == 0)
        return model_empty();
    unsigned code = text.len > COUNTRY_LIMIT ? 0 : country_code(reader, text);
    if (code == 0)
        return model_bad(reader, text, PB_MSG("No country is called {value}"));
    char standard[2] = {(char)(code / 256), (char)(code % 256)};
    (void)field;
    return model_good(reader, raw, pb_str_n(standard, 2));
}
