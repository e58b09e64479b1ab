/* What agreement is worth: Fellegi & Sunter, "A Theory for Record Linkage" (JASA 1969). The chance
 * of equality between strangers is that of the very value: the rarer it is, the more it says. */
#include "internal.h"

#include <math.h>

/* How often a value that stands in two rows only is expected among strangers, in rows. */
static const double chances[] = {
    [MATCH_EXACT] = .05, [MATCH_NAME] = .5, [MATCH_ORG] = .05, [MATCH_EMAIL] = .1,
    [MATCH_PHONE] = .05, [MATCH_DATE] = .5, [MATCH_TEXT] = .3, [MATCH_PLACE] = .5};

static const double identical_score = 0.99;

enum { HOUSEHOLD_MARGIN = 1, RAREST = 8, COMMONEST = -4 };

bool match_tells(const match_table *table, uint32_t row)
{
    const match_cell *cells = match_row(table, row);
    size_t filled = 0;
    bool strong = false, organisation = false;
    for (size_t c = 0; c < table->column_count; c++) {
        match_kind kind = table->columns[c].kind;
        filled += cells[c].id != 0;
        organisation = organisation || (cells[c].id != 0 && kind == MATCH_ORG);
        strong = strong || (cells[c].id != 0 && (kind == MATCH_EXACT || kind == MATCH_EMAIL ||
                                                 kind == MATCH_PHONE || kind == MATCH_DATE));
    }
    /* People are namesakes by chance, organisations are not. */
    return organisation || filled >= 3 || (filled == 2 && strong);
}

/* Rows in which a name of these words is expected, were its parts drawn apart. */
static double expected_names(const match_table *table, const match_name *name)
{
    double expected = table->population;
    for (size_t i = 0; i < NAME_PARTS && name->word[i] != 0; i++)
        expected *= (double)table->words.items[name->word[i]].count / table->population;
    return expected;
}

/* Share of the people of one name who have the very mailbox that the name alone makes, in lists
 * where some are made up or mistyped. */
static const double namesake_mailbox = 0.003;

/* Strangers who are expected to have the same mailbox: a name without digits, of a common name. */
static double expected_mailboxes(const match_table *table, size_t email, uint32_t row)
{
    pb_str local = match_email_local(match_text(table, email, match_row(table, row)[email].id));
    for (size_t i = 0; i < local.len; i++)
        if (local.ptr[i] >= '0' && local.ptr[i] <= '9')
            return 0;
    for (size_t c = 0; c < table->column_count; c++) {
        uint32_t id = match_row(table, row)[c].id;
        if (table->columns[c].kind == MATCH_NAME && id != 0)
            return namesake_mailbox * expected_names(table, &table->column[c].names[id]);
    }
    return 0;
}

/* How much rarer than usual the words are on which two names agree, in bits. */
static float rarity_of_words(const match_table *table, const match_name *equal)
{
    double bits = 0;
    for (size_t i = 0; i < NAME_PARTS && equal->word[i] != 0; i++) {
        double others = (double)table->words.items[equal->word[i]].count - 1.5;
        bits += log2(table->word_chance * table->population / (others > 0.5 ? others : 0.5));
    }
    return (float)(bits > RAREST ? RAREST : bits < COMMONEST ? COMMONEST : bits);
}

static match_level gather_column(match_table *table, size_t c, uint32_t left, uint32_t right,
                                 match_evidence *evidence)
{
    match_name equal = {{0}};
    const match_cell cell = match_row(table, left)[c];
    match_level level = match_compare(table, c, left, right, &equal);
    match_kind kind = table->columns[c].kind;
    evidence->levels |= (uint64_t)level << (c * LEVEL_BITS);
    evidence->rare[c] = 0;
    if (level == LEVEL_EQUAL) {
        uint32_t other = match_row(table, right)[c].id;
        uint32_t count = table->column[c].values[cell.id].rows;
        uint32_t more = table->column[c].values[other].rows;
        double chance = chances[kind];
        if (kind == MATCH_NAME)
            chance =
                fmax(0.02, fmin(chance, expected_names(table, &table->column[c].names[cell.id])));
        if (kind == MATCH_EMAIL)
            chance = fmax(chance, expected_mailboxes(table, c, left));
        evidence->rare[c] = (float)(count > more ? count : more);
        evidence->chance[c] = (float)chance;
    } else if (kind == MATCH_NAME) {
        evidence->rare[c] = rarity_of_words(table, &equal);
    }
    return level;
}

void match_gather(match_table *table, uint32_t left, uint32_t right, match_evidence *evidence)
{
    evidence->levels = 0;
    for (size_t c = 0; c < table->column_count; c++)
        gather_column(table, c, left, right, evidence);
}

/* log2 (m/u) of one column. */
static double column_bits(const match_table *table, const match_weights *weights,
                          const match_evidence *evidence, size_t c)
{
    unsigned level = evidence->levels >> (c * LEVEL_BITS) & 7;
    if (level == LEVEL_MISSING)
        return 0;
    if (level != LEVEL_EQUAL)
        return fmin(weights->level[c][level] + (double)evidence->rare[c], weights->most[c]);
    double others = ((double)evidence->rare[c] - 1 - weights->same) / weights->same;
    double expected = (others > 0 ? others : 0) + (double)evidence->chance[c];
    return weights->level[c][LEVEL_EQUAL] + log2(table->population / expected);
}

bool match_gather_above(match_table *table, const match_weights *weights, uint32_t left,
                        uint32_t right, double least, match_evidence *evidence)
{
    const match_cell *a = match_row(table, left), *b = match_row(table, right);
    double sum = weights->base, open = 0;
    unsigned later = 0;
    evidence->levels = 0;
    for (size_t c = 0; c < table->column_count; c++) {
        if (a[c].id != 0 && b[c].id != 0 && a[c].id != b[c].id &&
            !match_is_quick(table, c, a[c], b[c])) {
            later |= 1u << c;
            open += weights->most[c];
        } else {
            gather_column(table, c, left, right, evidence);
            sum += column_bits(table, weights, evidence, c);
        }
    }
    for (int dear = 0; dear < 2; dear++) {
        for (size_t c = 0; c < table->column_count; c++) {
            if (!(later >> c & 1) || (table->columns[c].kind != MATCH_NAME) != (dear == 1))
                continue;
            if (sum + open < least)
                return false;
            gather_column(table, c, left, right, evidence);
            open -= weights->most[c];
            sum += column_bits(table, weights, evidence, c);
        }
    }
    return sum >= least;
}

/* What speaks for the pair, gathered by what it has in common. */
typedef enum account_side { SIDE_OTHER, SIDE_HOUSEHOLD, SIDE_LIKENESS, SIDE_PLACE } account_side;

typedef struct account {
    account_side side[MATCH_MAX_COLUMNS];
    bool names_apart, names_alike;
} account;

static void enter(account *sum, size_t c, match_kind kind, unsigned level, double bits)
{
    bool apart = kind == MATCH_NAME &&
                 (level == LEVEL_DIFFERS || level == LEVEL_SHARED || level == LEVEL_PARTLY);
    sum->names_apart = sum->names_apart || apart;
    sum->names_alike = sum->names_alike || (kind == MATCH_NAME && level >= LEVEL_SHARED);
    sum->side[c] = SIDE_OTHER;
    if (kind == MATCH_EMAIL && bits > 0 && level == LEVEL_PARTLY)
        sum->side[c] = SIDE_LIKENESS;
    else if (kind == MATCH_PLACE && bits > 0)
        sum->side[c] = SIDE_PLACE;
    else if (bits > 0 && (apart || kind == MATCH_PHONE || kind == MATCH_TEXT))
        sum->side[c] = SIDE_HOUSEHOLD;
}

/* The most telling part of an address counts in full, the others as far as they say more. */
static void weigh_places(const match_weights *weights, const account *sum, size_t count,
                         double *parts)
{
    size_t best = count;
    for (size_t c = 0; c < count; c++)
        if (sum->side[c] == SIDE_PLACE && (best == count || parts[c] > parts[best]))
            best = c;
    for (size_t c = 0; c < count; c++)
        if (sum->side[c] == SIDE_PLACE && c != best)
            parts[c] *= weights->apart[best][c];
}

static double side_sum(const account *sum, size_t count, const double *parts)
{
    double shared = 0;
    for (size_t c = 0; c < count; c++)
        if (sum->side[c] == SIDE_HOUSEHOLD || sum->side[c] == SIDE_PLACE)
            shared += parts[c];
    return shared;
}

/* What a household shares does not tell its members apart: it alone never makes one of two whose
 * names differ. Namesakes have addresses alike: they are made from the name. */
double match_weigh_parts(const match_table *table, const match_weights *weights,
                         const match_evidence *evidence, double parts[MATCH_MAX_COLUMNS])
{
    account sum = {0};
    size_t count = table->column_count;
    for (size_t c = 0; c < count; c++) {
        unsigned level = evidence->levels >> (c * LEVEL_BITS) & 7;
        parts[c] = column_bits(table, weights, evidence, c);
        enter(&sum, c, table->columns[c].kind, level, parts[c]);
    }
    weigh_places(weights, &sum, count, parts);
    double shared = side_sum(&sum, count, parts), scale = 1, bits = weights->base;
    double most = fmax(0, -weights->base - HOUSEHOLD_MARGIN);
    if (sum.names_apart && shared > most)
        scale = most / shared;
    for (size_t c = 0; c < count; c++) {
        if (sum.side[c] == SIDE_HOUSEHOLD || sum.side[c] == SIDE_PLACE)
            parts[c] *= scale;
        else if (sum.side[c] == SIDE_LIKENESS && sum.names_alike)
            parts[c] = 0;
        bits += parts[c];
    }
    return bits;
}

double match_weigh(const match_table *table, const match_weights *weights,
                   const match_evidence *evidence)
{
    double parts[MATCH_MAX_COLUMNS];
    return match_weigh_parts(table, weights, evidence, parts);
}

double match_copy_score(double bits)
{
    return fmax(identical_score, 1 / (1 + exp2(-bits)));
}
