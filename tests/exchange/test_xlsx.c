/* Workbooks as programs write them: what their cells mean. */
#include "xlsx_support.h"

#define STYLES                                                                                     \
    {                                                                                              \
        "xl/styles.xml",                                                                           \
            "<styleSheet><numFmts count=\"9\">"                                                    \
            "<numFmt numFmtId=\"164\" "                                                            \
            "formatCode=\"yyyy&quot;年&quot;m&quot;月&quot;d&quot;日&quot;\"/>"                 \
            "<numFmt numFmtId=\"165\" formatCode=\"[$-fa-IR,16]dddd, mmmm d, yyyy;@\"/>"           \
            "<numFmt numFmtId=\"166\" formatCode=\"[h]:mm:ss\"/>"                                  \
            "<numFmt numFmtId=\"167\" formatCode=\"[$€-407] #,##0.00;[Red]-#,##0.00\"/>"         \
            "<numFmt numFmtId=\"168\" formatCode=\"dd\\/mm\\/yyyy\\ hh:mm AM/PM\"/>"               \
            "<numFmt numFmtId=\"169\" formatCode=\"mmm\\-yy\"/>"                                   \
            "<numFmt numFmtId=\"170\" formatCode=\"G/通用格式\"/>"                             \
            "<numFmt numFmtId=\"171\" formatCode=\"0.00E+00\"/>"                                   \
            "<numFmt numFmtId=\"172\" formatCode=\"#,##0 &quot;days&quot;\"/>"                     \
            "</numFmts><cellStyleXfs><xf numFmtId=\"14\"/><xf numFmtId=\"14\"/></cellStyleXfs>"    \
            "<cellXfs><xf numFmtId=\"0\"/><xf numFmtId=\"14\"/><xf numFmtId=\"22\"/>"              \
            "<xf numFmtId=\"20\"/><xf numFmtId=\"164\"/><xf numFmtId=\"165\"/>"                    \
            "<xf numFmtId=\"166\"/><xf numFmtId=\"167\"/><xf numFmtId=\"168\"/>"                   \
            "<xf numFmtId=\"169\"/><xf numFmtId=\"170\"/><xf numFmtId=\"171\"/>"                   \
            "<xf numFmtId=\"172\"/><xf numFmtId=\"10\"/><xf numFmtId=\"55\"/></cellXfs>"           \
            "</styleSheet>"                                                                        \
    }

#define TEXT(t) "<c t=\"inlineStr\"><is><t>" t "</t></is></c>"
#define HEAD "<row>" TEXT("a") TEXT("b") "</row>"
#define PAIR(style, value) "<row>" TEXT(style) "<c s=\"" style "\"><v>" value "</v></c></row>"

/* shows: INT-5 AUD-3 */
static void test_numbers_are_what_the_spreadsheet_shows(void **state)
{
    bench_room *room = *state;
    char *path =
        PUT_BOOK(room, BOOK,
                 SHEET(HEAD PAIR("0", "12.300000000000001") PAIR("0", "0.30000000000000004")
                           PAIR("0", "1.10101199003071E+17") PAIR("0", "110101199003071234")
                               PAIR("0", "-0") PAIR("0", "1E-3") PAIR("0", "9.9999999999999995")
                                   PAIR("0", "1.5E+300") PAIR("0", "-1234.50")
                                       PAIR("0", "13800138000") PAIR("0", "2.2250738585072014E-308")
                                           PAIR("0", "0.1") PAIR("0", " 5 ") PAIR("0", "one")));
    assert_rows(path, NULL,
                "0:1|a|b\n1:2|0|12.3\n2:3|0|0.3\n3:4|0|110101199003071000\n"
                "4:5|0|110101199003071234\n5:6|0|0\n6:7|0|0.001\n7:8|0|10\n8:9|0|1.5e+300\n"
                "9:10|0|-1234.5\n10:11|0|13800138000\n11:12|0|2.2250738585072e-308\n"
                "12:13|0|0.1\n13:14|0|5\n14:15|0|one\n",
                NULL);
}

/* shows: INT-5 AUD-3 */
static void test_styles_say_what_is_a_day(void **state)
{
    bench_room *room = *state;
    char *path = PUT_BOOK(
        room, STYLES, BOOK,
        SHEET(HEAD PAIR("1", "45356") PAIR("2", "45356.4375") PAIR("3", "0.75") PAIR("4", "45356")
                  PAIR("5", "45356") PAIR("6", "1.25") PAIR("7", "1234.5") PAIR("8", "45356")
                      PAIR("9", "45352") PAIR("10", "45356") PAIR("11", "45356") PAIR("12", "3")
                          PAIR("13", "0.125") PAIR("14", "45356") PAIR("14", "0.5") PAIR("1", "60")
                              PAIR("1", "59") PAIR("1", "61") PAIR("1", "0")
                                  PAIR("1", "45356.99999999999") PAIR("1", "-5")
                                      PAIR("2", "45356.500011574") PAIR("1", "2958465")
                                          PAIR("1", "2958466")));
    assert_rows(path, NULL,
                "0:1|a|b\n1:2|1|2024-03-05\n2:3|2|2024-03-05T10:30:00\n3:4|3|18:00:00\n"
                "4:5|4|2024-03-05\n5:6|5|2024-03-05\n6:7|6|30:00:00\n7:8|7|1234.5\n"
                "8:9|8|2024-03-05T00:00:00\n9:10|9|2024-03-01\n10:11|10|45356\n"
                "11:12|11|45356\n12:13|12|3\n13:14|13|12.5%\n14:15|14|2024-03-05\n"
                "15:16|14|12:00:00\n16:17|1|1900-02-29\n17:18|1|1900-02-28\n"
                "18:19|1|1900-03-01\n19:20|1|1900-01-00\n20:21|1|2024-03-06\n21:22|1|-5\n"
                "22:23|2|2024-03-05T12:00:01\n23:24|1|9999-12-31\n24:25|1|2958466\n",
                NULL);
}

/* shows: INT-5 */
static void test_days_since_1904(void **state)
{
    bench_room *room = *state;
    char *path = PUT_BOOK(
        room, STYLES, BOOK_OF("date1904=\"1\"", "<sheet name=\"A\" sheetId=\"1\" r:id=\"r1\"/>"),
        SHEET(HEAD PAIR("1", "0") PAIR("1", "43894") PAIR("1", "60")));
    assert_rows(path, NULL, "0:1|a|b\n1:2|1|1904-01-01\n2:3|1|2024-03-05\n3:4|1|1904-03-01\n",
                NULL);
}

/* shows: INT-5 AUD-3 */
static void test_texts_errors_truths_and_formulas(void **state)
{
    bench_room *room = *state;
    char *path = PUT_BOOK(
        room, BOOK,
        {"xl/sharedStrings.xml",
         "<sst><si><t>name</t></si><si><r><rPr/><t>张</t></r><r><t xml:space=\"preserve\"> "
         "三</t></r>"
         "<rPh sb=\"0\" eb=\"1\"><t>zhang</t></rPh></si><si><t>a_x000D_b_x005F_x0041_</t></si>"
         "<si><t>A &amp; B</t></si><si/></sst>"},
        SHEET("<row r=\"1\"><c r=\"A1\" t=\"s\"><v>0</v></c>" TEXT("value") TEXT(
            "x") "</row>"
                 "<row r=\"2\"><c r=\"A2\" t=\"s\"><v>1</v></c><c t=\"b\"><v>1</v></c></row>"
                 "<row r=\"3\"><c r=\"A3\" t=\"s\"><v>2</v></c><c t=\"b\"><v>0</v></c></row>"
                 "<row r=\"4\"><c r=\"A4\" t=\"s\"><v>3</v></c><c t=\"e\"><v>#N/A</v></c></row>"
                 "<row r=\"7\"><c r=\"C7\" t=\"s\"><v>3</v></c></row>"
                 "<row r=\"8\"><c r=\"A8\" t=\"s\"><v>9</v></c></row>"
                 "<row r=\"9\"><c r=\"A9\"><f>1+1</f><v>2</v></c><c "
                 "t=\"str\"><f>\"\"</f><v></v></c>"
                 "<c r=\"C9\"><f>SUM(A1:A2)</f></c></row>"
                 "<row r=\"10\"><c r=\"A10\" t=\"s\"><v>4</v></c></row>"
                 "<row><c t=\"d\"><v>2024-03-05T10:00:00</v></c></row>"));
    table_facts facts;
    assert_rows(path, "People",
                "0:1|name|value|x\n1:2|张 三|true|\n2:3|a\rb_x0041_|false|\n3:4|A & B|#N/A|\n"
                "4:7|||A & B\n! 8  The cell in column {found} names a text that the workbook does "
                "not hold\n6:9|2||=SUM(A1:A2)\n7:11|2024-03-05T10:00:00||\n",
                &facts);
    assert_int_equal(facts.formulas, 3);
    assert_string_equal(facts.form, "XLSX");
}

/* shows: INT-5 */
static void test_titles_merges_and_what_lies_beside(void **state)
{
    bench_room *room = *state;
    char *path = PUT_BOOK(
        room, BOOK,
        {"xl/worksheets/sheet1.xml",
         "<worksheet><sheetData>"
         "<row r=\"1\"><c r=\"B1\" t=\"inlineStr\"><is><t>Customers 2024</t></is></c></row>"
         "<row r=\"3\"><c r=\"B3\" t=\"str\"><v>Company</v></c><c r=\"C3\" t=\"str\"><v>Person</v>"
         "</c><c r=\"D3\" t=\"str\"><v>Reach</v></c><c r=\"E3\"/></row>"
         "<row r=\"4\"><c r=\"D4\" t=\"str\"><v>Phone</v></c><c r=\"E4\" "
         "t=\"str\"><v>E-mail</v></c>"
         "</row>"
         "<row r=\"5\"><c r=\"B5\" t=\"str\"><v>Acme</v></c><c r=\"C5\" t=\"str\"><v>Ann</v></c>"
         "</row>"
         "<row r=\"6\"><c r=\"B6\"/><c r=\"C6\" t=\"str\"><v>Bob</v></c></row>"
         "<row r=\"7\"><c r=\"B7\"/></row>"
         "<row r=\"8\"><c r=\"C8\" t=\"str\"><v>Cid</v></c><c r=\"E8\" t=\"str\"><v>c@d.ef</v></c>"
         "</row>"
         "</sheetData><mergeCells count=\"5\"><mergeCell ref=\"B1:E1\"/><mergeCell ref=\"B3:B4\"/>"
         "<mergeCell ref=\"C3:C4\"/><mergeCell ref=\"D3:E3\"/><mergeCell ref='B5:B7'/></mergeCells>"
         "</worksheet>"});
    table_facts facts;
    assert_rows(path, NULL,
                "0:3|Company|Person|Phone|E-mail\n1:5|Acme|Ann||\n2:6|Acme|Bob||\n"
                "3:8||Cid||c@d.ef\n",
                &facts);
    assert_int_equal(facts.above, 1);
    assert_int_equal(facts.merged, 1);
    PB_AUTO_BUF rows = PB_BUF_INIT(1 << 20);
    pb_buf_addc(&rows, "<worksheet><sheetData>" HEAD);
    for (int i = 0; i < 300; i++)
        pb_buf_addc(&rows, "<row>" TEXT("x") TEXT("y") "</row>");
    pb_buf_addc(&rows, "<row>" TEXT("x") TEXT("y") TEXT("z") "</row></sheetData></worksheet>");
    path = PUT_BOOK(room, BOOK, {"xl/worksheets/sheet1.xml", pb_buf_cstr(&rows)});
    PB_AUTO_BUF out = PB_BUF_INIT(1 << 20);
    pb_error err;
    table_reader *reader = NULL;
    must(open_book(path, NULL, &reader, &err), &err);
    dump_rows(reader, &out);
    table_close(reader);
    assert_non_null(strstr(pb_buf_cstr(&out), "! 302 C302 The cell {value} lies beside"));
}

/* shows: INT-5 */
static void test_sheets_in_order_hidden_ones_too(void **state)
{
    bench_room *room = *state;
    char *path = PUT_BOOK(
        room,
        BOOK_OF("", "<sheet name=\"Zwei\" sheetId=\"2\" state=\"hidden\" r:id=\"r2\"/>"
                    "<sheet name=\"Eins\" sheetId=\"1\" r:id=\"r1\"/>"
                    "<sheet name=\"Chart\" sheetId=\"3\" r:id=\"r9\"/>"),
        SHEET(HEAD),
        {"xl/worksheets/sheet2.xml",
         "<x:worksheet "
         "xmlns:x=\"http://purl.oclc.org/ooxml/spreadsheetml/main\"><x:sheetData><x:row><x:c "
         "t=\"str\"><x:v>k</x:v></x:c></x:row></x:sheetData></x:worksheet>"});
    pb_error err;
    byte_input input;
    pb_str *sheets;
    size_t count;
    must(bytes_of_file(path, &input, &err), &err);
    must(xlsx_list(input, "book", room->arena, &sheets, &count, &err), &err);
    assert_int_equal(count, 2);
    assert_string_equal(sheets[0].ptr, "Zwei");
    assert_string_equal(sheets[1].ptr, "Eins");
    table_facts facts;
    assert_rows(path, "Zwei", "0:1|k\n", &facts);
    assert_true(facts.hidden);
    assert_rows(path, "Eins", "0:1|a|b\n", &facts);
    assert_false(facts.hidden);
    table_reader *reader = NULL;
    assert_int_equal(open_book(path, "Drei", &reader, &err), PB_NOT_FOUND);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_numbers_are_what_the_spreadsheet_shows),
        cmocka_unit_test(test_styles_say_what_is_a_day),
        cmocka_unit_test(test_days_since_1904),
        cmocka_unit_test(test_texts_errors_truths_and_formulas),
        cmocka_unit_test(test_titles_merges_and_what_lies_beside),
        cmocka_unit_test(test_sheets_in_order_hidden_ones_too),
    };
    return cmocka_run_group_tests_name("exchange/xlsx", tests, room_make, room_end);
}
