/* Telephone numbers for people: the groups of the country, and what kind of number it is. */
#include "base/error.h"
#include "model/phone.h"
#include "types/phone_plan.h"

/* Splits `+digits;ext=digits` and parses the digits. */
static bool parse_standard(pb_str standard, phone_parsed *ret, pb_str *ret_extension)
{
    size_t end = pb_str_index(standard, ';');
    pb_str digits = pb_str_sub(standard, 1, end - (end > 0));
    *ret_extension = PB_STR_NONE;
    if (standard.len < 2 || standard.ptr[0] != '+' || digits.len == 0)
        return false;
    for (size_t i = 0; i < digits.len; i++)
        if (digits.ptr[i] < '0' || digits.ptr[i] > '9')
            return false;
    pb_str rest = pb_str_sub(standard, end, standard.len);
    if (pb_str_starts(rest, PB_STR(";ext=")))
        *ret_extension = pb_str_sub(rest, 5, rest.len);
    return phone_parse(NULL, true, digits, ret) == PHONE_VALID;
}

bool model_phone_describe(pb_str standard, model_phone *ret)
{
    static const model_phone_kind kinds[] = {
        [PHONE_PREMIUM] = MODEL_PHONE_PREMIUM,
        [PHONE_TOLL_FREE] = MODEL_PHONE_TOLL_FREE,
        [PHONE_SHARED_COST] = MODEL_PHONE_SHARED_COST,
        [PHONE_VOIP] = MODEL_PHONE_VOIP,
        [PHONE_PERSONAL] = MODEL_PHONE_PERSONAL,
        [PHONE_PAGER] = MODEL_PHONE_PAGER,
        [PHONE_COMPANY] = MODEL_PHONE_COMPANY,
        [PHONE_VOICEMAIL] = MODEL_PHONE_VOICEMAIL,
        [PHONE_FIXED] = MODEL_PHONE_FIXED,
        [PHONE_MOBILE] = MODEL_PHONE_MOBILE,
        [PHONE_FIXED_OR_MOBILE] = MODEL_PHONE_FIXED_OR_MOBILE,
    };
    phone_parsed found;
    pb_str extension;
    if (!parse_standard(standard, &found, &extension))
        return false;
    *ret = (model_phone){.kind = kinds[found.kind], .code = found.code};
    memcpy(ret->country, found.region->id, sizeof ret->country);
    return true;
}

/* The groups laid out; false when no format of the plan fits. */
static bool lay_out(const phone_parsed *found, pb_buf *out)
{
    const phone_region *plan = &phone_regions[phone_by_code[found->code] - 1];
    pb_str national = pb_str_n(found->national, found->len);
    size_t end, groups[PHONE_GROUPS];
    for (size_t i = plan->format; i < (size_t)plan->format + plan->format_count; i++) {
        const phone_format *format = &phone_formats[i];
        if (format->leading != 0 && !phone_match(format->leading, national, &end, groups))
            continue;
        if (!phone_match(format->pattern, national, &end, groups))
            continue;
        for (const char *c = format->layout; *c != '\0'; c++) {
            if (*c != '$') {
                pb_buf_byte(out, *c);
                continue;
            }
            size_t group = (size_t)(*++c - '1');
            if (group < PHONE_GROUPS / 2 && groups[2 * group] != SIZE_MAX)
                pb_buf_add(out, pb_str_sub(national, groups[2 * group],
                                           groups[2 * group + 1] - groups[2 * group]));
        }
        return true;
    }
    return false;
}

void model_phone_show(pb_str standard, pb_buf *out)
{
    phone_parsed found;
    pb_str extension;
    if (!parse_standard(standard, &found, &extension)) {
        pb_buf_add(out, standard);
        return;
    }
    pb_buf_byte(out, '+');
    pb_buf_i64(out, found.code);
    pb_buf_byte(out, ' ');
    if (!lay_out(&found, out))
        pb_buf_add(out, pb_str_n(found.national, found.len));
    if (extension.len > 0) {
        pb_buf_addc(out, " ext. ");
        pb_buf_add(out, extension);
    }
}
