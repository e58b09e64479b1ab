/* Loads the part that speaks to mail servers. */
#include "mail/send.h"

#include "sys/module.h"

typedef pb_status (*mail_entrance)(const mail_letter *letter, mail_answer *answer, pb_error *err);

pb_status mail_send(const mail_letter *letter, mail_answer *answer, pb_error *err)
{
    sys_function found;
    *answer = (mail_answer){.outcome = MAIL_LATER};
    PB_TRY(sys_module_find("probity-mail.so", "probity_mail", &found, err));
    return ((mail_entrance)found)(letter, answer, err);
}
