/* Merging and taking apart as a person does it, from finding duplicates to the audit afterwards. */
#include "program.h"

static void run_must(const char *folder, const char *const *arguments, int exit, const char *has)
{
    program_result r = program_run(folder, arguments);
    if (r.exit != exit || strstr(exit == 0 ? r.out : r.err, has) == NULL)
        fail_msg("%s: exit %d, looked for “%s”\n%s\n%s", arguments[0], r.exit, has, r.out, r.err);
    program_free(&r);
}

#define MUST(folder, has, ...)                                                                     \
    run_must((folder), (const char *const[]){__VA_ARGS__, NULL}, 0, (has))
#define REFUSED(folder, exit, has, ...)                                                            \
    run_must((folder), (const char *const[]){__VA_ARGS__, NULL}, (exit), (has))

static const char contacts[] =
    "Contact ID,Full Name,Email,Phone,Account Name,Contact Owner,Marketing Consent,"
    "Consent Withdrawn,City,Created Date\n"
    "c1,Anna Adler,anna@adler.example,+49 30 1234567,Acme GmbH,Bob Brown,yes,,Berlin,2024-01-05\n"
    "c2,Anna Maria Adler,am@adler.example,+49 30 1234567,Acme GmbH,Carla Cole,no,2024-06-01,"
    "Potsdam,2024-02-06\n"
    "c3,Ben Bauer,ben@bauer.example,,Acme GmbH,Bob Brown,,,,2024-03-07\n"
    "c4,Ben Bauer,ben@bauer.example,,Acme GmbH,Bob Brown,,,Bonn,2024-03-08\n";
static const char accounts[] = "Account ID,Account Name\nx1,Acme GmbH\nx2,Bluth AG\n";
static const char activities[] = "Activity ID,Subject,Contact ID\n"
                                 "a1,Call,c1\na2,Visit,c2\na3,Mail,c4\n";
static const char mapping[] = "files:\n  activities.csv: {entity: activity}\n";

static char *set_out(void)
{
    char *folder = program_folder();
    program_write(folder, "contacts.csv", contacts);
    program_write(folder, "accounts.csv", accounts);
    program_write(folder, "activities.csv", activities);
    MUST(folder, "key", "init", "w");
    MUST(folder, "4 of 4 rows imported", "import", "contacts.csv", "accounts.csv", "-w", "w");
    return folder;
}

/* shows: DQ-4 REC-7 PRI-3 */
static void test_two_become_one_and_two_again(void **state)
{
    (void)state;
    char *folder = set_out();
    MUST(folder, "Agreed to marketing: false  (c2: the stricter answer)", "merge", "w", "c1", "c2",
         "--dry-run");
    MUST(folder, "Bob Brown no longer sees what was merged away", "merge", "w", "c1", "c2",
         "--dry-run", "--take", "owner=c2");
    MUST(folder, "Full name: Anna Adler\n", "show", "contact", "c1", "-w", "w");
    MUST(folder, "\"why\": \"hand\"", "merge", "w", "c1", "c2", "--into", "c1", "--take", "city=c1",
         "--json");
    MUST(folder, "City: Berlin\n", "show", "contact", "c2", "-w", "w");
    MUST(folder, "Agreed to marketing: false\n", "show", "contact", "c2", "-w", "w");
    MUST(folder, "which was merged into this record", "show", "contact", "c1", "-w", "w");
    MUST(folder, "(c1)", "find", "am@adler.example", "-w", "w");
    MUST(folder, "merge, by hand", "runs", "-w", "w");
    MUST(folder, "The ledger is whole", "ledger", "verify", "-w", "w");
    MUST(folder, "Records brought back: 1", "unmerge", "w", "c1", "--dry-run");
    MUST(folder, "To merge them again: probity undo 4 -w w", "unmerge", "w", "c1");
    MUST(folder, "City: Potsdam\n", "show", "contact", "c2", "-w", "w");
    MUST(folder, "merged again 1", "undo", "4", "-w", "w");
    MUST(folder, "City: Berlin\n", "show", "contact", "c2", "-w", "w");
    MUST(folder, "The ledger is whole", "ledger", "verify", "-w", "w");
    program_remove_folder(folder);
}

/* shows: DQ-4 */
static void test_what_is_refused_says_why(void **state)
{
    (void)state;
    char *folder = set_out();
    REFUSED(folder, 2, "Only records of one kind are merged", "merge", "w", "c1", "x1");
    REFUSED(folder, 2, "There is no record called c99", "merge", "w", "c1", "c99");
    REFUSED(folder, 2, "--take must be FIELD=RECORD", "merge", "w", "c1", "c2", "--take", "town");
    REFUSED(folder, 2, "is not a field of", "merge", "w", "c1", "c2", "--take", "town=c1");
    REFUSED(folder, 2, "Name two records or more, or one list", "merge", "w");
    REFUSED(folder, 2, "is part of no merge", "unmerge", "w", "c1");
    MUST(folder, "survives", "merge", "w", "c1", "c2");
    REFUSED(folder, 2, "are one record already", "merge", "w", "c1", "c2");
    program_remove_folder(folder);
}

static const char pairs[] = "left_id,right_id,score\nc1,c2,0.99\nc3,c4,0.97\nc3,c9,0.95\n"
                            "c1,c3,0.60\n";

/* shows: DQ-4 DQ-10 AUD-3 */
static void test_many_at_once_and_back(void **state)
{
    (void)state;
    char *folder = set_out();
    program_write(folder, "pairs.csv", pairs);
    program_write(folder, "bad.csv", "left_id,right_id,score\nc1,c2,high\n");
    program_write(folder, "clusters.csv", "id,cluster\nc1,1\nc2,1\nc3,3\nc4,3\nx1,9\n");
    REFUSED(folder, 2, "bad.csv, line 2", "merge", "w", "--pairs", "bad.csv", "--entity",
            "contact");
    MUST(folder,
         "Groups merged: 2 of 2; records merged away: 2; links moved: 0; below the "
         "threshold: 1; left as they are: 1",
         "merge", "w", "--pairs", "pairs.csv", "--dry-run", "--entity", "contact");
    MUST(folder, "There is no record called c9", "merge", "w", "--pairs", "pairs.csv", "--entity",
         "contact", "--dry-run");
    /* What a reviewer said are two is left out. */
    MUST(folder, "", "review", "w", "--pair", "c3", "c4", "--decide", "different", "--reason",
         "father and son");
    MUST(folder, "A reviewer said that two of them are not one", "merge", "w", "--clusters",
         "clusters.csv", "--entity", "contact", "--dry-run");
    MUST(folder, "Groups merged: 1 of 2", "merge", "w", "--clusters", "clusters.csv", "--entity",
         "contact");
    MUST(folder, "merge, clusters.csv: records: 1", "runs", "-w", "w");
    /* Again, by decisions; what is one already is left alone. */
    MUST(folder, "", "review", "w", "--pair", "c3", "c4", "--decide", "same");
    MUST(folder, "Groups merged: 1 of 1", "merge", "w", "--decided", "--entity", "contact");
    MUST(folder, "Groups merged: 0 of 0", "merge", "w", "--decided", "--entity", "contact");
    MUST(folder, "The ledger is whole", "ledger", "verify", "-w", "w");
    MUST(folder, "\"records\": 2", "duplicates", "w", "--entity", "contact", "--json");
    MUST(folder, "merges taken apart 1", "undo", "4", "-w", "w");
    MUST(folder, "merges taken apart 1", "undo", "3", "-w", "w");
    MUST(folder, "\"records\": 4", "duplicates", "w", "--entity", "contact", "--json");
    MUST(folder, "The ledger is whole", "ledger", "verify", "-w", "w");
    program_remove_folder(folder);
}

/* shows: DQ-4 INT-5 */
static void test_what_was_merged_away_comes_again(void **state)
{
    (void)state;
    char *folder = set_out();
    program_write(folder, "again.csv",
                  "Contact ID,Full Name,Email\nc1,Anna Adler,new@adler.example\n");
    MUST(folder, "survives", "merge", "w", "c1", "c2", "--into", "c2");
    MUST(folder, "1 row is likely the same as a record that is there", "import", "again.csv", "-w",
         "w");
    MUST(folder, "Anna Maria Adler", "review", "w", "--next");
    program_remove_folder(folder);
}

/* shows: DQ-4 INT-5 */
static void test_links_follow_and_a_moved_workspace_keeps_it_all(void **state)
{
    (void)state;
    char *folder = set_out();
    program_write(folder, "map.yaml", mapping);
    MUST(folder, "rows imported", "import", "activities.csv", "-w", "w");
    MUST(folder, "Links moved: ", "merge", "w", "c3", "c4", "--into", "c3");
    MUST(folder, "survives", "merge", "w", "c1", "c2", "--into", "c2");
    MUST(folder, "", "move", "w", "v");
    MUST(folder, "The ledger is whole", "ledger", "verify", "-w", "v");
    MUST(folder, "Anna Maria Adler", "show", "contact", "c1", "-w", "v");
    MUST(folder, "Records brought back: 1", "unmerge", "v", "c2");
    MUST(folder, "Full name: Anna Adler\n", "show", "contact", "c1", "-w", "v");
    program_remove_folder(folder);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_two_become_one_and_two_again),
        cmocka_unit_test(test_what_is_refused_says_why),
        cmocka_unit_test(test_many_at_once_and_back),
        cmocka_unit_test(test_what_was_merged_away_comes_again),
        cmocka_unit_test(test_links_follow_and_a_moved_workspace_keeps_it_all),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
