/* Rows of the OWASP ASVS as tests against the program as it is served: every row of a group has its
 * test, and every test its row. What more there is to a row than a client can see is shown where
 * `also` says; what the program has not, so that there is nothing to try, `none` says. */
#ifndef TESTS_HTTP_ASVS_H
#define TESTS_HTTP_ASVS_H

#include "office.h"

typedef struct asvs_row {
    const char *id;
    void (*try_it)(office *o); /* NULL: a client sees nothing of it */
    const char *also;          /* file that shows it too, or the rest of it, by the row's id */
    const char *none; /* parts of addresses, between |, that would be there if there were any */
} asvs_row;

enum { ASVS_ROWS = 64 };

typedef struct asvs_group {
    const char *name; /* as in selected.tsv */
    const asvs_row *rows;
    size_t count;
    const char *const *options; /* of serve */
    office *office;
    size_t at;
} asvs_group;

static asvs_group asvs;

static inline int asvs_open(void **state)
{
    (void)state;
    char *folder = program_folder();
    program_write(folder, "report.html",
                  "<html><head><style>b{color:red}</style></head><body>"
                  "<b style=\"width:7%\">x</b><i style=\"width:7%\">y</i></body></html>");
    asvs.office = office_open_in(folder, asvs.options);
    return 0;
}

static inline int asvs_close(void **state)
{
    (void)state;
    if (asvs.office != NULL)
        office_close(asvs.office);
    return 0;
}

static inline void asvs_look_in(const asvs_row *row)
{
    char path[4096];
    snprintf(path, sizeof path, "%s/%s", getenv("PROBITY_ROOT"), row->also);
    char *text = program_slurp(path);
    if (strstr(text, row->id) == NULL)
        fail_msg("%s does not show %s", row->also, row->id);
    free(text);
}

static inline void asvs_look_for_none(const asvs_row *row)
{
    const cJSON *path;
    char words[200], *rest = NULL;
    snprintf(words, sizeof words, "%s", row->none);
    for (char *word = strtok_r(words, "|", &rest); word != NULL; word = strtok_r(NULL, "|", &rest))
        cJSON_ArrayForEach(path, cJSON_GetObjectItem(asvs.office->c.openapi, "paths"))
        {
            if (strstr(path->string, word) != NULL)
                fail_msg("%s: there is %s now, and no test", row->id, path->string);
        }
}

static inline void asvs_try(void **state)
{
    const asvs_row *row = *state;
    assert_non_null(asvs.office);
    assert_true(row->try_it != NULL || row->also != NULL || row->none != NULL);
    if (row->also != NULL)
        asvs_look_in(row);
    if (row->none != NULL)
        asvs_look_for_none(row);
    if (row->try_it != NULL)
        row->try_it(asvs.office);
}

/* No row of the group may be missing, and none may be there that is no row. */
static inline void asvs_all_are_there(void **state)
{
    char path[4096];
    size_t found = 0, length = strlen(asvs.name);
    (void)state;
    snprintf(path, sizeof path, "%s/tests/data/asvs/selected.tsv", getenv("PROBITY_ROOT"));
    char *text = program_slurp(path);
    for (char *line = text; line != NULL && *line != '\0';) {
        char *next = strchr(line, '\n');
        if (strncmp(line, asvs.name, length) == 0 && line[length] == '\t') {
            char id[32];
            bool there = false;
            snprintf(id, sizeof id, "%.*s", (int)strcspn(line + length + 1, "\t"),
                     line + length + 1);
            for (size_t i = 0; i < asvs.count; i++)
                there = there || strcmp(asvs.rows[i].id, id) == 0;
            if (!there)
                fail_msg("%s %s has no test", asvs.name, id);
            found++;
        }
        line = next == NULL ? NULL : next + 1;
    }
    free(text);
    assert_int_equal(found, asvs.count);
}

/** Tries all rows of a group; the program's exit code. */
static inline int asvs_run(const char *name, const asvs_row *rows, size_t count,
                           const char *const *options)
{
    struct CMUnitTest tests[ASVS_ROWS + 1] = {
        {.name = "all_rows_are_there", .test_func = asvs_all_are_there}};
    if (count > ASVS_ROWS)
        return 1;
    asvs = (asvs_group){.name = name, .rows = rows, .count = count, .options = options};
    for (size_t i = 0; i < count; i++)
        tests[i + 1] = (struct CMUnitTest){.name = rows[i].id,
                                           .test_func = asvs_try,
                                           .initial_state = (void *)(uintptr_t)&rows[i]};
    return _cmocka_run_group_tests(name, tests, count + 1, asvs_open, asvs_close);
}

/** Where a client of the proxy comes from. */
static inline const char *asvs_from(int host)
{
    static char header[4][100];
    static size_t turn;
    char *out = header[turn++ % 4];
    snprintf(out, sizeof header[0], "X-Real-IP: 198.51.100.%d\r\n", host);
    return out;
}

static const char *const asvs_behind_proxy[] = {"--proxy", NULL};

#endif
