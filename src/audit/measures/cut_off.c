/* cut_off: texts that end where a field ended. Many texts of exactly the longest length there is,
 * far more than of the lengths just below it, and in the middle of a word. */
#include "../measure.h"
#include "scan.h"

enum {
    AT_A_LIMIT = 5,  /* so many texts of the longest length tell, where fields commonly end there */
    ANYWHERE = 20,   /* or so many, wherever it is */
    TIMES_BELOW = 3, /* as many as of each of the lengths just below */
    BELOW = 3,
    DIFFERENT_LENGTHS = 5
};

/* Lengths that people and programs give to fields. */
static bool is_common_limit(size_t length)
{
    static const size_t odd[] = {25,  35,  45,  75,  63,   127,  199,  249, 254,
                                 255, 499, 511, 999, 1023, 2047, 3999, 4095};
    bool power = (length & (length - 1)) == 0;
    if (power || (length <= 100 && length % 10 == 0) || length % 50 == 0)
        return true;
    for (size_t i = 0; i < sizeof odd / sizeof *odd; i++)
        if (odd[i] == length)
            return true;
    return false;
}

/* The length at which texts were cut, 0 where they were not. */
static size_t limit_of(const uint32_t *lengths)
{
    size_t longest = SCAN_LENGTHS, different = 0;
    if (lengths[SCAN_LENGTHS])
        return 0;
    while (longest > SCAN_SHORTEST && !lengths[longest])
        longest--;
    for (size_t i = SCAN_SHORTEST; i < longest; i++)
        different += lengths[i] > 0;
    uint32_t most = 0;
    for (size_t i = longest - 1; i > SCAN_SHORTEST && i + BELOW >= longest; i--)
        most = lengths[i] > most ? lengths[i] : most;
    uint32_t wanted = is_common_limit(longest) ? AT_A_LIMIT : ANYWHERE;
    bool cut = lengths[longest] >= wanted && lengths[longest] >= most * TIMES_BELOW;
    /* At the shortest length that is counted nothing below it is known. */
    return cut && (different >= DIFFERENT_LENGTHS || longest == SCAN_SHORTEST) ? longest : 0;
}

/* True when the last character is part of a word: what is cut between two words or behind a full
 * stop cannot be told from what was written so. */
static bool ends_in_word(pb_str text)
{
    static const char *const ends[] = {"。", "！", "？", "；", "）", "」", "』", "》", "”",
                                       "’",  "»",  "؟",  "؛",  "،",  "，", "…",  "、"};
    unsigned char last = (unsigned char)text.ptr[text.len - 1];
    if (last < 0x80)
        return (last | 0x20) >= 'a' && (last | 0x20) <= 'z';
    for (size_t i = 0; i < sizeof ends / sizeof *ends; i++)
        if (pb_str_ends(text, pb_str_c(ends[i])))
            return false;
    return true;
}

typedef struct cut_texts {
    audit_check *check;
    size_t limit;
    pb_map *seen;
    uint64_t count;
    bool telling; /* second pass: the texts are told */
} cut_texts;

static pb_status take_text(cut_texts *cut, int64_t n, pb_str text, pb_error *err)
{
    const audit_check *check = cut->check;
    bool words = memchr(text.ptr, ' ', text.len) != NULL || (unsigned char)text.ptr[0] >= 0x80;
    if (!words || !ends_in_word(text))
        return PB_OK;
    cut->count++;
    if (!cut->telling)
        return pb_map_put(cut->seen, text, NULL) ? PB_OK : pb_fail_memory(err);
    PB_AUTO_BUF length = PB_BUF_INIT(32);
    pb_buf_i64(&length, (int64_t)cut->limit);
    audit_failure failure = {.n = n, .field = check->control->field->name, .value = text};
    failure.other = pb_buf_str(&length);
    failure.problem = pb_str_c(PB_MSG(
        "“{value}” ends in the middle of a word, after {other} characters like many others."));
    return check_fail(cut->check, &failure, err);
}

static pb_status pass_over(cut_texts *cut, pb_error *err)
{
    const model_field *field = cut->check->control->field;
    PB_AUTO_BUF sql = PB_BUF_INIT(4096);
    pb_buf_printf(&sql, "select n, %.*s from %.*s where length(%.*s) = %zu order by n",
                  PB_STR_FMT(field->name), PB_STR_FMT(field->entity->name), PB_STR_FMT(field->name),
                  cut->limit);
    db_stmt *stmt;
    cut->count = 0;
    PB_TRY(work_query(cut->check->work, pb_buf_str(&sql), &stmt, err));
    for (;;) {
        bool row;
        PB_TRY(db_step(stmt, &row, err));
        if (!row)
            return PB_OK;
        PB_TRY(take_text(cut, db_column_i64(stmt, 0), db_column_text(stmt, 1), err));
    }
}

pb_status measure_cut_off(audit_check *check, pb_error *err)
{
    const model_field *field = check->control->field;
    const text_scan *scan = NULL;
    PB_TRY(scan_texts(check->work, check->state, &scan, err));
    check->finding->population = check->state->filled[field->index];
    for (size_t place = 0; place < scan->field_count; place++) {
        if (scan->fields[place] != field || !scan->lengths[place])
            continue;
        PB_AUTO_ARENA arena = pb_arena_new((size_t)1 << 30);
        cut_texts cut = {.check = check, .limit = limit_of(scan->lengths[place])};
        if (!cut.limit)
            return PB_OK;
        if (!arena || !(cut.seen = pb_map_new(arena)))
            return pb_fail_memory(err);
        PB_TRY(pass_over(&cut, err));
        /* One text used again and again is long, not cut. */
        size_t different = pb_map_count(cut.seen);
        cut.telling = true;
        if (different >= AT_A_LIMIT && different * 2 >= cut.count)
            return pass_over(&cut, err);
    }
    return PB_OK;
}
