/* Words in Arabic letters and their Latin spellings: the consonants must be the same, the long
 * vowels that are written must be heard. */
#include "script/names.h"
#include "script/skeleton.h"

enum { LONG = 4 };

/* A vowel between two consonants that is written with one sign and heard as another is one thing;
 * that حسن has none where Hossein has a long one is another. */
static bool vowels_fit(const script_bones *arabic, const script_bones *latin, size_t i,
                       bool *ret_apart)
{
    unsigned written = arabic->gap[i], heard = latin->gap[i];
    if (i == 0)
        return true; /* ا and ع in front stand for any vowel */
    if (i == arabic->count && written == SCRIPT_GAP_I)
        written = heard & SCRIPT_GAP_A ? 0 : written; /* Musa, Mojtaba */
    bool missing = (written & ~heard) != 0;
    bool strong = ((heard & SCRIPT_GAP_STRONG) != 0 && (written & SCRIPT_GAP_I) == 0) ||
                  ((heard & SCRIPT_GAP_V) != 0 && (written & SCRIPT_GAP_U) == 0);
    *ret_apart = *ret_apart || strong || (missing && arabic->count < LONG);
    return !missing && !strong && ((heard & SCRIPT_GAP_LONG_I) == 0 || (written & SCRIPT_GAP_I));
}

/* Persian writes a silent h behind a last vowel, Latin spells it or not. */
static void drop_last_h(script_bones *bones)
{
    if (bones->count > 1 && bones->sound[bones->count - 1] == 'h') {
        bones->count--;
        bones->gap[bones->count] = 0;
    }
}

script_alike script_persian_alike(pb_str arabic, pb_str latin)
{
    script_bones a, b;
    script_bones_of(arabic, &a);
    script_bones_of(latin, &b);
    bool silent = a.count > 1 && a.sound[a.count - 1] == 'h';
    drop_last_h(&a);
    drop_last_h(&b);
    if (a.count == 0 || a.count != b.count || memcmp(a.sound, b.sound, a.count) != 0)
        return SCRIPT_DIFFERENT;
    bool fit = true, apart = false;
    for (size_t i = 0; i <= a.count; i++)
        if (i < a.count || !silent)
            fit = vowels_fit(&a, &b, i, &apart) && fit;
    if (fit)
        return SCRIPT_SAME;
    return apart ? SCRIPT_DIFFERENT : SCRIPT_CLOSE;
}
