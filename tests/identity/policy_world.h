/* A small world for the tests of roles: staff, contacts, deals with lines, and a workspace on the
 * engine asked for. Records are put straight into their tables: how they come there is not shown
 * here. */
#ifndef TESTS_IDENTITY_POLICY_WORLD_H
#define TESTS_IDENTITY_POLICY_WORLD_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "engine.h"
#include "identity/policy.h"
#include "sys/file.h"
#include "sys/random.h"

static const char *const world_models[] = {
    "entity: staff\n"
    "title: [name]\n"
    "fields: {name: {type: text}}\n",
    "entity: contact\n"
    "title: [name]\n"
    "personal: true\n"
    "retention: {after: created, keep: 3y, then: anonymise, basis: GDPR 5(1)(e)}\n"
    "links:\n"
    "  owner: {to: staff, role: owner}\n"
    "fields:\n"
    "  name: {type: person_name, personal: {class: identity, purposes: [service], basis: "
    "[contract]}}\n"
    "  email: {type: email, portal: edit, personal: {class: contact, purposes: [service], basis: "
    "[contract]}}\n"
    "  born: {type: date, access: {read: [service], mask: year}, personal: {class: identity, "
    "purposes: [service], basis: [contract]}}\n"
    "  passport: {type: identifier, personal: {class: government_id, purposes: [service], basis: "
    "[contract]}}\n"
    "  city: {type: text}\n"
    "  points: {type: integer, access: {write: [manager]}}\n",
    "entity: deal\n"
    "title: [name]\n"
    "links:\n"
    "  owner: {to: staff, role: owner}\n"
    "  contact: {to: contact, role: contact}\n"
    "fields:\n"
    "  name: {type: text}\n"
    "  stage: {type: choice, values: [Open, Won, Lost]}\n"
    "  due: {type: date}\n",
    /* No owner, no customer: they are those of the deal, or of the contact. */
    "entity: line\n"
    "title: [name]\n"
    "links:\n"
    "  deal: {to: deal, role: opportunity}\n"
    "  contact_link: {to: contact, role: lead}\n"
    "fields:\n"
    "  name: {type: text}\n"
    "  count: {type: integer}\n"};

enum { WORLD_ENTITIES = 4 };

#define WORLD_NOW INT64_C(1750000000000000)

typedef struct world {
    char folder[128];
    char key[320];
    model_schema *schema;
    db_workspace *workspace;
    const model_entity *staff, *contact, *deal, *line;
    pb_arena *arena;
    int64_t now_us;
} world;

static inline void world_must(pb_status status, const pb_error *err)
{
    if (status == PB_OK)
        return;
    PB_AUTO_BUF text = PB_BUF_INIT(8192);
    pb_error_render(err, &err->primary, NULL, &text);
    pb_buf_byte(&text, ' ');
    pb_error_render(err, &err->detail, NULL, &text);
    pb_buf_byte(&text, ' ');
    pb_error_render(err, &err->hint, NULL, &text);
    fail_msg("%s", pb_buf_cstr(&text));
}

static inline void world_schema(world *w)
{
    pb_error err;
    model_source sources[WORLD_ENTITIES];
    for (size_t i = 0; i < WORLD_ENTITIES; i++)
        sources[i] = (model_source){PB_STR("world.yaml"), pb_str_c(world_models[i])};
    world_must(model_schema_load(sources, WORLD_ENTITIES, &w->schema, &err), &err);
    w->staff = model_entity_find(w->schema, PB_STR("staff"));
    w->contact = model_entity_find(w->schema, PB_STR("contact"));
    w->deal = model_entity_find(w->schema, PB_STR("deal"));
    w->line = model_entity_find(w->schema, PB_STR("line"));
    w->arena = pb_arena_new(0);
    assert_non_null(w->arena);
}

/* Scratch workspaces are faster; they cannot be written while they are read. */
static inline void world_open_as(world *w, bool scratch)
{
    pb_error err;
    const char *base = getenv("TMPDIR");
    memset(w, 0, sizeof *w);
    w->now_us = WORLD_NOW;
    world_must(sys_sodium_init(&err), &err);
    world_schema(w);
    snprintf(w->folder, sizeof w->folder, "%s/probity-policy-XXXXXX", base ? base : "/tmp");
    assert_non_null(mkdtemp(w->folder));
    snprintf(w->key, sizeof w->key, "%s.key", w->folder);
    db_options options = {.scratch = scratch && !on_postgres(), .key.key_file = w->key};
    world_must(db_workspace_create(on_postgres() ? engine_address() : w->folder, w->schema,
                                   &options, NULL, &w->workspace, &err),
               &err);
}

static inline void world_open(world *w)
{
    world_open_as(w, true);
}

static inline void world_close(world *w)
{
    w->workspace = db_workspace_close(w->workspace);
    w->schema = model_schema_free(w->schema);
    w->arena = pb_arena_free(w->arena);
    sys_dir_remove_tree(w->folder, NULL);
    unlink(w->key);
}

static inline identity_call world_call(world *w)
{
    w->now_us += 1000000;
    return (identity_call){{PB_STR("tester"), PB_STR_NONE, PB_STR("test")}, w->now_us, PB_STR_NONE};
}

static inline pb_str world_text(world *w, const char *text)
{
    pb_str copy = pb_arena_str(w->arena, pb_str_c(text));
    assert_non_null(copy.ptr);
    return copy;
}

static inline identity_role world_role(world *w, const char *yaml)
{
    pb_error err;
    identity_role role;
    const model_source source = {PB_STR("role.yaml"), world_text(w, yaml)};
    world_must(identity_role_parse(&source, w->schema, w->arena, &role, &err), &err);
    return role;
}

/** The id of the number-th record of its kind: staff 1, contact 2, deal 3, line 4. */
static inline pb_uuid world_id(unsigned kind, unsigned number)
{
    pb_uuid id = {{0}};
    id.b[0] = (uint8_t)kind;
    id.b[14] = (uint8_t)(number >> 8);
    id.b[15] = (uint8_t)number;
    return id;
}

/* ---- random numbers that are the same every time ---- */

typedef struct dice {
    uint64_t state;
} dice;

static inline unsigned roll(dice *d, unsigned sides)
{
    d->state ^= d->state << 13;
    d->state ^= d->state >> 7;
    d->state ^= d->state << 17;
    return (unsigned)(d->state >> 33) % sides;
}

#endif
