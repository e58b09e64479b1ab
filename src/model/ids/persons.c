/* Numbers of persons and companies in China (GB 11643-1999, GB 32100-2015) and Iran (sums as
 * the registration offices publish them). */
#include "base/time.h"
#include "ids/ids.h"

#include <string.h>

/* Provinces of GB/T 2260 and what the resident's and foreigner's cards add: 71, 81, 82, 83, 91. */
static bool province(const char *text)
{
    static const char codes[] = "11 12 13 14 15 21 22 23 31 32 33 34 35 36 37 41 42 43 44 45 46 50 "
                                "51 52 53 54 61 62 63 64 65 71 81 82 83 91 ";
    for (size_t i = 0; i + 3 <= sizeof codes; i += 3)
        if (codes[i] == text[0] && codes[i + 1] == text[1])
            return true;
    return false;
}

static int number(const char *digits, size_t count)
{
    int value = 0;
    for (size_t i = 0; i < count; i++)
        value = value * 10 + (digits[i] - '0');
    return value;
}

static char resident_check(const char *text)
{
    static const int weights[17] = {7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2};
    return "10X98765432"[id_weighted(text, weights, 17) % 11];
}

model_id_fault id_cn_resident(model_id *id, pb_str country)
{
    int64_t day;
    (void)country;
    if (id->len != 18 && id->len != 15)
        return MODEL_ID_LENGTH;
    bool old = id->len == 15;
    if (!id_digits(id->text, 0, old ? 15 : 17) ||
        (!old && !id_digit(id->text[17]) && id->text[17] != 'X'))
        return MODEL_ID_STRUCTURE;
    if (!province(id->text))
        return MODEL_ID_COUNTRY;
    if (old) { /* cards until 1999: the year with two digits, no check digit */
        memmove(id->text + 8, id->text + 6, 9);
        memcpy(id->text + 6, "19", 2);
        id->text[17] = resident_check(id->text);
        id->len = 18;
        id->old_form = true;
    }
    int year = number(id->text + 6, 4);
    if (year < 1850 || year > 2100 ||
        !pb_date_from_civil(year, number(id->text + 10, 2), number(id->text + 12, 2), &day))
        return MODEL_ID_DATE;
    memcpy(id->country, "CN", 2);
    id->checked = !old;
    return resident_check(id->text) == id->text[17] ? MODEL_ID_GOOD : MODEL_ID_CHECK;
}

/* Letters of GB 32100: I, O, S, V and Z are left out. */
static const char uscc_letters[] = "0123456789ABCDEFGHJKLMNPQRTUWXY";

static int uscc_value(char c)
{
    const char *at = c == '\0' ? NULL : strchr(uscc_letters, c);
    return at == NULL ? -1 : (int)(at - uscc_letters);
}

static bool uscc_sum(const char *text)
{
    int sum = 0, weight = 1;
    for (size_t i = 0; i < 17; i++, weight = weight * 3 % 31)
        sum += uscc_value(text[i]) * weight;
    return uscc_value(text[17]) == (31 - sum % 31) % 31;
}

static model_id_fault uscc_judge(const char *text)
{
    for (size_t i = 0; i < 18; i++)
        if (uscc_value(text[i]) < 0)
            return MODEL_ID_CHARACTER;
    if (!id_digits(text, 2, 6))
        return MODEL_ID_STRUCTURE;
    /* 10 is the centre's own offices, as is 100000. */
    if (!province(text + 2) && memcmp(text + 2, "10", 2) != 0)
        return MODEL_ID_COUNTRY;
    return uscc_sum(text) ? MODEL_ID_GOOD : MODEL_ID_CHECK;
}

model_id_fault id_cn_uscc(model_id *id, pb_str country)
{
    static const char typed[] = "IOZS", meant[] = "1025";
    (void)country;
    if (id->len != 18)
        return MODEL_ID_LENGTH;
    memcpy(id->country, "CN", 2);
    id->checked = true;
    model_id_fault fault = uscc_judge(id->text);
    if (fault != MODEL_ID_CHARACTER)
        return fault;
    memcpy(id->mended, id->text, 18);
    for (size_t i = 0; i < 18; i++) {
        const char *at = strchr(typed, id->mended[i]);
        if (at != NULL)
            id->mended[i] = meant[at - typed];
    }
    id->mended_len = uscc_judge(id->mended) == MODEL_ID_GOOD ? 18 : 0;
    return fault;
}

static bool ir_national_sum(const char *text)
{
    static const int weights[9] = {10, 9, 8, 7, 6, 5, 4, 3, 2};
    int rest = id_weighted(text, weights, 9) % 11;
    return text[9] - '0' == (rest < 2 ? rest : 11 - rest);
}

static bool repeated(const char *text, size_t len)
{
    for (size_t i = 1; i < len; i++)
        if (text[i] != text[0])
            return false;
    return true;
}

model_id_fault id_ir_national(model_id *id, pb_str country)
{
    (void)country;
    if (!id_digits(id->text, 0, id->len))
        return MODEL_ID_CHARACTER;
    if (id->len == 8 || id->len == 9) { /* a spreadsheet ate the leading zeros */
        memcpy(id->mended, "00", 2);
        memcpy(id->mended + 10 - id->len, id->text, id->len);
        id->mended_len = ir_national_sum(id->mended) && !repeated(id->mended, 10) ? 10 : 0;
    }
    if (id->len != 10)
        return MODEL_ID_LENGTH;
    memcpy(id->country, "IR", 2);
    id->checked = true;
    if (repeated(id->text, 10))
        return MODEL_ID_STRUCTURE;
    return ir_national_sum(id->text) ? MODEL_ID_GOOD : MODEL_ID_CHECK;
}

model_id_fault id_ir_legal(model_id *id, pb_str country)
{
    static const int weights[5] = {29, 27, 23, 19, 17};
    int sum = 0;
    (void)country;
    if (!id_digits(id->text, 0, id->len))
        return MODEL_ID_CHARACTER;
    if (id->len != 11)
        return MODEL_ID_LENGTH;
    memcpy(id->country, "IR", 2);
    if (memcmp(id->text + 3, "000000", 6) == 0)
        return MODEL_ID_STRUCTURE;
    int shift = id->text[9] - '0' + 2;
    for (size_t i = 0; i < 10; i++)
        sum += (shift + id->text[i] - '0') * weights[i % 5];
    id->checked = true;
    return sum % 11 % 10 == id->text[10] - '0' ? MODEL_ID_GOOD : MODEL_ID_CHECK;
}
