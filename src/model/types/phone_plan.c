/* The steps are those of libphonenumber (PhoneNumberUtil::Parse, IsValidNumber), so that its
 * metadata mean here what they mean there: calling code, trunk prefix, region, kind. */
#include "types/phone_plan.h"

#include <string.h>

/* Metadata patterns have at most this many digits in a calling code. */
enum { CODE_MAX = 3, NATIONAL_MIN = 2 };

const phone_region *phone_region_of(pb_str country)
{
    if (country.len != 2 || country.ptr[0] < 'A' || country.ptr[0] > 'Z' || country.ptr[1] < 'A' ||
        country.ptr[1] > 'Z')
        return NULL;
    uint16_t row = phone_by_country[(country.ptr[0] - 'A') * 26 + (country.ptr[1] - 'A')];
    return row == 0 ? NULL : &phone_regions[row - 1];
}

/* Bits of the kinds whose pattern is the whole number. */
static uint16_t accepted(const phone_region *region, pb_str national)
{
    const uint16_t *next = phone_next + (size_t)region->states * 10;
    unsigned state = 1;
    for (size_t i = 0; i < national.len && state != 0; i++)
        state = next[state * 10 + (unsigned)(national.ptr[i] - '0')];
    return phone_accept[region->states + state];
}

static bool is_general(const phone_region *region, pb_str national)
{
    return (accepted(region, national) & 1u << PHONE_ANY) != 0;
}

/* Accepted by pattern and by length. */
static bool is_kind(const phone_region *region, uint16_t bits, size_t len, phone_kind kind)
{
    uint32_t lengths = region->lengths[kind];
    return (bits >> kind & 1) != 0 && (lengths == 0 || (lengths >> len & 1) != 0);
}

static phone_kind kind_of(const phone_region *region, pb_str national)
{
    uint16_t bits = accepted(region, national);
    size_t len = national.len;
    if (len >= PHONE_DIGITS_MAX || !is_kind(region, bits, len, PHONE_ANY))
        return PHONE_NONE;
    for (phone_kind kind = PHONE_PREMIUM; kind < PHONE_FIXED; kind++)
        if (is_kind(region, bits, len, kind))
            return kind;
    bool mobile = is_kind(region, bits, len, PHONE_MOBILE);
    if (is_kind(region, bits, len, PHONE_FIXED))
        return region->one_plan || mobile ? PHONE_FIXED_OR_MOBILE : PHONE_FIXED;
    return !region->one_plan && mobile ? PHONE_MOBILE : PHONE_NONE;
}

/* What the length says: VALID for one that numbers have. */
static phone_verdict judge_length(const phone_region *region, size_t len)
{
    uint32_t lengths = region->lengths[PHONE_ANY], bit = len < 32 ? 1u << len : 0;
    if ((region->local & bit) != 0)
        return PHONE_LOCAL_ONLY;
    if ((lengths & bit) != 0)
        return PHONE_VALID;
    if (bit == 0 || lengths < bit)
        return PHONE_TOO_LONG;
    return (lengths & (bit - 1)) == 0 ? PHONE_TOO_SHORT : PHONE_BAD_LENGTH;
}

/* The trunk's match replaced as `transform` says: $1 and $2 are its groups. */
static bool transformed(const phone_region *region, pb_str number, size_t end, const size_t *groups,
                        char *ret, size_t *ret_len)
{
    size_t len = 0;
    for (const char *t = region->transform; *t != '\0'; t++) {
        pb_str part = pb_str_n(t, 1);
        if (*t == '$') {
            size_t group = (size_t)(*++t - '1');
            part = groups[2 * group] == SIZE_MAX
                       ? PB_STR("")
                       : pb_str_sub(number, groups[2 * group],
                                    groups[2 * group + 1] - groups[2 * group]);
        }
        if (len + part.len > PHONE_DIGITS_MAX)
            return false;
        memcpy(ret + len, part.ptr, part.len);
        len += part.len;
    }
    pb_str rest = pb_str_sub(number, end, number.len);
    if (len + rest.len > PHONE_DIGITS_MAX)
        return false;
    memcpy(ret + len, rest.ptr, rest.len);
    *ret_len = len + rest.len;
    return true;
}

/* Number of groups the pattern has does not matter: the last that took part is the captured one. */
static bool captured(const size_t *groups)
{
    size_t last = groups[2] != SIZE_MAX ? 2 : 0;
    return groups[last] != SIZE_MAX && groups[last + 1] > groups[last];
}

/* Takes what is dialled before a number at home off `number`, unless that turns a number that fits
 * into one that does not. */
static void strip_trunk(const phone_region *region, char *number, size_t *len)
{
    pb_str whole = pb_str_n(number, *len);
    size_t end = 0, groups[PHONE_GROUPS], fresh_len = 0;
    char fresh[PHONE_DIGITS_MAX];
    if (*len == 0 || !phone_match(region->trunk, whole, &end, groups))
        return;
    bool replace = region->transform[0] != '\0' && captured(groups);
    if (replace) {
        if (!transformed(region, whole, end, groups, fresh, &fresh_len))
            return;
    } else {
        fresh_len = *len - end;
        memcpy(fresh, number + end, fresh_len);
    }
    if (is_general(region, whole) && !is_general(region, pb_str_n(fresh, fresh_len)))
        return;
    memcpy(number, fresh, fresh_len);
    *len = fresh_len;
}

/* Takes the prefix for calls abroad off; false when there is none. */
static bool strip_abroad(const phone_region *home, pb_str *digits)
{
    size_t end = 0, groups[PHONE_GROUPS];
    if (home == NULL || !phone_match(home->abroad, *digits, &end, groups))
        return false;
    if (end < digits->len && digits->ptr[end] == '0')
        return false; /* no calling code begins with 0 */
    *digits = pb_str_sub(*digits, end, digits->len);
    return true;
}

/* Row + 1 of the main region of the calling code at the start, and the code's length; 0: none. */
static uint16_t calling_code(pb_str digits, size_t *ret_len)
{
    unsigned code = 0;
    for (size_t i = 0; i < CODE_MAX && i < digits.len; i++) {
        code = code * 10 + (unsigned)(digits.ptr[i] - '0');
        if (code == 0)
            return 0;
        if (phone_by_code[code] != 0) {
            *ret_len = i + 1;
            return phone_by_code[code];
        }
    }
    return 0;
}

/* A number at home that begins with its own calling code: taken off, with the trunk prefix behind
 * it, when only that makes it fit. `national` is room for the rest. */
static bool strip_own_code(const phone_region *home, char national[PHONE_DIGITS_MAX],
                           pb_str *digits)
{
    char own[6] = "";
    size_t len = 0;
    for (unsigned rest = home->code, power = rest > 99  ? 100
                                             : rest > 9 ? 10
                                                        : 1;
         power > 0; rest %= power, power /= 10)
        own[len++] = (char)('0' + rest / power);
    if (!pb_str_starts(*digits, pb_str_n(own, len)))
        return false;
    size_t national_len = digits->len - len;
    memcpy(national, digits->ptr + len, national_len);
    strip_trunk(home, national, &national_len);
    if ((is_general(home, *digits) || !is_general(home, pb_str_n(national, national_len))) &&
        judge_length(home, digits->len) != PHONE_TOO_LONG)
        return false;
    *digits = pb_str_n(national, national_len);
    return true;
}

/* Which of the regions that share the code has the number. */
static void find_region(const phone_region *main_region, phone_parsed *ret)
{
    pb_str national = pb_str_n(ret->national, ret->len);
    bool alone = main_region->last != 0;
    for (const phone_region *region = main_region;; region++) {
        size_t end, groups[PHONE_GROUPS];
        phone_kind kind = PHONE_NONE;
        bool mine = alone;
        if (!alone && region->leading != 0)
            mine = phone_match(region->leading, national, &end, groups);
        else if (!alone)
            mine = (kind = kind_of(region, national)) != PHONE_NONE;
        if (mine) {
            ret->kind = kind != PHONE_NONE ? kind : kind_of(region, national);
            ret->region = ret->kind != PHONE_NONE ? region : NULL;
            return;
        }
        if (region->last)
            return;
    }
}

phone_verdict phone_parse(const phone_region *home, bool plus, pb_str digits, phone_parsed *ret)
{
    const phone_region *plan = home;
    char national[PHONE_DIGITS_MAX];
    *ret = (phone_parsed){.kind = PHONE_NONE};
    if (digits.len > PHONE_DIGITS_MAX)
        return PHONE_TOO_LONG;
    if (plus || strip_abroad(home, &digits)) {
        size_t code_len = 0;
        if (digits.len <= NATIONAL_MIN)
            return PHONE_TOO_SHORT;
        uint16_t row = calling_code(digits, &code_len);
        if (row == 0)
            return PHONE_NO_CODE;
        digits = pb_str_sub(digits, code_len, digits.len);
        plan = &phone_regions[row - 1];
    } else if (home == NULL) {
        return PHONE_NO_CODE;
    } else if (strip_own_code(home, national, &digits)) {
        plan = &phone_regions[phone_by_code[home->code] - 1];
    }
    ret->code = plan->code;
    if (digits.len < NATIONAL_MIN)
        return PHONE_TOO_SHORT;
    char potential[PHONE_DIGITS_MAX];
    size_t len = digits.len;
    memcpy(potential, digits.ptr, len);
    strip_trunk(plan, potential, &len);
    phone_verdict length = judge_length(plan, len);
    if (length == PHONE_TOO_SHORT || length == PHONE_LOCAL_ONLY || length == PHONE_BAD_LENGTH) {
        len = digits.len;
        memcpy(potential, digits.ptr, len);
    }
    if (len < NATIONAL_MIN)
        return PHONE_TOO_SHORT;
    if (len > PHONE_NATIONAL_MAX)
        return PHONE_TOO_LONG;
    memcpy(ret->national, potential, len);
    ret->len = len;
    const phone_region *main_region = &phone_regions[phone_by_code[plan->code] - 1];
    find_region(main_region, ret);
    if (ret->region != NULL)
        return PHONE_VALID;
    length = judge_length(main_region, len);
    return length == PHONE_VALID ? PHONE_NOT_GIVEN : length;
}
