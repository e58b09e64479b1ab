/* What speaks against two records alike being one. Weights are learned from agreement; whether two
 * firms called Weber are one is decided by what only one of them can have. */
#include "likeness/likeness.h"

/* How well two values agree, as a pair of match tells it. */
enum {
    TOLD_BITS = 3,
    TOLD_MISSING = 0,
    TOLD_DIFFERS = 1,
    TOLD_NEAR = 3,
    TOLD_EQUAL = 4,
    LONG_DOMAIN = 10
};

/* Words behind a name that say what legal form a firm has, each with its full word. What is no form
 * (group, holding) is not here. */
static const char *const forms[][2] = {{"limited", "ltd"},
                                       {"incorporated", "inc"},
                                       {"corporation", "corp"},
                                       {"mbh", "gmbh"},
                                       {"company", "co"},
                                       {"pvt", "private"},
                                       {"ltda", "lda"},
                                       {"plc", "plc"},
                                       {"gmbh", "gmbh"},
                                       {"ag", "ag"},
                                       {"kg", "kg"},
                                       {"sa", "sa"},
                                       {"sas", "sas"},
                                       {"sarl", "sarl"},
                                       {"srl", "srl"},
                                       {"spa", "spa"},
                                       {"nv", "nv"},
                                       {"bv", "bv"},
                                       {"oy", "oy"},
                                       {"ab", "ab"},
                                       {"as", "as"},
                                       {"aps", "aps"},
                                       {"llc", "llc"},
                                       {"llp", "llp"},
                                       {"inc", "inc"},
                                       {"ltd", "ltd"},
                                       {"corp", "corp"},
                                       {"pty", "pty"},
                                       {"خاص", "خاص"},
                                       {"عام", "عام"},
                                       {"محدود", "محدود"},
                                       {"股份有限公司", "股份"},
                                       {"有限责任公司", "有限"},
                                       {"有限公司", "有限"},
                                       {"集团公司", "集团"},
                                       {"集团", "集团"}};

likeness_tells likeness_tells_of(const model_field *field, match_kind kind)
{
    if (kind == MATCH_NAME)
        return LIKENESS_NAME;
    if (kind == MATCH_ORG)
        return LIKENESS_FIRM;
    if (field == NULL || pb_str_is(field->role, "city") || pb_str_is(field->role, "state") ||
        pb_str_is(field->role, "country"))
        return LIKENESS_PLACE;
    if (pb_str_is(field->role, "postcode"))
        return LIKENESS_POSTCODE;
    if (model_type_is_id(field->type))
        return LIKENESS_IDENTITY;
    return field->type == MODEL_IDENTIFIER ? LIKENESS_NUMBER : LIKENESS_OWN;
}

static pb_str form_of(pb_str word)
{
    for (size_t i = 0; i < sizeof forms / sizeof *forms; i++)
        if (pb_str_is(word, forms[i][0]))
            return pb_str_c(forms[i][1]);
    return PB_STR_NONE;
}

/* The form that stands last in the name: `kg` of `weber gmbh co kg`. Absent: none is said. */
static pb_str legal_form(pb_str name)
{
    pb_str core = match_org_core(name), found = PB_STR_NONE, word;
    size_t begin = (size_t)(core.ptr - name.ptr) + core.len;
    pb_str rest = pb_str_trim(pb_str_sub(name, begin, name.len - begin));
    pb_str front = pb_str_sub(name, 0, (size_t)(core.ptr - name.ptr));
    while (pb_str_split(&rest, ' ', &word))
        found = form_of(word).ptr != NULL ? form_of(word) : found;
    while (found.ptr == NULL && pb_str_split(&front, ' ', &word))
        found = form_of(word);
    return found;
}

/* True when two addresses in the net end in different domains: what stands before the domain does
 * not matter. Folded ones are words; of an e-mail address of a person the domain is all behind @.
 */
static bool other_domain(pb_str a, pb_str b)
{
    size_t at_a = pb_str_index(a, '@'), at_b = pb_str_index(b, '@');
    if (at_a < a.len && at_b < b.len) {
        size_t slips = a.len - at_a >= LONG_DOMAIN ? 2 : 1;
        return match_distance(pb_str_sub(a, at_a, a.len), pb_str_sub(b, at_b, b.len), slips) >
               slips;
    }
    for (int parts = 0; parts < 2; parts++) {
        size_t i = a.len, k = b.len;
        while (i > 0 && a.ptr[i - 1] != ' ')
            i--;
        while (k > 0 && b.ptr[k - 1] != ' ')
            k--;
        if (!pb_str_eq(pb_str_sub(a, i, a.len), pb_str_sub(b, k, b.len)))
            return true;
        a = pb_str_trim(pb_str_sub(a, 0, i));
        b = pb_str_trim(pb_str_sub(b, 0, k));
    }
    return false;
}

/* The evidence of a pair, counted. */
typedef struct doubt {
    size_t own, against; /* what is one's own, or shared with the house and the office at most */
    size_t personal, personal_against; /* of it, what one shares with nobody */
    size_t phones_against;
    size_t places_against, identities_against;
    bool person, firm, postcode, identity, firm_agrees, same_name, names_only;
    bool forms_differ, form_missing, one_word;
} doubt;

static void weigh_firm(doubt *of, pb_str a, pb_str b)
{
    pb_str left = legal_form(a), right = legal_form(b), core = match_org_core(a);
    of->forms_differ = left.ptr != NULL && right.ptr != NULL && !pb_str_eq(left, right);
    of->form_missing = (left.ptr == NULL) != (right.ptr == NULL);
    of->one_word = pb_str_index(core, ' ') >= core.len && (unsigned char)core.ptr[0] < 0x80;
}

/* A mailbox made from the name is alike at every employer's; a number and an address are those of
 * an office or a household, a date may be one day off by chance. */
static void weigh_own(doubt *of, const model_field *field, unsigned level, pb_str a, pb_str b)
{
    bool net = field->type == MODEL_EMAIL || field->type == MODEL_URL;
    bool phone = field->type == MODEL_PHONE, date = field->type == MODEL_DATE;
    bool personal = net || date || (phone && !pb_str_is(field->role, "phone"));
    bool alike =
        level == TOLD_EQUAL || (level == TOLD_NEAR && !date && (!net || !other_domain(a, b)));
    bool differ = net && level != TOLD_EQUAL && (of->firm || level == TOLD_NEAR)
                      ? other_domain(a, b)
                      : level < TOLD_NEAR;
    of->own += alike;
    of->against += !alike && differ;
    of->phones_against += !alike && differ && phone;
    of->personal += alike && personal && (!net || level == TOLD_EQUAL);
    of->personal_against += !alike && differ && personal;
}

static void weigh_column(doubt *of, const likeness_pair *pair, size_t c, unsigned level)
{
    switch (likeness_tells_of(pair->fields[c], pair->kinds[c])) {
    case LIKENESS_FIRM:
        of->firm_agrees = of->firm_agrees || level >= TOLD_NEAR;
        if (of->firm)
            weigh_firm(of, pair->left[c], pair->right[c]);
        break;
    case LIKENESS_OWN:
        weigh_own(of, pair->fields[c], level, pair->left[c], pair->right[c]);
        break;
    case LIKENESS_PLACE:
        of->places_against += level == TOLD_DIFFERS;
        break;
    case LIKENESS_POSTCODE:
        of->postcode = of->postcode || level == TOLD_EQUAL;
        of->places_against += level == TOLD_DIFFERS;
        break;
    case LIKENESS_IDENTITY:
        of->identity = of->identity || level >= TOLD_NEAR;
        of->identities_against += level == TOLD_DIFFERS;
        break;
    case LIKENESS_NUMBER:
        of->identity = of->identity || level == TOLD_EQUAL;
        break;
    case LIKENESS_NAME:
        of->same_name = level == TOLD_EQUAL;
        break;
    }
}

static doubt weigh_pair(const likeness_pair *pair)
{
    doubt of = {.names_only = pair->names_only};
    for (size_t c = 0; c < pair->count; c++) {
        of.person = of.person || pair->kinds[c] == MATCH_NAME;
        of.firm = of.firm || pair->kinds[c] == MATCH_ORG;
    }
    of.firm = of.firm && !of.person;
    for (size_t c = 0; c < pair->count; c++) {
        unsigned level = (unsigned)(pair->levels >> (c * TOLD_BITS)) & 7U;
        if (level != TOLD_MISSING)
            weigh_column(&of, pair, c, level);
    }
    return of;
}

/* People of one name are not accused where what is theirs (mailbox, number, birthday, address)
 * contradicts itself and agrees in nothing, nor where nothing of it is known. Who shares an office
 * or a house with the other, and has a mailbox, mobile or birthday of one's own, is a colleague. */
static bool are_namesakes(const doubt *of)
{
    if (of->personal > 0 || of->identity)
        return false;
    if (of->own > 0)
        return of->personal_against >= (of->same_name ? 3U : 2U);
    if (of->against == 0)
        return of->names_only && !of->firm_agrees && !of->postcode;
    return of->against >= 3 || (of->against == 2 && of->phones_against > 0);
}

/* One name is no proof: registers keep firms of one name in two towns, and the limited company and
 * the partnership of one family side by side. */
static bool are_two_firms(const doubt *of)
{
    if (of->identities_against > 0 && !of->identity)
        return of->own < 2;
    if (of->own > 0 || of->identity)
        return false;
    size_t against = of->against + (of->places_against > 0);
    if (of->forms_differ || against >= 2)
        return true;
    return of->one_word && (of->form_missing || against > 0);
}

bool likeness_doubtful(const likeness_pair *pair)
{
    const doubt of = weigh_pair(pair);
    return of.person ? are_namesakes(&of) : of.firm && are_two_firms(&of);
}
