/* What of a value is shown when values are masked: enough to recognise the record, too little to
 * learn anything about the person. */
#include "mask.h"
#include "model/identifiers.h"

#include "base/time.h"
#include "base/utf8.h"

/* A count has few digits; LONG_DIGITS in a row may be a phone, a card, an identity. */
enum { COUNT_DIGITS = 6, LONG_DIGITS = 7, PHONE_HIDDEN = 5, PHONE_HEAD = 5, MASK_MAX = 1 << 16 };

static const char stars[] = "***";

/* Digits of the scripts that sources are written in. */
static bool is_digit(uint32_t code)
{
    return (code >= '0' && code <= '9') || (code >= 0x660 && code <= 0x669) ||
           (code >= 0x6F0 && code <= 0x6F9) || (code >= 0x966 && code <= 0x96F) ||
           (code >= 0xFF10 && code <= 0xFF19);
}

/* Between two words of a name or an address. */
static bool is_gap(uint32_t code)
{
    return code <= ' ' || code == 0x3000 || code == 0xFEFF || (code >= 0x200B && code <= 0x200F) ||
           code == ',' || code == ';' || code == '.' || code == '-' || code == '_' || code == '/' ||
           code == '@' || code == '(' || code == ')' || code == '"' || code == 0x60C ||
           code == 0xFF0C || code == 0xB7;
}

static size_t count_digits(pb_str value)
{
    size_t count = 0;
    for (size_t at = 0; at < value.len;)
        count += is_digit(pb_utf8_next(value, &at));
    return count;
}

/* First letter of each word. */
static void put_words(pb_buf *out, pb_str value)
{
    bool inside = false;
    for (size_t at = 0; at < value.len;) {
        uint32_t code = pb_utf8_next(value, &at);
        if (is_gap(code)) {
            inside = false;
            pb_utf8_put(out, code < ' ' ? ' ' : code);
        } else if (!inside) {
            inside = true;
            if (!is_digit(code))
                pb_utf8_put(out, code);
            pb_buf_addc(out, stars);
        }
    }
}

/* Digits beyond the first `head` and before the last `tail` become stars; letters too. */
static void put_digits(pb_buf *out, pb_str value, size_t head, size_t tail)
{
    size_t all = count_digits(value), seen = 0;
    for (size_t at = 0; at < value.len;) {
        uint32_t code = pb_utf8_next(value, &at);
        if (is_digit(code)) {
            bool shown = seen < head || seen + tail >= all;
            seen++;
            if (shown)
                pb_utf8_put(out, code);
            else
                pb_buf_byte(out, '*');
        } else if (code < 0x80 && !((code | 32) >= 'a' && (code | 32) <= 'z')) {
            pb_utf8_put(out, code);
        } else {
            pb_buf_byte(out, '*');
        }
    }
}

static void put_phone(pb_buf *out, pb_str value)
{
    size_t all = count_digits(value), shown = all > PHONE_HIDDEN ? all - PHONE_HIDDEN : 0;
    size_t tail = shown < 2 ? shown : 2, head = shown - tail;
    if (all < 3)
        put_words(out, value);
    else
        put_digits(out, value, head < PHONE_HEAD ? head : PHONE_HEAD, tail);
}

/* What follows the last `@`, up to a blank, is the domain; what stands before shows one letter. */
static void put_email(pb_buf *out, pb_str value)
{
    size_t at = value.len, first = 0;
    while (at > 0 && value.ptr[at - 1] != '@')
        at--;
    if (at == 0) {
        put_words(out, value);
        return;
    }
    pb_str domain = pb_str_sub(value, at, value.len - at);
    size_t end = 0;
    while (end < domain.len && (unsigned char)domain.ptr[end] > ' ' && domain.ptr[end] != ',' &&
           domain.ptr[end] != ';')
        end++;
    while (first + 1 < at && is_gap((unsigned char)value.ptr[first]))
        first++;
    if (first + 1 < at)
        pb_utf8_put(out, pb_utf8_next(value, &first));
    pb_buf_addc(out, stars);
    pb_buf_byte(out, '@');
    pb_buf_add(out, pb_str_sub(domain, 0, end));
    if (end < domain.len)
        pb_buf_addc(out, stars);
}

static void put_code(pb_buf *out, pb_str value)
{
    size_t count = pb_utf8_count(value), shown = count / 3 < 3 ? count / 3 : 3, seen = 0;
    pb_buf_addc(out, stars);
    for (size_t at = 0; at < value.len; seen++) {
        uint32_t code = pb_utf8_next(value, &at);
        if (seen + shown >= count)
            pb_utf8_put(out, code);
    }
}

static void put_date(pb_buf *out, pb_str value)
{
    int64_t days;
    if (value.len >= 10 && pb_date_parse(pb_str_sub(value, 0, 10), &days)) {
        pb_buf_add(out, pb_str_sub(value, 0, 4));
        pb_buf_addc(out, "-**-**");
    } else {
        put_digits(out, value, 0, 0);
    }
}

/* A word from a list names nobody; anything else that stands in such a field may. */
static bool is_list_word(const model_field *field, pb_str value)
{
    if (pb_str_is(field->personal.klass, "special"))
        return false;
    if (field->type == MODEL_BOOLEAN || model_choice_find(field, value) != NULL)
        return true;
    return (field->type == MODEL_CHOICE || field->type == MODEL_COUNTRY) && value.len <= 40 &&
           count_digits(value) == 0 && pb_str_index(value, '@') == value.len;
}

/* Numbers of accounts, cards and persons: their ends at most, whoever asks. */
static bool is_secret(const model_field *field)
{
    return field != NULL && model_type_is_id(field->type) &&
           model_id_private((model_id_kind)(field->type - MODEL_IBAN));
}

static void put_personal(pb_buf *out, const model_field *field, pb_str value)
{
    switch (field->type) {
    case MODEL_EMAIL:
        put_email(out, value);
        return;
    case MODEL_PHONE:
        put_phone(out, value);
        return;
    case MODEL_IDENTIFIER:
    case MODEL_POSTCODE:
        put_code(out, value);
        return;
    case MODEL_DATE:
    case MODEL_INSTANT:
        put_date(out, value);
        return;
    case MODEL_INTEGER:
    case MODEL_DECIMAL:
    case MODEL_MONEY:
        pb_buf_addc(out, stars);
        return;
    default:
        if (is_list_word(field, value))
            pb_buf_add(out, value);
        else if (pb_str_index(value, '@') < value.len)
            put_email(out, value);
        else if (count_digits(value) >= LONG_DIGITS)
            put_digits(out, value, 0, 2);
        else
            put_words(out, value);
    }
}

/* Where the word ends that begins at `from`. */
static size_t word_end(pb_str value, size_t from)
{
    while (from < value.len && (unsigned char)value.ptr[from] > ' ')
        from++;
    return from;
}

/* How far a number goes that is written with blanks, dashes and brackets; `*ret_digits` of it. */
static size_t number_end(pb_str value, size_t from, size_t *ret_digits)
{
    size_t end = from;
    *ret_digits = 0;
    for (size_t at = from; at < value.len;) {
        uint32_t code = pb_utf8_next(value, &at);
        if (is_digit(code)) {
            ++*ret_digits;
            end = at;
        } else if (code >= 0x80 || strchr("+ -.()/", (int)code) == NULL) {
            break;
        }
    }
    return end;
}

/* In what is not marked as personal, e-mail addresses and long numbers strayed there by mistake:
 * they are masked and the rest is shown. */
static void put_stray(pb_buf *out, pb_str value)
{
    int64_t days;
    bool start = true;
    for (size_t at = 0; at < value.len;) {
        size_t end = word_end(value, at), digits = 0, next = at;
        pb_str word = pb_str_sub(value, at, end - at);
        size_t run = number_end(value, at, &digits);
        bool date = word.len >= 10 && pb_date_parse(pb_str_sub(word, 0, 10), &days);
        uint32_t code = pb_utf8_next(value, &next);
        if (start && pb_str_index(word, '@') < word.len) {
            put_email(out, word);
            next = end;
        } else if (digits >= LONG_DIGITS && !date && (is_digit(code) || code == '+')) {
            put_phone(out, pb_str_sub(value, at, run - at));
            next = run;
        } else if (start && date) {
            pb_buf_add(out, word);
            next = end;
        } else {
            pb_buf_add(out, pb_str_sub(value, at, next - at));
        }
        start = code <= ' ';
        at = next;
    }
}

/* Owners are named throughout, for they are who mends; so are the users of the source. */
static bool names_owner(const report_writer *writer, const model_field *field)
{
    if (field->type == MODEL_LINK)
        return pb_str_is(field->role, "owner");
    if (!pb_str_is(field->role, "full_name") && !pb_str_is(field->role, "name"))
        return false;
    for (size_t i = 0; i < writer->report->schema->entity_count; i++) {
        const model_field *owner = model_field_role(&writer->report->schema->entities[i], "owner");
        if (owner != NULL && owner->type == MODEL_LINK && owner->target == field->entity)
            return true;
    }
    return false;
}

static bool is_personal(const model_field *field)
{
    return field->personal.declared ||
           (field->type == MODEL_LINK && field->target != NULL && field->target->personal);
}

/* Types whose values are no prose: nothing strays into them unseen by their own control. */
static bool is_plain(const model_field *field)
{
    switch (field->type) {
    case MODEL_BOOLEAN:
    case MODEL_INTEGER:
    case MODEL_DECIMAL:
    case MODEL_MONEY:
    case MODEL_DATE:
    case MODEL_INSTANT:
    case MODEL_IDENTIFIER:
    case MODEL_EMAIL:
    case MODEL_PHONE:
        return true;
    default:
        return model_type_is_id(field->type);
    }
}

static pb_str keep(const report_writer *writer, pb_buf *text)
{
    return text->failed ? pb_str_c(stars) : pb_arena_str(writer->arena, pb_buf_str(text));
}

static pb_str of_field(const report_writer *writer, const model_field *field, pb_str value)
{
    PB_AUTO_BUF text = PB_BUF_INIT(MASK_MAX);
    if (names_owner(writer, field))
        return value;
    if (is_secret(field)) {
        model_id_mask((model_id_kind)(field->type - MODEL_IBAN), value, &text);
    } else if (is_personal(field)) {
        put_personal(&text, field, value);
    } else if (field->type == MODEL_NOTE) {
        /* Free text may hold anybody's name: its length says enough. */
        PB_AUTO_BUF count = PB_BUF_INIT(64);
        size_t length = pb_utf8_count(value);
        pb_locale_int(writer->locale, &count, (int64_t)length);
        report_say_n(writer, &text,
                     PB_MSG_N("(text of {count} character)", "(text of {count} characters)"),
                     length, "count", pb_buf_cstr(&count), NULL);
    } else if (is_plain(field)) {
        return value;
    } else {
        put_stray(&text, value);
    }
    return keep(writer, &text);
}

/* A text that belongs to no field: a count and a day are shown, of people's records nothing else.
 */
static pb_str of_nobody_knows(const report_writer *writer, bool personal, pb_str value)
{
    PB_AUTO_BUF text = PB_BUF_INIT(MASK_MAX);
    int64_t number, days;
    if (pb_str_to_i64(value, &number) && value.len <= COUNT_DIGITS)
        return value;
    if (value.len == 10 && pb_date_parse(value, &days))
        return value;
    if (!personal)
        put_stray(&text, value);
    else if (pb_str_index(value, '@') < value.len)
        put_email(&text, value);
    else if (count_digits(value) >= LONG_DIGITS)
        put_digits(&text, value, 0, 2);
    else
        put_words(&text, value);
    return keep(writer, &text);
}

pb_str mask_raw(const report_writer *writer, const model_field *field, pb_str value)
{
    if (pb_str_empty(value) || (writer->report->show_values && !is_secret(field)))
        return value;
    return field != NULL ? of_field(writer, field, value) : of_nobody_knows(writer, true, value);
}

/* The field a failure's value belongs to, or NULL. */
static const model_field *field_of(const audit_finding *finding, const audit_failure *failure)
{
    const audit_control *control = finding->control;
    if (control->value_field != NULL)
        return control->value_field;
    if (control->entity != NULL && !pb_str_empty(failure->field)) {
        const model_field *field = model_field_find(control->entity, failure->field);
        if (field != NULL)
            return field;
    }
    return control->field;
}

static pb_str in_finding(const report_writer *writer, const audit_finding *finding,
                         const model_field *field, pb_str value)
{
    const model_entity *entity = finding->control->entity;
    if (pb_str_empty(value) || (writer->report->show_values && !is_secret(field)))
        return value;
    return field != NULL ? of_field(writer, field, value)
                         : of_nobody_knows(writer, entity != NULL && entity->personal, value);
}

static pb_str of_column(const report_writer *writer, pb_str value)
{
    return writer->report->show_values || pb_str_empty(value)
               ? value
               : of_nobody_knows(writer, false, value);
}

/* Secrets found in texts come masked already, as the part that matters. */
static bool is_masked(const audit_finding *finding)
{
    return pb_str_is(audit_control_measure(finding->control), "forbidden_text");
}

pb_str mask_value(const report_writer *writer, const audit_finding *finding,
                  const audit_failure *failure)
{
    if (is_masked(finding))
        return failure->value;
    if (failure->n == 0) /* about a column: mostly a count */
        return of_column(writer, failure->value);
    return in_finding(writer, finding, field_of(finding, failure), failure->value);
}

pb_str mask_other(const report_writer *writer, const audit_finding *finding,
                  const audit_failure *failure)
{
    const audit_control *control = finding->control;
    /* The other record of a pair, by its id. */
    if (pb_str_is(audit_control_measure(control), "duplicates"))
        return failure->other;
    if (failure->n == 0)
        return of_column(writer, failure->other);
    return in_finding(writer, finding, control->other_field, failure->other);
}

pb_str mask_suggestion(const report_writer *writer, const audit_finding *finding,
                       const audit_failure *failure)
{
    return in_finding(writer, finding, field_of(finding, failure), failure->suggestion);
}

pb_str mask_evidence(const report_writer *writer, const audit_finding *finding,
                     const audit_failure *failure, size_t position)
{
    const audit_control *control = finding->control;
    if (failure->evidence == NULL)
        return PB_STR_NONE;
    pb_str name = control->evidence.items[position], value = failure->evidence[position];
    if (pb_str_is(name, "record") || pb_str_is(name, "source") || pb_str_empty(value))
        return value;
    return in_finding(writer, finding, model_field_find(control->entity, name), value);
}
