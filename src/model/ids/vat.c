/* VAT numbers: forms by country (European Commission, VIES, "Format of VAT numbers"; for Britain,
 * Switzerland and Norway their own tax offices). Other countries' numbers are judged by their looks
 * only: nothing is refused for want of a rule. */
#include "ids/ids.h"

#include <string.h>

/* Forms behind the prefix, as id_structure has them; alternatives separated by |. */
static const struct {
    char prefix[3];
    char country[3];
    const char *forms;
} schemes[] = {
    {"AT", "AT", "1a8n"},        {"BE", "BE", "10n"},
    {"BG", "BG", "9n|10n"},      {"CH", "CH", "1a9n"},
    {"CY", "CY", "8n1a"},        {"CZ", "CZ", "8n|9n|10n"},
    {"DE", "DE", "9n"},          {"DK", "DK", "8n"},
    {"EE", "EE", "9n"},          {"EL", "GR", "9n"},
    {"ES", "ES", "1c7n1c"},      {"EU", "", "9n"},
    {"FI", "FI", "8n"},          {"FR", "FR", "2c9n"},
    {"GB", "GB", "9n|12n|2a3n"}, {"HR", "HR", "11n"},
    {"HU", "HU", "8n"},          {"IE", "IE", "7n1a|7n2a|1n1a5n1a"},
    {"IT", "IT", "11n"},         {"LT", "LT", "9n|12n"},
    {"LU", "LU", "8n"},          {"LV", "LV", "11n"},
    {"MT", "MT", "8n"},          {"NL", "NL", "9n1a2n"},
    {"NO", "NO", "9n"},          {"PL", "PL", "10n"},
    {"PT", "PT", "9n"},          {"RO", "RO", "2n|3n|4n|5n|6n|7n|8n|9n|10n"},
    {"SE", "SE", "12n"},         {"SI", "SI", "8n"},
    {"SK", "SK", "10n"},         {"XI", "GB", "9n|12n|2a3n"},
};
enum { SCHEMES = sizeof schemes / sizeof *schemes, LOOSE_MIN = 5, LOOSE_MAX = 20 };

/* Row of a prefix, or of a country when `by_country`; -1: none. */
static int scheme_of(const char code[2], bool by_country)
{
    for (int i = 0; i < SCHEMES; i++)
        if (memcmp(by_country ? schemes[i].country : schemes[i].prefix, code, 2) == 0)
            return i;
    if (memcmp(code, "GR", 2) == 0 || memcmp(code, "UK", 2) == 0)
        return scheme_of(code[0] == 'G' ? "EL" : "GB", false);
    return -1;
}

/* Takes off what Swiss and Norwegian numbers bear at their end. */
static size_t without_suffix(int scheme, const char *text, size_t len)
{
    static const char *const swiss[] = {"MWST", "TVA", "IVA", NULL};
    static const char *const norwegian[] = {"MVA", NULL};
    const char *const *suffixes = memcmp(schemes[scheme].prefix, "CH", 2) == 0   ? swiss
                                  : memcmp(schemes[scheme].prefix, "NO", 2) == 0 ? norwegian
                                                                                 : NULL;
    for (size_t i = 0; suffixes != NULL && suffixes[i] != NULL; i++) {
        size_t suffix = strlen(suffixes[i]);
        if (len > suffix && memcmp(text + len - suffix, suffixes[i], suffix) == 0)
            return len - suffix;
    }
    return len;
}

/* The fault of the number behind its prefix. */
static model_id_fault judge(int scheme, const char *text, size_t len, bool *ret_checked)
{
    bool length = false, form = false;
    pb_str rest = pb_str_c(schemes[scheme].forms), one;
    while (pb_str_split(&rest, '|', &one)) {
        char structure[16];
        memcpy(structure, one.ptr, one.len);
        structure[one.len] = '\0';
        length = length || id_structure_length(structure) == len;
        form = form || id_structure(text, len, structure);
    }
    if (!form)
        return length ? MODEL_ID_STRUCTURE : MODEL_ID_LENGTH;
    const char *prefix = schemes[scheme].prefix;
    bool led = (memcmp(prefix, "AT", 2) != 0 || text[0] == 'U') &&
               (memcmp(prefix, "CH", 2) != 0 || text[0] == 'E') &&
               (memcmp(prefix, "BE", 2) != 0 || text[0] == '0' || text[0] == '1') &&
               (memcmp(prefix, "NL", 2) != 0 || text[9] == 'B') &&
               (memcmp(prefix, "DE", 2) != 0 || text[0] != '0') &&
               (len != 5 || memcmp(schemes[scheme].country, "GB", 2) != 0 ||
                memcmp(text, "GD", 2) == 0 || memcmp(text, "HA", 2) == 0);
    if (!led)
        return MODEL_ID_STRUCTURE;
    return id_vat_check(memcmp(prefix, "XI", 2) == 0 ? "GB" : prefix, text, len, ret_checked)
               ? MODEL_ID_GOOD
               : MODEL_ID_CHECK;
}

/* Numbers of countries without a rule here. */
static model_id_fault loose(const model_id *id)
{
    size_t digits = 0;
    for (size_t i = 0; i < id->len; i++)
        digits += id_digit(id->text[i]);
    if (id->len < LOOSE_MIN || id->len > LOOSE_MAX)
        return MODEL_ID_LENGTH;
    return digits * 2 >= id->len ? MODEL_ID_GOOD : MODEL_ID_STRUCTURE;
}

static void write_standard(model_id *id, int scheme, const char *body, size_t len)
{
    char copy[MODEL_ID_MAX];
    bool norwegian = memcmp(schemes[scheme].prefix, "NO", 2) == 0;
    if (len + 5 >= sizeof copy)
        return;
    memcpy(copy, body, len);
    memcpy(id->text, schemes[scheme].prefix, 2);
    memcpy(id->text + 2, copy, len);
    id->len = len + 2;
    if (norwegian) {
        memcpy(id->text + id->len, "MVA", 3);
        id->len += 3;
    }
}

model_id_fault id_vat(model_id *id, pb_str country)
{
    int own = country.len == 2 ? scheme_of(country.ptr, true) : -1;
    int named = id->len > 4 && id_letter(id->text[0]) && id_letter(id->text[1])
                    ? scheme_of(id->text, false)
                    : -1;
    model_id_fault fault = MODEL_ID_LENGTH;
    const char *body = id->text;
    size_t len = id->len;
    int scheme = own;
    /* A French number without its prefix may begin with two letters: the record's country is asked
     * first, and a prefix wins when that does not fit. */
    if (own >= 0) {
        len = without_suffix(own, id->text, id->len);
        fault = judge(own, id->text, len, &id->checked);
    }
    if (named >= 0 && fault != MODEL_ID_GOOD) {
        scheme = named;
        body = id->text + 2;
        len = without_suffix(named, body, id->len - 2);
        fault = judge(named, body, len, &id->checked);
    }
    if (scheme < 0)
        return loose(id);
    if (named < 0 && fault != MODEL_ID_GOOD && id->len > 2 && id_letter(id->text[0]) &&
        id_letter(id->text[1]) && id_country(id->text))
        return loose(id); /* the number of another country, whose rule is not known */
    if (schemes[scheme].country[0] != '\0')
        memcpy(id->country, schemes[scheme].country, 2);
    if (fault == MODEL_ID_GOOD)
        write_standard(id, scheme, body, len);
    return fault;
}
