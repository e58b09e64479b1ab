/* What programs that measure the road have in common. */
#ifndef TESTS_RECORD_BENCH_H
#define TESTS_RECORD_BENCH_H

#include <sys/resource.h>

#include "world.h"

/** CPU seconds of the process. */
static inline double bench_cpu(void)
{
    struct rusage usage;
    getrusage(RUSAGE_SELF, &usage);
    return (double)usage.ru_utime.tv_sec + (double)usage.ru_stime.tv_sec +
           ((double)usage.ru_utime.tv_usec + (double)usage.ru_stime.tv_usec) / 1e6;
}

/** The model as it is shipped. */
static inline model_schema *bench_schema(const char *root)
{
    static const char *const files[] = {"account",    "activity", "campaign",    "campaign_member",
                                        "contact",    "lead",     "opportunity", "product",
                                        "order_line", "staff",    "sales_order", "service_case"};
    model_source sources[16];
    model_schema *schema = NULL;
    size_t count = 0;
    pb_error err;
    for (size_t i = 0; i < sizeof files / sizeof *files; i++) {
        char path[512];
        snprintf(path, sizeof path, "%s/model/%s.yaml", root, files[i]);
        FILE *file = fopen(path, "r");
        if (file == NULL)
            continue;
        char *bytes = malloc(1 << 20);
        size_t len = fread(bytes, 1, 1 << 20, file);
        fclose(file);
        sources[count++] = (model_source){pb_str_c(files[i]), pb_str_n(bytes, len)};
    }
    world_must(model_schema_load(sources, count, &schema, &err), &err);
    return schema;
}

#endif
