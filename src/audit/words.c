/* Words known to be right for a field, and the one a misspelt word probably means. */
#include "run.h"

#include "base/utf8.h"

typedef struct known_word {
    pb_str folded, shown;
} known_word;

struct word_book {
    known_word *words;
    size_t count, capacity;
    pb_map *folded;
};

/* Fewer letters leave too many other words within one error. */
enum { MIN_LETTERS = 5, TWO_ERRORS_FROM = 9 };

static pb_status add_word(audit_work *work, word_book *book, pb_str shown, pb_error *err)
{
    known_word word = {.shown = shown};
    bool is_new = false;
    if (!shown.len)
        return PB_OK;
    PB_TRY(work_fold(work, shown, &word.folded, err));
    if (!pb_map_put(book->folded, word.folded, &is_new) ||
        (is_new && !PB_PUSH(work->scratch, book->words, book->count, book->capacity, word)))
        return pb_fail_memory(err);
    return PB_OK;
}

static bool belongs(const audit_words *words, const model_field *field)
{
    for (size_t i = 0; i < words->fields.count; i++)
        if (pb_str_eq(words->fields.items[i], field->name) ||
            (field->role.len && pb_str_eq(words->fields.items[i], field->role)))
            return true;
    for (size_t i = 0; i < words->types.count; i++)
        if (pb_str_is(words->types.items[i], model_type_name(field->type)))
            return true;
    return false;
}

pb_status words_for(audit_work *work, const model_field *field, word_book **ret, pb_error *err)
{
    word_book *book = pb_arena_alloc(work->scratch, sizeof *book);
    if (!book || !(book->folded = pb_map_new(work->scratch)))
        return pb_fail_memory(err);
    for (size_t i = 0; i < field->choice_count; i++) {
        PB_TRY(add_word(work, book, field->choices[i].value, err));
        PB_TRY(add_word(work, book, field->choices[i].label, err));
        for (size_t k = 0; k < field->choices[i].aliases.count; k++)
            PB_TRY(add_word(work, book, field->choices[i].aliases.items[k], err));
    }
    for (size_t i = 0; i < work->catalogue->word_count; i++) {
        const audit_words *words = &work->catalogue->words[i];
        for (size_t k = 0; belongs(words, field) && k < words->items.count; k++)
            PB_TRY(add_word(work, book, words->items.items[k], err));
    }
    *ret = book->count ? book : NULL;
    return PB_OK;
}

bool words_same_digits(pb_str a, pb_str b)
{
    size_t i = 0, k = 0;
    for (;;) {
        while (i < a.len && (a.ptr[i] < '0' || a.ptr[i] > '9'))
            i++;
        while (k < b.len && (b.ptr[k] < '0' || b.ptr[k] > '9'))
            k++;
        if (i == a.len || k == b.len)
            return i == a.len && k == b.len;
        if (a.ptr[i++] != b.ptr[k++])
            return false;
    }
}

size_t words_apart(pb_str a, pb_str b)
{
    size_t length = pb_utf8_count(a), other = pb_utf8_count(b);
    size_t shorter = length < other ? length : other;
    if (shorter < MIN_LETTERS || a.ptr[0] != b.ptr[0] || !words_same_digits(a, b))
        return SIZE_MAX;
    size_t limit = shorter >= TWO_ERRORS_FROM ? 2 : 1;
    if ((length > other ? length - other : other - length) > limit)
        return SIZE_MAX;
    size_t apart = match_distance(a, b, limit);
    return apart > limit ? SIZE_MAX : apart;
}

bool words_known(const word_book *book, pb_str folded)
{
    return pb_map_get(book->folded, folded) != NULL;
}

pb_status words_suggest(audit_work *work, const word_book *book, pb_str value, pb_str *ret,
                        pb_error *err)
{
    pb_str folded;
    *ret = PB_STR_NONE;
    PB_TRY(work_fold(work, value, &folded, err));
    if (!folded.len || words_known(book, folded))
        return PB_OK;
    size_t best = SIZE_MAX;
    for (size_t i = 0; i < book->count; i++) {
        size_t apart = words_apart(folded, book->words[i].folded);
        if (apart >= best)
            continue;
        best = apart;
        *ret = book->words[i].shown;
    }
    return PB_OK;
}
