/* The log, backups, drills, controls, audits and findings over HTTP, of the program as it is
 * installed: every answer is held to its description, and proofs to a verifier that is not ours. */
#include "house.h"

/* Who may: each person's answer, in the order of `people`. */
static const struct {
    const char *method, *path, *body;
    int status[PEOPLE];
} rights[] = {
    {"GET", "/api/v1/ledger/head", NULL, {200, 200, 200, 403, 200}},
    {"GET", "/api/v1/ledger/events", NULL, {200, 200, 200, 403, 200}},
    {"GET", "/api/v1/ledger/kinds", NULL, {200, 200, 200, 403, 200}},
    {"GET", "/api/v1/ledger/proofs/0", NULL, {200, 200, 200, 403, 200}},
    {"GET", "/api/v1/ledger/consistency?old=1", NULL, {200, 200, 200, 403, 200}},
    {"GET", "/api/v1/backups", NULL, {200, 200, 200, 403, 200}},
    {"GET", "/api/v1/drills", NULL, {200, 200, 200, 403, 200}},
    {"GET", "/api/v1/controls", NULL, {200, 200, 403, 403, 200}},
    {"GET", "/api/v1/audits", NULL, {200, 200, 403, 403, 200}},
    {"GET", "/api/v1/audits/1", NULL, {200, 200, 403, 403, 200}},
    {"GET", "/api/v1/audits/1/reports/csv", NULL, {200, 200, 403, 403, 403}},
    {"GET", "/api/v1/findings", NULL, {200, 200, 403, 403, 200}},
    {"POST", "/api/v1/audits", "{}", {202, 202, 403, 403, 403}},
    {"POST", "/api/v1/ledger/verify", "{}", {202, 202, 202, 403, 403}},
    {"POST", "/api/v1/backups", "{}", {403, 403, 202, 403, 403}},
    {"POST", "/api/v1/drills", "{}", {403, 403, 202, 403, 403}},
};

/* shows: ACC-1 AUD-11 */
static void test_each_role_is_answered_what_it_may(void **state)
{
    house *h = calloc(1, sizeof *h);
    assert_non_null(h);
    (void)state;
    open_house(h);
    for (size_t i = 0; i < sizeof rights / sizeof *rights; i++)
        for (int who = 0; who < PEOPLE; who++) {
            client_answer a =
                ask(h, rights[i].method, rights[i].path, h->header[who], rights[i].body);
            if (a.status != rights[i].status[who])
                fail_msg("%s: %s %s: not %d but\n%s", people[who].name, rights[i].method,
                         rights[i].path, rights[i].status[who], a.text);
            /* What is a customer's stands in none of them, but for the name of its record. */
            assert_null(strstr(a.text, "peter@example.net"));
            assert_null(strstr(a.text, "Featherstone"));
            client_free(&a);
            a = told(h, 401, rights[i].method, rights[i].path, "", rights[i].body);
            client_free(&a);
        }
    close_house(h);
}

/* ---- the log ---- */

static void check_outside(house *h, const char *name, const client_answer *a)
{
    char tool[4096], path[4096];
    int status = 1;
    const char *body = strstr(a->text, "\r\n\r\n");
    assert_non_null(body);
    program_write(h->c.folder, name, body + 4);
    snprintf(tool, sizeof tool, "%s/tools/ledger-verify", program_root());
    snprintf(path, sizeof path, "%s/%s", h->c.folder, name);
    pid_t child = fork();
    assert_true(child >= 0);
    if (child == 0) {
        execlp("python3", "python3", tool, "--quiet", path, NULL);
        _exit(98);
    }
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_true(WIFEXITED(status));
    assert_int_equal(WEXITSTATUS(status), 0);
}

/* shows: AUD-11 ACC-5 */
static void test_the_log_is_proved_to_who_has_no_product(void **state)
{
    house *h = calloc(1, sizeof *h);
    char path[200];
    assert_non_null(h);
    (void)state;
    open_house(h);
    client_answer head = get(h, AUDITOR, "/api/v1/ledger/head");
    client_answer a = get(h, AUDITOR, "/api/v1/ledger/events?kind=audit.run&limit=1");
    assert_int_equal(cJSON_GetArraySize(list(&a, "events")), 1);
    const cJSON *event = cJSON_GetArrayItem(list(&a, "events"), 0);
    assert_string_equal(text(event, "kind"), "audit.run");
    snprintf(path, sizeof path, "/api/v1/ledger/proofs/%.0f", number(event, "sequence"));
    client_free(&a);
    a = get(h, AUDITOR, path);
    check_outside(h, "proof.json", &a);
    client_free(&a);
    snprintf(path, sizeof path, "/api/v1/ledger/consistency?old=%.0f", number(head.json, "size"));
    a = get(h, AUDITOR, path);
    assert_true(number(a.json, "new_size") > number(head.json, "size"));
    check_outside(h, "grown.json", &a);
    client_free(&a);
    program_write(h->c.folder, "head.note", client_text(&head, "note"));
    client_free(&head);
    a = told(h, 404, "GET", "/api/v1/ledger/proofs/999999", h->header[AUDITOR], NULL);
    client_free(&a);
    a = told(h, 404, "GET", "/api/v1/ledger/proofs/minus", h->header[AUDITOR], NULL);
    client_free(&a);
    a = told(h, 404, "GET", "/api/v1/ledger/consistency?old=3&new=999999", h->header[AUDITOR],
             NULL);
    client_free(&a);
    a = told(h, 422, "GET", "/api/v1/ledger/consistency?old=2&new=1", h->header[AUDITOR], NULL);
    client_free(&a);
    a = told(h, 400, "GET", "/api/v1/ledger/consistency", h->header[AUDITOR], NULL);
    client_free(&a);
    close_house(h);
}

/* Whatever an event may be called is listed, in the reader's words, and can be asked for.
 * shows: ACC-5 UX-1 */
static void test_kinds_of_events_are_told_in_words(void **state)
{
    house *h = calloc(1, sizeof *h);
    char headers[400];
    assert_non_null(h);
    (void)state;
    open_house(h);
    snprintf(headers, sizeof headers, "%sAccept-Language: zh-CN\r\n", h->header[AUDITOR]);
    client_answer a = get(h, AUDITOR, "/api/v1/ledger/kinds");
    client_answer chinese = told(h, 200, "GET", "/api/v1/ledger/kinds", headers, NULL);
    const cJSON *kinds = list(&a, "kinds"), *kind;
    int at = 0, known = 0;
    assert_int_equal(cJSON_GetArraySize(kinds), cJSON_GetArraySize(list(&chinese, "kinds")));
    cJSON_ArrayForEach(kind, kinds)
    {
        const cJSON *other = cJSON_GetArrayItem(list(&chinese, "kinds"), at++);
        assert_string_equal(text(kind, "kind"), text(other, "kind"));
        assert_string_not_equal(text(kind, "says"), text(other, "says"));
        known += strcmp(text(kind, "kind"), "audit.run") == 0 ||
                 strcmp(text(kind, "kind"), "record.read") == 0;
        if (at % 30 != 1)
            continue;
        char path[200];
        snprintf(path, sizeof path, "/api/v1/ledger/events?limit=1&kind=%s", text(kind, "kind"));
        client_answer events = get(h, AUDITOR, path);
        client_free(&events);
    }
    assert_int_equal(known, 2);
    client_free(&a);
    client_free(&chinese);
    close_house(h);
}

/* Pages follow one another without a gap, and filters leave out what does not fit. */
static void walk(house *h, int who, const char *filter, const char *field, const char *wanted,
                 int *ret_count)
{
    double next = 0, last = 1e18;
    *ret_count = 0;
    do {
        char path[300];
        snprintf(path, sizeof path, "/api/v1/ledger/events?limit=7%s", filter);
        if (next > 0)
            snprintf(path + strlen(path), sizeof path - strlen(path), "&below=%.0f", next);
        client_answer a = get(h, who, path);
        const cJSON *event;
        cJSON_ArrayForEach(event, list(&a, "events"))
        {
            assert_true(number(event, "sequence") < last);
            last = number(event, "sequence");
            if (wanted != NULL)
                assert_string_equal(text(event, field), wanted);
            ++*ret_count;
        }
        const cJSON *item = cJSON_GetObjectItem(a.json, "next");
        next = cJSON_IsNumber(item) ? cJSON_GetNumberValue(item) : 0;
        client_free(&a);
    } while (next > 0);
}

/* shows: AUD-11 ACC-5 */
static void test_events_are_chosen_and_paged(void **state)
{
    house *h = calloc(1, sizeof *h);
    int all = 0, some = 0;
    assert_non_null(h);
    (void)state;
    open_house(h);
    client_answer head = get(h, AUDITOR, "/api/v1/ledger/head");
    walk(h, AUDITOR, "", NULL, NULL, &all);
    assert_true(all >= (int)number(head.json, "size"));
    client_free(&head);
    walk(h, AUDITOR, "&kind=record.created", "kind", "record.created", &some);
    assert_int_equal(some, 4);
    walk(h, AUDITOR, "&entity=contact", "entity", "contact", &some);
    assert_int_equal(some, 2);
    /* Who is let see accounts only is told of no contact's events. */
    walk(h, EXTERNAL, "&entity=contact", "entity", "contact", &some);
    assert_int_equal(some, 0);
    walk(h, EXTERNAL, "&kind=record.created", "entity", "account", &some);
    assert_int_equal(some, 2);
    walk(h, AUDITOR, "&until=2001-01-01T00:00:00Z", NULL, NULL, &some);
    assert_int_equal(some, 0);
    /* Whoever looked is in the log, too. */
    walk(h, AUDITOR, "&kind=ledger.read&actor=external", "actor", "external", &some);
    assert_int_equal(some, 1);
    static const char *const wrong[] = {"kind=nothing.known", "limit=501",      "limit=x",
                                        "record=1",           "from=yesterday", "colour=blue"};
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        char path[200];
        snprintf(path, sizeof path, "/api/v1/ledger/events?%s", wrong[i]);
        client_answer a = told(h, 400, "GET", path, h->header[AUDITOR], NULL);
        client_free(&a);
    }
    close_house(h);
}

/* ---- audits and findings ---- */

static client_answer change(house *h, int status, double finding, const char *tag, const char *body)
{
    char path[100], headers[400];
    snprintf(path, sizeof path, "/api/v1/findings/%.0f", finding);
    snprintf(headers, sizeof headers, "%s%s%s%s", h->header[STEWARD],
             tag != NULL ? "If-Match: " : "", tag != NULL ? tag : "", tag != NULL ? "\r\n" : "");
    return told(h, status, "PATCH", path, headers, body);
}

/* The first finding of a control in a state; 0 when there is none. */
static double find(house *h, const char *query, const char *begins)
{
    char path[200];
    double found = 0;
    snprintf(path, sizeof path, "/api/v1/findings%s", query);
    client_answer a = get(h, STEWARD, path);
    const cJSON *item;
    cJSON_ArrayForEach(item,
                       list(&a, "findings")) if (found == 0 && strncmp(text(item, "control"),
                                                                       begins, strlen(begins)) == 0)
        found = number(item, "finding");
    client_free(&a);
    return found;
}

static void is_in(house *h, double finding, const char *state, bool proved)
{
    char path[100];
    snprintf(path, sizeof path, "/api/v1/findings/%.0f", finding);
    client_answer a = get(h, STEWARD, path);
    assert_string_equal(client_text(&a, "state"), state);
    assert_int_equal(cJSON_IsTrue(cJSON_GetObjectItem(a.json, "proved")), proved);
    assert_true(cJSON_GetArraySize(list(&a, "trend")) > 0);
    client_free(&a);
}

/* The audit that proved it; 0: none did. */
static void is_proved_by(house *h, double finding, double audit)
{
    char path[100];
    snprintf(path, sizeof path, "/api/v1/findings/%.0f", finding);
    client_answer a = get(h, STEWARD, path);
    const cJSON *proof = cJSON_GetObjectItem(a.json, "proved_audit");
    assert_true(audit > 0 ? cJSON_IsNumber(proof) : cJSON_IsNull(proof));
    if (audit > 0 && proof->valuedouble != audit)
        fail_msg("proved by %.0f, not by %.0f", proof->valuedouble, audit);
    client_free(&a);
}

static const char mail_control[] = "FAKE-MAIL-RESERVED/contact.email";

static void refuses_what_is_half_said(house *h, double finding)
{
    char headers[300];
    client_answer a = change(h, 428, finding, NULL, "{\"state\":\"mended\"}");
    client_free(&a);
    a = change(h, 412, finding, "\"77-1\"", "{\"state\":\"mended\"}");
    client_free(&a);
    static const char *const bodies[] = {
        "{\"state\":\"accepted\"}",
        "{\"state\":\"accepted\",\"owner\":\"steward\"}",
        "{\"state\":\"waived\",\"note\":\"known\"}",
        "{\"state\":\"waived\",\"note\":\"known\",\"until\":\"2001-01-01\"}",
        "{\"state\":\"finished\"}",
        "{\"due\":\"soon\"}"};
    for (size_t i = 0; i < sizeof bodies / sizeof *bodies; i++) {
        a = change(h, 422, finding, "*", bodies[i]);
        assert_true(strlen(client_text(&a, "field")) > 0);
        assert_true(strlen(client_text(&a, "hint")) > 0);
        client_free(&a);
    }
    a = change(h, 404, finding, "*", "{\"owner\":\"nobody\"}");
    client_free(&a);
    a = change(h, 400, finding, "*", "{\"colour\":\"blue\"}");
    client_free(&a);
    snprintf(headers, sizeof headers, "%sIf-Match: *\r\n", h->header[AUDITOR]);
    a = told(h, 403, "PATCH", "/api/v1/findings/1", headers, "{\"note\":\"x\"}");
    client_free(&a);
}

static void mend(house *h)
{
    char path[200], headers[300];
    client_answer a = get(h, STEWARD, "/api/v1/contacts?filter=full_name%3D%27Peter+Porter%27");
    snprintf(path, sizeof path, "/api/v1/contacts/%s",
             text(cJSON_GetArrayItem(list(&a, "records"), 0), "id"));
    client_free(&a);
    snprintf(headers, sizeof headers, "%sIf-Match: *\r\n", h->header[STEWARD]);
    a = told(h, 200, "PATCH", path, headers, "{\"fields\":{\"email\":\"peter@herons.de\"}}");
    client_free(&a);
}

/* Who mends it finds it at home, with the mark; who may see a part of the audit is told no mark. */
static void stands_at_home(house *h)
{
    client_answer a = get(h, STEWARD, "/api/v1/home");
    const cJSON *mine = cJSON_GetObjectItem(a.json, "findings");
    const cJSON *first = cJSON_GetArrayItem(cJSON_GetObjectItem(mine, "first"), 0);
    assert_int_equal(number(mine, "count"), 1);
    assert_string_equal(text(first, "control"), mail_control);
    assert_string_equal(text(first, "due"), "2098-01-31");
    assert_true(strlen(text(first, "title")) > 0);
    assert_int_equal(number(mine, "due"), 0);
    const cJSON *trend = cJSON_GetObjectItem(cJSON_GetObjectItem(a.json, "audits"), "trend");
    assert_true(cJSON_GetArraySize(trend) > 0);
    assert_true(cJSON_IsNumber(cJSON_GetObjectItem(cJSON_GetArrayItem(trend, 0), "mark")));
    client_free(&a);
    a = get(h, EXTERNAL, "/api/v1/home");
    assert_true(cJSON_IsObject(cJSON_GetObjectItem(a.json, "findings")));
    assert_true(cJSON_IsNull(cJSON_GetObjectItem(a.json, "audits")));
    client_free(&a);
    a = get(h, SALES, "/api/v1/home");
    assert_true(cJSON_IsNull(cJSON_GetObjectItem(a.json, "findings")));
    client_free(&a);
}

/* shows: AUD-9 */
static void test_the_next_audit_proves_the_mend(void **state)
{
    house *h = calloc(1, sizeof *h);
    assert_non_null(h);
    (void)state;
    open_house(h);
    double finding = find(h, "?state=open", mail_control);
    assert_true(finding > 0);
    refuses_what_is_half_said(h, finding);
    client_answer a =
        change(h, 200, finding, "*",
               "{\"state\":\"accepted\",\"owner\":\"steward\",\"due\":\"2098-01-31\"}");
    assert_string_equal(client_text(&a, "owner"), "steward");
    assert_string_equal(client_text(&a, "changed_by"), "steward");
    client_free(&a);
    assert_true(find(h, "?owner=steward", "") == finding);
    stands_at_home(h);
    assert_true(find(h, "?due_until=2097-01-01", "") == 0);
    /* Said to be mended, and is not: the next audit says so. */
    a = change(h, 200, finding, "*", "{\"state\":\"mended\",\"note\":\"addresses asked for\"}");
    client_free(&a);
    is_in(h, finding, "mended", false);
    is_proved_by(h, finding, 0);
    audit(h->c.folder);
    is_in(h, finding, "open", false);
    /* Let be, by who may say so: the audit waives it, and says who and why. */
    a = change(h, 200, finding, "*",
               "{\"state\":\"waived\",\"until\":\"2098-01-31\",\"note\":\"a test's own\"}");
    client_free(&a);
    audit(h->c.folder);
    is_in(h, finding, "waived", false);
    a = get(h, STEWARD, "/api/v1/audits/3/reports/html");
    assert_non_null(strstr(a.text, "a test's own") != NULL ? a.text
                                                           : strstr(a.text, "a test&#39;s own"));
    client_free(&a);
    a = change(h, 200, finding, "*", "{\"state\":\"open\"}");
    client_free(&a);
    /* Mended indeed. */
    mend(h);
    audit(h->c.folder);
    is_in(h, finding, "mended", true);
    is_proved_by(h, finding, 4);
    /* Audits that follow see it too; the proof stays that of the first. */
    audit(h->c.folder);
    is_proved_by(h, finding, 4);
    assert_true(find(h, "?state=open", mail_control) == 0);
    close_house(h);
}

static client_answer evidence_of(house *h, int who, double finding)
{
    char path[100];
    snprintf(path, sizeof path, "/api/v1/findings/%.0f/evidence?limit=1", finding);
    return get(h, who, path);
}

/* shows: AUD-8 ACC-4 */
static void test_a_finding_leads_to_the_records_that_failed(void **state)
{
    house *h = calloc(1, sizeof *h);
    char path[200];
    int before = 0, after = 0;
    assert_non_null(h);
    (void)state;
    open_house(h);
    double finding = find(h, "?state=open", mail_control);
    walk(h, AUDITOR, "&kind=record.read&actor=steward", "actor", "steward", &before);
    client_answer a = evidence_of(h, STEWARD, finding);
    assert_int_equal(cJSON_GetArraySize(list(&a, "rows")), 1);
    assert_int_equal(number(a.json, "kept"), 1);
    const cJSON *row = cJSON_GetArrayItem(list(&a, "rows"), 0);
    const cJSON *record = cJSON_GetObjectItem(row, "record");
    const cJSON *fields = cJSON_GetObjectItem(record, "fields");
    assert_string_equal(text(row, "key"), "C-2");
    assert_string_equal(text(fields, "full_name"), "Peter Porter");
    /* The record as who asks may see it; what the audit kept, as its reports do. */
    assert_string_equal(text(fields, "email"), "peter@example.net");
    assert_string_equal(text(row, "value"), "p***@example.net");
    assert_null(strstr(text(row, "problem"), "peter@"));
    assert_true(strlen(text(row, "problem")) > 10);
    assert_true(cJSON_IsFalse(cJSON_GetObjectItem(row, "hidden")));
    snprintf(path, sizeof path, "/api/v1/contacts/%s", text(record, "id"));
    client_free(&a);
    a = get(h, STEWARD, path);
    client_free(&a);
    walk(h, AUDITOR, "&kind=record.read&actor=steward", "actor", "steward", &after);
    assert_int_equal(after, before + 2); /* by evidence, and by the record itself */
    /* Outside of what is named to an external auditor there is no such finding. */
    snprintf(path, sizeof path, "/api/v1/findings/%.0f/evidence", finding);
    a = told(h, 404, "GET", path, h->header[EXTERNAL], NULL);
    client_free(&a);
    /* What passes by now has none. */
    mend(h);
    audit(h->c.folder);
    a = evidence_of(h, STEWARD, finding);
    assert_int_equal(cJSON_GetArraySize(list(&a, "rows")), 0);
    assert_int_equal(number(a.json, "kept"), 0);
    client_free(&a);
    close_house(h);
}

/* shows: AUD-8 AUD-10 AUD-11 */
static void test_an_audit_is_told_with_its_reports(void **state)
{
    static const struct {
        const char *form, *type, *begins;
    } forms[] = {
        {"html", "text/html", "<!DOCTYPE html>"},
        {"json", "application/json", "{"},
        {"csv", "text/csv", ""},
        {"pdf", "application/pdf", "%PDF-"},
        {"xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", "PK"}};
    house *h = calloc(1, sizeof *h);
    assert_non_null(h);
    (void)state;
    open_house(h);
    client_answer a = get(h, AUDITOR, "/api/v1/audits");
    assert_int_equal(cJSON_GetArraySize(list(&a, "audits")), 1);
    client_free(&a);
    a = get(h, AUDITOR, "/api/v1/audits/1");
    int all = cJSON_GetArraySize(list(&a, "outcomes"));
    client_free(&a);
    /* Who is let see a part is told that there is more, and no mark of the whole. */
    a = get(h, EXTERNAL, "/api/v1/audits/1");
    const cJSON *one;
    assert_true(cJSON_IsTrue(cJSON_GetObjectItem(a.json, "cut")));
    assert_true(cJSON_IsNull(cJSON_GetObjectItem(a.json, "mark")));
    assert_true(cJSON_GetArraySize(list(&a, "outcomes")) < all);
    cJSON_ArrayForEach(one, list(&a, "outcomes"))
        assert_string_equal(text(one, "area"), "completeness");
    client_free(&a);
    for (size_t i = 0; i < sizeof forms / sizeof *forms; i++) {
        char path[100];
        snprintf(path, sizeof path, "/api/v1/audits/1/reports/%s", forms[i].form);
        a = get(h, AUDITOR, path);
        assert_string_equal(a.type, forms[i].type);
        const char *body = strstr(a.text, "\r\n\r\n");
        assert_memory_equal(body + 4, forms[i].begins, strlen(forms[i].begins));
        client_free(&a);
    }
    a = told(h, 404, "GET", "/api/v1/audits/1/reports/doc", h->header[AUDITOR], NULL);
    client_free(&a);
    a = told(h, 404, "GET", "/api/v1/audits/9", h->header[AUDITOR], NULL);
    client_free(&a);
    a = get(h, AUDITOR, "/api/v1/controls?area=completeness&whole=true");
    assert_true(cJSON_GetArraySize(list(&a, "controls")) > 0);
    assert_true(strlen(text(cJSON_GetArrayItem(list(&a, "controls"), 0), "remedy")) > 0);
    client_free(&a);
    close_house(h);
}

/* ---- backups ---- */

/* Has it done by the server itself, waits for the end, and gives what came of it. */
static client_answer done(house *h, const char *path, const char *body)
{
    char place[100];
    client_answer a = told(h, 202, "POST", path, h->header[ADMINISTRATOR], body);
    long n = (long)number(a.json, "id");
    client_free(&a);
    snprintf(place, sizeof place, "/api/v1/jobs/%ld/events", n);
    a = get(h, ADMINISTRATOR, place);
    const char *last = strstr(a.text, "event: end\n");
    if (last == NULL || strstr(last, "\"state\":\"done\"") == NULL)
        fail_msg("%s: %s", path, a.text);
    client_free(&a);
    snprintf(place, sizeof place, "/api/v1/jobs/%ld/result", n);
    return get(h, ADMINISTRATOR, place);
}

static void serves_its_own_backups(house *h, const char *body, const char *place)
{
    client_answer a = done(h, "/api/v1/backups", body);
    const cJSON *one = cJSON_GetArrayItem(list(&a, "made"), 0);
    assert_string_equal(text(one, "place"), place);
    assert_true(strlen(text(one, "backup")) > 0);
    client_free(&a);
    a = get(h, ADMINISTRATOR, "/api/v1/backups");
    assert_int_equal(cJSON_GetArraySize(list(&a, "made")), 2);
    client_free(&a);
    a = done(h, "/api/v1/drills", "{}");
    one = cJSON_GetArrayItem(list(&a, "drills"), 0);
    assert_true(cJSON_IsTrue(cJSON_GetObjectItem(one, "good")));
    client_free(&a);
    a = done(h, "/api/v1/drills", "{\"fault\":\"flipped-bit-backup\"}");
    one = cJSON_GetArrayItem(list(&a, "drills"), 0);
    assert_true(cJSON_IsTrue(cJSON_GetObjectItem(one, "good")));
    assert_true(strlen(text(one, "noticed")) > 0); /* the damage */
    client_free(&a);
    a = get(h, AUDITOR, "/api/v1/drills");
    assert_int_equal(cJSON_GetArraySize(list(&a, "drills")), 3);
    client_free(&a);
}

/* shows: PER-3 PER-4 */
static void test_backups_and_drills_tell_their_evidence(void **state)
{
    house *h = calloc(1, sizeof *h);
    char place[4200], body[4400];
    assert_non_null(h);
    (void)state;
    open_house(h);
    snprintf(place, sizeof place, "%s/safe", h->c.folder);
    client_answer a = get(h, ADMINISTRATOR, "/api/v1/backups");
    assert_int_equal(cJSON_GetArraySize(list(&a, "places")), 0);
    client_free(&a);
    PROGRAM_EXPECT(h->c.folder, 0, "", "backup", "ws", "--to", place);
    PROGRAM_EXPECT(h->c.folder, 0, "", "drill", "ws", "--from", place);
    a = get(h, ADMINISTRATOR, "/api/v1/backups?limit=1");
    const cJSON *kept = cJSON_GetArrayItem(list(&a, "places"), 0);
    assert_string_equal(text(kept, "place"), place);
    assert_true(cJSON_IsFalse(cJSON_GetObjectItem(kept, "late")));
    assert_int_equal(cJSON_GetArraySize(list(&a, "made")), 1);
    client_free(&a);
    a = get(h, AUDITOR, "/api/v1/drills");
    const cJSON *drill = cJSON_GetArrayItem(list(&a, "drills"), 0);
    assert_true(cJSON_IsTrue(cJSON_GetObjectItem(drill, "good")));
    assert_true(cJSON_IsTrue(cJSON_GetObjectItem(drill, "within_targets")));
    client_free(&a);
    snprintf(body, sizeof body, "{\"place\":\"%s\"}", place);
    serves_its_own_backups(h, body, place);
    a = told(h, 422, "POST", "/api/v1/backups", h->header[ADMINISTRATOR],
             "{\"place\":\"/etc/elsewhere\"}");
    client_free(&a);
    a = told(h, 422, "POST", "/api/v1/drills", h->header[ADMINISTRATOR],
             "{\"fault\":\"earthquake\"}");
    client_free(&a);
    a = told(h, 400, "GET", "/api/v1/drills?limit=0", h->header[ADMINISTRATOR], NULL);
    client_free(&a);
    close_house(h);
}

/* ---- every status ---- */

static const struct {
    int who, status;
    const char *method, *path, *headers, *body;
} further[] = {
    {AUDITOR, 400, "GET", "/api/v1/ledger/head?colour=blue", "", NULL},
    {AUDITOR, 400, "GET", "/api/v1/ledger/kinds?colour=blue", "", NULL},
    {AUDITOR, 400, "GET", "/api/v1/ledger/proofs/0?colour=blue", "", NULL},
    {AUDITOR, 400, "POST", "/api/v1/ledger/verify", "", "{\"colour\":1}"},
    {ADMINISTRATOR, 400, "GET", "/api/v1/backups?limit=501", "", NULL},
    {ADMINISTRATOR, 400, "POST", "/api/v1/backups", "", "{\"place\":1}"},
    {ADMINISTRATOR, 400, "POST", "/api/v1/drills", "", "{\"place\":1}"},
    {AUDITOR, 400, "GET", "/api/v1/controls?whole=perhaps", "", NULL},
    {AUDITOR, 400, "GET", "/api/v1/audits?limit=201", "", NULL},
    {AUDITOR, 400, "POST", "/api/v1/audits", "", "{\"colour\":1}"},
    {AUDITOR, 422, "POST", "/api/v1/audits", "", "{\"title\":\"two\\nlines\"}"},
    {AUDITOR, 404, "POST", "/api/v1/audits", "",
     "{\"import\":\"01900000-0000-7000-8000-000000000000\"}"},
    {AUDITOR, 400, "GET", "/api/v1/audits/1?colour=blue", "", NULL},
    {AUDITOR, 400, "GET", "/api/v1/audits/1/reports/csv?colour=blue", "", NULL},
    {AUDITOR, 400, "GET", "/api/v1/findings?state=finished", "", NULL},
    {AUDITOR, 400, "GET", "/api/v1/findings?due_until=soon", "", NULL},
    {AUDITOR, 404, "GET", "/api/v1/findings?owner=nobody", "", NULL},
    {AUDITOR, 400, "GET", "/api/v1/findings/1?colour=blue", "", NULL},
    {AUDITOR, 404, "GET", "/api/v1/findings/999", "", NULL},
    {AUDITOR, 404, "GET", "/api/v1/findings/first", "", NULL},
    {AUDITOR, 304, "GET", "/api/v1/findings/1", "If-None-Match: *\r\n", NULL},
    {SALES, 403, "GET", "/api/v1/findings/1", "", NULL},
    {AUDITOR, 400, "GET", "/api/v1/findings/1/evidence?limit=201", "", NULL},
    {AUDITOR, 400, "GET", "/api/v1/findings/1/evidence?after=10001", "", NULL},
    {SALES, 403, "GET", "/api/v1/findings/1/evidence", "", NULL},
    {PEOPLE, 401, "GET", "/api/v1/findings/1/evidence", "", NULL},
    {SALES, 403, "PATCH", "/api/v1/findings/1", "If-Match: *\r\n", "{}"},
    {EXTERNAL, 404, "GET", "/api/v1/findings/2", "", NULL},
    {PEOPLE, 401, "GET", "/api/v1/findings/1", "", NULL},
    {PEOPLE, 401, "PATCH", "/api/v1/findings/1", "", "{}"},
};

static void all_were_seen(const cJSON *openapi)
{
    static const char *const verbs[] = {"get", "post", "patch"};
    const cJSON *path, *status;
    cJSON_ArrayForEach(path, cJSON_GetObjectItem(openapi, "paths"))
    {
        for (size_t i = 0; i < sizeof verbs / sizeof *verbs; i++) {
            const cJSON *operation = cJSON_GetObjectItem(path, verbs[i]);
            const cJSON *tag = cJSON_GetArrayItem(cJSON_GetObjectItem(operation, "tags"), 0);
            const char *id = cJSON_GetStringValue(cJSON_GetObjectItem(operation, "operationId"));
            if (tag == NULL || strcmp(cJSON_GetStringValue(tag), "oversight") != 0)
                continue;
            cJSON_ArrayForEach(status, cJSON_GetObjectItem(operation, "responses"))
            {
                /* What is answered before an operation is reached: tests/generated. */
                bool elsewhere = strstr("default 406 413 415 429", status->string) != NULL;
                if (!elsewhere && !was_seen(id, status->string))
                    fail_msg("%s is said to answer %s, and was not seen to", id, status->string);
            }
        }
    }
}

/* shows: SEC-4 */
static void test_every_documented_status_was_seen(void **state)
{
    house *h = calloc(1, sizeof *h);
    char headers[400];
    assert_non_null(h);
    (void)state;
    open_house(h);
    for (size_t i = 0; i < sizeof further / sizeof *further; i++) {
        snprintf(headers, sizeof headers, "%s%s",
                 further[i].who < PEOPLE ? h->header[further[i].who] : "", further[i].headers);
        client_answer a = told(h, further[i].status, further[i].method, further[i].path, headers,
                               further[i].body);
        client_free(&a);
    }
    all_were_seen(h->c.openapi);
    close_house(h);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_each_role_is_answered_what_it_may),
        cmocka_unit_test(test_the_log_is_proved_to_who_has_no_product),
        cmocka_unit_test(test_kinds_of_events_are_told_in_words),
        cmocka_unit_test(test_events_are_chosen_and_paged),
        cmocka_unit_test(test_the_next_audit_proves_the_mend),
        cmocka_unit_test(test_a_finding_leads_to_the_records_that_failed),
        cmocka_unit_test(test_an_audit_is_told_with_its_reports),
        cmocka_unit_test(test_backups_and_drills_tell_their_evidence),
        cmocka_unit_test(test_every_documented_status_was_seen), /* by all of the above */
    };
    client_without_leaks();
    return cmocka_run_group_tests_name("http/oversight", tests, NULL, NULL);
}
