/* Blocks that are too large are split: by a part of every other column, and by parts of two where
 * that is still too much. Two rows of one name among a million of it meet by the name and what else
 * they share, at a cost that the size of the block bounds. */
#include "internal.h"

enum {
    MOST_PARTS = MATCH_MAX_COLUMNS * 4,
    LEVELS = 2,
    AHEAD = 12,
    PART_SHARE = 2 /* a part may make half of the pairs that a kind of key may make */
};

/* What a block may be split by. */
typedef struct split_part {
    size_t column;
    match_key_part part;
} split_part;

typedef struct splitting {
    const match_table *table;
    match_room *room;
    split_part parts[MOST_PARTS];
    size_t count;
    size_t cap;
    uint64_t share, left; /* pairs that a part may make, and all of them yet */
} splitting;

static void list_part(splitting *s, size_t column, match_key_part part)
{
    s->parts[s->count++] = (split_part){column, part};
}

/* Columns that the key is not made of, each by what survives a slip. */
static void list_parts(splitting *s, const match_key_plan *plan)
{
    for (size_t c = 0; c < s->table->column_count; c++) {
        match_kind kind = s->table->columns[c].kind;
        if (plan->form != KEY_DECLARED && (c == plan->a || c == plan->b))
            continue;
        bool named = plan->form == KEY_NAME || plan->form == KEY_SOUND;
        if (named && (kind == MATCH_EMAIL || kind == MATCH_PHONE))
            continue; /* make keys by themselves, which are split by names */
        if (kind == MATCH_DATE) {
            if (!named) /* a word of the name with the day is a key */
                list_part(s, c, PART_DATE);
            list_part(s, c, PART_YEAR_MONTH);
            list_part(s, c, PART_MONTH_DAY);
            list_part(s, c, PART_YEAR_DAY);
        } else {
            bool whole = kind == MATCH_EXACT || kind == MATCH_PHONE || kind == MATCH_NAME;
            list_part(s, c, whole ? PART_WHOLE : PART_SOFT);
        }
    }
}

/* What a row has there; names have several. */
static size_t values_of(const match_table *table, split_part part, uint32_t row,
                        uint64_t ret_values[BONES])
{
    if (table->columns[part.column].kind != MATCH_NAME) {
        ret_values[0] = match_part_of(table, part.column, part.part, row);
        return ret_values[0] != 0;
    }
    uint32_t bones[BONES];
    size_t count = 0;
    match_gather_bones(table, part.column, row, bones);
    while (count < BONES && bones[count] != 0) {
        ret_values[count] = bones[count];
        count++;
    }
    return count;
}

/* Rows of a block lie anywhere: their cells are asked for early, and their values, which those
 * tell.
 */
static void look_ahead(const match_table *table, split_part part, const match_list *over, size_t i)
{
    if (i + 2 * AHEAD < over->count)
        __builtin_prefetch(&match_row(table, (uint32_t)over->items[i + 2 * AHEAD])[part.column]);
    if (i + AHEAD >= over->count)
        return;
    uint32_t id = match_row(table, (uint32_t)over->items[i + AHEAD])[part.column].id;
    const match_dictionary *values = &table->column[part.column];
    if (table->columns[part.column].kind == MATCH_NAME)
        __builtin_prefetch(&values->names[id]);
    else if (part.part == PART_WHOLE || part.part == PART_SOFT)
        __builtin_prefetch(&values->values[id]);
}

/* The keys of rows in large blocks, each with one part more. */
static bool add_part(const splitting *s, const match_list *over, split_part part, match_list *keys)
{
    keys->count = 0;
    for (size_t i = 0; i < over->count; i++) {
        uint64_t values[BONES], item = over->items[i];
        look_ahead(s->table, part, over, i);
        size_t found = values_of(s->table, part, (uint32_t)item, values);
        if (!match_list_room(s->table->store, keys, keys->count + BONES))
            return false;
        for (size_t v = 0; v < found; v++) {
            uint64_t key = match_mix(match_mix(values[v], (item >> 32) + 1), part.part + 31);
            keys->items[keys->count++] = key >> 32 << 32 | (uint32_t)item;
        }
    }
    return true;
}

/* Splits the blocks of `over` by the parts from `first` on. */
static bool split(splitting *s, size_t level, size_t first)
{
    const match_store *store = s->table->store;
    match_room *room = s->room;
    match_list *over = &room->over[level], *keys = &room->split[level];
    for (size_t p = first; p < s->count && over->count > 0; p++) {
        uint64_t sizes[MATCH_MOST_CAP + 1] = {0};
        if (!add_part(s, over, s->parts[p], keys) ||
            !match_list_room(store, &room->scratch, keys->count))
            return false;
        match_sort(keys->items, room->scratch.items, keys->count, 32, 64);
        match_count_blocks(keys, s->cap, sizes);
        uint64_t share = s->share < s->left ? s->share : s->left;
        size_t cap = match_cap_of(sizes, s->cap, &share);
        s->left -= share;
        match_list *larger = level + 1 < LEVELS ? &room->over[level + 1] : NULL;
        if (larger != NULL)
            larger->count = 0;
        if (!match_pair_blocks(s->table, room, keys, cap, larger))
            return false;
        size_t next = p + 1;
        while (next < s->count && s->parts[next].column == s->parts[p].column)
            next++;
        if (larger != NULL && !split(s, level + 1, next))
            return false;
    }
    return true;
}

/* Whole names, mailboxes, numbers and what the model declares are split. A word of a name with a
 * part of another column is a split of that word already, and so are parts of two columns. */
bool match_is_split(const match_table *table, const match_key_plan *plan)
{
    match_kind kind = table->columns[plan->a].kind;
    if (plan->form == KEY_ONE)
        return kind == MATCH_EMAIL || kind == MATCH_PHONE || kind == MATCH_EXACT;
    return plan->form == KEY_NAME || plan->form == KEY_DECLARED ||
           (plan->form == KEY_SOUND && plan->a == plan->b);
}

bool match_split(const match_table *table, const match_key_plan *plan, size_t cap, uint64_t share,
                 uint64_t most, match_room *room)
{
    splitting s = {.table = table, .room = room, .cap = cap, .left = most};
    s.share = share / PART_SHARE;
    list_parts(&s, plan);
    return split(&s, 0, 0);
}
