"""Names of people, firms and places in three scripts. Odd ones among them are true: what looks wrong is not always wrong."""

GIVEN = {  # culture: (women, men)
    "de": ("Anna Birgit Claudia Doris Elke Franziska Gisela Hannelore Ingrid Jutta Katharina Lieselotte Monika Renate Sabine Ursula Jördis Käthe",
           "Andreas Bernd Christian Dieter Ernst Friedrich Günther Holger Jürgen Klaus Lothar Manfred Norbert Rainer Stefan Uwe Wolfgang Jörg"),
    "fr": ("Amélie Brigitte Camille Delphine Élodie Françoise Geneviève Hélène Isabelle Joëlle Laëtitia Mireille Noémie Océane Solène Zoé",
           "Antoine Benoît Cédric Didier Étienne François Gaël Hervé Jérôme Loïc Mathieu Noël Olivier Pascal Rémi Thierry Yves Anaël"),
    "en": ("Alice Bronwyn Charlotte Daisy Eleanor Fiona Grace Hazel Imogen Joy Kimberley Louise Megan Nora Olivia Pippa Rose Siân Faith June",
           "Alistair Barry Craig Derek Edward Finlay Graham Hugh Iain Jack Keith Leslie Malcolm Neil Owen Percy Rhys Stuart Will Art"),
    "es": ("Ángeles Belén Concepción Dolores Encarnación Fátima Guadalupe Inés Jimena Lucía Mercedes Nuria Pilar Rocío Soledad Ximena",
           "Álvaro Baltasar César Domingo Emilio Fernando Gonzalo Hernán Iñaki Joaquín Jesús Leandro Mateo Nicolás Óscar Ramón"),
    "it": ("Alessia Beatrice Chiara Donatella Elisabetta Federica Giulia Ilaria Lucrezia Martina Nicoletta Ornella Paola Raffaella Silvia",
           "Andrea Bruno Carlo Davide Ettore Fabrizio Giacomo Luca Marcello Nicola Ottavio Pietro Riccardo Salvatore Tommaso Umberto"),
    "nl": ("Anneke Bregje Cornelia Femke Geertje Hanneke Ilse Joke Lieke Marijke Nynke Saskia Truus Willemijn",
           "Bart Cees Dirk Evert Floris Gijs Hendrik Jeroen Koen Maarten Niels Pieter Ruud Sjoerd Teun Wouter"),
    "pl": ("Agnieszka Bożena Celina Danuta Elżbieta Grażyna Halina Iwona Jadwiga Katarzyna Łucja Małgorzata Zofia Żaneta",
           "Arkadiusz Bogdan Czesław Dariusz Grzegorz Henryk Jerzy Krzysztof Łukasz Mieczysław Paweł Radosław Sławomir Zbigniew"),
    "zh": ("丽华:Lihua 秀英:Xiuying 敏:Min 静:Jing 婷婷:Tingting 雪梅:Xuemei 欣怡:Xinyi 慧:Hui 佳琪:Jiaqi 雨桐:Yutong 玉兰:Yulan 晓燕:Xiaoyan 思远:Siyuan 诗涵:Shihan 艳:Yan 芳:Fang",
           "伟:Wei 建国:Jianguo 志强:Zhiqiang 磊:Lei 浩然:Haoran 宇轩:Yuxuan 军:Jun 国栋:Guodong 明辉:Minghui 文博:Wenbo 海涛:Haitao 立新:Lixin 勇:Yong 天佑:Tianyou 鹏飞:Pengfei 俊杰:Junjie"),
    "tw": ("淑芬:Shufen 美玲:Meiling 雅婷:Yating 怡君:Yijun 麗華:Lihua 惠雯:Huiwen 詩涵:Shihan 鈺婷:Yuting",
           "家豪:Jiahao 志明:Zhiming 俊傑:Junjie 建宏:Jianhong 國華:Guohua 冠宇:Guanyu 榮發:Rongfa 偉哲:Weizhe"),
    "fa": ("مریم:Maryam زهرا:Zahra فاطمه:Fatemeh نرگس:Narges شیرین:Shirin پروین:Parvin مهسا:Mahsa نسترن:Nastaran الهام:Elham ندا:Neda آزاده:Azadeh سپیده:Sepideh گل‌نار:Golnar مه‌لقا:Mahlegha",
           "رضا:Reza امیرحسین:Amirhossein محمدرضا:Mohammadreza علی‌اکبر:Aliakbar بهرام:Bahram کیوان:Keyvan سهراب:Sohrab داریوش:Dariush مهدی:Mehdi فرهاد:Farhad نادر:Nader سیاوش:Siavash عبدالله:Abdollah محمدامین:Mohammadamin"),
}
FAMILY = {
    "de": "Adler Bäcker Brandt Dietrich Eichinger Fuchs Gärtner Hoffmann Jäger Krüger Löwe Möller Neumann Öztürk Pfeiffer Roth Schröder Tiemann Übelacker Vogt Weiß Zimmermann Leutheusser-Schnarrenberger Muster Tester Kunde|von der Leyen|zu Guttenberg|Freiherr von Stein".replace("|", " _"),
    "fr": "Allard Beaumont Charpentier Delacroix Évrard Fournier Gauthier Hébert Jacquet Lefèvre Marchand Noël Pelletier Rousseau Saint-Just Thévenet Vasseur d'Aubigné Petit Blanc|de La Rochefoucauld|Le Goff".replace("|", " _"),
    "en": "Null Fake Test O'Brien MacLeod McDonald Ng Li Smythe-Featherstonehaugh Abbott Black Cancer Decker Ellsworth Fairweather Goodchild Hathaway Ingram Jarvis King Lovelace Moneypenny Nash Oakley Pickering Quirk Race Savage Thorne Union Vaughan Whitlock Young Blank Person Sample E O",
    "es": "Álvarez Borrego Cifuentes Domínguez Echeverría Fuentes Gallego Herrero Iglesias Jiménez Lozano Muñoz Núñez Ordóñez Pacheco Quesada Rincón Sepúlveda Toledano Ugarte Villanueva Zapatero|de la Fuente|del Río|García Márquez".replace("|", " _"),
    "it": "Amoretti Bellini Colombo D'Angelo Esposito Ferrari Galli Innocenti Lombardi Marchetti Napolitano Orsini Pellegrini Quaranta Rinaldi Sartori Tedesco Ungaretti Vitale Zanetti|Dalla Chiesa|De Sica".replace("|", " _"),
    "nl": "Bakker Dijkstra Hoekstra Jansma Kuipers Mulder Postma Smits Visser Wiersma Zijlstra Null|van den Berg|van der Meer|de Wit|ter Horst|'t Hart".replace("|", " _"),
    "pl": "Adamczyk Błaszczyk Czajka Dąbrowska Górecki Jabłoński Kaczmarek Lis Mazur Nowicki Ostrowski Piątek Szczęsny Wójcik Zawadzki Żuraw",
    "zh": "王:Wang 李:Li 张:Zhang 刘:Liu 陈:Chen 杨:Yang 黄:Huang 赵:Zhao 吴:Wu 周:Zhou 徐:Xu 孙:Sun 马:Ma 朱:Zhu 胡:Hu 郭:Guo 林:Lin 何:He 高:Gao 梁:Liang 郑:Zheng 罗:Luo 宋:Song 谢:Xie 唐:Tang 欧阳:Ouyang 司马:Sima 诸葛:Zhuge 上官:Shangguan 慕容:Murong 肖:Xiao 安:An 吕:Lü 于:Yu 区:Ou",
    "tw": "陳:Chen 林:Lin 黃:Huang 張:Zhang 劉:Liu 蔡:Cai 楊:Yang 許:Xu 鄭:Zheng 謝:Xie 歐陽:Ouyang 賴:Lai 蕭:Xiao 葉:Ye",
    "fa": "محمدی:Mohammadi رضایی:Rezaei حسینی:Hosseini احمدی:Ahmadi کریمی:Karimi موسوی:Mousavi جعفری:Jafari صادقی:Sadeghi رحیمی:Rahimi ابراهیمی:Ebrahimi نوری:Nouri قاسمی:Ghasemi طباطبایی:Tabatabaei تهرانی:Tehrani خان‌محمدی:Khanmohammadi میرزایی:Mirzaei پورعلی:Pourali علی‌پور:Alipour شریفی‌نیا:Sharifinia اکبرزاده:Akbarzadeh بختیاری:Bakhtiari یزدی:Yazdi",
}


def split(text):
    """Words; one that begins with _ runs to the next such word or to a single word (families of several words)."""
    out, parts = [], text.split(" _")
    out += parts[0].split(" ")
    out += parts[1:]
    return [p for p in out if p]


def people(culture):
    women, men = GIVEN[culture]
    return [("f", g) for g in women.split()] + [("m", g) for g in men.split()], split(FAMILY[culture])


FIRM_LATIN = ("Adler Nordwind Brightwater Calder Dornbusch Eastgate Ferrovia Glenmore Halcyon Isar Juniper Kestrel Lindqvist Meridian Norrland Orchard Pemberton Quarry "
              "Rosetta Sterling Tidewater Umbra Verdant Westfalen Xylon Yarrow Zephyr Alpenblick Bellweather Cascade Delmonte Everglade Falkenberg Greystone Harbour Ironbridge "
              "Jubilee Kingfisher Larkspur Mistral Nightingale Oberland Pinnacle Quantum Ravenna Saltmarsh Thornfield Ulmen Vantage Windermere Ashford Birkdale Corvina Dunmore").split()
TRADE_LATIN = ("Logistics Consulting Engineering Foods Textiles Maschinenbau Printing Software Pharma Insurance Brokers Interiors Optics Marine Seeds Ceramics Energy Media "
               "Analytics Timber Transport Medical Toys Books Aviation Instruments").split()
FORMS_LATIN = {"DE": ["GmbH", "AG", "GmbH & Co. KG"], "FR": ["SARL", "SAS", "SA"], "GB": ["Ltd", "plc", "LLP"], "US": ["Inc", "LLC", "Corp"],
               "ES": ["SL", "SA"], "IT": ["SpA", "Srl"], "NL": ["BV", "NV"], "PL": ["Sp. z o.o."], "AT": ["GmbH"], "IE": ["Ltd"]}
ODD_FIRMS = ["Cancer Research Partners Ltd", "Union Bank of Albany Inc", "Black & Decker Services Ltd", "Testo Instruments GmbH", "Null Island Surveying Ltd",
             "Fake Bakery Street Food Ltd", "Sample & Sons Ltd", "3M Supplies Inc", "X", "ABC Taxi Cologne GmbH", "Example Mapping Ltd", "Race Course Catering plc",
             "Asda Stores Property Ltd", "Dummy Head Microphones GmbH", "Demo Day Ventures LLC", "Foo Fighters Merchandise Inc", "1&1 Reseller Nord GmbH", "Church's Shoes Ltd",
             "Disability Rights Advice Ltd", "Xerox Partner Aquitaine SA", "Crazy Johnny's Pizza LLC", "Zzzip Zippers Inc", "Children's Books Direct Ltd", "E.ON Partner Süd GmbH"]
FIRM_ZH = "华夏 瑞丰 天成 东方 宏远 金桥 中科 恒信 永泰 新源 海天 博雅 国泰 长城 启明 星河 万通 广源 联创 德润 嘉禾 同济 鼎盛 北辰 南洋 西岭 云帆 合众".split()
TRADE_ZH = "科技 贸易 物流 机械 医药 食品 电子 建材 咨询 教育 能源 纺织 软件 传媒 测试设备 保险代理 环保 汽车配件".split()
CITY_ZH = [("北京", "Beijing", "100", "10"), ("上海", "Shanghai", "200", "21"), ("广州", "Guangzhou", "510", "20"), ("深圳", "Shenzhen", "518", "755"),
           ("成都", "Chengdu", "610", "28"), ("杭州", "Hangzhou", "310", "571"), ("武汉", "Wuhan", "430", "27"), ("西安", "Xi'an", "710", "29")]
STREET_ZH = "中山路 人民路 解放大道 建国门外大街 长安街 南京西路 天府大道 文三路 高新一路 和平街".split()
CITY_TW = [("台北市", "106", "2"), ("高雄市", "802", "7"), ("台中市", "407", "4")]
STREET_TW = "忠孝東路 民生路 復興南路 中華路 信義路".split()
FIRM_FA = "پارس البرز دماوند زاگرس خلیج‌فارس سپهر آریا نیک‌اندیش کیمیا مهرگان آفتاب خزر تابان هیرکان یاقوت سهند رایان پویا پیشگام نوآوران".split()
TRADE_FA = "صنعت تجارت پخش دارو مواد‌غذایی فناوری ساختمان ترابری ماشین نساجی انرژی مشاوره چاپ گستر".split()
CITY_FA = [("تهران", "21"), ("اصفهان", "31"), ("شیراز", "71"), ("مشهد", "51"), ("تبریز", "41"), ("کرج", "26"), ("رشت", "13")]
STREET_FA = "خیابان ولی‌عصر|خیابان انقلاب|بلوار کشاورز|خیابان شریعتی|خیابان آزادی|میدان ونک|خیابان مطهری|کوچه لاله".split("|")
CITIES = {"DE": [("Berlin", "10###"), ("München", "80###"), ("Köln", "50###"), ("Nürnberg", "90###")], "FR": [("Paris", "750##"), ("Orléans", "45###"), ("Besançon", "25###")],
          "GB": [("London", "EC#A #BD"), ("Leeds", "LS# #BD"), ("St Andrews", "KY# #HD")], "US": [("New York", "100##"), ("Boise", "837##"), ("Null", "354##")],
          "ES": [("Madrid", "280##"), ("León", "240##"), ("A Coruña", "150##")], "IT": [("Milano", "201##"), ("Forlì", "471##")], "NL": [("Amsterdam", "10## AB"), ("'s-Hertogenbosch", "52## GK")],
          "PL": [("Warszawa", "00-###"), ("Łódź", "90-###")], "AT": [("Wien", "10#0"), ("Graz", "80#0")], "IE": [("Dublin", "D0# X2Y#"), ("Cork", "T12 X#Y#")]}
STREETS = {"DE": "Hauptstraße|Lindenweg|Am Alten Markt|Königsallee|Straße des 17. Juni", "FR": "rue de la Paix|avenue Foch|boulevard Saint-Michel|impasse des Tests",
           "GB": "High Street|Church Lane|Station Road|Test Valley Road|The Old Hospital", "US": "Main Street|N 5th Ave|Elm Street|W Test Drive", "ES": "Calle Mayor|Avenida de América|Plaza de España",
           "IT": "Via Roma|Corso Garibaldi|Piazza del Duomo", "NL": "Keizersgracht|Dorpsstraat|Lange Voorhout", "PL": "ul. Długa|ul. Świętokrzyska|al. Jerozolimskie",
           "AT": "Ringstraße|Mariahilfer Straße", "IE": "O'Connell Street|Patrick Street"}
CULTURE = {"DE": "de", "AT": "de", "FR": "fr", "GB": "en", "US": "en", "IE": "en", "ES": "es", "IT": "it", "NL": "nl", "PL": "pl"}
