"""What must not stand in free text, in three languages; the sentences are written out, so that no rule of grammar is needed."""
from faults import fault
import values

SAID = {
    "PRI-HEALTH-TEXT": {"latin": ["Has diabetes, no appointments after lunch.", "She is on sick leave until May.", "Was diagnosed with multiple sclerosis.", "He had a heart attack last year.", "Suffers from depression, call gently.", "Her husband has Parkinson's.", "Is pregnant, on maternity leave from June.", "In a wheelchair, needs the lift.", "He is an alcoholic.", "Had a stroke in March.", "Has been in rehab since spring.", "Chemotherapy every Tuesday.",
                                  "Leidet an Depressionen.", "Ist schwanger, ab Mai in Mutterschutz.", "Krankgeschrieben bis Ende Juni.", "Hat Krebs, bitte schonen.", "Il est diabétique.", "Elle est enceinte.", "Est en arrêt maladie.", "Tiene cáncer.", "Está embarazada.", "È malato di cuore.", "Is ernstig ziek.", "HIV positive.", "Has epilepsy.", "He is bipolar.", "She had a miscarriage.", "Recovering from surgery on the knee.", "Schwerbehindert, Rollstuhl."],
                        "chinese": ["有糖尿病，中午不接电话。", "怀孕了，六月休产假。", "去年得了癌症。", "患有抑郁症。", "残疾人，坐轮椅。", "心脏病住院了。", "她最近做了手术。", "患高血压。", "乙肝携带者。", "精神病史。", "艾滋病感染者。", "请病假到五月。"],
                        "persian": ["دیابت دارد.", "سرطان دارد و شیمی‌درمانی می‌شود.", "باردار است.", "افسردگی دارد.", "سکته کرده است.", "بیماری قلبی دارد.", "معلول است و ویلچر دارد.", "در مرخصی استعلاجی است.", "فشار خون دارد.", "به ام‌اس مبتلا است.", "معتاد است.", "عمل جراحی داشته است."]},
    "PRI-BELIEF-TEXT": {"latin": ["He is a devout Muslim, no calls on Friday.", "Is Jewish, closed on Saturday.", "Catholic, goes to church every Sunday.", "Votes for the Greens.", "Member of the Communist Party.", "Shop steward, trade union member.", "She is a Jehovah's Witness.", "Is very religious.", "Fasts during Ramadan.", "Ist Gewerkschaftsmitglied.", "CDU-Wähler.", "Ist Zeuge Jehovas.", "Il est musulman.", "Elle est juive.", "Es católico practicante.", "È comunista.", "SPD-Mitglied, redet gern über Politik.", "Is a Republican, avoid politics.", "Union member since 1999.", "Practising Hindu.", "He is an atheist.", "Ist evangelisch.", "Voted for Trump."],
                        "chinese": ["他是穆斯林，不吃猪肉。", "信佛教，初一十五吃素。", "基督徒，周日去教堂。", "是共产党员。", "信天主教。", "工会会员。", "她信仰基督教。", "法轮功学员。", "中共党员。"],
                        "persian": ["مسیحی است.", "بهایی است.", "سنی است.", "یهودی است.", "اصلاح‌طلب است.", "عضو حزب است.", "خیلی مذهبی است.", "زرتشتی است.", "عضو اتحادیه کارگری است.", "مسلمان متعصب است."]},
    "PRI-ORIGIN-TEXT": {"latin": ["Of Turkish descent.", "Hat Migrationshintergrund.", "He is black.", "She is African American.", "Is a gypsy.", "Of Roma origin.", "Ethnicity: Kurdish.", "Skin colour: dark.", "Of Chinese descent.", "Mixed race.", "D'origine arabe.", "De origen gitano.", "Türkischer Abstammung.", "Is an Arab.", "Ethnic origin: Asian.", "Di origine africana."],
                        "chinese": ["他是维吾尔族。", "回族，注意饮食。", "藏族客户。", "少数民族。", "是朝鲜族人。", "蒙古族。", "苗族人。", "她是黑人。"], "persian": ["کرد است.", "بلوچ است.", "عرب است.", "افغانی است.", "ترک است.", "لر است.", "قومیت: کرد.", "ترکمن است."]},
    "PRI-SEXUAL-TEXT": {"latin": ["He is gay.", "Is a lesbian.", "Openly gay, mention the husband.", "Has an affair with the secretary.", "She is bisexual.", "Homosexual.", "Is transgender.", "Ist schwul.", "Ist lesbisch.", "Il est homosexuel.", "Es gay.", "È omosessuale.", "Lives in a gay marriage.", "Hat eine Affäre mit der Chefin.", "Sexual orientation: gay."], "chinese": ["他是同性恋。", "有婚外情。", "她是双性恋。", "出轨了。", "变性人。", "婚外恋。"], "persian": ["همجنس‌گرا است.", "رابطه نامشروع دارد.", "دوجنس‌گرا است.", "گرایش جنسی خاصی دارد.", "ترنس است."]},
    "PRI-CRIME-TEXT": {"latin": ["Was in prison for fraud.", "Has a criminal record.", "Was convicted of theft.", "On parole until 2026.", "Was arrested in 2021.", "Ex-convict.", "Ist vorbestraft.", "Saß im Gefängnis.", "A un casier judiciaire.", "Estuvo en la cárcel.", "Ha precedenti penali.", "Served time for tax evasion.", "Charged with fraud last year.", "Convicted for drunk driving."], "chinese": ["有前科。", "坐过牢。", "曾被判刑。", "因诈骗被捕。", "有犯罪记录。", "刚刑满释放。"], "persian": ["سابقه کیفری دارد.", "زندانی بود.", "محکوم شد.", "بازداشت شده است.", "به زندان رفت.", "سوءسابقه دارد."]},
    "PRI-INSULT-TEXT": {"latin": ["Complete idiot.", "Stupid woman, never pays.", "He is an asshole.", "What a moron.", "Crazy lady, be careful.", "Total scumbag.", "Ist ein Vollidiot.", "Arschloch.", "Quel connard.", "Es un gilipollas.", "È un cretino.", "Pain in the ass.", "Lying bastard.", "Blöde Kuh.", "Dumme Gans, hört nie zu.", "Is a jerk.", "Imbecile of a buyer.", "Dumb as a brick.", "Who is this bitch?"], "chinese": ["这人是傻逼。", "白痴客户。", "混蛋，从不付款。", "神经病。", "脑残。", "是个蠢货。", "王八蛋。", "这个客户是个笨蛋。"], "persian": ["آدم احمقی است.", "بی‌شعور است.", "خیلی نفهم است.", "دیوانه است.", "عوضی.", "کثافت.", "بی‌ادب است.", "ابله است."]},
    "PRI-CHILD-TEXT": {"latin": ["Her 5 year old son goes to St Mary's.", "His daughter attends the school in Bonn.", "Two children named Tim and Lea.", "Her baby is 6 months old.", "Son was born in March.", "Sein Sohn geht in die zweite Klasse.", "Ihre Tochter ist 7 Jahre alt.", "Sa fille a 8 ans.", "Su hijo tiene 5 años.", "Suo figlio va a scuola.", "His 12-year-old daughter plays the violin.", "Has a son, 4, called Max.", "Her kids are 3 and 5.", "Daughter's school is closed on Mondays."], "chinese": ["儿子今年5岁。", "女儿在上小学。", "有个8岁的儿子。", "孩子在上幼儿园。", "女儿叫小美，三年级。", "他儿子今年中考。"], "persian": ["پسرش پنج ساله است.", "دخترش به مدرسه می‌رود.", "فرزندش هفت ساله است.", "دختر ۸ ساله دارد.", "پسرش کلاس دوم است."]},
}


def write(row, said, p):
    text = row["description"]
    row["description"] = p.rng.choice([said, f"{text} {said}".strip(), f"{said} {text}".strip()]) if row.script != "chinese" else (text + said)


for _control, _texts in SAID.items():
    def speak(p, row, texts=_texts):
        pool = texts[row.script]
        said = pool[p.turn((id(texts), row.script)) % len(pool)]
        write(row, said, p)
        return "description", said
    fault(_control, "contact", "lead", "service_case", field="description")(speak)


@fault("PRI-CARD-TEXT", "contact", "lead", "activity", "service_case", field="description")
def card(p, row):
    number = values.card(p.rng, p.rng.choice(["4539", "5425", "4716", "5105", "6212", "4000"]))
    mark = p.rng.choice(["", " ", "-"])
    number = mark.join(number[i:i + 4] for i in range(0, 16, 4))
    write(row, p.rng.choice({"latin": [f"Card {number} exp 04/27", f"pays by Visa {number}", f"cc: {number}", f"{number}", f"Kreditkarte {number}, CVC 123"], "chinese": [f"信用卡号{number}", f"卡号：{number}，有效期04/27"], "persian": [f"شماره کارت {number}", f"کارت بانکی: {number}"]}[row.script]), p)


@fault("PRI-IBAN-TEXT", "contact", "lead", "activity", "service_case", field="description")
def iban(p, row):
    number = values.iban(p.rng, p.rng.choice(["DE", "FR", "NL", "GB", "IR", "AT", "PL"]))
    if p.rng.random() < 0.5:
        number = " ".join(number[i:i + 4] for i in range(0, len(number), 4))
    write(row, p.rng.choice({"latin": [f"IBAN {number}", f"refund to {number}", f"Konto: {number}"], "chinese": [f"账号{number}", f"退款到 {number}"], "persian": [f"شماره شبا {number}", f"شبا: {number}"]}[row.script]), p)


@fault("PRI-ID-TEXT", "contact", "lead", "service_case", field="description")
def identity(p, row):
    rng = p.rng
    cn, ir = values.resident_id(rng, f"{rng.randrange(1950, 2004)}-0{rng.randrange(1, 10)}-1{rng.randrange(10)}"), values.national_id(rng)
    area = rng.choice([x for x in range(101, 660)])
    ssn = f"{area}-{rng.randrange(10, 99)}-{rng.randrange(1001, 9999)}"
    write(row, rng.choice({"latin": [f"SSN {ssn}", f"ID card of the buyer: {cn}", f"Social security number: {ssn}", f"Chinese ID {cn}"], "chinese": [f"身份证{cn}", f"身份证号：{cn}", f"证件号{cn}", cn], "persian": [f"کد ملی {ir}", f"کدملی: {ir}", f"شماره ملی {ir}"]}[row.script]), p)


@fault("PRI-PASSWORD-TEXT", "contact", "lead", "activity", "service_case", field="description")
def password(p, row):
    secret = p.rng.choice(["Sommer2024!", "hunter2", "abc123", "Passw0rd", "qW3rt!7", "letmein99"])
    write(row, p.rng.choice({"latin": [f"Password: {secret}", f"pw: {secret}", f"login admin / password {secret}", f"his password is {secret}", f"Passwort: {secret}", f"pwd={secret}", f"PIN: 4711", f"Kennwort: {secret}", f"mot de passe : {secret}", f"contraseña: {secret}", f"pass: {secret}", f"wachtwoord: {secret}", f"User: admin PW: {secret}"],
                               "chinese": [f"密码：{secret}", f"密码是{secret}", f"登录密码:{secret}", f"口令：{secret}"], "persian": [f"رمز عبور: {secret}", f"رمز: {secret}", f"پسورد: {secret}", f"گذرواژه: {secret}"]}[row.script]), p)


@fault("PRI-BIRTH-TEXT", "contact", "lead", "service_case", field="description")
def birth(p, row):
    y, m, d = p.rng.randrange(1948, 2004), p.rng.randrange(1, 13), p.rng.randrange(1, 28)
    write(row, p.rng.choice({"latin": [f"born {d}.{m}.{y}", f"Born on {y}-{m:02d}-{d:02d}", f"DOB: {m:02d}/{d:02d}/{y}", f"date of birth {d:02d}/{m:02d}/{y}", f"geb. {d:02d}.{m:02d}.{y}", f"geboren am {d}.{m}.{y}", f"née le {d:02d}/{m:02d}/{y}", f"birthday: {d} May {y}", f"fecha de nacimiento: {d:02d}/{m:02d}/{y}", f"Geburtsdatum {d:02d}.{m:02d}.{y}", f"nato il {d:02d}/{m:02d}/{y}", f"D.O.B. {d:02d}-{m:02d}-{y}"],
                               "chinese": [f"生日{y}年{m}月{d}日", f"出生日期：{y}-{m:02d}-{d:02d}", f"{y}年{m}月{d}日出生", f"生于{y}年{m}月{d}日"], "persian": [f"تاریخ تولد: {y - 621}/{m:02d}/{d:02d}", f"متولد {y - 621}/{m}/{d}", f"تاریخ تولد {y}-{m:02d}-{d:02d}"]}[row.script]), p)


@fault("PRI-CONTACT-TEXT", "contact", "activity", "service_case", field="description")
def reach(p, row):
    rng = p.rng
    mail = p.world.mailbox("anna", rng.choice(["keller", "moreau", "rossi", "novak"]), "web.de", True)
    phone = values.phone(rng, {"latin": rng.choice(["DE", "FR", "GB", "ES"]), "chinese": "CN", "persian": "IR"}[row.script], mobile=True)
    local = "0" + phone[3:]
    if row.script == "chinese":
        local = phone[3:]
    write(row, rng.choice({"latin": [f"new mail {mail}", f"private: {mail}", f"call her at {phone}", f"mobile {phone[:3]} {phone[3:6]} {phone[6:]}", f"Handy {local}", f"reach him under {phone}", f"cell: {phone}"], "chinese": [f"手机{local}", f"新邮箱 {mail}", f"电话：{local}", f"加微信，手机号{local}"], "persian": [f"موبایل {local}", f"ایمیل جدید: {mail}", f"تلفن همراه: {local}", f"شماره تماس {local}"]}[row.script]), p)
