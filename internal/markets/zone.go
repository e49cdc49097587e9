package markets

import (
	"sync"
	"time"
)

// Zone is the time on the clocks of the programme's offices, in which its days and months begin. Uzbekistan has kept
// UTC+5 all year since 1992, so that a machine without a time zone database shows the right time too.
func Zone() *time.Location { return zone() }

// zone is read from disk once: every page with a season asks for it.
var zone = sync.OnceValue(func() *time.Location {
	const name, hours = "Asia/Tashkent", 5
	if zone, err := time.LoadLocation(name); err == nil {
		return zone
	}
	return time.FixedZone(name, hours*60*60)
})
