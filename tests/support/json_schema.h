/* Checks a document against a JSON Schema (2020-12), as far as ours go: type, const, enum,
 * properties, required, additionalProperties: false, items, anyOf, minimum, maximum, maxLength,
 * $ref into the document, and patterns made of literals, [classes] and {counts}. A keyword it does
 * not know is a failure: nothing is passed over. */
#ifndef TESTS_SUPPORT_JSON_SCHEMA_H
#define TESTS_SUPPORT_JSON_SCHEMA_H

#include <regex.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include <cjson/cJSON.h>

typedef struct schema_check {
    const cJSON *root;
    char *fault; /* room for the first fault */
    size_t room;
} schema_check;

static inline bool schema_fault(schema_check *c, const char *path, const char *what)
{
    snprintf(c->fault, c->room, "%s: %s", path, what);
    return false;
}

static inline bool schema_type_is(const cJSON *value, const char *type)
{
    if (strcmp(type, "object") == 0)
        return cJSON_IsObject(value);
    if (strcmp(type, "array") == 0)
        return cJSON_IsArray(value);
    if (strcmp(type, "string") == 0)
        return cJSON_IsString(value);
    if (strcmp(type, "boolean") == 0)
        return cJSON_IsBool(value);
    if (strcmp(type, "null") == 0)
        return cJSON_IsNull(value);
    if (strcmp(type, "number") == 0)
        return cJSON_IsNumber(value);
    return strcmp(type, "integer") == 0 && cJSON_IsNumber(value) &&
           value->valuedouble == (double)(long long)value->valuedouble;
}

static inline bool schema_matches(const char *pattern, const char *text)
{
    regex_t compiled;
    if (regcomp(&compiled, pattern, REG_EXTENDED | REG_NOSUB) != 0)
        return false;
    bool found = regexec(&compiled, text, 0, NULL, 0) == 0;
    regfree(&compiled);
    return found;
}

static inline bool schema_valid(schema_check *c, const cJSON *schema, const cJSON *value,
                                const char *path);

static inline bool schema_object(schema_check *c, const cJSON *schema, const cJSON *value,
                                 const char *path)
{
    const cJSON *properties = cJSON_GetObjectItemCaseSensitive(schema, "properties"), *item;
    bool closed = cJSON_IsFalse(cJSON_GetObjectItemCaseSensitive(schema, "additionalProperties"));
    cJSON_ArrayForEach(item, cJSON_GetObjectItemCaseSensitive(schema, "required"))
    {
        if (cJSON_GetObjectItemCaseSensitive(value, item->valuestring) == NULL)
            return schema_fault(c, path, item->valuestring);
    }
    cJSON_ArrayForEach(item, value)
    {
        char inner[512];
        const cJSON *rule = cJSON_GetObjectItemCaseSensitive(properties, item->string);
        snprintf(inner, sizeof inner, "%.400s/%.100s", path, item->string);
        if (rule == NULL && closed)
            return schema_fault(c, inner, "not in the schema");
        if (rule != NULL && !schema_valid(c, rule, item, inner))
            return false;
    }
    return true;
}

/* `#/$defs/name`, `#/components/schemas/name`. */
static inline const cJSON *schema_target(const cJSON *root, const char *reference)
{
    const char *at = reference + 1;
    while (root != NULL && *at == '/') {
        char part[256];
        size_t len = strcspn(++at, "/");
        snprintf(part, sizeof part, "%.*s", (int)len, at);
        root = cJSON_GetObjectItemCaseSensitive(root, part);
        at += len;
    }
    return root;
}

/* Code points. */
static inline double schema_length(const char *text)
{
    double count = 0;
    for (; *text != '\0'; text++)
        count += ((unsigned char)*text & 0xC0) != 0x80;
    return count;
}

static inline bool schema_keyword(schema_check *c, const cJSON *schema, const cJSON *rule,
                                  const cJSON *value, const char *path)
{
    const char *key = rule->string;
    const cJSON *item;
    bool good = false;
    if (strcmp(key, "type") == 0) {
        if (cJSON_IsString(rule))
            good = schema_type_is(value, rule->valuestring);
        cJSON_ArrayForEach(item, rule) good = good || schema_type_is(value, item->valuestring);
    } else if (strcmp(key, "const") == 0) {
        good = cJSON_Compare(rule, value, true);
    } else if (strcmp(key, "enum") == 0) {
        cJSON_ArrayForEach(item, rule) good = good || cJSON_Compare(item, value, true);
    } else if (strcmp(key, "minimum") == 0) {
        good = !cJSON_IsNumber(value) || value->valuedouble >= rule->valuedouble;
    } else if (strcmp(key, "maximum") == 0) {
        good = !cJSON_IsNumber(value) || value->valuedouble <= rule->valuedouble;
    } else if (strcmp(key, "pattern") == 0) {
        good = !cJSON_IsString(value) || schema_matches(rule->valuestring, value->valuestring);
    } else if (strcmp(key, "maxLength") == 0) {
        good = !cJSON_IsString(value) || schema_length(value->valuestring) <= rule->valuedouble;
    } else if (strcmp(key, "anyOf") == 0) {
        cJSON_ArrayForEach(item, rule) good = good || schema_valid(c, item, value, path);
    } else if (strcmp(key, "properties") == 0) {
        return !cJSON_IsObject(value) || schema_object(c, schema, value, path);
    } else if (strcmp(key, "items") == 0) {
        cJSON_ArrayForEach(item, value) if (!schema_valid(c, rule, item, path)) return false;
        return true;
    } else if (strcmp(key, "$ref") == 0) {
        const cJSON *target = schema_target(c->root, rule->valuestring);
        return target != NULL ? schema_valid(c, target, value, path)
                              : schema_fault(c, path, rule->valuestring);
    } else {
        static const char *const silent[] = {
            "$schema", "$id", "title", "$defs", "required", "description", "additionalProperties",
            "format"};
        for (size_t i = 0; i < sizeof silent / sizeof *silent; i++)
            good = good || strcmp(key, silent[i]) == 0;
    }
    return good || schema_fault(c, path, key);
}

static inline bool schema_valid(schema_check *c, const cJSON *schema, const cJSON *value,
                                const char *path)
{
    const cJSON *rule;
    cJSON_ArrayForEach(rule, schema)
    {
        if (!schema_keyword(c, schema, rule, value, path))
            return false;
    }
    return true;
}

/** NULL when the document keeps to the schema, else where it does not (in `room`). */
static inline const char *schema_refuses(const char *schema_text, const char *document, char *room,
                                         size_t size)
{
    cJSON *schema = cJSON_Parse(schema_text), *value = cJSON_Parse(document);
    schema_check c = {schema, room, size};
    bool good = schema != NULL && value != NULL;
    if (!good)
        snprintf(room, size, "not JSON");
    good = good && schema_valid(&c, schema, value, "");
    cJSON_Delete(schema);
    cJSON_Delete(value);
    return good ? NULL : room;
}

#endif
