/* mail_domain: does the domain of an e-mail address exist, and take mail. The audit itself asks
 * nobody: whoever runs it hands in the answers, or says that none are wanted. */
#include "../measure.h"

typedef struct domain_list {
    pb_map *index; /* domain → place */
    pb_str *names;
    size_t count, capacity;
    audit_mail *verdicts;
} domain_list;

/* What stands behind the last @; absent for an address in brackets, which no name server knows. */
static pb_str domain_of(pb_str address)
{
    size_t at = address.len;
    while (at > 0 && address.ptr[at - 1] != '@')
        at--;
    pb_str domain = pb_str_sub(address, at, address.len);
    return at == 0 || domain.len == 0 || domain.ptr[0] == '[' ? PB_STR_NONE : domain;
}

static pb_status open_addresses(audit_check *check, db_stmt **ret, pb_error *err)
{
    const model_field *field = check->control->field;
    PB_AUTO_BUF sql = PB_BUF_INIT(1 << 20);
    pb_buf_addc(&sql, "select e.n, e.");
    work_put_field(&sql, field, true);
    pb_buf_printf(&sql, " from %.*s e where e.", PB_STR_FMT(field->entity->name));
    work_put_field(&sql, field, true);
    pb_buf_addc(&sql, " is not null order by e.n");
    return work_query(check->work, pb_buf_str(&sql), ret, err);
}

static pb_status gather(audit_check *check, domain_list *list, pb_error *err)
{
    pb_arena *scratch = check->work->scratch;
    db_stmt *stmt;
    PB_TRY(open_addresses(check, &stmt, err));
    for (;;) {
        bool row, fresh = false;
        PB_TRY(db_step(stmt, &row, err));
        if (!row)
            return PB_OK;
        pb_str domain = domain_of(db_column_text(stmt, 1));
        if (domain.ptr == NULL || pb_map_get(list->index, domain) != NULL)
            continue;
        domain = pb_arena_str(scratch, domain);
        uint64_t *place = domain.ptr == NULL ? NULL : pb_map_put(list->index, domain, &fresh);
        if (place == NULL)
            return pb_fail_memory(err);
        *place = list->count;
        if (!PB_PUSH(scratch, list->names, list->count, list->capacity, domain))
            return pb_fail_memory(err);
    }
}

static const char *problem_of(audit_mail verdict)
{
    switch (verdict) {
    case AUDIT_MAIL_NO_DOMAIN:
        return PB_MSG("The domain of “{value}” does not exist.");
    case AUDIT_MAIL_NO_HOST:
        return PB_MSG("The domain of “{value}” has neither a mail server nor an address.");
    case AUDIT_MAIL_REFUSED:
        return PB_MSG("The domain of “{value}” says that it takes no mail.");
    default:
        return NULL;
    }
}

/* Addresses whose domain could not be checked are not counted: neither good nor bad. */
static pb_status judge(audit_check *check, const domain_list *list, pb_error *err)
{
    db_stmt *stmt;
    check->finding->population = 0;
    PB_TRY(open_addresses(check, &stmt, err));
    for (;;) {
        bool row;
        PB_TRY(db_step(stmt, &row, err));
        if (!row)
            return PB_OK;
        audit_failure failure = {.n = db_column_i64(stmt, 0), .field = check->control->field->name};
        failure.value = db_column_text(stmt, 1);
        pb_str domain = domain_of(failure.value);
        const uint64_t *place = domain.ptr == NULL ? NULL : pb_map_get(list->index, domain);
        audit_mail verdict = place == NULL ? AUDIT_MAIL_UNKNOWN : list->verdicts[*place];
        if (verdict == AUDIT_MAIL_UNKNOWN)
            continue;
        check->finding->population++;
        const char *problem = problem_of(verdict);
        if (problem == NULL)
            continue;
        failure.problem = pb_str_c(problem);
        PB_TRY(check_fail(check, &failure, err));
    }
}

/* Silence is told, beside whatever the others said; when nobody answered, the check could not run.
 */
static pb_status say_unknown(audit_check *check, const domain_list *list, pb_error *err)
{
    size_t unknown = 0;
    for (size_t i = 0; i < list->count; i++)
        unknown += list->verdicts[i] == AUDIT_MAIL_UNKNOWN;
    if (unknown == 0)
        return PB_OK;
    if (unknown == list->count)
        return pb_fail(err, PB_BUSY,
                       PB_MSG("No name server answered for any of the {count} domains."), "count",
                       PB_ARG_INT(unknown), NULL);
    check->finding->reason = pb_str_c(PB_MSG("Not examined, for no name server answered: {value}"));
    PB_AUTO_BUF names = PB_BUF_INIT(4096);
    for (size_t i = 0; i < list->count && names.len < 300; i++) {
        if (list->verdicts[i] != AUDIT_MAIL_UNKNOWN)
            continue;
        if (names.len > 0)
            pb_buf_addc(&names, ", ");
        pb_buf_add(&names, list->names[i]);
    }
    check->finding->reason_value = pb_arena_str(check->work->arena, pb_buf_str(&names));
    return check->finding->reason_value.ptr != NULL ? PB_OK : pb_fail_memory(err);
}

pb_status measure_mail_domain(audit_check *check, pb_error *err)
{
    const audit_options *options = check->work->options;
    domain_list list = {0};
    if (options->mail_domains == NULL)
        return check_not_applicable(
            check, PB_MSG("Not examined: mail domains; run with {value} to ask name servers."),
            PB_STR("--check-domains"), err);
    list.index = pb_map_new(check->work->scratch);
    if (list.index == NULL)
        return pb_fail_memory(err);
    PB_TRY(gather(check, &list, err));
    list.verdicts = pb_arena_array(check->work->scratch, list.count + 1, sizeof *list.verdicts);
    if (list.verdicts == NULL)
        return pb_fail_memory(err);
    if (list.count > 0)
        PB_TRY(options->mail_domains(options->context, list.names, list.count, list.verdicts, err));
    PB_TRY(say_unknown(check, &list, err));
    return judge(check, &list, err);
}
