/* never_filled and forbidden_columns: what the headers of the source and their counts tell. */
#include "../measure.h"

enum { HARDLY = 100, HARDLY_FROM = 100 }; /* below one in a hundred, from a hundred rows on */

static pb_status open_columns(audit_check *check, db_stmt **ret, pb_error *err)
{
    PB_TRY(work_query(check->work,
                      PB_STR("select header, min(field), sum(filled), sum(rows) from source_column "
                             "where entity = :entity group by header order by header"),
                      ret, err));
    db_bind_named(*ret, "entity", PB_VALUE_TEXT(check->control->entity->name));
    return PB_OK;
}

static pb_status not_on_record(audit_check *check, pb_error *err)
{
    return check_not_applicable(
        check, PB_MSG("{value} were not imported from a file, so there are no columns to look at."),
        check->control->entity->plural, err);
}

pb_status measure_never_filled(audit_check *check, pb_error *err)
{
    db_stmt *stmt;
    check->finding->population = 0;
    PB_TRY(open_columns(check, &stmt, err));
    for (;;) {
        bool row;
        PB_TRY(db_step(stmt, &row, err));
        if (!row)
            break;
        int64_t filled = db_column_i64(stmt, 2), rows = db_column_i64(stmt, 3);
        check->finding->population++;
        if (rows == 0 || (filled && (rows < HARDLY_FROM || filled * HARDLY >= rows)))
            continue;
        PB_AUTO_BUF count = PB_BUF_INIT(32);
        PB_AUTO_BUF all = PB_BUF_INIT(32);
        pb_buf_i64(&count, filled);
        pb_buf_i64(&all, rows);
        audit_failure failure = {.field = db_column_text(stmt, 0)};
        failure.value = pb_buf_str(&count);
        failure.other = pb_buf_str(&all);
        failure.problem =
            pb_str_c(filled ? PB_MSG("Only {value} of {other} rows have anything in this column.")
                            : PB_MSG("Not one of {other} rows has anything in this column."));
        PB_TRY(check_fail(check, &failure, err));
    }
    return check->finding->population ? PB_OK : not_on_record(check, err);
}

/* Headers in the form of model_header_key: folded, no separators. */
static const struct forbidden {
    const char *problem;
    const char *const *headers;
} forbidden[] = {
    {PB_MSG("This column holds passwords; {value} rows are filled."),
     (const char *const[]){"password", "passwd", "passwort", "pwd", "userpassword", "kennwort",
                           "motdepasse", "contrasena", "senha", "密码", "口令", "رمزعبور",
                           "گذرواژه", NULL}},
    {PB_MSG("This column holds payment card numbers; {value} rows are filled."),
     (const char *const[]){"ccnumber", "cardnumber", "creditcard", "creditcardnumber",
                           "creditcardno", "cardno", "ccnum", "pan", "debitcardnumber",
                           "kreditkartennummer", "信用卡号", "银行卡号", "شمارهکارت", NULL}},
    {PB_MSG("This column holds card security codes; {value} rows are filled."),
     (const char *const[]){"cvv", "cvv2", "cvc", "cvc2", "cvn", "cardcvv", "securitycode",
                           "cardsecuritycode", "安全码", NULL}},
    {PB_MSG("This column holds national identity numbers; {value} rows are filled."),
     (const char *const[]){"nationalid", "nationalidnumber", "ssn", "socialsecuritynumber",
                           "socialsecurity", "passport", "passportnumber", "passportno", "nin",
                           "idcardnumber", "identitynumber", "身份证", "身份证号", "身份证号码",
                           "护照号", "کدملی", "شمارهملی", "شمارهگذرنامه", NULL}},
    {PB_MSG("This column holds answers to security questions; {value} rows are filled."),
     (const char *const[]){"mothersmaiden", "mothersmaidenname", "securityanswer", "secretanswer",
                           NULL}},
};

static const char *forbids(pb_str key)
{
    for (size_t i = 0; i < sizeof forbidden / sizeof *forbidden; i++)
        for (size_t k = 0; forbidden[i].headers[k]; k++)
            if (pb_str_is(key, forbidden[i].headers[k]))
                return forbidden[i].problem;
    return NULL;
}

pb_status measure_forbidden_columns(audit_check *check, pb_error *err)
{
    db_stmt *stmt;
    check->finding->population = 0;
    PB_TRY(open_columns(check, &stmt, err));
    for (;;) {
        bool row;
        PB_TRY(db_step(stmt, &row, err));
        if (!row)
            break;
        check->finding->population++;
        PB_AUTO_BUF key = PB_BUF_INIT(8192);
        PB_AUTO_BUF count = PB_BUF_INIT(32);
        model_header_key(db_column_text(stmt, 0), &key);
        const char *problem = forbids(pb_buf_str(&key));
        if (!problem || !db_column_i64(stmt, 2))
            continue;
        pb_buf_i64(&count, db_column_i64(stmt, 2));
        audit_failure failure = {.field = db_column_text(stmt, 0)};
        failure.value = pb_buf_str(&count);
        failure.problem = pb_str_c(problem);
        PB_TRY(check_fail(check, &failure, err));
    }
    return check->finding->population ? PB_OK : not_on_record(check, err);
}
