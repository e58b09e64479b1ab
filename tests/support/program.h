/* Runs the program itself, as a person would: arguments in, exit code and both outputs back. */
#ifndef TESTS_SUPPORT_PROGRAM_H
#define TESTS_SUPPORT_PROGRAM_H

#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

enum { PROGRAM_OUTPUT = 4 << 20, PROGRAM_ARGUMENTS = 32 };

typedef struct program_result {
    int exit;
    char *out, *err; /* NUL-terminated; freed by program_free */
} program_result;

static inline char *program_slurp(const char *path)
{
    FILE *file = fopen(path, "rb");
    char *text = calloc(1, PROGRAM_OUTPUT);
    assert_non_null(file);
    assert_non_null(text);
    size_t length = fread(text, 1, PROGRAM_OUTPUT - 1, file);
    text[length] = 0;
    fclose(file);
    return text;
}

static inline const char *program_root(void)
{
    const char *root = getenv("PROBITY_ROOT");
    assert_non_null(root);
    return root;
}

/** What “ws” stands for among the arguments, where that is not a folder; lives as long as it is
 * used. */
static const char *program_workspace;

static inline const char *program_argument(const char *argument)
{
    return program_workspace != NULL && strcmp(argument, "ws") == 0 ? program_workspace : argument;
}

/** Runs build/probity with the arguments (ended by NULL) in `folder`, English, its key files below
 * it. */
static inline program_result program_run(const char *folder, const char *const *arguments)
{
    const char *build = getenv("PROBITY_BUILD");
    char program[4096], out[4096], err[4096];
    char *argv[PROGRAM_ARGUMENTS + 2] = {program};
    assert_non_null(build);
    snprintf(program, sizeof program, "%s/probity", build);
    snprintf(out, sizeof out, "%s/.out", folder);
    snprintf(err, sizeof err, "%s/.err", folder);
    for (size_t i = 0; arguments[i] != NULL; i++) {
        assert_true(i < PROGRAM_ARGUMENTS);
        argv[i + 1] = (char *)(uintptr_t)program_argument(arguments[i]);
    }
    pid_t child = fork();
    assert_true(child >= 0);
    if (child == 0) {
        int o = open(out, O_CREAT | O_TRUNC | O_WRONLY, 0600);
        int e = open(err, O_CREAT | O_TRUNC | O_WRONLY, 0600);
        if (chdir(folder) != 0 || dup2(o, 1) < 0 || dup2(e, 2) < 0)
            _exit(99);
        setenv("XDG_CONFIG_HOME", folder, 1);
        setenv("LC_ALL", "C.UTF-8", 1);
        execv(program, argv);
        _exit(98);
    }
    int status = 0;
    assert_int_equal(waitpid(child, &status, 0), child);
    program_result result = {.exit = WIFEXITED(status) ? WEXITSTATUS(status) : 128,
                             .out = program_slurp(out),
                             .err = program_slurp(err)};
    return result;
}

#define PROGRAM(folder, ...) program_run((folder), (const char *const[]){__VA_ARGS__, NULL})

static inline void program_free(program_result *result)
{
    free(result->out);
    free(result->err);
}

/** A new private folder; the caller ends it with program_remove_folder. */
static inline char *program_folder(void)
{
    const char *above = getenv("TMPDIR");
    char *folder = malloc(256);
    assert_non_null(folder);
    snprintf(folder, 256, "%.200s/probity-test-XXXXXX", above ? above : "/tmp");
    assert_non_null(mkdtemp(folder));
    return folder;
}

static inline void program_remove_folder(char *folder)
{
    pid_t child = fork();
    assert_true(child >= 0);
    if (child == 0) {
        execlp("rm", "rm", "-rf", folder, (char *)NULL);
        _exit(98);
    }
    int status;
    waitpid(child, &status, 0);
    free(folder);
}

static inline void program_write(const char *folder, const char *name, const char *text)
{
    char path[4096];
    snprintf(path, sizeof path, "%s/%s", folder, name);
    FILE *file = fopen(path, "wb");
    assert_non_null(file);
    assert_int_equal(fwrite(text, 1, strlen(text), file), strlen(text));
    fclose(file);
}

static inline char *program_read(const char *folder, const char *name)
{
    char path[4096];
    snprintf(path, sizeof path, "%s/%s", folder, name);
    return program_slurp(path);
}

/** Fails, showing both, unless `part` stands somewhere in `text`. */
__attribute__((noinline, unused)) static void assert_has(const char *text, const char *part)
{
    if (strstr(text, part) == NULL)
        fail_msg("“%s” is not in:\n%s", part, text);
}

/** Runs the program and asks for its exit code and words that it says. */
static inline void program_expect(const char *folder, int exit, const char *has,
                                  const char *const *arguments)
{
    program_result r = program_run(folder, arguments);
    if (r.exit != exit || (strstr(r.out, has) == NULL && strstr(r.err, has) == NULL))
        fail_msg("%s %s: exit %d, not %d with “%s”\n%s%s", arguments[0], arguments[1], r.exit, exit,
                 has, r.out, r.err);
    program_free(&r);
}

#define PROGRAM_EXPECT(folder, exit, has, ...)                                                     \
    program_expect((folder), (exit), (has), (const char *const[]){__VA_ARGS__, NULL})

#endif
