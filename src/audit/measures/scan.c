/* The pass over all texts of an entity; see scan.h. */
#include "scan.h"

#include "../ahead.h"
#include "patterns.h"

enum { TEXT_BYTES = 300, NOTE_BYTES = 1 << 20 };

static const char *const private_lists[] = {"health", "belief", "origin",  "sexual_life",
                                            "crime",  "insult", "children"};
enum { PRIVATE_LISTS = sizeof private_lists / sizeof *private_lists };
_Static_assert(PRIVATE_LISTS == SIGN_COUNT - SIGN_HEALTH, "lists and signs differ");

static pb_status tools_of(audit_work *work, scan_tools **ret, pb_error *err)
{
    if (work->scan_tools) {
        *ret = work->scan_tools;
        return PB_OK;
    }
    scan_tools *tools = pb_arena_alloc(work->scratch, sizeof *tools);
    if (!tools || !(tools->domains = pb_map_new(work->scratch)))
        return pb_fail_memory(err);
    tools->arena = work->scratch;
    const struct {
        const char *list;
        pb_map **to;
        lexicon_form form;
    } sets[] = {
        {"test_words", &tools->test_words, LEXICON_FOLDED},
        {"test_first", &tools->test_first, LEXICON_FOLDED},
        {"test_generic", &tools->test_generic, LEXICON_FOLDED},
        {"test_names", &tools->test_names, LEXICON_FOLDED},
        {"test_names_weak", &tools->test_names_weak, LEXICON_FOLDED},
        {"placeholders", &tools->placeholders, LEXICON_FOLDED},
        {"disposable_domains", &tools->disposable, LEXICON_EXACT},
        {"mail_providers", &tools->providers, LEXICON_EXACT},
        {"dummy_mailboxes", &tools->dummy_mailboxes, LEXICON_EXACT},
        {"titles", &tools->titles, LEXICON_FOLDED},
        {"org_forms", &tools->org_forms, LEXICON_FOLDED},
    };
    for (size_t i = 0; i < sizeof sets / sizeof *sets; i++)
        PB_TRY(lexicon_set(work, sets[i].list, sets[i].form, sets[i].to, err));
    PB_TRY(lexicon_read(work, private_lists, PRIVATE_LISTS, &tools->private_words, err));
    work->scan_tools = *ret = tools;
    return PB_OK;
}

/* A pass in progress. */
typedef struct scanning {
    audit_work *work;
    scan_tools *tools;
    text_scan *scan;
    db_stmt *stmt;
    int64_t n;
    uint32_t (*kept)[SIGN_COUNT]; /* texts kept, by place of the field in scan->fields */
    /* of the row */
    size_t weak; /* place of a field whose name may be made up, SIZE_MAX none */
    bool suspect;
    pb_buf masked;
} scanning;

static pb_status add_hit(scanning *to, size_t place, text_sign sign, pb_str value, pb_str hint,
                         pb_error *err)
{
    scan_hits *hits = &to->scan->hits[sign];
    scan_hit hit = {(uint32_t)to->n, (uint16_t)to->scan->fields[place]->index, 0};
    pb_arena *arena = to->work->scratch;
    if (to->kept[place][sign] < AUDIT_MAX_FAILURES) {
        if (!pb_arena_grow(arena, (void **)&hits->texts, hits->text_count, &hits->text_capacity,
                           sizeof *hits->texts))
            return pb_fail_memory(err);
        pb_str *texts = hits->texts[hits->text_count++];
        texts[0] = pb_arena_str(arena, pb_str_sub(value, 0, TEXT_BYTES));
        texts[1] = pb_arena_str(arena, hint);
        if ((value.ptr && !texts[0].ptr) || (hint.ptr && !texts[1].ptr))
            return pb_fail_memory(err);
        to->kept[place][sign]++;
        hit.text = (uint32_t)hits->text_count;
    }
    if (!PB_PUSH(arena, hits->items, hits->count, hits->capacity, hit))
        return pb_fail_memory(err);
    return PB_OK;
}

static unsigned look_at_bytes(pb_str text)
{
    unsigned has = 0;
    for (size_t i = 0; i < text.len; i++) {
        unsigned char c = (unsigned char)text.ptr[i];
        if (c >= 'a' && c <= 'z')
            has |= HAS_LOWER;
        else if (c >= 'A' && c <= 'Z')
            has |= HAS_UPPER;
        else if (c >= 0x80)
            has |= HAS_HIGH;
        else if (c >= '0' && c <= '9')
            has |= HAS_DIGIT;
        else if (c == ' ')
            has |= HAS_SPACE;
        else
            has |= c == '@'               ? HAS_AT
                   : c == '<' || c == '&' ? HAS_MARKUP
                   : c == '?'             ? HAS_QUESTION
                                          : HAS_OTHER;
    }
    return has;
}

static pb_status look_at_name(scanning *to, size_t place, scan_text *text, pb_error *err)
{
    scan_tools *tools = to->tools;
    lexicon_fold(text->text, &tools->scratch);
    text->folded = pb_buf_str(&tools->scratch);
    sign_found fake = sign_fake_name(tools, text);
    if (fake == SIGN_SURE)
        PB_TRY(add_hit(to, place, SIGN_FAKE_NAME, text->text, PB_STR_NONE, err));
    else if (fake == SIGN_WEAK && to->weak == SIZE_MAX)
        to->weak = place;
    if (text->type != MODEL_PERSON_NAME)
        return PB_OK;
    if (sign_name_content(text))
        PB_TRY(add_hit(to, place, SIGN_NAME_CONTENT, text->text, PB_STR_NONE, err));
    if (sign_name_org(tools, text))
        PB_TRY(add_hit(to, place, SIGN_NAME_ORG, text->text, PB_STR_NONE, err));
    pb_buf_clear(&tools->hint);
    if (fake != SIGN_SURE && sign_name_title(tools, text))
        PB_TRY(add_hit(to, place, SIGN_NAME_TITLE, text->text, pb_buf_str(&tools->hint), err));
    pb_buf_clear(&tools->hint);
    if (fake != SIGN_SURE && sign_name_case(tools, text))
        PB_TRY(add_hit(to, place, SIGN_NAME_CASE, text->text, pb_buf_str(&tools->hint), err));
    return PB_OK;
}

static pb_status look_at_form(scanning *to, size_t place, const scan_text *text, pb_error *err)
{
    if (sign_garbled(text))
        PB_TRY(add_hit(to, place, SIGN_GARBLED, text->text, PB_STR_NONE, err));
    if ((text->has & HAS_MARKUP) && sign_markup(text))
        PB_TRY(add_hit(to, place, SIGN_MARKUP, text->text, PB_STR_NONE, err));
    pb_buf_clear(&to->tools->hint);
    if ((text->has & HAS_HIGH) && sign_mixed_script(to->tools, text))
        PB_TRY(
            add_hit(to, place, SIGN_MIXED_SCRIPT, text->text, pb_buf_str(&to->tools->hint), err));
    return PB_OK;
}

static pb_status look_at_privacy(scanning *to, size_t place, const scan_text *text, pb_error *err)
{
    static const struct {
        text_sign sign;
        pattern_kind kind;
    } forms[] = {{SIGN_CARD, PATTERN_CARD},
                 {SIGN_PASSWORD, PATTERN_PASSWORD},
                 {SIGN_NATIONAL_ID, PATTERN_NATIONAL_ID},
                 {SIGN_IBAN, PATTERN_IBAN},
                 {SIGN_BIRTH, PATTERN_BIRTH},
                 {SIGN_CONTACT, PATTERN_CONTACT}};
    bool note = text->type == MODEL_NOTE;
    bool possible = text->text.len >= 8 && pattern_possible(text->text);
    for (size_t i = 0; i < sizeof forms / sizeof *forms && (possible || note); i++) {
        bool only_notes = forms[i].sign == SIGN_BIRTH || forms[i].sign == SIGN_CONTACT;
        pb_buf_clear(&to->masked);
        bool asked = only_notes ? note : possible || (note && forms[i].sign == SIGN_PASSWORD);
        if (asked && pattern_find(forms[i].kind, text->text, &to->masked))
            PB_TRY(add_hit(to, place, forms[i].sign, pb_buf_str(&to->masked), PB_STR_NONE, err));
    }
    if (!note)
        return PB_OK;
    pb_str found[PHRASE_LISTS_MAX] = {{0}};
    lexicon_fold(text->text, &to->tools->scratch);
    lexicon_look(to->tools->private_words, pb_buf_str(&to->tools->scratch), found);
    for (size_t i = 0; i < PRIVATE_LISTS; i++)
        if (found[i].ptr)
            PB_TRY(add_hit(to, place, (text_sign)(SIGN_HEALTH + (int)i), PB_STR_NONE, PB_STR_NONE,
                           err));
    return PB_OK;
}

static pb_status look_at_address(scanning *to, size_t place, const scan_text *text, pb_error *err)
{
    text_sign sign = SIGN_COUNT;
    if (text->type == MODEL_PHONE) {
        if (sign_fake_phone(text))
            sign = SIGN_FAKE_PHONE;
    } else {
        pb_buf_clear(&to->tools->hint);
        PB_TRY(sign_of_mail(to->tools, text, &sign, err));
    }
    if (sign == SIGN_COUNT)
        return PB_OK;
    to->suspect = to->suspect || sign != SIGN_LOOKALIKE;
    pb_str hint = sign == SIGN_LOOKALIKE ? pb_buf_str(&to->tools->hint) : PB_STR_NONE;
    return add_hit(to, place, sign, text->text, hint, err);
}

static size_t scan_characters(pb_str text)
{
    size_t count = 0;
    for (size_t i = 0; i < text.len; i++)
        count += ((unsigned char)text.ptr[i] & 0xC0U) != 0x80;
    return count;
}

/* A field that was made too short shows in how many texts end at one length. */
static void count_length(scanning *to, size_t place, const scan_text *text)
{
    if (!to->scan->lengths[place] || text->text.len < SCAN_SHORTEST)
        return;
    size_t count = text->has & HAS_HIGH ? scan_characters(text->text) : text->text.len;
    to->scan->lengths[place][count < SCAN_LENGTHS ? count : SCAN_LENGTHS]++;
}

static bool has_length(const model_field *field)
{
    return field->type == MODEL_TEXT || field->type == MODEL_NOTE ||
           field->type == MODEL_PERSON_NAME || field->type == MODEL_ORG_NAME ||
           field->type == MODEL_ADDRESS;
}

static bool is_named(const model_field *field)
{
    return field->type == MODEL_PERSON_NAME || field->type == MODEL_ORG_NAME ||
           pb_str_is(field->role, "given_name") || pb_str_is(field->role, "family_name");
}

static pb_status look_at(scanning *to, size_t place, scan_text *text, pb_error *err)
{
    text->has = look_at_bytes(text->text);
    count_length(to, place, text);
    if (text->type == MODEL_EMAIL || text->type == MODEL_PHONE)
        return look_at_address(to, place, text, err);
    if (text->type == MODEL_CHOICE) {
        if (model_choice_find(text->field, text->text) || !sign_placeholder(to->tools, text))
            return PB_OK;
        return add_hit(to, place, SIGN_PLACEHOLDER, text->text, PB_STR_NONE, err);
    }
    if (is_named(text->field))
        PB_TRY(look_at_name(to, place, text, err));
    if (text->type != MODEL_NOTE && sign_placeholder(to->tools, text)) {
        PB_TRY(add_hit(to, place, SIGN_PLACEHOLDER, text->text, PB_STR_NONE, err));
        to->suspect = true;
    }
    if (text->type != MODEL_IDENTIFIER && text->type != MODEL_NOTE && sign_keyboard(text)) {
        PB_TRY(add_hit(to, place, SIGN_KEYBOARD, text->text, PB_STR_NONE, err));
        to->suspect = true;
    }
    pb_buf_clear(&to->masked);
    if ((text->has & HAS_AT) && !text->field->personal.declared && text->type != MODEL_NOTE &&
        pattern_find(PATTERN_MAIL, text->text, &to->masked))
        PB_TRY(add_hit(to, place, SIGN_UNDECLARED, pb_buf_str(&to->masked), PB_STR_NONE, err));
    if (text->has & (HAS_HIGH | HAS_MARKUP | HAS_QUESTION))
        PB_TRY(look_at_form(to, place, text, err));
    if (text->type == MODEL_NOTE || text->type == MODEL_TEXT || text->type == MODEL_ADDRESS)
        return look_at_privacy(to, place, text, err);
    return PB_OK;
}

static pb_status look_at_row(scanning *to, pb_error *err)
{
    bool free_text = false;
    to->n = db_column_i64(to->stmt, 0);
    to->weak = SIZE_MAX;
    to->suspect = false;
    for (size_t f = 0; f < to->scan->field_count; f++) {
        const model_field *field = to->scan->fields[f];
        scan_text text = {.text = db_column_text(to->stmt, (int)f + 1), .type = field->type};
        if (!text.text.len)
            continue;
        text.field = field;
        text.text = pb_str_sub(text.text, 0, NOTE_BYTES);
        free_text = free_text || text.type == MODEL_NOTE || text.type == MODEL_TEXT ||
                    text.type == MODEL_ADDRESS;
        PB_TRY(look_at(to, f, &text, err));
    }
    to->scan->free_records += free_text;
    if (to->weak != SIZE_MAX && to->suspect)
        return add_hit(to, to->weak, SIGN_FAKE_NAME, db_column_text(to->stmt, (int)to->weak + 1),
                       PB_STR_NONE, err);
    return PB_OK;
}

static bool has_signs(const model_field *field)
{
    switch (field->type) {
    case MODEL_TEXT:
    case MODEL_NOTE:
    case MODEL_PERSON_NAME:
    case MODEL_ORG_NAME:
    case MODEL_EMAIL:
    case MODEL_PHONE:
    case MODEL_ADDRESS:
    case MODEL_IDENTIFIER:
        return true;
    case MODEL_CHOICE:
        return field->open_choices;
    default:
        return false;
    }
}

static pb_status open_texts(scanning *to, const entity_state *state, pb_error *err)
{
    const model_entity *entity = state->entity;
    text_scan *scan = to->scan;
    scan->fields = pb_arena_array(to->work->scratch, entity->field_count + 1, sizeof(void *));
    scan->lengths = pb_arena_array(to->work->scratch, entity->field_count + 1, sizeof(void *));
    if (!scan->fields || !scan->lengths)
        return pb_fail_memory(err);
    PB_AUTO_BUF sql = PB_BUF_INIT(1 << 16);
    pb_buf_addc(&sql, "select n");
    for (size_t i = 0; i < entity->field_count; i++) {
        const model_field *field = &entity->fields[i];
        if (!state->filled[i] || !has_signs(field))
            continue;
        if (has_length(field)) {
            uint32_t *lengths =
                pb_arena_array(to->work->scratch, SCAN_LENGTHS + 1, sizeof *lengths);
            if (!lengths)
                return pb_fail_memory(err);
            scan->lengths[scan->field_count] = lengths;
        }
        scan->fields[scan->field_count++] = field;
        scan->has_free_text = scan->has_free_text || field->type == MODEL_NOTE ||
                              field->type == MODEL_TEXT || field->type == MODEL_ADDRESS;
        pb_buf_printf(&sql, ", %.*s", PB_STR_FMT(field->name));
    }
    pb_buf_printf(&sql, " from %.*s order by n", PB_STR_FMT(entity->name));
    to->kept = pb_arena_array(to->work->scratch, scan->field_count + 1, sizeof *to->kept);
    if (!to->kept || sql.failed)
        return pb_fail_memory(err);
    return scan->field_count ? work_query(to->work, pb_buf_str(&sql), &to->stmt, err) : PB_OK;
}

static pb_status scan_entity(scanning *to, entity_state *state, pb_error *err)
{
    PB_TRY(open_texts(to, state, err));
    while (to->scan->field_count) {
        bool row;
        PB_TRY(db_step(to->stmt, &row, err));
        if (!row)
            break;
        if (ahead_stopped(to->work->self))
            return pb_fail(err, PB_CANCELLED, PB_MSG("The audit was stopped."), NULL);
        PB_TRY(look_at_row(to, err));
        if (to->masked.failed || to->tools->scratch.failed || to->tools->hint.failed)
            return pb_fail_memory(err);
    }
    return PB_OK;
}

pb_status scan_texts(audit_work *work, entity_state *state, const text_scan **ret, pb_error *err)
{
    bool taken = false;
    if (!state->scan)
        PB_TRY(ahead_texts(work, state, &taken, err));
    if (state->scan) {
        *ret = state->scan;
        return PB_OK;
    }
    scanning to = {.work = work, .scan = pb_arena_alloc(work->scratch, sizeof *to.scan)};
    if (!to.scan)
        return pb_fail_memory(err);
    PB_TRY(tools_of(work, &to.tools, err));
    to.masked = PB_BUF_INIT(4096);
    to.tools->scratch = to.tools->hint = PB_BUF_INIT(4 << 20);
    pb_status status = scan_entity(&to, state, err);
    pb_buf_free(&to.masked);
    pb_buf_free(&to.tools->scratch);
    pb_buf_free(&to.tools->hint);
    if (status == PB_OK)
        *ret = state->scan = to.scan;
    return status;
}

uint64_t scan_text_count(const text_scan *scan, text_sign sign, const model_field *field)
{
    uint64_t count = 0;
    for (size_t i = 0; i < scan->hits[sign].count; i++)
        count += scan->hits[sign].items[i].field == field->index;
    return count;
}
