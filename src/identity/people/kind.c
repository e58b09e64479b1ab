/* Kinds of users. */
#include "identity/people.h"

static const char *const words[IDENTITY_KINDS] = {"person", "program", "portal", "auditor"};

const char *identity_kind_word(identity_kind kind)
{
    return words[kind];
}

bool identity_kind_parse(pb_str word, identity_kind *ret_kind)
{
    for (int i = 0; i < IDENTITY_KINDS; i++) {
        if (!pb_str_is(word, words[i]))
            continue;
        *ret_kind = (identity_kind)i;
        return true;
    }
    return false;
}
