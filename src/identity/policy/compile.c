/* Roles made ready for decisions: for each role and entity the grants that reach it, with the right
 * to every field; for each role what it does not pass on.
 *
 *   role ──▶ parts[entity] ──▶ uses: operations, scopes, condition, rights by field
 *     │           └──────────▶ kept, passes: what those below do not get
 *     ▼
 *   parent ──▶ …
 */
#include "internal.h"

#include <stdlib.h>
#include <string.h>

typedef struct compiling {
    identity_policy *policy;
    pb_error *err;
} compiling;

/* ---- how far a field shows ---- */

static const identity_mark *find_mark(const identity_mark *marks, size_t count, pb_str name)
{
    for (size_t i = 0; i < count; i++)
        if (pb_str_eq(marks[i].name, name))
            return &marks[i];
    return NULL;
}

/* `entity.field` goes before `field`. */
static const identity_mark *find_field(const identity_rights *rights, const model_field *field)
{
    pb_str entity = field->entity->name;
    for (size_t i = 0; i < rights->field_count; i++) {
        pb_str name = rights->fields[i].name;
        if (name.len == entity.len + 1 + field->name.len && pb_str_starts(name, entity) &&
            name.ptr[entity.len] == '.' && pb_str_ends(name, field->name))
            return &rights->fields[i];
    }
    return find_mark(rights->fields, rights->field_count, field->name);
}

/* The right that a grant gives to a field, as its marks say. */
static identity_right right_of(const identity_rights *rights, const model_field *field)
{
    const identity_mark *mark = find_field(rights, field);
    if (mark != NULL)
        return mark->right;
    if (rights->portal && !pb_str_empty(field->portal))
        return pb_str_is(field->portal, "edit") ? IDENTITY_WRITE : IDENTITY_READ;
    if (rights->has_sensitive && field->personal.sensitive)
        return rights->sensitive;
    bool somebody = field->type == MODEL_LINK && field->target->personal;
    if (!field->personal.declared)
        return somebody && rights->has_personal ? rights->personal : rights->other;
    mark = find_mark(rights->classes, rights->class_count, field->personal.klass);
    if (mark != NULL)
        return mark->right;
    return rights->has_personal ? rights->personal : rights->other;
}

static bool names(const model_strs *list, const char *word)
{
    for (size_t i = 0; word != NULL && i < list->count; i++)
        if (pb_str_is(list->items[i], word))
            return true;
    return false;
}

/* What the model says of who reads and writes a field goes before what a role says. */
static identity_right by_duty(const policy_role *role, const model_field *field,
                              identity_right right)
{
    if (field->readers.count > 0 && right > IDENTITY_MASKED && !names(&field->readers, role->duty))
        return IDENTITY_MASKED;
    if (field->writers.count > 0 && right > IDENTITY_READ && !names(&field->writers, role->duty))
        return IDENTITY_READ;
    return right;
}

/* ---- grants ---- */

static bool reaches(bool every, const model_strs *entities, const model_entity *entity)
{
    if (entity == NULL)
        return !every && entities->count == 0;
    for (size_t i = 0; !every && i < entities->count; i++)
        if (pb_str_eq(entities->items[i], entity->name) ||
            (entity->access_as != NULL && pb_str_eq(entities->items[i], entity->access_as->name)))
            return true;
    return every;
}

/* False for a condition that means nothing any more: the grant then gives nothing. */
static pb_status make_when(const compiling *c, const identity_grant *grant,
                           const model_entity *entity, const model_expr **ret_when, bool *ret_good)
{
    PB_AUTO_ARENA arena = pb_arena_new(0);
    model_expr *expr = NULL;
    model_bound bound = {0};
    const model_place place = {grant->name, 1, 1};
    *ret_good = true;
    *ret_when = NULL;
    if (pb_str_empty(grant->when))
        return PB_OK;
    if (arena == NULL)
        return pb_fail_memory(c->err);
    pb_status status =
        model_expr_parse(c->policy->arena, entity, grant->when, place, &expr, c->err);
    if (status == PB_OK)
        status = model_expr_bind(expr, "r", (model_days){0}, arena, &bound, c->err);
    *ret_good = status == PB_OK;
    *ret_when = expr;
    return status == PB_MEMORY ? status : PB_OK;
}

static pb_status make_use(const compiling *c, const policy_role *role, const identity_grant *grant,
                          const model_entity *entity, policy_part *part)
{
    policy_use use = {.grant = grant, .operations = grant->operations, .scopes = grant->scopes};
    bool good = true;
    if (entity == NULL) {
        use.scopes = IDENTITY_SCOPE_ALL;
    } else {
        PB_TRY(make_when(c, grant, entity, &use.when, &good));
        uint8_t *rights = pb_arena_array(c->policy->arena, entity->field_count + 1, 1);
        if (rights == NULL)
            return pb_fail_memory(c->err);
        for (size_t i = 0; i < entity->field_count; i++)
            rights[i] = (uint8_t)by_duty(role, &entity->fields[i],
                                         right_of(&grant->rights, &entity->fields[i]));
        use.rights = rights;
    }
    if (!good)
        return PB_OK;
    part->uses[part->count++] = use;
    part->operations |= use.operations;
    return PB_OK;
}

static pb_status make_uses(const compiling *c, const policy_role *role, const model_entity *entity,
                           policy_part *part)
{
    const identity_role *said = &role->row->role;
    size_t count = 0;
    for (size_t i = 0; i < said->grant_count; i++)
        count += reaches(said->grants[i].every, &said->grants[i].entities, entity);
    part->uses = pb_arena_array(c->policy->arena, count + 1, sizeof *part->uses);
    if (part->uses == NULL)
        return pb_fail_memory(c->err);
    for (size_t i = 0; i < said->grant_count; i++)
        if (reaches(said->grants[i].every, &said->grants[i].entities, entity))
            PB_TRY(make_use(c, role, &said->grants[i], entity, part));
    return PB_OK;
}

/* ---- what is kept ---- */

static bool keeps_field(const identity_keep *keep, const model_field *field)
{
    for (size_t i = 0; field->personal.declared && i < keep->classes.count; i++)
        if (pb_str_eq(keep->classes.items[i], field->personal.klass))
            return true;
    for (size_t i = 0; i < keep->fields.count; i++) {
        identity_mark mark = {keep->fields.items[i], IDENTITY_HIDDEN};
        const identity_rights one = {.fields = &mark, .field_count = 1};
        if (find_field(&one, field) != NULL)
            return true;
    }
    return false;
}

static pb_status lower(const compiling *c, const identity_keep *keep, const model_entity *entity,
                       identity_operation operation, policy_part *part)
{
    pb_arena *arena = c->policy->arena;
    if (part->passes == NULL)
        part->passes = pb_arena_array(arena, IDENTITY_OPERATIONS, sizeof *part->passes);
    if (part->passes == NULL)
        return pb_fail_memory(c->err);
    uint8_t *passes = pb_arena_array(arena, entity->field_count + 1, 1);
    if (passes == NULL)
        return pb_fail_memory(c->err);
    for (size_t i = 0; i < entity->field_count; i++) {
        uint8_t before =
            part->passes[operation] == NULL ? IDENTITY_WRITE : part->passes[operation][i];
        bool lowers = keeps_field(keep, &entity->fields[i]) && keep->passes < before;
        passes[i] = lowers ? (uint8_t)keep->passes : before;
    }
    part->passes[operation] = passes;
    return PB_OK;
}

static pb_status make_keeps(const compiling *c, const policy_role *role, const model_entity *entity,
                            policy_part *part)
{
    for (size_t i = 0; i < role->row->role.keep_count; i++) {
        const identity_keep *keep = &role->row->role.keeps[i];
        if (!reaches(keep->every, &keep->entities, entity))
            continue;
        if (entity == NULL || keep->classes.count + keep->fields.count == 0) {
            part->kept |= keep->operations;
            continue;
        }
        for (int j = 0; j < IDENTITY_OPERATIONS; j++)
            if (policy_has(keep->operations, (identity_operation)j))
                PB_TRY(lower(c, keep, entity, (identity_operation)j, part));
    }
    return PB_OK;
}

/* ---- roles ---- */

static policy_role *find_name(const identity_policy *policy, pb_str name)
{
    for (size_t i = 0; i < policy->count; i++)
        if (pb_str_eq(policy->rows[i].role.name, name))
            return &policy->roles[i];
    return NULL;
}

static void link_parents(identity_policy *policy)
{
    for (size_t i = 0; i < policy->count; i++) {
        policy_role *role = &policy->roles[i];
        role->row = &policy->rows[i];
        if (pb_str_empty(role->row->role.parent))
            continue;
        role->parent = find_name(policy, role->row->role.parent);
        role->void_ = role->parent == NULL;
    }
}

static const char *duty_word(pb_str duty)
{
    for (const char *const *word = model_duties(); *word != NULL; word++)
        if (pb_str_is(duty, *word))
            return *word;
    return NULL;
}

/* What follows from the roles above: whether there is an end, a second factor, the duty. */
static void follow_parents(identity_policy *policy)
{
    for (size_t i = 0; i < policy->count; i++) {
        policy_role *role = &policy->roles[i];
        size_t length = 0;
        for (const policy_role *at = role; at != NULL; at = at->parent) {
            role->second_factor = role->second_factor || at->row->role.second_factor;
            if (role->duty == NULL)
                role->duty = duty_word(at->row->role.duty);
            bool broken = !pb_str_empty(at->row->role.parent) && at->parent == NULL;
            if (!broken && ++length <= POLICY_CHAIN_MOST)
                continue;
            role->void_ = true;
            break;
        }
    }
}

static pb_status make_parts(const compiling *c, policy_role *role)
{
    const model_schema *schema = c->policy->schema;
    size_t count = schema->entity_count;
    role->parts = pb_arena_array(c->policy->arena, count + 1, sizeof *role->parts);
    if (role->parts == NULL)
        return pb_fail_memory(c->err);
    for (size_t i = 0; i <= count; i++) {
        const model_entity *entity = i < count ? &schema->entities[i] : NULL;
        PB_TRY(make_uses(c, role, entity, &role->parts[i]));
        PB_TRY(make_keeps(c, role, entity, &role->parts[i]));
    }
    return PB_OK;
}

static int by_number(const void *a, const void *b)
{
    int64_t x = (*(const policy_role *const *)a)->row->number;
    int64_t y = (*(const policy_role *const *)b)->row->number;
    return x < y ? -1 : x > y ? 1 : 0;
}

const policy_role *policy_find(const identity_policy *policy, int64_t number)
{
    size_t from = 0, to = policy->count;
    while (from < to) {
        size_t middle = from + (to - from) / 2;
        int64_t there = policy->by_number[middle]->row->number;
        if (there == number)
            return policy->by_number[middle];
        if (there < number)
            from = middle + 1;
        else
            to = middle;
    }
    return NULL;
}

static pb_status make_roles(const compiling *c)
{
    identity_policy *policy = c->policy;
    policy->roles = pb_arena_array(policy->arena, policy->count + 1, sizeof *policy->roles);
    policy->by_number = pb_arena_array(policy->arena, policy->count + 1, sizeof *policy->by_number);
    if (policy->roles == NULL || policy->by_number == NULL)
        return pb_fail_memory(c->err);
    link_parents(policy);
    follow_parents(policy);
    for (size_t i = 0; i < policy->count; i++) {
        PB_TRY(make_parts(c, &policy->roles[i]));
        policy->by_number[i] = &policy->roles[i];
    }
    if (policy->count > 0)
        qsort(policy->by_number, policy->count, sizeof(void *), by_number);
    return PB_OK;
}

static pb_status make_paths(const compiling *c)
{
    identity_policy *policy = c->policy;
    size_t count = policy->schema->entity_count;
    policy->owners = pb_arena_array(policy->arena, count + 1, sizeof *policy->owners);
    policy->customers = pb_arena_array(policy->arena, count + 1, sizeof *policy->customers);
    if (policy->owners == NULL || policy->customers == NULL)
        return pb_fail_memory(c->err);
    for (size_t i = 0; i < count; i++) {
        policy_owner_path(&policy->schema->entities[i], &policy->owners[i]);
        policy_customer_path(&policy->schema->entities[i], &policy->customers[i]);
    }
    return PB_OK;
}

/* Roles are written out and read again: the policy then has its own texts. */
static pb_status copy_roles(const compiling *c, const identity_role_row *roles, size_t count)
{
    identity_policy *policy = c->policy;
    PB_AUTO_BUF text = PB_BUF_INIT(POLICY_ROLE_BYTES);
    policy->rows = pb_arena_array(policy->arena, count + 1, sizeof *policy->rows);
    if (policy->rows == NULL)
        return pb_fail_memory(c->err);
    for (size_t i = 0; i < count; i++) {
        pb_buf_clear(&text);
        identity_role_write(&roles[i].role, 0, &text);
        if (text.failed)
            return pb_fail_memory(c->err);
        const model_source source = {roles[i].role.name, pb_buf_str(&text)};
        policy->rows[i] = roles[i];
        PB_TRY(identity_role_parse(&source, NULL, policy->arena, &policy->rows[i].role, c->err));
    }
    policy->count = count;
    return PB_OK;
}

pb_status identity_policy_compile(const model_schema *schema, const identity_role_row *roles,
                                  size_t count, identity_policy **ret_policy, pb_error *err)
{
    identity_policy *policy = calloc(1, sizeof *policy);
    if (policy == NULL)
        return pb_fail_memory(err);
    atomic_init(&policy->references, 1);
    policy->schema = schema;
    policy->arena = pb_arena_new(0);
    const compiling c = {policy, err};
    pb_status status = policy->arena == NULL ? pb_fail_memory(err) : PB_OK;
    if (status == PB_OK)
        status = copy_roles(&c, roles, count);
    if (status == PB_OK)
        status = make_roles(&c);
    if (status == PB_OK)
        status = make_paths(&c);
    if (status != PB_OK)
        identity_policy_release(policy);
    else
        *ret_policy = policy;
    return status;
}

identity_policy *identity_policy_release(identity_policy *policy)
{
    if (policy != NULL && atomic_fetch_sub(&policy->references, 1) == 1) {
        pb_arena_free(policy->arena);
        free(policy);
    }
    return NULL;
}

const model_schema *identity_policy_schema(const identity_policy *policy)
{
    return policy->schema;
}

const identity_role_row *identity_policy_roles(const identity_policy *policy, size_t *ret_count)
{
    *ret_count = policy->count;
    return policy->rows;
}
