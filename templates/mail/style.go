package mail

// The type of assets/css/tokens.css; without quotes, for it stands in an
// attribute.
const (
	serif = "Georgia,Noto Serif,Hiragino Mincho ProN,serif"
	sans  = "system-ui,-apple-system,Segoe UI,Noto Sans,Hiragino Sans,sans-serif"
)

func factSize(large bool) string {
	if large {
		return "20px"
	}
	return "16px"
}

// rule is the line above a sum: the first and the last stand out.
func rule(i int, t items) string {
	if i == 0 || i == len(t.sums)-1 {
		return "#8d8273"
	}
	return "#e5ded3"
}

// weight makes the last sum stand out.
func weight(i int, t items) string {
	if i == len(t.sums)-1 {
		return ";font-weight:bold"
	}
	return ""
}
