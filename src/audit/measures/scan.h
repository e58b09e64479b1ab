/* Private to audit: one pass over all texts of an entity, in which every sign that a control may
 * ask for is looked for. A sign is something wrong with one text that can be seen in the text
 * itself.
 *
 * Cost: one query per entity, linear; a text without suspicious bytes costs one look at each byte.
 */
#ifndef AUDIT_SCAN_PRIVATE_H
#define AUDIT_SCAN_PRIVATE_H

#include "../run.h"
#include "lexicon.h"

typedef enum text_sign {
    /* of one value of a field */
    SIGN_FAKE_NAME,
    SIGN_PLACEHOLDER,
    SIGN_KEYBOARD,
    SIGN_DISPOSABLE,
    SIGN_RESERVED,
    SIGN_DUMMY_MAIL,
    SIGN_LOOKALIKE,
    SIGN_FAKE_PHONE,
    SIGN_GARBLED,
    SIGN_MARKUP,
    SIGN_MIXED_SCRIPT,
    SIGN_NAME_CASE,
    SIGN_NAME_CONTENT,
    SIGN_NAME_ORG,
    SIGN_NAME_TITLE,
    SIGN_UNDECLARED, /* an e-mail address in a field not declared personal */
    /* of the free texts of a record */
    SIGN_CARD,
    SIGN_PASSWORD,
    SIGN_NATIONAL_ID,
    SIGN_IBAN,
    SIGN_BIRTH,
    SIGN_CONTACT,
    SIGN_HEALTH,
    SIGN_BELIEF,
    SIGN_ORIGIN,
    SIGN_SEXUAL,
    SIGN_CRIME,
    SIGN_INSULT,
    SIGN_CHILD,
    SIGN_COUNT
} text_sign;

/* What the bytes of a text are, gathered before anything else looks at it. */
enum {
    HAS_UPPER = 1,
    HAS_LOWER = 2,
    HAS_DIGIT = 4,
    HAS_HIGH = 8,
    HAS_AT = 16,
    HAS_MARKUP = 32,
    HAS_QUESTION = 64,
    HAS_SPACE = 128,
    HAS_OTHER = 256
};

typedef struct scan_text {
    pb_str text;
    pb_str folded; /* of names, by lexicon_fold; else absent */
    unsigned has;
    model_type type;
    const model_field *field;
} scan_text;

/* What the detectors need besides the text. */
typedef struct scan_tools {
    pb_map *test_words, *test_first, *test_generic, *test_names, *test_names_weak, *placeholders;
    pb_map *disposable, *providers, *dummy_mailboxes, *titles, *org_forms;
    pb_map *domains; /* what is known of a domain, once it was looked at */
    phrase_book *private_words;
    pb_arena *arena;
    pb_buf scratch, hint;
} scan_tools;

/** How sure a sign is: a weak one counts when the record bears another. */
typedef enum sign_found { SIGN_NONE, SIGN_WEAK, SIGN_SURE } sign_found;

sign_found sign_fake_name(scan_tools *tools, const scan_text *text);
bool sign_placeholder(scan_tools *tools, const scan_text *text);
bool sign_keyboard(const scan_text *text);
/** True for a run of neighbouring keys, one letter repeated, or digits in order: 4 or more. */
bool runs_keyboard(pb_str word);
/** The sign of an address, SIGN_COUNT for none; the suggestion stands in `tools->hint`. */
pb_status sign_of_mail(scan_tools *tools, const scan_text *text, text_sign *ret, pb_error *err);
bool sign_fake_phone(const scan_text *text);
bool sign_garbled(const scan_text *text);
bool sign_markup(const scan_text *text);
bool sign_mixed_script(scan_tools *tools, const scan_text *text);
bool sign_name_case(scan_tools *tools, const scan_text *text);
bool sign_name_content(const scan_text *text);
bool sign_name_org(scan_tools *tools, const scan_text *text);
bool sign_name_title(scan_tools *tools, const scan_text *text);

/** One text with a sign. */
typedef struct scan_hit {
    uint32_t n;
    uint16_t field;
    uint32_t text; /* index + 1 into texts, 0: not kept */
} scan_hit;

typedef struct scan_hits {
    scan_hit *items;
    size_t count, capacity;
    pb_str (*texts)[2]; /* value as shown, suggestion */
    size_t text_count, text_capacity;
} scan_hits;

/* Longer texts are counted as one more than this. */
enum { SCAN_LENGTHS = 4097, SCAN_SHORTEST = 20 };

typedef struct text_scan {
    const model_field **fields;
    uint32_t **lengths; /* by place of the field: how many texts have so many characters, from
                           SCAN_SHORTEST on; NULL where length says nothing */
    size_t field_count;
    bool has_free_text;
    uint64_t free_records; /* with any free text */
    scan_hits hits[SIGN_COUNT];
} text_scan;

/** The scan of an entity, made when first asked for. */
pb_status scan_texts(audit_work *work, entity_state *state, const text_scan **ret, pb_error *err);
/** True when placeholder hits of the field exist; see measure_completeness. */
uint64_t scan_text_count(const text_scan *scan, text_sign sign, const model_field *field);

#endif
