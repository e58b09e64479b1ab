/* A message as bytes: RFC 5322, MIME (RFC 2045), words of other scripts in the subject (RFC 2047).
 */
#include "mail/send.h"

#include "base/utf8.h"

#include <sodium.h>
#include <stdio.h>

/* An encoded word has 75 characters at most, 60 of them Base64 here: 45 bytes of text. The first
 * shares its line, which has 78 at most, with the name of the field. */
enum { WORD_BYTES = 45, FIRST_BYTES = 39, LINE_BYTES = 57 };

static void put_base64(pb_buf *out, pb_str bytes)
{
    size_t size = sodium_base64_ENCODED_LEN(bytes.len, sodium_base64_VARIANT_ORIGINAL);
    char *room = pb_buf_room(out, size);
    if (room == NULL)
        return;
    sodium_bin2base64(room, size, (const uint8_t *)bytes.ptr, bytes.len,
                      sodium_base64_VARIANT_ORIGINAL);
    out->len--; /* the NUL */
}

static bool is_ascii(pb_str text)
{
    for (size_t i = 0; i < text.len; i++)
        if ((unsigned char)text.ptr[i] >= 0x7f)
            return false;
    return true;
}

/* What looks like an encoded word is encoded, too: else it would be read as one. */
static void put_subject(pb_buf *out, pb_str subject)
{
    pb_buf_addc(out, "Subject: ");
    if (is_ascii(subject) && subject.len <= 60 && pb_str_find(subject, PB_STR("=?")) == SIZE_MAX) {
        pb_buf_add(out, subject);
    } else {
        for (size_t at = 0; at < subject.len;) {
            pb_str word = pb_utf8_cut(pb_str_sub(subject, at, subject.len),
                                      at == 0 ? FIRST_BYTES : WORD_BYTES);
            pb_buf_addc(out, at == 0 ? "=?UTF-8?B?" : "\r\n =?UTF-8?B?");
            put_base64(out, word);
            pb_buf_addc(out, "?=");
            at += word.len;
        }
    }
    pb_buf_addc(out, "\r\n");
}

static void put_date(pb_buf *out, int64_t now_us)
{
    static const char *const days[] = {"Thu", "Fri", "Sat", "Sun", "Mon", "Tue", "Wed"};
    static const char *const months[] = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                         "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
    int year, month, day;
    int64_t number = pb_instant_day(now_us);
    int64_t second = (now_us - number * PB_US_PER_DAY) / PB_US_PER_SECOND;
    pb_date_to_civil(number, &year, &month, &day);
    pb_buf_printf(out, "Date: %s, %d %s %04d %02d:%02d:%02d +0000\r\n", days[(number % 7 + 7) % 7],
                  day, months[month - 1], year, (int)(second / 3600), (int)(second / 60 % 60),
                  (int)(second % 60));
}

static void put_body(pb_buf *out, pb_str body)
{
    PB_AUTO_BUF lines = PB_BUF_INIT(2 * MAIL_BODY_MAX + 2);
    for (size_t i = 0; i < body.len; i++) { /* text has CRLF at its line ends (RFC 2046 4.1.1) */
        if (body.ptr[i] == '\n')
            pb_buf_byte(&lines, '\r');
        pb_buf_byte(&lines, body.ptr[i]);
    }
    for (size_t at = 0; at < lines.len; at += LINE_BYTES) {
        put_base64(out, pb_str_sub(pb_buf_str(&lines), at, LINE_BYTES));
        pb_buf_addc(out, "\r\n");
    }
    out->failed = out->failed || lines.failed;
}

static bool is_plain(pb_str text)
{
    for (size_t i = 0; i < text.len; i++)
        if ((unsigned char)text.ptr[i] < ' ' || text.ptr[i] == 0x7f)
            return false;
    return pb_utf8_valid(text);
}

static pb_status check(const mail_message *message, pb_str sender, pb_error *err)
{
    pb_str wrong = mail_address_valid(sender) ? message->address : sender;
    if (!mail_address_valid(sender) || !mail_address_valid(message->address))
        return pb_fail(err, PB_INVALID, PB_MSG("No mail can go to or from “{address}”."), "address",
                       PB_ARG(wrong), NULL);
    if (!is_plain(message->subject) || message->subject.len > MAIL_SUBJECT_MAX)
        return pb_fail(err, PB_INVALID,
                       PB_MSG("The subject of a message is one line of {most} bytes at most."),
                       "most", PB_ARG_INT(MAIL_SUBJECT_MAX), NULL);
    if (!pb_utf8_valid(message->body) || message->body.len > MAIL_BODY_MAX)
        return pb_fail(err, PB_INVALID,
                       PB_MSG("The text of a message is UTF-8 of {most} bytes at most."), "most",
                       PB_ARG_INT(MAIL_BODY_MAX), NULL);
    return PB_OK;
}

pb_status mail_compose(const mail_message *message, pb_str sender, pb_str id, int64_t now_us,
                       pb_buf *out, pb_error *err)
{
    PB_TRY(check(message, sender, err));
    pb_str domain = pb_str_sub(sender, pb_str_index(sender, '@') + 1, sender.len);
    put_date(out, now_us);
    pb_buf_printf(out, "From: Probity <%.*s>\r\nTo: <%.*s>\r\n", PB_STR_FMT(sender),
                  PB_STR_FMT(message->address));
    put_subject(out, message->subject);
    pb_buf_printf(out, "Message-ID: <%.*s@%.*s>\r\n", PB_STR_FMT(id), PB_STR_FMT(domain));
    pb_buf_addc(out, "Auto-Submitted: auto-generated\r\nMIME-Version: 1.0\r\n" /* RFC 3834 */
                     "Content-Type: text/plain; charset=utf-8\r\n"
                     "Content-Transfer-Encoding: base64\r\n\r\n");
    put_body(out, message->body);
    return out->failed ? pb_fail_memory(err) : PB_OK;
}
