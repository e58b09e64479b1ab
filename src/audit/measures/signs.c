/* text_sign and forbidden_text: what the pass over the texts found, field by field or record by
 * record. */
#include "../measure.h"
#include "scan.h"

static const struct sign_words {
    const char *arg, *problem;
    text_sign sign;
} signs[] = {
    {"fake_name", PB_MSG("“{value}” is a name that people type to try a form out."),
     SIGN_FAKE_NAME},
    {"placeholder", PB_MSG("“{value}” only fills the place; it says nothing."), SIGN_PLACEHOLDER},
    {"keyboard", PB_MSG("“{value}” is a row of neighbouring keys or one letter repeated."),
     SIGN_KEYBOARD},
    {"disposable", PB_MSG("“{value}” is an address at a service for throw-away mailboxes."),
     SIGN_DISPOSABLE},
    {"reserved",
     PB_MSG(
         "“{value}” is an address in a domain reserved for examples; nothing sent there arrives."),
     SIGN_RESERVED},
    {"dummy_mail", PB_MSG("“{value}” is an address at which nobody reads."), SIGN_DUMMY_MAIL},
    {"lookalike", PB_MSG("“{value}” is probably meant to be “{suggestion}”."), SIGN_LOOKALIKE},
    {"fake_phone",
     PB_MSG("“{value}” is a made-up number: one digit repeated, digits in order, or "
            "a range that is never connected."),
     SIGN_FAKE_PHONE},
    {"garbled", PB_MSG("“{value}” was read in the wrong character set."), SIGN_GARBLED},
    {"markup", PB_MSG("“{value}” holds the marks of a web page."), SIGN_MARKUP},
    {"mixed_script", PB_MSG("A word of “{value}” mixes letters of two alphabets that look alike."),
     SIGN_MIXED_SCRIPT},
    {"name_case", PB_MSG("“{value}” is written in capitals or small letters only."),
     SIGN_NAME_CASE},
    {"name_content", PB_MSG("“{value}” holds digits, an address or a number, which no name has."),
     SIGN_NAME_CONTENT},
    {"name_org", PB_MSG("“{value}” is the name of an organisation, not of a person."),
     SIGN_NAME_ORG},
    {"name_title", PB_MSG("“{value}” holds a form of address beside the name."), SIGN_NAME_TITLE},
    {"card", PB_MSG("Holds what is by its form and check digit a payment card number ({value})."),
     SIGN_CARD},
    {"password", PB_MSG("Holds a password ({value})."), SIGN_PASSWORD},
    {"national_id", PB_MSG("Holds what is by its form a national identity number ({value})."),
     SIGN_NATIONAL_ID},
    {"iban", PB_MSG("Holds what is by its form and check digits a bank account number ({value})."),
     SIGN_IBAN},
    {"birth_date", PB_MSG("Holds a date of birth ({value})."), SIGN_BIRTH},
    {"contact_data", PB_MSG("Holds an e-mail address or a telephone number ({value})."),
     SIGN_CONTACT},
    {"health", PB_MSG("Speaks of somebody's health."), SIGN_HEALTH},
    {"belief", PB_MSG("Speaks of somebody's religion, politics or trade union."), SIGN_BELIEF},
    {"origin", PB_MSG("Speaks of somebody's ethnic origin."), SIGN_ORIGIN},
    {"sexual_life", PB_MSG("Speaks of somebody's sexual life or orientation."), SIGN_SEXUAL},
    {"crime", PB_MSG("Speaks of a criminal record."), SIGN_CRIME},
    {"insult", PB_MSG("Holds an insult."), SIGN_INSULT},
    {"children", PB_MSG("Speaks of somebody's children by age, school or illness."), SIGN_CHILD},
};

static const struct sign_words *sign_asked(const audit_check *check)
{
    for (size_t i = 0; i < sizeof signs / sizeof *signs; i++)
        if (pb_str_is(check->control->measure_args.items[0], signs[i].arg))
            return &signs[i];
    return &signs[0];
}

static pb_status report(audit_check *check, const text_scan *scan, const struct sign_words *words,
                        const model_field *only, pb_error *err)
{
    const scan_hits *hits = &scan->hits[words->sign];
    for (size_t i = 0; i < hits->count; i++) {
        const scan_hit *hit = &hits->items[i];
        if (only && hit->field != only->index)
            continue;
        audit_failure failure = {.n = hit->n, .problem = pb_str_c(words->problem)};
        failure.field = check->control->entity->fields[hit->field].name;
        if (hit->text) {
            failure.value = hits->texts[hit->text - 1][0];
            failure.suggestion = hits->texts[hit->text - 1][1];
        }
        PB_TRY(check_fail(check, &failure, err));
    }
    return PB_OK;
}

/* Where most addresses are reserved ones, the file is made up or was made nameless: to accuse each
 * record of it would tell nothing. */
enum { SAMPLE_FROM = 20 };

static bool is_sample(uint64_t reserved, uint64_t filled)
{
    return reserved >= SAMPLE_FROM && reserved * 2 > filled;
}

pb_status measure_text_sign(audit_check *check, pb_error *err)
{
    const struct sign_words *words = sign_asked(check);
    const model_field *field = check->control->field;
    const text_scan *scan = NULL;
    PB_TRY(scan_texts(check->work, check->state, &scan, err));
    check->finding->population = check->state->filled[field->index];
    if (words->sign == SIGN_RESERVED &&
        is_sample(scan_text_count(scan, SIGN_RESERVED, field), check->finding->population))
        return check_not_applicable(
            check,
            PB_MSG("Most addresses of “{value}” are in domains reserved for examples: the data are "
                   "made up or nameless."),
            field->label, err);
    return report(check, scan, words, field, err);
}

pb_status measure_sample_data(audit_check *check, pb_error *err)
{
    const model_entity *entity = check->control->entity;
    const text_scan *scan = NULL;
    PB_TRY(scan_texts(check->work, check->state, &scan, err));
    check->finding->population = 0;
    for (size_t i = 0; i < entity->field_count; i++) {
        const model_field *field = &entity->fields[i];
        uint64_t filled = check->state->filled[i];
        if (field->type != MODEL_EMAIL || !filled)
            continue;
        check->finding->population++;
        uint64_t reserved = scan_text_count(scan, SIGN_RESERVED, field);
        if (!is_sample(reserved, filled))
            continue;
        PB_AUTO_BUF count = PB_BUF_INIT(32);
        PB_AUTO_BUF all = PB_BUF_INIT(32);
        pb_buf_i64(&count, (int64_t)reserved);
        pb_buf_i64(&all, (int64_t)filled);
        audit_failure failure = {.field = field->name, .value = pb_buf_str(&count)};
        failure.other = pb_buf_str(&all);
        failure.problem =
            pb_str_c(PB_MSG("{value} of {other} addresses are in domains reserved for examples."));
        PB_TRY(check_fail(check, &failure, err));
    }
    return PB_OK;
}

pb_status measure_forbidden_text(audit_check *check, pb_error *err)
{
    const text_scan *scan = NULL;
    PB_TRY(scan_texts(check->work, check->state, &scan, err));
    if (!scan->has_free_text)
        return check_not_applicable(check, PB_MSG("{value} have no free text in the source."),
                                    check->control->entity->plural, err);
    check->finding->population = scan->free_records;
    return report(check, scan, sign_asked(check), NULL, err);
}
