package shipping

// regionsUZ are the fourteen regions of ISO 3166-2:UZ, Karakalpakstan first
// because most of our producers' neighbours live there.
var regionsUZ = []Region{
	{
		Code: "UZ-QR", en: "Karakalpakstan", ru: "Каракалпакстан", uz: "Qoraqalpogʻiston",
		kaa: "Qaraqalpaqstan", ky: "Каракалпакстан", ja: "カラカルパクスタン共和国",
	},
	{
		Code: "UZ-AN", en: "Andijan", ru: "Андижанская область", uz: "Andijon viloyati",
		kaa: "Ándijan wálayatı", ky: "Анжиян облусу", ja: "アンディジャン州",
	},
	{
		Code: "UZ-BU", en: "Bukhara", ru: "Бухарская область", uz: "Buxoro viloyati",
		kaa: "Buxara wálayatı", ky: "Бухара облусу", ja: "ブハラ州",
	},
	{
		Code: "UZ-FA", en: "Fergana", ru: "Ферганская область", uz: "Fargʻona viloyati",
		kaa: "Ferǵana wálayatı", ky: "Фергана облусу", ja: "フェルガナ州",
	},
	{
		Code: "UZ-JI", en: "Jizzakh", ru: "Джизакская область", uz: "Jizzax viloyati",
		kaa: "Jizzaq wálayatı", ky: "Жызак облусу", ja: "ジザフ州",
	},
	{
		Code: "UZ-NG", en: "Namangan", ru: "Наманганская область", uz: "Namangan viloyati",
		kaa: "Namangan wálayatı", ky: "Наманган облусу", ja: "ナマンガン州",
	},
	{
		Code: "UZ-NW", en: "Navoiy", ru: "Навоийская область", uz: "Navoiy viloyati",
		kaa: "Nawayı wálayatı", ky: "Навои облусу", ja: "ナヴォイ州",
	},
	{
		Code: "UZ-QA", en: "Qashqadaryo", ru: "Кашкадарьинская область", uz: "Qashqadaryo viloyati",
		kaa: "Qashqadárya wálayatı", ky: "Кашкадарыя облусу", ja: "カシュカダリヤ州",
	},
	{
		Code: "UZ-SA", en: "Samarkand", ru: "Самаркандская область", uz: "Samarqand viloyati",
		kaa: "Samarqand wálayatı", ky: "Самарканд облусу", ja: "サマルカンド州",
	},
	{
		Code: "UZ-SI", en: "Sirdaryo", ru: "Сырдарьинская область", uz: "Sirdaryo viloyati",
		kaa: "Sırdárya wálayatı", ky: "Сырдарыя облусу", ja: "シルダリヤ州",
	},
	{
		Code: "UZ-SU", en: "Surxondaryo", ru: "Сурхандарьинская область", uz: "Surxondaryo viloyati",
		kaa: "Surxandárya wálayatı", ky: "Сурхандарыя облусу", ja: "スルハンダリヤ州",
	},
	{
		Code: "UZ-TK", en: "Tashkent city", ru: "город Ташкент", uz: "Toshkent shahri",
		kaa: "Tashkent qalası", ky: "Ташкент шаары", ja: "タシュケント市",
	},
	{
		Code: "UZ-TO", en: "Tashkent region", ru: "Ташкентская область", uz: "Toshkent viloyati",
		kaa: "Tashkent wálayatı", ky: "Ташкент облусу", ja: "タシュケント州",
	},
	{
		Code: "UZ-XO", en: "Khorezm", ru: "Хорезмская область", uz: "Xorazm viloyati",
		kaa: "Xorezm wálayatı", ky: "Хорезм облусу", ja: "ホラズム州",
	},
}

// regionsKG are the regions of ISO 3166-2:KG, the two cities first.
var regionsKG = []Region{
	{
		Code: "KG-GB", en: "Bishkek", ru: "Бишкек", uz: "Bishkek",
		kaa: "Bishkek qalası", ky: "Бишкек шаары", ja: "ビシュケク市",
	},
	{
		Code: "KG-GO", en: "Osh city", ru: "город Ош", uz: "Oʻsh shahri",
		kaa: "Osh qalası", ky: "Ош шаары", ja: "オシ市",
	},
	{
		Code: "KG-B", en: "Batken", ru: "Баткенская область", uz: "Botken viloyati",
		kaa: "Batken oblastı", ky: "Баткен облусу", ja: "バトケン州",
	},
	{
		Code: "KG-C", en: "Chuy", ru: "Чуйская область", uz: "Chuy viloyati",
		kaa: "Chuy oblastı", ky: "Чүй облусу", ja: "チュイ州",
	},
	{
		Code: "KG-J", en: "Jalal-Abad", ru: "Джалал-Абадская область", uz: "Jalolobod viloyati",
		kaa: "Jalal-Abad oblastı", ky: "Жалал-Абад облусу", ja: "ジャララバード州",
	},
	{
		Code: "KG-N", en: "Naryn", ru: "Нарынская область", uz: "Norin viloyati",
		kaa: "Narın oblastı", ky: "Нарын облусу", ja: "ナルイン州",
	},
	{
		Code: "KG-O", en: "Osh region", ru: "Ошская область", uz: "Oʻsh viloyati",
		kaa: "Osh oblastı", ky: "Ош облусу", ja: "オシ州",
	},
	{
		Code: "KG-T", en: "Talas", ru: "Таласская область", uz: "Talas viloyati",
		kaa: "Talas oblastı", ky: "Талас облусу", ja: "タラス州",
	},
	{
		Code: "KG-Y", en: "Issyk-Kul", ru: "Иссык-Кульская область", uz: "Issiqkoʻl viloyati",
		kaa: "Issıq-Kól oblastı", ky: "Ысык-Көл облусу", ja: "イシク・クル州",
	},
}
