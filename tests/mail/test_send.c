/* Letters to a mail server of another make: TLS, logins, refusals, a server that is away or silent;
 * and the form that messages have. */
#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

#include "mail/send.h"
#include "smtp_sink.h"

#include <string.h>
#include <time.h>

#define NOW INT64_C(1795408652000000) /* 2026-11-23 04:37:32 */

static smtp_sink sink;
static int sent;

static mail_settings settings_of(int port, mail_tls tls)
{
    bool safe = tls != MAIL_PLAIN;
    return (mail_settings){.host = PB_STR("localhost"),
                           .port = port,
                           .tls = tls,
                           .sender = PB_STR("crm@example.org"),
                           .login = safe ? PB_STR("crm") : PB_STR_NONE,
                           .secret = safe ? PB_STR("open sesame") : PB_STR_NONE};
}

static mail_message message_to(const char *address)
{
    return (mail_message){.address = pb_str_c(address),
                          .subject = PB_STR("Three findings are due"),
                          .body = PB_STR("Hello\n.\nthere\n")};
}

static pb_status send_as(const mail_settings *settings, const mail_message *message,
                         const char *authority, mail_answer *answer, pb_error *err)
{
    PB_AUTO_BUF bytes = PB_BUF_INIT(1 << 20);
    assert_int_equal(mail_compose(message, settings->sender, PB_STR("7.1"), NOW, &bytes, err),
                     PB_OK);
    const mail_letter letter = {.settings = settings,
                                .to = message->address,
                                .bytes = pb_buf_str(&bytes),
                                .seconds = 3,
                                .authorities = authority};
    pb_status status = mail_transport_send(&letter, answer, err);
    sent += status == PB_OK;
    return status;
}

static void assert_says(const pb_error *err, const char *words)
{
    PB_AUTO_BUF text = PB_BUF_INIT(1 << 16);
    pb_error_render(err, &err->primary, NULL, &text);
    pb_buf_byte(&text, ' ');
    pb_error_render(err, &err->detail, NULL, &text);
    if (strstr(pb_buf_cstr(&text), words) == NULL)
        fail_msg("“%s” is not in: %s", words, pb_buf_cstr(&text));
}

static void assert_came(const char *words)
{
    PB_AUTO_BUF text = PB_BUF_INIT(1 << 20);
    assert_true(smtp_sink_read(&sink, sent, &text));
    if (strstr(pb_buf_cstr(&text), words) == NULL)
        fail_msg("“%s” is not in: %s", words, pb_buf_cstr(&text));
}

/* shows: SEC-1 */
static void letters_go_out_by_each_kind_of_tls(void **state)
{
    (void)state;
    const mail_message message = message_to("ann@example.org");
    const struct {
        int port;
        mail_tls tls;
    } ways[] = {{sink.starttls, MAIL_STARTTLS}, {sink.tls, MAIL_TLS}, {sink.plain, MAIL_PLAIN}};
    for (size_t i = 0; i < 3; i++) {
        pb_error err = {0};
        mail_answer answer;
        const mail_settings s = settings_of(ways[i].port, ways[i].tls);
        pb_status status = send_as(&s, &message, sink.authority, &answer, &err);
        if (status != PB_OK)
            assert_says(&err, "nothing should fail");
        assert_int_equal(answer.outcome, MAIL_GONE);
        assert_non_null(strstr(answer.said, "kept as"));
        assert_came("MAIL FROM:<crm@example.org>");
        assert_came("RCPT TO:<ann@example.org>");
        assert_came(ways[i].tls == MAIL_PLAIN ? "\nMAIL FROM" : "crm\nMAIL FROM");
        assert_came("Date: Mon, 23 Nov 2026 04:37:32 +0000\r\n");
        assert_came("Message-ID: <7.1@example.org>\r\n");
        assert_came("SGVsbG8NCi4NCnRoZXJlDQo=");
    }
}

/* shows: SEC-1 */
static void nothing_goes_where_tls_is_missing_or_not_believed(void **state)
{
    (void)state;
    const mail_message message = message_to("ann@example.org");
    pb_error err = {0};
    mail_answer answer;
    mail_settings s = settings_of(sink.plain, MAIL_STARTTLS);
    assert_int_equal(send_as(&s, &message, sink.authority, &answer, &err), PB_DENIED);
    assert_says(&err, "localhost begins no TLS");
    s = settings_of(sink.starttls, MAIL_STARTTLS);
    assert_int_equal(send_as(&s, &message, NULL, &answer, &err), PB_DENIED);
    assert_says(&err, "certificate of the mail server localhost");
    s.host = PB_STR("127.0.0.1"); /* the certificate is for another name */
    assert_int_equal(send_as(&s, &message, sink.authority, &answer, &err), PB_DENIED);
    assert_says(&err, "certificate of the mail server 127.0.0.1");
    assert_int_equal(answer.outcome, MAIL_LATER);
}

/* shows: INT-1 */
static void refusals_say_at_which_step_and_whether_to_try_again(void **state)
{
    (void)state;
    pb_error err = {0};
    mail_answer answer;
    mail_settings s = settings_of(sink.tls, MAIL_TLS);
    mail_message later = message_to("later@example.org"), never = message_to("never@example.org");
    assert_int_equal(send_as(&s, &later, sink.authority, &answer, &err), PB_BUSY);
    assert_says(&err, "localhost refuses the recipient");
    assert_says(&err, "451 4.2.1 Mailbox busy");
    assert_int_equal(answer.outcome, MAIL_LATER);
    assert_int_equal(send_as(&s, &never, sink.authority, &answer, &err), PB_DENIED);
    assert_says(&err, "550 5.1.1 No such mailbox");
    assert_int_equal(answer.outcome, MAIL_NEVER);
    s.secret = PB_STR("wrong");
    assert_int_equal(send_as(&s, &later, sink.authority, &answer, &err), PB_DENIED);
    assert_says(&err, "localhost refuses the login");
    assert_says(&err, "535 5.7.8");
    assert_null(strstr(answer.said, "wrong"));
    assert_int_equal(answer.outcome, MAIL_LATER); /* the settings may be mended */
}

/* shows: INT-1 */
static void a_server_that_is_away_or_silent_is_given_up(void **state)
{
    (void)state;
    pb_error err = {0};
    mail_answer answer;
    mail_settings s = settings_of(sink.tls, MAIL_TLS);
    mail_message hang = message_to("hang@example.org");
    struct timespec before, after;
    clock_gettime(CLOCK_MONOTONIC, &before);
    assert_int_equal(send_as(&s, &hang, sink.authority, &answer, &err), PB_BUSY);
    clock_gettime(CLOCK_MONOTONIC, &after);
    assert_in_range(after.tv_sec - before.tv_sec, 2, 20);
    assert_says(&err, "localhost could not be reached");
    s.port = 1; /* nobody listens there */
    assert_int_equal(send_as(&s, &hang, sink.authority, &answer, &err), PB_BUSY);
    assert_int_equal(answer.outcome, MAIL_LATER);
    s.host = PB_STR("nowhere.invalid");
    assert_int_equal(send_as(&s, &hang, sink.authority, &answer, &err), PB_BUSY);
    assert_says(&err, "nowhere.invalid is not found");
}

/* shows: SEC-1 */
static void nothing_ends_a_line_of_the_head(void **state)
{
    (void)state;
    static const char *const bad[] = {"ann@example.org\r\nBcc: all@example.org",
                                      "ann@example.org\nX: y",
                                      "ann@example.org>, <bob@example.org",
                                      "ann@example.org, bob@example.org",
                                      "ann",
                                      "@example.org",
                                      "ann@",
                                      "a b@example.org",
                                      "ann@exa_mple.org",
                                      "",
                                      "安@example.org"};
    PB_AUTO_BUF bytes = PB_BUF_INIT(1 << 20);
    pb_error err = {0};
    mail_message message = message_to("ann@example.org");
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        assert_false(mail_address_valid(pb_str_c(bad[i])));
        message.address = pb_str_c(bad[i]);
        assert_int_equal(
            mail_compose(&message, PB_STR("crm@example.org"), PB_STR("1"), NOW, &bytes, &err),
            PB_INVALID);
    }
    message = message_to("ann@example.org");
    message.subject = PB_STR("Due\r\nBcc: all@example.org");
    assert_int_equal(
        mail_compose(&message, PB_STR("crm@example.org"), PB_STR("1"), NOW, &bytes, &err),
        PB_INVALID);
    assert_int_equal(
        mail_compose(&message, PB_STR("crm@example.org\r\n"), PB_STR("1"), NOW, &bytes, &err),
        PB_INVALID);
    assert_int_equal(bytes.len, 0);
}

/* What Python's reader of mail makes of it is what was written. */
/* shows: AUD-10 */
static void other_readers_see_what_was_written(void **state)
{
    (void)state;
    static const char subject[] = "۳ یافته‌ی ممیزی تا ۱۴۰۵/۰۹/۰۲ "
                                  "سررسید دارند و باید رفع شوند: "
                                  "لطفاً رسیدگی";
    static const char body[] =
        "سلام\n\nیافته‌ها: 你好 https://crm.example.org/#/findings\n";
    char path[400], command[1000];
    PB_AUTO_BUF bytes = PB_BUF_INIT(1 << 20);
    pb_error err = {0};
    mail_message message = message_to("ann@example.org");
    message.subject = pb_str_c(subject);
    message.body = pb_str_c(body);
    assert_int_equal(
        mail_compose(&message, PB_STR("crm@example.org"), PB_STR("1"), NOW, &bytes, &err), PB_OK);
    for (size_t at = 0, line = 0; at < bytes.len; at++) {
        line = bytes.ptr[at] == '\n' ? 0 : line + 1;
        assert_true(line <= 78);
        assert_true((unsigned char)bytes.ptr[at] < 0x80);
    }
    (void)snprintf(path, sizeof path, "%s/composed", sink.folder);
    FILE *file = fopen(path, "we");
    assert_non_null(file);
    assert_int_equal(fwrite(bytes.ptr, 1, bytes.len, file), bytes.len);
    (void)fprintf(file, "%c%s%c%s", 0, subject, 0, body);
    (void)fclose(file);
    (void)snprintf(command, sizeof command,
                   "python3 -c 'import sys,email,email.policy\n"
                   "m,s,b=open(sys.argv[1],\"rb\").read().split(b\"\\0\")\n"
                   "m=email.message_from_bytes(m,policy=email.policy.default)\n"
                   "assert not m.defects\n"
                   "assert m[\"subject\"]==s.decode(),m[\"subject\"]\n"
                   "assert m.get_content().replace(\"\\r\\n\",\"\\n\")==b.decode()\n' '%s'",
                   path);
    assert_int_equal(smtp_sink_run(command), 0);
}

static int set_up(void **state)
{
    (void)state;
    smtp_sink_start(&sink);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    smtp_sink_stop(&sink);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(letters_go_out_by_each_kind_of_tls),
        cmocka_unit_test(nothing_goes_where_tls_is_missing_or_not_believed),
        cmocka_unit_test(refusals_say_at_which_step_and_whether_to_try_again),
        cmocka_unit_test(a_server_that_is_away_or_silent_is_given_up),
        cmocka_unit_test(nothing_ends_a_line_of_the_head),
        cmocka_unit_test(other_readers_see_what_was_written),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
