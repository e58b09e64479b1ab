/* Finding somebody among users by words, as the search finds records by a name. */
#include "service/people.h"

#include "model/value.h"

enum { WORDS_MAX = 1 << 16, CALLED_MAX = 1 << 16 };

/* What somebody is found by: words of the name, and the sign-in name whole and in its parts. */
static void add_tokens(model_reader *reader, const service_called *one, pb_buf *out)
{
    static const model_field shown = {.type = MODEL_PERSON_NAME};
    static const model_field whole[] = {
        {.type = MODEL_TEXT}, {.type = MODEL_IDENTIFIER}, {.type = MODEL_EMAIL}};
    model_reader_reset(reader);
    model_tokens(reader, &shown, PB_VALUE_TEXT(one->shown), out);
    for (size_t i = 0; i < sizeof whole / sizeof *whole; i++)
        model_tokens(reader, &whole[i], PB_VALUE_TEXT(one->name), out);
}

static bool begins_one(pb_str tokens, pb_str wanted)
{
    pb_str token;
    while (tokens.len > 0 && pb_str_split(&tokens, ' ', &token))
        if (pb_str_starts(token, wanted))
            return true;
    return false;
}

/* Every word that is asked for begins one of theirs; no word: nobody. */
static bool fits(pb_str tokens, pb_str wanted)
{
    pb_str word;
    bool any = false;
    while (wanted.len > 0 && pb_str_split(&wanted, ' ', &word)) {
        if (word.len == 0)
            continue;
        if (!begins_one(tokens, word))
            return false;
        any = true;
    }
    return any;
}

typedef struct crowd {
    const service_called *called;
    size_t count;
    model_reader *reader;
    size_t *places; /* of those that fit */
    size_t found;
} crowd;

static pb_status find(crowd *c, const pb_buf *wanted, pb_error *err)
{
    PB_AUTO_BUF tokens = PB_BUF_INIT(CALLED_MAX);
    if (wanted->failed)
        return pb_fail_buffer(wanted, PB_MSG("The search text is too long."), err);
    for (size_t i = 0; i < c->count; i++) {
        pb_buf_clear(&tokens);
        add_tokens(c->reader, &c->called[i], &tokens);
        if (tokens.failed)
            return pb_fail_memory(err);
        if (fits(pb_buf_str(&tokens), pb_buf_str(wanted)))
            c->places[c->found++] = i;
    }
    return PB_OK;
}

static pb_status find_both_ways(crowd *c, pb_str words, pb_error *err)
{
    PB_AUTO_BUF wanted = PB_BUF_INIT(WORDS_MAX);
    model_query_tokens(c->reader, words, &wanted);
    PB_TRY(find(c, &wanted, err));
    if (c->found > 0)
        return PB_OK;
    /* Nobody is written like that: who sounds like it, across scripts. */
    pb_buf_clear(&wanted);
    model_query_tokens_wide(c->reader, words, &wanted);
    return find(c, &wanted, err);
}

pb_status service_people_find(pb_str words, const service_called *called, size_t count,
                              pb_arena *arena, size_t **ret_places, size_t *ret_count,
                              pb_error *err)
{
    crowd c = {.called = called,
               .count = count,
               .reader = model_reader_new(0),
               .places = pb_arena_array(arena, count + 1, sizeof *c.places)};
    pb_status status = c.reader && c.places ? find_both_ways(&c, words, err) : pb_fail_memory(err);
    model_reader_free(c.reader);
    if (status != PB_OK)
        return status;
    *ret_places = c.places;
    *ret_count = c.found;
    return PB_OK;
}
