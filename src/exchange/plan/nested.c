/* What a key of nested data could be called if it stood alone: `address.city`, `name.first`,
 * `phones.1.number`. */
#include "plan.h"

enum { PARTS = 4 };

static bool is_one_of(const char *const *words, pb_str word)
{
    for (size_t i = 0; words[i] != NULL; i++)
        if (pb_str_eq_nocase(word, pb_str_c(words[i])))
            return true;
    return false;
}

/* The parts between the points, numbers of a list left out; 0: more than PARTS. */
static size_t take_apart(pb_str header, pb_str parts[PARTS])
{
    size_t count = 0;
    pb_str part;
    while (pb_str_split(&header, '.', &part)) {
        int64_t number = 0;
        if (part.len == 0 || pb_str_to_i64(part, &number))
            continue;
        if (count == PARTS)
            return 0;
        parts[count++] = part;
    }
    return count;
}

/* `phones`, `addresses`, `email_list` by one of theirs. */
static pb_str one_of_many(pb_str list)
{
    pb_str es = PB_STR("sses"), s = PB_STR("s"), word = PB_STR("_list");
    if (pb_str_ends(list, word))
        return pb_str_sub(list, 0, list.len - word.len);
    if (pb_str_ends(list, es))
        return pb_str_sub(list, 0, list.len - 2);
    return pb_str_ends(list, s) && !pb_str_ends(list, PB_STR("ss"))
               ? pb_str_sub(list, 0, list.len - s.len)
               : list;
}

/* `billing_address` is `billing`, `address` alone nothing. False: it is no address. */
static bool without_address(pb_str parent, pb_str *ret)
{
    static const char *const words[] = {"address", "addresses", "location", NULL};
    for (size_t i = 0; words[i] != NULL; i++) {
        pb_str word = pb_str_c(words[i]);
        if (parent.len < word.len ||
            !pb_str_eq_nocase(pb_str_sub(parent, parent.len - word.len, word.len), word))
            continue;
        *ret = pb_str_sub(parent, 0, parent.len - word.len);
        return true;
    }
    return false;
}

bool names_nested(pb_arena *arena, pb_str header, header_form *form)
{
    static const char *const values[] = {"value",  "number", "address", "email", "phone",
                                         "url",    "href",   "link",    "text",  "label",
                                         "amount", "date",   NULL};
    pb_str parts[PARTS], before;
    if (pb_str_index(header, '.') == header.len || take_apart(header, parts) != 2)
        return true;
    const char *texts[3] = {
        pb_arena_printf(arena, "%.*s %.*s", PB_STR_FMT(parts[1]), PB_STR_FMT(parts[0]))};
    size_t count = 1;
    if (is_one_of(values, parts[1]))
        texts[count++] = pb_arena_printf(arena, "%.*s", PB_STR_FMT(one_of_many(parts[0])));
    if (without_address(parts[0], &before))
        texts[count++] =
            pb_arena_printf(arena, "%.*s %.*s", PB_STR_FMT(before), PB_STR_FMT(parts[1]));
    for (size_t i = 0; i < count; i++) {
        pb_str key = texts[i] == NULL ? PB_STR_NONE : names_key(arena, pb_str_c(texts[i]));
        if (key.ptr == NULL)
            return false;
        form->others[form->other_count++] = key;
    }
    return true;
}
