/* A lead becomes an account, a contact and an opportunity as a person does it, and a lead again. */
#include "program.h"

static const char leads[] =
    "Lead ID,Full Name,Company,Email,Phone,Country,Lead Owner,Lead Status,Expected Revenue\n"
    "L-1,Anna Berg,Nordlicht GmbH,anna@nordlicht.example,+49 30 1234567,DE,Mina Moss,Working,"
    "1200\n"
    "L-2,Bo Lind,,bo@lind.example,,SE,Mina Moss,New,\n";
static const char staff[] = "User ID,Full Name\nu1,Mina Moss\n";
static const char accounts[] = "Account ID,Account Name,Phone\nC-4,Nordlicht GmbH,+49 30 1234567\n";
static const char activities[] =
    "Activity ID,Subject,Activity Type,Lead,Owner\na1,First call,Call,L-1,Mina Moss\n";

/* shows: REC-3 DQ-4 */
static void test_a_lead_becomes_a_customer_and_a_lead_again(void **state)
{
    (void)state;
    char *folder = program_folder();
    program_write(folder, "leads.csv", leads);
    program_write(folder, "staff.csv", staff);
    program_write(folder, "accounts.csv", accounts);
    program_write(folder, "activities.csv", activities);
    PROGRAM_EXPECT(folder, 0, "key", "init", "w");
    PROGRAM_EXPECT(folder, 0, "2 of 2 rows imported", "import", "leads.csv", "staff.csv",
                   "accounts.csv", "activities.csv", "-w", "w");
    PROGRAM_EXPECT(folder, 0, "likely the same as C-4: --use account=C-4", "convert", "w", "L-1",
                   "--dry-run");
    PROGRAM_EXPECT(folder, 0, "Lead status: Working", "show", "lead", "L-1", "-w", "w");
    PROGRAM_EXPECT(folder, 0, ", which was there", "convert", "w", "L-1", "--use", "account=C-4",
                   "--make", "opportunity");
    PROGRAM_EXPECT(folder, 0, "Lead status: Converted", "show", "lead", "L-1", "-w", "w");
    PROGRAM_EXPECT(folder, 0, "Phone: +49301234567", "show", "contact", "Anna Berg", "-w", "w");
    PROGRAM_EXPECT(folder, 0, "Expected amount: 1200.00", "show", "opportunity", "Nordlicht GmbH",
                   "-w", "w");
    PROGRAM_EXPECT(folder, 0, "contact: – →", "show", "activity", "a1", "-w", "w");
    PROGRAM_EXPECT(folder, 0, "was converted before", "convert", "w", "L-1");
    PROGRAM_EXPECT(folder, 2, "with Account otherwise than is wished", "convert", "w", "L-1",
                   "--make", "account");
    PROGRAM_EXPECT(folder, 0, "conversion of ", "runs", "-w", "w");
    /* a person of no company; and what cannot be */
    PROGRAM_EXPECT(folder, 0, "\"what\": \"left_out\"", "convert", "w", "L-2", "--dry-run",
                   "--json");
    PROGRAM_EXPECT(folder, 2, "The record of Account was not saved", "convert", "w", "L-2",
                   "--make", "account");
    PROGRAM_EXPECT(folder, 0, "Records deleted: 2", "unconvert", "w", "L-1", "--dry-run");
    PROGRAM_EXPECT(folder, 0, "To convert it again: probity undo 6 -w w", "unconvert", "w", "L-1");
    PROGRAM_EXPECT(folder, 0, "Lead status: Working", "show", "lead", "L-1", "-w", "w");
    PROGRAM_EXPECT(folder, 2, "is not converted", "unconvert", "w", "L-1");
    PROGRAM_EXPECT(folder, 0, "\"restored\": 2", "undo", "6", "-w", "w", "--json");
    PROGRAM_EXPECT(folder, 0, "The ledger is whole", "ledger", "verify", "-w", "w");
    program_remove_folder(folder);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_a_lead_becomes_a_customer_and_a_lead_again),
    };
    return cmocka_run_group_tests_name("cli/convert", tests, NULL, NULL);
}
