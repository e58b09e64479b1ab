/* What the properties of a card are called as columns. The names are those the model knows, so that
 * contacts are mapped as those of any other file. */
#include "vcard.h"

/* Ranks: the order of columns. Properties without a name of ours come last, under their own. */
typedef enum rank {
    FULL_NAME,
    PREFIX,
    GIVEN,
    MIDDLE,
    FAMILY,
    SUFFIX,
    NICKNAME,
    COMPANY,
    DEPARTMENT,
    JOB_TITLE,
    ROLE,
    EMAIL,
    MOBILE,
    PHONE,
    FAX,
    STREET,
    CITY,
    STATE,
    POSTCODE,
    COUNTRY,
    BIRTHDAY,
    GENDER,
    WEBSITE,
    TAGS,
    NOTE,
    UID,
    REVISED,
    OTHER
} rank;

static const char *const headers[OTHER] = {[FULL_NAME] = "Full Name",
                                           [PREFIX] = "Prefix",
                                           [GIVEN] = "First Name",
                                           [MIDDLE] = "Middle Name",
                                           [FAMILY] = "Last Name",
                                           [SUFFIX] = "Suffix",
                                           [NICKNAME] = "Nickname",
                                           [COMPANY] = "Company",
                                           [DEPARTMENT] = "Department",
                                           [JOB_TITLE] = "Job Title",
                                           [ROLE] = "Role in Company",
                                           [EMAIL] = "Email",
                                           [MOBILE] = "Mobile",
                                           [PHONE] = "Phone",
                                           [FAX] = "Fax",
                                           [STREET] = "Street",
                                           [CITY] = "City",
                                           [STATE] = "State",
                                           [POSTCODE] = "Postcode",
                                           [COUNTRY] = "Country",
                                           [BIRTHDAY] = "Birthday",
                                           [GENDER] = "Gender",
                                           [WEBSITE] = "Website",
                                           [TAGS] = "Tags",
                                           [NOTE] = "Notes",
                                           [UID] = "Contact ID",
                                           [REVISED] = "Last Modified"};

static void put(vcard_card *card, int kind, pb_str header, pb_str value, int preferred)
{
    if (value.ptr == NULL) {
        card->failed = true;
        return;
    }
    if (value.len == 0)
        return;
    if (card->count == VCARD_MAX_CELLS) {
        card->failed = true;
        return;
    }
    card->cells[card->count++] =
        (vcard_cell){.header = header, .value = value, .rank = kind, .preferred = preferred};
}

static void put_known(vcard_card *card, rank kind, pb_str value, int preferred)
{
    put(card, (int)kind, pb_str_c(headers[kind]), value, preferred);
}

/* The parts of a structured value one after another. */
static void put_parts(vcard_card *card, const vcard_property *p, const rank *kinds, size_t count)
{
    pb_str rest = p->value, part;
    for (size_t i = 0; i < count && vcard_split(&rest, ';', &part); i++)
        put_known(card, kinds[i], vcard_unescape(card->arena, part), p->preferred);
}

static void put_organisation(vcard_card *card, const vcard_property *p)
{
    pb_str rest = p->value, part;
    if (vcard_split(&rest, ';', &part))
        put_known(card, COMPANY, vcard_unescape(card->arena, part), p->preferred);
    PB_AUTO_BUF units = PB_BUF_INIT(VCARD_MAX_LINE);
    while (vcard_split(&rest, ';', &part)) {
        pb_str unit = vcard_unescape(card->arena, part);
        if (units.len > 0 && unit.len > 0)
            pb_buf_addc(&units, ", ");
        pb_buf_add(&units, unit);
    }
    if (units.len > 0)
        put_known(card, DEPARTMENT, pb_arena_str(card->arena, pb_buf_str(&units)), p->preferred);
}

/* Post box, what extends the address, and street are one line of it. */
static void put_address(vcard_card *card, const vcard_property *p)
{
    static const rank places[] = {CITY, STATE, POSTCODE, COUNTRY};
    PB_AUTO_BUF street = PB_BUF_INIT(VCARD_MAX_LINE);
    pb_str rest = p->value, part;
    const size_t before = card->count;
    for (int i = 0; i < 3 && vcard_split(&rest, ';', &part); i++) {
        pb_str text = vcard_unescape(card->arena, part);
        if (street.len > 0 && text.len > 0)
            pb_buf_addc(&street, ", ");
        pb_buf_add(&street, text);
    }
    if (street.len > 0)
        put_known(card, STREET, pb_arena_str(card->arena, pb_buf_str(&street)), p->preferred);
    vcard_property below = *p;
    below.value = rest;
    put_parts(card, &below, places, sizeof places / sizeof *places);
    card->addresses++;
    for (size_t i = before; i < card->count; i++)
        card->cells[i].address = card->addresses;
}

/* `tel:+49-30-1;ext=2` and plain numbers. */
static void put_telephone(vcard_card *card, const vcard_property *p)
{
    pb_str value = vcard_unescape(card->arena, p->value);
    if (value.len > 4 && pb_str_eq_nocase(pb_str_sub(value, 0, 4), PB_STR("tel:"))) {
        value = pb_str_sub(value, 4, value.len);
        size_t extension = pb_str_find(value, PB_STR(";ext="));
        if (extension != SIZE_MAX)
            value = pb_str_c(pb_arena_printf(card->arena, "%.*s ext. %.*s", (int)extension,
                                             value.ptr, (int)(value.len - extension - 5),
                                             value.ptr + extension + 5));
        else
            value = pb_str_sub(value, 0, pb_str_index(value, ';'));
    }
    static const char *const cells[] = {"cell", "mobile", "iphone", "pcs"};
    rank kind = vcard_says(p->parameters, "fax") ? FAX : PHONE;
    for (size_t i = 0; i < sizeof cells / sizeof *cells && kind == PHONE; i++)
        kind = vcard_says(p->parameters, cells[i]) ? MOBILE : kind;
    put_known(card, kind, value, p->preferred);
}

static bool all_digits(pb_str s, size_t from, size_t to)
{
    for (size_t i = from; i < to; i++)
        if (i >= s.len || s.ptr[i] < '0' || s.ptr[i] > '9')
            return false;
    return true;
}

/* `19900228`, `20240305T101500Z` in the long form of ISO 8601; others as they are: a birthday
 * without its year (`--0415`) is none that could be made up. */
static pb_str long_form(pb_arena *arena, pb_str s)
{
    if (!all_digits(s, 0, 8) || (s.len > 8 && s.ptr[8] != 'T'))
        return s;
    pb_str rest = pb_str_sub(s, 8, s.len);
    if (rest.len >= 7 && all_digits(rest, 1, 7))
        return pb_str_c(pb_arena_printf(arena, "%.4s-%.2s-%.2sT%.2s:%.2s:%.2s%.*s", s.ptr,
                                        s.ptr + 4, s.ptr + 6, rest.ptr + 1, rest.ptr + 3,
                                        rest.ptr + 5, (int)(rest.len - 7), rest.ptr + 7));
    return pb_str_c(pb_arena_printf(arena, "%.4s-%.2s-%.2s%.*s", s.ptr, s.ptr + 4, s.ptr + 6,
                                    PB_STR_FMT(rest)));
}

/* A birthday has no time of day; programs write one. */
static pb_str without_midnight(pb_str s)
{
    size_t t = pb_str_index(s, 'T');
    bool whole = t == 10 && s.ptr[4] == '-' && s.ptr[7] == '-';
    return whole ? pb_str_sub(s, 0, t) : s;
}

/* `M;…` of 4.0 and the bare words of others. */
static pb_str gender_of(pb_str value)
{
    return pb_str_sub(value, 0, pb_str_index(value, ';'));
}

static bool is(const vcard_property *p, const char *name)
{
    return pb_str_eq_nocase(p->name, pb_str_c(name));
}

static bool add_structured(vcard_card *card, const vcard_property *p)
{
    static const rank names[] = {FAMILY, GIVEN, MIDDLE, PREFIX, SUFFIX};
    if (is(p, "N"))
        put_parts(card, p, names, sizeof names / sizeof *names);
    else if (is(p, "ORG"))
        put_organisation(card, p);
    else if (is(p, "ADR"))
        put_address(card, p);
    else if (is(p, "TEL"))
        put_telephone(card, p);
    else
        return false;
    return true;
}

/* What says something about the card, not about the person. */
static bool is_about_card(const vcard_property *p)
{
    static const char *const names[] = {"VERSION", "PRODID", "BEGIN",  "END",          "XML",
                                        "LABEL",   "AGENT",  "SOURCE", "CLIENTPIDMAP", "X-ABLABEL",
                                        "X-ABADR", "NAME",   "PROFILE"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (is(p, names[i]))
            return true;
    return false;
}

void vcard_card_add(vcard_card *card, const vcard_property *p)
{
    static const struct {
        const char *name;
        rank kind;
    } plain[] = {{"FN", FULL_NAME},   {"NICKNAME", NICKNAME}, {"TITLE", JOB_TITLE},
                 {"ROLE", ROLE},      {"EMAIL", EMAIL},       {"URL", WEBSITE},
                 {"NOTE", NOTE},      {"CATEGORIES", TAGS},   {"UID", UID},
                 {"BDAY", BIRTHDAY},  {"REV", REVISED},       {"GENDER", GENDER},
                 {"X-GENDER", GENDER}};
    if (p->binary || is_about_card(p) || add_structured(card, p))
        return;
    pb_str value = vcard_unescape(card->arena, p->value);
    for (size_t i = 0; i < sizeof plain / sizeof *plain; i++) {
        if (!is(p, plain[i].name))
            continue;
        const rank kind = plain[i].kind;
        if (kind == EMAIL && value.len > 7 &&
            pb_str_eq_nocase(pb_str_sub(value, 0, 7), PB_STR("mailto:")))
            value = pb_str_sub(value, 7, value.len);
        if (kind == BIRTHDAY || kind == REVISED)
            value = long_form(card->arena, value);
        if (kind == BIRTHDAY)
            value = without_midnight(value);
        if (kind == GENDER)
            value = gender_of(value);
        if (kind == UID && pb_str_starts(value, PB_STR("urn:uuid:")))
            value = pb_str_sub(value, 9, value.len);
        put_known(card, kind, value, p->preferred);
        return;
    }
    char *name = pb_arena_cstr(card->arena, p->name);
    for (char *c = name; c != NULL && *c != 0; c++)
        if (*c >= 'a' && *c <= 'z')
            *c = (char)(*c - 32);
    put(card, OTHER, pb_str_c(name), value, p->preferred);
}

void vcard_card_finish(vcard_card *card)
{
    for (size_t i = 1; i < card->count; i++) { /* stable: equal ones stay in their order */
        vcard_cell one = card->cells[i];
        size_t at = i;
        for (; at > 0 && card->cells[at - 1].preferred > one.preferred; at--)
            card->cells[at] = card->cells[at - 1];
        card->cells[at] = one;
    }
    int met = 0; /* addresses are numbered as wholes: a part may lack */
    for (size_t i = 0; i < card->count; i++) {
        vcard_cell *cell = &card->cells[i];
        cell->number = 1;
        if (cell->address > 0) {
            size_t same = 0;
            while (card->cells[same].address != cell->address)
                same++;
            cell->number = same == i ? ++met : card->cells[same].number;
            continue;
        }
        for (size_t k = i; k > 0; k--)
            if (card->cells[k - 1].rank == cell->rank &&
                pb_str_eq(card->cells[k - 1].header, cell->header)) {
                cell->number = card->cells[k - 1].number + 1;
                break;
            }
    }
}
