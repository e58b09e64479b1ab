/* What is known of one value before it meets another: what it equals, its digits or letters packed,
 * its rough form. */
#include "internal.h"

enum { SOFT_BONES = 8, ORG_START = 5 };

/* Digits of YYYY-MM-DD, four bits each; 0 when it is not written so. */
static uint32_t date_digits(pb_str date)
{
    uint32_t digits = 0;
    if (date.len != 10 || date.ptr[4] != '-' || date.ptr[7] != '-')
        return 0;
    for (size_t i = 0; i < 10; i++)
        if (i != 4 && i != 7)
            digits = digits << 4 | ((uint32_t)date.ptr[i] & 15);
    return digits;
}

static uint32_t tail_digits(pb_str tail)
{
    uint32_t digits = 15; /* stands for a digit that is not there */
    for (size_t i = 0; i < tail.len; i++)
        digits = digits << 4 | ((uint32_t)tail.ptr[i] & 15);
    return tail.ptr != NULL ? digits : 0;
}

/* The set of its letters; 0, unknown, for other alphabets: what they have in common with Latin ones
 * is seen only by comparing. */
static uint32_t letters_of(pb_str text)
{
    return match_script_of(text) == MATCH_LATIN ? match_letters(text) : 0;
}

uint32_t match_mark(match_kind kind, pb_str value)
{
    char room[FORM_ROOM];
    switch (kind) {
    case MATCH_DATE:
        return date_digits(value);
    case MATCH_PHONE:
        return tail_digits(match_phone_tail(value));
    case MATCH_EMAIL:
        return match_letters(match_email_local(value));
    case MATCH_ORG:
        return letters_of(match_org_latin(match_org_core(value), room, sizeof room));
    case MATCH_NAME:
        return 0;
    case MATCH_EXACT:
    case MATCH_TEXT:
    case MATCH_PLACE:
        break;
    }
    return letters_of(value);
}

/* A rough form that survives a slip; 0: none that is selective. */
uint32_t match_soft(match_kind kind, pb_str value)
{
    char bones[SOFT_BONES], room[FORM_ROOM];
    pb_str rough = value;
    if (kind == MATCH_EMAIL) {
        rough = match_email_local(value);
        if (rough.len < 5 || match_email_is_role(rough))
            return 0;
    } else if (kind == MATCH_ORG) {
        rough = match_org_latin(match_org_core(value), room, sizeof room);
        rough = pb_str_sub(rough, 0, ORG_START);
    } else if (kind == MATCH_TEXT || kind == MATCH_PLACE) {
        rough = pb_str_n(bones, match_skeleton(value, bones, sizeof bones));
    }
    return rough.len > 0 ? (uint32_t)match_hash(rough, 13) | 1 : 0;
}

/* What makes two values of a column the same number: the end of a phone number, the text of
 * others. */
uint64_t match_identity(match_kind kind, pb_str value)
{
    pb_str tail = kind == MATCH_PHONE ? match_phone_tail(value) : PB_STR_NONE;
    return match_hash(tail.ptr != NULL ? tail : value, 1);
}
