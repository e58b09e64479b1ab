/* Postal codes: by the country's pattern where it is known and listed, else letters, digits, blanks
 * and hyphens. Standard form: capitals, the pattern's own blank or hyphen. Patterns from the postal
 * services' published formats (Universal Postal Union, addressing systems of the member countries).
 */
#include "reader.h"

enum { POSTCODE_LIMIT = 16, POSTCODE_MIN = 2 };

/* N a digit, A a letter, others themselves, as is what stands behind ^; alternatives separated by
 * |. Countries that have no postal codes are not listed. Sorted by country. */
static const struct {
    char country[3];
    const char *patterns;
} countries[] = {
    {"AD", "^ADNNN"},
    {"AF", "NNNN"},
    {"AI", "^AI-NNNN"},
    {"AL", "NNNN"},
    {"AM", "NNNN|NNNNNN"},
    {"AR", "NNNN|ANNNNAAA"},
    {"AS", "NNNNN|NNNNN-NNNN"},
    {"AT", "NNNN"},
    {"AU", "NNNN"},
    {"AX", "NNNNN"},
    {"AZ", "^AZNNNN|NNNN"},
    {"BA", "NNNNN"},
    {"BB", "BBNNNNN"},
    {"BD", "NNNN"},
    {"BE", "NNNN"},
    {"BG", "NNNN"},
    {"BH", "NNN|NNNN"},
    {"BL", "NNNNN"},
    {"BM", "AA NN|AA AA"},
    {"BN", "AANNNN"},
    {"BR", "NNNNN-NNN"},
    {"BT", "NNNNN"},
    {"BY", "NNNNNN"},
    {"CA", "ANA NAN"},
    {"CC", "NNNN"},
    {"CH", "NNNN"},
    {"CL", "NNNNNNN"},
    {"CN", "NNNNNN"},
    {"CO", "NNNNNN"},
    {"CR", "NNNNN|NNNNN-NNNN"},
    {"CU", "NNNNN"},
    {"CV", "NNNN"},
    {"CX", "NNNN"},
    {"CY", "NNNN"},
    {"CZ", "NNN NN"},
    {"DE", "NNNNN"},
    {"DK", "NNNN"},
    {"DO", "NNNNN"},
    {"DZ", "NNNNN"},
    {"EC", "NNNNNN"},
    {"EE", "NNNNN"},
    {"EG", "NNNNN|NNNNNNN"},
    {"ES", "NNNNN"},
    {"ET", "NNNN"},
    {"FI", "NNNNN"},
    {"FK", "FIQQ 1ZZ"},
    {"FM", "NNNNN|NNNNN-NNNN"},
    {"FO", "NNN"},
    {"FR", "NNNNN"},
    {"GA", "NN"},
    {"GB", "AN NAA|ANN NAA|AAN NAA|AANN NAA|ANA NAA|AANA NAA"},
    {"GE", "NNNN"},
    {"GF", "NNNNN"},
    {"GG", "GYN NAA|GYNN NAA"},
    {"GI", "GX11 1^A^A"},
    {"GL", "NNNN"},
    {"GN", "NNN"},
    {"GP", "NNNNN"},
    {"GR", "NNN NN"},
    {"GS", "SIQQ 1ZZ"},
    {"GT", "NNNNN"},
    {"GU", "NNNNN|NNNNN-NNNN"},
    {"GW", "NNNN"},
    {"HN", "NNNNN"},
    {"HR", "NNNNN"},
    {"HT", "NNNN"},
    {"HU", "NNNN"},
    {"ID", "NNNNN"},
    {"IE", "ANN NNNN|ANN NNNA|ANN NNAN|ANN NNAA|ANN ANNN|ANN ANNA|ANN ANAN|ANN ANAA|ANN AANN|ANN "
           "AANA|ANN AAAN|ANN AAAA|ANA NNNN|ANA ANNN|ANA AANN|ANA AAAN"},
    {"IL", "NNNNNNN|NNNNN"},
    {"IM", "IMN NAA|IMNN NAA"},
    {"IN", "NNNNNN"},
    {"IO", "BB^ND 1ZZ"},
    {"IQ", "NNNNN"},
    {"IR", "NNNNN-NNNNN"},
    {"IS", "NNN"},
    {"IT", "NNNNN"},
    {"JE", "JEN NAA|JENN NAA"},
    {"JO", "NNNNN"},
    {"JP", "NNN-NNNN"},
    {"KE", "NNNNN"},
    {"KG", "NNNNNN"},
    {"KH", "NNNNN|NNNNNN"},
    {"KR", "NNNNN"},
    {"KW", "NNNNN"},
    {"KY", "KYN-NNNN"},
    {"KZ", "NNNNNN|ANNANAN"},
    {"LA", "NNNNN"},
    {"LB", "NNNN|NNNN NNNN"},
    {"LI", "NNNN"},
    {"LK", "NNNNN"},
    {"LR", "NNNN"},
    {"LS", "NNN"},
    {"LT", "LT-NNNNN|NNNNN"},
    {"LU", "NNNN"},
    {"LV", "LV-NNNN|NNNN"},
    {"MA", "NNNNN"},
    {"MC", "NNNNN"},
    {"MD", "MD-NNNN|NNNN"},
    {"ME", "NNNNN"},
    {"MF", "NNNNN"},
    {"MG", "NNN"},
    {"MH", "NNNNN|NNNNN-NNNN"},
    {"MK", "NNNN"},
    {"MM", "NNNNN|NNNNNNN"},
    {"MN", "NNNNN|NNNNNN"},
    {"MP", "NNNNN|NNNNN-NNNN"},
    {"MQ", "NNNNN"},
    {"MT", "AAA NNNN"},
    {"MU", "NNNNN|ANNNN"},
    {"MV", "NNNNN"},
    {"MX", "NNNNN"},
    {"MY", "NNNNN"},
    {"MZ", "NNNN"},
    {"NA", "NNNNN"},
    {"NC", "NNNNN"},
    {"NE", "NNNN"},
    {"NF", "NNNN"},
    {"NG", "NNNNNN"},
    {"NI", "NNNNN"},
    {"NL", "NNNN AA"},
    {"NO", "NNNN"},
    {"NP", "NNNNN"},
    {"NZ", "NNNN"},
    {"OM", "NNN"},
    {"PA", "NNNN"},
    {"PE", "NNNNN|NN"},
    {"PF", "NNNNN"},
    {"PG", "NNN"},
    {"PH", "NNNN"},
    {"PK", "NNNNN"},
    {"PL", "NN-NNN"},
    {"PM", "NNNNN"},
    {"PN", "PCR^N 1ZZ"},
    {"PR", "NNNNN|NNNNN-NNNN"},
    {"PS", "NNN|NNNNNNN"},
    {"PT", "NNNN-NNN"},
    {"PW", "NNNNN|NNNNN-NNNN"},
    {"PY", "NNNN|NNNNNN"},
    {"RE", "NNNNN"},
    {"RO", "NNNNNN"},
    {"RS", "NNNNN"},
    {"RU", "NNNNNN"},
    {"SA", "NNNNN|NNNNN-NNNN"},
    {"SD", "NNNNN"},
    {"SE", "NNN NN"},
    {"SG", "NNNNNN"},
    {"SH", "^ASC^N 1ZZ|STHL 1ZZ|TDCU 1ZZ"},
    {"SI", "NNNN"},
    {"SJ", "NNNN"},
    {"SK", "NNN NN"},
    {"SM", "NNNNN"},
    {"SN", "NNNNN"},
    {"SO", "AA NNNNN"},
    {"SS", "NNNNN"},
    {"SV", "NNNN"},
    {"SZ", "ANNN"},
    {"TC", "TKC^A 1ZZ"},
    {"TH", "NNNNN"},
    {"TJ", "NNNNNN"},
    {"TM", "NNNNNN"},
    {"TN", "NNNN"},
    {"TR", "NNNNN"},
    {"TT", "NNNNNN"},
    {"TW", "NNN|NNNNN|NNNNNN"},
    {"TZ", "NNNNN"},
    {"UA", "NNNNN"},
    {"UM", "NNNNN"},
    {"US", "NNNNN|NNNNN-NNNN"},
    {"UY", "NNNNN"},
    {"UZ", "NNNNNN"},
    {"VA", "NNNNN"},
    {"VC", "VCNNNN"},
    {"VE", "NNNN|NNNN-A"},
    {"VG", "VGNNNN"},
    {"VI", "NNNNN|NNNNN-NNNN"},
    {"VN", "NNNNN|NNNNNN"},
    {"WF", "NNNNN"},
    {"WS", "NNNN|AANNNN"},
    {"XK", "NNNNN"},
    {"YT", "NNNNN"},
    {"ZA", "NNNN"},
    {"ZM", "NNNNN"},
};

static const char *patterns_of(pb_str country)
{
    for (size_t i = 0; country.len == 2 && i < sizeof countries / sizeof *countries; i++)
        if (memcmp(countries[i].country, country.ptr, 2) == 0)
            return countries[i].patterns;
    return NULL;
}

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

/* Letters and digits of the text in capitals; false when anything else than blank, hyphen or dot is
 * there. */
static bool squeeze(pb_str text, char *ret, size_t *ret_len)
{
    size_t len = 0;
    for (size_t i = 0; i < text.len; i++) {
        char c = text.ptr[i];
        if (c >= 'a' && c <= 'z')
            c = (char)(c - 32);
        if (is_digit(c) || (c >= 'A' && c <= 'Z')) {
            if (len == POSTCODE_LIMIT)
                return false;
            ret[len++] = c;
        } else if (c != ' ' && c != '-' && c != '.') {
            return false;
        }
    }
    *ret_len = len;
    return true;
}

/* Lays the letters and digits out as the pattern has them. */
static bool lay_out(pb_str pattern, const char *code, size_t len, char *ret, size_t *ret_len)
{
    size_t used = 0, out = 0;
    for (size_t i = 0; i < pattern.len; i++) {
        char want = pattern.ptr[i];
        if (want == ' ' || want == '-') {
            ret[out++] = want;
            continue;
        }
        if (used == len)
            return false;
        char c = code[used++];
        bool exact = want == '^';
        if (exact)
            want = pattern.ptr[++i];
        bool fits = !exact && want == 'N'   ? is_digit(c)
                    : !exact && want == 'A' ? !is_digit(c)
                                            : c == want;
        if (!fits)
            return false;
        ret[out++] = c;
    }
    *ret_len = out;
    return used == len;
}

/* Without a known pattern: capitals, single blanks. */
static model_reading generic(model_reader *reader, const model_field *field, pb_str raw,
                             pb_str text)
{
    char standard[2 * POSTCODE_LIMIT];
    size_t digits = 0, len = 0;
    for (size_t i = 0; i < text.len && i < sizeof standard; i++) {
        char c = text.ptr[i];
        digits += is_digit(c) ? 1 : 0;
        standard[len++] = c >= 'a' && c <= 'z' ? (char)(c - 32) : c;
    }
    if (digits == 0 || len < POSTCODE_MIN)
        return model_bad(reader, text, PB_MSG("{value} is no postal code"));
    return model_good_limited(reader, field, raw, pb_str_n(standard, len), POSTCODE_LIMIT);
}

model_reading model_read_postcode(model_reader *reader, const model_field *field, pb_str raw,
                                  const model_format *format)
{
    char code[POSTCODE_LIMIT], standard[2 * POSTCODE_LIMIT];
    size_t len = 0, out = 0;
    pb_str text;
    const char *problem = model_tidy(reader, raw, MODEL_TIDY_WIDTH, &text);
    if (problem != NULL)
        return model_bad(reader, text, problem);
    if (text.len == 0)
        return model_empty();
    pb_str ascii = model_ascii_number(reader, text);
    if (ascii.len > POSTCODE_LIMIT)
        return model_bad(reader, text, PB_MSG("{value} is too long for a postal code"));
    if (!squeeze(ascii, code, &len))
        return model_bad(reader, text, PB_MSG("{value} holds a character that no postal code has"));
    const char *patterns = patterns_of(format->country);
    if (patterns == NULL)
        return generic(reader, field, raw, ascii);
    pb_str rest = pb_str_c(patterns), pattern;
    while (pb_str_split(&rest, '|', &pattern))
        if (lay_out(pattern, code, len, standard, &out))
            return model_good_limited(reader, field, raw, pb_str_n(standard, out), POSTCODE_LIMIT);
    return model_bad(reader, text,
                     PB_MSG("{value} is not written as postal codes of its country are"));
}
