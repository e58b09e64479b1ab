/* Names of users and teams, and the form in which no two are the same. */
#include "internal.h"

#include "base/utf8.h"

#include <unicode/uchar.h>
#include <unicode/unorm2.h>
#include <unicode/ustring.h>

/* A character becomes 18 at most by NFKC. */
enum { WIDE = 18 * 2 * IDENTITY_SHOWN_MAX, NARROW = 3 * WIDE };

static pb_status fail_name(pb_str name, const char *why, pb_error *err)
{
    pb_fail(err, PB_INVALID, PB_MSG("“{name}” cannot be a name."), "name", PB_ARG(name), NULL);
    pb_error_detail(err, why, NULL);
    pb_error_hint(err,
                  PB_MSG("Use letters, digits and marks such as . - _ @, up to {most} of them."),
                  "most", PB_ARG_INT(IDENTITY_NAME_MAX), NULL);
    return PB_INVALID;
}

/* What cannot be seen makes two names look the same. */
static bool is_unseen(uint32_t code, bool blanks)
{
    uint32_t unseen = U_GC_CC_MASK | U_GC_CF_MASK | U_GC_CN_MASK | U_GC_CO_MASK | U_GC_CS_MASK |
                      U_GC_ZL_MASK | U_GC_ZP_MASK;
    if (blanks && code == ' ')
        return false;
    return (U_GET_GC_MASK((UChar32)code) & (unseen | U_GC_ZS_MASK)) != 0 ||
           u_hasBinaryProperty((UChar32)code, UCHAR_DEFAULT_IGNORABLE_CODE_POINT);
}

static pb_status check(pb_str name, bool blanks, pb_error *err)
{
    if (!pb_utf8_valid(name))
        return fail_name(PB_STR("?"), PB_MSG("It is not UTF-8."), err);
    if (pb_str_empty(name) || pb_str_trim(name).len != name.len)
        return fail_name(name, PB_MSG("It is empty, or begins or ends with a blank."), err);
    if (pb_utf8_count(name) > IDENTITY_NAME_MAX)
        return fail_name(name, PB_MSG("It is too long."), err);
    for (size_t at = 0; at < name.len;)
        if (is_unseen(pb_utf8_next(name, &at), blanks))
            return fail_name(name, PB_MSG("It holds a character that cannot be seen."), err);
    return PB_OK;
}

static pb_status fold(pb_str name, pb_buf *out, pb_error *err)
{
    UChar in[2 * IDENTITY_SHOWN_MAX], wide[WIDE];
    char narrow[NARROW];
    int32_t in_len = 0, wide_len, narrow_len = 0;
    UErrorCode status = U_ZERO_ERROR;
    const UNormalizer2 *form = unorm2_getNFKCCasefoldInstance(&status);
    u_strFromUTF8(in, sizeof in / sizeof *in, &in_len, name.ptr, (int32_t)name.len, &status);
    if (U_FAILURE(status))
        return pb_fail(err, PB_INTERNAL, PB_MSG("ICU: {says}"), "says", u_errorName(status), NULL);
    wide_len = unorm2_normalize(form, in, in_len, wide, WIDE, &status);
    u_strToUTF8(narrow, NARROW, &narrow_len, wide, wide_len, &status);
    if (U_FAILURE(status))
        return pb_fail(err, PB_INTERNAL, PB_MSG("ICU: {says}"), "says", u_errorName(status), NULL);
    if (narrow_len == 0)
        return fail_name(name, PB_MSG("It holds a character that cannot be seen."), err);
    pb_buf_add(out, pb_str_n(narrow, (size_t)narrow_len));
    return out->failed ? pb_fail_memory(err) : PB_OK;
}

pb_status people_name_key(pb_str name, pb_buf *out, pb_error *err)
{
    PB_TRY(check(name, false, err));
    return fold(name, out, err);
}

pb_status people_team_key(pb_str name, pb_buf *out, pb_error *err)
{
    PB_TRY(check(name, true, err));
    return fold(name, out, err);
}

pb_status people_shown_check(pb_str shown, pb_error *err)
{
    bool good = pb_utf8_valid(shown) && pb_str_trim(shown).len > 0 &&
                pb_utf8_count(shown) <= IDENTITY_SHOWN_MAX;
    for (size_t at = 0; good && at < shown.len;)
        good = (U_GET_GC_MASK((UChar32)pb_utf8_next(shown, &at)) & U_GC_CC_MASK) == 0;
    if (good)
        return PB_OK;
    pb_fail(err, PB_INVALID, PB_MSG("“{name}” cannot be shown as somebody's name."), "name",
            PB_ARG(pb_utf8_valid(shown) ? shown : PB_STR("?")), NULL);
    pb_error_hint(err, PB_MSG("Use up to {most} characters, in one line."), "most",
                  PB_ARG_INT(IDENTITY_SHOWN_MAX), NULL);
    return PB_INVALID;
}
