/* Numbers of the money world: IBAN (SWIFT, IBAN registry), BIC (ISO 9362), LEI (ISO 17442), ISIN
 * (ISO 6166), D-U-N-S, payment cards (ISO/IEC 7812; ranges as the brands publish them). */
#include "ids/ids.h"
#include "model/value.h"

#include <string.h>

/* Structure behind the check digits. Rows in capitals of the registry first; those below the line
 * are in use without being registered (Iran's Sheba and the West African banks among them). */
static const struct {
    char country[3];
    const char *structure;
} ibans[] = {
    {"AD", "8n12c"},
    {"AE", "19n"},
    {"AL", "8n16c"},
    {"AT", "16n"},
    {"AZ", "4a20c"},
    {"BA", "16n"},
    {"BE", "12n"},
    {"BG", "4a6n8c"},
    {"BH", "4a14c"},
    {"BI", "23n"},
    {"BR", "23n1a1c"},
    {"BY", "4c4n16c"},
    {"CH", "5n12c"},
    {"CR", "18n"},
    {"CY", "8n16c"},
    {"CZ", "20n"},
    {"DE", "18n"},
    {"DJ", "23n"},
    {"DK", "14n"},
    {"DO", "4c20n"},
    {"EE", "16n"},
    {"EG", "25n"},
    {"ES", "20n"},
    {"FI", "14n"},
    {"FK", "2a12n"},
    {"FO", "14n"},
    {"FR", "10n11c2n"},
    {"GB", "4a14n"},
    {"GE", "2a16n"},
    {"GI", "4a15c"},
    {"GL", "14n"},
    {"GR", "7n16c"},
    {"GT", "24c"},
    {"HN", "4a20n"},
    {"HR", "17n"},
    {"HU", "24n"},
    {"IE", "4a14n"},
    {"IL", "19n"},
    {"IQ", "4a15n"},
    {"IS", "22n"},
    {"IT", "1a10n12c"},
    {"JO", "4a4n18c"},
    {"KW", "4a22c"},
    {"KZ", "3n13c"},
    {"LB", "4n20c"},
    {"LC", "4a24c"},
    {"LI", "5n12c"},
    {"LT", "16n"},
    {"LU", "3n13c"},
    {"LV", "4a13c"},
    {"LY", "21n"},
    {"MC", "10n11c2n"},
    {"MD", "20c"},
    {"ME", "18n"},
    {"MK", "3n10c2n"},
    {"MN", "16n"},
    {"MR", "23n"},
    {"MT", "4a5n18c"},
    {"MU", "4a19n3a"},
    {"NI", "4a20n"},
    {"NL", "4a10n"},
    {"NO", "11n"},
    {"OM", "3n16c"},
    {"PK", "4a16c"},
    {"PL", "24n"},
    {"PS", "4a21c"},
    {"PT", "21n"},
    {"QA", "4a21c"},
    {"RO", "4a16c"},
    {"RS", "18n"},
    {"RU", "14n15c"},
    {"SA", "2n18c"},
    {"SC", "4a20n3a"},
    {"SD", "14n"},
    {"SE", "20n"},
    {"SI", "15n"},
    {"SK", "20n"},
    {"SM", "1a10n12c"},
    {"SO", "19n"},
    {"ST", "21n"},
    {"SV", "4a20n"},
    {"TL", "19n"},
    {"TN", "20n"},
    {"TR", "6n16c"},
    {"UA", "6n19c"},
    {"VA", "18n"},
    {"VG", "4a16n"},
    {"XK", "16n"},
    {"YE", "4a4n18c"},
    /* ---- */
    {"AO", "21n"},
    {"BF", "2c22n"},
    {"BJ", "2c22n"},
    {"CF", "23n"},
    {"CG", "23n"},
    {"CI", "2c22n"},
    {"CM", "23n"},
    {"CV", "21n"},
    {"DZ", "22n"},
    {"GA", "23n"},
    {"GQ", "23n"},
    {"GW", "2c19n"},
    {"IR", "22n"},
    {"KM", "23n"},
    {"MA", "24n"},
    {"MG", "23n"},
    {"ML", "2c22n"},
    {"MZ", "21n"},
    {"NE", "2c22n"},
    {"SN", "2c22n"},
    {"TD", "23n"},
    {"TG", "2c22n"},
};

static const char *iban_structure(const char *country)
{
    for (size_t i = 0; i < sizeof ibans / sizeof *ibans; i++)
        if (memcmp(ibans[i].country, country, 2) == 0)
            return ibans[i].structure;
    return NULL;
}

static bool iban_sum(const char *text, size_t len)
{
    char turned[MODEL_ID_MAX];
    memcpy(turned, text + 4, len - 4);
    memcpy(turned + len - 4, text, 4);
    return model_mod97(pb_str_n(turned, len)) == 1;
}

/* Digits alone, as they stand on Iranian forms that print the IR beforehand: 24 of them, and the
 * sum fits. */
static void iban_without_country(model_id *id, pb_str country)
{
    if (id->len != 24 || !id_digits(id->text, 0, 24) ||
        !(pb_str_empty(country) || pb_str_is(country, "IR")))
        return;
    memcpy(id->mended, "IR", 2);
    memcpy(id->mended + 2, id->text, 24);
    if (iban_sum(id->mended, 26))
        id->mended_len = 26;
}

model_id_fault id_iban(model_id *id, pb_str country)
{
    const char *structure = id->len >= 2 ? iban_structure(id->text) : NULL;
    if (structure == NULL) {
        iban_without_country(id, country);
        return MODEL_ID_COUNTRY;
    }
    memcpy(id->country, id->text, 2);
    if (id->len != id_structure_length(structure) + 4)
        return MODEL_ID_LENGTH;
    if (!id_digits(id->text, 2, 2) || !id_structure(id->text + 4, id->len - 4, structure))
        return MODEL_ID_STRUCTURE;
    /* Check digits 00, 01 and 99 also give remainder 1 but are never made. */
    bool made = memcmp(id->text + 2, "00", 2) != 0 && memcmp(id->text + 2, "01", 2) != 0 &&
                memcmp(id->text + 2, "99", 2) != 0;
    id->checked = true;
    return made && iban_sum(id->text, id->len) ? MODEL_ID_GOOD : MODEL_ID_CHECK;
}

model_id_fault id_bic(model_id *id, pb_str country)
{
    (void)country;
    if (id->len != 8 && id->len != 11)
        return MODEL_ID_LENGTH;
    /* ISO 9362:2022 allows digits in the first four; none is in use. */
    if (!id_structure(id->text, 4, "4a"))
        return MODEL_ID_STRUCTURE;
    if (!id_country(id->text + 4))
        return MODEL_ID_COUNTRY;
    memcpy(id->country, id->text + 4, 2);
    return MODEL_ID_GOOD;
}

model_id_fault id_lei(model_id *id, pb_str country)
{
    (void)country;
    if (id->len != 20)
        return MODEL_ID_LENGTH;
    if (!id_digits(id->text, 18, 2))
        return MODEL_ID_STRUCTURE;
    id->checked = true;
    return model_mod97(pb_str_n(id->text, 20)) == 1 ? MODEL_ID_GOOD : MODEL_ID_CHECK;
}

static bool one_digit_only(const model_id *id)
{
    for (size_t i = 1; i < id->len; i++)
        if (id->text[i] != id->text[0])
            return false;
    return true;
}

model_id_fault id_duns(model_id *id, pb_str country)
{
    (void)country;
    if (!id_digits(id->text, 0, id->len))
        return MODEL_ID_CHARACTER;
    if (id->len != 9)
        return MODEL_ID_LENGTH;
    return one_digit_only(id) ? MODEL_ID_STRUCTURE : MODEL_ID_GOOD;
}

model_id_fault id_isin(model_id *id, pb_str country)
{
    char digits[2 * MODEL_ID_MAX];
    size_t count = 0;
    (void)country;
    if (id->len != 12)
        return MODEL_ID_LENGTH;
    /* XS and the like are international securities: any two letters that are no digits. */
    bool international = id->text[0] == 'X' && id_letter(id->text[1]);
    bool european = memcmp(id->text, "EU", 2) == 0 || memcmp(id->text, "EZ", 2) == 0;
    if (!international && !european && !id_country(id->text))
        return MODEL_ID_COUNTRY;
    if (!id_digit(id->text[11]))
        return MODEL_ID_STRUCTURE;
    for (size_t i = 0; i < 12; i++) {
        int value = id_digit(id->text[i]) ? id->text[i] - '0' : id->text[i] - 'A' + 10;
        if (value >= 10)
            digits[count++] = (char)('0' + value / 10);
        digits[count++] = (char)('0' + value % 10);
    }
    memcpy(id->country, id->text, 2);
    id->checked = true;
    return model_luhn(pb_str_n(digits, count)) ? MODEL_ID_GOOD : MODEL_ID_CHECK;
}

/* Ranges of first digits, all written with `digits` digits, and the lengths of their cards as bits.
 * The narrower range stands first. */
#define LEN(n) (1u << (n))
#define LENS(a, b) ((1u << ((b) + 1)) - (1u << (a)))
static const struct {
    const char *brand;
    int digits, from, to;
    uint32_t lengths;
} brands[] = {
    {"American Express", 2, 34, 34, LEN(15)},
    {"American Express", 2, 37, 37, LEN(15)},
    {"Mir", 4, 2200, 2204, LENS(16, 19)},
    {"Mastercard", 4, 2221, 2720, LEN(16)},
    {"Mastercard", 2, 51, 55, LEN(16)},
    {"Diners Club", 3, 300, 305, LENS(14, 19)},
    {"Diners Club", 4, 3095, 3095, LENS(14, 19)},
    {"Diners Club", 2, 36, 36, LENS(14, 19)},
    {"Diners Club", 2, 38, 39, LENS(14, 19)},
    {"JCB", 4, 3528, 3589, LENS(16, 19)},
    {"Discover", 4, 6011, 6011, LENS(16, 19)},
    {"Discover", 3, 644, 649, LENS(16, 19)},
    {"Discover", 2, 65, 65, LENS(16, 19)},
    {"UnionPay", 2, 62, 62, LENS(16, 19)},
    {"UnionPay", 2, 81, 81, LENS(16, 19)},
    /* Cards of Iranian banks (Shetab) stand among the ranges of Maestro, Export Development Bank
     * and others beside them. */
    {"Shetab", 6, 603799, 603799, LEN(16)},
    {"Shetab", 6, 610433, 610433, LEN(16)},
    {"Shetab", 6, 621986, 621986, LEN(16)},
    {"Shetab", 6, 627353, 627353, LEN(16)},
    {"Shetab", 6, 589210, 589210, LEN(16)},
    {"Shetab", 6, 585983, 585983, LEN(16)},
    {"Shetab", 6, 603769, 603770, LEN(16)},
    {"Shetab", 6, 502229, 502229, LEN(16)},
    {"Shetab", 6, 622106, 622106, LEN(16)},
    {"Shetab", 6, 207177, 207177, LEN(16)},
    {"Shetab", 6, 991975, 991975, LEN(16)},
    {"Visa", 1, 4, 4, LEN(13) | LEN(16) | LEN(19)},
    {"Maestro", 2, 50, 50, LENS(12, 19)},
    {"Maestro", 2, 56, 58, LENS(12, 19)},
    {"Maestro", 2, 60, 61, LENS(12, 19)},
    {"Maestro", 2, 63, 63, LENS(12, 19)},
    {"Maestro", 2, 66, 69, LENS(12, 19)},
};

static int first_digits(const char *digits, int count)
{
    int value = 0;
    for (int i = 0; i < count; i++)
        value = value * 10 + (digits[i] - '0');
    return value;
}

model_id_fault id_card(model_id *id, pb_str country)
{
    uint32_t lengths = LENS(12, 19);
    (void)country;
    if (!id_digits(id->text, 0, id->len))
        return MODEL_ID_CHARACTER;
    if (id->len < 12 || id->len > 19)
        return MODEL_ID_LENGTH;
    for (size_t i = 0; id->brand == NULL && i < sizeof brands / sizeof *brands; i++) {
        int first = first_digits(id->text, brands[i].digits);
        if (first >= brands[i].from && first <= brands[i].to) {
            id->brand = brands[i].brand;
            lengths = brands[i].lengths;
        }
    }
    if ((lengths >> id->len & 1) == 0)
        return MODEL_ID_LENGTH;
    if (one_digit_only(id))
        return MODEL_ID_STRUCTURE;
    id->checked = true;
    return model_luhn(pb_str_n(id->text, id->len)) ? MODEL_ID_GOOD : MODEL_ID_CHECK;
}
