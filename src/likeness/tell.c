/* What is kept and told of records compared: who they are, how they agree, in which script. */
#include "base/utf8.h"
#include "likeness/likeness.h"

/* FORMS grows when the texts that are compared or the keys made of them change: what is filed by
 * them is then made anew. */
enum { LEVELS_BITS = 3, TOLD_LEVELS = 5, FORMS = 1 };

/* 64-bit FNV-1a; the end of each text counts, so that parts do not run together. */
#define FNV_START UINT64_C(0xCBF29CE484222325)
#define FNV_STEP UINT64_C(0x100000001B3)

static uint64_t take(uint64_t hash, pb_str text)
{
    for (size_t i = 0; i < text.len; i++)
        hash = (hash ^ (unsigned char)text.ptr[i]) * FNV_STEP;
    return (hash ^ 0xFF) * FNV_STEP;
}

static int64_t finish(uint64_t hash)
{
    hash ^= hash >> 33;
    hash *= UINT64_C(0xFF51AFD7ED558CCD);
    hash ^= hash >> 33;
    return (int64_t)(hash >> 1);
}

int64_t likeness_identity(pb_str source_id, const pb_str *texts, size_t count)
{
    uint64_t hash = take(FNV_START, source_id.len > 0 ? PB_STR("id") : PB_STR("texts"));
    if (source_id.len > 0)
        return finish(take(hash, source_id));
    for (size_t i = 0; i < count; i++)
        hash = take(hash, texts[i]);
    return finish(hash);
}

int64_t likeness_print(const likeness_fields *fields)
{
    uint64_t hash = FNV_START + FORMS;
    for (size_t i = 0; i < fields->count; i++) {
        const char kind = (char)('a' + (int)fields->kind[i]);
        hash = take(take(hash, fields->field[i]->name), pb_str_n(&kind, 1));
    }
    return finish(hash);
}

uint64_t likeness_levels(const match_comparison *comparison, size_t count)
{
    static const uint64_t told[LEVEL_COUNT] = {0, 1, 2, 2, 2, 3, 3, 4};
    uint64_t levels = 0;
    for (size_t c = 0; c < count; c++)
        levels |= told[comparison->steps[c].level] << (c * LEVELS_BITS);
    return levels;
}

void likeness_levels_text(const model_field *const *fields, size_t count, uint64_t levels,
                          pb_buf *out)
{
    static const char *const words[TOLD_LEVELS] = {NULL, "differs", "partly", "near", "equal"};
    bool first = true;
    for (size_t c = 0; c < count; c++) {
        unsigned level = (unsigned)(levels >> (c * LEVELS_BITS)) & 7U;
        if (level == 0 || level >= TOLD_LEVELS)
            continue;
        pb_buf_printf(out, "%s%.*s=%s", first ? "" : " ", PB_STR_FMT(fields[c]->name),
                      words[level]);
        first = false;
    }
}

typedef enum letters {
    LETTERS_NONE,
    LETTERS_LATIN,
    LETTERS_HAN,
    LETTERS_ARABIC,
    LETTERS_OTHER
} letters;

static letters letters_of(uint32_t code)
{
    if ((code >= 'A' && code <= 'Z') || (code >= 'a' && code <= 'z') ||
        (code >= 0xC0 && code <= 0x24F && code != 0xD7 && code != 0xF7) ||
        (code >= 0x1E00 && code <= 0x1EFF))
        return LETTERS_LATIN;
    if ((code >= 0x3400 && code <= 0x9FFF) || (code >= 0xF900 && code <= 0xFAFF) ||
        (code >= 0x20000 && code <= 0x3FFFF))
        return LETTERS_HAN;
    if ((code >= 0x620 && code <= 0x64A) || (code >= 0x66E && code <= 0x6D3) ||
        (code >= 0x750 && code <= 0x77F) || (code >= 0xFB50 && code <= 0xFEFC))
        return LETTERS_ARABIC;
    return code >= 0x370 ? LETTERS_OTHER : LETTERS_NONE;
}

const char *likeness_script(pb_str text)
{
    static const char *const names[] = {"none", "latin", "han", "arabic", "other"};
    letters found = LETTERS_NONE;
    for (size_t at = 0; at < text.len;) {
        letters of = letters_of(pb_utf8_next(text, &at));
        if (of == LETTERS_NONE || of == found)
            continue;
        if (found != LETTERS_NONE)
            return "mixed";
        found = of;
    }
    return names[found];
}
