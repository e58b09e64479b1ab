/* What the controls find of planted faults, and whom they accuse: a small house of customers in
 * three scripts is made by tools/plant, audited by the program, and compared with the truth. The
 * table of a large one stands in doc/recall.md. */
#include "program.h"

/* tools/plant-measure says by itself which control is below its bound, and by how much. */
static int measure(const char *folder, const char *seed, char **ret_told)
{
    const char *build = getenv("PROBITY_BUILD");
    char tool[4096], program[4096], out[4096];
    assert_non_null(build);
    snprintf(tool, sizeof tool, "%s/tools/plant-measure", program_root());
    snprintf(program, sizeof program, "%s/probity", build);
    snprintf(out, sizeof out, "%s/told", folder);
    pid_t child = fork();
    assert_true(child >= 0);
    if (child == 0) {
        int file = open(out, O_CREAT | O_TRUNC | O_WRONLY, 0600);
        if (dup2(file, 1) < 0 || dup2(file, 2) < 0)
            _exit(99);
        setenv("XDG_CONFIG_HOME", folder, 1);
        setenv("TMPDIR", folder, 1);
        setenv("PYTHONDONTWRITEBYTECODE", "1", 1);
        execlp("python3", "python3", tool, program, "--records", "3600", "--faults", "3", "--seeds",
               seed, "--bounds", "--misses", (char *)NULL);
        _exit(98);
    }
    int status = 0;
    assert_int_equal(waitpid(child, &status, 0), child);
    *ret_told = program_slurp(out);
    return WIFEXITED(status) ? WEXITSTATUS(status) : 128;
}

/* shows: AUD-3 DQ-9 DQ-11 */
static void test_every_control_finds_what_was_planted_and_accuses_nobody_else(void **state)
{
    (void)state;
    char *folder = program_folder(), *told = NULL;
    int status = measure(folder, "7", &told);
    if (status != 0)
        print_error("%s\n", told);
    assert_has(told, "| **all** |"); /* it was measured at all */
    assert_int_equal(status, 0);
    free(told);
    program_remove_folder(folder);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_every_control_finds_what_was_planted_and_accuses_nobody_else),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
