/* Keys as a person gives them: a passphrase at the terminal, key files of every wrong kind. */
#include "program.h"

#include <pty.h>

/* Runs the program on a terminal of its own; types each answer when a question stands there.
 * Returns the exit code; `screen` holds what the terminal showed. */
static int at_terminal(const char *folder, const char *const *arguments, const char *const *answers,
                       char *screen, size_t size)
{
    char program[4096];
    char *argv[PROGRAM_ARGUMENTS + 2] = {program};
    snprintf(program, sizeof program, "%s/probity", getenv("PROBITY_BUILD"));
    for (size_t i = 0; arguments[i] != NULL; i++)
        argv[i + 1] = (char *)(uintptr_t)arguments[i];
    int terminal = -1;
    pid_t child = forkpty(&terminal, NULL, NULL, NULL);
    assert_true(child >= 0);
    if (child == 0) {
        if (chdir(folder) != 0)
            _exit(99);
        setenv("XDG_CONFIG_HOME", folder, 1);
        setenv("LC_ALL", "C.UTF-8", 1);
        execv(program, argv);
        _exit(98);
    }
    size_t used = 0;
    for (;;) {
        ssize_t got = read(terminal, screen + used, size - 1 - used);
        if (got <= 0)
            break;
        used += (size_t)got;
        screen[used] = 0;
        if (used > 2 && strcmp(screen + used - 2, ": ") == 0 && *answers != NULL) {
            assert_int_equal(write(terminal, *answers, strlen(*answers)), strlen(*answers));
            answers++;
        }
    }
    screen[used] = 0;
    close(terminal);
    int status = 0;
    assert_int_equal(waitpid(child, &status, 0), child);
    return WIFEXITED(status) ? WEXITSTATUS(status) : 128;
}

#define WORDS(...) ((const char *const[]){__VA_ARGS__, NULL})

/* shows: SEC-1 */
static void test_a_passphrase_typed_at_the_terminal(void **state)
{
    (void)state;
    char *folder = program_folder(), screen[16384];
    const char *const *make = WORDS("init", "w", "--passphrase");
    const char *const *find = WORDS("find", "anna", "-w", "w", "--passphrase");
    assert_int_equal(at_terminal(folder, make, WORDS("short\n"), screen, sizeof screen), 2);
    assert_has(screen, "at least 8 characters");
    assert_int_equal(at_terminal(folder, make, WORDS("گذرواژه 密码 1\n", "another one\n"), screen,
                                 sizeof screen),
                     2);
    assert_has(screen, "The two passphrases differ");
    assert_int_equal(at_terminal(folder, make, WORDS("گذرواژه 密码 1\n", "گذرواژه 密码 1\n"),
                                 screen, sizeof screen),
                     0);
    assert_has(screen, "Made workspace w");
    assert_int_equal(at_terminal(folder, make, WORDS("never asked for\n"), screen, sizeof screen),
                     2);
    assert_has(screen, "exists already");
    assert_null(strstr(screen, "Passphrase of the workspace"));
    assert_null(strstr(screen, "密码")); /* never shown */
    assert_int_equal(at_terminal(folder, find, WORDS("گذرواژه 密码 1\n"), screen, sizeof screen),
                     0);
    assert_has(screen, "Nothing found");
    assert_int_equal(at_terminal(folder, find, WORDS("something else\n"), screen, sizeof screen),
                     2);
    assert_has(screen, "does not open the workspace");
    assert_int_equal(at_terminal(folder, find, WORDS("\x03"), screen, sizeof screen), 2);
    assert_has(screen, "Stopped on request");
    assert_int_equal(at_terminal(folder, find, WORDS("\n"), screen, sizeof screen), 2);
    assert_has(screen, "The passphrase is empty");
    program_remove_folder(folder);
}

/* shows: SEC-1 */
static void test_key_files_of_the_wrong_kind(void **state)
{
    (void)state;
    char *folder = program_folder(), path[4096];
    program_result r = PROGRAM(folder, "init", "w", "--key-file", "w/key");
    assert_int_equal(r.exit, 2);
    assert_has(r.err, "may not lie inside the workspace");
    program_free(&r);
    r = PROGRAM(folder, "init", "w", "--key-file", "key");
    assert_int_equal(r.exit, 0);
    program_free(&r);
    static const struct {
        const char *text, *says;
    } cases[] = {{"", "holds no key"},
                 {"abc\n", "holds no key"},
                 {"00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff\n",
                  "does not open the workspace"}};
    snprintf(path, sizeof path, "%s/other", folder);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        program_write(folder, "other", cases[i].text);
        assert_int_equal(chmod(path, 0600), 0);
        r = PROGRAM(folder, "find", "x", "-w", "w", "--key-file", "other");
        assert_int_equal(r.exit, 2);
        assert_has(r.err, cases[i].says);
        program_free(&r);
    }
    assert_int_equal(chmod(path, 0644), 0);
    r = PROGRAM(folder, "find", "x", "-w", "w", "--key-file", "other");
    assert_int_equal(r.exit, 2);
    assert_has(r.err, "chmod 600 other");
    program_free(&r);
    snprintf(path, sizeof path, "%s/keys", folder);
    assert_int_equal(mkdir(path, 0755), 0);
    r = PROGRAM(folder, "find", "x", "-w", "w", "--key-file", "keys");
    assert_int_equal(r.exit, 2);
    assert_has(r.err, "Name a file, not a folder.");
    assert_null(strstr(r.err, "chmod"));
    program_free(&r);
    r = PROGRAM(folder, "find", "x", "-w", "w", "--key-file", "gone");
    assert_int_equal(r.exit, 2);
    assert_has(r.err, "There is no key file gone");
    program_free(&r);
    r = PROGRAM(folder, "find", "x", "-w", "w", "--key-file", "key", "--passphrase");
    assert_int_equal(r.exit, 2);
    assert_has(r.err, "Only one of");
    program_free(&r);
    r = PROGRAM(folder, "find", "x", "-w", "w", "--key-file", "key");
    assert_int_equal(r.exit, 0);
    program_free(&r);
    program_remove_folder(folder);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_a_passphrase_typed_at_the_terminal),
        cmocka_unit_test(test_key_files_of_the_wrong_kind),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
