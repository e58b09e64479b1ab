/* Address books of three versions become the rows of a table of contacts. */
#include "exchange_support.h"
#include "forms.h"

/* The rows as lines with | between cells; a rejected card as `! line message`. */
static void assert_cards(const char *text, const char *expected)
{
    PB_AUTO_BUF out = PB_BUF_INIT(1 << 20);
    pb_error err;
    byte_input input;
    table_reader *reader = NULL;
    must(bytes_of_memory(pb_str_c(text), &input, &err), &err);
    must(vcard_form.open(input, "a.vcf", PB_STR_NONE, &reader, &err), &err);
    for (bool more = true; more;) {
        table_row row;
        pb_status status = table_next(reader, &row, &more, &err);
        if (status == PB_INVALID) {
            const table_fault *fault = table_last_fault(reader);
            pb_buf_printf(&out, "! %lld %s %s\n", (long long)fault->line, fault->value,
                          fault->says);
            continue;
        }
        must(status, &err);
        if (!more)
            break;
        pb_buf_printf(&out, "%lld:%lld", (long long)row.row, (long long)row.line);
        for (size_t i = 0; i < row.count; i++)
            pb_buf_printf(&out, "|%.*s", PB_STR_FMT(row.cells[i]));
        pb_buf_byte(&out, '\n');
    }
    table_close(reader);
    assert_string_equal(pb_buf_cstr(&out), expected);
}

/* shows: INT-5 */
static void test_version_2_1_of_telephones(void **unused)
{
    (void)unused;
    assert_cards("BEGIN:VCARD\r\nVERSION:2.1\r\n"
                 "N;CHARSET=UTF-8;ENCODING=QUOTED-PRINTABLE:=E7=8E=8B;=E5=B0=8F=\r\n"
                 "=E6=98=8E;;;\r\n"
                 "TEL;CELL;PREF:13800138000\r\nTEL;WORK;VOICE:010-12345678\r\n"
                 "TEL;FAX:010-1\r\nEMAIL;INTERNET:wang@example.cn\r\n"
                 "ORG;CHARSET=GBK;ENCODING=QUOTED-PRINTABLE:=BB=AA=CE=AA;=CF=FA=CA=DB\r\n"
                 "PHOTO;ENCODING=BASE64;JPEG:/9j/4AAQSkZJRg==\r\nABCDEFGH\r\n\r\n"
                 "NOTE:a\\;b=20\r\n"
                 "END:VCARD\r\n",
                 "0:1|First Name|Last Name|Company|Department|Email|Mobile|Phone|Fax|Notes\n"
                 "1:1|小明|王|华为|销售|wang@example.cn|13800138000|010-12345678|010-1|a;b=20\n");
}

/* shows: INT-5 */
static void test_version_3_folded_grouped_escaped(void **unused)
{
    (void)unused;
    assert_cards(
        "BEGIN:VCARD\nVERSION:3.0\nFN:Dr. Ann\\, B. Lee\nN:Lee;Ann;B.;Dr.;MD\n"
        "item1.EMAIL;TYPE=INTERNET:ann@home.example\nitem1.X-ABLabel:_$!<Home>!$_\n"
        "EMAIL;TYPE=INTERNET,WORK,pref:ann@work\n .example\n"
        "ORG:Acme\\; Sons;Sales;North\nTITLE:Head\nTEL;TYPE=\"cell,voice\":+1 201 555 0100\n"
        "ADR;TYPE=home:;;1 Oak St;Salem;;97301;USA\n"
        "ADR;TYPE=work;TYPE=pref:PO 7;Floor 2;5 Elm Rd;Boston;MA;02110;USA\n"
        "BDAY:1990-02-28T00:00:00Z\nURL:https://example.org/"
        "a:b\nNOTE:one\\ntwo\nREV:20240305T101500Z\n"
        "CATEGORIES:VIP,Press\nUID:urn:uuid:42\nX-SKYPE:ann.lee\nPHOTO;VALUE=uri:http://x/y.jpg\n"
        "END:VCARD\n",
        "0:1|Full Name|Prefix|First Name|Middle Name|Last Name|Suffix|Company|Department|"
        "Job Title|Email|Email 2|Mobile|Street|Street 2|City|City 2|State|Postcode|Postcode 2|"
        "Country|Country 2|Birthday|Website|Tags|Notes|Contact ID|Last Modified|X-SKYPE\n"
        "1:1|Dr. Ann, B. Lee|Dr.|Ann|B.|Lee|MD|Acme; Sons|Sales, North|Head|ann@work.example|"
        "ann@home.example|+1 201 555 0100|PO 7, Floor 2, 5 Elm Rd|1 Oak St|Boston|Salem|MA|02110|"
        "97301|USA|USA|1990-02-28|https://example.org/a:b|VIP,Press|one\ntwo|42|"
        "2024-03-05T10:15:00Z|ann.lee\n");
}

/* shows: INT-5 */
static void test_version_4(void **unused)
{
    (void)unused;
    assert_cards("BEGIN:VCARD\nVERSION:4.0\nFN:علی رضایی\nGENDER:M\nBDAY:--0415\n"
                 "TEL;VALUE=uri;PREF=1;TYPE=\"voice,home\":tel:+98-21-1234;ext=12\n"
                 "TEL;PREF=2;TYPE=cell:tel:+98-912-000-0000\nEMAIL;PREF=2:b@x.example\n"
                 "EMAIL;PREF=1:mailto:a@x.example\nPHOTO:data:image/png;base64,AAAA\nEND:VCARD\n"
                 "begin:vcard\nversion:4.0\nfn:Bo\nend:vcard\n",
                 "0:1|Full Name|Email|Email 2|Mobile|Phone|Birthday|Gender\n"
                 "1:1|علی رضایی|a@x.example|b@x.example|+98-912-000-0000|+98-21-1234 ext. 12|"
                 "--0415|M\n2:12|Bo||||||\n");
}

/* shows: INT-5 SEC-4 */
static void test_bad_cards_are_rejected_with_their_line(void **unused)
{
    (void)unused;
    assert_cards(
        "hello\nBEGIN:VCARD\nFN:A\nEND:VCARD\nBEGIN:VCARD\nFN:B\nno colon here\n"
        "END:VCARD\nBEGIN:VCARD\nFN:C\nBEGIN:VCARD\nFN:D\nAGENT:\nBEGIN:VCARD\nFN:X\n"
        "END:VCARD\nEND:VCARD\nBEGIN:VCARD\nEND:VCARD\nBEGIN:VCARD\nFN:E\n",
        "0:1|Full Name\n"
        "! 1  The line stands outside of any card\n2:2|A\n"
        "! 7 no colon here “{value}” is no property of a card: it has no colon or no name\n"
        "! 9  The card has no END:VCARD\n5:11|D\n"
        "! 18  The card holds nothing\n! 20  The card has no END:VCARD\n");
}

/* shows: INT-5 DQ-1 */
static void test_contacts_are_mapped_by_name(void **state)
{
    bench_room *room = *state;
    char *path = put_text(
        room, "book.vcf",
        "BEGIN:VCARD\nVERSION:3.0\nFN:Ann Lee\nN:Lee;Ann;;Dr.;\nORG:Acme;Sales\nTITLE:Head\n"
        "EMAIL:a@example.org\nEMAIL:b@example.org\nTEL;TYPE=cell:+12015550100\n"
        "TEL:+12015550101\nADR:;;1 Oak St;Salem;OR;97301;US\nBDAY:19900228\n"
        "NOTE:x\nCATEGORIES:VIP\nUID:u1\nREV:20240305T101500Z\nEND:VCARD\n");
    exchange_plan plan = plan_of(room, path, NULL);
    const exchange_file *file = &plan.files[0];
    assert_non_null(file->entity);
    assert_string_equal(file->entity->name.ptr, "contact");
    assert_string_equal(file->form.ptr, "vCard");
    static const char *const expected[][2] = {{"Full Name", "full_name"},
                                              {"Prefix", "salutation"},
                                              {"First Name", "given_name"},
                                              {"Last Name", "family_name"},
                                              {"Company", "company"},
                                              {"Department", "department"},
                                              {"Job Title", "job_title"},
                                              {"Email", "email"},
                                              {"Email 2", "email"},
                                              {"Mobile", "mobile"},
                                              {"Phone", "phone"},
                                              {"Street", "address"},
                                              {"City", "city"},
                                              {"State", "state"},
                                              {"Postcode", "postcode"},
                                              {"Country", "country"},
                                              {"Birthday", "birth_date"},
                                              {"Tags", "tags"},
                                              {"Notes", "description"},
                                              {"Contact ID", "id"},
                                              {"Last Modified", "modified_on"}};
    for (size_t i = 0; i < sizeof expected / sizeof *expected; i++) {
        const exchange_column *column = column_named(file, expected[i][0]);
        if (strcmp(became(column), expected[i][1]) != 0)
            fail_msg("%s became «%s»", expected[i][0], became(column));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_version_2_1_of_telephones),
        cmocka_unit_test(test_version_3_folded_grouped_escaped),
        cmocka_unit_test(test_version_4),
        cmocka_unit_test(test_bad_cards_are_rejected_with_their_line),
        cmocka_unit_test_setup_teardown(test_contacts_are_mapped_by_name, room_make, room_end),
    };
    return cmocka_run_group_tests_name("exchange/vcard", tests, NULL, NULL);
}
