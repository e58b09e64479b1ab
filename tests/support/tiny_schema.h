/* A small schema made by hand, for tests of modules below or beside the loader of declarations. */
#ifndef TINY_SCHEMA_H
#define TINY_SCHEMA_H

#include "model/schema.h"

#include <string.h>

typedef struct tiny_schema {
    model_schema schema;
    model_entity entities[3];
    model_field account[4];
    model_field contact[8];
    model_field extra[2];
} tiny_schema;

static inline void tiny_field(model_entity *entity, model_field *field, pb_str name,
                              model_type type)
{
    *field = (model_field){.name = name,
                           .label = name,
                           .entity = entity,
                           .index = entity->field_count,
                           .type = type,
                           .history = true};
    entity->field_count++;
}

/** Two entities: account (name, city) and contact (name, email, birth, balance, account). */
static inline void tiny_schema_make(tiny_schema *tiny)
{
    memset(tiny, 0, sizeof *tiny);
    model_entity *account = &tiny->entities[0];
    model_entity *contact = &tiny->entities[1];
    *account = (model_entity){.name = PB_STR("account"), .label = PB_STR("Account"), .index = 0};
    *contact = (model_entity){
        .name = PB_STR("contact"), .label = PB_STR("Contact"), .index = 1, .personal = true};
    account->fields = tiny->account;
    contact->fields = tiny->contact;
    tiny_field(account, &tiny->account[0], PB_STR("name"), MODEL_ORG_NAME);
    tiny_field(account, &tiny->account[1], PB_STR("city"), MODEL_TEXT);
    tiny_field(contact, &tiny->contact[0], PB_STR("name"), MODEL_PERSON_NAME);
    tiny_field(contact, &tiny->contact[1], PB_STR("email"), MODEL_EMAIL);
    tiny_field(contact, &tiny->contact[2], PB_STR("birth"), MODEL_DATE);
    tiny_field(contact, &tiny->contact[3], PB_STR("balance"), MODEL_MONEY);
    tiny_field(contact, &tiny->contact[4], PB_STR("account"), MODEL_LINK);
    tiny->contact[4].target = account;
    tiny->schema.entities = tiny->entities;
    tiny->schema.entity_count = 2;
}

/** The same, a version later: contact has a field `phone`, and there is an entity `visit`. */
static inline void tiny_schema_grow(tiny_schema *tiny)
{
    tiny_schema_make(tiny);
    tiny_field(&tiny->entities[1], &tiny->contact[5], PB_STR("phone"), MODEL_PHONE);
    model_entity *visit = &tiny->entities[2];
    *visit = (model_entity){.name = PB_STR("visit"), .label = PB_STR("Visit"), .index = 2};
    visit->fields = tiny->extra;
    tiny_field(visit, &tiny->extra[0], PB_STR("held_on"), MODEL_DATE);
    tiny->schema.entity_count = 3;
}

#endif
