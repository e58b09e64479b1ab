/* Choices and booleans: one of a list of words. */
#include "base/utf8.h"
#include "fold.h"
#include "reader.h"

enum { CHOICE_LIMIT = 200, KEY_MAX = 1024 };

/* Key of `text` in the reader's map of choices: which field, then the joined fold. */
static pb_str choice_key(model_reader *reader, const model_field *field, pb_str text)
{
    pb_buf *key = &reader->scratch;
    pb_buf_clear(key);
    pb_buf_add(key, pb_str_n((const char *)&field, sizeof field));
    size_t begin = key->len;
    model_fold_text(text, false, key);
    if (key->len == begin)
        pb_buf_add(key, text); /* signs only: "+", "++" */
    return pb_buf_str(key);
}

static void add_spelling(model_reader *reader, const model_field *field, pb_str text, size_t index)
{
    bool fresh = false;
    if (pb_str_empty(text))
        return;
    uint64_t *place = pb_map_put(reader->choices, choice_key(reader, field, text), &fresh);
    if (place != NULL && fresh)
        *place = index + 1;
}

/* All spellings of a field's choices; stored values go first, so that an alias never hides one. */
static void prepare(model_reader *reader, const model_field *field)
{
    bool fresh = false;
    pb_str mark = pb_str_n((const char *)&field, sizeof field);
    if (pb_map_put(reader->choices, mark, &fresh) == NULL || !fresh)
        return;
    for (size_t i = 0; i < field->choice_count; i++)
        add_spelling(reader, field, field->choices[i].value, i);
    for (size_t i = 0; i < field->choice_count; i++) {
        add_spelling(reader, field, field->choices[i].label, i);
        for (size_t k = 0; k < field->choices[i].aliases.count; k++)
            add_spelling(reader, field, field->choices[i].aliases.items[k], i);
    }
}

model_reading model_read_choice(model_reader *reader, const model_field *field, pb_str raw)
{
    for (size_t i = 0; i < field->choice_count; i++)
        if (pb_str_eq(field->choices[i].value, raw))
            return model_good(reader, raw, raw);
    pb_str text;
    const char *problem = model_tidy(reader, raw, MODEL_TIDY_WIDTH | MODEL_TIDY_PERSIAN, &text);
    if (problem != NULL)
        return model_bad(reader, text, problem);
    if (text.len == 0)
        return model_empty();
    prepare(reader, field);
    if (text.len < KEY_MAX) {
        const uint64_t *index = pb_map_get(reader->choices, choice_key(reader, field, text));
        if (index != NULL && *index > 0)
            return model_good(reader, raw, field->choices[*index - 1].value);
    }
    if (model_is_nothing(text, field->type))
        return model_empty();
    if (!field->open_choices)
        return model_bad(reader, text, PB_MSG("{value} is none of the values this field knows"));
    return model_good_limited(reader, field, raw, text, CHOICE_LIMIT);
}

/* Words, folded and joined, for yes and no in the three languages and in common exports. */
static const struct {
    const char *word;
    bool yes;
} booleans[] = {
    {"true", true},
    {"false", false},
    {"yes", true},
    {"no", false},
    {"1", true},
    {"0", false},
    {"y", true},
    {"n", false},
    {"t", true},
    {"f", false},
    {"on", true},
    {"off", false},
    {"checked", true},
    {"unchecked", false},
    {"x", true},
    {"\u662f", true},
    {"\u5426", false},
    {"\u5bf9", true},
    {"\u9519", false},
    {"\u6709", true},
    {"\u65e0", false},
    {"\u771f", true},
    {"\u5047", false},
    {"\u4e0d\u662f", false},
    {"\u542f\u7528", true},                                /* 启用 */
    {"\u505c\u7528", false},                               /* 停用 */
    {"\u6709\u6548", true},                                /* 有效 */
    {"\u65e0\u6548", false},                               /* 无效 */
    {"\u0641\u0639\u0627\u0644", true},                    /* فعال */
    {"\u063a\u06cc\u0631\u0641\u0639\u0627\u0644", false}, /* غیرفعال */
    {"active", true},
    {"inactive", false},
    {"enabled", true},
    {"disabled", false},
    {"\u0628\u0644\u0647", true},                    /* بله */
    {"\u0627\u0631\u06cc", true},                    /* آری */
    {"\u0628\u0644\u06cc", true},                    /* بلی */
    {"\u062e\u06cc\u0631", false},                   /* خیر */
    {"\u0646\u0647", false},                         /* نه */
    {"\u062f\u0631\u0633\u062a", true},              /* درست */
    {"\u0646\u0627\u062f\u0631\u0633\u062a", false}, /* نادرست */
    {"\u062f\u0627\u0631\u062f", true},              /* دارد */
    {"\u0646\u062f\u0627\u0631\u062f", false},       /* ندارد */
    {"ja", true},
    {"nein", false},
    {"oui", true},
    {"non", false},
    {"si", true},
    {"sim", true},
    {"nao", false},
};

model_reading model_read_boolean(model_reader *reader, pb_str raw)
{
    static const pb_str yes = {"true", 4}, no = {"false", 5};
    if (pb_str_eq(raw, yes) || pb_str_eq(raw, no))
        return model_good_int(raw.len == 4, true);
    if (raw.len > 40)
        return model_bad_null(PB_MSG("{value} is neither yes nor no"));
    pb_buf *folded = &reader->scratch;
    pb_buf_clear(folded);
    model_fold_text(raw, false, folded);
    for (size_t i = 0; i < sizeof booleans / sizeof *booleans; i++) {
        if (pb_str_is(pb_buf_str(folded), booleans[i].word))
            return model_good_int(booleans[i].yes, false);
    }
    if (raw.len == 3 && memcmp(raw.ptr, "\u2713", 3) == 0)
        return model_good_int(1, false);
    if (model_is_nothing(raw, MODEL_BOOLEAN))
        return model_empty();
    return model_bad_null(PB_MSG("{value} is neither yes nor no"));
}
