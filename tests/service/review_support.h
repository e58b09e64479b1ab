/* What the tests of the gate and the review share: imports of a few contacts or of files, and what
 * waits for review. */
#ifndef SERVICE_REVIEW_SUPPORT_H
#define SERVICE_REVIEW_SUPPORT_H

#include "service/review.h"
#include "service_support.h"

static const char few[] = "Contact ID,Full Name,Email,Phone,Birth Date\n"
                          "c1,Annabel Weberknecht,annabel@nordlicht.de,+493023122340,1980-03-14\n"
                          "c2,Dschingis Okonjo,okonjo@example.org,+493023122399,1961-11-02\n"
                          "c3,Anabel Weberknecht,annabel@nordlicht.de,,1980-03-14\n";

static inline exchange_plan import(office *o, db_workspace *workspace, const char *path,
                                   const service_gate *gate)
{
    pb_error err;
    exchange_plan plan = {0};
    service_source source = {.paths = &path, .path_count = 1, .gate = gate, .again = true};
    o->call.now_us += 1000000;
    must(service_import(o->service, &o->call, workspace, &source, false, false, o->arena, &plan,
                        &err),
         &err);
    return plan;
}

static inline uint64_t waiting(db_workspace *workspace)
{
    pb_error err;
    uint64_t counts[4];
    must(service_review_count(workspace, NULL, counts, &err), &err);
    return counts[RECORD_OPEN];
}

static inline const model_entity *contact_of(office *o)
{
    return model_entity_find(service_schema(o->service), PB_STR("contact"));
}

/* Ids of two contacts by their source ids. */
static inline void ids_of(office *o, db_workspace *workspace, const char *a, const char *b,
                          pb_uuid *ret_a, pb_uuid *ret_b)
{
    pb_error err;
    const model_entity *entity = NULL;
    must(service_review_names(workspace, contact_of(o), pb_str_c(a), pb_str_c(b), &entity, ret_a,
                              ret_b, &err),
         &err);
    assert_ptr_equal(entity, contact_of(o));
}

#endif
