package shop

// What the small maps are drawn from: waters and towns that people know the
// region by, as longitude and latitude in degrees, simplified by hand to what
// two fingers' width of paper can show. Borders are left out on purpose.
type water struct {
	key    string // message that names it; empty: it is drawn without a name
	at     coord  // where the name begins
	closed bool   // a lake; otherwise a river
	faint  bool
	line   []coord
}

type coord struct{ lon, lat float64 }

type town struct {
	key string
	at  coord
}

var waters = []water{
	{"shop.map.aral", coord{58.72, 44.72}, true, false, []coord{{58.15, 44.42}, {58.35, 44.33}, {58.5, 44.7}, {58.6, 45.1},
		{58.74, 45.5}, {58.6, 45.62}, {58.4, 45.25}, {58.26, 44.85}}},
	{"", coord{}, true, false, []coord{{58.98, 43.93}, {59.2, 43.86}, {59.45, 43.92}, {59.3, 44.03}, {59.05, 44.04}}},
	{"shop.map.amu_darya", coord{60.42, 41.62}, false, false, []coord{{62.1, 40.75}, {61.45, 41.2}, {60.95, 41.55}, {60.55, 41.82},
		{60.2, 42.08}, {59.9, 42.24}, {59.62, 42.36}, {59.45, 42.52}, {59.3, 42.74}, {59.12, 42.98}, {59.05, 43.25}, {59.1, 43.5}, {58.98, 43.72}}},
	{"", coord{}, false, true, []coord{{59.75, 42.33}, {59.72, 42.6}, {59.8, 42.95}, {59.74, 43.3}, {59.86, 43.62}}},
	{"", coord{}, false, true, []coord{{60.05, 42.16}, {60.1, 42.5}, {60.05, 42.9}, {60.25, 43.2}}},
	{"shop.map.issyk_kul", coord{76.85, 42.43}, true, false, []coord{{76.18, 42.46}, {76.4, 42.53}, {76.67, 42.58}, {77.08, 42.65}, {77.47, 42.72},
		{77.8, 42.76}, {78.1, 42.76}, {78.36, 42.74}, {78.22, 42.62}, {78.34, 42.52}, {78.05, 42.42}, {77.85, 42.28}, {77.6, 42.19},
		{77.3, 42.15}, {77.0, 42.18}, {76.75, 42.25}, {76.45, 42.33}}},
	{"shop.map.song_kul", coord{74.98, 41.97}, true, false, []coord{{74.98, 41.84}, {75.1, 41.9}, {75.27, 41.87}, {75.28, 41.79}, {75.12, 41.76}}},
	{"", coord{}, true, false, []coord{{72.65, 41.78}, {72.85, 41.86}, {73.1, 41.8}, {73.15, 41.72}, {72.85, 41.72}, {72.7, 41.68}}},
	{"shop.map.naryn_river", coord{73.65, 41.44}, false, false, []coord{{78.1, 41.7}, {77.4, 41.55}, {76.7, 41.5}, {76.0, 41.42}, {75.3, 41.42}, {74.6, 41.28}, {74.0, 41.3},
		{73.5, 41.52}, {73.15, 41.72}, {72.65, 41.72}, {72.25, 41.45}, {72.1, 41.15}, {71.7, 40.95}}},
	{"", coord{}, false, true, []coord{{76.18, 42.3}, {75.9, 42.25}, {75.7, 42.45}, {75.3, 42.75}, {74.7, 42.98}, {74.0, 43.15}, {73.5, 43.35}}},
	{"", coord{}, false, true, []coord{{73.9, 40.2}, {73.4, 40.6}, {72.9, 40.85}, {72.3, 40.95}, {71.7, 40.95}}},
}

var towns = []town{
	{"shop.map.nukus", coord{59.61, 42.46}},
	{"shop.map.moynaq", coord{59.02, 43.77}},
	{"shop.map.bishkek", coord{74.59, 42.87}},
	{"shop.map.karakol", coord{78.39, 42.49}},
	{"shop.map.naryn", coord{75.99, 41.43}},
	{"shop.map.osh", coord{72.8, 40.53}},
}
