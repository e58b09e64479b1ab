/* The kinds of keys that columns make, and the keys of one row. Many selective keys beside one
 * another: rows that are the same share one even where several of their values differ. */
#include "internal.h"

static uint64_t date_part(match_key_part part, uint32_t date)
{
    uint64_t year = date >> 16, month = date >> 8 & 255, day = date & 255;
    switch (part) {
    case PART_YEAR_MONTH:
        return year << 8 | month;
    case PART_MONTH_DAY:
        return UINT64_C(1) << 24 | month << 8 | day;
    case PART_YEAR_DAY:
        return UINT64_C(1) << 25 | year << 8 | day;
    case PART_DATE:
    case PART_WHOLE:
    case PART_SOFT:
        break;
    }
    uint64_t first = month < day ? month : day, second = month < day ? day : month;
    return UINT64_C(1) << 40 | year << 16 | first << 8 | second;
}

uint64_t match_part_of(const match_table *table, size_t column, match_key_part part, uint32_t row)
{
    match_cell cell = match_row(table, row)[column];
    if (cell.id == 0)
        return 0;
    if (part == PART_WHOLE)
        return match_whole(table, column, cell.id);
    if (part == PART_SOFT)
        return table->column[column].values[cell.id].soft;
    return cell.mark != 0 ? date_part(part, cell.mark) : 0;
}

static size_t words_of(const match_table *table, size_t column, uint32_t row,
                       const match_word **ret_words)
{
    match_cell cell = match_row(table, row)[column];
    size_t count = 0;
    if (cell.id == 0)
        return 0;
    const match_name *name = &table->column[column].names[cell.id];
    for (size_t i = 0; i < NAME_PARTS && name->word[i] != 0; i++)
        ret_words[count++] = &table->words.items[name->word[i]];
    return count;
}

void match_gather_bones(const match_table *table, size_t column, uint32_t row,
                        uint32_t bones[BONES])
{
    const match_word *words[NAME_PARTS];
    size_t count = words_of(table, column, row, words);
    for (size_t i = 0; i < BONES; i++)
        bones[i] = i < count ? words[i]->bones : 0;
}

static uint64_t name_key(const match_word *const *words, size_t count)
{
    uint64_t sum = count; /* a sum does not depend on the order of the words */
    for (size_t i = 0; i < count; i++)
        sum += match_mix(words[i]->bones, 7);
    return sum;
}

static size_t start_keys(const match_word *const *words, size_t count, uint64_t *keys)
{
    size_t found = 0;
    for (size_t i = 0; i < count && i < BONES; i++)
        for (size_t j = 0; j < count && j < BONES; j++)
            if (i != j)
                keys[found++] = match_mix(words[i]->bones, words[j]->start);
    return found;
}

/* So many sounds make a name in any order, wherever its words end. */
enum { HEARD_LEAST = 6 };

/* A whole name as it sounds: 张晓明 and Hsiao-ming Chang; حسین رضایی and Hossein Rezaei; محمدرضا
 * نوری and Mohammad Reza Nouri. */
static size_t sound_keys(const match_table *table, const match_key_plan *plan, uint32_t row,
                         uint64_t *keys)
{
    const match_word *words[NAME_PARTS];
    size_t count = words_of(table, plan->a, row, words), found = 0;
    uint64_t sum = 0, bag = 0;
    unsigned heard = 0;
    bool all = count > 0;
    for (size_t i = 0; i < count; i++) {
        sum += match_mix(words[i]->cross, 8);
        bag += words[i]->bag;
        heard += words[i]->heard;
        all = all && words[i]->cross != 0;
    }
    if (all)
        keys[found++] = heard >= HEARD_LEAST ? match_mix(bag & UINT32_MAX, 10) : sum;
    const match_name *name =
        count > 0 ? &table->column[plan->a].names[match_row(table, row)[plan->a].id] : NULL;
    if (name != NULL && name->reading != 0) {
        const script_reading *reading = &table->words.readings[name->reading];
        size_t first = found;
        keys[found++] = script_reading_key(reading);
        found += script_reading_others(reading, keys + found);
        for (size_t i = first; i < found; i++)
            keys[i] = match_mix(keys[i], 9);
    }
    return found;
}

/* Its words with a part of another column. */
static size_t sounds_with(const match_table *table, const match_key_plan *plan, uint32_t row,
                          uint64_t *keys)
{
    const match_word *words[NAME_PARTS];
    uint64_t part = match_part_of(table, plan->b, plan->part_b, row);
    size_t count = part != 0 ? words_of(table, plan->a, row, words) : 0, found = 0;
    for (size_t i = 0; i < count && i < BONES; i++) {
        if (words[i]->cross != 0)
            keys[found++] = match_mix(words[i]->cross, part);
        if (words[i]->sound != 0)
            keys[found++] = match_mix(words[i]->sound, part);
    }
    return found;
}

/* A block the caller asks for: "name" or "name+name"; columns that are not there make no key. */
static uint64_t declared_key(const match_table *table, const char *block, uint32_t row)
{
    uint64_t key = 71;
    pb_str rest = pb_str_c(block), name;
    while (pb_str_split(&rest, '+', &name)) {
        size_t c = 0;
        while (c < table->column_count && !pb_str_eq(table->columns[c].name, name))
            c++;
        uint64_t part = c < table->column_count ? match_part_of(table, c, PART_WHOLE, row) : 0;
        if (part == 0)
            return 0;
        key = match_mix(key, part);
    }
    return key;
}

size_t match_row_keys(const match_table *table, const match_key_plan *plan, uint32_t row,
                      const uint32_t *bones, uint64_t *keys)
{
    const match_word *words[NAME_PARTS];
    uint32_t own[BONES];
    size_t found = 0, count;
    uint64_t x, y;
    switch (plan->form) {
    case KEY_NAME:
        count = words_of(table, plan->a, row, words);
        if (count > 0)
            keys[found++] = name_key(words, count);
        break;
    case KEY_STARTS:
        count = words_of(table, plan->a, row, words);
        found = start_keys(words, count, keys);
        break;
    case KEY_WORD:
        y = match_part_of(table, plan->b, plan->part_b, row);
        if (y != 0 && bones == NULL) {
            match_gather_bones(table, plan->a, row, own);
            bones = own;
        }
        for (size_t i = 0; y != 0 && i < BONES && bones[i] != 0; i++)
            keys[found++] = match_mix(bones[i], y);
        break;
    case KEY_SOUND:
        found = plan->a == plan->b ? sound_keys(table, plan, row, keys)
                                   : sounds_with(table, plan, row, keys);
        break;
    case KEY_ONE:
        x = match_part_of(table, plan->a, plan->part_a, row);
        if (x != 0)
            keys[found++] = x;
        break;
    case KEY_TWO:
        x = match_part_of(table, plan->a, plan->part_a, row);
        y = x != 0 ? match_part_of(table, plan->b, plan->part_b, row) : 0;
        if (y != 0)
            keys[found++] = match_mix(x, y);
        break;
    case KEY_DECLARED:
        x = declared_key(table, plan->declared, row);
        if (x != 0)
            keys[found++] = x;
        break;
    }
    for (size_t i = 0; i < found; i++)
        keys[i] = match_mix(keys[i], plan->salt);
    return found;
}

static bool is_place(match_kind kind)
{
    return kind == MATCH_TEXT || kind == MATCH_PLACE || kind == MATCH_EXACT;
}

/* Numbers that stay the same as long as the columns are called the same. */
static uint64_t salt_of(const match_table *table, const match_key_plan *plan)
{
    uint64_t salt = match_mix(plan->form, 1 + plan->part_a * 16 + plan->part_b);
    salt = match_mix(salt, match_hash(table->columns[plan->a].name, 21));
    return match_mix(salt, match_hash(table->columns[plan->b].name, 22));
}

static bool list_plan(const match_table *table, match_plans *plans, match_key_plan plan)
{
    if (plans->count == plans->capacity) {
        size_t more = plans->capacity > 0 ? plans->capacity * 2 : 32;
        match_key_plan *grown = realloc(plans->items, more * sizeof *grown);
        if (grown == NULL)
            return false;
        plans->items = grown;
        plans->capacity = more;
    }
    plan.salt = salt_of(table, &plan);
    if (plan.declared != NULL)
        plan.salt = match_hash(pb_str_c(plan.declared), 23);
    plans->items[plans->count++] = plan;
    return true;
}

/* A column of names with all others. */
static bool name_plans(const match_table *table, size_t name, match_plans *plans)
{
    static const match_key_part dates[] = {PART_DATE, PART_YEAR_MONTH, PART_MONTH_DAY,
                                           PART_YEAR_DAY};
    match_key_plan plan = {.form = KEY_NAME, .a = name, .b = name};
    bool listed = list_plan(table, plans, plan);
    plan.form = KEY_STARTS;
    listed = listed && list_plan(table, plans, plan);
    plan.form = KEY_WORD;
    for (plan.b = 0; plan.b < table->column_count; plan.b++) {
        match_kind kind = table->columns[plan.b].kind;
        for (size_t i = 0; kind == MATCH_DATE && i < sizeof dates / sizeof *dates; i++) {
            plan.part_b = dates[i];
            listed = listed && list_plan(table, plans, plan);
        }
        plan.part_b = kind == MATCH_EXACT ? PART_WHOLE : PART_SOFT;
        if (kind == MATCH_EXACT || kind == MATCH_TEXT || kind == MATCH_PLACE || kind == MATCH_ORG)
            listed = listed && list_plan(table, plans, plan);
    }
    plan = (match_key_plan){.form = KEY_SOUND, .a = name, .b = name};
    listed = listed && list_plan(table, plans, plan);
    for (plan.b = 0; plan.b < table->column_count; plan.b++) {
        match_kind kind = table->columns[plan.b].kind;
        plan.part_b = kind == MATCH_DATE ? PART_DATE : PART_SOFT;
        if (kind == MATCH_DATE || kind == MATCH_PLACE)
            listed = listed && list_plan(table, plans, plan);
    }
    return listed;
}

/* Columns other than names: by themselves where they are selective, and in twos. */
static bool column_plans(const match_table *table, size_t x, bool selective, match_plans *plans)
{
    match_kind kind = table->columns[x].kind;
    match_key_plan plan = {.form = KEY_ONE, .a = x, .b = x, .part_a = PART_WHOLE};
    bool listed = true;
    if (selective && kind != MATCH_DATE && kind != MATCH_PLACE)
        listed = list_plan(table, plans, plan);
    plan.part_a = PART_SOFT;
    if (selective && (kind == MATCH_EMAIL || kind == MATCH_ORG || kind == MATCH_TEXT))
        listed = listed && list_plan(table, plans, plan);
    plan.form = KEY_TWO;
    for (plan.b = 0; plan.b < table->column_count; plan.b++) {
        match_kind other = table->columns[plan.b].kind;
        plan.part_a = kind == MATCH_DATE ? PART_DATE : PART_SOFT;
        plan.part_b = other == MATCH_EXACT ? PART_WHOLE : PART_SOFT;
        if (plan.b == x || !is_place(other))
            continue;
        if (kind == MATCH_DATE || kind == MATCH_ORG ||
            (kind == MATCH_TEXT && (other != MATCH_TEXT || plan.b > x)))
            listed = listed && list_plan(table, plans, plan);
    }
    return listed;
}

pb_status match_plan(const match_table *table, const char *const *blocks, size_t least_distinct,
                     match_plans *plans, pb_error *err)
{
    bool listed = true;
    for (size_t c = 0; c < table->column_count && listed; c++)
        listed = table->columns[c].kind == MATCH_NAME
                     ? name_plans(table, c, plans)
                     : column_plans(table, c, table->column[c].count >= least_distinct, plans);
    for (size_t i = 0; blocks != NULL && blocks[i] != NULL && listed; i++)
        listed =
            list_plan(table, plans, (match_key_plan){.form = KEY_DECLARED, .declared = blocks[i]});
    return listed ? PB_OK : pb_fail_memory(err);
}
