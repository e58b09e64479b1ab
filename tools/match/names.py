"""The names, homes and firms of people.py, and the ways in which they are written. Listed by hand."""
import bisect
import itertools

DOMAINS = ("example.com example.org example.net gmail.com outlook.com mail.example qq.com 163.com yahoo.com "
           "post.example icloud.com web.example").split()
ENGLISH = ("James Mary Robert Patricia John Jennifer Michael Linda David Elizabeth William Barbara Richard Susan Joseph "
           "Jessica Thomas Sarah Charles Karen Christopher Lisa Daniel Nancy Matthew Betty Anthony Sandra Margaret Mark "
           "Ashley Donald Kimberly Steven Emily Andrew Donna Joshua Michelle Kenneth Carol Kevin Amanda Brian Dorothy "
           "George Melissa Timothy Deborah Ronald Stephanie Edward Rebecca Jason Sharon Jeffrey Laura Ryan Cynthia Jacob "
           "Kathleen Gary Amy Nicholas Angela Eric Shirley Jonathan Anna Stephen Brenda Larry Pamela Justin Emma Scott "
           "Nicole Brandon Helen Benjamin Samantha Samuel Katherine Gregory Christine Alexander Debra Frank Rachel Patrick "
           "Carolyn Raymond Janet Jack Catherine Dennis Maria Jerry Heather Olga Ingrid Lars Sven Pierre Claire Giulia Marco "
           "Paolo Lucia Carlos Ines Pedro Ana Joao Sofia Jan Katarzyna Piotr Ewa Hans Ursula Jürgen Björn Søren Zoë").split()
SHORT = {"James": "Jim", "Robert": "Bob", "Michael": "Mike", "Elizabeth": "Liz", "William": "Bill", "Richard": "Dick",
         "Joseph": "Joe", "Thomas": "Tom", "Charles": "Charlie", "Christopher": "Chris", "Daniel": "Dan",
         "Matthew": "Matt", "Anthony": "Tony", "Margaret": "Peggy", "Steven": "Steve", "Andrew": "Andy",
         "Kenneth": "Ken", "Edward": "Ted", "Rebecca": "Becky", "Deborah": "Debbie", "Katherine": "Kate",
         "Benjamin": "Ben", "Samuel": "Sam", "Alexander": "Alex", "Patricia": "Pat", "Jennifer": "Jenny",
         "Susan": "Sue", "Jonathan": "Jon", "Timothy": "Tim", "Nicholas": "Nick", "Stephanie": "Steph"}
FAMILIES = ("Smith Johnson Williams Brown Jones Garcia Miller Davis Rodriguez Martinez Hernandez Lopez Gonzalez Wilson Anderson "
            "Thomas Taylor Moore Jackson Martin Lee Perez Thompson White Harris Sanchez Clark Ramirez Lewis Robinson "
            "Walker Young Allen King Wright Scott Torres Nguyen Hill Flores Green Adams Nelson Baker Hall Rivera Campbell "
            "Mitchell Carter Roberts Müller Schmidt Schneider Fischer Weber Meyer Wagner Becker Schulz Hoffmann Dubois "
            "Durand Leroy Moreau Rossi Russo Ferrari Bianchi Silva Santos Oliveira Kowalski Novak Nowak Jansen Bakker "
            "Hansen Olsen Larsen Nielsen Johansson Karlsson Ivanov Petrov Murphy Kelly Walsh Byrne").split()
STARTS = "Al An Ar Bal Bar Ber Bran Cal Car Chal Cor Dal Den Dor Dun Ed El Fair Far Gal Gar Gil Gor Hal Har Hol Jar Kar Kel Lan Lin Lor Mal Mar Mer Mor Nor Or Pal Per Pren Ral Ros Sal Ser Shel Tal Ter Thor Val Ver Wal Wes Wil".split()
MIDDLES = "a e i o u der ling man ner ton ver ber den ley ros ta ma ri ki lo ve".split()
ENDS = "son ton ley ford man berg stein feld ers ini elli eau ier ska ski ova er well worth by dale nor sen mann".split()
STREETS = ("High Station Main Park Church London Victoria Green Manor Kings Queens Mill School North South Oak Maple Cedar "
           "Elm Washington Lake Hill Walnut Spring River Meadow Forest Sunset Bridge Castle Grove Chapel Garden").split()
KINDS = [("Street", "St"), ("Road", "Rd"), ("Avenue", "Ave"), ("Lane", "Ln"), ("Drive", "Dr"), ("Boulevard", "Blvd")]
CITIES = ("London Manchester Leeds Bristol Glasgow Dublin Berlin Munich Hamburg Vienna Zurich Paris Lyon Madrid Rome Milan "
          "Oslo Stockholm Warsaw Prague Boston Chicago Denver Seattle Austin Portland Toronto Sydney Perth Auckland").split()
FORMS = [("Ltd", "Limited"), ("GmbH", "GmbH"), ("Inc", "Incorporated"), ("LLC", "L.L.C."), ("AG", "AG"), ("SA", "S.A.")]


class Draw:
    """Draws a few often and many seldom (Zipf)."""

    def __init__(self, items, power=0.8):
        self.items = items
        self.sums = list(itertools.accumulate((i + 3) ** -power for i in range(len(items))))

    def __call__(self, rng):
        return self.items[bisect.bisect(self.sums, rng.random() * self.sums[-1])]


class Latin:
    country = "GB"

    def __init__(self):
        self.given, self.family = Draw(ENGLISH), Draw(FAMILIES)

    def draw_given(self, rng):
        return self.given(rng)

    def draw_family(self, rng):
        if rng.random() < 0.45:
            return self.family(rng)
        return rng.choice(STARTS) + (rng.choice(MIDDLES) if rng.random() < 0.6 else "") + rng.choice(ENDS)

    def latin(self, word):
        return "".join(c for c in word if c.isascii()).strip()

    def marry(self, rng, family):
        other = self.draw_family(rng)
        return rng.choice([other, other, family + "-" + other])

    def draw_phone(self, rng):
        return f"+44{rng.randrange(7000000000, 7999999999)}"

    def write_phone(self, rng, phone):
        return phone if rng.random() < 0.5 else "0" + phone[3:] if rng.random() < 0.6 else f"0044 {phone[3:7]} {phone[7:]}"

    def draw_home(self, rng):
        city = rng.choice(CITIES)
        area = rng.randrange(1, 60)
        return (rng.randrange(1, 200), rng.choice(STREETS), rng.choice(KINDS), city,
                f"{city[0]}{city[1].upper()}{area} {rng.randrange(1, 10)}{rng.choice('ABDEFGHJ')}{rng.choice('LNPQRSTU')}")

    def write_home(self, rng, home):
        number, street, kind, city, postcode = home
        return f"{number} {street} {rng.choice(kind)}", city, postcode

    def draw_company(self, rng):
        return (self.draw_family(rng) + rng.choice(["", " & Sons", " Trading", " Media", " Systems"]), rng.choice(FORMS))

    def write_company(self, rng, company):
        return company[0] + rng.choice(["", " " + company[1][0], " " + company[1][1]])

    def write_name(self, rng, given, family):
        if rng.random() < 0.06:
            given = SHORT.get(given, given)
        if rng.random() < 0.03:
            given = given[0] + rng.choice(["", "."])
        if rng.random() < 0.03:
            given += " " + rng.choice("ABCDEFGHJKLMNPRSTW") + rng.choice(["", "."])
        if rng.random() < 0.02:
            given = rng.choice(["Dr. ", "Mr. ", "Mrs "]) + given
        return given, family


# Simplified, Traditional, pinyin, other Latin spellings (Wade–Giles, Hong Kong).
SURNAMES = [line.split() for line in """王 王 wáng Wong|李 李 lǐ Lee|张 張 zhāng Chang,Cheung|刘 劉 liú Lau,Liu|陈 陳 chén Chan,Ch'en|杨 楊 yáng Yeung|赵 趙 zhào Chao,Chiu
黄 黃 huáng Wong|周 周 zhōu Chou,Chow|吴 吳 wú Ng,Wu|徐 徐 xú Hsu,Tsui|孙 孫 sūn Suen|胡 胡 hú Wu,Hu|朱 朱 zhū Chu|高 高 gāo Kao,Ko|林 林 lín Lam,Lin|何 何 hé Ho|郭 郭 guō Kuo,Kwok|马 馬 mǎ Ma
罗 羅 luó Lo,Law|梁 梁 liáng Leung|宋 宋 sòng Sung|郑 鄭 zhèng Cheng|谢 謝 xiè Hsieh,Tse|韩 韓 hán Hon|唐 唐 táng Tong,T'ang|冯 馮 féng Fung|于 于 yú Yu|董 董 dǒng Tung|萧 蕭 xiāo Hsiao,Siu|程 程 chéng Ch'eng
曹 曹 cáo Ts'ao|袁 袁 yuán Yuen|邓 鄧 dèng Teng,Tang|许 許 xǔ Hsu,Hui|傅 傅 fù Fu|沈 沈 shěn Shen,Sum|曾 曾 zēng Tseng,Tsang|彭 彭 péng P'eng,Pang|吕 呂 lǚ Lu,Lui|苏 蘇 sū Su,So|卢 盧 lú Lo|蒋 蔣 jiǎng Chiang
蔡 蔡 cài Tsai,Choi|贾 賈 jiǎ Chia|丁 丁 dīng Ting|魏 魏 wèi Wei|薛 薛 xuē Hsueh|叶 葉 yè Yeh,Yip|阎 閻 yán Yen|余 余 yú Yu|潘 潘 pān Poon|杜 杜 dù Tu,To|戴 戴 dài Tai|夏 夏 xià Hsia|钟 鍾 zhōng Chung
汪 汪 wāng Wang|田 田 tián T'ien,Tin|任 任 rén Jen,Yam|姜 姜 jiāng Chiang|范 范 fàn Fan|方 方 fāng Fang,Fong|石 石 shí Shih|姚 姚 yáo Yao,Yiu|廖 廖 liào Liao,Liu|邹 鄒 zōu Tsou|熊 熊 xióng Hsiung|金 金 jīn Chin,Kam
单 單 shàn Shan|解 解 xiè Hsieh|仇 仇 qiú Ch'iu|欧阳 歐陽 ōuyáng Ouyang,Auyeung|司马 司馬 sīmǎ Szuma|诸葛 諸葛 zhūgě Chuko|上官 上官 shàngguān Shangkuan|尉迟 尉遲 yùchí Yuchih""".replace("\n", "|").split("|")]
GIVEN = [line.split() for line in """伟 偉 wěi|芳 芳 fāng|娜 娜 nà|敏 敏 mǐn|静 靜 jìng|丽 麗 lì|强 強 qiáng|磊 磊 lěi|军 軍 jūn|洋 洋 yáng|勇 勇 yǒng|艳 艷 yàn|杰 傑 jié|娟 娟 juān|涛 濤 tāo|明 明 míng|超 超 chāo|霞 霞 xiá|平 平 píng
刚 剛 gāng|桂 桂 guì|英 英 yīng|华 華 huá|玉 玉 yù|兰 蘭 lán|红 紅 hóng|建 建 jiàn|国 國 guó|文 文 wén|志 志 zhì|晓 曉 xiǎo|小 小 xiǎo|春 春 chūn|梅 梅 méi|秀 秀 xiù|珍 珍 zhēn|海 海 hǎi|燕 燕 yàn|俊 俊 jùn|峰 峰 fēng
浩 浩 hào|宇 宇 yǔ|轩 軒 xuān|子 子 zǐ|涵 涵 hán|欣 欣 xīn|怡 怡 yí|诗 詩 shī|雨 雨 yǔ|泽 澤 zé|博 博 bó|思 思 sī|远 遠 yuǎn|佳 佳 jiā|琪 琪 qí|婷 婷 tíng|雪 雪 xuě|慧 慧 huì|德 德 dé|龙 龍 lóng|云 雲 yún
天 天 tiān|家 家 jiā|立 立 lì|成 成 chéng|东 東 dōng|辉 輝 huī|斌 斌 bīn|鹏 鵬 péng|倩 倩 qiàn|鑫 鑫 xīn|彬 彬 bīn|宁 寧 níng|凯 凱 kǎi|瑞 瑞 ruì|嘉 嘉 jiā|晨 晨 chén|阳 陽 yáng|绿 綠 lǜ|瑶 瑤 yáo|振 振 zhèn""".replace("\n", "|").split("|")]
WADE = [("zh", "ch"), ("x", "hs"), ("q", "ch'"), ("j", "ch"), ("ong", "ung"), ("ian", "ien"), ("b", "p"), ("d", "t"), ("g", "k")]
PLAIN = str.maketrans("āáǎàēéěèīíǐìōóǒòūúǔùǖǘǚǜü", "aaaaeeeeiiiioooouuuuvvvvv")
TONES = {c: t for row in ("āēīōūǖ", "áéíóúǘ", "ǎěǐǒǔǚ", "àèìòùǜ") for t, c in [(i, c) for c in row for i in ["āáǎà".index("āáǎà"["āēīōūǖ áéíóúǘ ǎěǐǒǔǚ àèìòùǜ".split().index(row)]) + 1]]}
ZH_CITIES = [("北京", "北京", "Beijing"), ("上海", "上海", "Shanghai"), ("广州", "廣州", "Guangzhou"), ("深圳", "深圳", "Shenzhen"), ("成都", "成都", "Chengdu"),
             ("武汉", "武漢", "Wuhan"), ("西安", "西安", "Xi'an"), ("南京", "南京", "Nanjing"), ("重庆", "重慶", "Chongqing"), ("天津", "天津", "Tianjin"),
             ("苏州", "蘇州", "Suzhou"), ("杭州", "杭州", "Hangzhou"), ("长沙", "長沙", "Changsha"), ("青岛", "青島", "Qingdao")]
ZH_STREETS = [("人民", "人民", "Renmin"), ("中山", "中山", "Zhongshan"), ("解放", "解放", "Jiefang"), ("建设", "建設", "Jianshe"), ("南京", "南京", "Nanjing"),
              ("和平", "和平", "Heping"), ("新华", "新華", "Xinhua"), ("文化", "文化", "Wenhua"), ("长江", "長江", "Changjiang"), ("黄河", "黃河", "Huanghe")]
ZH_FIRMS = [("华", "華", "hua"), ("信", "信", "xin"), ("达", "達", "da"), ("盛", "盛", "sheng"), ("通", "通", "tong"), ("德", "德", "de"), ("创", "創", "chuang"),
            ("新", "新", "xin"), ("宏", "宏", "hong"), ("瑞", "瑞", "rui"), ("泰", "泰", "tai"), ("安", "安", "an"), ("隆", "隆", "long"), ("鑫", "鑫", "xin")]


def numbered(syllable):
    """wěi as wei3."""
    tone = next((TONES[c] for c in syllable if c in TONES), 0)
    return syllable.translate(PLAIN) + (str(tone) if tone else "")


class Chinese(Latin):
    country = "CN"

    def __init__(self):
        self.given, self.family = Draw(GIVEN, 0.5), Draw(SURNAMES)

    def draw_given(self, rng):
        parts = [self.given(rng) for _ in range(1 if rng.random() < 0.2 else 2)]
        return tuple("".join(p) if i < 2 else " ".join(p) for i, p in enumerate(zip(*parts)))

    def draw_family(self, rng):
        return tuple(self.family(rng))

    def latin(self, word):
        return word[2].translate(PLAIN).title().replace(" ", "")

    def marry(self, rng, family):
        return family

    def draw_phone(self, rng):
        return f"+861{rng.choice('3578')}{rng.randrange(10 ** 8, 10 ** 9)}"

    def write_phone(self, rng, phone):
        return phone if rng.random() < 0.4 else phone[3:] if rng.random() < 0.7 else f"+86 {phone[3:6]} {phone[6:10]} {phone[10:]}"

    def draw_home(self, rng):
        return (rng.randrange(1, 900), rng.choice(ZH_STREETS), rng.randrange(3), rng.choice(ZH_CITIES), str(rng.randrange(100000, 860000)))

    def write_home(self, rng, home):
        number, street, kind, city, postcode = home
        script = rng.choice((0, 0, 0, 1, 2))
        if script == 2:
            return f"{number} {street[2]} {('Lu', 'Dajie', 'Jie')[kind] if rng.random() < .5 else ('Road', 'Avenue', 'Street')[kind]}", city[2], postcode
        return street[script] + ("路", "大街", "街")[kind] + str(number) + ("号", "號")[script], city[script], postcode

    def draw_company(self, rng):
        parts = [rng.choice(ZH_FIRMS) for _ in range(2)]
        kind = rng.choice([("科技", "科技", " Technology"), ("贸易", "貿易", " Trading"), ("电子", "電子", " Electronics")])
        return tuple("".join(p) for p in zip(*(parts + [kind])))[::1] and (parts[0][2] + parts[1][2],) + tuple("".join(p) for p in zip(*(parts + [kind])))

    def write_company(self, rng, company):
        script = rng.choice((1, 1, 2, 3))
        if script == 3:
            return company[3].title() + rng.choice([" Co., Ltd.", " Co Ltd", ""])
        return company[script] + rng.choice(["", "有限公司", "有限责任公司" if script == 1 else "有限責任公司"])

    def write_name(self, rng, given, family):
        way = rng.random()
        if way < 0.45:
            return given[0], family[0]
        if way < 0.6:
            return given[1], family[1]
        syllables, surname = given[2].split(), family[2]
        joined = rng.choice(["", "", " ", "-"])
        if way < 0.68:
            return joined.join(syllables).capitalize(), surname.capitalize()
        if way < 0.72:
            return " ".join(numbered(s) for s in syllables), numbered(surname)
        plain = [s.translate(PLAIN) for s in syllables]
        if way < 0.9:
            return joined.join(plain).capitalize(), surname.translate(PLAIN).capitalize()
        if way < 0.95:
            return joined.join(plain).capitalize(), rng.choice(family[3].split(","))
        for before, after in WADE:
            plain = [after + p[len(before):] if len(before) < 3 and p.startswith(before) else p.replace(before, after) if len(before) == 3 else p for p in plain]
        return "-".join(plain).capitalize(), rng.choice(family[3].split(","))


FA_GIVEN = [line.split() for line in """محمد Mohammad,Muhammad,Mohamad|علی Ali,Aly|حسین Hossein,Hussein,Hosein|رضا Reza,Rida|مهدی Mehdi,Mahdi|حسن Hassan,Hasan|امیر Amir,Ameer|احمد Ahmad,Ahmed|سعید Saeed,Said,Saeid|مجید Majid,Majeed
حمید Hamid,Hameed|محمود Mahmoud,Mahmood|مسعود Masoud,Massoud|کیوان Keyvan,Kayvan|بهروز Behrouz,Behrooz|داریوش Dariush,Daryoush|کاوه Kaveh,Kave|آرش Arash|سیاوش Siavash,Siyavash|فرهاد Farhad|یوسف Yousef,Yusuf,Yousof
ابراهیم Ebrahim,Ibrahim|عباس Abbas|جواد Javad,Jawad|کریم Karim,Kareem|ناصر Naser,Nasser|نادر Nader|پیمان Peyman,Payman|شهرام Shahram|بهنام Behnam|فاطمه Fatemeh,Fatima,Fateme|زهرا Zahra,Zahraa|مریم Maryam,Mariam
زینب Zeinab,Zaynab|سارا Sara,Sarah|نرگس Narges,Nargess|لیلا Leila,Leyla,Layla|نسرین Nasrin,Nasreen|شیرین Shirin,Shireen|پروین Parvin,Parveen|الهام Elham|مینا Mina|نازنین Nazanin|سمیرا Samira|آزاده Azadeh,Azade
فرشته Fereshteh,Fereshte|مهناز Mahnaz|شبنم Shabnam|نیلوفر Niloufar,Niloofar|پریسا Parisa|رویا Roya,Roia|ژاله Jaleh,Zhaleh|خدیجه Khadijeh,Khadija|طاهره Tahereh,Tahere|معصومه Masoumeh,Masumeh|عبدالله Abdollah,Abdullah|غلامرضا Gholamreza,Gholam-Reza""".replace("\n", "|").split("|")]
FA_FAMILY = [line.split() for line in """محمدی Mohammadi,Mohamadi|حسینی Hosseini,Husseini|احمدی Ahmadi|رضایی Rezaei,Rezaee,Rezai|کریمی Karimi|موسوی Mousavi,Musavi|جعفری Jafari,Jaafari|هاشمی Hashemi|قاسمی Ghasemi,Qasemi|رحیمی Rahimi|صادقی Sadeghi,Sadeqi|نوری Nouri,Noori
شریفی Sharifi|عباسی Abbasi|یوسفی Yousefi,Yusefi|امیری Amiri|ابراهیمی Ebrahimi,Ibrahimi|حیدری Heidari,Heydari|اکبری Akbari|صالحی Salehi|رستمی Rostami|مرادی Moradi|نجفی Najafi|تهرانی Tehrani|شیرازی Shirazi|اصفهانی Esfahani,Isfahani
خسروی Khosravi,Khosrawi|بهرامی Bahrami|زارعی Zarei,Zaree|غفاری Ghaffari,Ghafari|سلیمانی Soleimani,Soleymani|فرهادی Farhadi|نیک‌فر Nikfar|خوش‌نویس Khoshnevis|علی‌زاده Alizadeh,Ali-Zadeh|حسن‌زاده Hassanzadeh,Hasanzadeh|میرزایی Mirzaei,Mirzaee
پورمحمدی Pourmohammadi|قربانی Ghorbani,Qorbani|طاهری Taheri|ملکی Maleki|کاظمی Kazemi|باقری Bagheri,Baqeri|صفوی Safavi,Safawi|جلالی Jalali|داوودی Davoudi,Davoodi,Davudi|گلستانی Golestani|ثابتی Sabeti|ضیایی Ziaei,Ziyaee|ذوالفقاری Zolfaghari""".replace("\n", "|").split("|")]
FA_CITIES = [("تهران", "Tehran"), ("مشهد", "Mashhad"), ("اصفهان", "Isfahan"), ("شیراز", "Shiraz"), ("تبریز", "Tabriz"), ("قم", "Qom"), ("کرج", "Karaj"), ("اهواز", "Ahvaz"), ("رشت", "Rasht"), ("یزد", "Yazd")]
FA_STREETS = [("ولیعصر", "Valiasr"), ("آزادی", "Azadi"), ("انقلاب", "Enghelab"), ("امام خمینی", "Imam Khomeini"), ("شریعتی", "Shariati"), ("بهشتی", "Beheshti"), ("مطهری", "Motahari"), ("سعدی", "Saadi"), ("حافظ", "Hafez"), ("فردوسی", "Ferdowsi")]
FA_FIRMS = [("پارس", "Pars"), ("آریا", "Arya"), ("کیان", "Kian"), ("سپهر", "Sepehr"), ("البرز", "Alborz"), ("نوین", "Novin"), ("صنعت", "Sanat"), ("تجارت", "Tejarat"), ("گستر", "Gostar"), ("رایان", "Rayan"), ("فولاد", "Foulad"), ("دانش", "Danesh")]
ARABIC = str.maketrans("یک", "يك")
DIGITS = str.maketrans("0123456789", "۰۱۲۳۴۵۶۷۸۹")


class Persian(Latin):
    country = "IR"

    def __init__(self):
        self.given, self.family = Draw(FA_GIVEN, 0.6), Draw(FA_FAMILY, 0.6)

    def draw_given(self, rng):
        name = self.given(rng)
        if name[0] in ("محمد", "علی", "امیر") and rng.random() < 0.4:
            other = self.given(rng)
            return (name[0] + " " + other[0], ",".join(a + " " + b for a in name[1].split(",") for b in other[1].split(",")))
        return tuple(name)

    def draw_family(self, rng):
        family = tuple(self.family(rng))
        return (family[0] + " " + "اصل", ",".join(f + " Asl" for f in family[1].split(","))) if rng.random() < 0.05 else family

    def latin(self, word):
        return word[1].split(",")[0].replace("-", "")

    def marry(self, rng, family):
        return family

    def draw_phone(self, rng):
        return f"+989{rng.randrange(10 ** 8, 10 ** 9)}"

    def write_phone(self, rng, phone):
        return phone if rng.random() < 0.4 else "0" + phone[3:] if rng.random() < 0.6 else ("0" + phone[3:]).translate(DIGITS)

    def draw_home(self, rng):
        return (rng.randrange(1, 400), rng.choice(FA_STREETS), 0, rng.choice(FA_CITIES), str(rng.randrange(10 ** 9, 9 * 10 ** 9)))

    def write_home(self, rng, home):
        number, street, _, city, postcode = home
        if rng.random() < 0.25:
            return f"{number} {street[1]} {rng.choice(['St', 'Street'])}", city[1], postcode
        return f"{rng.choice(['خیابان', 'خ'])} {street[0]} {rng.choice(['پلاک ', ''])}{number}", city[0], postcode

    def draw_company(self, rng):
        a, b = rng.choice(FA_FIRMS), rng.choice(FA_FIRMS)
        return (a[1] + b[1], a[0] + " " + b[0], a[1] + " " + b[1])

    def write_company(self, rng, company):
        if rng.random() < 0.25:
            return company[2] + rng.choice(["", " Co", " Co. Ltd"])
        return rng.choice(["", "شرکت "]) + company[1] + rng.choice(["", "", " (سهامی خاص)"])

    def write_name(self, rng, given, family):
        way = rng.random()
        if way < 0.3:
            return rng.choice(given[1].split(",")), rng.choice(family[1].split(","))
        g, f = given[0], family[0]
        f = rng.choice([f, f.replace("\u200c", " "), f.replace("\u200c", "")])
        if rng.random() < 0.06:
            g = rng.choice(["سید ", "دکتر ", "آقای "]) + g
        return (g.translate(ARABIC), f.translate(ARABIC)) if way < 0.5 else (g, f)
