/* Reading controls: every mistake is told with its place and its mend; what the model adds is
 * audited without a new control. */
#include "audit_support.h"

static const char areas[] = "areas: {accuracy: Accuracy, consistency: Consistency}\n";

/* A sound control; `%s` at the places that tests spoil. */
static const char sound[] = "id: T-EMAIL\n"
                            "area: accuracy\n"
                            "grade: important\n"
                            "requirement: [DQ-1]\n"
                            "applies: {each: field, where: {type: email}}\n"
                            "title: t\n"
                            "criterion: c\n"
                            "why: w\n"
                            "check: {measure: invalid_values}\n"
                            "pass: share <= 1 %\n"
                            "cause: c\n"
                            "effect: \"{failing} of {population}\"\n"
                            "remedy: r\n"
                            "evidence: [key, field]\n"
                            "effort: minutes_per_record 1\n"
                            "fixtures:\n"
                            "  on: contact.email\n"
                            "  pass: {contact: [{id: a, email: a@example.org}]}\n"
                            "  fail: {contact: [{id: b, email: b at}], expect: [b]}\n"
                            "  not_applicable: {contact: [{id: c, full_name: C}]}\n";

static int start(void **state)
{
    *state = support_new();
    return 0;
}

static int end(void **state)
{
    support_free(*state);
    return 0;
}

static pb_status load(support *s, const char *control, audit_catalogue **ret, pb_error *err)
{
    model_source sources[] = {{PB_STR("areas.yaml"), pb_str_c(areas)},
                              {PB_STR("t.yaml"), pb_str_c(control)}};
    return audit_catalogue_load(s->schema, sources, 2, ret, err);
}

/* The sound control with `line`, found by its key, replaced by `by`. */
static const char *spoilt(char room[4096], const char *key, const char *by)
{
    const char *at = strstr(sound, key);
    assert_non_null(at);
    const char *rest = strchr(at, '\n') + 1;
    (void)snprintf(room, 4096, "%.*s%s%s%s", (int)(at - sound), sound, by, *by ? "\n" : "", rest);
    return room;
}

/* shows: AUD-8 AUD-13 */
static void test_mistakes_are_told_with_place_and_mend(void **state)
{
    static const struct {
        const char *key, *by, *place, *says;
    } cases[] = {
        {"grade:", "grade: vital", "t.yaml:3:", "vital"},
        {"grade:", "", "t.yaml:", "grade"},
        {"area:", "area: accurracy", "t.yaml:2:", "accurracy"},
        {"why:", "wyh: w", "t.yaml:8:", "wyh"},
        {"requirement:", "requirement: [dq]", "t.yaml:4:", "dq"},
        {"applies:", "applies: {entity: contcat, field: email}", "t.yaml:5:", "contcat"},
        {"applies:", "applies: {entity: contact, field: emial}", "t.yaml:5:", "emial"},
        {"applies:", "applies: {entity: contact, role: captain}", "t.yaml:5:", "captain"},
        {"applies:", "applies: {each: field, where: {type: emial}}", "t.yaml:5:", "emial"},
        {"applies:", "applies: {each: field, entity: contact}", "t.yaml:5:", "applies"},
        {"check:", "check: {measure: invalid_valeus}", "t.yaml:9:", "invalid_valeus"},
        {"check:", "check: {measure: stale}", "t.yaml:9:", "stale"},
        {"check:", "check: {measure: stale, sql: select 1}", "t.yaml:9:", "check"},
        {"check:", "check: {fails: \"e.${role:captain} = 1\", problem: p}", "t.yaml:9:", "captain"},
        {"pass:", "pass: share < 1", "t.yaml:10:", "share < 1"},
        {"pass:", "pass: share <= 101 %", "t.yaml:10:", "101"},
        {"effect:", "effect: \"{fialing} records\"", "t.yaml:12:", "fialing"},
        {"evidence:", "evidence: [colour]", "t.yaml:14:", "colour"},
        {"effort:", "effort: an hour", "t.yaml:15:", "an hour"},
        {"  on:", "", "t.yaml:", "on"},
        {"  on:", "  on: account.nothing", "t.yaml:17:", "account.nothing"},
        {"  fail:", "", "t.yaml:", "fail"},
        {"  fail:", "  fail: {contact: [{id: b, email: b at}]}", "t.yaml:19:", "fails"},
        {"  pass:", "  pass: {contact: [{id: a, e_mail: x}]}", "t.yaml:18:", "e_mail"},
        {"  pass:", "  pass: {contract: [{id: a}]}", "t.yaml:18:", "contract"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char room[4096];
        audit_catalogue *catalogue = NULL;
        pb_error err = {0};
        pb_status status = load(*state, spoilt(room, cases[i].key, cases[i].by), &catalogue, &err);
        PB_AUTO_BUF says = PB_BUF_INIT(1 << 16);
        pb_error_render(&err, &err.primary, NULL, &says);
        pb_buf_addc(&says, " | ");
        pb_error_render(&err, &err.detail, NULL, &says);
        pb_buf_addc(&says, " | ");
        size_t before_hint = says.len;
        pb_error_render(&err, &err.hint, NULL, &says);
        if (status != PB_INVALID || !strstr(pb_buf_cstr(&says), cases[i].place) ||
            !strstr(pb_buf_cstr(&says), cases[i].says) || says.len == before_hint)
            print_message("case %zu (%s): %s\n", i, cases[i].by, pb_buf_cstr(&says));
        assert_int_equal(status, PB_INVALID);
        assert_null(catalogue);
        assert_non_null(strstr(pb_buf_cstr(&says), cases[i].place));
        assert_non_null(strstr(pb_buf_cstr(&says), cases[i].says));
        assert_true(says.len > before_hint);
    }
}

/* shows: AUD-13 */
static void test_sound_control_is_unfolded(void **state)
{
    audit_catalogue *catalogue = NULL;
    pb_error err = {0};
    SUPPORT_OK(load(*state, sound, &catalogue, &err), &err);
    const audit_control *control = audit_control_find(catalogue, PB_STR("T-EMAIL/contact.email"));
    assert_non_null(control);
    assert_true(pb_str_is(control->base, "T-EMAIL"));
    assert_int_equal(control->fixture_count, 3);
    assert_true(pb_str_is(audit_control_measure(control), "invalid_values"));
    const audit_control *other = audit_control_find(catalogue, PB_STR("T-EMAIL/account.email"));
    assert_non_null(other);
    assert_int_equal(other->fixture_count, 0);
    assert_non_null(audit_control_find(catalogue, PB_STR("RULE-contact-reachable")));
    audit_catalogue_free(catalogue);
}

/* shows: AUD-13 */
static void test_later_control_replaces_earlier(void **state)
{
    support *s = *state;
    char room[4096];
    audit_catalogue *catalogue = NULL;
    pb_error err = {0};
    model_source sources[] = {
        {PB_STR("areas.yaml"), pb_str_c(areas)},
        {PB_STR("t.yaml"), pb_str_c(sound)},
        {PB_STR("own.yaml"), pb_str_c(spoilt(room, "grade:", "grade: essential"))}};
    uint8_t hash[32];
    SUPPORT_OK(audit_catalogue_load(s->schema, sources, 2, &catalogue, &err), &err);
    memcpy(hash, catalogue->hash, sizeof hash);
    size_t count = catalogue->count;
    audit_catalogue_free(catalogue);
    SUPPORT_OK(audit_catalogue_load(s->schema, sources, 3, &catalogue, &err), &err);
    assert_int_equal(catalogue->count, count);
    assert_int_equal(audit_control_find(catalogue, PB_STR("T-EMAIL/contact.email"))->grade,
                     MODEL_ESSENTIAL);
    assert_memory_not_equal(catalogue->hash, hash, sizeof hash);
    audit_catalogue_free(catalogue);
}

/* shows: AUD-13 */
static void test_limits_are_set_without_a_new_control(void **state)
{
    support *s = *state;
    static const char set[] = "set:\n  T-EMAIL: {pass: count <= 7, grade: desirable}\n";
    static const char unknown[] = "set:\n  T-EMIAL: {pass: count <= 7}\n";
    static const char wrong[] = "set:\n  T-EMAIL: {criterion: none}\n";
    audit_catalogue *catalogue = NULL;
    pb_error err = {0};
    model_source sources[] = {{PB_STR("areas.yaml"), pb_str_c(areas)},
                              {PB_STR("t.yaml"), pb_str_c(sound)},
                              {PB_STR("set.yaml"), pb_str_c(set)}};
    SUPPORT_OK(audit_catalogue_load(s->schema, sources, 3, &catalogue, &err), &err);
    const audit_control *control = audit_control_find(catalogue, PB_STR("T-EMAIL/contact.email"));
    assert_int_equal(control->grade, MODEL_DESIRABLE);
    assert_false(control->pass_share);
    assert_int_equal((int)control->pass_limit, 7);
    audit_catalogue_free(catalogue);
    sources[2].text = pb_str_c(unknown);
    assert_int_equal(audit_catalogue_load(s->schema, sources, 3, &catalogue, &err), PB_INVALID);
    sources[2].text = pb_str_c(wrong);
    assert_int_equal(audit_catalogue_load(s->schema, sources, 3, &catalogue, &err), PB_INVALID);
}

static void test_map_of_unknown_control_is_refused(void **state)
{
    support *s = *state;
    static const char map[] =
        "standard: gdpr\ntitle: GDPR\nclauses:\n  5(1)(d): [T-EMAIL, T-EMIAL]\n";
    static const char good[] = "standard: gdpr\ntitle: GDPR\nclauses:\n  5(1)(d): [T-EMAIL]\n";
    model_source sources[] = {{PB_STR("areas.yaml"), pb_str_c(areas)},
                              {PB_STR("t.yaml"), pb_str_c(sound)},
                              {PB_STR("gdpr.yaml"), pb_str_c(map)}};
    audit_catalogue *catalogue = NULL;
    pb_error err = {0};
    assert_int_equal(audit_catalogue_load(s->schema, sources, 3, &catalogue, &err), PB_INVALID);
    PB_AUTO_BUF says = PB_BUF_INIT(1 << 16);
    pb_error_render(&err, &err.primary, NULL, &says);
    pb_error_render(&err, &err.detail, NULL, &says);
    assert_non_null(strstr(pb_buf_cstr(&says), "T-EMIAL"));
    assert_non_null(strstr(pb_buf_cstr(&says), "gdpr.yaml:4:"));
    sources[2].text = pb_str_c(good);
    SUPPORT_OK(audit_catalogue_load(s->schema, sources, 3, &catalogue, &err), &err);
    const audit_control *control = audit_control_find(catalogue, PB_STR("T-EMAIL/contact.email"));
    assert_int_equal(control->map_count, 1);
    assert_true(pb_str_is(control->maps[0].standard, "gdpr"));
    audit_catalogue_free(catalogue);
}

/* SQL that the engine refuses, or that reaches behind the published views, is told with the
 * control's place. */
/* shows: AUD-13 */
static void test_refused_sql_is_told(void **state)
{
    static const char *const checks[] = {
        "check: {sql: \"select n from contact where colour = 1\", problem: p}",
        "check: {sql: \"select n from t_contact\", problem: p}",
        "check: {sql: \"delete from contact\", problem: p}",
    };
    support *s = *state;
    support_world world = {.base = s};
    db_session *session = NULL;
    SUPPORT_OK(support_open(&world, &s->err), &s->err);
    SUPPORT_OK(db_snapshot_open(world.workspace, &session, &s->err), &s->err);
    for (size_t i = 0; i < sizeof checks / sizeof *checks; i++) {
        char room[4096];
        audit_catalogue *catalogue = NULL;
        pb_error err = {0};
        SUPPORT_OK(load(s, spoilt(room, "check:", checks[i]), &catalogue, &err), &err);
        assert_int_equal(audit_catalogue_check(session, catalogue, &err), PB_INVALID);
        PB_AUTO_BUF says = PB_BUF_INIT(1 << 16);
        pb_error_render(&err, &err.primary, NULL, &says);
        pb_error_render(&err, &err.detail, NULL, &says);
        assert_non_null(strstr(pb_buf_cstr(&says), "T-EMAIL"));
        assert_non_null(strstr(pb_buf_cstr(&says), "t.yaml:"));
        audit_catalogue_free(catalogue);
    }
    support_unload(&world, session);
}

/* An administrator's own entity and fields are audited by the shipped controls, without a line in
 * them. */
/* shows: AUD-13 REC-6 */
static void test_own_fields_are_audited(void **state)
{
    static const char own[] = "entity: visit\n"
                              "label: Visit\n"
                              "plural: Visits\n"
                              "title: [guest]\n"
                              "key: [guest]\n"
                              "fields:\n"
                              "  guest: {type: person_name, label: Guest, required: true}\n"
                              "  guest_email: {type: email, label: E-mail of the guest}\n"
                              "  held_on: {type: date, label: Held on}\n"
                              "  remarks: {type: note, label: Remarks}\n";
    static const char *const ids[] = {"DQ-VALID-EMAIL/visit.guest_email",
                                      "COM-REQUIRED/visit.guest", "DQ-VALID-DATE/visit.held_on",
                                      "PRI-CARD-TEXT/visit", "COM-UNUSED-COLUMN/visit"};
    support *s = *state;
    s->model.items[s->model.count] = (model_source){PB_STR("own.yaml"), pb_str_c(own)};
    model_schema *schema = NULL;
    audit_catalogue *catalogue = NULL;
    SUPPORT_OK(model_schema_load(s->model.items, s->model.count + 1, &schema, &s->err), &s->err);
    SUPPORT_OK(
        audit_catalogue_load(schema, s->controls.items, s->controls.count, &catalogue, &s->err),
        &s->err);
    for (size_t i = 0; i < sizeof ids / sizeof *ids; i++)
        assert_non_null(audit_control_find(catalogue, pb_str_c(ids[i])));
    audit_catalogue_free(catalogue);
    model_schema_free(schema);
}

static const char waiver[] =
    "waivers:\n"
    "- {control: T-EMAIL, until: 2025-12-31, by: A. Lee, why: being cleaned}\n";

/* shows: AUD-8 */
static void test_waivers_are_checked(void **state)
{
    static const struct {
        const char *text, *says;
    } bad[] = {
        {"waivers:\n- {control: T-EMIAL, until: 2025-12-31, by: A, why: w}\n", "w.yaml:2:"},
        {"waivers:\n- {control: T-EMAIL, until: soon, by: A, why: w}\n", "w.yaml:2:"},
        {"waivers:\n- {control: T-EMAIL, until: 2025-12-31, by: A}\n", "w.yaml:2:"},
        {"waiver: []\n", "w.yaml:1:"},
    };
    audit_catalogue *catalogue = NULL;
    audit_waiver *waivers = NULL;
    size_t count = 0;
    pb_error err = {0};
    PB_AUTO_ARENA arena = pb_arena_new(1 << 24);
    SUPPORT_OK(load(*state, sound, &catalogue, &err), &err);
    model_source source = {PB_STR("w.yaml"), pb_str_c(waiver)};
    SUPPORT_OK(audit_waivers_load(&source, catalogue, arena, &waivers, &count, &err), &err);
    assert_int_equal(count, 1);
    assert_true(pb_str_is(waivers[0].by, "A. Lee"));
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        source.text = pb_str_c(bad[i].text);
        assert_int_equal(audit_waivers_load(&source, catalogue, arena, &waivers, &count, &err),
                         PB_INVALID);
        PB_AUTO_BUF says = PB_BUF_INIT(1 << 16);
        pb_error_render(&err, &err.detail, NULL, &says);
        assert_non_null(strstr(pb_buf_cstr(&says), bad[i].says));
    }
    audit_catalogue_free(catalogue);
}

/* `probity version` does not read the controls, and says the same; no two are called alike. */
/* shows: AUD-3 */
static void test_rules_are_known_without_reading_them(void **state)
{
    support *s = *state;
    audit_catalogue *catalogue;
    audit_rules rules;
    SUPPORT_OK(
        audit_catalogue_load(s->schema, s->controls.items, s->controls.count, &catalogue, &s->err),
        &s->err);
    SUPPORT_OK(audit_catalogue_identify(s->schema, s->controls.items, s->controls.count,
                                        s->controls.arena, &rules, &s->err),
               &s->err);
    assert_true(rules.version.len > 0);
    assert_true(pb_str_eq(rules.version, catalogue->version));
    assert_memory_equal(rules.hash, catalogue->hash, sizeof rules.hash);
    audit_catalogue_free(catalogue);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_mistakes_are_told_with_place_and_mend),
        cmocka_unit_test(test_sound_control_is_unfolded),
        cmocka_unit_test(test_later_control_replaces_earlier),
        cmocka_unit_test(test_limits_are_set_without_a_new_control),
        cmocka_unit_test(test_map_of_unknown_control_is_refused),
        cmocka_unit_test(test_refused_sql_is_told),
        cmocka_unit_test(test_own_fields_are_audited),
        cmocka_unit_test(test_waivers_are_checked),
        cmocka_unit_test(test_rules_are_known_without_reading_them),
    };
    return cmocka_run_group_tests(tests, start, end);
}
